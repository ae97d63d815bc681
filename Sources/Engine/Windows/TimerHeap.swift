/// Moments at which something is due for an entry, the earliest first; of one moment, by the
/// window's end, then by the record that made the entry.
///
/// A timer that was replaced stays in the heap until it comes up: its ticket is no longer the
/// entry's.
struct TimerHeap {
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

  private var timers: [Timer] = []

  var first: Timer? { timers.first }
  var nextDue: Int64 { timers.first?.due ?? .max }
  /// Memory it holds, bytes.
  var reservedBytes: Int { timers.capacity * MemoryLayout<Timer>.stride }

  mutating func push(_ timer: Timer) {
    timers.append(timer)
    var child = timers.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard timers[child] < timers[parent] else { return }
      timers.swapAt(child, parent)
      child = parent
    }
  }

  mutating func pop() -> Timer? {
    guard let last = timers.popLast() else { return nil }
    guard let top = timers.first else { return last }
    timers[0] = last
    var parent = 0
    while true {
      var least = parent
      let left = 2 * parent + 1
      if left < timers.count, timers[left] < timers[least] { least = left }
      if left + 1 < timers.count, timers[left + 1] < timers[least] { least = left + 1 }
      guard least != parent else { return top }
      timers.swapAt(parent, least)
      parent = least
    }
  }

  mutating func removeAll() { timers.removeAll(keepingCapacity: true) }
}
