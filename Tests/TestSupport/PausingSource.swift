import Columns
public import Engine

/// Splits that have nothing to read now and then, as a live source has: each is a list of texts,
/// one a block; an empty text is a look at the split that finds nothing.
public struct PausingSource: Source {
  private let contents: [(name: String, blocks: [String])]

  public init(_ contents: [(name: String, blocks: [String])]) { self.contents = contents }

  public func splits() throws -> [SplitDescription] {
    contents.map { SplitDescription(name: $0.name) }
  }

  public func open(_ split: SplitDescription, at position: SplitPosition, framing: Framing) throws
    -> any SplitReader
  {
    Reader(contents.first { $0.name == split.name }?.blocks ?? [])
  }

  private final class Reader: SplitReader {
    private var blocks: ArraySlice<String>
    private var position = SplitPosition.start

    init(_ blocks: [String]) { self.blocks = blocks[...] }

    func next(maxRecords: Int, maxBytes: Int) throws -> RecordBlock? {
      guard let text = blocks.popFirst() else { return nil }
      let arena = Arena()
      let start = position
      position.offset += Int64(text.utf8.count)
      position.line += Int64(text.utf8.filter { $0 == 10 }.count)
      return RecordBlock(bytes: arena.copy(text), owner: arena, start: start, end: position)
    }

    func close() {}
  }
}
