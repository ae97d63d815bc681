/// Where independent pieces of a job's work run: one after another on the stepping driver, side by
/// side on the threaded one. The result is the same.
public protocol Lanes: Sendable {
  /// How many pieces run at once.
  var width: Int { get }

  /// Calls `body` with 0 up to `count`, in any order and on any thread; returns when all are done.
  func run(_ count: Int, _ body: @Sendable (Int) -> Void)

  /// Lets `produce` run beside the caller, a bounded number of results ahead of it.
  ///
  /// - Parameter produce: gives the next result, nil after the last; told the lanes that it has.
  ///   Called by one thread at a time, and not again after nil or an error.
  /// - Returns: nil where nothing runs beside the caller: the caller calls `produce` itself.
  func ahead<Item: Sendable>(
    _ produce: @escaping @Sendable (any Lanes) throws -> Item?
  ) -> (any Ahead<Item>)?

  /// What is left for the caller while something runs ahead.
  var besideAhead: any Lanes { get }
}

/// Results that are made ahead of the one who takes them.
public protocol Ahead<Item>: AnyObject {
  associatedtype Item: Sendable

  /// The next result, in order; nil after the last. Waits for it.
  ///
  /// - Throws: what `produce` threw in its place.
  func next() throws -> Item?

  /// No more results are made. Returns when none is under way.
  func stop()
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
  public func ahead<Item: Sendable>(
    _ produce: @escaping @Sendable (any Lanes) throws -> Item?
  ) -> (any Ahead<Item>)? { nil }

  public var besideAhead: any Lanes { self }

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
