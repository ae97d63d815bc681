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

  /// How many line feeds there are in `range`: eight bytes at a time, with a count for each byte of
  /// a word, which are added up before one can overflow.
  func lineCount(_ range: Range<Int>) -> Int64 {
    let raw = UnsafeRawPointer(start)
    let ones: UInt64 = 0x0101_0101_0101_0101
    let lows = ones &* 0x7F
    var total: UInt64 = 0
    var at = range.lowerBound
    while at + 8 <= range.upperBound {
      var counts: UInt64 = 0
      let words = min(255, (range.upperBound - at) / 8)
      for word in 0..<words {
        let bytes = raw.loadUnaligned(fromByteOffset: at + word &* 8, as: UInt64.self)
        // A byte that is a line feed is zero now; its high bit alone survives the sum.
        let other = bytes ^ (ones &* 10)
        counts &+= ~(((other & lows) &+ lows) | other | lows) &>> 7
      }
      // Pairs of bytes first: a sum of eight counts needs more than a byte.
      let pairs = (counts & 0x00FF_00FF_00FF_00FF) &+ (counts &>> 8 & 0x00FF_00FF_00FF_00FF)
      total &+= (pairs &* 0x0001_0001_0001_0001) &>> 48
      at += words * 8
    }
    while at < range.upperBound {
      if start[at] == 10 { total += 1 }
      at += 1
    }
    return Int64(total)
  }
}
