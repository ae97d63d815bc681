import Columns
import Connectors
import Engine
import TestSupport
import Testing

@testable import Runtime

/// A run in memory gives what the sinks would get, and can stop before the input ends.
@Suite struct CapturedRuns {
  private static let marker = "(end)"

  /// `key@time` events of some splits, with a marker after each.
  private func graph(_ splits: [String]) throws -> JobGraph {
    var job = WindowJob()
    job.outOfOrdernessMs = 2
    let contents = splits.enumerated().map { index, events in
      let records = WindowJob.lines(events).split(separator: "\n").map(String.init)
      return MemoryRecords.Split(name: "s\(index)", records: records + [Self.marker])
    }
    return try job.graph(MemoryRecords(contents))
  }

  private func windows(_ run: CapturedRun) -> [String] {
    (run.rows[2] ?? []).map { row in row.prefix(2).map(\.description).joined(separator: " ") }
  }

  @Test(arguments: [
    // [0, 10) fires when the watermark reaches 9: newest - 2 - 1.
    (["a@1 a@11"], [String]()), (["a@1 a@12"], ["a 1970-01-01T00:00:00.000Z"]),
    // The slower split holds the watermark back.
    (["a@1 a@30", "b@2 b@5"], [String]()),
    (["a@1 a@30", "b@2 b@12"], ["a 1970-01-01T00:00:00.000Z", "b 1970-01-01T00:00:00.000Z"]),
  ]) func itStopsWithTheWatermarkOfTheLastRecord(_ splits: [String], _ fired: [String]) throws {
    let count = splits.reduce(0) { $0 + $1.split(separator: " ").count }
    let run = try CapturedRun.run(
      try graph(splits), stopAfter: Int64(count), marker: Self.marker)
    #expect(windows(run) == fired)
    #expect(run.read == Int64(count) && run.dead.isEmpty)
    #expect(run.counters[0].rowsIn == Int64(count) && run.counters[0].bad == 0)
  }

  @Test func theEndOfTheInputFiresTheRestAndTheMarkerIsNoRecord() throws {
    let run = try CapturedRun.run(
      try graph(["a@1 a@30 a@2", "b@2"]), marker: Self.marker)
    #expect(windows(run).count == 3)
    #expect(run.read == 4)
    #expect(run.late.map(\.missedByMs) == [18])
    #expect(run.dead.isEmpty && run.counters[0].bad == 0)
  }
}
