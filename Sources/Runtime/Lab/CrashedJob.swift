import Columns
import Engine

/// A job of the crash lab: an execution with its sinks, of which nothing but checkpoints in their
/// bytes and the sinks' rows outlive a crash.
final class CrashedJob {
  /// A complete checkpoint as it would stand on disk.
  struct Saved {
    var id: Int64
    var position: Int64
    var checkpoint: Checkpoint

    var byteCount: Int { checkpoint.states.reduce(0) { $0 + $1.bytes.count } }
  }

  let graph: JobGraph
  /// The sinks' rows by their node: they survive.
  let rows: [Int: StagedRows]
  private(set) var saved: Saved?
  private let clock: ProcessingClock
  private var execution: Execution
  private var sinks: [Int: StagedSink]

  /// - Parameter saved: where it goes on from; nil for the start of the log.
  init(_ graph: JobGraph, from saved: Saved?, clock: @escaping ProcessingClock) throws {
    self.graph = graph
    self.saved = saved
    self.clock = clock
    var rows: [Int: StagedRows] = [:]
    for (index, node) in graph.nodes.enumerated() {
      guard case .sink(let spec) = node.logic else { continue }
      rows[index] = StagedRows(isTransactional: spec.guarantee == .exactlyOnce)
    }
    self.rows = rows
    (execution, sinks) = try Self.start(graph, rows, saved, clock)
  }

  private static func start(
    _ graph: JobGraph, _ rows: [Int: StagedRows], _ saved: Saved?,
    _ clock: @escaping ProcessingClock
  ) throws -> (Execution, [Int: StagedSink]) {
    var sinks: [Int: StagedSink] = [:]
    for (index, node) in graph.nodes.enumerated() {
      guard case .sink(let spec) = node.logic, let rows = rows[index] else { continue }
      let sink = StagedSink(
        node: node.id, columns: spec.columns, port: node.inputs.first?.port ?? .main,
        guarantee: spec.guarantee, into: rows)
      try sink.open(restoring: saved?.checkpoint.manifest.handles(of: node.id))
      sinks[index] = sink
    }
    let execution = try Execution(
      graph: graph, sinks: sinks, lanes: SerialLanes(),
      restoring: try saved.map { try JobState.snapshot(from: $0.checkpoint, graph: graph) },
      clock: clock)
    return (execution, sinks)
  }

  var position: Int64 { execution.recordsRead }
  var hasFinished: Bool { execution.hasFinished }

  /// Reads until so many records have been read; nil for the end of the log.
  func run(to target: Int64?, isCancelled: () -> Bool) throws {
    while !hasFinished, !isCancelled(), target.map({ position < $0 }) ?? true {
      let rest = target.map { $0 - position } ?? .max
      try execution.round(maxRecords: Int(min(rest, ReplayMachine.roundRecords)))
    }
  }

  // MARK: the two-phase commit

  /// A checkpoint on its way.
  struct Pending {
    var saved: Saved
    var handles: [(sink: Int, handle: SinkHandle)]
  }

  /// The sinks end their transactions, and the state is frozen and encoded.
  func precommit() throws -> Pending {
    let id = (saved?.id ?? 0) + 1
    var handles: [(sink: Int, handle: SinkHandle)] = []
    for (index, sink) in sinks.sorted(by: { $0.key < $1.key }) {
      handles.append((index, try sink.prepare(checkpoint: id)))
    }
    var saved = Self.save(execution.snapshot(), graph: graph, id: id, position: position)
    saved.checkpoint.manifest.sinks = handles.map {
      .init(id: graph.nodes[$0.sink].id, handle: $0.handle)
    }
    return Pending(saved: saved, handles: handles)
  }

  /// The checkpoint is complete: from now on a restore goes on from it.
  func complete(_ pending: Pending) { saved = pending.saved }

  /// - Returns: the rows that became visible.
  func commit(_ transaction: (sink: Int, handle: SinkHandle)) throws -> Int {
    let before = rows[transaction.sink]?.visible.count ?? 0
    try sinks[transaction.sink]?.commit(transaction.handle)
    return (rows[transaction.sink]?.visible.count ?? 0) - before
  }

  /// Everything that is in memory is lost, and the job starts again from its last complete
  /// checkpoint.
  func crashAndRestore() throws {
    (execution, sinks) = try Self.start(graph, rows, saved, clock)
  }

  /// A checkpoint in the bytes in which it would stand on disk.
  static func save(
    _ snapshot: ExecutionSnapshot, graph: JobGraph, id: Int64, position: Int64
  ) -> Saved {
    let manifest = JobState.manifest(
      of: snapshot, graph: graph, checkpoint: id, createdAtMs: 0, ending: nil)
    return Saved(
      id: id, position: position,
      checkpoint: Checkpoint(
        manifest: manifest, states: JobState.states(of: snapshot, graph: graph)))
  }
}
