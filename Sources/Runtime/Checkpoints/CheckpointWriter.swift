import Dispatch

/// Where checkpoints are encoded and written while the stream goes on: a thread of its own, or in a
/// simulation whatever its seed says.
public protocol CheckpointWriter: Sendable {
  /// Starts one piece of work.
  func start(_ work: @escaping @Sendable () -> Void) -> any CheckpointWriting
}

/// A piece of work that was started.
public protocol CheckpointWriting: Sendable {
  /// Waits until it has ended, or so long.
  ///
  /// - Parameter limitNs: nanoseconds; 0 only asks, and `.max` waits to the end.
  /// - Returns: whether it has ended.
  func wait(limitNs: UInt64) -> Bool
}

/// Writes on a thread of its own.
public struct ThreadedCheckpointWriter: CheckpointWriter {
  public init() {}

  private struct Writing: CheckpointWriting {
    let group: DispatchGroup

    func wait(limitNs: UInt64) -> Bool {
      let limit = Int(min(limitNs, UInt64(Int32.max) * 1_000_000_000))
      return group.wait(timeout: limit == 0 ? .now() : .now() + .nanoseconds(limit)) == .success
    }
  }

  // Not a serial queue: a write that hangs must not hold up those of the attempt after it.
  public func start(_ work: @escaping @Sendable () -> Void) -> any CheckpointWriting {
    let group = DispatchGroup()
    DispatchQueue.global(qos: .utility).async(group: group, execute: work)
    return Writing(group: group)
  }
}
