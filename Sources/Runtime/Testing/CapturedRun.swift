public import Columns
public import Engine

/// A job run to its end, or to its last record, with nothing written outside: what every sink would
/// have got, and where every record went.
public struct CapturedRun: Sendable {
  /// A record or a row that became a dead letter.
  public struct Dead: Sendable, Equatable {
    /// The operator that could not take it, by its position in the graph.
    public var node: Int
    public var error: String
    public var position: String
    public var raw: String
  }

  /// A row behind the watermark for its window.
  public struct Late: Sendable, Equatable {
    public var node: Int
    public var key: String
    public var time: Int64
    public var start: Int64
    public var end: Int64
    public var watermark: Int64
    public var missedByMs: Int64
  }

  /// The rows of each sink by its position in the graph: values of the sink's columns in order.
  public var rows: [Int: [[Value]]] = [:]
  public var dead: [Dead] = []
  public var late: [Late] = []
  /// By position in the graph.
  public var counters: [NodeCounters] = []
  public var read: Int64 = 0

  /// Steps through a job, one record at a time.
  ///
  /// - Parameters:
  ///   - stopAfter: stop after so many records, before the input ends and every window fires; nil
  ///     to go on to the end.
  ///   - marker: a record that stands after the last of a split, so that the split has not ended
  ///     with that; it is no record of the job.
  /// - Throws: ``ConnectError`` for a source that cannot be read.
  public static func run(_ graph: JobGraph, stopAfter: Int64? = nil, marker: String? = nil) throws
    -> CapturedRun
  {
    var graph = graph
    graph.parallelism = 1
    var sinks: [Int: RowSink] = [:]
    for (index, node) in graph.nodes.enumerated() {
      if case .sink(let spec) = node.logic { sinks[index] = RowSink(columns: spec.columns) }
    }
    let notes = Notes()
    let execution = try Execution(graph: graph, sinks: sinks, lanes: SerialLanes())
    execution.onDeadLetters = { node, letters in
      notes.dead += letters.map {
        Dead(node: node, error: $0.error, position: $0.position, raw: $0.raw.string)
      }
    }
    execution.onWindowEvents = { node, events in
      for event in events {
        if case .late(_, let key, let time, let start, let end, let watermark, let missed) = event {
          notes.late.append(
            Late(
              node: node, key: key, time: time, start: start, end: end, watermark: watermark,
              missedByMs: missed))
        }
      }
    }
    let isMarker = { (dead: Dead) in marker != nil && dead.raw == marker }
    while true {
      let read = execution.recordsRead - Int64(notes.dead.count(where: isMarker))
      if let stopAfter, read >= stopAfter { break }
      if !(try execution.round(maxRecords: 1, maxBytes: 64 * 1024)) { break }
    }
    var run = CapturedRun()
    run.rows = sinks.mapValues(\.rows)
    (run.dead, run.late) = (notes.dead, notes.late)
    run.counters = execution.counters
    run.read = execution.recordsRead
    for dead in run.dead where isMarker(dead) {
      run.counters[dead.node].rowsIn -= 1
      run.counters[dead.node].bad -= 1
      run.read -= 1
    }
    run.dead.removeAll(where: isMarker)
    return run
  }

  /// Where the callbacks of an execution write.
  private final class Notes {
    var dead: [Dead] = []
    var late: [Late] = []
  }
}

/// A sink that keeps its rows as values.
private final class RowSink: Sink {
  let guarantee = Guarantee.exactlyOnce
  private(set) var rows: [[Value]] = []
  private let columns: [Int]

  init(columns: [Int]) { self.columns = columns }

  func open(restoring restored: [SinkHandle]?) throws {}

  func write(_ batch: Batch) throws {
    for row in batch.selectedRows {
      rows.append(columns.map { batch.columns[$0].map { Value($0, Int(row)) } ?? .null })
    }
  }

  func precommit(checkpoint: Int64) throws -> PrecommittedTransaction {
    PrecommittedTransaction(SinkHandle(checkpoint: checkpoint))
  }
  func commit(_ handle: SinkHandle) throws {}
  func abort() throws {}
  func close() {}
}
