import Columns
public import Engine

/// A log in memory: splits by name, handed out in blocks of so many records.
public struct MemorySource: Source {
  private let contents: [(name: String, bytes: [UInt8])]
  /// Records in a block; a step may ask for fewer.
  public let blockRecords: Int

  public init(_ texts: [(name: String, text: String)], blockRecords: Int = .max) {
    contents = texts.map { ($0.name, Array($0.text.utf8)) }
    self.blockRecords = blockRecords
  }

  /// One split of any bytes.
  public init(bytes: [UInt8]) {
    contents = [("bytes", bytes)]
    blockRecords = .max
  }

  public func splits() throws -> [SplitDescription] {
    contents.map { SplitDescription(name: $0.name, size: Int64($0.bytes.count)) }
  }

  public func open(_ split: SplitDescription, at position: SplitPosition, framing: Framing) throws
    -> any SplitReader
  {
    let bytes = contents.first { $0.name == split.name }?.bytes ?? []
    return Reader(bytes, position, blockRecords)
  }

  private final class Reader: SplitReader {
    private let bytes: [UInt8]
    private var position: SplitPosition
    private let blockRecords: Int

    init(_ bytes: [UInt8], _ position: SplitPosition, _ blockRecords: Int) {
      self.bytes = bytes
      self.position = position
      self.blockRecords = blockRecords
    }

    func next(maxRecords: Int, maxBytes: Int) throws -> RecordBlock? {
      let start = position
      var end = Int(start.offset)
      var lines: Int64 = 0
      while end < bytes.count, lines < Int64(min(maxRecords, blockRecords)) {
        if let newline = bytes[end...].firstIndex(of: 10) {
          end = newline + 1
        } else {
          end = bytes.count
        }
        lines += 1
      }
      guard end > Int(start.offset) else { return nil }
      let arena = Arena()
      let copy = Array(bytes[Int(start.offset)..<end]).withUnsafeBufferPointer { buffer in
        buffer.baseAddress.map { arena.copy(Bytes(start: $0, count: buffer.count)) } ?? .empty
      }
      position = SplitPosition(offset: Int64(end), line: start.line + lines)
      return RecordBlock(bytes: copy, owner: arena, start: start, end: position)
    }

    func close() {}
  }
}
