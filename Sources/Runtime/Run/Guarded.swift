import Foundation

/// A value that several threads may change, one at a time.
///
/// Not `Synchronization.Mutex`: where that has to wait, it does so inside of a library that the thread
/// sanitizer does not see into, and what is right is then reported as a race.
package final class Guarded<Value: Sendable>: @unchecked Sendable {
  // Unchecked: every access holds the lock.
  private var value: Value
  private let lock = NSLock()

  package init(_ value: Value) { self.value = value }

  package func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    lock.lock()
    defer { lock.unlock() }
    return try body(&value)
  }
}
