import Glibc

/// A lock between an operator and the thread that writes its snapshot: the one place where the
/// engine meets another thread outside of lanes.
///
/// The system's own, which the thread sanitizer understands; that of `Synchronization` it does not.
final class CaptureLock: @unchecked Sendable {
  // Unchecked: a mutex at an address that does not change.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  init() {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    let failed = pthread_mutex_init(mutex, nil)
    precondition(failed == 0, "a mutex cannot be made")
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  @inline(__always)
  func withLock<Result>(_ body: () throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body()
  }
}
