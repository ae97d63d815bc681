import CMachine
import Columns
import Glibc

/// The fields of a JSON line in the order and spacing in which they stood, ready to be met again.
///
/// A final class with its steps in raw memory: reading a line allocates nothing and counts no
/// references.
final class JsonLayout {
  private let arena: Arena
  private let steps: UnsafeMutablePointer<JsonStep>
  private let stepsEnd: UnsafeMutablePointer<JsonStep>
  /// What follows the last value, with the line's end.
  private let closing: JsonLiteral
  /// Columns that the layout does not fill: NULL in every row.
  private let absent: [Column]
  let conversions: [FieldConversion]
  let columns: [Column?]
  /// For strings with escapes inside collections: it lives as long as the columns.
  let texts: Arena

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
    let arena = Arena(blockSize: 1024)
    guard let after, isOrdinary, !found.isEmpty, found.count <= 256, after == end else {
      return nil  // also a line with CR or spaces at its end
    }
    var rest = Array(UnsafeBufferPointer(start: from, count: end - from))
    rest.append(10)
    closing = rest.withUnsafeBufferPointer { bytes in
      JsonLiteral(Bytes(start: bytes.baseAddress ?? from, count: bytes.count), in: arena)
    }
    self.arena = arena
    steps = .allocate(capacity: found.count)
    stepsEnd = steps + found.count
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
  }

  private func step(_ before: Bytes, _ value: UnsafePointer<UInt8>, _ target: Int?) -> JsonStep {
    let (action, target) = action(value.pointee, target)
    // The quote that opens a text is met with what stands before it.
    let literal = Bytes(start: before.start, count: before.count + (action == .text ? 1 : 0))
    var step = JsonStep(JsonLiteral(literal, in: arena), action)
    guard let target, let column = columns[target] else { return step }
    step.column = .passUnretained(column)  // `columns` keeps it
    step.conversion = target
    switch (action, conversions[target]) {
    case (.text, _): step.values = UnsafeMutableRawPointer(column.bytes)
    case (.double, _): step.values = UnsafeMutableRawPointer(column.doubles)
    case (.integer, let conversion):
      step.values = UnsafeMutableRawPointer(column.integers)
      if case .int = conversion { step.isInt = true }
    case (.decimal, .decimal(let precision, let scale)):
      step.values = UnsafeMutableRawPointer(column.wides)
      step.scale = scale
      step.limit = Int64(clamping: decimalPowers[precision])
    default: break
    }
    return step
  }

  /// What to do with a value that begins with a byte, and the column that it is for.
  private func action(_ first: UInt8, _ target: Int?) -> (JsonStep.Action, Int?) {
    let isNumber = first == 45 || first &- 48 <= 9
    guard let target, columns[target] != nil else {
      return (
        first == 34
          ? .text : isNumber ? .skipNumber : first == 123 || first == 91 ? .skipAny : .skipWord,
        nil
      )
    }
    switch conversions[target] {
    case .string where first == 34: return (.text, target)
    case .bigint where isNumber, .int where isNumber, .epoch(.ms) where isNumber:
      return (.integer, target)
    case .double where isNumber: return (.double, target)
    case .decimal where isNumber: return (.decimal, target)
    case .nested where first == 123 || first == 91: return (.nested, target)
    default: return (.other, target)
    }
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
  /// A value is taken to be as long as the last ones were, and that is checked by the way: so the
  /// processor goes on to the next field, and the next line, before it has looked at this one.
  ///
  /// - Returns: the start of the next line; nil where the line differs from the layout, with the
  ///   row's values undefined.
  @inline(__always)
  private func read(_ from: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ row: Int)
    -> UnsafePointer<UInt8>?
  {
    var p = from
    // Other than 0 where something may stand in the line that is not ASCII: what the loop saw, and
    // what the ways off it saw, which is kept in memory for them.
    var seen: UInt32 = 0
    var high: UInt32 = 0
    var step = steps
    while step < stepsEnd {
      defer { step += 1 }
      guard end - p >= step.pointee.reach else {
        guard let after = readNearEnd(p, end, step, row, &high) else { return nil }
        p = after
        continue
      }
      guard step.pointee.literal.stands(at: p) else { return nil }
      p += step.pointee.literal.count
      switch step.pointee.action {
      case .shortText:
        seen |= cbytes_beyond_ascii16(p)
        if cbytes_string_ends16(p) & step.pointee.within == step.pointee.marks,
          p[step.pointee.length] == 34
        {
          let length = step.pointee.length
          if let values = step.pointee.values {
            values.assumingMemoryBound(to: Bytes.self)[row] = Bytes(start: p, count: length)
          }
          p += length &+ 1
        } else {
          guard let after = readText(p, end, step, row, &high) else { return nil }
          p = after
        }
      case .text:
        seen |= cbytes_beyond_ascii32(p)
        let specials = cbytes_string_ends32(p)
        var length = step.pointee.length
        if specials & step.pointee.within != step.pointee.marks {
          length = specials.trailingZeroBitCount
          if step.pointee.misses >= 0 { step.pointee.learn(length, point: length, row) }
        }
        if specials != 0, p[length] == 34 {
          if let values = step.pointee.values {
            values.assumingMemoryBound(to: Bytes.self)[row] = Bytes(start: p, count: length)
          }
          p += length &+ 1
        } else {
          guard let after = readText(p, end, step, row, &high) else { return nil }
          p = after
        }
      case .integer:
        if step.pointee.isAsLearned(p), let values = step.pointee.values {
          let value = Int64(truncatingIfNeeded: step.pointee.wholeDigits(p))
          if step.pointee.isInt, value > Int64(Int32.max) { return nil }
          values.assumingMemoryBound(to: Int64.self)[row] = value
          p += step.pointee.length
        } else {
          guard let after = readInteger(p, end, step, row) else { return nil }
          step.pointee.learnNumber(p, after, row)
          p = after
        }
      case .double:
        if step.pointee.isAsLearned(p), let values = step.pointee.values {
          values.assumingMemoryBound(to: Double.self)[row] = step.pointee.double(p)
          p += step.pointee.length
        } else {
          guard let after = readDouble(p, end, step, row) else { return nil }
          step.pointee.learnNumber(p, after, row)
          p = after
        }
      case .skipNumber:
        if step.pointee.isAsLearned(p) {
          p += step.pointee.length
        } else {
          guard let after = JsonScanner.numberEnd(p, end) else { return nil }
          step.pointee.learnNumber(p, after, row)
          p = after
        }
      default:
        guard let after = readValue(p, end, step, row, &high) else { return nil }
        p = after
      }
    }
    if end - p >= 16, closing.count <= 16 {
      guard closing.stands(at: p) else { return nil }
      p += closing.count
    } else {
      let rest = closing.count - 1
      guard end - p >= rest, memcmp(p, closing.start, rest) == 0 else { return nil }
      p += rest
      if p < end {
        guard p.pointee == 10 else { return nil }
      }
      p += 1
    }
    if seen | high != 0, firstInvalidUTF8(Bytes(start: from, count: p - 1 - from)) != nil {
      return nil
    }
    for column in absent { column.setNull(row) }
    return p
  }

  /// A field so near the end of the block that looking at many bytes would look beyond it.
  @inline(never)
  private func readNearEnd(
    _ from: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>,
    _ step: UnsafeMutablePointer<JsonStep>, _ row: Int, _ high: inout UInt32
  ) -> UnsafePointer<UInt8>? {
    let literal = step.pointee.literal
    guard end - from > literal.count, memcmp(from, literal.start, literal.count) == 0 else {
      return nil
    }
    let p = from + literal.count
    switch step.pointee.action {
    case .text, .shortText: return readText(p, end, step, row, &high)
    default: return readValue(p, end, step, row, &high)
    }
  }
}
