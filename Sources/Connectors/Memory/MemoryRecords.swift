import Columns
public import Engine

/// Records in memory as a source: the events of a test, in splits.
///
/// A record is a line; one that has line feeds of its own (a quoted CSV field) counts as several.
public struct MemoryRecords: Source {
  public struct Split: Sendable, Hashable {
    public var name: String
    public var records: [String]

    public init(name: String, records: [String]) {
      self.name = name
      self.records = records
    }
  }

  private let contents: [Split]
  /// What stands before the records of every split, such as the names of CSV columns.
  private let header: String?

  public init(_ splits: [Split], header: String? = nil) {
    contents = splits
    self.header = header
  }

  public func splits() throws -> [SplitDescription] {
    contents.map { split in
      let bytes = lines(of: split).reduce(0) { $0 + $1.utf8.count + 1 }
      return SplitDescription(name: split.name, size: Int64(bytes))
    }
  }

  public func open(
    _ split: SplitDescription, at position: SplitPosition, framing: Framing
  ) throws -> any SplitReader {
    guard let found = contents.first(where: { $0.name == split.name }) else {
      throw ConnectError("there is no split \(split.name)")
    }
    return Reader(lines(of: found), at: position)
  }

  private func lines(of split: Split) -> [String] { (header.map { [$0] } ?? []) + split.records }

  private final class Reader: SplitReader {
    private var rest: ArraySlice<String>
    private var position = SplitPosition.start

    init(_ lines: [String], at start: SplitPosition) {
      rest = lines[...]
      while position.offset < start.offset, let line = rest.popFirst() { advance(line) }
    }

    private func advance(_ line: String) {
      position.offset += Int64(line.utf8.count + 1)
      position.line += Int64(line.utf8.count { $0 == 10 } + 1)
    }

    func next(maxRecords: Int, maxBytes: Int) throws -> RecordBlock? {
      let start = position
      var text = ""
      var records = 0
      while records < max(1, maxRecords), text.utf8.count < max(1, maxBytes),
        let line = rest.popFirst()
      {
        text += line + "\n"
        advance(line)
        records += 1
      }
      guard records > 0 else { return nil }
      let arena = Arena()
      return RecordBlock(bytes: arena.copy(text), owner: arena, start: start, end: position)
    }

    func close() {}
  }
}
