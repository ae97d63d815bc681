import Columns
import Engine

/// Where a replay can go on from: an execution's state and what was remembered with it.
struct ReplayMemory: Sendable {
  var tick: Int64
  var snapshot: ExecutionSnapshot
  var trace: ReplayTrace

  /// About what it takes in memory.
  var byteCount: Int { snapshot.byteCount + trace.byteCount }
}

/// An execution with its trace, which can be carried forward and put back.
///
/// A *tick* is one record, or the end of the input after the last. Records are read in rounds of
/// many; what is remembered is as if they had been read one by one.
final class ReplayMachine {
  let graph: JobGraph
  private let clock: ProcessingClock
  private(set) var execution: Execution
  private(set) var trace: ReplayTrace
  /// Measures how long operators work; nil for a machine that nobody watches.
  let stopwatch: Stopwatch?
  private let recorder = ReplayRecorder()
  /// Whether rounds must be of one record: where times are not in the log.
  private let isStepwise: Bool
  /// The round that was carried out last.
  private(set) var round = ReplayRound()

  /// Records of a round at most: as long as a round takes, nobody is answered.
  static let roundRecords: Int64 = 4096

  /// - Throws: ``ConnectError`` where a split cannot be opened.
  init(
    graph: JobGraph, clock: @escaping ProcessingClock, from memory: ReplayMemory? = nil,
    stopwatch: Stopwatch? = nil
  ) throws {
    self.graph = graph
    self.clock = clock
    self.stopwatch = stopwatch
    let sources = graph.nodes.compactMap { node in
      if case .ingest(_, let spec) = node.logic { spec } else { nil }
    }
    isStepwise = sources.count != 1 || sources.contains { $0.watermark.isProcessingTime }
    execution = try Self.execution(graph, recorder, restoring: memory?.snapshot, clock, stopwatch)
    trace = memory?.trace ?? ReplayTrace(graph: graph)
  }

  private static func execution(
    _ graph: JobGraph, _ recorder: ReplayRecorder, restoring snapshot: ExecutionSnapshot?,
    _ clock: @escaping ProcessingClock, _ stopwatch: Stopwatch?
  ) throws -> Execution {
    var sinks: [Int: any Sink] = [:]
    for (index, node) in graph.nodes.enumerated() {
      if case .sink(let spec) = node.logic {
        let port = node.inputs.first?.port ?? .main
        sinks[index] = CaptureSink(node: node.id, columns: spec.columns, port: port) { lines in
          recorder.round.items += lines.map { .output(node: index, $0) }
        }
      }
    }
    let execution = try Execution(
      graph: graph, sinks: sinks, lanes: SerialLanes(), restoring: snapshot, clock: clock,
      stopwatch: stopwatch)
    recorder.watch(execution)
    return execution
  }

  var tick: Int64 { execution.recordsRead + (execution.hasFinished ? 1 : 0) }

  /// Reads on by one round.
  ///
  /// - Parameters:
  ///   - records: at most so many.
  ///   - history: learns what happened.
  /// - Returns: false where the end had been reached before.
  @discardableResult
  func forward(atMost records: Int64, noting history: inout ReplayHistory) throws -> Bool {
    if execution.hasFinished { return false }
    let before = execution.recordsRead
    recorder.round = ReplayRound(first: before)
    let limit = isStepwise ? 1 : Int(max(1, min(records, Self.roundRecords)))
    // A block may hold no record (a header, blank lines): read on until something happened.
    repeat {
      try execution.round(maxRecords: limit, maxBytes: limit == 1 ? 64 * 1024 : 1 << 20)
    } while execution.recordsRead == before && !execution.hasFinished
    recorder.round.isEnd = execution.recordsRead == before
    recorder.round.newest = execution.ingest?.maxEventTime
    recorder.round.watermark = execution.ingest?.watermark ?? minWatermark
    round = recorder.round
    recorder.round = ReplayRound()
    trace.fold(round, isStepwise: isStepwise, noting: &history)
    return true
  }

  /// Goes forward to a tick.
  func forward(
    to target: Int64, noting history: inout ReplayHistory, isCancelled: () -> Bool = { false }
  ) throws {
    while tick < target, !isCancelled() {
      if !(try forward(atMost: target - tick, noting: &history)) { return }
    }
  }

  func restore(_ memory: ReplayMemory) throws {
    execution = try Self.execution(graph, recorder, restoring: memory.snapshot, clock, stopwatch)
    trace = memory.trace
    round = ReplayRound()
  }

  var memory: ReplayMemory {
    ReplayMemory(tick: tick, snapshot: execution.snapshot(), trace: trace)
  }
}
