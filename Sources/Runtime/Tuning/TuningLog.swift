import Columns
import Engine

/// The event times of a log's splits, read once, forwards, a bounded stretch at a time.
///
/// Blocks are parsed side by side; only the times are kept of them. Memory is a few blocks and
/// their times, however long the log is.
struct TuningLog {
  /// Event times further on in a split that can be seen from a record.
  static let lookahead = 32
  /// In place of a time: the record could not be parsed, or has no time.
  static let bad = Int64.min
  static let missing = Int64.min + 1

  struct Split {
    let description: SplitDescription
    fileprivate let reader: any SplitReader
    fileprivate let header: CsvHeader?
    fileprivate var isRead = false
    fileprivate(set) var times: [Int64] = []
    /// Whether each row reaches the window; empty where all do.
    fileprivate(set) var passes: [Bool] = []
    /// When each record arrived; empty where the log does not say.
    fileprivate var arrivals: [Int64] = []
    /// The latest arrival so far.
    fileprivate var arrival = Int64.min
    fileprivate(set) var cursor = 0
    fileprivate(set) var bytesRead: Int64 = 0

    /// Whether it has ended: engines know as soon as the last record was taken.
    var hasEnded: Bool { isRead && cursor == times.count }
    /// When its next record arrived: not before the one before it, and with it where the log does
    /// not say.
    var nextArrival: Int64 {
      arrivals.isEmpty ? arrival : max(arrival, arrivals[cursor])
    }
    fileprivate var isLow: Bool { !isRead && times.count - cursor <= TuningLog.lookahead }
  }

  private(set) var splits: [Split] = []
  private let job: TuningJob
  private let parser: any RecordParser
  private let lanes: any Lanes
  private let blockBytes: Int

  /// - Throws: ``ConnectError`` for a split that cannot be opened.
  init(_ job: TuningJob, lanes: any Lanes, blockBytes: Int) throws {
    self.job = job
    self.lanes = lanes
    parser = try job.spec.makeParser()
    let found = try job.source.splits()
    // 64 MiB at most for all of them.
    self.blockBytes = min(blockBytes, max(16 * 1024, (64 << 20) / max(1, found.count)))
    for description in found {
      splits.append(
        Split(
          description: description,
          reader: try job.source.open(description, at: .start, framing: job.spec.framing),
          header: try Self.header(of: description, job)))
    }
  }

  private static func header(of split: SplitDescription, _ job: TuningJob) throws -> CsvHeader? {
    guard case .csv(let options) = job.spec.format, options.hasHeader else { return nil }
    let reader = try job.source.open(split, at: .start, framing: job.spec.framing)
    defer { reader.close() }
    return try reader.next(maxRecords: 1, maxBytes: 64 * 1024).map(options.header)
  }

  func close() { for split in splits { split.reader.close() } }

  /// Sees to it that every split that has not ended has a record at hand, and some after it.
  mutating func fill() throws {
    while true {
      let low = splits.indices.filter { splits[$0].isLow }
      if low.isEmpty { return }
      try read(low)
    }
  }

  mutating func fill(_ split: Int) throws {
    while splits[split].isLow { try read([split]) }
  }

  /// Takes the next record of a split: its time, or what stands in place of one.
  mutating func take(_ split: Int) -> (time: Int64, passes: Bool) {
    let cursor = splits[split].cursor
    splits[split].arrival = splits[split].nextArrival
    splits[split].cursor += 1
    return (
      splits[split].times[cursor], splits[split].passes.isEmpty || splits[split].passes[cursor]
    )
  }

  /// Whether a time is ahead of most of what comes right after it in its split by more than this.
  func isStray(_ time: Int64, in split: Int, aheadBy ms: Int64) -> Bool {
    let split = splits[split]
    let following = split.times[split.cursor...].prefix(Self.lookahead).filter { $0 > Self.missing }
    let behind = following.count { time - $0 > ms }
    return behind * 2 > following.count
  }

  var progress: (read: Int64, total: Int64?) {
    var total: Int64? = 0
    for split in splits { total = total.flatMap { sum in split.description.size.map { sum + $0 } } }
    return (splits.reduce(0) { $0 + $1.bytesRead }, total)
  }

  // MARK: reading

  private mutating func read(_ low: [Int]) throws {
    let share = max(1, lanes.width / low.count)
    var blocks: [(split: Int, block: RecordBlock)] = []
    for index in low {
      for _ in 0..<share {
        guard let block = try splits[index].reader.next(maxRecords: .max, maxBytes: blockBytes)
        else {
          splits[index].isRead = true
          break
        }
        splits[index].bytesRead = block.end.offset
        blocks.append((index, block))
      }
      drop(index)
    }
    let (job, parser, work) = (job, parser, blocks.map { ($0.block, splits[$0.split].header) })
    let stretches = lanes.map(blocks.count) { index in
      Stretch(parser.parse(work[index].0, header: work[index].1), job: job)
    }
    for (block, stretch) in zip(blocks, stretches) {
      splits[block.split].times += stretch.times
      splits[block.split].passes += stretch.passes
      splits[block.split].arrivals += stretch.arrivals
    }
  }

  /// Forgets what was taken.
  private mutating func drop(_ index: Int) {
    let taken = splits[index].cursor
    splits[index].times.removeFirst(taken)
    if !splits[index].passes.isEmpty { splits[index].passes.removeFirst(taken) }
    if !splits[index].arrivals.isEmpty { splits[index].arrivals.removeFirst(taken) }
    splits[index].cursor = 0
  }

  /// What is kept of a block.
  private struct Stretch: Sendable {
    var times: [Int64]
    var passes: [Bool]
    var arrivals: [Int64] = []

    init(_ block: ParsedBlock, job: TuningJob) {
      let column = job.spec.eventTime.flatMap { block.columns[$0] }
      if let column {
        let values = column.integers
        times = [Int64](unsafeUninitializedCapacity: block.count) { buffer, count in
          for row in 0..<block.count { buffer[row] = values[row] }
          count = block.count
        }
        if column.hasNulls {
          for row in 0..<block.count where column.isNull(row) { times[row] = TuningLog.missing }
        }
      } else {
        times = [Int64](repeating: TuningLog.missing, count: block.count)
      }
      for bad in block.bad { times[bad.row] = TuningLog.bad }
      passes = job.passes(block) ?? []
      if let column = job.spec.arrival.flatMap({ block.columns[$0] }) {
        let values = column.integers
        arrivals = (0..<block.count).map { column.isNull($0) ? Int64.min : values[$0] }
        for bad in block.bad { arrivals[bad.row] = Int64.min }
      }
    }
  }
}
