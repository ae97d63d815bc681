public import Engine
import Dispatch
import Foundation
import Synchronization

/// Independent pieces of work on several threads.
///
/// Where a log is read ahead, half of the threads do that, one at least. A job of one subtask then
/// works on two threads: reading and parsing take about as long as the windows do.
public struct ThreadLanes: Lanes {
  public let width: Int
  /// Whether there is a processor for work ahead of the caller.
  private let hasRoomAhead: Bool

  /// - Parameter processors: that this process may use.
  public init(width: Int, processors: Int = ThreadLanes.processors) {
    self.width = max(width, 1)
    hasRoomAhead = processors > 1
  }

  /// Processors that this process may use: a container or `taskset` may allow fewer than there are.
  public static var processors: Int {
    // Foundation counts those that are switched on, whoever may use them.
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let mask = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }
    let count = mask?.dropFirst(13).reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
    return count ?? ProcessInfo.processInfo.activeProcessorCount
  }

  public func run(_ count: Int, _ body: @Sendable (Int) -> Void) {
    let threads = min(count, width)
    if threads <= 1 {
      for index in 0..<count { body(index) }
    } else {
      let next = Atomic<Int>(0)
      DispatchQueue.concurrentPerform(iterations: threads) { _ in
        while true {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          if index >= count { return }
          body(index)
        }
      }
    }
  }

  public func ahead<Item: Sendable>(
    _ produce: @escaping @Sendable (any Lanes) throws -> Item?
  ) -> (any Ahead<Item>)? {
    guard hasRoomAhead else { return nil }
    let lanes = ThreadLanes(width: width / 2, processors: 1)
    return ThreadAhead { try produce(lanes) }
  }

  public var besideAhead: any Lanes {
    hasRoomAhead ? ThreadLanes(width: width - max(width / 2, 1), processors: 1) : self
  }
}

/// A thread that makes results for another, at most ``depth`` ahead of it.
///
/// Rounds in which windows fire take many times as long as those between: what was read in the
/// meantime is worked off then, and neither thread waits.
private final class ThreadAhead<Item: Sendable>: Ahead {
  /// What the two threads share.
  private final class Shared: @unchecked Sendable {
    // Unchecked: all of it is only read and written while the gate is held.
    let gate = NSCondition()
    var results: [Result<Item?, any Error>] = []
    var isStopped = false
    var isDone = false
  }

  /// Results that wait at most.
  private static var depth: Int { 8 }
  private let shared = Shared()
  private var hasEnded = false

  init(_ produce: @escaping @Sendable () throws -> Item?) {
    let shared = shared
    DispatchQueue(label: "tidemark.ahead", qos: .userInitiated).async {
      var isLast = false
      while !isLast {
        shared.gate.lock()
        while shared.results.count >= Self.depth, !shared.isStopped { shared.gate.wait() }
        let isStopped = shared.isStopped
        shared.gate.unlock()
        if isStopped { break }
        let result = Result { try produce() }
        if case .success(.some) = result {} else { isLast = true }
        shared.gate.lock()
        shared.results.append(result)
        shared.gate.broadcast()
        shared.gate.unlock()
      }
      shared.gate.lock()
      shared.isDone = true
      shared.gate.broadcast()
      shared.gate.unlock()
    }
  }

  func next() throws -> Item? {
    if hasEnded { return nil }
    shared.gate.lock()
    while shared.results.isEmpty { shared.gate.wait() }
    let result = shared.results.removeFirst()
    shared.gate.broadcast()
    shared.gate.unlock()
    hasEnded = true
    guard let item = try result.get() else { return nil }
    hasEnded = false
    return item
  }

  func stop() {
    hasEnded = true
    shared.gate.lock()
    shared.isStopped = true
    shared.gate.broadcast()
    while !shared.isDone { shared.gate.wait() }
    shared.results = []
    shared.gate.unlock()
  }

  deinit { stop() }
}
