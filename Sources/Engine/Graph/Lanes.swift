/// Where independent pieces of a job's work run: one after another on the stepping driver, side by
/// side on the threaded one. The result is the same.
public protocol Lanes: Sendable {
  /// How many pieces run at once.
  var width: Int { get }

  /// Calls `body` with 0 up to `count`, in any order and on any thread; returns when all are done.
  func run(_ count: Int, _ body: @Sendable (Int) -> Void)
}

/// Everything on the calling thread, in order.
public struct SerialLanes: Lanes {
  public init() {}
  public var width: Int { 1 }

  public func run(_ count: Int, _ body: @Sendable (Int) -> Void) {
    for index in 0..<count { body(index) }
  }
}

extension Lanes {
  /// The results of `body` for 0 up to `count`, in order.
  public func map<Result>(_ count: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
    if count == 1 { return [body(0)] }
    let results = ResultSlots<Result>(count)
    run(count) { results.slots[$0] = body($0) }
    return results.slots.prefix(count).compactMap { $0 }
  }
}

/// A place for the result of each piece of work.
private final class ResultSlots<Result>: @unchecked Sendable {
  // Unchecked: each slot is written by one piece of work, and read when all are done.
  let slots: UnsafeMutableBufferPointer<Result?>

  init(_ count: Int) {
    slots = .allocate(capacity: count)
    slots.initialize(repeating: nil)
  }

  deinit {
    slots.deinitialize()
    slots.deallocate()
  }
}
