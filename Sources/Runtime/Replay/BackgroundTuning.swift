import Engine
import Foundation

/// A tuning on a thread of its own.
///
/// `@unchecked Sendable`: the outcome is only read and written while `gate` is held.
final class BackgroundTuning: @unchecked Sendable {
  private let gate = NSCondition()
  private var outcome: Result<TuningReport, any Error>?

  init(_ job: TuningJob) {
    let thread = Thread { [weak self] in
      let outcome = Result { try Tuning.run(job) }
      self?.finish(outcome)
    }
    thread.name = "tidemark tuning"
    thread.stackSize = 8 << 20
    thread.start()
  }

  private func finish(_ outcome: Result<TuningReport, any Error>) {
    gate.lock()
    self.outcome = outcome
    gate.broadcast()
    gate.unlock()
  }

  /// The outcome, if it comes within so long.
  func wait(ms: Int) -> Result<TuningReport, any Error>? {
    gate.lock()
    defer { gate.unlock() }
    if outcome == nil { _ = gate.wait(until: Date(timeIntervalSinceNow: Double(ms) / 1000)) }
    return outcome
  }
}
