import Columns
import Connectors
import Engine

/// One attempt to run a job: from a checkpoint, or from the beginning, to the end of the input, a
/// request to stop, or a fault.
final class JobAttempt {
  private let graph: JobGraph
  private let options: JobRunner.Options
  private let clock: any RunClock
  private let store: CheckpointStore
  private let notify: (String) -> Void
  private let restored: Checkpoint?
  private let sinks: [Int: any Sink]
  private let execution: Execution
  private let coordinator: CheckpointCoordinator
  private let recordsBefore: Int64
  private var peakState: [String: OperatorMemory] = [:]
  private var request: SavepointRequest?
  /// The checkpoint that the request waits for.
  private var requested: Int64?

  /// - Parameter firstID: no checkpoint may have a lower number.
  init(
    graph: JobGraph, options: JobRunner.Options, clock: any RunClock, store: CheckpointStore,
    writer: any CheckpointWriter, restored: Checkpoint?, firstID: Int64,
    notify: @escaping (String) -> Void, stopwatch: Stopwatch? = nil
  ) throws {
    self.graph = graph
    self.options = options
    self.clock = clock
    self.store = store
    self.notify = notify
    self.restored = restored
    if let restored {
      let plan = RestorePlan(
        restored.manifest, graph: graph, dropsUnknown: options.allowsNonRestoredState)
      try plan.check(restored.manifest.checkpoint)
      plan.notices.forEach(notify)
    }
    let sinks = try Self.openSinks(graph, restored, notify)
    do {
      execution = try Execution(
        graph: graph, sinks: sinks, lanes: ThreadLanes(width: graph.parallelism),
        restoring: try restored.map { try JobState.snapshot(from: $0, graph: graph) },
        clock: { [clock] _ in clock.wallMs }, stopwatch: stopwatch)
    } catch {
      for sink in sinks.values { sink.close() }
      throw error
    }
    self.sinks = sinks
    coordinator = CheckpointCoordinator(
      graph: graph, sinks: sinks, store: store, clock: clock, writer: writer,
      restoredFrom: restored?.manifest.checkpoint, firstID: firstID, notify: notify)
    recordsBefore = execution.recordsRead
  }

  func close() { for sink in sinks.values { sink.close() } }

  private static func openSinks(
    _ graph: JobGraph, _ restored: Checkpoint?, _ notify: (String) -> Void
  ) throws -> [Int: any Sink] {
    var sinks: [Int: any Sink] = [:]
    do {
      for (index, node) in graph.nodes.enumerated() {
        guard case .sink(let spec) = node.logic else { continue }
        let sink = try spec.make()
        sinks[index] = sink
        // A sink that the checkpoint does not know starts afresh.
        let handles = restored?.manifest.handles(of: node.id) ?? []
        try sink.open(restoring: handles.isEmpty ? nil : handles)
        sink.notices.forEach(notify)
      }
      return sinks
    } catch {
      for sink in sinks.values { sink.close() }
      throw error
    }
  }

  // MARK: what is known of it

  var figures: CheckpointCoordinator.Figures { coordinator.figures }
  var unusedID: Int64 { coordinator.unusedID }
  var recordsThisRun: Int64 { execution.recordsRead - recordsBefore }
  /// Whether what it has read can be read again by another attempt.
  var canStartAgain: Bool { execution.canReadAgain || execution.recordsRead == 0 }

  // MARK: running

  /// How an attempt ended without a fault.
  struct Ending {
    var wasStopped = false
    var wasDrained = false
  }

  /// - Parameter progress: called between rounds.
  func run(_ control: (any JobControl)?, progress: () -> Void) throws -> Ending {
    if let restored, restored.manifest.isFinished {
      // Cut off after its last checkpoint and before its sinks had committed: opening them did so.
      try store.markCommitted(restored.manifest.checkpoint)
      notify("the job had come to its end; its last results are committed now")
      return Ending()
    }
    do {
      let ending = try rounds(control, progress)
      try settle(waiting: true)
      let last = try coordinator.begin(
        execution,
        ending: ending.wasDrained ? .drained : execution.hasFinished ? .endOfInput : nil)
      if let request, request.then == .goOn, execution.hasFinished {
        control?.answer(
          request, SavepointAnswer(fault: "the job came to its end before it took the savepoint"))
        self.request = nil
      } else if request != nil {
        requested = last
      }
      try settleLast(last)
      answer(control)
      if execution.hasFinished { try store.markCommitted(last) }
      return ending
    } catch {
      // What is complete is committed, so that readers see as much as there is; the fault that
      // ended the attempt is the one to tell.
      _ = try? coordinator.settle(waiting: true)
      if let request { control?.answer(request, SavepointAnswer(fault: "\(error)")) }
      throw error
    }
  }

  private func rounds(_ control: (any JobControl)?, _ progress: () -> Void) throws -> Ending {
    var ending = Ending()
    while try execution.round(maxRecords: options.maxRecords, maxBytes: options.blockBytes) {
      try settle(waiting: false)
      answer(control)
      if control?.isStopAsked == true {
        ending.wasStopped = true
        return ending
      }
      if request == nil, let asked = control?.takeRequest() { request = asked }
      if let request, request.then != .goOn {
        ending.wasStopped = true
        if request.then == .drain {
          try settle(waiting: true)
          try execution.drain()
          ending.wasDrained = true
        }
        return ending
      }
      try watchState()
      if coordinator.isIdle,
        request != nil && requested == nil || coordinator.isDue(clock.monotonicNs)
      {
        let id = try coordinator.begin(execution)
        if request != nil, requested == nil { requested = id }
        if options.waitsForCheckpoints { try settle(waiting: true) }
      }
      progress()
    }
    return ending
  }

  /// Tells what became of a checkpoint.
  private func settle(waiting: Bool) throws {
    switch try coordinator.settle(waiting: waiting) {
    case .failed(let id, let reason, let inARow):
      notify(
        "checkpoint \(id) failed: \(reason); the job goes on (\(inARow) of "
          + "\(graph.checkpoint.toleratedFailures) tolerated)")
      if requested == id { requested = nil }
    case .completed, nil: break
    }
  }

  /// The last checkpoint must complete: there is no next one to commit what was prepared.
  private func settleLast(_ id: Int64) throws {
    switch try coordinator.settle(waiting: true) {
    case .failed(_, let reason, _): throw reason
    case .completed, nil: return
    }
  }

  // MARK: savepoints

  private func answer(_ control: (any JobControl)?) {
    guard let request, let requested, figures.lastID == requested else { return }
    (self.request, self.requested) = (nil, nil)
    let path = request.path ?? store.savepointPath(of: requested)
    do {
      try store.copy(requested, toSavepoint: path)
      control?.answer(
        request,
        SavepointAnswer(path: path, checkpoint: requested, recordsRead: figures.lastRecords))
      notify("savepoint \(path) is a copy of checkpoint \(requested)")
    } catch {
      control?.answer(request, SavepointAnswer(fault: "\(error)"))
      notify("the savepoint failed: \(error)")
    }
  }

  // MARK: memory

  /// Ends the job before the kernel does: with a last checkpoint, so that nothing has to be read
  /// again.
  private func watchState() throws {
    let memory = execution.memory
    var total = 0
    for entry in memory {
      if entry.bytes > peakState[entry.id]?.bytes ?? -1 { peakState[entry.id] = entry }
      total += entry.bytes
    }
    guard let limit = options.stateLimitBytes, Int64(total) > limit else { return }
    try settle(waiting: true)
    let id = try coordinator.begin(execution)
    try settleLast(id)
    let largest = memory.max { $0.bytes < $1.bytes }
    throw StateLimitError(
      operator: largest?.id ?? graph.name, operatorBytes: Int64(largest?.bytes ?? 0),
      totalBytes: Int64(total), limitBytes: limit, checkpoint: id)
  }

  // MARK: figures

  func progress(elapsedNs: UInt64, restarts: Int, earlier: EarlierFigures) -> JobProgress {
    let bytes = execution.ingest?.progress ?? (read: 0, total: nil)
    let figures = figures
    return JobProgress(
      recordsRead: execution.recordsRead, bytesRead: bytes.read, bytesTotal: bytes.total,
      watermark: execution.ingest?.watermark ?? minWatermark,
      maxEventTime: execution.ingest?.maxEventTime, elapsedNs: elapsedNs,
      recordsThisRun: earlier.records + recordsThisRun,
      checkpoints: earlier.completed + figures.completed,
      failedCheckpoints: earlier.failed + figures.failed,
      sinceCheckpointNs: figures.lastCompletedNs.map { clock.monotonicNs &- $0 },
      lastCheckpointNs: figures.lastDurationNs, lastCheckpointBytes: figures.lastBytes,
      stateBytes: execution.stateBytes, restarts: restarts)
  }

  func summary(
    _ ending: Ending, elapsedNs: UInt64, restarts: Int, earlier: EarlierFigures
  ) -> JobSummary {
    let figures = figures
    return JobSummary(
      accounting: execution.accounting, wasStopped: ending.wasStopped,
      wasDrained: ending.wasDrained, elapsedNs: elapsedNs,
      recordsThisRun: earlier.records + recordsThisRun,
      checkpoints: earlier.completed + figures.completed,
      failedCheckpoints: earlier.failed + figures.failed,
      checkpointBytes: earlier.bytes + figures.bytes,
      sharedBytes: earlier.sharedBytes + figures.sharedBytes, restarts: restarts,
      restoredFrom: restored?.manifest.checkpoint,
      watermark: execution.ingest?.watermark ?? minWatermark,
      sources: execution.watermarkStatuses,
      peakState: peakState.values.sorted { ($1.bytes, $0.id) < ($0.bytes, $1.id) },
      lastFreezeNs: figures.lastFreezeNs, lastCheckpointNs: figures.lastDurationNs,
      lastCheckpointBytes: figures.lastBytes)
  }

  /// What the attempts before this one did.
  struct EarlierFigures {
    var records: Int64 = 0
    var completed = 0
    var failed = 0
    var bytes: Int64 = 0
    var sharedBytes: Int64 = 0

    mutating func add(_ attempt: JobAttempt) {
      records += attempt.recordsThisRun
      completed += attempt.figures.completed
      failed += attempt.figures.failed
      bytes += attempt.figures.bytes
      sharedBytes += attempt.figures.sharedBytes
    }
  }
}

/// The operators hold more state than they may.
public struct StateLimitError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The one that holds most.
  public var `operator`: String
  public var operatorBytes: Int64
  public var totalBytes: Int64
  public var limitBytes: Int64
  /// The checkpoint that was taken before the job ended: nothing is lost.
  public var checkpoint: Int64

  public var description: String {
    "the state holds \(formatBytes(totalBytes)), over its limit of \(formatBytes(limitBytes)); "
      + "'\(`operator`)' holds most of it, \(formatBytes(operatorBytes)); checkpoint \(checkpoint) has "
      + "everything up to here: raise `state: { limit: … }` or let windows close earlier, and run "
      + "it again"
  }
}
