public import Engine

/// What one reading of a log says about its order in time, and what each out-of-orderness would
/// cost. A value: all numbers are exact but the quantiles, which are at most 1/32 too high.
public struct TuningReport: Sendable, Equatable {
  /// Events by how far they came behind the newest event time before them in their split.
  public struct Bar: Sendable, Equatable {
    /// More than this, ms; nil for those that came in order.
    public var overMs: Int64?
    /// Up to this, ms.
    public var toMs: Int64
    public var events: Int64
  }

  /// How far behind this share of the events is, at most.
  public struct Quantile: Sendable, Equatable {
    static let shares: [(String, Double)] = [
      ("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p99.9", 0.999), ("max", 1),
    ]
    public var name: String
    public var share: Double
    public var ms: Int64
  }

  /// What an out-of-orderness would do.
  public struct Bound: Sendable, Equatable {
    /// The out-of-orderness; results come this much later.
    public var ms: Int64
    /// Rows with an event time at or behind the watermark that they met.
    public var behind: Int64
    /// Rows whose window had fired: dropped with allowed lateness 0.
    public var late: Int64
    /// Rows that are dropped with the window's own allowed lateness.
    public var dropped: Int64
  }

  public struct Order: Sendable, Equatable {
    /// Events that are not behind a newer one of their split.
    public var inOrder: Int64 = 0
    public var behindNewest: Int64 = 0
    /// Events that are earlier than the one right before them in their split.
    public var backwardSteps: Int64 = 0
    public var furthestStepMs: Int64 = 0
    /// Events at the very time of the one right before them.
    public var ties: Int64 = 0
  }

  /// A silence of a split in event time.
  public struct Gap: Sendable, Equatable {
    public var from: Int64
    public var to: Int64
    /// The record of the split that ended it, from 1.
    public var record: Int64
    /// Events that other splits had meanwhile.
    public var eventsElsewhere: Int64
    public var ms: Int64 { to - from }
  }

  public struct Silence: Sendable, Equatable {
    /// 99 of 100 gaps between an event and the next newer one are no longer than this.
    public var usualMs: Int64 = 0
    /// From here on a gap counts as a silence.
    public var longerThanMs: Int64 = 0
    public var count: Int64 = 0
    public var longestMs: Int64 = 0
  }

  public struct Split: Sendable, Equatable {
    public var name: String
    public var records: Int64
    public var events: Int64
    public var first: Int64?
    public var newest: Int64?
    public var disorderMs: Int64
    /// How far its newest event time was behind that of the split ahead of all, at worst.
    public var behindLeaderMs: Int64
    /// The longest silences, longest first.
    public var gaps: [Gap]
  }

  /// Events so far ahead that a clock must be wrong: left out of all other numbers.
  public struct BadClocks: Sendable, Equatable {
    public struct Place: Sendable, Equatable {
      public var split: String
      /// From 1.
      public var record: Int64
      public var time: Int64
      /// How far it is ahead of the newest event time that the watermark is made of.
      public var leadMs: Int64
    }

    public var events: Int64 = 0
    public var first: Place?
    /// Events that had been read before the first.
    public var eventsBefore: Int64 = 0
    public var leastLeadMs: Int64?
    public var mostLeadMs: Int64?
  }

  public var window: TuningJob.Window
  /// What the pipeline says now.
  public var configured: WatermarkSpec
  public var records: Int64 = 0
  /// Records that could not be parsed.
  public var unparsed: Int64 = 0
  /// Records without an event time, or with one outside the years 1 to 9999.
  public var timeless: Int64 = 0
  /// Records with an event time that is taken.
  public var events: Int64 = 0
  /// Of these, those that reach the window.
  public var judged: Int64 = 0
  public var bytes: Int64 = 0
  public var elapsedNs: UInt64 = 0
  public var order = Order()
  public var disorder: [Bar] = []
  public var quantiles: [Quantile] = []
  /// Every bound that was weighed, rising.
  public var bounds: [Bound] = []
  /// The shortest out-of-orderness with which no window has fired before its last row.
  public var leastWithoutLateMs: Int64 = 0
  public var silence = Silence()
  public var splits: [Split] = []
  /// How far the newest event times of splits drifted apart as they were read.
  public var driftMs: Int64 = 0
  public var badClocks = BadClocks()
  /// The furthest that an event which is taken is ahead of the others.
  public var widestLeadMs: Int64 = 0

  init(window: TuningJob.Window, configured: WatermarkSpec) {
    self.window = window
    self.configured = configured
  }

  /// Records that are dead letters before any window: unparsed, without a time, or too far ahead.
  public var bad: Int64 { unparsed + timeless + badClocks.events }

  public func bound(_ ms: Int64) -> Bound? { bounds.first { $0.ms == ms } }

  /// The bounds worth looking at: none at all, those that cover each quantile of the disorder,
  /// the first that drops nothing, and those that are asked for.
  public func candidates(also asked: [Int64] = []) -> [Bound] {
    var wanted = Set(asked + [0])
    for quantile in quantiles {
      if let bound = bounds.first(where: { $0.ms >= quantile.ms }) { wanted.insert(bound.ms) }
    }
    if let none = bounds.first(where: { $0.late == 0 }) { wanted.insert(none.ms) }
    return bounds.filter { wanted.contains($0.ms) }
  }

  /// Whether a bound's numbers are what the engine would count, to the row, with a `max_future`:
  /// that counts from the watermark, so a longer bound refuses a little more.
  public func isExact(_ boundMs: Int64, maxFutureMs: Int64?) -> Bool {
    guard let limit = maxFutureMs else { return badClocks.events == 0 }
    if widestLeadMs > 0, widestLeadMs + boundMs + 1 > limit { return false }
    return badClocks.leastLeadMs.map { $0 + boundMs + 1 > limit } ?? true
  }
}

/// Reads a log once and tells what choosing a watermark would cost.
public enum Tuning {
  /// - Parameters:
  ///   - lanes: parses blocks side by side.
  ///   - blockBytes: about how much is parsed at a time.
  ///   - progress: bytes read, and bytes there are where that is known.
  /// - Throws: ``ConnectError`` for a log that cannot be read.
  public static func run(
    _ job: TuningJob, lanes: any Lanes = SerialLanes(), blockBytes: Int = 1 << 20,
    clock: any RunClock = SystemClock(), progress: (Int64, Int64?) -> Void = { _, _ in }
  ) throws -> TuningReport {
    let started = clock.monotonicNs
    var log = try TuningLog(job, lanes: lanes, blockBytes: blockBytes)
    defer { log.close() }
    var analysis = TuningAnalysis(job, splits: log.splits.map(\.description.name))
    try analysis.read(&log, progress: progress)
    return analysis.report(
      elapsedNs: clock.monotonicNs - started, bytes: log.progress.read)
  }
}
