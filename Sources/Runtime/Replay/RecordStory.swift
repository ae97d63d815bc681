import Columns
import Engine

/// What became of one record: the machine takes it alone, and what each operator counted tells the
/// story.
enum RecordStory {
  /// - Parameter machine: stands right before the record; is moved past it.
  /// - Throws: ``ConnectError`` where the log cannot be read again.
  static func fate(
    of position: Int64, _ machine: ReplayMachine, _ graph: JobGraph
  ) throws -> EventFate? {
    let before = machine.execution.counters
    let statesBefore = machine.execution.ingest?.state.splits ?? []
    let watermark = machine.trace.watermark
    var ignored = ReplayHistory()
    guard try machine.forward(atMost: 1, noting: &ignored) else { return nil }
    let round = machine.round
    let statesAfter = machine.execution.ingest?.state.splits ?? []
    let read = zip(statesBefore, statesAfter).first { $0.records < $1.records }
    var fate = EventFate(
      position: position, split: read?.1.name ?? "",
      raw: try read.map { try raw($0, $1, graph) } ?? "",
      eventTime: machine.trace.lastEventTime, watermark: watermark,
      watermarkAfter: machine.trace.watermark)
    var carries = [Bool](repeating: false, count: graph.nodes.count)
    for (index, node) in graph.nodes.enumerated() {
      let reaches = node.inputs.contains { input in
        carries[input.node] && input.port == .main
      }
      let counted = machine.execution.counters[index].minus(before[index])
      let (steps, goesOn) = steps(of: node, index, counted, round, reaches)
      fate.steps += steps
      fate.firings += firings(of: node, index, round)
      carries[index] = goesOn
    }
    return fate
  }

  private static func steps(
    of node: JobNode, _ index: Int, _ counted: NodeCounters, _ round: ReplayRound, _ reaches: Bool
  ) -> (steps: [EventFate.Step], goesOn: Bool) {
    let dead = round.items.lazy.compactMap { item -> String? in
      if case .dead(let source, let record) = item, source == index { record.error } else { nil }
    }.first
    let name = node.steps.last?.name ?? node.id
    let rule = node.steps.last?.detail ?? ""
    switch node.logic {
    case .ingest:
      if let dead { return ([.bad(operatorName: name, reason: dead)], false) }
      return (
        [
          .parsed(
            operatorName: name, columns: node.schema.fields.map(\.name),
            values: round.values(of: round.first))
        ], true
      )
    case .filter:
      guard reaches else { return ([], false) }
      if let dead { return ([.bad(operatorName: name, reason: dead)], false) }
      return counted.filtered > 0
        ? ([.filtered(operatorName: name, rule: rule)], false)
        : ([.passed(operatorName: name, rule: rule)], true)
    case .derive:
      guard reaches else { return ([], false) }
      if let dead { return ([.bad(operatorName: name, reason: dead)], false) }
      return ([.passed(operatorName: name, rule: nil)], true)
    case .window(let spec):
      guard reaches else { return ([], false) }
      if let dead { return ([.bad(operatorName: name, reason: dead)], false) }
      return (windowSteps(name, index, spec, counted, round), false)
    case .sink:
      return (reaches ? [.sent(sink: node.id)] : [], false)
    }
  }

  private static func windowSteps(
    _ name: String, _ index: Int, _ spec: WindowSpec, _ counted: NodeCounters, _ round: ReplayRound
  ) -> [EventFate.Step] {
    var taken: [WindowView.ID] = []
    var updates = false
    var steps: [EventFate.Step] = []
    for case .window(let source, let event) in round.items
    where source == index && event.cause == round.first {
      switch event {
      case .added(_, let key, _, let start, let end, let isLate):
        taken.append(.init(key: key, start: start, end: end))
        updates = updates || isLate
      case .late(_, let key, _, let start, let end, let watermark, let missedBy):
        steps.append(
          .late(
            operatorName: name, window: .init(key: key, start: start, end: end),
            watermark: watermark, missedByMs: missedBy,
            allowedLatenessMs: spec.allowedLatenessMs))
      case .fired, .replaced, .purged: break
      }
    }
    if !taken.isEmpty {
      steps.insert(
        .assigned(
          operatorName: name, windows: taken, updates: updates,
          allowedLatenessMs: spec.allowedLatenessMs), at: 0)
    }
    if counted.unassigned > 0, case .sliding(let size, let slide, _) = spec.assigner {
      steps.append(.unassigned(operatorName: name, sizeMs: size, slideMs: slide))
    }
    return steps
  }

  /// What a window operator gave out after the record.
  private static func firings(
    of node: JobNode, _ index: Int, _ round: ReplayRound
  ) -> [EventFate.Firing] {
    guard case .window(let spec) = node.logic else { return [] }
    return round.items.compactMap { item in
      guard case .window(index, .fired(let result, let previous, round.first)) = item else {
        return nil
      }
      let cause: EventFate.Firing.Cause =
        !spec.assigner.needsEventTime
        ? .trigger
        : round.watermark < result.end - 1 ? .early : previous == nil ? .onTime : .late
      return EventFate.Firing(
        operatorName: node.steps.last { $0.kind == "window" }?.name ?? node.id, window: result.id,
        rows: result.rows, values: result.values.map(displayText), cause: cause)
    }
  }

  /// The record as it stands in its split.
  private static func raw(
    _ before: Ingest.SplitState, _ after: Ingest.SplitState, _ graph: JobGraph
  ) throws -> String {
    guard case .ingest(let source, let spec) = graph.nodes.first?.logic,
      let split = try source.splits().first(where: { $0.name == before.name })
    else { return "" }
    let reader = try source.open(split, at: before.position, framing: spec.framing)
    defer { reader.close() }
    // Blank lines and a header may stand before it.
    var text = ""
    while let block = try reader.next(maxRecords: 1, maxBytes: 64 * 1024) {
      text = String(decoding: block.bytes.buffer.prefix(4096), as: UTF8.self)
      if block.end.offset >= after.position.offset { break }
    }
    while text.last?.isNewline ?? false { text.removeLast() }
    return text
  }
}

extension NodeCounters {
  /// What was counted since.
  fileprivate func minus(_ before: NodeCounters) -> NodeCounters {
    var counted = NodeCounters()
    counted.rowsIn = rowsIn - before.rowsIn
    counted.filtered = filtered - before.filtered
    counted.unassigned = unassigned - before.unassigned
    return counted
  }
}
