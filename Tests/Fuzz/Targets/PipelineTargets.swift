import Engine
import Foundation
import Runtime

@testable import Pipelines

/// Pipeline files and what is written in them.
let pipelineTargets: [FuzzTarget] = [
  FuzzTarget(
    name: "pipeline", words: PipelineTexts.words, seeds: { PipelineTexts.samples },
    run: PipelineTexts.run),
  FuzzTarget(
    name: "pipeline_tests", words: PipelineTexts.words + PipelineTexts.testWords,
    seeds: { PipelineTexts.testSections }, run: PipelineTexts.runTests),
  FuzzTarget(
    name: "yaml", words: PipelineTexts.yamlWords, seeds: { PipelineTexts.yamlSeeds },
    run: PipelineTexts.runYaml),
  FuzzTarget(
    name: "interpolation", maxBytes: 256, words: ["${env:A}", "${env:", "${", "}", "_B1"],
    seeds: {
      ["a${env:A}b", "${env:A}${env:B}", "${x}", "${env:}", "$${env:A"].map { Array($0.utf8) }
    },
    run: PipelineTexts.interpolate),
  FuzzTarget(
    name: "proposal",
    words: ["{\"", "\":", "2026-01-31T12:00:00Z", "1769860800000", ",", "null", "a,b\n", "\\u"],
    seeds: { recordSeeds }, run: PipelineTexts.propose),
]

private let recordSeeds =
  JsonRecords.seeds + LineRecords.accessLogs + CsvRecords.seeds.map { Array($0.dropFirst()) }

enum PipelineTexts {
  static let words = [
    "steps:\n", "  - source: file\n", "    path: a.jsonl\n", "  - parse: json\n",
    "  - parse: csv\n",
    "    columns: { t: TIMESTAMP_LTZ(3), k: STRING }\n", "    event_time: t\n",
    "    watermark: { out_of_orderness: 5 s }\n", "  - filter: k = 'a'\n", "  - derive:\n",
    "  - key_by: [k]\n", "  - window: tumbling\n", "  - window: sliding\n", "  - window: session\n",
    "  - window: cumulating\n", "  - window: count\n", "    size: 1 m\n", "    slide: 1 s\n",
    "    gap: 1 s\n", "    step: 1 s\n", "    late: update\n", "    allowed_lateness: 1 s\n",
    "    zone: Europe/Berlin\n", "  - aggregate: { n: COUNT(*) }\n", "  - sink: stdout\n",
    "  - sink: sqlite\n", "    table: t\n", "    from: a.late\n", "checkpoint: { every: 1 s }\n",
    "parallelism: 2\n", "DECIMAL(10, 2)", "ARRAY<INT>", "ROW<a INT>", "MAP<STRING, INT>",
  ]
  static let testWords = [
    "tests:\n", "- name: a\n", "events:\n", "expect:\n", "late: 0\n", "dead: 1\n",
    "end_of_input: false\n", "{ t: 2026-03-02T12:00:10Z, k: a }", "kind: +I", "ordered: false\n",
  ]
  static let yamlWords = [
    "- ", ": ", "|\n", ">\n", "|2-\n", ">+\n", "''", "\\x41", "\\u00e9", "\\\n", "? ", "{ ", "[ ",
    "\u{85}", "\u{2028}", "\t", "# ", "---\n", "...\n", "!!str ", "%YAML 1.2\n", "&a ", "*a", "~",
  ]

  private static let clicks = """
    pipeline: clicks
    steps:
      - source: file
        path: [a.jsonl, "b*.jsonl"]
      - parse: json
        name: rows
        columns: { t: TIMESTAMP_LTZ(3), k: STRING, x: DOUBLE, n: "DECIMAL(10, 2)" }
        event_time: t
        watermark: { out_of_orderness: 5 s, max_future: 1 h }
      - filter: k IN ('DE', 'FR')
      - derive:
          y: x * 2
      - key_by: [k]
      - window: sliding
        name: w
        size: 1 m
        slide: 10 s
        allowed_lateness: 30 s
        late: update
      - aggregate:
          n: COUNT(*)
          total: SUM(y) FILTER (WHERE x > 0)
      - sink: sqlite
        path: a.db
        table: results
        mode: upsert
      - sink: file
        from: w.late
        path: out/late.jsonl
    checkpoint: { every: 10 s, keep: 3 }
    parallelism: 2

    """

  static let samples: [[UInt8]] = [
    clicks,
    clicks.replacing("parse: json", with: "parse: csv").replacing("sliding", with: "cumulating")
      .replacing("slide: 10 s", with: "step: 10 s"),
    clicks.replacing("window: sliding", with: "window: session").replacing(
      "size: 1 m", with: "gap: 1 m"
    )
    .replacing("        slide: 10 s\n", with: ""),
    "steps: []", "steps:\n  - source: file\n", "", "# nothing\n", "\u{FEFF}steps: 1", "a: [",
  ].map { Array($0.utf8) }

  private static let tested = """
    steps:
      - source: file
        path: a.jsonl
      - parse: json
        columns: { t: TIMESTAMP_LTZ(3), k: STRING, x: DOUBLE }
        event_time: t
        watermark: { out_of_orderness: 1 s }
      - key_by: [k]
      - window: tumbling
        size: 10 s
      - aggregate: { n: COUNT(*), total: SUM(x) }
      - sink: stdout

    """

  static let testSections: [[UInt8]] = [
    """
    tests:
      - name: one
        end_of_input: false
        events:
          - { t: 2026-03-02T12:00:10Z, k: a, x: 0.25 }
          - '{"t":"2026-03-02T12:00:11Z","k":"b"'
          - { t: 2026-03-02T12:01:00Z, k: a, x: 1 }
        expect:
          - { k: a, window_start: 2026-03-02T12:00:10Z, n: 1, total: 0.25 }
        late: 0
        dead:
          - { position: "events:2" }
      - name: two
        ordered: false
        events: []
        expect: 0

    """, "tests: []\n", "tests:\n  - events: {}\n",
  ].map { Array($0.utf8) }

  static let yamlSeeds: [[UInt8]] = [
    "a: 'it''s'\nb: \"x\\ty\\u00e9\\\n  z\"\nc: |\n  one\n   two\n\n  three\nd: >-\n  a\n  b\n\n  c\n",
    "- [1, {a: b}, 'c', \"d\"]\n- ? key\n  : value\n- plain over\n  two lines\n",
    "a: \u{E9}\u{1F600} b\r\nb: x # comment\r\n\r\nc:\r\n - 1\r\n",
    "a: 1\na: 2\n\"b\": 1\n'b': 2\n", "{\"a\": [\"b\", {}, []], c: !!str 5}\n",
  ].map { Array($0.utf8) }

  // MARK: Runs

  @Sendable static func run(_ bytes: [UInt8]) throws {
    let document = PipelineDocument.parse(bytes: bytes, path: "p.yaml")
    try check(document)
    guard !document.hasErrors else { return }
    switch Planner.plan(document, options: PlanOptions(environment: { [:] })) {
    case .failure(let failure):
      throw BrokenProperty("no error, and no plan: \(failure.diagnostics.map(\.code))")
    case .success(let graph):
      try require(!graph.nodes.isEmpty, "a plan without operators")
      // A comment changes nothing.
      let longer = PipelineDocument.parse(
        bytes: bytes + Array("\n# comment\n".utf8), path: "p.yaml")
      if !longer.hasErrors, let again = try? Planner.plan(longer).get(),
        longer.steps.count == document.steps.count
      {
        try require(again.fingerprint == graph.fingerprint, "a comment changes the fingerprint")
      }
    }
    if case .failure = Explain.plan(document) { throw BrokenProperty("no error, and no words") }
  }

  private static func check(_ document: PipelineDocument) throws {
    let source = SourceText(document.text)
    for diagnostic in document.diagnostics {
      try require(
        (1...max(1, source.lineCount)).contains(max(1, diagnostic.line)),
        "\(diagnostic.code) is said of line \(diagnostic.line)")
    }
    _ = document.renderedDiagnostics
    if let root = document.root { try checkPlaces(root, source) }
  }

  /// Every place that is given is right.
  private static func checkPlaces(_ node: YamlNode, _ source: SourceText) throws {
    try require(
      node.range.lowerBound >= 0 && node.range.upperBound <= source.bytes.count,
      "a value stands at \(node.range) of \(source.bytes.count) bytes")
    switch node.kind {
    case .sequence(let nodes): for node in nodes { try checkPlaces(node, source) }
    case .mapping(let pairs):
      for pair in pairs {
        try require(
          pair.keyRange.upperBound <= source.bytes.count, "a key stands at \(pair.keyRange)")
        try checkPlaces(pair.value, source)
      }
    case .scalar(let scalar):
      guard let offsets = scalar.offsets else { return }
      let value = Array(scalar.text.utf8)
      try require(
        offsets.count == value.count + 1, "\(offsets.count) places of \(value.count) bytes")
      for (index, place) in offsets.enumerated() {
        try require(
          node.range.lowerBound <= place && place <= source.bytes.count
            && (index == 0 || place >= offsets[index - 1]), "the places \(offsets) do not rise")
        guard index < value.count, scalar.style != .doubleQuoted else { continue }
        // Line ends are folded to blanks and made alike.
        if value[index] == 32 || value[index] == 10 { continue }
        try require(
          place < source.bytes.count && source.bytes[place] == value[index],
          "'\(scalar.text.escaped)' has byte \(index) not at \(place)")
      }
    }
  }

  @Sendable static func runTests(_ bytes: [UInt8]) throws {
    let document = PipelineDocument.parse(bytes: Array(tested.utf8) + bytes, path: "p.yaml")
    try check(document)
    if document.hasErrors { return }
    for test in try document.planTests().get().prefix(3) {
      let run = try CapturedRun.run(
        test.graph, stopAfter: test.stopAfter, marker: PlannedTest.endMarker)
      for check in test.checks {
        guard case .sink(let node) = check.rows else { continue }
        _ = TestComparison(check, got: run.rows[node] ?? []).isAsExpected
      }
    }
  }

  @Sendable static func runYaml(_ bytes: [UInt8]) throws {
    guard let text = String(validating: bytes, as: UTF8.self) else { return }
    let source = SourceText(text)
    let (root, faults) = YamlReader.read(source)
    for fault in faults {
      try require(
        fault.range.upperBound <= source.bytes.count, "\(fault.finding.code) at \(fault.range)")
    }
    if let root { try checkPlaces(root, source) }
    // Each look at a line walks it.
    for offset in 0...min(source.bytes.count, 4096) {
      let (line, column) = source.position(of: offset)
      if offset == source.bytes.count || source.bytes[offset] & 0xC0 != 0x80,
        SourceText.lineEnd(in: source.bytes + [0], at: offset) == 0,
        !source.range(ofLine: line).isEmpty, source.range(ofLine: line).contains(offset)
      {
        try require(
          source.offset(line: line, column: column) == offset,
          "offset \(offset) is \(line):\(column), and that is not \(offset)")
      }
    }
  }

  @Sendable static func interpolate(_ bytes: [UInt8]) throws {
    let text = String(decoding: bytes, as: UTF8.self)
    _ = Interpolation.first(in: text)
    let names = ["A", "B", "_B1", "a"]
    let environment = Dictionary(uniqueKeysWithValues: names.map { ($0, "${env:\($0)}}") })
    let fault = Interpolation.fault(in: text)
    do {
      let resolved = try Interpolation.resolve(text, environment)
      // A value is put in as it is: what looks like a reference in it stays.
      if fault == nil, !Interpolation.isUsed(in: text) {
        try require(resolved == text, "a text without variables changes to \(resolved.escaped)")
      }
    } catch let error as ConnectError {
      try require(
        Interpolation.isUsed(in: text), "\(error.message) of \(text.escaped)")
    }
  }

  /// The text passes the check.
  @Sendable static func propose(_ bytes: [UInt8]) throws {
    let proposal: LogProposal
    do {
      proposal = try LogProposal.propose(path: "log", bytes: bytes, size: Int64(bytes.count))
    } catch is LogProposalFault {
      return
    }
    let document = PipelineDocument.parse(text: proposal.text, path: proposal.path)
    try require(
      !document.hasErrors,
      "the proposal has faults:\n\(document.renderedDiagnostics)\(proposal.text)")
    if case .failure = Planner.plan(document) { throw BrokenProperty("the proposal has no plan") }
  }
}
