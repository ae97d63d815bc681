internal import Glibc
internal import Synchronization

/// Memory that a reader fills and hands over: records point into it, and keep a lease of it.
///
/// Bytes below ``filled`` are never written again while there is a lease.
final class ReadBuffer: @unchecked Sendable {
  // Unchecked: the reader writes only bytes that it has not handed out yet.
  let start: UnsafeMutablePointer<UInt8>
  let capacity: Int
  var filled = 0
  private let leases = Atomic<Int>(0)

  init(capacity: Int) {
    self.capacity = capacity
    start = .allocate(capacity: capacity)
  }

  deinit { start.deallocate() }

  /// Keeps what was handed out as it is, for as long as somebody holds it.
  final class Lease: Sendable {
    private let buffer: ReadBuffer

    fileprivate init(_ buffer: ReadBuffer) {
      self.buffer = buffer
      buffer.leases.wrappingAdd(1, ordering: .relaxed)
    }

    // Whoever finds the buffer free has seen everything that was done with it.
    deinit { buffer.leases.wrappingSubtract(1, ordering: .releasing) }
  }

  func lease() -> Lease { Lease(self) }

  /// Whether nobody holds a lease: the reader may write over it.
  var isFree: Bool { leases.load(ordering: .acquiring) == 0 }

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
