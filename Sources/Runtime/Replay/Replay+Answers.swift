import Columns
public import Engine

/// What a replay is asked beside its moves: pages of what it knows, and what it reads again for.
extension Replay {
  public func answer(_ query: ReplayQuery, isCancelled: () -> Bool) throws -> ReplayAnswer? {
    switch query {
    case .windows(let query): return .windows(windows(query))
    case .window(let id, let node, let limit):
      return try detail(of: id, node: node, limit: limit, isCancelled)
    case .event(let position): return try fate(of: position, isCancelled)
    case .time(let query): return .time(time(query))
    case .tuning: return try tuning(isCancelled)
    case .output(let query): return .output(output(query))
    case .checkpoints: return try checkpoints(isCancelled)
    case .crash(let plan): return try crash(plan, isCancelled)
    // A replay alone differs from nothing.
    case .difference: return .difference(DifferencePage())
    }
  }

  private func windows(_ query: WindowsQuery) -> WindowsPage {
    var page = WindowsPage()
    guard let node = query.node ?? windowNode, case .window(let spec) = graph.nodes[node].logic
    else { return page }
    let live = machine.execution.liveWindows(of: node, limit: .max)
    let all =
      machine.trace.windows[node]?.windows(live: live, allowedLatenessMs: spec.allowedLatenessMs)
      ?? []
    page.counts = all.reduce(into: [:]) { $0[$1.state, default: 0] += 1 }
    let words = query.filter.lowercased().split(separator: " ")
    let found = words.isEmpty ? all : all.filter { $0.contains(words) }
    let sorted = query.order.sorted(found, isReversed: query.isReversed)
    (page.offset, page.total) = (query.range.offset, sorted.count)
    page.windows = Array(sorted.dropFirst(query.range.offset).prefix(query.range.limit))
    return page
  }

  private func time(_ query: TimeQuery) -> TimePicture {
    machine.trace.time.picture(
      query.positions ?? 0..<max(1, machine.execution.recordsRead), points: query.points)
  }

  /// Measures on a thread of its own, which goes on while the replay is moved.
  private func tuning(_ isCancelled: () -> Bool) throws -> ReplayAnswer? {
    let usual = TuningJob.Window(sizeMs: 60_000)
    guard let job = TuningJob.of(graph, window: nil, otherwise: usual), job.spec.eventTime != nil,
      !job.spec.watermark.isProcessingTime, machine.execution.canReadAgain
    else { return .tuning(nil) }
    let tuner = self.tuner ?? BackgroundTuning(job)
    self.tuner = tuner
    while !isCancelled() {
      if let result = tuner.wait(ms: 20) { return .tuning(try result.get()) }
    }
    return nil
  }

  private func output(_ query: OutputQuery) -> OutputPage {
    var page = OutputPage()
    page.columns = outputColumns
    page.counts = machine.trace.outputCounts
    let kept =
      switch query.stream {
      case .results: machine.trace.results.elements
      case .late: machine.trace.lateRows.elements
      case .dead: machine.trace.deadRecords.elements
      }
    let words = query.filter.lowercased().split(separator: " ")
    let found = kept.reversed().filter { line in
      (query.sink == nil || line.sink == query.sink) && (words.isEmpty || line.contains(words))
    }
    (page.offset, page.total) = (query.range.offset, found.count)
    page.lines = Array(found.dropFirst(query.range.offset).prefix(query.range.limit))
    return page
  }

  /// Every checkpoint, with what is in it: a memory beside the replay goes there and measures.
  private func checkpoints(_ isCancelled: () -> Bool) throws -> ReplayAnswer? {
    let known = machine.trace.checkpoints.elements
    for checkpoint in known.suffix(Self.measuredCheckpoints).reversed()
    where checkpointParts[checkpoint.position] == nil {
      if isCancelled() { return nil }
      let scratch = try scratch(at: checkpoint.position, isCancelled)
      guard scratch.tick == checkpoint.position else { return nil }
      let state = scratch.execution.snapshot().operators
      checkpointParts[checkpoint.position] = graph.nodes.compactMap { node in
        state[node.id].map { CheckpointDetail.Part(operatorName: node.id, bytes: $0.count) }
      }
    }
    return .checkpoints(
      known.map { CheckpointDetail(view: $0, parts: checkpointParts[$0.position]) })
  }

  private static var measuredCheckpoints: Int { 50 }

  /// What cannot be done beside a replay of a pipe.
  public static let readOnce = ConnectError(
    "the log can be read only once, and this reads it beside the replay",
    remedy: "save it to a file and open that")

  /// Runs the crash lab from the last checkpoint before the crash.
  private func crash(_ plan: CrashPlan, _ isCancelled: () -> Bool) throws -> ReplayAnswer? {
    guard canReadAgain else { throw Self.readOnce }
    let last = machine.trace.checkpoints.elements.last { $0.position <= plan.position }
    var start: (snapshot: ExecutionSnapshot, id: Int64, position: Int64)?
    if let last {
      let scratch = try scratch(at: last.position, isCancelled)
      guard scratch.tick == last.position else { return nil }
      start = (scratch.execution.snapshot(), last.id, last.position)
    }
    return try CrashLab(graph, from: start, clock: clock).run(plan, isCancelled: isCancelled)
      .map { .crash($0) }
  }

  /// A machine beside the replay's, at a tick.
  private func scratch(at target: Int64, _ isCancelled: () -> Bool) throws -> ReplayMachine {
    let machine = try ReplayMachine(graph: graph, clock: clock, from: nearest(to: target))
    var ignored = ReplayHistory()
    try machine.forward(to: target, noting: &ignored, isCancelled: isCancelled)
    return machine
  }

  // MARK: a window

  private func detail(
    of id: WindowView.ID, node: Int?, limit: Int, _ isCancelled: () -> Bool
  ) throws -> ReplayAnswer? {
    guard let node = node ?? windowNode, case .window(let spec) = graph.nodes[node].logic else {
      return .window(nil)
    }
    let live = machine.execution.liveWindows(of: node, limit: .max)
    let all =
      machine.trace.windows[node]?.windows(live: live, allowedLatenessMs: spec.allowedLatenessMs)
    guard let window = all?.first(where: { $0.id == id }) else { return .window(nil) }
    var detail = WindowDetail(window: window)
    detail.columns = graph.nodes[0].schema.fields.map(\.name)
    // A row of the window makes the newest event time at least the window's start.
    var from = memories.last { ($0.trace.maxEventTime ?? .min) < id.start }
    if let known = indexer?.last(where: { ($0.trace.maxEventTime ?? .min) < id.start }),
      known.tick > from.tick
    {
      from = known
    }
    let scratch = try ReplayMachine(graph: graph, clock: clock, from: from)
    let grows =
      switch spec.assigner {
      case .session, .count, .global: true
      default: false
      }
    var story = WindowStory(
      id: id, node: node, limit: limit, isTimed: machine.trace.maxEventTime != nil, grows: grows)
    var ignored = ReplayHistory()
    let end = tick
    while scratch.tick < end {
      if isCancelled() { return nil }
      let before = scratch.trace.watermark
      if !(try scratch.forward(atMost: end - scratch.tick, noting: &ignored)) { break }
      story.take(scratch.round, watermarkBefore: before)
    }
    story.tell(&detail)
    return .window(detail)
  }

  // MARK: a record

  private func fate(of position: Int64, _ isCancelled: () -> Bool) throws -> ReplayAnswer? {
    guard (0..<machine.execution.recordsRead).contains(position) else { return .event(nil) }
    let scratch = try scratch(at: position, isCancelled)
    guard scratch.tick == position else { return nil }
    return .event(try RecordStory.fate(of: position, scratch, graph))
  }
}

extension WindowView {
  fileprivate func contains(_ words: [Substring]) -> Bool {
    let text = ([key, state.rawValue, spanText(start, end)] + values).joined(separator: " ")
      .lowercased()
    return words.allSatisfy { text.contains($0) }
  }
}

extension OutputPage.Line {
  fileprivate func contains(_ words: [Substring]) -> Bool {
    let text = ([sink, kind, reason ?? "", raw ?? ""] + values).joined(separator: " ").lowercased()
    return words.allSatisfy { text.contains($0) }
  }
}
