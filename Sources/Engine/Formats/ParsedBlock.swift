public import Columns

/// The records of a block as columns, good and bad alike: row *n* is record *n*.
public final class ParsedBlock: @unchecked Sendable {
  // Unchecked: filled by the parser that makes it, then only read.
  public let block: RecordBlock
  /// A column for each declared one that is read; nil for the others.
  public internal(set) var columns: [Column?]
  /// Records, bad ones included.
  public internal(set) var count = 0
  /// Records that could not be parsed, by row, rising.
  public internal(set) var bad: [BadRecord] = []
  let capacity: Int
  /// Where each record starts in the block, and how many lines stand before it there.
  let offsets: UnsafeMutablePointer<UInt32>
  let lines: UnsafeMutablePointer<UInt32>
  /// Strings that had to be rewritten (escapes).
  let arena: Arena

  init(_ block: RecordBlock, columns: [ParseColumn], capacity: Int) {
    self.block = block
    self.capacity = capacity
    offsets = .allocate(capacity: max(capacity, 1))
    lines = .allocate(capacity: max(capacity, 1))
    let arena = Arena(blockSize: 4096)
    self.arena = arena
    self.columns = columns.map { column in
      guard column.isRead else { return nil }
      let filled = Column(column.type, capacity: capacity)
      if column.type.physical == .bytes { filled.owners = [block.owner, arena] }
      return filled
    }
  }

  deinit {
    offsets.deallocate()
    lines.deallocate()
  }

  /// Where a record starts in its split.
  func position(of row: Int) -> SplitPosition {
    row >= count
      ? block.end
      : SplitPosition(
        offset: block.start.offset + Int64(offsets[row]), line: block.start.line + Int64(lines[row])
      )
  }

  /// The bytes of a record, without its line end.
  func raw(_ row: Int) -> Bytes {
    let from = Int(offsets[row])
    let to = row + 1 < count ? Int(offsets[row + 1]) : block.bytes.count
    var length = to - from
    // Its own line end, and those of blank lines after it; a CR before that is the record's.
    repeat {
      if length > 0, block.bytes[from + length - 1] == 10 { length -= 1 }
      if length > 0, block.bytes[from + length - 1] == 13 { length -= 1 }
    } while length > 0 && block.bytes[from + length - 1] == 10
    return Bytes(start: block.bytes.start + from, count: length)
  }
}

/// A record that could not be parsed.
public struct BadRecord: Sendable, Hashable {
  public var row: Int
  public var error: String
}

/// Turns blocks of records into columns. Immutable, so several threads may use one.
public protocol RecordParser: Sendable {
  /// Reads a block of one split.
  ///
  /// - Parameter header: for CSV with a header, the split's first record.
  func parse(_ block: RecordBlock, header: CsvHeader?) -> ParsedBlock
}

extension ParseSpec {
  /// The parser for this format.
  ///
  /// - Throws: ``ConnectError`` for a pattern that cannot be compiled.
  public func makeParser() throws -> any RecordParser {
    switch format {
    case .json: JsonParser(columns: recordColumns)
    case .csv(let options): CsvParser(columns: recordColumns, options: options)
    case .accessLog: AccessLogParser(columns: recordColumns)
    case .regex(let pattern): try RegexParser(columns: recordColumns, pattern: pattern)
    }
  }
}
