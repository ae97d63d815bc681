import Columns
import Glibc

/// The fields of a JSON line in the order and spacing in which they stood, ready to be met again.
///
/// A final class with its steps in raw memory: reading a line allocates nothing and counts no
/// references.
final class JsonLayout {
  /// One field: the bytes before its value, then what to do with the value.
  private struct Step {
    enum Action: UInt8 {
      case skipString, skipNumber, skipWord, skipAny
      case string, integer, double, decimal, nested, other
    }

    var literal: UnsafePointer<UInt8>
    var count: Int
    /// The first 16 bytes of the literal, with masks for those beyond its end.
    var word0: UInt64
    var mask0: UInt64
    var word1: UInt64
    var mask1: UInt64
    var action: Action
    var isInt = false
    var values: UnsafeMutableRawPointer?
    var column: Unmanaged<Column>?
    var conversion = 0
    /// A DECIMAL's digits after the point, and what its digits must stay below.
    var scale = 0
    var limit: Int64 = 0
  }

  private let arena = Arena(blockSize: 1024)
  private let steps: UnsafeMutablePointer<Step>
  private let count: Int
  private let closing: Bytes
  /// Columns that the layout does not fill: NULL in every row.
  private let absent: [Column]
  private let conversions: [FieldConversion]
  private let columns: [Column?]
  /// Powers of ten from 10^0 to 10^7.
  private let powers: UnsafeMutablePointer<Double>
  /// For strings with escapes inside collections: it lives as long as the columns.
  private let texts: Arena

  /// Learns the layout of a good line; nil for one that has none worth learning (a name twice, an
  /// escape in a name, an empty object).
  init?(
    line: Bytes, columns: [Column?], conversions: [FieldConversion], texts: Arena,
    columnAt: (Bytes) -> Int?
  ) {
    let end = line.start + line.count
    let scanner = JsonScanner(start: line.start, end: end)
    let first = JsonScanner.skipSpace(line.start, end)
    guard first == line.start else { return nil }
    var found: [(literal: Bytes, value: UnsafePointer<UInt8>, target: Int?)] = []
    var from = line.start
    var isOrdinary = true
    var filled = Set<Int>()
    let after = try? scanner.members(first, depth: 0) { name, value throws(JsonScanner.Fault) in
      let target = columnAt(name.content).flatMap { columns[$0] == nil ? nil : $0 }
      if name.hasEscapes { isOrdinary = false }
      if let target, !filled.insert(target).inserted { isOrdinary = false }
      found.append((Bytes(start: from, count: value - from), value, target))
      from = try scanner.valueEnd(value)
    }
    guard let after, isOrdinary, !found.isEmpty, found.count <= 256, after == end else {
      return nil  // also a line with CR or spaces at its end
    }
    closing = arena.copy(Bytes(start: from, count: end - from))
    steps = .allocate(capacity: found.count)
    powers = .allocate(capacity: 8)
    powers[0] = 1
    for scale in 1..<8 { powers[scale] = powers[scale - 1] * 10 }
    count = found.count
    self.conversions = conversions
    self.columns = columns
    self.texts = texts
    absent = columns.indices.compactMap { filled.contains($0) ? nil : columns[$0] }
    for (index, field) in found.enumerated() {
      (steps + index).initialize(to: step(field.literal, field.value, field.target))
    }
  }

  deinit {
    steps.deallocate()
    powers.deallocate()
  }

  private func step(_ literal: Bytes, _ value: UnsafePointer<UInt8>, _ target: Int?) -> Step {
    let kept = arena.copy(literal)
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    for index in 0..<min(literal.count, 16) {
      let shift = UInt64(index & 7) * 8
      if index < 8 {
        words.0 |= UInt64(literal[index]) << shift
        words.1 |= 0xFF << shift
      } else {
        words.2 |= UInt64(literal[index]) << shift
        words.3 |= 0xFF << shift
      }
    }
    var action: Step.Action
    switch value.pointee {
    case 34: action = .skipString
    case 45, 48...57: action = .skipNumber
    case 123, 91: action = .skipAny
    default: action = .skipWord
    }
    var step = Step(
      literal: kept.start, count: kept.count, word0: words.0, mask0: words.1, word1: words.2,
      mask1: words.3, action: action)
    guard let target, let column = columns[target] else { return step }
    step.column = .passUnretained(column)  // `columns` keeps it
    step.conversion = target
    switch (conversions[target], value.pointee) {
    case (.string, 34):
      action = .string
      step.values = UnsafeMutableRawPointer(column.bytes)
    case (.bigint, 45), (.bigint, 48...57), (.epoch(.ms), 45), (.epoch(.ms), 48...57),
      (.int, 45), (.int, 48...57):
      action = .integer
      if case .int = conversions[target] { step.isInt = true }
      step.values = UnsafeMutableRawPointer(column.integers)
    case (.double, 45), (.double, 48...57):
      action = .double
      step.values = UnsafeMutableRawPointer(column.doubles)
    case (.decimal(let precision, let scale), 45), (.decimal(let precision, let scale), 48...57):
      action = .decimal
      step.values = UnsafeMutableRawPointer(column.wides)
      step.scale = scale
      step.limit = Int64(clamping: decimalPowers[precision])
    case (.nested, 123), (.nested, 91): action = .nested
    default: action = .other
    }
    step.action = action
    return step
  }

  /// Reads lines into rows as long as they have this layout.
  ///
  /// - Parameters:
  ///   - place: where the first line starts; afterwards, where the first one does that differs.
  ///   - row: the first row; afterwards, the one after the last that was read.
  ///   - line: the number of the first line in the block, likewise.
  func read(
    _ place: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, row: inout Int,
    line: inout UInt32, into parsed: ParsedBlock
  ) {
    let start = parsed.block.bytes.start
    let (offsets, lines) = (parsed.offsets, parsed.lines)
    while place < end, let after = read(place, end, row) {
      offsets[row] = UInt32(truncatingIfNeeded: place - start)
      lines[row] = line
      row += 1
      line += 1
      place = after
    }
  }

  /// Reads a line that starts at `from` into a row.
  ///
  /// - Returns: the start of the next line; nil where the line differs from the layout, with the
  ///   row's values undefined.
  @inline(__always)
  private func read(_ from: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ row: Int)
    -> UnsafePointer<UInt8>?
  {
    var p = from
    var high: UInt64 = 0
    for index in 0..<count {
      let step = steps + index
      if p + 16 <= end, step.pointee.count <= 16 {
        let raw = UnsafeRawPointer(p)
        let first = raw.loadUnaligned(as: UInt64.self) ^ step.pointee.word0
        let second = raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self) ^ step.pointee.word1
        if (first & step.pointee.mask0) | (second & step.pointee.mask1) != 0 { return nil }
      } else {
        guard p + step.pointee.count <= end,
          memcmp(p, step.pointee.literal, step.pointee.count) == 0
        else { return nil }
      }
      p += step.pointee.count
      guard p < end else { return nil }
      switch step.pointee.action {
      case .skipString:
        guard p.pointee == 34, let found = JsonScanner.stringEnd(p + 1, end, &high) else {
          return nil
        }
        p = found.quote + 1
      case .string:
        guard p.pointee == 34, let found = JsonScanner.stringEnd(p + 1, end, &high),
          !found.hasEscapes, let values = step.pointee.values
        else { return nil }
        values.assumingMemoryBound(to: Bytes.self)[row] = Bytes(
          start: p + 1, count: found.quote - p - 1)
        p = found.quote + 1
      case .integer:
        guard let after = readInteger(p, end, step, row) else { return nil }
        p = after
      case .double:
        if p + 8 <= end, let short = JsonScanner.shortDecimal(p), let values = step.pointee.values {
          values.assumingMemoryBound(to: Double.self)[row] =
            Double(short.digits) / powers[short.scale]
          p += short.length
        } else {
          guard let after = readDouble(p, end, step, row) else { return nil }
          p = after
        }
      case .decimal:
        guard let after = readDecimal(p, end, step, row) else { return nil }
        p = after
      case .nested:
        guard let after = readNested(p, end, step, row) else { return nil }
        p = after
        high = 0x80
      case .skipNumber:
        guard let after = JsonScanner.numberEnd(p, end) else { return nil }
        p = after
      case .skipWord:
        guard let after = JsonScanner.wordEnd(p, end) else { return nil }
        p = after
      case .skipAny:
        guard let after = skipAny(p, end) else { return nil }
        p = after
        high = 0x80  // a nested string may hold anything: have the line checked
      case .other:
        guard let after = readOther(p, end, step, row) else { return nil }
        p = after
        high = 0x80
      }
    }
    guard p + closing.count <= end, memcmp(p, closing.start, closing.count) == 0 else {
      return nil
    }
    p += closing.count
    if p < end {
      guard p.pointee == 10 else { return nil }
    }
    if high & 0x8080_8080_8080_8080 != 0,
      firstInvalidUTF8(Bytes(start: from, count: p - from)) != nil
    {
      return nil
    }
    for column in absent { column.setNull(row) }
    return p + 1
  }

  @inline(__always)
  private func readInteger(
    _ from: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ step: UnsafePointer<Step>,
    _ row: Int
  ) -> UnsafePointer<UInt8>? {
    var p = from
    let isNegative = p.pointee == 45
    if isNegative { p += 1 }
    let first = p
    var value: Int64 = 0
    if p + 8 <= end, let eight = JsonScanner.eightDigits(p) {
      value = Int64(eight)
      p += 8
    }
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
  private func readDouble(
    _ from: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ step: UnsafePointer<Step>,
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

  /// Not inlined: the steps that nearly every log has must stay close together.
  @inline(never)
  private func readDecimal(
    _ from: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ step: UnsafePointer<Step>,
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
    _ from: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ step: UnsafePointer<Step>,
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
    _ p: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ step: UnsafePointer<Step>, _ row: Int
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
    _ p: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ step: UnsafePointer<Step>, _ row: Int
  ) -> UnsafePointer<UInt8>? {
    guard let column = columns[step.pointee.conversion] else { return nil }
    let conversion = conversions[step.pointee.conversion]
    var high: UInt64 = 0
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
