import Columns
import Engine
import Foundation
import Pipelines
import Runtime
import Testing

/// A file of the corpus under Tests/Fixtures/bad-input, and what must come of it.
struct BadInputCase: Sendable, CustomTestStringConvertible {
  var file: String
  var format: String
  /// Records that are accepted and those that become dead letters, with the beginning of each
  /// reason.
  var accepted: Int
  var dead: [String]
  /// What is wrong with it.
  var fault: String
  /// The rule that decided the outcome; empty where there is nothing to decide.
  var rule: String

  var testDescription: String { "\(file): \(fault)" }

  static let folder = "\(Program.repository)/Tests/Fixtures/bad-input"

  static let all: [BadInputCase] =
    Program.text(of: "\(folder)/index.tsv").split(separator: "\n").filter { !$0.hasPrefix("#") }
    .map { line in
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      return BadInputCase(
        file: parts[0], format: parts[1], accepted: Int(parts[2]) ?? -1,
        dead: parts[4].isEmpty ? [] : parts[4].components(separatedBy: " | "),
        fault: parts[5], rule: parts[6])
    }

  /// A pipeline of each format, without a window: what is accepted comes out.
  static let parses: [String: String] = [
    "json": """
    json
        columns:
          ts: { type: TIMESTAMP_LTZ(3), unit: ms }
          key: STRING
          value: BIGINT
          amount: DOUBLE
          ok: BOOLEAN
          day: DATE
    """,
    "json-times": "json\n    columns: { at: TIMESTAMP_LTZ(3) }",
    "json-future": """
    json
        columns:
          ts: { type: TIMESTAMP_LTZ(3), unit: ms }
          key: STRING
        event_time: ts
        watermark: { out_of_orderness: 1 s, max_future: 1 d }
    """,
    "csv": "csv\n    header: false\n    columns: { key: STRING, value: BIGINT, amount: DOUBLE }",
    "csv-header": "csv\n    columns: { key: STRING, value: BIGINT, amount: DOUBLE }",
    "regex": """
    regex
        pattern: '^(?<level>[A-Z]+) (?<ms>\\d+)$'
        columns: { level: STRING, ms: BIGINT }
    """,
    "regex-costly": """
    regex
        pattern: '^(?<letters>(a+)+)$'
        columns: { letters: STRING }
    """,
    "access-log": """
    access_log
        columns:
          host: STRING
          user: STRING
          time: TIMESTAMP_LTZ(3)
          method: STRING
          path: STRING
          status: INT
          bytes: BIGINT
          referrer: STRING
          user_agent: STRING
    """,
  ]

  static func pipeline(_ format: String, path: String) -> String {
    """
    pipeline: bad-input
    steps:
      - source: file
        path: \(path)
      - parse: \(parses[format] ?? format)
        name: records
      - sink: file
        path: out.csv
      - sink: file
        from: records.dead
        path: dead.jsonl

    """
  }
}

/// What came of a log in a job.
struct BadInputOutcome: Equatable {
  var rows: [String] = []
  var dead: [String] = []
  var read: Int64 = 0
  var isBalanced = false

  /// Runs a job in this process, with batches of so many records at most.
  static func run(_ text: String, folder: String, batch: Int) throws -> BadInputOutcome {
    let document = PipelineDocument.parse(text: text, path: "\(folder)/p.yaml")
    try #require(!document.hasErrors, "\(document.renderedDiagnostics)")
    let graph = try Planner.plan(document).get()
    var sinks: [Int: CollectingRows] = [:]
    for (index, node) in graph.nodes.enumerated() {
      if case .sink(let spec) = node.logic { sinks[index] = CollectingRows(columns: spec.columns) }
    }
    let execution = try Execution(graph: graph, sinks: sinks, lanes: SerialLanes())
    while try execution.round(maxRecords: batch, maxBytes: 1 << 20) {}
    let order = sinks.keys.sorted()
    return BadInputOutcome(
      rows: sinks[order[0]]?.rows ?? [], dead: sinks[order[1]]?.rows ?? [],
      read: execution.recordsRead, isBalanced: execution.accounting.isBalanced)
  }

  /// The errors of the dead letters alone.
  var reasons: [String] {
    dead.map { $0.components(separatedBy: "\u{1}").first ?? "" }
  }
}

/// Rows as text, columns parted by U+0001.
final class CollectingRows: Sink {
  let guarantee = Guarantee.exactlyOnce
  private(set) var rows: [String] = []
  private let columns: [Int]

  init(columns: [Int]) { self.columns = columns }

  func open(restoring restored: [SinkHandle]?) throws {}

  func write(_ batch: Batch) throws {
    for row in batch.selectedRows {
      rows.append(
        columns.map { batch.columns[$0].map { Value($0, Int(row)).description } ?? "NULL" }
          .joined(separator: "\u{1}"))
    }
  }

  func precommit(checkpoint: Int64) throws -> PrecommittedTransaction {
    PrecommittedTransaction(SinkHandle(checkpoint: checkpoint))
  }
  func commit(_ handle: SinkHandle) throws {}
  func abort() throws {}
  func close() {}
}
