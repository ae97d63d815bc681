import Dispatch

/// Wakes are counted; a test waits for the next.
final class Inbox: Sendable {
  private let semaphore = DispatchSemaphore(value: 0)
  func wake() { semaphore.signal() }
  /// False when nothing came for so long that the worker must be stuck.
  func wait() -> Bool { semaphore.wait(timeout: .now() + 60) == .success }
}
