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

  @inline(never)
  func readInteger(
    _ from: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ step: UnsafePointer<JsonStep>,
    _ row: Int
  ) -> UnsafePointer<UInt8>? {
    var p = from
    let isNegative = p.pointee == 45
    if isNegative { p += 1 }
    let first = p
    var value: Int64 = 0
    while p < end {
      let digit = p.pointee &- 48
      if digit > 9 { break }
      value = value &* 10 &+ Int64(digit)
      p += 1
    }
    let digits = p - first
    guard digits > 0, digits <= 18, digits == 1 || first.pointee != 48, p < end,
      p.pointee != 46, p.pointee | 32 != 101, let values = step.pointee.values
    else { return nil }
    if step.pointee.isInt, value > Int64(Int32.max) { return nil }
    values.assumingMemoryBound(to: Int64.self)[row] = isNegative ? -value : value
    return p
  }

  @inline(never)
  func readDouble(
    _ from: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ step: UnsafePointer<JsonStep>,
    _ row: Int
  ) -> UnsafePointer<UInt8>? {
    var p = from
    let isNegative = p.pointee == 45
    if isNegative { p += 1 }
    let first = p
    var value: UInt64 = 0
    while p < end {
      let digit = p.pointee &- 48
      if digit > 9 { break }
      value = value &* 10 &+ UInt64(digit)
      p += 1
    }
    var digits = p - first
    guard digits > 0, digits == 1 || first.pointee != 48 else { return nil }
    var power = 1.0  // exact up to 10^22; at most 15 digits are read with it
    if p < end, p.pointee == 46 {
      p += 1
      let fraction = p
      while p < end {
        let digit = p.pointee &- 48
        if digit > 9 { break }
        value = value &* 10 &+ UInt64(digit)
        power *= 10
        p += 1
      }
      guard p > fraction else { return nil }
      digits += p - fraction
    }
    guard p < end, let values = step.pointee.values else { return nil }
    if digits > 15 || p.pointee | 32 == 101 {
      guard let after = JsonScanner.numberEnd(from, end),
        let exact = parseDouble(Bytes(start: from, count: after - from))
      else { return nil }
      values.assumingMemoryBound(to: Double.self)[row] = exact
      return after
    }
    let exact = Double(value) / power
    values.assumingMemoryBound(to: Double.self)[row] = isNegative ? -exact : exact
    return p
  }

  @inline(never)
  private func readDecimal(
    _ from: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ step: UnsafePointer<JsonStep>,
    _ row: Int
  ) -> UnsafePointer<UInt8>? {
    var p = from
    let isNegative = p.pointee == 45
    if isNegative { p += 1 }
    let first = p
    var value: Int64 = 0
    while p < end, p.pointee &- 48 <= 9 {
      value = value &* 10 &+ Int64(p.pointee &- 48)
      p += 1
    }
    var digits = p - first
    guard digits > 0, digits == 1 || first.pointee != 48 else { return nil }
    var missing = step.pointee.scale
    if p < end, p.pointee == 46 {
      p += 1
      let fraction = p
      while p < end, p.pointee &- 48 <= 9 {
        value = value &* 10 &+ Int64(p.pointee &- 48)
        p += 1
      }
      guard p > fraction else { return nil }
      digits += p - fraction
      missing -= p - fraction
    }
    guard p < end, let values = step.pointee.values else { return nil }
    if missing < 0 || digits + missing > 18 || p.pointee | 32 == 101 {
      return readLongDecimal(from, end, step, row)
    }
    value *= Int64(truncatingIfNeeded: decimalPowers[missing])
    guard value < step.pointee.limit else { return nil }
    values.assumingMemoryBound(to: Int128.self)[row] = Int128(isNegative ? -value : value)
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
