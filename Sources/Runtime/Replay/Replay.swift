import Columns
public import Engine

/// The stepping driver: the operators of a job, one record at a time, forwards and back.
///
/// A *tick* is one record, or the end of the input after the last. Going back restores the nearest
/// snapshot in memory and replays to the tick that is wanted; since the picture is kept in the
/// snapshot too, what is shown at a tick is the same however it was reached. Sinks are captured:
/// nothing is written outside.
public final class Replay: ReplayControlling {
  private struct Memory {
    var tick: Int64
    var snapshot: ExecutionSnapshot
    var trace: ReplayTrace
  }

  private let graph: JobGraph
  private let clock: ProcessingClock
  private let windowNode: Int?
  private var execution: Execution
  private let tracer: Tracer
  private var memories: [Memory] = []
  private var memoryInterval: Int64 = 256
  private static let memoryLimit = 128
  private var furthest: Int64 = 0
  private var total: Int64?
  /// Where a failed move left things cannot be trusted: the next one starts from a snapshot.
  private var isBroken = false

  /// Opens a job for stepping.
  ///
  /// - Parameters:
  ///   - total: records in the log, where they have been counted.
  ///   - startMs: what time it is at the first record, for processing time without recorded
  ///     arrivals. A record takes a millisecond of it, so that going back brings the same times
  ///     back.
  /// - Throws: ``ConnectError`` where a split cannot be opened.
  public init(graph: JobGraph, total: Int64? = nil, startMs: Int64 = 0) throws {
    var graph = graph
    let clock: ProcessingClock = { startMs + $0 }
    self.clock = clock
    graph.parallelism = 1
    self.graph = graph
    self.total = total
    windowNode = graph.nodes.firstIndex { if case .window = $0.logic { true } else { false } }
    let tracer = Tracer(graph: graph)
    self.tracer = tracer
    execution = try Self.makeExecution(graph, tracer, restoring: nil, clock)
    tracer.trace.read(execution)
    memories = [Memory(tick: 0, snapshot: execution.snapshot(), trace: tracer.trace)]
  }

  private static func makeExecution(
    _ graph: JobGraph, _ tracer: Tracer, restoring snapshot: ExecutionSnapshot?,
    _ clock: @escaping ProcessingClock
  ) throws -> Execution {
    var sinks: [Int: any Sink] = [:]
    for (index, node) in graph.nodes.enumerated() {
      if case .sink(let spec) = node.logic {
        // Late rows and dead letters are told in words; the output is what the job is for.
        let isResult = node.inputs.allSatisfy { $0.port == .main }
        sinks[index] = CaptureSink(node: node.id, columns: spec.columns) {
          if isResult { tracer.trace.add(output: $0) }
        }
      }
    }
    let execution = try Execution(
      graph: graph, sinks: sinks, lanes: SerialLanes(), restoring: snapshot, clock: clock)
    let first = graph.nodes.firstIndex { if case .window = $0.logic { true } else { false } }
    execution.onWindowEvents = { node, events in
      if node == first { tracer.trace.add(events) }
    }
    execution.onDeadLetters = { _, letters in tracer.trace.add(letters) }
    return execution
  }

  // MARK: ticks

  private var tick: Int64 { execution.recordsRead + (execution.hasFinished ? 1 : 0) }

  /// One record, or the end of the input.
  ///
  /// - Returns: false where the end had been reached before.
  private func forward() throws -> Bool {
    if execution.hasFinished { return false }
    let before = execution.recordsRead
    tracer.trace.begin(position: before)
    // A block may hold no record (a header, blank lines): read on until something happened.
    repeat {
      try execution.round(maxRecords: 1, maxBytes: 64 * 1024)
    } while execution.recordsRead == before && !execution.hasFinished
    tracer.trace.read(execution)
    furthest = max(furthest, execution.recordsRead)
    if execution.hasFinished { total = execution.recordsRead }
    remember()
    return true
  }

  private func remember() {
    guard let last = memories.last, tick - last.tick >= memoryInterval else { return }
    memories.append(Memory(tick: tick, snapshot: execution.snapshot(), trace: tracer.trace))
    guard memories.count > Self.memoryLimit else { return }
    memoryInterval *= 2
    memories = memories.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
  }

  /// Goes to a tick, through a snapshot where that is nearer.
  private func go(to target: Int64, isCancelled: () -> Bool) throws {
    let target = max(target, 0)
    let nearest = memories.last { $0.tick <= target } ?? memories[0]
    if isBroken || target < tick || nearest.tick > tick { try restore(nearest) }
    while tick < target, !isCancelled() {
      if !(try forward()) { break }
    }
  }

  private func restore(_ memory: Memory) throws {
    execution = try Self.makeExecution(graph, tracer, restoring: memory.snapshot, clock)
    tracer.trace = memory.trace
    isBroken = false
  }

  // MARK: ReplayControlling

  public func move(_ move: ReplayMove, isCancelled: () -> Bool) throws {
    do {
      switch move {
      case .events(let count): try go(to: tick + count, isCancelled: isCancelled)
      case .position(let position): try go(to: position, isCancelled: isCancelled)
      case .end: try go(to: .max, isCancelled: isCancelled)
      case .eventTime(let time): try goToEventTime(time, isCancelled)
      case .nextFiring: try next(isCancelled) { $0.lastFiringTick }
      case .nextWatermark: try next(isCancelled) { $0.lastWatermarkTick }
      case .nextLate: try next(isCancelled) { $0.lastLateTick }
      case .nextCheckpoint: try next(isCancelled) { $0.lastCheckpointTick }
      case .previousLate: try previous(isCancelled) { $0.lastLateTick }
      case .previousCheckpoint: try previous(isCancelled) { $0.lastCheckpointTick }
      case .previousFiring: try previous(isCancelled) { $0.lastFiringTick }
      case .previousWatermark: try previous(isCancelled) { $0.lastWatermarkTick }
      }
    } catch {
      isBroken = true
      throw error
    }
  }

  public func play(advancing ms: Int64?, maxRecords: Int) throws -> Int {
    let target = ms.flatMap { ms in tracer.trace.maxEventTime.map { $0 + ms } }
    var count = 0
    do {
      while count < maxRecords {
        if let target, let newest = tracer.trace.maxEventTime, newest >= target { break }
        if !(try forward()) { break }
        count += 1
        if ms != nil, target == nil, tracer.trace.maxEventTime != nil { break }
      }
    } catch {
      isBroken = true
      throw error
    }
    return count
  }

  /// Forwards until something happens that a trace remembers the tick of.
  private func next(_ isCancelled: () -> Bool, _ last: (ReplayTrace) -> Int64?) throws {
    let before = last(tracer.trace)
    while !isCancelled(), try forward() {
      if last(tracer.trace) != before { return }
    }
  }

  /// Back to the last tick before this one at which something happened; to the start if none is.
  private func previous(_ isCancelled: () -> Bool, _ last: (ReplayTrace) -> Int64?) throws {
    let here = tick
    if let known = last(tracer.trace), known < here {
      return try go(to: known, isCancelled: isCancelled)
    }
    // It happened at this very tick: the trace one tick earlier knows the one before.
    try go(to: here - 1, isCancelled: isCancelled)
    try go(to: last(tracer.trace) ?? 0, isCancelled: isCancelled)
  }

  private func goToEventTime(_ time: Int64, _ isCancelled: () -> Bool) throws {
    if tracer.trace.maxEventTime.map({ $0 >= time }) ?? false {
      let earlier = memories.last { ($0.trace.maxEventTime ?? .min) < time } ?? memories[0]
      try restore(earlier)
    }
    while !isCancelled(), tracer.trace.maxEventTime.map({ $0 < time }) ?? true {
      if !(try forward()) { return }
    }
    if tick > 0, !isCancelled() { try go(to: tick - 1, isCancelled: isCancelled) }
  }

  // MARK: questions

  public func answer(_ query: ReplayQuery, isCancelled: () -> Bool) throws -> ReplayAnswer? {
    switch query {
    case .windows(let query): return .windows(windows(query))
    case .output(let query): return .output(output(query))
    default: return nil
    }
  }

  private func windows(_ query: WindowsQuery) -> WindowsPage {
    var page = WindowsPage()
    let windows = view.windows
    page.counts = windows.reduce(into: [:]) { $0[$1.state, default: 0] += 1 }
    let found = query.order.sorted(
      windows.filter { window in
        query.filter.lowercased().split(separator: " ").allSatisfy { word in
          ([window.key, window.state.rawValue] + window.values)
            .contains { $0.lowercased().contains(word) }
        }
      }, isReversed: query.isReversed)
    (page.offset, page.total) = (query.range.offset, found.count)
    page.windows = Array(found.dropFirst(query.range.offset).prefix(query.range.limit))
    return page
  }

  private func output(_ query: OutputQuery) -> OutputPage {
    var page = OutputPage()
    let rows = view.output.reversed().filter {
      query.stream == .results && $0.text.contains(query.filter)
    }
    (page.offset, page.total) = (query.range.offset, rows.count)
    page.lines = rows.dropFirst(query.range.offset).prefix(query.range.limit).map {
      OutputPage.Line(position: $0.position, sink: $0.sink, kind: $0.kind, values: [$0.text])
    }
    return page
  }

  // MARK: the picture

  public var view: ReplayView {
    var view = tracer.trace.view(graph: graph)
    view.position = execution.recordsRead
    view.total = total
    view.furthest = furthest
    view.isAtEnd = execution.hasFinished
    let accounting = execution.accounting
    view.accounting.read = accounting.read
    view.accounting.emitted = accounting.emitted
    view.accounting.filtered = accounting.filtered
    view.accounting.late = accounting.late
    view.accounting.bad = accounting.bad
    view.accounting.lateUpdated = accounting.lateUpdates
    view.boxes = ReplayBoxes.make(graph: graph, counters: execution.counters)
    view.watermarkStatus = execution.ingest?.watermarkStatus
    if let status = view.watermarkStatus { view.splits = Self.splits(status) }
    if let windowNode, case .window(let spec) = graph.nodes[windowNode].logic {
      fill(&view, windowNode, spec)
    }
    return view
  }

  /// Windows of a pane that are listed: enough for any screen.
  private static let listedKeys = 200

  private func fill(_ view: inout ReplayView, _ node: Int, _ spec: WindowSpec) {
    (view.windowSizeMs, view.windowOffsetMs) = spec.assigner.edges
    view.allowedLatenessMs = spec.allowedLatenessMs
    view.valueNames = spec.aggregates.map(\.name)
    view.liveWindowCount = execution.liveWindowCount(of: node)
    let live = execution.liveWindows(of: node, limit: Self.listedKeys)
    view.windows = tracer.trace.windows(
      live: live, watermark: view.watermark, allowedLatenessMs: spec.allowedLatenessMs)
    view.windowRule = spec.rule
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

  private static func splits(_ status: WatermarkStatus) -> [SplitView] {
    status.splits.enumerated().map { index, split in
      SplitView(
        name: split.name, watermark: split.watermark, maxEventTime: split.newest,
        recordsRead: split.records, hasEnded: split.state == .ended,
        holdsWatermark: index == status.holder, state: split.state)
    }
  }
}

/// Where an execution's callbacks write: shared by the executions that a replay makes.
private final class Tracer {
  var trace: ReplayTrace

  init(graph: JobGraph) { trace = ReplayTrace(graph: graph) }
}
