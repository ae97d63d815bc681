import Columns
import Engine
import Testing

@testable import Connectors

private func rows(_ range: Range<Int64>) -> Batch { FileTarget.rows(range) }

@Suite struct FileSinkTests {
  @Test(arguments: [("out.jsonl", RowFormat.Kind.jsonl, ""), ("out.csv", .csv, "ad,clicks\n")])
  func aJobWithoutARowLeavesAnEmptyFile(
    _ path: String, _ format: RowFormat.Kind, _ expected: String
  ) throws {
    let target = try FileTarget(path, format)
    let sink = target.makeSink()
    try sink.open(restoring: nil)
    try sink.commit(try sink.prepare(checkpoint: 1))
    #expect(try target.folder.text(path) == expected)
  }

  @Test func anOlderFileStaysUntilTheFirstCommit() throws {
    let target = try FileTarget("out.jsonl", .jsonl)
    try target.folder.write("out.jsonl", "old\n")
    let sink = target.makeSink()
    try sink.open(restoring: nil)
    try sink.write(rows(0..<1))
    let handle = try sink.prepare(checkpoint: 1)
    #expect(try target.folder.text("out.jsonl") == "old\n")
    try sink.commit(handle)
    #expect(try target.folder.text("out.jsonl") == "{\"ad\":\"ad-0\",\"clicks\":0}\n")
  }

  @Test(arguments: ["out.jsonl", "parts/"])
  func anOlderCheckpointTakesBackWhatCameAfterIt(_ path: String) throws {
    let target = try FileTarget(path, .jsonl)
    let sink = target.makeSink()
    try sink.open(restoring: nil)
    var handles: [SinkHandle] = []
    var contents: [String] = []
    for number in 1...3 as ClosedRange<Int64> {
      try sink.write(rows(number..<number + 1))
      handles.append(try sink.prepare(checkpoint: number))
      try sink.commit(handles[handles.count - 1])
      contents.append(try target.contents())
    }
    let again = target.makeSink()
    try again.open(restoring: [handles[0]])
    #expect(try target.contents() == contents[0])
    #expect(again.notices.count == 1)
    try again.write(rows(2..<3))
    try again.commit(try again.prepare(checkpoint: 4))
    #expect(try target.contents() == contents[1])
  }

  @Test func abortDropsWhatIsNotCommitted() throws {
    let target = try FileTarget("out.jsonl", .jsonl)
    let sink = target.makeSink()
    try sink.open(restoring: nil)
    try sink.write(rows(0..<1))
    try sink.commit(try sink.prepare(checkpoint: 1))
    try sink.write(rows(1..<2))
    _ = try sink.prepare(checkpoint: 2)
    try sink.write(rows(2..<3))
    try sink.abort()
    try sink.write(rows(3..<4))
    try sink.commit(try sink.prepare(checkpoint: 3))
    #expect(
      try target.contents() == """
        ["out.jsonl"]
        {"ad":"ad-0","clicks":0}
        {"ad":"ad-3","clicks":3}

        """)
  }

  @Test func transactionsWithoutRowsTouchNothing() throws {
    let target = try FileTarget("out.jsonl", .jsonl)
    let counter = FaultPoint()
    let sink = target.makeSink(counter.files)
    try sink.open(restoring: nil)
    try sink.commit(try sink.prepare(checkpoint: 1))
    let before = counter.operations
    try sink.commit(try sink.prepare(checkpoint: 2))
    #expect(counter.operations == before)
  }
}
