import Columns
import Glibc

/// The names in the first record of a CSV split.
public struct CsvHeader: Sendable, Hashable {
  public var names: [String]
  /// Where it stands in the split: behind a byte order mark and blank lines.
  public var offset: Int64

  public init(names: [String], offset: Int64 = 0) {
    self.names = names
    self.offset = offset
  }
}

/// Comma-separated values as RFC 4180 has them: quoted fields may hold delimiters, line ends and
/// doubled quotes. An empty unquoted field is NULL; an empty quoted one is the empty text.
struct CsvParser: RecordParser {
  let columns: [ParseColumn]
  let options: CsvOptions
  private let conversions: [FieldConversion]
  private let nullText: [UInt8]?

  init(columns: [ParseColumn], options: CsvOptions) {
    self.columns = columns
    self.options = options
    conversions = columns.map(FieldConversion.init)
    nullText = options.nullText.map { Array($0.utf8) }
  }

  func parse(_ block: RecordBlock, header: CsvHeader?) -> ParsedBlock {
    let parsed = ParsedBlock(
      block, columns: columns, capacity: Int(block.end.line - block.start.line) + 1)
    let start = block.bytes.start
    let end = start + block.bytes.count
    // Which column each field of a record goes to.
    let fieldCount = header?.names.count ?? columns.count
    let targets: [Int?] =
      header.map { header in
        header.names.map { name in columns.firstIndex { $0.name == name } }
      } ?? columns.indices.map { $0 }
    var isHeaderDue = options.hasHeader && block.start.offset <= header?.offset ?? 0
    var p = start
    var line: UInt32 = 0
    while p < end {
      if p.pointee == 10 || p.pointee == 13 && (p + 1 == end || p[1] == 10) {  // a blank line
        p += p.pointee == 10 || p + 1 == end ? 1 : 2
        line += 1
        continue
      }
      var record = CsvRecord(p, end, delimiter: options.delimiter)
      if isHeaderDue {
        isHeaderDue = false
        while record.next(into: parsed.arena) != nil {}
      } else if block.isOversized {
        parsed.add(offset: p - start, line: line, error: oversizedMessage)
        break
      } else {
        let error = read(&record, targets, fieldCount, parsed)
        parsed.add(offset: p - start, line: line, error: error ?? utf8Fault(record.raw))
      }
      p = record.place
      line += record.lineEnds
    }
    return parsed
  }

  private func read(
    _ record: inout CsvRecord, _ targets: [Int?], _ fieldCount: Int, _ parsed: ParsedBlock
  ) -> String? {
    let row = parsed.count
    for index in columns.indices where !targets.contains(index) {
      parsed.columns[index]?.setNull(row)
    }
    var fields = 0
    var error: String?
    while let field = record.next(into: parsed.arena) {
      if fields < fieldCount, let index = targets[fields] {
        let text = isNull(field) ? nil : field.text
        error = error ?? parsed.store(text, index, row, columns, conversions)
      }
      fields += 1
    }
    if let fault = record.fault { return fault }
    if fields != fieldCount { return "\(fields) fields where \(fieldCount) are expected" }
    return error
  }

  private func isNull(_ field: CsvRecord.Field) -> Bool {
    if field.isQuoted { return false }
    if field.text.count == 0 { return true }
    guard let nullText, nullText.count == field.text.count else { return false }
    return nullText.indices.allSatisfy { nullText[$0] == field.text[$0] }
  }
}

/// Walks the fields of one CSV record.
struct CsvRecord {
  struct Field {
    var text: Bytes
    var isQuoted: Bool
  }

  private let start: UnsafePointer<UInt8>
  private let end: UnsafePointer<UInt8>
  private let delimiter: UInt8
  /// The next byte to read; after the last field, the start of the next record.
  private(set) var place: UnsafePointer<UInt8>
  private(set) var lineEnds: UInt32 = 0
  private(set) var fault: String?
  private var isDone = false

  init(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, delimiter: UInt8) {
    self.start = start
    self.end = end
    self.delimiter = delimiter
    place = start
  }

  /// The bytes walked so far.
  var raw: Bytes { Bytes(start: start, count: place - start) }

  /// The next field; nil after the last.
  mutating func next(into arena: Arena) -> Field? {
    if isDone { return nil }
    guard place < end else {
      isDone = true
      return Field(text: .empty, isQuoted: false)  // a delimiter stood at the very end
    }
    if place.pointee == 34 { return quoted(arena) }
    let from = place
    while place < end, place.pointee != delimiter, place.pointee != 10 { place += 1 }
    var length = place - from
    if place == end || place.pointee == 10, length > 0, from[length - 1] == 13 { length -= 1 }
    closeField()
    return Field(text: Bytes(start: from, count: length), isQuoted: false)
  }

  private mutating func quoted(_ arena: Arena) -> Field {
    place += 1
    let from = place
    var doubled = 0
    while place < end {
      if place.pointee == 10 { lineEnds += 1 }
      if place.pointee == 34 {
        guard place + 1 < end, place[1] == 34 else { break }
        doubled += 1
        place += 1
      }
      place += 1
    }
    var text = Bytes(start: from, count: place - from)
    if doubled > 0 {
      let target = arena.allocate(text.count).assumingMemoryBound(to: UInt8.self)
      var written = 0
      var at = 0
      while at < text.count {
        target[written] = text[at]
        written += 1
        at += text[at] == 34 ? 2 : 1
      }
      text = Bytes(start: UnsafePointer(target), count: written)
    }
    guard place < end else {
      fault = "a quote is not closed"
      isDone = true
      return Field(text: text, isQuoted: true)
    }
    place += 1
    if place < end, place.pointee == 13, place + 1 == end || place[1] == 10 { place += 1 }
    if place < end, place.pointee != delimiter, place.pointee != 10 {
      fault = "text follows a closing quote"
      while place < end, place.pointee != delimiter, place.pointee != 10 { place += 1 }
    }
    closeField()
    return Field(text: text, isQuoted: true)
  }

  private mutating func closeField() {
    guard place < end, place.pointee == delimiter else {
      isDone = true
      if place < end {
        place += 1
        lineEnds += 1
      }
      return
    }
    place += 1
  }
}

extension CsvOptions {
  /// Reads a split's header from its first block.
  public func header(of block: RecordBlock) -> CsvHeader {
    let arena = Arena(blockSize: 1024)
    let end = block.bytes.start + block.bytes.count
    var start = block.bytes.start
    while start < end, start.pointee == 10 || start.pointee == 13 { start += 1 }
    var record = CsvRecord(start, end, delimiter: delimiter)
    var names: [String] = []
    while let field = record.next(into: arena) { names.append(field.text.string) }
    return CsvHeader(
      names: names, offset: block.start.offset + Int64(start - block.bytes.start))
  }
}
