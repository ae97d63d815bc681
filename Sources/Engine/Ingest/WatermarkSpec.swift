public import Expressions

/// When the watermark moves, and what cannot be true.
public struct WatermarkSpec: Sendable, Hashable {
  /// What a split's own watermark is made of.
  public enum Strategy: Sendable {
    /// After each row `watermark = newest - outOfOrderness - 1`, never backwards.
    case bounded
    /// After each row the value of the expression, never backwards; NULL changes nothing. The
    /// value is a promise of whoever wrote the log and is taken at its word: one that is ahead of
    /// every event makes late what comes behind it, unless `maxFuture` refuses it.
    case carried(CompiledExpression)
    /// Event time is the time of reading, and the watermark the clock less 1 ms.
    case processingTime
  }

  /// When the combined watermark is looked at and passed on.
  public enum Emission: Sendable, Hashable {
    case perEvent
    /// After each so many records, dead letters included, counted over all splits: a function of
    /// the log.
    case everyRecords(Int64)
    /// At each multiple of so many ms: of arrival where the log has it, else of processing time.
    case everyMs(Int64)
  }

  public var strategy: Strategy
  /// How far behind the newest event time a bounded watermark stays, ms.
  public var outOfOrdernessMs: Int64
  /// A row whose event time, or carried watermark, is further than this ahead of the watermark is
  /// a dead letter (one bad clock would close every window); nil for no limit.
  public var maxFutureMs: Int64?
  /// A split that is silent for longer no longer holds the watermark back; nil: it always does.
  public var idleAfterMs: Int64?
  /// A split waits while its watermark is further than this ahead of the slowest active one's.
  public var maxDriftMs: Int64?
  public var emission: Emission

  public init(
    outOfOrdernessMs: Int64 = 0, maxFutureMs: Int64? = nil, idleAfterMs: Int64? = nil,
    maxDriftMs: Int64? = nil, strategy: Strategy = .bounded, emission: Emission = .perEvent
  ) {
    self.strategy = strategy
    self.outOfOrdernessMs = outOfOrdernessMs
    self.maxFutureMs = maxFutureMs
    self.idleAfterMs = idleAfterMs
    self.maxDriftMs = maxDriftMs
    self.emission = emission
  }

  public var isProcessingTime: Bool {
    if case .processingTime = strategy { true } else { false }
  }

  /// The expression that carries the watermark.
  public var carried: CompiledExpression? {
    if case .carried(let expression) = strategy { expression } else { nil }
  }

  /// The same as it was written.
  public var carriedText: String? { carried?.text }
}

extension WatermarkSpec.Strategy: Hashable {
  /// Expressions are the same where their texts are.
  private var words: String {
    switch self {
    case .bounded: "bounded"
    case .processingTime: "processing time"
    case .carried(let expression): "from \(expression.text)"
    }
  }

  public static func == (one: Self, other: Self) -> Bool { one.words == other.words }
  public func hash(into hasher: inout Hasher) { hasher.combine(words) }
}

/// What time it is when the record of a number is read, ms since the epoch: handed in by the
/// driver, for the engine knows no clock.
public typealias ProcessingClock = @Sendable (_ record: Int64) -> Int64
