import Engine
import TestSupport
import Testing

@testable import Runtime

/// The first records of a log, seen at each place of a pipeline.
@Suite struct Previews {
  private func graph(_ lines: Int, _ change: (inout WindowJob) -> Void = { _ in }) throws
    -> JobGraph
  {
    var job = WindowJob()
    job.outOfOrdernessMs = 2
    job.filter = "value % 3 <> 0"
    change(&job)
    let text = (0..<lines).map { index in
      index % 10 == 9
        ? "broken\n"
        : "{\"ts\":\(index % 7 == 6 ? index - 5 : index),\"key\":\"k\(index % 2)\","
          + "\"value\":\(index % 5 == 4 ? "null" : "\(index)")}\n"
    }
    return try job.graph(MemorySource([(name: "s", text: text.joined())]))
  }

  @Test func everyPlaceShowsWhatPassedIt() throws {
    let preview = try #require(try PipelinePreview.of(try graph(40)))
    #expect(preview.isWhole && preview.recordsRead == 40)
    let source = preview.nodes[0]
    #expect(source.after.columns == ["ts", "key", "value"] && source.before.rows.isEmpty)
    #expect(source.after.count == 36 && source.bad.count == 4)
    #expect(source.bad[0].position == 9 && source.bad[0].raw == "broken")
    // A NULL is none of the texts.
    #expect(source.after.rows.contains { $0.values[2] == nil })
    let filter = preview.nodes[1]
    #expect(filter.before.rows == filter.before.rows.filter { $0.position % 10 != 9 })
    for row in filter.before.rows {
      let value = row.position % 5 == 4 ? nil : row.position
      #expect(row.fate == (value.map { $0 % 3 != 0 } ?? false ? .passed : .filtered))
    }
    #expect(
      filter.after.rows.map(\.position)
        == filter.before.rows.filter { $0.fate == .passed }.map(\.position))
    let window = try #require(preview.nodes.first { $0.id.contains("window") })
    #expect(window.before.rows.map(\.position) == filter.after.rows.map(\.position))
    #expect(window.after.count == window.counters.rowsOut && window.after.count > 4)
  }

  @Test func resultsAreSeenAlsoWhereNobodyReadsThem() throws {
    let whole = try graph(40)
    let seen = try #require(try PipelinePreview.of(whole)?.nodes.first { $0.id.contains("window") })
    var unread = whole
    unread.nodes.removeAll { if case .sink = $0.logic { true } else { false } }
    let alone = try #require(
      try PipelinePreview.of(unread)?.nodes.first { $0.id.contains("window") })
    #expect(unread.nodes.count < whole.nodes.count && seen.after.count > 4)
    // Key, bounds and aggregates; the sink leaves out others.
    #expect(
      alone.after.rows.map { $0.values.prefix(5) } == seen.after.rows.map { $0.values.prefix(5) })
    #expect(alone.after.count == seen.after.count)
  }

  @Test func noMoreIsReadThanWasAskedFor() throws {
    let preview = try #require(try PipelinePreview.of(try graph(500), records: 100, rows: 20))
    #expect(preview.recordsRead == 100 && !preview.isWhole)
    #expect(preview.nodes[0].after.rows.count == 20 && preview.nodes[0].after.count == 90)
    // What has not fired yet is not there.
    let whole = try #require(try PipelinePreview.of(try graph(500), records: 10_000))
    #expect(whole.isWhole && whole.recordsRead == 500)
  }

  @Test func moreIsReadWhereNoResultHasComeYet() throws {
    let seldom = try graph(2000) { $0.filter = "value > 300" }
    let preview = try #require(try PipelinePreview.of(seldom, records: 100, patience: 10))
    #expect(preview.recordsRead == 1000)
    let window = try #require(preview.nodes.first { $0.id.contains("window") })
    #expect(window.after.count > 0)
    // But not for ever.
    let never = try graph(2000) { $0.filter = "value > 3000" }
    #expect(try PipelinePreview.of(never, records: 100, patience: 10)?.recordsRead == 1000)
  }

  @Test func rowsThatCameTooLateAreMarked() throws {
    let preview = try #require(
      try PipelinePreview.of(
        try graph(60) {
          $0.outOfOrdernessMs = 0; $0.filter = nil
        }))
    let window = try #require(preview.nodes.first { $0.id.contains("window") })
    #expect(window.counters.late > 0)
    #expect(window.before.rows.count { $0.fate == .late } == Int(window.counters.late))
  }

  @Test func aCancelledOneIsNone() throws {
    #expect(try PipelinePreview.of(try graph(40), isCancelled: { true }) == nil)
  }
}
