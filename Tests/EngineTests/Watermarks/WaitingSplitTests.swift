import Columns
import Engine
import Synchronization
import TestSupport
import Testing

/// Splits that have nothing at the moment: only then does processing time pass between records.
@Suite struct WaitingSplits {
  /// A clock that a test sets.
  private final class HandClock: Sendable {
    private let time = Mutex<Int64>(0)
    var now: Int64 { time.withLock { $0 } }
    func set(_ ms: Int64) { time.withLock { $0 = ms } }
    var asked: ProcessingClock { { _ in self.now } }
  }

  private func read(_ ingest: Ingest, rounds maxRecords: Int = .max) throws -> [String] {
    WatermarkJob.lines(
      try ingest.read(maxRecords: maxRecords, maxBytes: 1 << 20, lanes: SerialLanes()))
  }

  private func ingest(
    _ splits: [(name: String, blocks: [String])], _ spec: WatermarkSpec, _ clock: HandClock
  ) throws -> Ingest {
    var job = WatermarkJob()
    job.spec = spec
    let blocks = splits.map { split in
      (split.name, split.blocks.map { WatermarkJob.split(split.name, $0).text })
    }
    return try Ingest(source: PausingSource(blocks), spec: job.parse, clock: clock.asked)
  }

  @Test func aSplitThatHasNothingForLongerThanTheIdleTimeIsIdle() throws {
    let clock = HandClock()
    let ingest = try ingest(
      [("a", ["10 20", "30 40"]), ("b", ["5", "", "", "", "33"])],
      WatermarkSpec(idleAfterMs: 100), clock)
    // b has nothing after its first record, from 0 on.
    #expect(try read(ingest, rounds: 3) == ["a 10 -", "b 5 -", "a 20 4"])
    clock.set(100)
    #expect(try read(ingest, rounds: 1) == ["a 30 4"])
    clock.set(101)
    #expect(try read(ingest, rounds: 1) == ["a 40 29"])
    #expect(ingest.watermarkStatus.splits.map(\.state) == [.ended, .idle(since: 0)])
    #expect(try read(ingest, rounds: 1) == ["b 33 39"] && ingest.isAtEnd)
  }

  @Test func whileARecordIsAtHandNoSplitIsSilentHoweverSlowlyItIsRead() throws {
    let clock = HandClock()
    let ingest = try ingest(
      [("a", ["10 11 12 13"]), ("b", ["5 12"])], WatermarkSpec(idleAfterMs: 10), clock)
    for round in 1...6 {
      clock.set(Int64(round) * 1000)
      _ = try read(ingest, rounds: 1)
      let isIdle = ingest.watermarkStatus.splits.contains {
        if case .idle = $0.state { true } else { false }
      }
      #expect(!isIdle)
    }
  }

  @Test func aPeriodEndsThoughNoRecordComes() throws {
    let clock = HandClock()
    let ingest = try ingest(
      [("a", ["10 20", "", "", "30"])], WatermarkSpec(emission: .everyMs(50)), clock)
    #expect(try read(ingest) == ["a 10 -", "a 20 -"])
    #expect(ingest.watermark == minWatermark)
    clock.set(50)
    #expect(try read(ingest) == [] && ingest.watermark == 19)
  }

  @Test(arguments: [1, Int.max])
  func aWindowOverProcessingTimeFiresThoughNoRecordComes(_ maxRecords: Int) throws {
    let clock = HandClock()
    var job = WindowJob()
    job.sizeMs = 10
    let source = PausingSource([
      ("a", [WindowJob.lines("k@7 k@900"), "", "", "", WindowJob.lines("k@3")])
    ])
    var graph = try job.graph(source)
    var schema = WindowJob.schema
    schema.fields.append(Field("processing_time", .timestampLTZ))
    let parse = ParseSpec(
      format: .json,
      columns: [
        ParseColumn("ts", .timestampLTZ, timeFormat: .epoch(.ms)), ParseColumn("key", .string),
        ParseColumn("value", .bigint), ParseColumn("processing_time", .timestampLTZ),
      ], eventTime: 3, watermark: WatermarkSpec(strategy: .processingTime))
    graph.nodes[0].schema = schema
    graph.nodes[0].logic = .ingest(source, parse)
    let sinks = try WindowJob.sinks(of: graph)
    let execution = try Execution(
      graph: graph, sinks: sinks, lanes: SerialLanes(), clock: clock.asked)
    func results() -> [String] { WindowJob.output(execution, sinks).results }
    clock.set(1004)
    while execution.recordsRead < 2 { try execution.round(maxRecords: maxRecords) }
    clock.set(1009)
    try execution.round(maxRecords: maxRecords)
    #expect(results() == [])
    clock.set(1010)
    try execution.round(maxRecords: maxRecords)
    #expect(results().count == 1 && results()[0].contains("1970-01-01T00:00:01.000Z"))
    while try execution.round(maxRecords: maxRecords) {}
    #expect(results().count == 2 && execution.accounting.isBalanced)
  }
}
