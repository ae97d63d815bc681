import Engine

/// Decides whether a job that failed is started again, and after how long.
struct Restarts {
  private let options: RestartOptions
  /// How often it was started again since the last checkpoint that completed.
  private(set) var inARow = 0
  /// How often all in all.
  private(set) var total = 0
  private var delayMs: Double

  init(_ options: RestartOptions) {
    self.options = options
    delayMs = Double(options.delayMs)
  }

  /// A checkpoint has completed: what failed before is over.
  mutating func progressed() {
    inARow = 0
    delayMs = Double(options.delayMs)
  }

  /// - Returns: milliseconds to wait before the next attempt; nil for no more.
  mutating func next() -> Int64? {
    guard inARow < options.attempts else { return nil }
    inARow += 1
    total += 1
    defer { delayMs = min(delayMs * RestartOptions.factor, Double(options.maxDelayMs)) }
    return Int64(min(delayMs, Double(options.maxDelayMs)))
  }

  var attempts: Int { options.attempts }
}
