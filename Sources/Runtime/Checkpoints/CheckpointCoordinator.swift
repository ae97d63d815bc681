import Columns
import Engine
import Synchronization

/// Takes a job's checkpoints: freezes it between two rounds, lets the sinks end their transactions,
/// and beside the stream has those made durable, the state written, and then what the sinks have
/// prepared made visible.
///
/// One checkpoint is under way at a time. What sinks prepared for one that fails stays prepared, and
/// is committed with the next that completes.
final class CheckpointCoordinator {
  /// What is known of a job's checkpoints.
  struct Figures: Sendable {
    var completed = 0
    var failed = 0
    /// Of the complete ones together, and what of it was not written because earlier ones had it.
    var bytes: Int64 = 0
    var sharedBytes: Int64 = 0
    /// The newest complete one.
    var lastID: Int64?
    var lastCompletedNs: UInt64?
    /// From the barrier until it was durable.
    var lastDurationNs: UInt64?
    /// For how long the stream stood still.
    var lastFreezeNs: UInt64?
    var lastBytes: Int64?
    /// The records that it covers.
    var lastRecords: Int64?
  }

  private(set) var figures = Figures()
  private let graph: JobGraph
  private let sinks: [Int: any Sink]
  private let store: CheckpointStore
  private let clock: any RunClock
  private let writer: any CheckpointWriter
  private let restoredFrom: Int64?
  private let notify: (String) -> Void
  private var nextID: Int64
  private var lastBarrierNs: UInt64
  private var pending: Pending?
  /// Prepared for checkpoints that failed, oldest first.
  private var prepared: [(sink: Int, transaction: Precommitted)] = []
  private var failuresInARow = 0

  /// A transaction of a sink on its way to being durable, and then visible.
  private final class Precommitted: Sendable {
    let handle: SinkHandle
    private enum State {
      case waiting(@Sendable () throws -> Void)
      case durable
      case lost(any Error)
    }
    private let state: Guarded<State>
    let makeVisible: (@Sendable () throws -> Void)?

    init(_ transaction: PrecommittedTransaction) {
      handle = transaction.handle
      makeVisible = transaction.makeVisible
      state = Guarded(transaction.makeDurable.map { .waiting($0) } ?? .durable)
    }

    /// Waits until it is durable; one that failed stays so, for the bytes may be gone.
    func makeDurable() throws {
      try state.withLock { state in
        switch state {
        case .durable: return
        case .lost(let error): throw TransactionLost(reason: error)
        case .waiting(let work):
          do {
            try work()
            state = .durable
          } catch {
            state = .lost(error)
            throw TransactionLost(reason: error)
          }
        }
      }
    }
  }

  /// What a sink wrote may be gone: the job must go back to its last checkpoint.
  private struct TransactionLost: Error { var reason: any Error }

  /// The checkpoint is complete, and what it holds could not be made visible.
  private struct CommitFault: Error { var reason: any Error }

  /// A checkpoint that is being written.
  private final class Pending: Sendable {
    private enum Stage: Int, AtomicRepresentable { case writing, committing, givenUp }

    let id: Int64
    let startedNs: UInt64
    let freezeNs: UInt64
    let records: Int64
    private let stage = Atomic(Stage.writing)
    private let outcome = Guarded<Result<CheckpointStore.Saved, any Error>?>(nil)

    init(id: Int64, startedNs: UInt64, freezeNs: UInt64, records: Int64) {
      self.id = id
      self.startedNs = startedNs
      self.freezeNs = freezeNs
      self.records = records
    }

    /// Saves it, and commits it unless it was given up until then.
    func write(
      _ save: (@escaping @Sendable () -> Bool) throws -> CheckpointStore.Saved,
      commit: () throws -> Void
    ) {
      let result = Result {
        let saved = try save { [self] in stage.load(ordering: .relaxed) == .givenUp }
        if leave(.writing, for: .committing) {
          do { try commit() } catch { throw CommitFault(reason: error) }
        }
        return saved
      }
      outcome.withLock { $0 = result }
    }

    /// - Returns: whether it will not be committed; where it is complete by now, it is.
    func giveUp() -> Bool { leave(.writing, for: .givenUp) }

    private func leave(_ from: Stage, for next: Stage) -> Bool {
      stage.compareExchange(expected: from, desired: next, ordering: .acquiringAndReleasing)
        .exchanged
    }

    /// Nil until it has ended.
    var result: Result<CheckpointStore.Saved, any Error>? { outcome.withLock { $0 } }
  }

  private var writing: (any CheckpointWriting)?
  /// The checkpoint of which was said that its commit takes long.
  private var saidSlow: Int64?

  init(
    graph: JobGraph, sinks: [Int: any Sink], store: CheckpointStore, clock: any RunClock,
    writer: any CheckpointWriter, restoredFrom: Int64?, firstID: Int64,
    notify: @escaping (String) -> Void
  ) {
    self.graph = graph
    self.sinks = sinks
    self.store = store
    self.clock = clock
    self.writer = writer
    self.restoredFrom = restoredFrom
    self.notify = notify
    nextID = firstID
    lastBarrierNs = clock.monotonicNs
  }

  /// The number of the next checkpoint: never one that was used before.
  var unusedID: Int64 { nextID }
  var isIdle: Bool { pending == nil }

  /// Whether the time has come for the next.
  func isDue(_ nowNs: UInt64) -> Bool {
    pending == nil && nowNs &- lastBarrierNs >= UInt64(graph.checkpoint.everyMs) * 1_000_000
  }

  // MARK: The barrier

  /// Freezes the job between two rounds and starts to write it down.
  ///
  /// - Returns: its number.
  @discardableResult
  func begin(_ execution: Execution, ending: CheckpointManifest.Ending? = nil) throws -> Int64 {
    precondition(pending == nil, "one checkpoint at a time")
    let id = nextID
    nextID += 1
    let started = clock.monotonicNs
    lastBarrierNs = started
    for (index, sink) in sinks.sorted(by: { $0.key < $1.key }) {
      prepared.append((index, Precommitted(try sink.precommit(checkpoint: id))))
    }
    let frozen = execution.freeze()
    var manifest = JobState.manifest(
      of: frozen.position, graph: graph, checkpoint: id, createdAtMs: clock.wallMs, ending: ending)
    manifest.sinks = prepared.map {
      .init(id: graph.nodes[$0.sink].id, handle: $0.transaction.handle)
    }
    let pending = Pending(
      id: id, startedNs: started, freezeNs: clock.monotonicNs &- started,
      records: execution.recordsRead)
    self.pending = pending
    let transactions = prepared.map(\.transaction)
    writing = writer.start { [graph, store, restoredFrom, manifest] in
      pending.write { isGivenUp in
        for transaction in transactions { try transaction.makeDurable() }
        return try store.save(
          manifest, frozen: frozen, graph: graph, inUse: restoredFrom, isGivenUp: isGivenUp)
      } commit: {
        for transaction in transactions { try transaction.makeVisible?() }
      }
    }
    return id
  }

  /// What became of a checkpoint.
  enum Outcome {
    /// It is durable, and the sinks have committed.
    case completed(Int64)
    /// It failed, and that is tolerated: in words, with how many failed in a row.
    case failed(Int64, reason: any Error, inARow: Int)
  }

  /// Sees whether the checkpoint that is under way is durable, and commits it.
  ///
  /// - Parameter waiting: waits for it up to its timeout, and for a commit to its end.
  /// - Returns: nil where none has ended.
  /// - Throws: its fault where no more are tolerated, and a fault of a commit.
  func settle(waiting: Bool) throws -> Outcome? {
    guard let pending, let writing else { return nil }
    let limitNs = UInt64(graph.checkpoint.timeoutMs) * 1_000_000
    let spentNs = clock.monotonicNs &- pending.startedNs
    let restNs = spentNs < limitNs ? limitNs - spentNs : 0
    if !writing.wait(limitNs: waiting ? restNs : 0) {
      guard waiting || restNs == 0 else { return nil }
      if pending.giveUp() {
        self.pending = nil
        return try fail(pending, timeout(of: pending.id))
      }
      // It is complete, and being committed: no other begins, and nothing is closed, before the end
      // of that.
      saySlow(pending)
      guard waiting else { return nil }
      _ = writing.wait(limitNs: .max)
    }
    self.pending = nil
    switch pending.result {
    case .success(let saved): return try commit(pending, saved)
    case .failure(let error as CommitFault): throw error.reason
    case .failure(let error): return try fail(pending, error)
    case nil: preconditionFailure("checkpoint \(pending.id) has not ended")
    }
  }

  private func saySlow(_ pending: Pending) {
    if saidSlow == pending.id { return }
    saidSlow = pending.id
    notify(
      "checkpoint \(pending.id) is complete, but its results are not visible after "
        + "\(formatDuration(graph.checkpoint.timeoutMs)): see why what they are written to is slow")
  }

  private func timeout(of id: Int64) -> ConnectError {
    ConnectError(
      "checkpoint \(id) was not complete within its timeout of "
        + formatDuration(graph.checkpoint.timeoutMs),
      remedy: "raise `checkpoint: { timeout: … }`, or see why \(store.folder) is slow",
      isTransient: true)
  }

  private func commit(_ pending: Pending, _ saved: CheckpointStore.Saved) throws -> Outcome {
    if let fault = saved.cleaningFault {
      notify("old checkpoints could not be removed: \(fault)")
    }
    for (index, transaction) in prepared { try sinks[index]?.commit(transaction.handle) }
    prepared = []
    failuresInARow = 0
    let now = clock.monotonicNs
    figures.completed += 1
    figures.lastID = pending.id
    figures.lastCompletedNs = now
    figures.lastDurationNs = now &- pending.startedNs
    figures.lastFreezeNs = pending.freezeNs
    figures.lastRecords = pending.records
    let bytes = saved.manifest.operators.reduce(0) { $0 + $1.size }
    figures.lastBytes = bytes
    figures.bytes += bytes
    figures.sharedBytes += saved.linkedBytes
    return .completed(pending.id)
  }

  private func fail(_ pending: Pending, _ error: any Error) throws -> Outcome {
    figures.failed += 1
    if let lost = error as? TransactionLost { throw lost.reason }
    failuresInARow += 1
    if failuresInARow > graph.checkpoint.toleratedFailures { throw error }
    return .failed(pending.id, reason: error, inARow: failuresInARow)
  }
}
