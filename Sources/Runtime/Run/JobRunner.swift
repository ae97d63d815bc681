import Connectors
import Columns
import Dispatch
public import Engine

/// The threaded driver: runs a job to its end, saving it as it goes, and goes on where an earlier
/// run was cut off.
///
/// Rounds read one block for each lane. Between rounds a barrier may pass: the operators' state is
/// frozen, the sinks prepare, and the checkpoint is written in the background while the next rounds
/// run; when it is durable, the sinks commit.
public final class JobRunner {
  public struct Options: Sendable {
    /// The folder of all checkpoints.
    public var checkpointDirectory: String
    /// Start over, whatever an earlier run left.
    public var isFresh = false
    /// Bytes in a block.
    public var blockBytes = 1 << 20
    /// Lets each checkpoint complete before the next round instead of writing it beside the stream:
    /// what a test needs to meet every step in the same order.
    public var waitsForCheckpoints = false
    /// Records in a round; more than this only where a block holds more.
    public var maxRecords = Int.max

    public init(checkpointDirectory: String) { self.checkpointDirectory = checkpointDirectory }
  }

  private let graph: JobGraph
  private let options: Options
  private let clock: any RunClock
  private let store: CheckpointStore
  private let queue = DispatchQueue(label: "tidemark.checkpoints")

  public init(graph: JobGraph, options: Options, clock: any RunClock = SystemClock()) {
    self.graph = graph
    self.options = options
    self.clock = clock
    store = CheckpointStore(
      directory: options.checkpointDirectory, job: graph.name, keep: graph.checkpoint.keep)
  }

  /// Runs until the input ends or `shouldStop` says so.
  ///
  /// - Parameters:
  ///   - notify: told in words what the user should know: a restore, a damaged checkpoint.
  ///   - progress: called between rounds.
  ///   - shouldStop: looked at between rounds; a stopped run saves itself first.
  /// - Throws: ``ConnectError`` and ``StateError``; nothing uncommitted is then visible.
  public func run(
    notify: (String) -> Void = { _ in }, progress: (JobProgress) -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> JobSummary {
    let started = clock.monotonicNs
    let restored = try restorePoint(notify)
    let sinks = try openSinks(restored, notify)
    defer { for sink in sinks.values { sink.close() } }
    if let restored, restored.manifest.isFinished {
      return try complete(restored, started: started, notify)
    }
    let execution = try Execution(
      graph: graph, sinks: sinks, lanes: ThreadLanes(width: graph.parallelism),
      restoring: try restored.map { try JobState.snapshot(from: $0, graph: graph) },
      clock: { [clock] _ in clock.wallMs })
    var session = Session(
      execution: execution, nextCheckpoint: try store.nextNumber(),
      restoredFrom: restored?.manifest.checkpoint, startedNs: started,
      lastBarrierNs: started, recordsBefore: execution.recordsRead)
    var wasStopped = false
    do {
      while try execution.round(maxRecords: options.maxRecords, maxBytes: options.blockBytes) {
        try settle(&session, waiting: false)
        let now = clock.monotonicNs
        if shouldStop() {
          wasStopped = true
          break
        }
        if session.pending == nil,
          now - session.lastBarrierNs >= UInt64(graph.checkpoint.everyMs) * 1_000_000
        {
          try barrier(&session, isFinished: false)
          if options.waitsForCheckpoints { try settle(&session, waiting: true) }
        }
        progress(state(of: session, now: clock.monotonicNs))
      }
      try settle(&session, waiting: true)
      try barrier(&session, isFinished: execution.hasFinished)
      let last = session.pending?.id
      try settle(&session, waiting: true)
      if let last, execution.hasFinished { try store.markCommitted(last) }
    } catch {
      try? settle(&session, waiting: true)
      throw error
    }
    progress(state(of: session, now: clock.monotonicNs))
    return JobSummary(
      accounting: execution.accounting, wasStopped: wasStopped,
      elapsedNs: clock.monotonicNs - started,
      recordsThisRun: execution.recordsRead - session.recordsBefore,
      checkpoints: session.completed, restoredFrom: session.restoredFrom,
      watermark: execution.ingest?.watermark ?? minWatermark,
      sources: execution.watermarkStatuses)
  }

  // MARK: starting

  private func restorePoint(_ notify: (String) -> Void) throws -> Checkpoint? {
    if options.isFresh {
      try store.removeAll()
      return nil
    }
    let latest = try store.latest()
    for fault in latest.faults {
      notify("checkpoint \(fault.checkpoint) cannot be used: \(fault.error)")
    }
    guard let checkpoint = latest.checkpoint else {
      if latest.faults.isEmpty { return nil }
      throw ConnectError(
        "every checkpoint in \(store.folder) is damaged",
        remedy: "put a copy back, or start over with --fresh")
    }
    let id = checkpoint.manifest.checkpoint
    if checkpoint.manifest.isFinished, store.isCommitted(id) { return nil }
    notify("going on from checkpoint \(checkpoint.manifest.checkpoint) in \(store.folder)")
    return checkpoint
  }

  /// Ends a job that was cut off after its last checkpoint and before its sinks had committed:
  /// opening them has done so.
  private func complete(_ restored: Checkpoint, started: UInt64, _ notify: (String) -> Void) throws
    -> JobSummary
  {
    let id = restored.manifest.checkpoint
    try store.markCommitted(id)
    notify("the job had come to its end; its last results are committed now")
    let snapshot = try JobState.snapshot(from: restored, graph: graph)
    return JobSummary(
      accounting: JobAccounting(graph: graph, counters: snapshot.counters), wasStopped: false,
      elapsedNs: clock.monotonicNs - started, recordsThisRun: 0, checkpoints: 0, restoredFrom: id,
      watermark: restored.manifest.watermark, sources: [])
  }

  private func openSinks(_ restored: Checkpoint?, _ notify: (String) -> Void) throws
    -> [Int: any Sink]
  {
    var sinks: [Int: any Sink] = [:]
    for (index, node) in graph.nodes.enumerated() {
      guard case .sink(let spec) = node.logic else { continue }
      let sink = try spec.make()
      let handle = restored?.manifest.sinks.first { $0.id == node.id }?.handle
      if restored != nil, handle == nil {
        throw StateError.different(
          operator: node.id, what: "the checkpoint does not know this sink")
      }
      try sink.open(restoring: handle)
      sink.notices.forEach(notify)
      sinks[index] = sink
    }
    return sinks
  }

  // MARK: checkpoints

  private struct Session {
    let execution: Execution
    var nextCheckpoint: Int64
    var restoredFrom: Int64?
    let startedNs: UInt64
    var lastBarrierNs: UInt64
    let recordsBefore: Int64
    var pending: PendingCheckpoint?
    var completed = 0
    var lastCompletedNs: UInt64?
  }

  /// A checkpoint that is being written.
  private final class PendingCheckpoint: @unchecked Sendable {
    // Unchecked: the result is written once on the queue before `done` is signalled, and read after.
    let id: Int64
    let handles: [(sink: Int, handle: SinkHandle)]
    let done = DispatchSemaphore(value: 0)
    var result: Result<Void, any Error>?

    init(id: Int64, handles: [(sink: Int, handle: SinkHandle)]) {
      self.id = id
      self.handles = handles
    }
  }

  /// Freezes the job between two rounds and starts to write it down.
  private func barrier(_ session: inout Session, isFinished: Bool) throws {
    let id = session.nextCheckpoint
    session.nextCheckpoint += 1
    session.lastBarrierNs = clock.monotonicNs
    var handles: [(sink: Int, handle: SinkHandle)] = []
    for (index, sink) in session.execution.sinks.sorted(by: { $0.key < $1.key }) {
      handles.append((index, try sink.prepare(checkpoint: id)))
    }
    let frozen = session.execution.freeze()
    var manifest = JobState.manifest(
      of: frozen.position, graph: graph, checkpoint: id, createdAtMs: clock.wallMs,
      isFinished: isFinished)
    manifest.sinks = handles.map { .init(id: graph.nodes[$0.sink].id, handle: $0.handle) }
    let pending = PendingCheckpoint(id: id, handles: handles)
    session.pending = pending
    let (store, inUse) = (store, session.restoredFrom)
    queue.async { [manifest, graph] in
      pending.result = Result {
        let states = JobState.states(of: frozen.snapshot(), graph: graph)
        _ = try store.save(manifest, states: states, inUse: inUse)
      }
      pending.done.signal()
    }
  }

  /// Commits a checkpoint that has been written.
  private func settle(_ session: inout Session, waiting: Bool) throws {
    guard let pending = session.pending else { return }
    if pending.done.wait(timeout: waiting ? .distantFuture : .now()) == .timedOut { return }
    session.pending = nil
    try pending.result?.get()
    for (index, handle) in pending.handles { try session.execution.sinks[index]?.commit(handle) }
    session.completed += 1
    session.lastCompletedNs = clock.monotonicNs
  }

  private func state(of session: Session, now: UInt64) -> JobProgress {
    let execution = session.execution
    let bytes = execution.ingest?.progress ?? (read: 0, total: nil)
    return JobProgress(
      recordsRead: execution.recordsRead, bytesRead: bytes.read, bytesTotal: bytes.total,
      watermark: execution.ingest?.watermark ?? minWatermark,
      maxEventTime: execution.ingest?.maxEventTime, elapsedNs: now - session.startedNs,
      recordsThisRun: execution.recordsRead - session.recordsBefore,
      checkpoints: session.completed,
      sinceCheckpointNs: session.lastCompletedNs.map { now - $0 })
  }
}

/// How far a run has come.
public struct JobProgress: Sendable {
  /// Records since the job's beginning, and since this run's.
  public var recordsRead: Int64
  public var bytesRead: Int64
  public var bytesTotal: Int64?
  public var watermark: Int64
  public var maxEventTime: Int64?
  public var elapsedNs: UInt64
  public var recordsThisRun: Int64
  public var checkpoints: Int
  public var sinceCheckpointNs: UInt64?

  init(
    recordsRead: Int64, bytesRead: Int64, bytesTotal: Int64?, watermark: Int64,
    maxEventTime: Int64?, elapsedNs: UInt64, recordsThisRun: Int64, checkpoints: Int,
    sinceCheckpointNs: UInt64?
  ) {
    self.recordsRead = recordsRead
    self.bytesRead = bytesRead
    self.bytesTotal = bytesTotal
    self.watermark = watermark
    self.maxEventTime = maxEventTime
    self.elapsedNs = elapsedNs
    self.recordsThisRun = recordsThisRun
    self.checkpoints = checkpoints
    self.sinceCheckpointNs = sinceCheckpointNs
  }
}

/// What a run did.
public struct JobSummary: Sendable {
  /// Every record since the job's beginning.
  public var accounting: JobAccounting
  /// Whether it was told to stop before the end of the input.
  public var wasStopped: Bool
  public var elapsedNs: UInt64
  public var recordsThisRun: Int64
  public var checkpoints: Int
  public var restoredFrom: Int64?
  public var watermark: Int64
  /// How the watermark of each source stood at the end.
  public var sources: [WatermarkStatus]
}
