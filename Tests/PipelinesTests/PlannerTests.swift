import Columns
import Engine
import Foundation
import Pipelines
import Testing

@Test func stepsAreFusedIntoNodes() throws {
  let graph = try plan(Examples.clicks)
  #expect(graph.name == "ad-clicks-per-minute")
  #expect(graph.parallelism == 2)
  #expect(graph.checkpoint == CheckpointOptions(everyMs: 10_000, keep: 3))
  #expect(graph.nodes.map(\.id) == ["source-1", "filter-1", "window-1", "sink-1"])
  #expect(
    graph.nodes.map { $0.steps.map { "\($0.kind): \($0.detail)" } } == [
      ["source: file ad-clicks.jsonl", "parse: json by click_time"],
      ["filter: country IN ('DE', 'FR')"],
      [
        "key_by: ad_id", "window: tumbling 1 m, late update for 30 s",
        "aggregate: clicks, spend, visitors",
      ],
      ["sink: sqlite clicks.db table clicks_per_minute"],
    ])
  #expect(
    graph.nodes.map { $0.inputs.map { "\($0.node).\($0.port.rawValue)" } }
      == [[], ["0.main"], ["1.main"], ["2.main"]])
  #expect(
    graph.nodes[2].schema.fields.map(\.name) == [
      "ad_id", "window_start", "window_end", "clicks", "spend", "visitors", "kind", "firing",
      "window_time", "watermark",
    ])
}

@Test func sinksWriteTheRowAndTheKindOfResultsThatChange() throws {
  func columns(_ text: String) throws -> [String] {
    guard let node = try plan(text).nodes.last, case .sink(let spec) = node.logic else { return [] }
    return spec.columns.map { node.schema.fields[$0].name }
  }
  let row = ["ad_id", "window_start", "window_end", "clicks", "spend", "visitors"]
  #expect(try columns(Examples.clicks) == row + ["kind"])
  let final = Examples.clicks.replacing("    allowed_lateness: 30 s\n    late: update\n", with: "")
  #expect(try columns(final) == row)
  let included = final.replacing(
    "mode: upsert", with: "mode: upsert\n    include: [firing, watermark]")
  #expect(try columns(included) == row + ["firing", "watermark"])
}

@Test func columnsThatNobodyReadsAreSkipped() throws {
  func read(_ text: String) throws -> [String] {
    guard case .ingest(_, let spec) = try plan(text).nodes[0].logic else { return [] }
    return spec.columns.filter(\.isRead).map(\.name)
  }
  let window = "- key_by: ad_id\n- window: tumbling\n  name: w\n  size: 1 m\n"
  let count = window + "- aggregate: { a: COUNT(*) }\n- sink: file\n  path: o\n"
  #expect(try read(Examples.afterParse(count)) == ["t", "ad_id"])
  #expect(try read(Examples.afterParse("- filter: n > 1\n" + count)) == ["t", "ad_id", "n"])
  #expect(
    try read(Examples.afterParse("- derive: { c: cost * 2 }\n" + count)) == ["t", "ad_id", "cost"])
  let filtered = count.replacing("COUNT(*)", with: "COUNT(*) FILTER (WHERE country = 'DE')")
  #expect(try read(Examples.afterParse(filtered)) == ["t", "ad_id", "country"])
  let late = count + "- sink: file\n  from: w.late\n  path: late\n"
  #expect(try read(Examples.afterParse(late)) == ["t", "ad_id", "country", "cost", "n"])
  let dead = count + "- sink: file\n  from: rows.dead\n  path: dead\n"
  #expect(try read(Examples.afterParse(dead)) == ["t", "ad_id"])
}

@Test func sideOutputsHaveTheirOwnColumns() throws {
  let graph = try plan(
    Examples.afterParse(
      """
      - window: tumbling
        size: 1 m
      - aggregate: { a: COUNT(*) }
        name: counts
      - sink: file
        path: o
      - sink: file
        name: late
        from: counts.late
        path: late
      - sink: file
        name: dead
        from: rows.dead
        path: dead
      """))
  #expect(graph.nodes.map(\.id) == ["rows", "counts", "sink-1", "late", "dead"])
  #expect(
    graph.nodes[3].schema.fields.map(\.name) == [
      "t", "ad_id", "country", "cost", "n", "watermark", "missed_by_ms",
    ])
  #expect(graph.nodes[3].inputs == [StreamReference(node: 1, port: .late)])
  #expect(graph.nodes[4].schema == DeadLetter.schema)
  #expect(graph.nodes[4].inputs == [StreamReference(node: 0, port: .dead)])
}

@Test func aWindowsNameStandsForItsResults() throws {
  let steps = "- window: tumbling\n  name: w\n  size: 1 m\n- aggregate: { a: COUNT(n) }\n"
  let sink = "- sink: file\n  path: o\n- filter: a > 1\n  from: w\n- sink: file\n  path: p"
  let graph = try plan(Examples.afterParse(steps + sink))
  #expect(graph.nodes.map(\.id) == ["rows", "w", "sink-1", "filter-1", "sink-2"])
  #expect(graph.nodes[3].inputs == [StreamReference(node: 1)])
}

@Test func laterExpressionsSeeEarlierOnes() throws {
  let graph = try plan(
    Examples.afterParse("- derive: { a: n + 1, b: a * 2 }\n- sink: file\n  path: o"))
  #expect(graph.nodes[1].schema.fields.suffix(2) == [Field("a", .bigint), Field("b", .bigint)])
}

@Test func timesAreReadAsDeclared() throws {
  let text = """
    steps:
      - source: file
        path: [a.csv, "b-*.csv"]
      - parse: csv
        header: false
        delimiter: tab
        null: "-"
        unit: s
        columns:
          a: TIMESTAMP_LTZ(3)
          b: { type: TIMESTAMP(3), time_format: "yyyy-MM-dd HH:mm" }
          c: { type: TIMESTAMP_LTZ(3), unit: us }
        event_time: a
        watermark: { out_of_orderness: 1500 ms, max_future: 1 h }
      - sink: file
        path: out.csv
    """
  guard case .ingest(_, let spec) = try plan(text).nodes[0].logic else { return }
  #expect(spec.format == .csv(CsvOptions(hasHeader: false, delimiter: 9, nullText: "-")))
  #expect(
    spec.columns.map(\.timeFormat) == [.epoch(.s), .pattern("yyyy-MM-dd HH:mm"), .epoch(.us)])
  #expect(spec.watermark == WatermarkSpec(outOfOrdernessMs: 1500, maxFutureMs: 3_600_000))
}

@Test func anAccessLogKnowsItsColumns() throws {
  let graph = try plan(
    """
    steps:
      - source: file
        path: access.log
      - parse: access_log
        watermark: { out_of_orderness: 3 s }
      - key_by: [status]
      - window: tumbling
        size: 1 m
      - aggregate: { requests: COUNT(*), sent: SUM(bytes) }
      - sink: file
        path: o
    """)
  guard case .ingest(_, let spec) = graph.nodes[0].logic else { return }
  #expect(spec.eventTime == 3)
  #expect(spec.columns.filter(\.isRead).map(\.name) == ["time", "status", "bytes"])
}

@Test func theFingerprintIsOfTheMeaning() throws {
  let fingerprint = try plan(Examples.clicks).fingerprint
  for (old, new) in [
    ("# relative to this file", "# moved"), ("ad-clicks.jsonl", "other.jsonl"),
    ("parallelism: 2", "parallelism: 4"), ("every: 10 s", "every: 1 m"),
    ("IN ('DE', 'FR')", "IN ( 'DE','FR' )"), ("description: Clicks", "description: All clicks"),
    ("size: 1 m", "size: 60 s"),
  ] {
    #expect(
      try plan(Examples.clicks.replacing(old, with: new)).fingerprint == fingerprint, "\(new)")
  }
  for (old, new) in [
    ("'FR'", "'GB'"), ("size: 1 m", "size: 2 m"), ("SUM(cost)", "AVG(cost)"),
    ("out_of_orderness: 5 s", "out_of_orderness: 6 s"), ("late: update", "late: correct"),
    ("key_by: [ad_id]", "key_by: [country]"), ("spend:", "spent:"),
  ] {
    #expect(
      try plan(Examples.clicks.replacing(old, with: new)).fingerprint != fingerprint, "\(new)")
  }
}

@Test func theEnvironmentIsLookedUpWhenTheJobStarts() throws {
  let text = Examples.afterParse("- sink: file\n  path: ${env:TIDEMARK_TEST_OUT}/o.jsonl")
  let options = PlanOptions(environment: { [:] })
  let graph = try Planner.plan(check(text), options: options).get()
  guard case .sink(let spec) = graph.nodes[1].logic else { return }
  #expect(spec.target == "${env:TIDEMARK_TEST_OUT}/o.jsonl")
  #expect(throws: ConnectError.self) { try spec.make() }
}

@Test func aPipelineWithErrorsIsNotPlanned() {
  let result = Planner.plan(check("steps: []"))
  #expect(throws: PlanFailure.self) { try result.get() }
}

@Test(arguments: ["ad-clicks", "host-metrics", "web-access"])
func everySamplePassesTheCheck(_ name: String) throws {
  let root = #filePath.components(separatedBy: "/Tests/PipelinesTests/")[0]
  let document = PipelineDocument.load(path: "\(root)/Samples/\(name)/pipeline.yaml")
  #expect(!document.hasErrors, "\(document.renderedDiagnostics)")
  let graph = try Planner.plan(document).get()
  #expect(graph.nodes.contains { if case .window = $0.logic { true } else { false } })
}
