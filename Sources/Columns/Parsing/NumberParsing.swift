import Glibc

/// Reads a whole run of bytes as a decimal integer with an optional sign.
///
/// - Returns: nil where a byte is not a digit, nothing is there, or it does not fit.
@inlinable
public func parseInteger(_ bytes: Bytes) -> Int64? {
  var at = 0
  let count = bytes.count
  guard count > 0 else { return nil }
  let isNegative = bytes[0] == 45
  if isNegative || bytes[0] == 43 { at = 1 }
  guard at < count else { return nil }
  if count - at <= 18 {  // cannot overflow
    var value: Int64 = 0
    while at < count {
      let digit = bytes[at] &- 48
      guard digit <= 9 else { return nil }
      value = value &* 10 &+ Int64(digit)
      at += 1
    }
    return isNegative ? -value : value
  }
  var value: Int64 = 0
  while at < count {
    let digit = bytes[at] &- 48
    guard digit <= 9 else { return nil }
    let (shifted, tooBig) = value.multipliedReportingOverflow(by: 10)
    let (next, over) =
      isNegative
      ? shifted.subtractingReportingOverflow(Int64(digit))
      : shifted.addingReportingOverflow(Int64(digit))
    if tooBig || over { return nil }
    value = next
    at += 1
  }
  return value
}

@usableFromInline
let exactPowersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
  1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
]

/// Reads a whole run of bytes as a decimal number in JSON's form (an exponent allowed, no
/// `Infinity`, no hexadecimal), correctly rounded.
///
/// Up to 15 digits and a small power of ten are computed exactly (Clinger's fast path); the rest
/// goes to `strtod`.
///
/// - Returns: nil where it is no number or beyond the range of a double.
public func parseDouble(_ bytes: Bytes) -> Double? {
  let count = bytes.count
  var at = 0
  guard count > 0 else { return nil }
  let isNegative = bytes[0] == 45
  if isNegative || bytes[0] == 43 { at = 1 }
  var mantissa: UInt64 = 0
  var digits = 0
  var scale = 0
  let first = at
  while at < count, bytes[at] &- 48 <= 9 {
    mantissa = mantissa &* 10 &+ UInt64(bytes[at] &- 48)
    at += 1
  }
  digits = at - first
  guard digits > 0 else { return nil }
  if at < count, bytes[at] == 46 {
    at += 1
    let fraction = at
    while at < count, bytes[at] &- 48 <= 9 {
      mantissa = mantissa &* 10 &+ UInt64(bytes[at] &- 48)
      at += 1
    }
    scale = at - fraction
    guard scale > 0 else { return nil }
    digits += scale
  }
  var exponent = 0
  if at < count, bytes[at] | 32 == 101 {
    at += 1
    var isNegativeExponent = false
    if at < count, bytes[at] == 45 || bytes[at] == 43 {
      isNegativeExponent = bytes[at] == 45
      at += 1
    }
    guard at < count else { return nil }
    while at < count, bytes[at] &- 48 <= 9 {
      exponent = min(exponent * 10 + Int(bytes[at] &- 48), 100_000)
      at += 1
    }
    if isNegativeExponent { exponent = -exponent }
  }
  guard at == count else { return nil }
  let power = exponent - scale
  if digits <= 15, power >= -22, power <= 22 {
    let exact = Double(mantissa)
    let value = exactPowersOfTen.withUnsafeBufferPointer { powers in
      power < 0 ? exact / powers[-power] : exact * powers[power]
    }
    return isNegative ? -value : value
  }
  return slowDouble(bytes)
}

private func slowDouble(_ bytes: Bytes) -> Double? {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { copy in
    guard let start = copy.baseAddress else { return nil }
    memcpy(start, bytes.start, bytes.count)
    copy[bytes.count] = 0
    let value = strtod(start, nil)
    return value.isFinite ? value : nil
  }
}
