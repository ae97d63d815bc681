public import Engine

/// The stepping driver: the operators of a job, forwards and back through a recorded log.
///
/// Going back restores the nearest memory and reads on to the tick that is wanted; since what is
/// remembered of the past is kept in the memory too, and does not depend on how records were read,
/// what is shown at a tick is the same however it was reached. Sinks are captured: nothing is
/// written outside.
public final class Replay: ReplayControlling {
  let graph: JobGraph
  let clock: ProcessingClock
  let machine: ReplayMachine
  /// Subtasks of each keyed operator in a run; a replay has one.
  private let parallelism: Int
  var memories: SnapshotIndex
  private var history = ReplayHistory()
  var indexer: ReplayIndexer?
  private var furthest: Int64 = 0
  private var total: Int64?
  private let windowNodes: [WindowNodeView]
  var windowNode: Int?
  /// Where a failed move left things cannot be trusted: the next one starts from a memory.
  private var isBroken = false
  var tuner: BackgroundTuning?
  /// What checkpoints hold, by position, where it was measured.
  var checkpointParts: [Int64: [CheckpointDetail.Part]] = [:]

  /// A step back reads again from a memory at most so far behind.
  private static let denseInterval: Int64 = 256

  /// Opens a job for stepping.
  ///
  /// - Parameters:
  ///   - total: records in the log, where they have been counted.
  ///   - startMs: what time it is at the first record, for processing time without recorded
  ///     arrivals. A record takes a millisecond of it, so that going back brings the same times
  ///     back.
  ///   - isIndexed: whether the whole log is read ahead on a thread of its own, so that a jump
  ///     anywhere is short.
  ///   - workClock: nanoseconds of our time, by which ``workNs`` is measured; nil where nobody asks.
  /// - Throws: ``ConnectError`` where a split cannot be opened.
  public init(
    graph: JobGraph, total: Int64? = nil, startMs: Int64 = 0, isIndexed: Bool = false,
    workClock: (() -> UInt64)? = nil
  ) throws {
    var graph = graph
    parallelism = graph.parallelism
    let clock: ProcessingClock = { startMs + $0 }
    self.clock = clock
    graph.parallelism = 1
    self.graph = graph
    self.total = total
    windowNodes = graph.nodes.enumerated().compactMap { index, node in
      guard case .window = node.logic else { return nil }
      return WindowNodeView(node: index, name: node.id)
    }
    windowNode = windowNodes.first?.node
    machine = try ReplayMachine(
      graph: graph, clock: clock,
      stopwatch: workClock.map { Stopwatch(nodes: graph.nodes.count, nowNs: $0) })
    memories = SnapshotIndex(start: machine.memory)
    if isIndexed, machine.execution.canReadAgain {
      indexer = ReplayIndexer(graph: graph, clock: clock, start: memories.sparse[0])
    }
  }

  deinit { close() }

  public func close() {
    indexer?.stop()
    indexer = nil
    tuner = nil
  }

  /// Whether the log can be read a second time beside this replay: a pipe cannot.
  public var canReadAgain: Bool { machine.execution.canReadAgain }

  // MARK: ticks

  var tick: Int64 { machine.tick }

  public var position: ReplayPosition {
    ReplayPosition(
      records: machine.execution.recordsRead, isAtEnd: machine.execution.hasFinished)
  }

  /// Reads on by a round.
  ///
  /// - Returns: false where the end had been reached before.
  private func forward(atMost records: Int64) throws -> Bool {
    // Where the log was read ahead, there are memories already.
    let isKnown = indexer?.surrounds(tick) ?? false
    let most = isKnown ? records : min(records, memories.distance(from: tick))
    guard try machine.forward(atMost: most, noting: &history) else { return false }
    furthest = max(furthest, machine.execution.recordsRead)
    if machine.execution.hasFinished { total = machine.execution.recordsRead }
    if !isKnown, memories.wants(tick) { memories.add(machine.memory) }
    return true
  }

  /// Goes to a tick, through a memory where that is nearer.
  private func go(to target: Int64, _ isCancelled: () -> Bool) throws {
    let target = max(target, 0)
    let nearest = nearest(to: target)
    let isBack = isBroken || target < tick
    if isBack || nearest.tick > tick { try restore(nearest) }
    // Steps back often follow: a memory a little before the place makes them short.
    let around = target - Self.denseInterval
    let isFar = isBack || target - tick > 4 * Self.denseInterval
    while tick < target, !isCancelled() {
      let stop = isFar && tick < around ? around : target
      if !(try forward(atMost: stop - tick)) { break }
      if isFar, tick == around { memories.addDense(machine.memory) }
    }
  }

  func nearest(to target: Int64) -> ReplayMemory {
    let own = memories.nearest(to: target)
    guard let known = indexer?.nearest(to: target), known.tick > own.tick else { return own }
    return known
  }

  private func restore(_ memory: ReplayMemory) throws {
    try machine.restore(memory)
    isBroken = false
  }

  // MARK: moves

  public func move(_ move: ReplayMove, isCancelled: () -> Bool) throws {
    if let known = indexer?.history, known.covered > history.covered { history = known }
    do {
      switch move {
      case .events(let count): try go(to: tick + count, isCancelled)
      case .position(let position): try go(to: position, isCancelled)
      case .end: try go(to: .max, isCancelled)
      case .eventTime(let time):
        try goBefore(isCancelled, { ($0.trace.maxEventTime ?? .min) < time }) { newest, _ in
          newest.map { $0 >= time } ?? false
        }
      case .window(let id): try goTo(id, isCancelled)
      case .nextFiring: try next(.firing, isCancelled)
      case .nextWatermark: try next(.watermark, isCancelled)
      case .nextLate: try next(.late, isCancelled)
      case .nextCheckpoint: try next(.checkpoint, isCancelled)
      case .previousFiring: try previous(.firing, isCancelled)
      case .previousWatermark: try previous(.watermark, isCancelled)
      case .previousLate: try previous(.late, isCancelled)
      case .previousCheckpoint: try previous(.checkpoint, isCancelled)
      }
    } catch {
      isBroken = true
      throw error
    }
  }

  public func play(until playhead: Int64?, maxRecords: Int) throws -> Int {
    // Where a fault left things cannot be trusted.
    if isBroken { try go(to: tick, { false }) }
    let before = machine.execution.recordsRead
    do {
      guard let playhead else {
        _ = try forward(atMost: Int64(maxRecords))
        return Int(machine.execution.recordsRead - before)
      }
      while machine.execution.recordsRead - before < maxRecords {
        if let newest = machine.trace.maxEventTime, newest >= playhead { break }
        if !(try forward(atMost: 1)) { break }
      }
    } catch {
      isBroken = true
      throw error
    }
    return Int(machine.execution.recordsRead - before)
  }

  /// Forward to the next tick after which something happened, or to the end.
  private func next(_ kind: ReplayHistory.Kind, _ isCancelled: () -> Bool) throws {
    let here = tick
    if let found = history.next(kind, after: here) { return try go(to: found, isCancelled) }
    // Unknown so far: read on from where knowledge ends.
    try go(to: history.covered - 1, isCancelled)
    while !isCancelled(), try forward(atMost: 1024) {
      if let found = history.next(kind, after: here) { return try go(to: found, isCancelled) }
    }
  }

  /// Back to the last tick before this one after which something happened; to the start if none.
  private func previous(_ kind: ReplayHistory.Kind, _ isCancelled: () -> Bool) throws {
    try go(to: history.previous(kind, before: tick) ?? 0, isCancelled)
  }

  /// To just before the first record after which something holds that then holds for ever; to the
  /// end where none does.
  ///
  /// - Parameters:
  ///   - isBefore: whether it does not hold yet at a memory.
  ///   - holds: whether it holds with this newest event time and this watermark.
  private func goBefore(
    _ isCancelled: () -> Bool, _ isBefore: (ReplayMemory) -> Bool,
    _ holds: (Int64?, Int64) -> Bool
  ) throws {
    var from = memories.last(where: isBefore)
    if let known = indexer?.last(where: isBefore), known.tick > from.tick { from = known }
    let isHere = !holds(machine.trace.maxEventTime, machine.trace.watermark)
    if isBroken || !isHere || from.tick > tick { try restore(from) }
    var before = tick
    while !isCancelled(), !holds(machine.trace.maxEventTime, machine.trace.watermark) {
      before = tick
      if !(try forward(atMost: 256)) { return }
    }
    // It holds after this round and did not before it.
    try go(to: before, isCancelled)
    let reached = tick
    while !isCancelled(), !holds(machine.trace.maxEventTime, machine.trace.watermark) {
      if !(try forward(atMost: 1)) { return }
    }
    try go(to: max(reached, tick - 1), isCancelled)
  }

  /// To before a window fires; where that is past, to before its first event.
  private func goTo(_ id: WindowView.ID, _ isCancelled: () -> Bool) throws {
    if machine.trace.watermark < id.end - 1 {
      try goBefore(isCancelled, { $0.trace.watermark < id.end - 1 }) { _, watermark in
        watermark >= id.end - 1
      }
    } else {
      try goBefore(isCancelled, { ($0.trace.maxEventTime ?? .min) < id.start }) { newest, _ in
        newest.map { $0 >= id.start } ?? false
      }
    }
  }

  // MARK: the picture

  public func show(windowNode: Int) {
    if windowNodes.contains(where: { $0.node == windowNode }) { self.windowNode = windowNode }
  }

  public var view: ReplayView {
    let execution = machine.execution
    var view = machine.trace.view(of: windowNode)
    view.position = execution.recordsRead
    view.total = total ?? indexer?.total
    view.furthest = furthest
    view.isAtEnd = execution.hasFinished
    let accounting = execution.accounting
    view.accounting.read = accounting.read
    view.accounting.emitted = accounting.emitted
    view.accounting.filtered = accounting.filtered
    view.accounting.late = accounting.late
    view.accounting.bad = accounting.bad
    view.accounting.unassigned = accounting.unassigned
    view.accounting.lateUpdated = accounting.lateUpdates
    view.accounting.isBalanced = accounting.isBalanced
    view.watermarkStatus = execution.ingest?.watermarkStatus
    // A job that came to its end takes a last checkpoint.
    view.boxes = ReplayBoxes.make(
      graph: graph, counters: execution.counters,
      parallelism: ReplayBoxes.Parallelism(
        keyed: parallelism, splits: view.watermarkStatus?.splits.count ?? 1),
      staged: execution.hasFinished ? [:] : machine.trace.stagedRows)
    view.output = latestOutput
    if let status = view.watermarkStatus { view.splits = Self.splits(status) }
    view.windowNodes = windowNodes
    view.windowNode = windowNode
    if let windowNode, case .window(let spec) = graph.nodes[windowNode].logic {
      fill(&view, windowNode, spec)
    }
    return view
  }

  public var workNs: [UInt64?] {
    machine.stopwatch.map { ReplayBoxes.workNs(graph: graph, stopwatch: $0) } ?? []
  }

  /// Windows of a pane that are listed in the picture: enough for any screen.
  private static let listedKeys = 200

  private func fill(_ view: inout ReplayView, _ node: Int, _ spec: WindowSpec) {
    (view.windowSizeMs, view.windowOffsetMs) = spec.assigner.edges
    view.allowedLatenessMs = spec.allowedLatenessMs
    view.valueNames = spec.aggregates.map(\.name)
    view.liveWindowCount = machine.execution.liveWindowCount(of: node)
    let live = machine.execution.liveWindows(of: node, limit: Self.listedKeys)
    view.windows =
      machine.trace.windows[node]?.windows(live: live, allowedLatenessMs: spec.allowedLatenessMs)
      ?? []
    view.windowRule = spec.rule
    (view.windowShape, view.windowTrigger) = (spec.assigner, spec.trigger)
    view.windowZone = spec.zone
    view.windowsEndByTime = spec.assigner.needsEventTime
    if view.windowsEndByTime { view.nextFiring = nextFiring(live, view.watermark) }
  }

  private func nextFiring(_ live: [WindowResult], _ watermark: Int64) -> NextFiring? {
    guard let next = live.filter({ $0.end - 1 > watermark }).min(by: { $0.end < $1.end }) else {
      return nil
    }
    let same = live.filter { $0.end == next.end }
    let busiest = same.sorted { ($1.rows, $0.firstSequence) < ($0.rows, $1.firstSequence) }
    return NextFiring(
      watermark: next.end - 1, start: next.start, end: next.end,
      eventTimeNeeded: eventTimeNeeded(next.end),
      candidates: busiest.prefix(4).map { .init(key: $0.key, rows: $0.rows) },
      keyCount: same.count)
  }

  /// The event time whose watermark would fire windows with this end.
  private func eventTimeNeeded(_ end: Int64) -> Int64? {
    guard case .ingest(_, let spec) = graph.nodes.first?.logic,
      case .bounded = spec.watermark.strategy
    else { return nil }
    return end + spec.watermark.outOfOrdernessMs
  }

  /// The newest results as a line each: values before the window's bounds stand alone (they are the
  /// key), those after it by name.
  private var latestOutput: [OutputRow] {
    machine.trace.results.elements.suffix(60).map { line in
      OutputRow(
        sink: line.sink, position: line.position, kind: line.kind,
        text: Self.text(line.values, outputColumns[line.sink] ?? []))
    }
  }

  private static func text(_ values: [String], _ names: [String]) -> String {
    let pairs = Array(zip(names, values))
    let start = names.firstIndex(of: "window_start")
    let end = pairs.first { $0.0 == "window_end" }?.1
    return pairs.enumerated().compactMap { index, pair -> String? in
      switch pair.0 {
      case "window_start": end.map { "[\(pair.1), \($0))" } ?? "from \(pair.1)"
      case "window_end" where start != nil: nil
      default: index < start ?? 0 ? pair.1 : "\(pair.0)=\(pair.1)"
      }
    }.joined(separator: " ")
  }

  /// The names of the columns that each sink gets.
  var outputColumns: [String: [String]] { DifferenceRun.outputColumns(graph) }

  private static func splits(_ status: WatermarkStatus) -> [SplitView] {
    status.splits.enumerated().map { index, split in
      SplitView(
        name: split.name, watermark: split.watermark, maxEventTime: split.newest,
        recordsRead: split.records, hasEnded: split.state == .ended,
        holdsWatermark: index == status.holder, state: split.state)
    }
  }
}
