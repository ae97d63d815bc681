/// Counts of numbers in buckets of one relative width: quantiles with a bounded relative error.
///
/// A bucket is a sign, an exponent and the upper seven bits of the mantissa of a double, so it is
/// found by a shift, without rounding, and holds values within 1/128 of each other. A value is
/// given back as the middle of its bucket (within the least and the greatest value): off by at most
/// 1/256 of itself. Numbers nearer to zero than 2.3e-308 count as zero.
///
/// The same numbers give the same sketch in any order and in any grouping into merges. A factor of
/// two between numbers takes 128 buckets of 12 bytes, a factor of a million 2,560; there are no
/// more than 524,288 (6 MB).
struct BucketSketch: Equatable {
  private(set) var count = 0
  private var least = Double.nan
  private var greatest = -Double.infinity
  /// Rising, with the count of each.
  private var keys: [Int32] = []
  private var counts: [Int64] = []

  init() {}

  var reservedBytes: Int { arrayBytes(keys) + arrayBytes(counts) }

  private static let dropped: Int64 = 52 - 7
  /// The numbers that a bucket can have: those of NaN and the infinities with both signs at the ends.
  private static let keys: ClosedRange<Int64> = -1 << 18...(1 << 18 - 1)

  /// One zero for two, and one NaN for all.
  @inline(__always)
  static func plain(_ value: Double) -> Double { value.isNaN ? .nan : value + 0 }

  /// The number of a value's bucket, rising with the value.
  static func key(_ value: Double) -> Int32 {
    let bits = Int64(bitPattern: plain(value).bitPattern)
    let magnitude = Int32(truncatingIfNeeded: (bits & .max) >> dropped)
    return bits < 0 ? ~magnitude : magnitude
  }

  /// The middle of a bucket.
  static func middle(_ key: Int32) -> Double {
    let magnitude = Int64(key < 0 ? ~key : key)
    let exponent = magnitude >> 7
    if exponent == 0 { return 0 }
    // Infinity and NaN stand for themselves.
    let half: Int64 = exponent == 0x7FF ? 0 : 1 << (dropped - 1)
    let value = Double(bitPattern: UInt64(magnitude << dropped | half))
    return key < 0 ? -value : value
  }

  mutating func add(_ value: Double, count more: Int64) {
    let value = Self.plain(value)
    if count == 0 || Accumulator.isLess(value, least) { least = value }
    if count == 0 || Accumulator.isLess(greatest, value) { greatest = value }
    add(key: Self.key(value), count: more)
  }

  private mutating func add(key: Int32, count more: Int64) {
    count += Int(more)
    var (low, high) = (0, keys.count)
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < key { low = middle + 1 } else { high = middle }
    }
    if low < keys.count, keys[low] == key {
      counts[low] += more
    } else {
      keys.insert(key, at: low)
      counts.insert(more, at: low)
    }
  }

  mutating func merge(_ other: BucketSketch) {
    if count == 0 || Accumulator.isLess(other.least, least) { least = other.least }
    if count == 0 || Accumulator.isLess(greatest, other.greatest) { greatest = other.greatest }
    for (key, more) in zip(other.keys, other.counts) { add(key: key, count: more) }
  }

  /// About the value that has so many below it.
  func value(at rank: Int) -> Double {
    if rank <= 0 { return least }
    if rank >= count - 1 { return greatest }
    var left = Int64(rank)
    for (key, held) in zip(keys, counts) {
      if left < held {
        let middle = Self.middle(key)
        return Accumulator.isLess(middle, least)
          ? least : Accumulator.isLess(greatest, middle) ? greatest : middle
      }
      left -= held
    }
    return greatest
  }

  func write(to writer: inout StateWriter) {
    writer.write(least.bitPattern)
    writer.write(greatest.bitPattern)
    writer.write(Int64(keys.count))
    for (key, held) in zip(keys, counts) {
      writer.write(Int64(key))
      writer.write(held)
    }
  }

  /// - Throws: ``StateError``.
  init(_ reader: inout StateReader) throws {
    least = Double(bitPattern: UInt64(bitPattern: try reader.word()))
    greatest = Double(bitPattern: UInt64(bitPattern: try reader.word()))
    let buckets = try reader.count()
    for _ in 0..<buckets {
      let key = try reader.word()
      guard Self.keys.contains(key) else { throw StateError.truncated }
      add(key: Int32(key), count: try reader.amount())
      guard count < 1 << 60 else { throw StateError.truncated }
    }
    guard count > 0 else { throw StateError.truncated }
  }
}
