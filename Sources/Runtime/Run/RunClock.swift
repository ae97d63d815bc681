import Dispatch
import Glibc

/// The time, passed in: what a run measures itself with, and nothing else.
public protocol RunClock: Sendable {
  /// Nanoseconds that only grow.
  var monotonicNs: UInt64 { get }
  /// Milliseconds since the epoch, for people: when a checkpoint was taken.
  var wallMs: Int64 { get }
  /// Lets so many milliseconds pass, or fewer where `isWoken` says so.
  func sleep(ms: Int64, unless isWoken: () -> Bool)
}

/// The machine's clocks.
public struct SystemClock: RunClock {
  public init() {}

  public var monotonicNs: UInt64 { DispatchTime.now().uptimeNanoseconds }

  public var wallMs: Int64 {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
  }

  public func sleep(ms: Int64, unless isWoken: () -> Bool) {
    let end = monotonicNs + UInt64(max(ms, 0)) * 1_000_000
    while !isWoken() {
      let now = monotonicNs
      if now >= end { return }
      usleep(UInt32(min((end - now) / 1000, 50_000)))
    }
  }
}
