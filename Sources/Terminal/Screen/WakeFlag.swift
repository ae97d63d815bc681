import Synchronization

/// One bit that any thread may set.
final class WakeFlag: Sendable {
  private let isSet = Atomic(false)

  func set() { isSet.store(true, ordering: .releasing) }

  /// Whether it was set; clears it.
  func take() -> Bool { isSet.exchange(false, ordering: .acquiringAndReleasing) }
}
