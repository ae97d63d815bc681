internal import Columns
internal import Engine
internal import Expressions

extension Explain {
  /// A pipeline's plan: its operators, the columns they read, the state they keep and until when,
  /// how rows get there, and what is promised.
  public static func plan(_ document: PipelineDocument) -> Result<String, PlanFailure> {
    Planner.plan(document).map { PlanText(graph: $0).text }
  }
}

/// A job in words.
private struct PlanText {
  let graph: JobGraph

  var text: String {
    let count = graph.nodes.count
    let head =
      "\(graph.name): \(count) operator\(count == 1 ? "" : "s"), parallelism "
      + "\(graph.parallelism), a checkpoint every \(formatDuration(graph.checkpoint.everyMs)), "
      + "the last \(graph.checkpoint.keep) kept, fingerprint \(graph.fingerprint.prefix(12))"
    let nodes = graph.nodes.indices.map { node($0) }
    return ([head] + nodes + [guarantees]).joined(separator: "\n\n")
  }

  private func node(_ index: Int) -> String {
    let node = graph.nodes[index]
    let steps = node.steps.map { "\($0.kind) \($0.detail)" }.joined(separator: " → ")
    var lines = ["\(index + 1). \(node.id)  \(steps)"]
    if !node.inputs.isEmpty { lines.append(entry("input", inputs(node))) }
    switch node.logic {
    case .ingest(_, let spec): lines += ingest(spec)
    case .filter(let condition):
      lines.append(entry("reads", names(condition.columnsRead, inputSchema(node))))
    case .derive(let expressions): lines += derive(node, expressions)
    case .window(let spec): lines += window(node, spec)
    case .sink(let spec):
      lines.append(entry("writes", names(spec.columns, inputSchema(node))))
      lines.append(entry("promises", promise(spec)))
    }
    lines += sideOutputs(index)
    return lines.joined(separator: "\n")
  }

  private func entry(_ word: String, _ text: String) -> String {
    "   \(word)\(String(repeating: " ", count: max(1, 13 - word.count)))\(text)"
  }

  private func names(_ positions: [Int], _ schema: Schema) -> String {
    let names = positions.filter { $0 < schema.count }.map { schema.fields[$0].name }
    return names.isEmpty ? "no column" : names.joined(separator: ", ")
  }

  private func inputs(_ node: JobNode) -> String {
    node.inputs.map { input in
      let from = graph.nodes[input.node].id
      let port = input.port == .main ? "" : ".\(input.port.rawValue)"
      return "\(from)\(port), \(shipping(node))"
    }.joined(separator: "; ")
  }

  /// How rows get from one operator to the next, in Flink's words.
  private func shipping(_ node: JobNode) -> String {
    guard case .window(let spec) = node.logic else { return "forward" }
    if spec.keys.isEmpty { return "all to one subtask" }
    return "hash by \(names(spec.keys, inputSchema(node))) over \(graph.parallelism) "
      + "subtask\(graph.parallelism == 1 ? "" : "s") (\(keyGroupCount) key groups)"
  }

  private func inputSchema(_ node: JobNode) -> Schema {
    guard let input = node.inputs.first else { return node.schema }
    if case .sink = node.logic { return node.schema }
    switch input.port {
    case .main: return graph.nodes[input.node].schema
    case .dead: return DeadLetter.schema
    case .late: return Schema(inputSchema(graph.nodes[input.node]).fields + LateColumns.all)
    }
  }

  // MARK: Operators

  private func ingest(_ spec: ParseSpec) -> [String] {
    let read = spec.columns.filter(\.isRead).map { "\($0.name) \($0.type.name)" }
    let skipped = spec.columns.filter { !$0.isRead }.map(\.name)
    var lines = [entry("reads", read.isEmpty ? "no column" : read.joined(separator: ", "))]
    if !skipped.isEmpty { lines.append(entry("skips", skipped.joined(separator: ", "))) }
    if let eventTime = spec.eventTime {
      lines.append(entry("event time", spec.columns[eventTime].name))
      lines.append(entry("watermark", watermark(spec)))
    }
    lines += timing(spec)
    if let future = spec.watermark.maxFutureMs {
      lines.append(
        entry("refuses", "events over \(formatDuration(future)) ahead of the watermark"))
    }
    return lines
  }

  private func arrival(_ spec: ParseSpec) -> String? {
    spec.arrival.map { "arrival (\(spec.columns[$0].name))" }
  }

  private func watermark(_ spec: ParseSpec) -> String {
    switch spec.watermark.strategy {
    case .bounded:
      "the newest event time - \(formatDuration(spec.watermark.outOfOrdernessMs)) - 1 ms, "
        + "for each split"
    case .carried(let expression): "carried by \(expression.text), for each split"
    case .processingTime:
      arrival(spec).map { "\($0) - 1 ms" }
        ?? "the time of reading - 1 ms: results depend on speed"
    }
  }

  /// What is said of several splits, and of when the watermark is passed on.
  private func timing(_ spec: ParseSpec) -> [String] {
    var lines: [String] = []
    let arrival = arrival(spec)
    switch spec.watermark.emission {
    case .perEvent: break
    case .everyRecords(let count):
      lines.append(entry("passed on", "after every \(count) records of all splits"))
    case .everyMs(let ms):
      let clock = arrival.map { "by \($0)" } ?? "in processing time: results depend on speed"
      lines.append(entry("passed on", "every \(formatDuration(ms)), \(clock)"))
    }
    if let arrival { lines.append(entry("order", "splits are read by \(arrival)")) }
    if let idle = spec.watermark.idleAfterMs {
      let clock =
        arrival.map { "by \($0)" }
        ?? "in processing time, while it has nothing to read: a file never is"
      lines.append(entry("idle", "a split silent for over \(formatDuration(idle)), \(clock)"))
    }
    if let drift = spec.watermark.maxDriftMs {
      lines.append(entry("waits", "a split over \(formatDuration(drift)) ahead of the slowest"))
    }
    return lines
  }

  private func derive(_ node: JobNode, _ expressions: [CompiledExpression]) -> [String] {
    let first = node.schema.count - expressions.count
    return expressions.enumerated().map { index, expression in
      let field = node.schema.fields[first + index]
      return entry("adds", "\(field.name) \(field.type.name) = \(expression.text)")
    }
  }

  private func window(_ node: JobNode, _ spec: WindowSpec) -> [String] {
    let schema = inputSchema(node)
    var lines = [
      entry("key", spec.keys.isEmpty ? "none: one group of all rows" : names(spec.keys, schema))
    ]
    lines += spec.aggregates.map { aggregate in
      entry("computes", "\(aggregate.name) \(aggregate.type.name) = \(aggregate.call)")
    }
    let kept = spec.aggregates.compactMap { aggregate in
      aggregate.memory.map { "\($0) for \(aggregate.name)" }
    }
    lines.append(
      entry(
        "keeps",
        "for each key and open window \(spec.aggregates.count) running "
          + "value\(spec.aggregates.count == 1 ? "" : "s")"
          + (kept.isEmpty ? "" : ", and \(kept.joined(separator: ", "))")))
    lines.append(entry("until", until(spec)))
    if let firings = firings(spec) { lines.append(entry("fires", firings)) }
    if spec.assigner.needsEventTime { lines.append(entry("late rows", late(spec))) }
    return lines
  }

  private func until(_ spec: WindowSpec) -> String {
    let after =
      spec.allowedLatenessMs > 0 ? " + \(formatDuration(spec.allowedLatenessMs))" : ""
    switch spec.assigner {
    case .count(let rows): return "its window has \(rows) rows"
    case .global: return "the job's end: nothing is ever dropped"
    default: return "the watermark reaches window_end - 1 ms\(after)"
    }
  }

  /// When a window fires beside its end; nil where it does not.
  private func firings(_ spec: WindowSpec) -> String? {
    var words: [String] = []
    if let early = spec.trigger.earlyMs {
      words.append("each time the watermark passes a multiple of \(formatDuration(early))")
    }
    if let rows = spec.trigger.everyRows {
      words.append(rows == 1 ? "on each row" : "every \(rows) rows")
    }
    if words.isEmpty, !spec.trigger.isDiscarding { return nil }
    if spec.assigner.needsEventTime { words.append("at its end") }
    let what = spec.trigger.isDiscarding ? "the rows since the last firing" : "all rows so far"
    return words.joined(separator: ", ") + ", with \(what)"
  }

  private func late(_ spec: WindowSpec) -> String {
    switch spec.late {
    case .drop: "go to the late stream"
    case .update: "fire the window again as +U while it is kept, then go to the late stream"
    case .correct: "fire it again as -U and +U while it is kept, then go to the late stream"
    }
  }

  private func sideOutputs(_ index: Int) -> [String] {
    let node = graph.nodes[index]
    var ports: [(StreamReference.Port, String)] = []
    switch node.logic {
    case .sink: return []
    case .window: ports = [(.late, "late stream"), (.dead, "dead letters")]
    default: ports = [(.dead, "dead letters")]
    }
    return ports.map { port, word in
      let readers = graph.nodes.filter { $0.inputs.contains(.init(node: index, port: port)) }
      let text = readers.isEmpty ? "counted, not kept" : readers.map(\.id).joined(separator: ", ")
      return entry(word, "→ \(text)")
    }
  }

  // MARK: Promises

  private func promise(_ spec: SinkSpec) -> String {
    switch spec.guarantee {
    case .exactlyOnce: "exactly-once: rows show when their checkpoint is complete"
    case .atLeastOnce: "at-least-once: rows show at once, and again after a crash"
    }
  }

  private var guarantees: String {
    let weak = graph.nodes.filter {
      if case .sink(let spec) = $0.logic { spec.guarantee == .atLeastOnce } else { false }
    }
    return weak.isEmpty
      ? "After a crash: exactly-once, into every sink."
      : "After a crash: at-least-once into \(weak.map(\.id).joined(separator: ", ")), "
        + "exactly-once elsewhere."
  }
}
