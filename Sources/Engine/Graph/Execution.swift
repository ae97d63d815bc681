public import Columns
import Expressions

/// A job at work: one round reads some records and carries them through every operator to the
/// sinks.
///
/// It never blocks, spawns, sleeps or asks the time. The threaded driver calls it with wide rounds
/// and lanes that run side by side; the stepping driver with rounds of one record. Between two
/// rounds nothing is under way, so that is where barriers pass: a snapshot there is consistent
/// across all operators.
public final class Execution {
  public let graph: JobGraph
  private let lanes: any Lanes
  private let stopwatch: Stopwatch?
  private var ingests: [Int: Ingest] = [:]
  private var windows: [Int: WindowOperator] = [:]
  /// The sinks by node.
  public let sinks: [Int: any Sink]
  public private(set) var counters: [NodeCounters]
  public private(set) var hasFinished = false
  /// Told what happens in windows; set before the first round.
  public var onWindowEvents: ((Int, [WindowEvent]) -> Void)? {
    didSet { for window in windows.values { window.isObserved = onWindowEvents != nil } }
  }
  /// Told of the records that a source node gave in a round, before anybody else sees them.
  public var onReadings: ((Int, [Ingest.Reading]) -> Void)?
  /// Told of all that passed between operators in a round, by where it came out.
  public var onStreams: (([StreamReference: [Batch]]) -> Void)?
  /// Told of records that an operator could not take.
  public var onDeadLetters: ((Int, [DeadLetter]) -> Void)?
  private let readPorts: Set<StreamReference>
  /// Outputs whose readers must know of the watermark even where no row comes.
  private let watermarkReaders: Set<StreamReference>

  /// Makes the operators and opens the splits.
  ///
  /// - Parameters:
  ///   - sinks: where each sink node writes, by its position in the graph; already open.
  ///   - restored: where to go on; nil to start at the beginning.
  ///   - clock: what time it is, for what the pipeline asks in processing time.
  ///   - stopwatch: measures how long each node works; nil costs nothing.
  /// - Throws: ``ConnectError``, ``StateError``.
  public init(
    graph: JobGraph, sinks: [Int: any Sink], lanes: any Lanes,
    restoring restored: ExecutionSnapshot? = nil, clock: @escaping ProcessingClock = { _ in 0 },
    stopwatch: Stopwatch? = nil
  ) throws {
    self.graph = graph
    self.sinks = sinks
    self.lanes = lanes
    self.stopwatch = stopwatch
    readPorts = Set(graph.nodes.flatMap(\.inputs))
    watermarkReaders = Set(
      graph.nodes.flatMap { node -> [StreamReference] in
        if case .sink = node.logic { return [] }
        return node.inputs
      })
    counters =
      restored.map { $0.counters } ?? graph.nodes.map { _ in NodeCounters() }
    if counters.count != graph.nodes.count {
      throw StateError.different(operator: graph.name, what: "the number of operators changed")
    }
    for (index, node) in graph.nodes.enumerated() {
      switch node.logic {
      case .ingest(let source, let spec):
        ingests[index] = try Ingest(
          source: source, spec: spec, restoring: restored?.ingests[node.id], clock: clock,
          stopwatch: stopwatch)
      case .window(let spec):
        let window = WindowOperator(
          plan: WindowPlan(
            id: node.id, spec: spec, inputSchema: graph.nodes[node.inputs[0].node].schema,
            isResultRead: isRead(index),
            isLateRead: readPorts.contains(.init(node: index, port: .late))
          ), parallelism: graph.parallelism)
        // An operator that the checkpoint does not know starts empty.
        if let state = restored?.operators[node.id] { try window.restore(state) }
        windows[index] = window
      case .filter, .derive, .sink: break
      }
    }
  }

  /// Which columns of a node's results somebody downstream reads; all where there is nobody, for
  /// who looks on.
  private func isRead(_ node: Int) -> [Bool] {
    let count = graph.nodes[node].schema.count
    if !readPorts.contains(.init(node: node)) { return [Bool](repeating: true, count: count) }
    var read = [Bool](repeating: false, count: count)
    for consumer in graph.nodes where consumer.inputs.contains(.init(node: node, port: .main)) {
      if case .sink(let spec) = consumer.logic {
        for column in spec.columns where column < count { read[column] = true }
      } else {
        return [Bool](repeating: true, count: count)
      }
    }
    return read
  }

  // MARK: rounds

  /// Reads at most `maxRecords` records (or one round's worth of blocks of about `maxBytes`) and
  /// carries them to the sinks. At the end of the input every open window fires, once.
  ///
  /// - Returns: whether there is more to read.
  @discardableResult
  public func round(maxRecords: Int = .max, maxBytes: Int = 1 << 20) throws -> Bool {
    if hasFinished { return false }
    var streams: [StreamReference: [Batch]] = [:]
    var hasMore = false
    stopwatch?.start()
    for (index, ingest) in ingests.sorted(by: { $0.key < $1.key }) {
      let readings = try ingest.read(maxRecords: maxRecords, maxBytes: maxBytes, lanes: lanes)
      if !readings.isEmpty { hasMore = true }
      onReadings?(index, readings)
      take(readings, from: index, into: &streams)
      stopwatch?.lap(index)
    }
    if !hasMore, ingests.values.allSatisfy(\.isAtEnd) { hasFinished = true }
    try runAll(&streams)
    return !hasFinished
  }

  /// Ends the job here: no more is read, and every open window fires, as at the end of the input.
  public func drain() throws {
    if hasFinished { return }
    hasFinished = true
    var streams: [StreamReference: [Batch]] = [:]
    stopwatch?.start()
    try runAll(&streams)
  }

  /// Carries what was read through every node behind the sources.
  private func runAll(_ streams: inout [StreamReference: [Batch]]) throws {
    for index in graph.nodes.indices where ingests[index] == nil {
      try run(index, &streams)
      stopwatch?.lap(index)
    }
    onStreams?(streams)
  }

  private func take(
    _ readings: [Ingest.Reading], from index: Int, into streams: inout [StreamReference: [Batch]]
  ) {
    let dead = readings.flatMap(\.dead)
    for reading in readings {
      counters[index].rowsIn += Int64(reading.batch.count)
      counters[index].rowsOut += Int64(reading.batch.selectedCount)
    }
    streams[.init(node: index)] = readings.map(\.batch)
    bury(dead, of: index, endWatermark: readings.last?.batch.endWatermark ?? minWatermark, &streams)
  }

  private func bury(
    _ dead: [DeadLetter], of index: Int, endWatermark: Int64,
    _ streams: inout [StreamReference: [Batch]]
  ) {
    guard !dead.isEmpty else { return }
    counters[index].bad += Int64(dead.count)
    onDeadLetters?(index, dead)
    if readPorts.contains(.init(node: index, port: .dead)) {
      streams[.init(node: index, port: .dead)] = [
        DeadLetter.batch(dead, endWatermark: endWatermark)
      ]
    }
  }

  /// What carries rows on, beside a source that reads ahead.
  private var workLanes: any Lanes {
    ingests.values.contains(where: \.isReadingAhead) ? lanes.besideAhead : lanes
  }

  private func run(_ index: Int, _ streams: inout [StreamReference: [Batch]]) throws {
    let node = graph.nodes[index]
    let inputs = node.inputs.flatMap { streams[$0] ?? [] }
    switch node.logic {
    case .ingest: return
    case .filter(let condition):
      stateless(index, inputs, &streams) { StatelessOperators.filter($0, condition) }
    case .derive(let expressions):
      stateless(index, inputs, &streams) {
        StatelessOperators.derive($0, expressions, schema: node.schema)
      }
    case .window: runWindow(index, inputs, &streams)
    case .sink:
      guard let sink = sinks[index] else { return }
      for batch in inputs where batch.selectedCount > 0 {
        counters[index].rowsIn += Int64(batch.selectedCount)
        try sink.write(batch)
      }
    }
  }

  private func stateless(
    _ index: Int, _ inputs: [Batch], _ streams: inout [StreamReference: [Batch]],
    _ apply: @Sendable (Batch) -> StatelessOperators.Output
  ) {
    let outputs = workLanes.map(inputs.count) { apply(inputs[$0]) }
    for (input, output) in zip(inputs, outputs) {
      counters[index].rowsIn += Int64(input.selectedCount)
      counters[index].rowsOut += Int64(output.batch.selectedCount)
      counters[index].filtered +=
        Int64(input.selectedCount - output.batch.selectedCount - output.dead.count)
    }
    streams[.init(node: index)] = outputs.map(\.batch)
    bury(
      outputs.flatMap(\.dead), of: index, endWatermark: inputs.last?.endWatermark ?? minWatermark,
      &streams)
  }

  private func runWindow(
    _ index: Int, _ inputs: [Batch], _ streams: inout [StreamReference: [Batch]]
  ) {
    guard let window = windows[index] else { return }
    if !inputs.isEmpty {
      deliver(window.process(inputs, lanes: workLanes), index, inputs, &streams)
    }
    if hasFinished { deliver(window.finish(lanes: workLanes), index, [], &streams) }
  }

  private func deliver(
    _ output: WindowOperator.Output, _ index: Int, _ inputs: [Batch],
    _ streams: inout [StreamReference: [Batch]]
  ) {
    counters[index].rowsIn += inputs.reduce(0) { $0 + Int64($1.selectedCount) }
    counters[index].rowsOut += output.counts.emitted
    counters[index].added += output.counts.added
    counters[index].late += output.counts.late
    counters[index].partlyLate += output.counts.partlyLate
    counters[index].unassigned += output.counts.unassigned
    counters[index].firings += output.counts.firings
    counters[index].lateUpdates += output.counts.lateUpdates
    counters[index].failedResults += Int64(output.failedResults.count)
    pass(output.results, .init(node: index), inputs, &streams)
    pass(output.late, .init(node: index, port: .late), inputs, &streams)
    let endWatermark = inputs.last?.endWatermark ?? maxWatermark
    bury(output.dead + output.failedResults, of: index, endWatermark: endWatermark, &streams)
    counters[index].bad -= Int64(output.failedResults.count)
    if !output.events.isEmpty { onWindowEvents?(index, output.events) }
  }

  /// Gives rows to those who read an output of a window, or tells them of the watermark alone.
  private func pass(
    _ batch: Batch?, _ output: StreamReference, _ inputs: [Batch],
    _ streams: inout [StreamReference: [Batch]]
  ) {
    // Who looks on sees also what nobody reads.
    guard readPorts.contains(output) || onStreams != nil else { return }
    if let batch {
      streams[output, default: []].append(batch)
    } else if !inputs.isEmpty, watermarkReaders.contains(output) {
      let node = graph.nodes[output.node]
      guard let input = node.inputs.first.map({ graph.nodes[$0.node].schema }) else { return }
      let schema = output.port == .late ? WindowOperator.lateSchema(input) : node.schema
      streams[output, default: []].append(
        WindowOperator.quiet(
          schema,
          eventTime: output.port == .late
            ? inputs.last?.eventTimeColumn : schema.index(of: "window_time"), of: inputs))
    }
  }

  // MARK: looking in

  /// The node with the source, and what it has reached.
  public var ingest: Ingest? { ingests.min { $0.key < $1.key }?.value }

  /// How the watermark of each source stands, in the order of the graph.
  public var watermarkStatuses: [WatermarkStatus] {
    ingests.sorted { $0.key < $1.key }.map(\.value.watermarkStatus)
  }

  /// A window operator's live windows by start: at most `limit` keys of each.
  public func liveWindows(of node: Int, limit: Int) -> [WindowResult] {
    windows[node]?.inspect(limit: limit) ?? []
  }

  /// How many windows of how many keys are live, all in all.
  public func liveWindowCount(of node: Int) -> Int { windows[node]?.liveWindowCount ?? 0 }

  /// Bytes of state in memory.
  public var stateBytes: Int { windows.values.reduce(0) { $0 + $1.memory.bytes } }

  /// What each operator with state holds in memory, in the order of the graph. Cheap enough to ask
  /// after every round: it takes as long as there are windows, or slices of them, however many keys
  /// they have.
  public var memory: [OperatorMemory] {
    windows.sorted { $0.key < $1.key }.map(\.value.memory)
  }

  /// Whether every split can be read again from where it stood: a pipe cannot.
  public var canReadAgain: Bool { ingests.values.allSatisfy(\.canReadAgain) }

  public var recordsRead: Int64 { ingests.values.reduce(0) { $0 + $1.recordsRead } }

  /// Where every record is, for the whole job.
  public var accounting: JobAccounting { JobAccounting(graph: graph, counters: counters) }

  // MARK: snapshots

  /// The job's whole state between two rounds.
  public func snapshot() -> ExecutionSnapshot { freeze().snapshot() }

  /// The same, still to be encoded: the rounds that follow do not wait for that.
  public func freeze() -> FrozenExecution {
    var position = ExecutionSnapshot(counters: counters)
    for (index, ingest) in ingests { position.ingests[graph.nodes[index].id] = ingest.state }
    return FrozenExecution(
      position: position,
      operators: windows.sorted { $0.key < $1.key }.map { $0.value.freeze() })
  }
}

/// A job's state between two rounds: what a checkpoint stores.
public struct ExecutionSnapshot: Sendable, Equatable {
  /// By node id.
  public var ingests: [String: Ingest.State] = [:]
  /// Each stateful operator's bytes, by node id.
  public var operators: [String: [UInt8]] = [:]
  /// By position in the graph.
  public var counters: [NodeCounters]

  public init(counters: [NodeCounters]) { self.counters = counters }

  public var byteCount: Int { operators.values.reduce(0) { $0 + $1.count } }
}
