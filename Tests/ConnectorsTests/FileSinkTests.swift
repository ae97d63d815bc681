import Columns
import Engine
import Testing

@testable import Connectors

private let schema = Schema([Field("ad", .string), Field("clicks", .bigint)])

private func rows(_ range: Range<Int64>) -> Batch {
  batch(schema, range.map { [.string("ad-\($0)"), .integer($0)] })
}

private final class FileTarget: SinkTarget {
  let folder: TemporaryFolder
  let path: String
  let format: RowFormat.Kind

  init(_ path: String, _ format: RowFormat.Kind) throws {
    folder = try TemporaryFolder()
    self.path = path
    self.format = format
  }

  func makeSink(_ files: FileSystem) -> any Sink { makeFileSink(files) }

  func makeFileSink(_ files: FileSystem = FileSystem()) -> FileSink {
    FileSink(
      path: folder.path(path), format: RowFormat(format), schema: schema, columns: [0, 1],
      jobID: "clicks / per minute", sinkID: "sink-1", files: files)
  }

  /// Everything that stands there, hidden names too: nothing may be left over.
  func contents() throws -> String {
    if !path.hasSuffix("/") {
      return "\(try folder.names())\n" + (try folder.text(path))
    }
    let names = try FileSystem().listing(of: folder.path(path)) ?? []
    return try names.map { "\($0)\n\(try folder.text(path + $0))" }.joined()
  }
}

@Suite struct FileSinkTests {
  @Test(arguments: [("out.jsonl", RowFormat.Kind.jsonl), ("out.csv", .csv), ("parts/", .csv)])
  func isExactlyOnce(_ path: String, _ format: RowFormat.Kind) throws {
    let transactions = [[rows(0..<2)], [rows(2..<3), rows(3..<5)], [], [rows(5..<7)], []]
    try checkSinkConformance(transactions) { try FileTarget(path, format) }
    // Checkpoints that fail, the first of them too.
    try checkSinkConformance(transactions, failing: [1, 2, 4]) { try FileTarget(path, format) }
    // The first transaction without a row.
    try checkSinkConformance([[], [rows(0..<1)], [rows(1..<2)]], failing: [1]) {
      try FileTarget(path, format)
    }
    try checkSinkConformance([[], [rows(0..<1)]]) { try FileTarget(path, format) }
  }

  @Test(arguments: [("out.jsonl", RowFormat.Kind.jsonl, ""), ("out.csv", .csv, "ad,clicks\n")])
  func aJobWithoutARowLeavesAnEmptyFile(
    _ path: String, _ format: RowFormat.Kind, _ expected: String
  ) throws {
    let target = try FileTarget(path, format)
    let sink = target.makeFileSink()
    try sink.open(restoring: nil)
    try sink.commit(try sink.prepare(checkpoint: 1))
    #expect(try target.folder.text(path) == expected)
  }

  @Test func anOlderFileStaysUntilTheFirstCommit() throws {
    let target = try FileTarget("out.jsonl", .jsonl)
    try target.folder.write("out.jsonl", "old\n")
    let sink = target.makeFileSink()
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
    let sink = target.makeFileSink()
    try sink.open(restoring: nil)
    var handles: [SinkHandle] = []
    var contents: [String] = []
    for number in 1...3 as ClosedRange<Int64> {
      try sink.write(rows(number..<number + 1))
      handles.append(try sink.prepare(checkpoint: number))
      try sink.commit(handles[handles.count - 1])
      contents.append(try target.contents())
    }
    let again = target.makeFileSink()
    try again.open(restoring: [handles[0]])
    #expect(try target.contents() == contents[0])
    #expect(again.notices.count == 1)
    try again.write(rows(2..<3))
    try again.commit(try again.prepare(checkpoint: 4))
    #expect(try target.contents() == contents[1])
  }

  @Test func aTargetChangedBySomebodyElseIsRefused() throws {
    let target = try FileTarget("out.jsonl", .jsonl)
    let sink = target.makeFileSink()
    try sink.open(restoring: nil)
    try sink.write(rows(0..<1))
    let first = try sink.prepare(checkpoint: 1)
    try sink.commit(first)
    try sink.write(rows(1..<2))
    let second = try sink.prepare(checkpoint: 2)
    try target.folder.write("out.jsonl", "short\n")
    let error = #expect(throws: ConnectError.self) { try sink.commit(second) }
    #expect(error?.message.contains("was changed by somebody else: it has 6 bytes") == true)
    #expect(throws: ConnectError.self) { try target.makeFileSink().open(restoring: [first]) }
  }

  @Test func abortDropsWhatIsNotCommitted() throws {
    let target = try FileTarget("out.jsonl", .jsonl)
    let sink = target.makeFileSink()
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
    let counter = CrashPoint()
    let sink = target.makeFileSink(counter.files)
    try sink.open(restoring: nil)
    try sink.commit(try sink.prepare(checkpoint: 1))
    let before = counter.operations
    try sink.commit(try sink.prepare(checkpoint: 2))
    #expect(counter.operations == before)
  }
}
