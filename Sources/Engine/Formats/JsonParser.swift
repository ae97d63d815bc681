import Columns
import Glibc

/// JSON objects, one a line.
///
/// Records of one log nearly always have the same fields in the same order and spacing. The parser
/// learns that layout from a line and reads the next lines against it: names are compared as bytes,
/// values go straight into their columns, fields that nobody reads are stepped over. A line that
/// differs anywhere is read again, slowly and in any order; both ways accept exactly the same
/// records.
struct JsonParser: RecordParser {
  let columns: [ParseColumn]
  private let conversions: [FieldConversion]
  private let names: [[UInt8]]

  init(columns: [ParseColumn]) {
    self.columns = columns
    conversions = columns.map(FieldConversion.init)
    names = columns.map { Array($0.name.utf8) }
  }

  func parse(_ block: RecordBlock, header: CsvHeader?) -> ParsedBlock {
    let lineCount = Int(block.end.line - block.start.line) + 1
    let parsed = ParsedBlock(block, columns: columns, capacity: lineCount)
    if block.isOversized {
      parsed.offsets[0] = 0
      parsed.lines[0] = 0
      parsed.count = 1
      parsed.bad = [BadRecord(row: 0, error: oversizedMessage)]
      return parsed
    }
    let targets = parsed.columns
    let start = block.bytes.start
    let end = start + block.bytes.count
    var layout: JsonLayout?
    var misses = 0
    var p = start
    var line: UInt32 = 0
    var row = 0
    while p < end {
      if let layout {
        layout.read(&p, end, row: &row, line: &line, into: parsed)
        if p >= end { break }
      }
      let lineEnd =
        memchr(p, 10, end - p).map { UnsafePointer($0.assumingMemoryBound(to: UInt8.self)) } ?? end
      defer {
        p = lineEnd + 1
        line += 1
      }
      if JsonScanner.skipSpace(p, lineEnd) == lineEnd { continue }  // a blank line is no record
      parsed.offsets[row] = UInt32(truncatingIfNeeded: p - start)
      parsed.lines[row] = line
      if let error = readSlowly(p, lineEnd, row, parsed) {
        parsed.bad.append(BadRecord(row: row, error: error))
        for column in targets { column?.setNull(row) }
      } else {
        misses += 1
        if layout == nil || misses % 4 == 0 {
          layout = JsonLayout(
            line: Bytes(start: p, count: lineEnd - p), columns: targets, conversions: conversions,
            texts: parsed.arena, columnAt: index)
        }
      }
      row += 1
    }
    parsed.count = row
    return parsed
  }

  private func index(_ name: Bytes) -> Int? {
    names.indices.first { index in
      names[index].count == name.count
        && (0..<name.count).allSatisfy { names[index][$0] == name[$0] }
    }
  }

  /// Reads one line in full generality.
  ///
  /// - Returns: what is wrong with it; nil for a good record.
  private func readSlowly(
    _ p: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ row: Int, _ parsed: ParsedBlock
  ) -> String? {
    let scanner = JsonScanner(start: p, end: end)
    let raw = Bytes(start: p, count: end - p)
    if let place = firstInvalidUTF8(raw) { return "invalid UTF-8 at byte \(place + 1)" }
    let first = JsonScanner.skipSpace(p, end)
    guard first.pointee == 123 else { return "not a JSON object: it must start with {" }
    var error: String?
    var filled = [Bool](repeating: false, count: columns.count)
    do {
      let after = try scanner.members(first, depth: 0) { name, value throws(JsonScanner.Fault) in
        let content =
          name.hasEscapes
          ? JsonScanner.unescape(name.content, into: parsed.arena) : name.content
        guard let index = index(content), let column = parsed.columns[index] else { return }
        filled[index] = true
        column.validity[row] = 1
        if let fault = store(value, try scanner.valueEnd(value), column, index, row, parsed.arena) {
          error = error ?? fault
        }
      }
      let rest = JsonScanner.skipSpace(after, end)
      for (index, column) in parsed.columns.enumerated() where !filled[index] {
        column?.setNull(row)
      }
      if rest != end { return "something follows the object at byte \(rest - p + 1)" }
    } catch {
      return "\(error.message) at byte \(error.offset + 1)"
    }
    return error
  }

  private func store(
    _ p: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ column: Column, _ index: Int,
    _ row: Int, _ arena: Arena
  ) -> String? {
    let conversion = conversions[index]
    let token = Bytes(start: p, count: end - p)
    var text = token
    switch p.pointee {
    case 110:
      column.setNull(row)
      return nil
    case 34:
      text = Bytes(start: p + 1, count: token.count - 2)
      if memchr(text.start, 92, text.count) != nil {
        text = JsonScanner.unescape(text, into: arena)
      }
    case 123, 91:
      if case .nested(let nested) = conversion {
        return nested.read(p, end, to: column, row, arena, of: columns[index])
      }
      guard case .string = conversion else {
        return wrongType(columns[index], conversion, found: token)
      }
    default: break
    }
    return conversion.write(text, to: column, row)
      ? nil : wrongType(columns[index], conversion, found: token)
  }
}

/// The message for a record that is longer than any record may be.
let oversizedMessage =
  "longer than \(maxRecordBytes / 1024 / 1024) MiB, the longest record that is read"
