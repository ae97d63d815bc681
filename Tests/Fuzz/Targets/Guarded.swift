import Synchronization

/// A value that several threads may change, one at a time.
final class Guarded<Value>: @unchecked Sendable {
  // Unchecked: every access holds the lock.
  private var value: Value
  private let lock = Mutex(())

  init(_ value: sending Value) { self.value = value }

  func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    try lock.withLock { _ in try body(&value) }
  }
}
