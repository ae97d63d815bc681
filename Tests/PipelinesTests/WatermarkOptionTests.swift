import Engine
import Pipelines
import Testing

/// The fault table's part about watermarks, and what sound options become.
private func parse(_ options: String) -> String {
  "steps:\n  - source: file\n    path: [a, b]\n  - parse: json\n"
    + "    columns: { t: TIMESTAMP_LTZ(3), at: TIMESTAMP_LTZ(3), wm: TIMESTAMP(3), n: BIGINT }\n"
    + options.split(separator: "\n").map { "    \($0)\n" }.joined()
    + "  - sink: file\n    path: o\n"
}

let watermarkFaults: [FaultCase] = [
  .file(
    "E049", "n", "arrival must be a time, 'n' is BIGINT", parse("event_time: t\narrival: n")),
  .file("E042", "arived", "column 'arived' is not known here", parse("arrival: arived")),
  .file(
    "E049", "n + 1", "a watermark must be a time, this is BIGINT",
    parse("event_time: t\nwatermark: { from: n + 1 }")),
  .file(
    "E050", "wn", "column 'wn' is not known here",
    parse("event_time: t\nwatermark: { from: wn }")),
  .file(
    "E049", "every 5", "'every 5' does not say when the watermark is passed on",
    parse("event_time: t\nwatermark: { emit: every 5 }")),
  .file(
    "E049", "every 0 rows", "'every 0 rows' does not say when the watermark is passed on",
    parse("event_time: t\nwatermark: { emit: every 0 rows }")),
  .file(
    "E049", "out_of_orderness", "'out_of_orderness' contradicts `strategy: monotonous`",
    parse("event_time: t\nwatermark: { strategy: monotonous, out_of_orderness: 5 s }")),
  .file(
    "E049", "out_of_orderness", "'out_of_orderness' does nothing beside 'from'",
    parse("event_time: t\nwatermark: { from: wm, out_of_orderness: 5 s }")),
  .file(
    "E049", "strategy", "'strategy' does nothing beside 'from'",
    parse("event_time: t\nwatermark: { from: wm, strategy: bounded }")),
  .file(
    "E049", "max_future", "'max_future' does nothing in processing time",
    parse("arrival: at\nwatermark: { strategy: processing_time, max_future: 1 h }")),
  .file(
    "E049", "idle_after", "'idle_after' does nothing in processing time",
    parse("arrival: at\nwatermark: { strategy: processing_time, idle_after: 1 h }")),
  .file(
    "E049", "event_time", "in processing time the event time is the time of reading",
    parse("arrival: at\nevent_time: t\nwatermark: processing_time")),
  .file(
    "E043", "processing_time",
    "there is a column 'processing_time' already, of the time of reading",
    parse("watermark: processing_time\narrival: at")
      .replacing("n: BIGINT", with: "processing_time: BIGINT")),
  .file(
    "E019", "monotone", "'monotone' is no choice for 'strategy'",
    parse("event_time: t\nwatermark: monotone")),
  .file(
    "E018", "0 s", "'idle_after' is out of bounds",
    parse("event_time: t\narrival: at\nwatermark: { idle_after: 0 s }")),
  .file(
    "W109", "idle_after",
    "without an arrival column no file is ever idle: its next record is always at hand",
    parse("event_time: t\nwatermark: { idle_after: 30 s }")),
  .file(
    "W110", "processing_time",
    "the event time is processing time: results depend on when and how fast the log is read",
    parse("watermark: processing_time")),
  .file(
    "W110", "every 1 s",
    "a period without arrivals is processing time: results depend on when and how fast the log is"
      + " read",
    parse("event_time: t\nwatermark: { emit: every 1 s }")),
]

@Suite struct WatermarkOptionTests {
  private func spec(_ options: String) throws -> ParseSpec {
    guard case .ingest(_, let spec) = try plan(parse(options)).nodes[0].logic else {
      throw PlanFailure(diagnostics: [])
    }
    return spec
  }

  private func watermark(_ text: String) throws -> WatermarkSpec {
    try spec("event_time: t\nwatermark: \(text)").watermark
  }

  @Test func eachOptionReachesTheSpec() throws {
    #expect(
      try watermark(
        "{ out_of_orderness: 5 s, idle_after: 30 s, max_future: 1 h, max_drift: 10 s }")
        == WatermarkSpec(
          outOfOrdernessMs: 5000, maxFutureMs: 3_600_000, idleAfterMs: 30_000, maxDriftMs: 10_000))
    #expect(try watermark("monotonous") == WatermarkSpec())
    #expect(
      try watermark("{ emit: every 100 rows }") == WatermarkSpec(emission: .everyRecords(100)))
    #expect(try watermark("{ emit: every 1.5 s }") == WatermarkSpec(emission: .everyMs(1500)))
    #expect(try watermark("{ emit: per_event }") == WatermarkSpec())
    #expect(try watermark("{ from: wm }").carriedText == "wm")
  }

  @Test func columnsThatSayTheTimeAreReadThoughNobodyElseReadsThem() throws {
    let text = parse("event_time: t\narrival: at\nwatermark: { from: wm }")
      .replacing("path: o", with: "path: o").replacing("- sink", with: "- filter: n > 0\n  - sink")
    let windowed = text.replacing(
      "  - sink",
      with: "  - window: tumbling\n    size: 1 m\n  - aggregate: { c: COUNT(*) }\n  - sink")
    guard case .ingest(_, let spec) = try plan(windowed).nodes[0].logic else { return }
    #expect(spec.columns.map(\.isRead) == [true, true, true, true] && spec.arrival == 1)
  }

  @Test func processingTimeAddsAColumnThatNobodyParses() throws {
    let spec = try spec("arrival: at\nwatermark: processing_time")
    #expect(spec.columns.map(\.name) == ["t", "at", "wm", "n", "processing_time"])
    #expect(spec.eventTime == 4 && spec.watermark.isProcessingTime)
  }

  @Test func anAccessLogMayBeReadInProcessingTime() throws {
    let graph = try plan(
      """
      steps:
        - source: file
          path: access.log
        - parse: access_log
          watermark: processing_time
        - window: tumbling
          size: 1 m
        - aggregate: { requests: COUNT(*) }
        - sink: file
          path: o
      """)
    guard case .ingest(_, let spec) = graph.nodes[0].logic else { return }
    #expect(spec.eventTime == spec.columns.count - 1)
    #expect(spec.columns.last?.name == "processing_time")
  }

  @Test func theFingerprintSeesWhatChangesTheMeaningAndStaysWhereNothingDoes() throws {
    let options = [
      "{ out_of_orderness: 5 s }", "{ out_of_orderness: 5 s, idle_after: 1 s }",
      "{ out_of_orderness: 5 s, max_drift: 1 s }", "{ from: wm }", "{ from: at }",
      "{ emit: every 5 rows }", "{ emit: every 5 s }",
    ]
    let prints = try options.map { try plan(parse("event_time: t\nwatermark: \($0)")).fingerprint }
    #expect(Set(prints).count == options.count)
    let plain = try plan(parse("event_time: t\nwatermark: { strategy: bounded }")).fingerprint
    #expect(try plan(parse("event_time: t")).fingerprint == plain)
  }

  @Test func thePlanSaysWhatIsMeasuredByWhichClock() throws {
    func lines(_ options: String) throws -> [String] {
      try Explain.plan(check(parse(options))).get().split(separator: "\n").map {
        $0.trimmingPrefix { $0 == " " }.description
      }
    }
    let recorded = try lines(
      "event_time: t\narrival: at\nwatermark: { idle_after: 30 s, max_drift: 5 s, emit: every 1 s }"
    )
    #expect(recorded.contains("passed on    every 1 s, by arrival (at)"))
    #expect(recorded.contains("order        splits are read by arrival (at)"))
    #expect(recorded.contains("idle         a split silent for over 30 s, by arrival (at)"))
    #expect(recorded.contains("waits        a split over 5 s ahead of the slowest"))
    let unknown = try lines("event_time: t\nwatermark: { from: wm, idle_after: 30 s }")
    #expect(unknown.contains("watermark    carried by wm, for each split"))
    #expect(
      unknown.contains(
        "idle         a split silent for over 30 s, in processing time, while it has nothing to read:"
          + " a file never is"))
    let clock = try lines("watermark: processing_time")
    #expect(clock.contains("watermark    the time of reading - 1 ms: results depend on speed"))
  }
}
