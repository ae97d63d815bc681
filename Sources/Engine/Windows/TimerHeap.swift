/// Moments at which something is due for an entry, the earliest first; of one moment, by the
/// window's end, then by the record that made the entry.
///
/// A timer that was replaced stays in the heap until it comes up: its ticket is no longer the
/// entry's.
///
/// A class, so that asking for the next moment with each row is not checked for exclusive access.
final class TimerHeap {
  struct Timer {
    var due: Int64
    var windowEnd: Int64
    var first: Int64
    var ticket: Int64
    var entry: Entry

    @inline(__always)
    static func < (left: Timer, right: Timer) -> Bool {
      if left.due != right.due { return left.due < right.due }
      if left.windowEnd != right.windowEnd { return left.windowEnd < right.windowEnd }
      return left.first < right.first
    }
  }

  /// Children of a node: with four of them a timer passes half as many levels as with two.
  private static let width = 4

  private var timers: [Timer] = []
  /// The earliest moment; the end of time for none.
  private(set) var nextDue = Int64.max

  /// Memory it holds, bytes.
  var reservedBytes: Int { timers.capacity * MemoryLayout<Timer>.stride }

  func push(_ timer: Timer) {
    nextDue = min(nextDue, timer.due)
    timers.append(timer)
    timers.withUnsafeMutableBufferPointer { heap in
      // What is later than it moves down, then it takes the hole.
      var hole = heap.count - 1
      while hole > 0 {
        let parent = (hole - 1) / Self.width
        guard timer < heap[parent] else { break }
        heap[hole] = heap[parent]
        hole = parent
      }
      heap[hole] = timer
    }
  }

  func pop() -> Timer? {
    guard let last = timers.popLast() else { return nil }
    guard let top = timers.first else {
      nextDue = .max
      return last
    }
    timers.withUnsafeMutableBufferPointer { heap in
      // What is earlier than the last one moves up, then that takes the hole.
      var hole = 0
      while true {
        let first = Self.width * hole + 1
        guard first < heap.count else { break }
        var least = first
        for child in (first + 1)..<min(first + Self.width, heap.count)
        where heap[child] < heap[least] {
          least = child
        }
        guard heap[least] < last else { break }
        heap[hole] = heap[least]
        hole = least
      }
      heap[hole] = last
      nextDue = heap[0].due
    }
    return top
  }

  func removeAll() {
    timers.removeAll(keepingCapacity: true)
    nextDue = .max
  }
}
