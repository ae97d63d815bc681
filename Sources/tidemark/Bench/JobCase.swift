import Foundation

/// A job that is measured as a whole process: a log on disk, a pipeline, a file of results.
enum JobCase: String, CaseIterable {
  case filter = "filter-derive"
  case tumbling, sliding, session
  case distinct = "count-distinct"
  case percentile
  case keys = "million-keys"
  case checkpoint = "checkpoint-1s"
  case start

  var summary: String {
    switch self {
    case .filter: "filter and derive, no window: about 12 rows of 100 pass"
    case .tumbling: "tumbling 1 m, COUNT and SUM by 10,000 keys"
    case .sliding: "sliding 5 m by 30 s, AVG by 10,000 keys"
    case .session: "sessions with a gap of 30 s, COUNT and SUM by 10,000 keys"
    case .distinct: "tumbling 1 m, COUNT(DISTINCT user) by 10,000 keys"
    case .percentile: "tumbling 1 m, PERCENTILE(value, 0.99) by 10,000 keys"
    case .keys: "the same of a log with 1,000,000 keys: most events have a result of their own"
    case .checkpoint:
      "tumbling 1 m as above, with a checkpoint every second (some are due from 20 m events)"
    case .start: "the same on 100 events: a cold start"
    }
  }

  var pipeline: BenchPipeline {
    var pipeline = BenchPipeline(name: rawValue)
    switch self {
    case .filter:
      pipeline.columns = ["ad_id", "page", "country", "value"]
      pipeline.steps = [
        "- filter: country IN ('US', 'DE', 'FR') AND value >= 20.0",
        "- derive: { cents: CAST(value * 100 AS BIGINT), place: UPPER(page) }",
      ]
    case .tumbling, .keys, .start: break
    case .checkpoint: pipeline.checkpoint = "1 s"
    case .sliding:
      pipeline.group(
        window: ["sliding", "size: 5 m", "slide: 30 s"], aggregates: "average: AVG(value)")
    case .session: pipeline.group(window: ["session", "gap: 30 s"])
    case .distinct:
      pipeline.columns = ["ad_id", "user"]
      pipeline.group(aggregates: "users: COUNT(DISTINCT user)")
    case .percentile: pipeline.group(aggregates: "high: 'PERCENTILE(value, 0.99)'")
    }
    return pipeline
  }
}

/// A pipeline over a log of the `bench` sample. As it is made: a count and a sum a minute and ad.
struct BenchPipeline {
  var name: String
  /// Columns of the log that are read beside the time.
  var columns = ["ad_id", "value"]
  var steps: [String] = []
  /// How late the watermark is.
  var disorder = "2 s"
  /// Time between checkpoints; nil for the usual.
  var checkpoint: String?

  init(name: String) {
    self.name = name
    group()
  }

  /// Puts one window with aggregates in place of the steps.
  mutating func group(
    by keys: [String] = ["ad_id"], window: [String] = ["tumbling", "size: 1 m"],
    aggregates: String = "clicks: COUNT(*), spend: SUM(value)"
  ) {
    steps =
      ["- key_by: [\(keys.joined(separator: ", "))]", "- window: \(window[0])"]
      + window.dropFirst().map { "  \($0)" } + ["- aggregate: { \(aggregates) }"]
    for key in keys where !columns.contains(key) { columns.append(key) }
  }

  /// The pipeline, as a user would write it.
  ///
  /// - Parameter output: a file whose folder there is.
  func text(log: String, output: String) -> String {
    let types = columns.map { ", \($0): \($0 == "value" ? "DOUBLE" : "STRING")" }.joined()
    let head = [
      "- source: file", "  path: \(Self.quoted(log))", "- parse: json",
      "  columns: { ts: { type: TIMESTAMP_LTZ(3), unit: ms }\(types) }",
      "  event_time: ts", "  watermark: { out_of_orderness: \(disorder) }",
    ]
    let tail = ["- sink: file", "  path: \(Self.quoted(output))"]
    let every = checkpoint.map { ["checkpoint: { every: \($0) }"] } ?? []
    let lines =
      ["pipeline: \(name)"] + every + ["steps:"] + (head + steps + tail).map { "  \($0)" }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A text in quotes: YAML reads JSON's.
  static func quoted(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes]
    return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
  }
}
