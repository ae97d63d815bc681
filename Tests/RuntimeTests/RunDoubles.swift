import Dispatch
import Runtime

/// Time that passes with every look at it, so that checkpoints are due all the time, and while
/// somebody sleeps.
final class TickingClock: RunClock {
  private let ticks: Guarded<UInt64>
  private let tickNs: UInt64
  private let sleeps = Guarded<[Int64]>([])

  init(tickMs: UInt64) {
    tickNs = tickMs * 1_000_000
    ticks = Guarded(0)
  }

  var monotonicNs: UInt64 {
    ticks.withLock {
      $0 += tickNs
      return $0
    }
  }

  var wallMs: Int64 { 0 }

  func sleep(ms: Int64, unless isWoken: () -> Bool) {
    if isWoken() { return }
    sleeps.withLock { $0.append(ms) }
    ticks.withLock { $0 += UInt64(ms) * 1_000_000 }
  }

  /// How long it was asked to sleep each time, ms.
  var slept: [Int64] { sleeps.withLock { $0 } }
}

/// Asks a job to stop, or for savepoints, at the moments of a test's choice.
final class ScriptedControl: JobControl {
  /// Called with how often it was looked at, from 1: once after each round.
  private let stops: (Int) -> Bool
  private let requests: (Int) -> SavepointRequest?
  private var looks = 0
  private(set) var answers: [String: SavepointAnswer] = [:]

  init(
    stops: @escaping (Int) -> Bool = { _ in false },
    requests: @escaping (Int) -> SavepointRequest? = { _ in nil }
  ) {
    self.stops = stops
    self.requests = requests
  }

  /// Stops after so many rounds.
  convenience init(stopsAfter count: Int) { self.init(stops: { $0 >= count }) }

  var isStopAsked: Bool {
    looks += 1
    return stops(looks)
  }

  func takeRequest() -> SavepointRequest? { requests(looks) }

  func answer(_ request: SavepointRequest, _ answer: SavepointAnswer) {
    answers[request.id] = answer
  }
}

/// A moment that one thread comes to and another waits for.
struct Moment: Sendable {
  private let semaphore = DispatchSemaphore(value: 0)
  func come() { semaphore.signal() }
  /// - Returns: whether it came; it does not where what is tested is broken.
  func wait() -> Bool { semaphore.wait(timeout: .now() + .seconds(60)) == .success }
}
