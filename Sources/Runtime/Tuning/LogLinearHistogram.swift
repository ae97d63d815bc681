/// Counts of lengths of time in buckets that grow with them: exact below 64, then 32 buckets for
/// each doubling, so that a quantile is at most 1/32 too high. 15 KiB whatever it counts.
struct LogLinearHistogram: Sendable {
  private static let exact = 64
  private static let perDoubling = 32
  private var counts = [Int64](repeating: 0, count: 64 + 57 * 32)
  private(set) var count: Int64 = 0
  private(set) var largest: Int64 = 0

  /// - Parameter value: 0 or more.
  mutating func add(_ value: Int64) {
    counts[Self.bucket(value)] += 1
    count += 1
    if value > largest { largest = value }
  }

  /// The length that this share of the values does not exceed; 0 where there are none.
  func quantile(_ share: Double) -> Int64 {
    guard count > 0 else { return 0 }
    let rank = max(1, Int64((share * Double(count)).rounded(.up)))
    var seen: Int64 = 0
    for bucket in counts.indices {
      seen += counts[bucket]
      if seen >= rank { return min(Self.upperBound(bucket), largest) }
    }
    return largest
  }

  private static func bucket(_ value: Int64) -> Int {
    if value < exact { return Int(max(value, 0)) }
    let doubling = 63 - value.leadingZeroBitCount  // 6 or more
    let within = Int(value >> (doubling - 5)) - perDoubling
    return exact + (doubling - 6) * perDoubling + within
  }

  /// The largest value of a bucket.
  private static func upperBound(_ bucket: Int) -> Int64 {
    if bucket < exact { return Int64(bucket) }
    let doubling = (bucket - exact) / perDoubling + 6
    let within = Int64((bucket - exact) % perDoubling + perDoubling)
    return ((within + 1) << (doubling - 5)) &- 1  // the last ends at Int64.max
  }
}
