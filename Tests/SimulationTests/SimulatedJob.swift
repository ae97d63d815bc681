import Connectors
import Engine
import Foundation
import Pipelines
import TestSupport

/// A pipeline and its log, drawn from a seed.
struct SimulatedJob {
  enum Target: CaseIterable { case file, parts, append, upsert }

  let target: Target
  let yaml: String
  /// The texts of the splits, by file name.
  let splits: [(name: String, text: String)]

  init(_ random: inout SeededRandom) {
    target = Target.allCases.randomElement(using: &random) ?? .file
    let hasArrival = Bool.random(using: &random)
    let splitCount = [1, 1, 2, 3].randomElement(using: &random) ?? 1
    let splits = Self.log(splitCount, hasArrival: hasArrival, &random)
    self.splits = splits
    let window = Self.windows.randomElement(using: &random) ?? Self.windows[0]
    let late = window.isTimed ? ["drop", "update", "correct"].randomElement(using: &random) : nil
    var watermark = "out_of_orderness: \([0, 5, 20].randomElement(using: &random) ?? 0) ms"
    if hasArrival { watermark += ", idle_after: 30 ms" }
    if hasArrival, splitCount > 1, Bool.random(using: &random) { watermark += ", max_drift: 80 ms" }
    var lines = [
      "pipeline: simulated", "steps:", "  - source: file",
      "    path: [\(splits.map(\.name).joined(separator: ", "))]", "  - parse: json",
      "    name: events", "    columns:",
      "      ts: { type: TIMESTAMP_LTZ(3), unit: ms }",
    ]
    if hasArrival { lines.append("      at: { type: TIMESTAMP_LTZ(3), unit: ms }") }
    lines += ["      key: STRING", "      value: BIGINT", "    event_time: ts"]
    if hasArrival { lines.append("    arrival: at") }
    lines.append("    watermark: { \(watermark) }")
    if Bool.random(using: &random) { lines.append("  - filter: MOD(value, 7) <> 3") }
    lines += ["  - key_by: [key]", "  - window: \(window.name)", "    name: w"]
    lines += window.options.map { "    \($0)" }
    if let late, late != "drop" {
      lines += ["    late: \(late)", "    allowed_lateness: 40 ms"]
    }
    if window.isTimed, Int.random(in: 0..<3, using: &random) == 0 {
      lines.append(
        "    early: \(["every 7 ms", "every 3 rows", "on each row"].randomElement(using: &random) ?? "")"
      )
    }
    lines += ["  - aggregate:", "      n: COUNT(*)"]
    for (index, call) in Self.calls.enumerated() where Bool.random(using: &random) {
      lines.append("      a\(index): \(call)")
    }
    lines += ["  - sink: \(Self.sink(target))"]
    lines += ["  - sink: file", "    from: events.dead", "    path: dead.csv"]
    if window.isTimed { lines += ["  - sink: file", "    from: w.late", "    path: late.csv"] }
    yaml = lines.joined(separator: "\n") + "\n"
  }

  private static let calls = [
    "SUM(value)", "AVG(value)", "MIN(key)", "MAX(value)", "COUNT(DISTINCT value)",
    "LISTAGG(key)", "TOP_K(value, 2)", "FIRST_VALUE(value)", "LAST_VALUE(key)",
  ]

  private static let windows: [(name: String, options: [String], isTimed: Bool)] = [
    ("tumbling", ["size: 20 ms"], true),
    ("sliding", ["size: 60 ms", "slide: 20 ms"], true),
    ("cumulating", ["step: 10 ms", "max: 40 ms"], true),
    ("session", ["gap: 6 ms"], true),
    ("count", ["rows: 5"], false),
    ("global", ["fire: every 4 rows"], false),
  ]

  private static func sink(_ target: Target) -> String {
    switch target {
    case .file: "file\n    path: out.csv"
    case .parts: "file\n    path: parts/"
    case .append: "sqlite\n    path: out.db\n    table: results\n    mode: append"
    case .upsert: "sqlite\n    path: out.db\n    table: results\n    mode: upsert"
    }
  }

  /// Events out of order, some far behind, some that are none; a split falls silent now and then.
  private static func log(
    _ count: Int, hasArrival: Bool, _ random: inout SeededRandom
  ) -> [(name: String, text: String)] {
    let keys = Int.random(in: 1...6, using: &random)
    return (0..<count).map { split in
      var time = 0
      var text = ""
      for index in 0..<Int.random(in: 20...120, using: &random) {
        time += Int.random(in: 0...4, using: &random)
        if Int.random(in: 0..<40, using: &random) == 0 { time += 70 }
        let late = Int.random(in: 0..<8, using: &random) == 0
        let ts = time - Int.random(in: 0...(late ? 60 : 6), using: &random)
        if Int.random(in: 0..<30, using: &random) == 0 {
          text += ["{\"ts\":", "nothing", "{\"ts\":\"x\"}"].randomElement(using: &random) ?? ""
          text += "\n"
          continue
        }
        let arrival = hasArrival ? "\"at\":\(time)," : ""
        let key = "k\(Int.random(in: 0..<keys, using: &random))"
        text += "{\"ts\":\(ts),\(arrival)\"key\":\"\(key)\",\"value\":\(index)}\n"
      }
      return ("s\(split).jsonl", text)
    }
  }

  /// Writes the log into a folder, and plans the job there.
  ///
  /// - Parameter files: what the sinks write through.
  func graph(in folder: String, files: FileSystem) throws -> JobGraph {
    for (name, text) in splits {
      let path = "\(folder)/\(name)"
      if !FileManager.default.fileExists(atPath: path) {
        try text.write(toFile: path, atomically: false, encoding: .utf8)
      }
    }
    let document = PipelineDocument.parse(text: yaml, path: "\(folder)/p.yaml")
    var graph: JobGraph
    switch Planner.plan(document) {
    case .success(let planned): graph = planned
    case .failure: throw ConnectError("\(document.renderedDiagnostics)\n\(yaml)")
    }
    for (index, node) in graph.nodes.enumerated() {
      guard case .sink(var spec) = node.logic else { continue }
      let (schema, columns, kind) = (node.schema, spec.columns, spec.kind)
      let path = "\(folder)/\(spec.target.split(separator: " ")[0])"
      let mode: SqliteSink.Mode = target == .append ? .append : .upsert
      spec.make = {
        guard kind == "sqlite" else {
          return FileSink(
            path: path, format: RowFormat(.csv), schema: schema, columns: columns,
            jobID: "simulated", sinkID: node.id, files: files)
        }
        return SqliteSink(
          path: path, table: "results", mode: mode, schema: schema, columns: columns,
          keyColumns: ["key"], times: .iso, jobID: "simulated", sinkID: node.id, files: files)
      }
      graph.nodes[index].logic = .sink(spec)
    }
    graph.checkpoint.everyMs = 10
    graph.restart.delayMs = 1
    return graph
  }
}
