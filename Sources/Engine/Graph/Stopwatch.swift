/// How long the operators of an execution have worked, by a clock that its driver gives: the engine
/// knows none.
///
/// The clock is read once for each node in a round, and twice for each block that a source hands
/// over; never for a row. Used by the thread that carries rounds out. One stopwatch may go from an
/// execution of a graph to the next.
public final class Stopwatch {
  private let nowNs: () -> UInt64
  /// By node of the graph: nanoseconds in which it worked. Reading the source is not in it; parsing,
  /// ordering and judging event times are.
  public private(set) var workNs: [UInt64]
  /// By node of the graph: nanoseconds in which it read its source; 0 for nodes without one.
  public private(set) var readNs: [UInt64]
  private var mark: UInt64 = 0
  /// Of the lap under way: what was read in it.
  private var lapReadNs: UInt64 = 0

  /// - Parameters:
  ///   - nodes: nodes of the graph.
  ///   - nowNs: nanoseconds since some moment; never backwards.
  public init(nodes: Int, nowNs: @escaping () -> UInt64) {
    self.nowNs = nowNs
    workNs = Array(repeating: 0, count: nodes)
    readNs = workNs
  }

  /// A round begins: what came before it was nobody's work.
  func start() {
    mark = nowNs()
    lapReadNs = 0
  }

  /// What has passed since the lap before was a node's work.
  func lap(_ node: Int) {
    let now = nowNs()
    workNs[node] += (now - mark) - min(lapReadNs, now - mark)
    readNs[node] += lapReadNs
    (mark, lapReadNs) = (now, 0)
  }

  fileprivate func read<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = nowNs()
    defer { lapReadNs += nowNs() - before }
    return try body()
  }
}

/// A split's reader with a stopwatch beside it.
final class TimedReader: SplitReader {
  private let reader: any SplitReader
  private let stopwatch: Stopwatch

  init(_ reader: any SplitReader, _ stopwatch: Stopwatch) {
    self.reader = reader
    self.stopwatch = stopwatch
  }

  func next(maxRecords: Int, maxBytes: Int) throws -> RecordBlock? {
    try stopwatch.read { try reader.next(maxRecords: maxRecords, maxBytes: maxBytes) }
  }

  func close() { reader.close() }
}
