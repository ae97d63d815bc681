/// What passed a node since the job's beginning; kept across restores.
public struct NodeCounters: Sendable, Equatable {
  public var rowsIn: Int64 = 0
  public var rowsOut: Int64 = 0
  /// Rows that a filter did not let pass.
  public var filtered: Int64 = 0
  /// Rows, or records, that became dead letters here.
  public var bad: Int64 = 0
  /// Rows behind the watermark for their window.
  public var late: Int64 = 0
  /// Rows that were late for some of their windows and taken into the others.
  public var partlyLate: Int64 = 0
  /// Rows that fell between windows: there are such where windows slide by more than their size.
  public var unassigned: Int64 = 0
  /// Rows that a window took in.
  public var added: Int64 = 0
  /// Of these, rows that made a window fire again.
  public var lateUpdates: Int64 = 0
  /// Windows of a key that fired at their time.
  public var firings: Int64 = 0
  /// Results that became dead letters: a value was beyond the range of its column.
  public var failedResults: Int64 = 0

  public init() {}
}

/// Where every record is: nothing is dropped without a counter.
public struct JobAccounting: Sendable, Equatable {
  public struct Line: Sendable, Equatable {
    public var node: String
    public var counters: NodeCounters
    /// Rows that came in and are in no counter: 0, or the engine is wrong.
    public var unaccounted: Int64
  }

  public var read: Int64 = 0
  /// Rows taken into windows or, where there is none, written to sinks.
  public var emitted: Int64 = 0
  public var filtered: Int64 = 0
  public var late: Int64 = 0
  /// Of the rows that were taken in, those that were late for some of their windows.
  public var partlyLate: Int64 = 0
  /// Rows that fell between windows.
  public var unassigned: Int64 = 0
  public var bad: Int64 = 0
  public var lateUpdates: Int64 = 0
  public var lines: [Line] = []
  /// Whether one chain leads from the source to each sink, so that
  /// `read = emitted + filtered + late + unassigned + bad` must hold for the job as a whole.
  public var isLinear = true

  public var isBalanced: Bool {
    lines.allSatisfy { $0.unaccounted == 0 }
      && (!isLinear || read == emitted + filtered + late + unassigned + bad)
  }

  /// Adds up what the nodes of a job counted.
  public init(graph: JobGraph, counters: [NodeCounters]) {
    var consumers = [Int](repeating: 0, count: graph.nodes.count)
    for node in graph.nodes {
      for input in node.inputs where input.port == .main { consumers[input.node] += 1 }
    }
    // Rows of the log, as against results of a window or a side output.
    var carriesRows = [Bool](repeating: false, count: graph.nodes.count)
    for (index, node) in graph.nodes.enumerated() {
      let count = counters[index]
      let input = node.inputs.first
      let fromRows = input.map { $0.port == .main && carriesRows[$0.node] } ?? true
      var unaccounted: Int64 = 0
      switch node.logic {
      case .ingest:
        read += count.rowsIn
        carriesRows[index] = true
        unaccounted = count.rowsIn - count.rowsOut - count.bad
      case .filter, .derive:
        carriesRows[index] = fromRows
        unaccounted = count.rowsIn - count.rowsOut - count.filtered - count.bad
        if fromRows { filtered += count.filtered }
      case .window:
        unaccounted = count.rowsIn - count.added - count.late - count.unassigned - count.bad
        if fromRows {
          emitted += count.added
          late += count.late
          partlyLate += count.partlyLate
          unassigned += count.unassigned
          lateUpdates += count.lateUpdates
        }
      case .sink:
        if fromRows { emitted += count.rowsIn }
      }
      if fromRows { bad += count.bad }
      if carriesRows[index], consumers[index] != 1 { isLinear = false }
      lines.append(Line(node: node.id, counters: count, unaccounted: unaccounted))
    }
  }
}
