import Glibc

/// Reads a whole run of bytes as a decimal number and gives it `scale` digits after the point,
/// rounded half away from zero, as Flink reads DECIMAL(precision, scale).
///
/// Takes `-12.50`, `.5`, `5.`, `1.5e3`; never goes through a double.
///
/// - Returns: the number without its point; nil where it is no number or has more than
///   `precision - scale` digits before the point.
public func parseDecimal(_ bytes: Bytes, precision: Int, scale: Int) -> Int128? {
  guard let text = DecimalText(bytes) else { return nil }
  return text.value(of: bytes, precision: precision, scale: scale)
}

/// The places of a decimal number's parts in its text.
public struct DecimalText {
  /// Where the first digit other than 0 stands; the text's end for zero.
  let first: Int
  /// Where the digits end, before an exponent.
  let end: Int
  /// Digits from the first one other than 0.
  public let digits: Int
  /// How many of the digits stand before the point, once the exponent has moved it; may be
  /// negative.
  public let wholeDigits: Int
  let isNegative: Bool

  /// Nil where the bytes are no number.
  public init?(_ bytes: Bytes) {
    let count = bytes.count
    var at = 0
    guard count > 0 else { return nil }
    isNegative = bytes[0] == 45
    if isNegative || bytes[0] == 43 { at = 1 }
    var first: Int?
    var point: Int?
    var seen = 0
    var digits = 0
    var whole = 0
    while at < count {
      let byte = bytes[at]
      if byte &- 48 <= 9 {
        seen += 1
        if first == nil, byte != 48 { first = at }
        if first != nil {
          digits += 1
          if point == nil { whole += 1 }
        } else if point != nil {
          whole -= 1  // a zero between the point and the first digit
        }
      } else if byte == 46, point == nil {
        point = at
      } else {
        break
      }
      at += 1
    }
    guard seen > 0 else { return nil }
    end = at
    if at < count {
      guard bytes[at] | 32 == 101, let exponent = Self.exponent(bytes, at + 1) else { return nil }
      whole += exponent
    }
    self.first = first ?? end
    self.digits = digits
    wholeDigits = whole
  }

  private static func exponent(_ bytes: Bytes, _ start: Int) -> Int? {
    var at = start
    var isNegative = false
    if at < bytes.count, bytes[at] == 45 || bytes[at] == 43 {
      isNegative = bytes[at] == 45
      at += 1
    }
    guard at < bytes.count else { return nil }
    var value = 0
    while at < bytes.count {
      guard bytes[at] &- 48 <= 9 else { return nil }
      value = min(value * 10 + Int(bytes[at] &- 48), 1_000_000)
      at += 1
    }
    return isNegative ? -value : value
  }

  func value(of bytes: Bytes, precision: Int, scale: Int) -> Int128? {
    if digits == 0 { return 0 }
    let kept = wholeDigits + scale
    if kept > precision { return nil }
    if kept < 0 { return 0 }
    var value: Int128 = 0
    var taken = 0
    var at = first
    // Eighteen digits at a time, in a word.
    while taken < kept, at < end {
      var word: Int64 = 0
      var power = 0
      while power < 18, taken < kept, at < end {
        if bytes[at] != 46 {
          word = word &* 10 &+ Int64(bytes[at] &- 48)
          power += 1
          taken += 1
        }
        at += 1
      }
      value = value * decimalPowers[power] + Int128(word)
    }
    if taken < kept { value *= decimalPowers[kept - taken] }
    if at < end, bytes[at] == 46 { at += 1 }
    if at < end, bytes[at] >= 53 { value += 1 }
    if value >= decimalPowers[precision] { return nil }
    return isNegative ? -value : value
  }
}

/// The double nearest to a decimal number.
public func doubleValue(_ unscaled: Int128, scale: Int) -> Double {
  if scale <= 22, let small = Int64(exactly: unscaled), small.magnitude < 1 << 53 {
    return Double(small) / exactPowersOfTen[scale]  // both exact, so rounded once
  }
  return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: maxDecimalBytes + 1) { text in
    guard let start = text.baseAddress else { return .nan }
    let count = writeDecimal(unscaled, scale: scale, to: start)
    start[count] = 0
    return start.withMemoryRebound(to: CChar.self, capacity: count + 1) { strtod($0, nil) }
  }
}
