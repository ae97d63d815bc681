import Columns
import Glibc

/// How each kind of value is read where it is not as long as the last ones were, or is not of the
/// kinds that nearly every log has. Not inlined: the steps of every line must stay close together.
extension JsonLayout {
  /// A text of any length and, where nobody reads it, with escapes. `p` is behind its first quote.
  @inline(never)
  func readText(
    _ p: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ step: UnsafeMutablePointer<JsonStep>,
    _ row: Int, _ high: inout UInt32
  ) -> UnsafePointer<UInt8>? {
    guard let found = JsonScanner.stringEnd(p, end, &high) else { return nil }
    let length = found.quote - p
    if let values = step.pointee.values {
      if found.hasEscapes { return nil }
      values.assumingMemoryBound(to: Bytes.self)[row] = Bytes(start: p, count: length)
    }
    if step.pointee.misses >= 0, !found.hasEscapes, length < 32 {
      step.pointee.learn(length, point: length, row)
    }
    return found.quote + 1
  }

  /// Any value but a text.
  @inline(never)
  func readValue(
    _ p: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ step: UnsafePointer<JsonStep>,
    _ row: Int, _ high: inout UInt32
  ) -> UnsafePointer<UInt8>? {
    switch step.pointee.action {
    case .integer: return readInteger(p, end, step, row)
    case .double: return readDouble(p, end, step, row)
    case .decimal: return readDecimal(p, end, step, row)
    case .skipNumber: return JsonScanner.numberEnd(p, end)
    case .skipWord: return JsonScanner.wordEnd(p, end)
    default:
      high = 1  // what is in it may be anything: have the line checked
      switch step.pointee.action {
      case .nested: return readNested(p, end, step, row)
      case .skipAny: return skipAny(p, end)
      default: return readOther(p, end, step, row)
      }
    }
  }

  /// The digits of a number as JSON has them: no zero before others, and some behind a point.
  private struct Digits {
    var isNegative: Bool
    /// All of them as one whole number; it wraps around beyond 19.
    var value: UInt64 = 0
    var count: Int
    /// Those behind the point.
    var decimals = 0

    /// - Parameter p: where the number begins; afterwards, what follows its digits.
    @inline(__always)
    init?(_ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
      isNegative = p.pointee == 45
      if isNegative { p += 1 }
      let first = p
      Self.take(&p, end, into: &value)
      count = p - first
      guard count > 0, count == 1 || first.pointee != 48 else { return nil }
      if p < end, p.pointee == 46 {
        p += 1
        let fraction = p
        Self.take(&p, end, into: &value)
        decimals = p - fraction
        guard decimals > 0 else { return nil }
        count += decimals
      }
    }

    @inline(__always)
    private static func take(
      _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, into value: inout UInt64
    ) {
      while p < end {
        let digit = p.pointee &- 48
        if digit > 9 { break }
        value = value &* 10 &+ UInt64(digit)
        p += 1
      }
    }
  }

  @inline(never)
  func readInteger(
    _ from: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ step: UnsafePointer<JsonStep>,
    _ row: Int
  ) -> UnsafePointer<UInt8>? {
    var p = from
    guard let digits = Digits(&p, end), digits.decimals == 0, digits.count <= 18, p < end,
      p.pointee | 32 != 101, let values = step.pointee.values
    else { return nil }
    let value = Int64(truncatingIfNeeded: digits.value)
    if step.pointee.isInt, value > Int64(Int32.max) { return nil }
    values.assumingMemoryBound(to: Int64.self)[row] = digits.isNegative ? -value : value
    return p
  }

  @inline(never)
  func readDouble(
    _ from: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ step: UnsafePointer<JsonStep>,
    _ row: Int
  ) -> UnsafePointer<UInt8>? {
    var p = from
    guard let digits = Digits(&p, end), p < end, let values = step.pointee.values else {
      return nil
    }
    if digits.count > 15 || p.pointee | 32 == 101 {
      guard let after = JsonScanner.numberEnd(from, end),
        let exact = parseDouble(Bytes(start: from, count: after - from))
      else { return nil }
      values.assumingMemoryBound(to: Double.self)[row] = exact
      return after
    }
    var power = 1.0  // exact up to 10^22
    for _ in 0..<digits.decimals { power *= 10 }
    let exact = Double(digits.value) / power
    values.assumingMemoryBound(to: Double.self)[row] = digits.isNegative ? -exact : exact
    return p
  }

  @inline(never)
  private func readDecimal(
    _ from: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ step: UnsafePointer<JsonStep>,
    _ row: Int
  ) -> UnsafePointer<UInt8>? {
    var p = from
    guard let digits = Digits(&p, end), p < end, let values = step.pointee.values else {
      return nil
    }
    let missing = step.pointee.scale - digits.decimals
    if missing < 0 || digits.count + missing > 18 || p.pointee | 32 == 101 {
      return readLongDecimal(from, end, step, row)
    }
    let value =
      Int64(truncatingIfNeeded: digits.value) * Int64(truncatingIfNeeded: decimalPowers[missing])
    guard value < step.pointee.limit else { return nil }
    values.assumingMemoryBound(to: Int128.self)[row] = Int128(digits.isNegative ? -value : value)
    return p
  }

  @inline(never)
  private func readLongDecimal(
    _ from: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ step: UnsafePointer<JsonStep>,
    _ row: Int
  ) -> UnsafePointer<UInt8>? {
    guard let after = JsonScanner.numberEnd(from, end),
      let column = columns[step.pointee.conversion]
    else { return nil }
    let text = Bytes(start: from, count: after - from)
    return conversions[step.pointee.conversion].write(text, to: column, row) ? after : nil
  }

  @inline(never)
  private func readNested(
    _ p: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ step: UnsafePointer<JsonStep>,
    _ row: Int
  ) -> UnsafePointer<UInt8>? {
    guard case .nested(let nested) = conversions[step.pointee.conversion],
      let column = columns[step.pointee.conversion], let after = skipAny(p, end)
    else { return nil }
    return nested.read(p, after, to: column, row, texts) ? after : nil
  }

  private func skipAny(_ p: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>)
    -> UnsafePointer<UInt8>?
  {
    // A record never spans lines: look no further than this one.
    let lineEnd =
      memchr(p, 10, end - p).map { UnsafePointer($0.assumingMemoryBound(to: UInt8.self)) } ?? end
    return try? JsonScanner(start: p, end: lineEnd).valueEnd(p)
  }

  /// A value that needs its conversion: times as text, booleans, numbers in quotes, nulls.
  private func readOther(
    _ p: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ step: UnsafePointer<JsonStep>,
    _ row: Int
  ) -> UnsafePointer<UInt8>? {
    guard let column = columns[step.pointee.conversion] else { return nil }
    let conversion = conversions[step.pointee.conversion]
    var high: UInt32 = 0
    if p.pointee == 34 {
      guard let found = JsonScanner.stringEnd(p + 1, end, &high), !found.hasEscapes else {
        return nil
      }
      let text = Bytes(start: p + 1, count: found.quote - p - 1)
      return conversion.write(text, to: column, row) ? found.quote + 1 : nil
    }
    if let after = JsonScanner.numberEnd(p, end) ?? JsonScanner.wordEnd(p, end) {
      if p.pointee == 110 { return nil }  // null: the slow way knows it
      return conversion.write(Bytes(start: p, count: after - p), to: column, row) ? after : nil
    }
    return nil
  }
}
