import Columns
import Engine
import Testing

@testable import Connectors

/// Records in memory are handed out as a file would: whole, in order, from any place.
@Suite struct MemoryRecordsTests {
  private static let source = MemoryRecords(
    [
      .init(name: "a", records: ["one", "two words", "", "three\nlines"]),
      .init(name: "b", records: []),
    ], header: "head")

  private func texts(
    _ split: String, at start: SplitPosition = .start, maxRecords: Int
  ) throws -> (texts: [String], end: SplitPosition) {
    let reader = try Self.source.open(
      SplitDescription(name: split), at: start, framing: .lines)
    var texts: [String] = []
    var end = start
    while let block = try reader.next(maxRecords: maxRecords, maxBytes: .max) {
      #expect(block.start == end)
      end = block.end
      texts.append(block.bytes.string)
    }
    return (texts, end)
  }

  @Test func blocksOfAnySizeHoldTheSameBytes() throws {
    let whole = "head\none\ntwo words\n\nthree\nlines\n"
    for records in [1, 2, 3, .max] {
      let read = try texts("a", maxRecords: records)
      #expect(read.texts.joined() == whole)
      #expect(read.end == SplitPosition(offset: Int64(whole.utf8.count), line: 7))
    }
    #expect(try texts("b", maxRecords: .max).texts == ["head\n"])
    #expect(try Self.source.splits().map(\.size) == [Int64(whole.utf8.count), 5])
  }

  @Test func readingGoesOnFromAnyBlocksEnd() throws {
    let first = SplitPosition(offset: 9, line: 3)
    #expect(
      try texts("a", at: first, maxRecords: .max).texts == ["two words\n\nthree\nlines\n"])
  }

  @Test func anUnknownSplitIsAnError() {
    #expect(throws: ConnectError.self) { try texts("c", maxRecords: 1) }
  }
}
