/// The timers of many entries: those that are near stand in a heap, the others in buckets by time.
///
/// A session that goes on has its timer set again and again, long before it is due. Such a timer
/// moves from bucket to bucket, which takes the same time however many there are; only one whose
/// moment is near goes through the heap.
final class TimerQueue {
  private struct Bucket {
    /// Its first moment, in widths.
    var number: Int64
    var timers: [TimerHeap.Timer]
  }

  /// A bucket is as wide as two to the power of this, ms.
  private let shift: Int64
  private let near = TimerHeap()
  /// By time, rising.
  private var far: [Bucket] = []
  /// The first moment of the first bucket; the end of time for none.
  private(set) var farStart = Int64.max
  /// Timers of buckets before this one stand in the heap.
  private var nearEnd = Int64.min
  /// No timer is due before this moment; the end of time for none.
  private(set) var nextDue = Int64.max
  /// Memory of buckets that were emptied, to be filled again.
  private var spares: [[TimerHeap.Timer]] = []

  /// - Parameter span: about how far ahead timers are set, ms.
  init(span: Int64) {
    shift = Int64(max(1, span / 32).bitWidth - 1 - max(1, span / 32).leadingZeroBitCount)
  }

  func push(_ timer: TimerHeap.Timer) {
    let number = timer.due >> shift
    if number < nearEnd {
      near.push(timer)
      nextDue = min(nextDue, timer.due)
      return
    }
    let index = firstIndex(from: number)
    if index == far.count || far[index].number != number {
      far.insert(Bucket(number: number, timers: spares.popLast() ?? []), at: index)
      farStart = min(farStart, number << shift)
      nextDue = min(nextDue, farStart)
    }
    far[index].timers.append(timer)
  }

  /// Where the first bucket stands that is not before a number.
  private func firstIndex(from number: Int64) -> Int {
    // Where timers are set in every bucket, its number tells its place.
    if let first = far.first?.number, number >= first, number - first < far.count,
      far[Int(number - first)].number == number
    {
      return Int(number - first)
    }
    // Most others are among the last.
    var (low, high) = (0, far.count)
    let late = high - 8
    if late >= 0 { if far[late].number < number { low = late + 1 } else { high = late } }
    while low < high {
      let middle = (low + high) / 2
      if far[middle].number < number { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Moves the timers of buckets that begin by a moment to where ``pop(upTo:)`` finds them.
  ///
  /// - Parameter isStill: whether a timer that comes near is still the one to wait for; if not, the
  ///   caller has pushed another in its place, or needs none.
  func bringNear(upTo moment: Int64, isStill: (TimerHeap.Timer) -> Bool) {
    while farStart <= moment, !far.isEmpty {
      let first = far.removeFirst()
      farStart = far.first.map { $0.number << shift } ?? .max
      nearEnd = first.number + 1
      for timer in first.timers where isStill(timer) { near.push(timer) }
      if spares.count < 64 {
        var emptied = first.timers
        emptied.removeAll(keepingCapacity: true)
        spares.append(emptied)
      }
    }
    nextDue = min(near.nextDue, farStart)
  }

  /// The earliest timer of those that were brought near, if it is due by a moment.
  func pop(upTo moment: Int64) -> TimerHeap.Timer? {
    guard near.nextDue <= moment else { return nil }
    let timer = near.pop()
    nextDue = min(near.nextDue, farStart)
    return timer
  }

  func removeAll() {
    near.removeAll()
    far = []
    spares = []
    nearEnd = .min
    (farStart, nextDue) = (.max, .max)
  }

  /// Memory it holds, bytes.
  var reservedBytes: Int {
    near.reservedBytes + far.reduce(0) { $0 + arrayBytes($1.timers) }
      + spares.reduce(0) { $0 + arrayBytes($1) }
  }
}
