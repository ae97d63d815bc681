import Columns
public import Engine

/// What the first records of a log look like at each place of a pipeline.
public struct PipelinePreview: Sendable, Equatable {
  /// A row as it was seen at one place.
  public struct Row: Sendable, Equatable {
    public enum Fate: Sendable { case passed, filtered, late, bad }

    /// The record that it came from, or that made it come; by its number from 0.
    public var position: Int64
    /// In the order of the columns, exact; nil for NULL.
    public var values: [String?]
    /// What became of it here.
    public var fate: Fate

    public init(position: Int64, values: [String?], fate: Fate = .passed) {
      self.position = position
      self.values = values
      self.fate = fate
    }
  }

  /// The rows that stand at one side of an operator.
  public struct Side: Sendable, Equatable {
    public var columns: [String]
    /// The first ones, bounded.
    public var rows: [Row] = []
    /// All of them.
    public var count: Int64 = 0
  }

  /// One operator of the graph.
  public struct Node: Sendable, Equatable {
    public var id: String
    /// Empty for a source, which reads records and no rows.
    public var before: Side
    public var after: Side
    public var counters: NodeCounters
    /// Records that it could not take, with the reason; bounded.
    public var bad: [Bad] = []
  }

  /// A record or row that an operator could not take.
  public struct Bad: Sendable, Equatable {
    public var position: Int64
    public var error: String
    public var raw: String
  }

  public var nodes: [Node] = []
  public var recordsRead: Int64 = 0
  /// Whether that was the whole log: then windows have fired as at its end.
  public var isWhole = false

  /// Of nothing.
  public init() {}

  /// Runs the beginning of a log through a job, of which nothing is written outside.
  ///
  /// - Parameters:
  ///   - records: read at most.
  ///   - patience: how many times as many are read where a sink of results has got none by then, as
  ///     that of an alert which seldom goes off.
  ///   - rows: kept of each side of each operator.
  /// - Returns: nil where `isCancelled` said so.
  /// - Throws: ``ConnectError`` for a log that cannot be read.
  public static func of(
    _ graph: JobGraph, records: Int = 1000, patience: Int = 1, rows: Int = 200,
    clock: @escaping ProcessingClock = { _ in 0 }, isCancelled: () -> Bool = { false }
  ) throws -> PipelinePreview? {
    var single = graph
    single.parallelism = 1
    let recorder = PreviewRecorder(single, limit: rows)
    var sinks: [Int: any Sink] = [:]
    for (index, node) in single.nodes.enumerated() {
      if case .sink(let spec) = node.logic {
        sinks[index] = CaptureSink(
          node: node.id, columns: spec.columns, port: node.inputs.first?.port ?? .main
        ) { _ in }
      }
    }
    let execution = try Execution(
      graph: single, sinks: sinks, lanes: SerialLanes(), clock: clock)
    recorder.watch(execution)
    let results = sinks.keys.filter { single.nodes[$0].inputs.contains { $0.port == .main } }
    var most = records
    while !execution.hasFinished {
      if execution.recordsRead >= most {
        let isWaiting = results.contains { execution.counters[$0].rowsIn == 0 }
        guard most < records * patience, isWaiting else { break }
        most = records * patience
      }
      if isCancelled() { return nil }
      // A little at a time, so that no more is parsed than was asked for.
      try execution.round(
        maxRecords: max(1, min(256, most - Int(execution.recordsRead))), maxBytes: 256 << 10)
    }
    // The end of a log that has just been reached is one round more.
    if !execution.hasFinished, execution.ingest?.isAtEnd == true { try execution.round() }
    return recorder.preview(execution)
  }
}

/// Gathers what passes between the operators of a preview.
private final class PreviewRecorder {
  private let graph: JobGraph
  private let limit: Int
  private var nodes: [PipelinePreview.Node]
  /// Records of the round whose rows came too late, by node.
  private var late: [Int: Set<Int64>] = [:]

  init(_ graph: JobGraph, limit: Int) {
    self.graph = graph
    self.limit = limit
    nodes = graph.nodes.map { node in
      let input = node.inputs.first.map { input in
        input.port == .dead ? DeadLetter.schema : graph.nodes[input.node].schema
      }
      return PipelinePreview.Node(
        id: node.id,
        before: .init(columns: input?.fields.map(\.name) ?? []),
        after: .init(columns: node.schema.fields.map(\.name)), counters: NodeCounters())
    }
  }

  func watch(_ execution: Execution) {
    execution.onStreams = { [unowned self] streams in take(streams) }
    execution.onWindowEvents = { [unowned self] node, events in
      for case .late(let cause, _, _, _, _, _, _) in events {
        late[node, default: []].insert(cause)
      }
    }
    execution.onDeadLetters = { [unowned self] node, letters in
      let room = max(0, limit - nodes[node].bad.count)
      nodes[node].bad += letters.prefix(room).map { letter in
        PipelinePreview.Bad(
          position: letter.sequence, error: letter.error,
          raw: String(decoding: letter.raw.buffer.prefix(4096), as: UTF8.self))
      }
    }
  }

  private func take(_ streams: [StreamReference: [Batch]]) {
    for (index, node) in graph.nodes.enumerated() {
      let inputs = node.inputs.flatMap { streams[$0] ?? [] }
      let outputs = streams[StreamReference(node: index)] ?? []
      for batch in outputs { add(batch, to: &nodes[index].after) }
      let first = nodes[index].before.rows.count
      for batch in inputs { add(batch, to: &nodes[index].before) }
      judge(index, from: first, outputs)
    }
    late = [:]
  }

  private func add(_ batch: Batch, to side: inout PipelinePreview.Side) {
    side.count += Int64(batch.selectedCount)
    guard side.rows.count < limit else { return }
    for row in batch.selectedRows {
      guard side.rows.count < limit else { return }
      let row = Int(row)
      side.rows.append(
        PipelinePreview.Row(
          position: batch.cause(of: row),
          values: batch.columns.map { column in
            guard let column, !column.isNull(row) else { return nil }
            // As it goes out: what is rounded here would be another value.
            return Value(column, row).description
          }))
    }
  }

  /// What became of the rows that came in.
  private func judge(_ index: Int, from first: Int, _ outputs: [Batch]) {
    func positions(_ batches: [Batch]) -> Set<Int64> {
      Set(batches.flatMap { batch in batch.selectedRows.map { batch.cause(of: Int($0)) } })
    }
    let bad = Set(nodes[index].bad.map(\.position))
    let passed: Set<Int64>?
    switch graph.nodes[index].logic {
    case .filter, .derive: passed = positions(outputs)
    case .ingest, .window, .sink: passed = nil
    }
    let tooLate = late[index] ?? []
    for place in first..<nodes[index].before.rows.count {
      let position = nodes[index].before.rows[place].position
      nodes[index].before.rows[place].fate =
        bad.contains(position)
        ? .bad
        : tooLate.contains(position)
          ? .late : passed.map { !$0.contains(position) } ?? false ? .filtered : .passed
    }
  }

  func preview(_ execution: Execution) -> PipelinePreview {
    var preview = PipelinePreview()
    preview.nodes = nodes
    for index in nodes.indices { preview.nodes[index].counters = execution.counters[index] }
    preview.recordsRead = execution.recordsRead
    preview.isWhole = execution.hasFinished
    return preview
  }
}
