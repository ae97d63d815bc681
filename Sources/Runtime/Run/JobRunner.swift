package import Connectors
import Columns
public import Engine

/// The threaded driver: runs a job to its end, saving it as it goes, and goes on where an earlier
/// run was cut off.
///
/// Rounds read one block for each lane. Between rounds a barrier may pass: the operators' state is
/// frozen, the sinks prepare, and the checkpoint is written in the background while the next rounds
/// run; when it is durable, the sinks commit. Nothing is under way between two rounds, so a barrier
/// is aligned across all subtasks and inputs by itself. A fault that may pass starts the job again
/// from its last checkpoint.
public final class JobRunner {
  public struct Options: Sendable {
    /// The folder of all checkpoints.
    public var checkpointDirectory: String
    /// Start over, whatever an earlier run left.
    public var isFresh = false
    /// The savepoint to go on from; nil for the newest checkpoint.
    public var savepoint: String?
    /// Whether state of operators that the pipeline no longer has may be forgotten.
    public var allowsNonRestoredState = false
    /// The most bytes of state; nil for no limit.
    public var stateLimitBytes: Int64?
    /// Bytes in a block.
    public var blockBytes = 1 << 20
    /// Lets each checkpoint complete before the next round instead of writing it beside the stream:
    /// what a test needs to meet every step in the same order.
    public var waitsForCheckpoints = false
    /// Records in a round; more than this only where a block holds more.
    public var maxRecords = Int.max

    /// About how large a part of the state is at least that checkpoints share.
    package var minSharedBytes = 64 << 10

    public init(checkpointDirectory: String) { self.checkpointDirectory = checkpointDirectory }
  }

  private let graph: JobGraph
  private let options: Options
  private let clock: any RunClock
  private let writer: any CheckpointWriter
  private let files: FileSystem
  private let store: CheckpointStore

  public convenience init(
    graph: JobGraph, options: Options, clock: any RunClock = SystemClock(),
    writer: any CheckpointWriter = ThreadedCheckpointWriter()
  ) {
    self.init(graph: graph, options: options, clock: clock, writer: writer, files: FileSystem())
  }

  package init(
    graph: JobGraph, options: Options, clock: any RunClock, writer: any CheckpointWriter,
    files: FileSystem
  ) {
    self.graph = graph
    self.options = options
    self.clock = clock
    self.writer = writer
    self.files = files
    store = CheckpointStore(
      directory: options.checkpointDirectory, job: graph.name, keep: graph.checkpoint.keep,
      files: files, minSharedBytes: options.minSharedBytes)
  }

  /// Runs until the input ends or `control` says so.
  ///
  /// - Parameters:
  ///   - notify: told in words what the user should know: a restore, a damaged checkpoint, a
  ///     restart.
  ///   - progress: called between rounds.
  ///   - control: looked at between rounds; a stopped run saves itself first.
  ///   - stopwatch: measures how long each operator works; nil costs nothing.
  /// - Throws: ``ConnectError``, ``StateError`` and ``StateLimitError``; nothing uncommitted is then
  ///   visible.
  public func run(
    notify: @escaping (String) -> Void = { _ in }, progress: (JobProgress) -> Void = { _ in },
    control: (any JobControl)? = nil, stopwatch: Stopwatch? = nil
  ) throws -> JobSummary {
    let started = clock.monotonicNs
    let lock = try JobLock(folder: store.folder, job: graph.name, files: files)
    defer { withExtendedLifetime(lock) {} }
    if options.isFresh { try store.removeAll() }
    if let savepoint = options.savepoint {
      let number = try store.adopt(savepoint: savepoint)
      notify("checkpoint \(number) is a copy of the savepoint \(savepoint)")
    }
    var restarts = Restarts(graph.restart)
    var earlier = JobAttempt.EarlierFigures()
    var firstID: Int64 = 1
    if let done = try nothingLeft(notify, started: started) { return done }
    while true {
      var attempt: JobAttempt?
      defer { attempt?.close() }
      do {
        let restored = try restorePoint(notify)
        firstID = max(firstID, try store.nextNumber())
        let current = try JobAttempt(
          graph: graph, options: options, clock: clock, store: store, writer: writer,
          restored: restored, firstID: firstID, notify: notify, stopwatch: stopwatch)
        attempt = current
        func report() {
          progress(
            current.progress(
              elapsedNs: clock.monotonicNs - started, restarts: restarts.total, earlier: earlier))
        }
        let ending = try current.run(control, progress: report)
        report()
        return current.summary(
          ending, elapsedNs: clock.monotonicNs - started, restarts: restarts.total,
          earlier: earlier)
      } catch {
        if let attempt {
          earlier.add(attempt)
          firstID = attempt.unusedID
          if attempt.figures.completed > 0 { restarts.progressed() }
        }
        guard (error as? ConnectError)?.isTransient == true, attempt?.canStartAgain ?? true,
          control?.isStopAsked != true, let delayMs = restarts.next()
        else { throw error }
        notify(
          "\(error); starting again in \(formatDuration(delayMs)) "
            + "(\(restarts.inARow) of \(restarts.attempts))")
        clock.sleep(ms: delayMs) { control?.isStopAsked == true }
        if control?.isStopAsked == true { throw error }
      }
    }
  }

  /// A job that came to its end with the same pipeline and log, and whose rows would be added a
  /// second time: whoever starts it again may not know that it had ended.
  private func nothingLeft(_ notify: (String) -> Void, started: UInt64) throws -> JobSummary? {
    let adds = graph.nodes.contains { node in
      if case .sink(let spec) = node.logic { spec.addsToEarlierRuns } else { false }
    }
    guard adds, let checkpoint = try store.latest().checkpoint else { return nil }
    let manifest = checkpoint.manifest
    guard manifest.isFinished, manifest.isDrained != true, store.isCommitted(manifest.checkpoint),
      manifest.fingerprint == graph.fingerprint, try isSameLog(manifest)
    else { return nil }
    notify(
      "the job has come to its end with this log, and its rows are in their table; --fresh starts "
        + "it over and adds them again")
    let snapshot = try JobState.snapshot(from: checkpoint, graph: graph)
    return JobSummary(
      accounting: JobAccounting(graph: graph, counters: snapshot.counters), wasStopped: false,
      elapsedNs: clock.monotonicNs - started, recordsThisRun: 0, checkpoints: 0,
      restoredFrom: manifest.checkpoint, watermark: manifest.watermark, sources: [])
  }

  /// Whether every split has ended where the checkpoint left it, and there is no other.
  private func isSameLog(_ manifest: CheckpointManifest) throws -> Bool {
    for node in graph.nodes {
      guard case .ingest(let source, _) = node.logic else { continue }
      let known = manifest.splits.filter { $0.source == node.id }
      let splits = try source.splits()
      guard splits.count == known.count else { return false }
      for split in splits {
        guard let left = known.first(where: { $0.name == split.name }), split.size == left.offset
        else { return false }
      }
    }
    return true
  }

  private func restorePoint(_ notify: (String) -> Void) throws -> Checkpoint? {
    let latest = try store.latest()
    for fault in latest.faults {
      notify("checkpoint \(fault.checkpoint) cannot be used: \(fault.error)")
    }
    guard let checkpoint = latest.checkpoint else {
      if latest.faults.isEmpty { return nil }
      throw ConnectError(
        "every checkpoint in \(store.folder) is damaged",
        remedy: "put a copy back, go on from a savepoint with --from, or start over with --fresh")
    }
    let manifest = checkpoint.manifest
    if manifest.isFinished, store.isCommitted(manifest.checkpoint) {
      if manifest.isDrained == true {
        notify("the last run was drained, and its windows fired early: this one starts over")
      }
      return nil
    }
    notify("going on from checkpoint \(manifest.checkpoint) in \(store.folder)")
    try store.removeAbandoned(manifest)
    return checkpoint
  }
}
