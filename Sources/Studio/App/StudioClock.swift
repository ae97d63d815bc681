/// The time that paces a replay and the drawing: ours, never the log's.
public protocol StudioClock: Sendable {
  /// Nanoseconds since some moment; never backwards.
  var nowNs: UInt64 { get }
}

/// The machine's monotonic clock.
public struct MonotonicClock: StudioClock {
  private let start = ContinuousClock.now

  public init() {}

  public var nowNs: UInt64 {
    let elapsed = (ContinuousClock.now - start).components
    return UInt64(clamping: elapsed.seconds) &* 1_000_000_000
      &+ UInt64(clamping: elapsed.attoseconds / 1_000_000_000)
  }
}

/// Turns our time into log time: where the playhead stands, without losing fractions.
struct PlayPacer {
  let speed: Speed
  /// The event time at which playing began; nil before the first.
  private var anchor: Int64?
  /// Log time played since, ms.
  private var played: Int64 = 0
  /// Our time up to which the log was played.
  private var lastNs: UInt64
  /// Eighths of a log nanosecond that were not enough for a millisecond.
  private var remainder: UInt64 = 0

  /// A pause of the machine is not made up for in one jump.
  private static let longestStepNs: UInt64 = 250_000_000

  init(speed: Speed, nowNs: UInt64, newest: Int64?) {
    self.speed = speed
    lastNs = nowNs
    anchor = newest
  }

  /// How far the log is to be played now.
  enum Due: Equatable {
    /// As far as possible.
    case everything
    /// Until the newest event time is this.
    case playhead(Int64)
    /// A record, for no event time is known to go by.
    case record
  }

  /// - Parameter newest: the newest event time read so far.
  mutating func due(nowNs: UInt64, newest: Int64?) -> Due {
    guard let eighths = speed.eighths else { return .everything }
    let elapsed = min(nowNs >= lastNs ? nowNs - lastNs : 0, Self.longestStepNs)
    lastNs = nowNs
    let total = elapsed * UInt64(eighths) + remainder
    remainder = total % 8_000_000
    guard let start = anchor ?? newest else { return .record }
    anchor = start
    played += Int64(total / 8_000_000)
    return .playhead(start.addingReportingOverflow(played).partialValue)
  }
}
