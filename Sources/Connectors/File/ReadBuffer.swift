internal import Glibc

/// Memory that a reader fills and hands over: records point into it, and keep it alive.
///
/// Bytes below ``filled`` are never written again while anybody else holds the buffer.
final class ReadBuffer: @unchecked Sendable {
  // Unchecked: the reader writes only bytes that it has not handed out yet.
  let start: UnsafeMutablePointer<UInt8>
  let capacity: Int
  var filled = 0

  init(capacity: Int) {
    self.capacity = capacity
    start = .allocate(capacity: capacity)
  }

  deinit { start.deallocate() }

  /// The place of the first `byte` in `range`.
  @inline(__always)
  func first(_ byte: UInt8, in range: Range<Int>) -> Int? {
    guard let hit = memchr(start + range.lowerBound, Int32(byte), range.count) else { return nil }
    return UnsafeRawPointer(start).distance(to: UnsafeRawPointer(hit))
  }

  /// The place of the last `byte` in `range`.
  @inline(__always)
  func last(_ byte: UInt8, in range: Range<Int>) -> Int? {
    // Near the end: it is at most a record away.
    var at = range.upperBound - 1
    while at >= range.lowerBound {
      if start[at] == byte { return at }
      at -= 1
    }
    return nil
  }

  /// How many line feeds there are in `range`: 32 bytes at a time, with a count for each place of
  /// the 32, which are added up before one can overflow.
  func lineCount(_ range: Range<Int>) -> Int64 {
    let raw = UnsafeRawPointer(start)
    let feeds = SIMD32<UInt8>(repeating: 10)
    var total: Int64 = 0
    var at = range.lowerBound
    while at + 32 <= range.upperBound {
      var counts = SIMD32<UInt8>()
      for _ in 0..<min(255, (range.upperBound - at) / 32) {
        let bytes = raw.loadUnaligned(fromByteOffset: at, as: SIMD32<UInt8>.self)
        // All bits of a place are set where it is a line feed: one less than nothing.
        counts &-= unsafeBitCast(bytes .== feeds, to: SIMD32<UInt8>.self)
        at += 32
      }
      for place in 0..<32 { total += Int64(counts[place]) }
    }
    while at < range.upperBound {
      if start[at] == 10 { total += 1 }
      at += 1
    }
    return total
  }
}
