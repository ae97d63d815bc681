internal import Glibc

/// Bytes that grow at the end: the one buffer that an encoder fills and a sink writes.
///
/// Its memory is kept when it is emptied. Used by one thread at a time.
package final class ByteBuilder {
  // One thread uses it, through calls that do not overlap: a check at each byte would cost more
  // than the byte.
  @exclusivity(unchecked) package private(set) var start: UnsafeMutablePointer<UInt8>
  @exclusivity(unchecked) package var count = 0
  @exclusivity(unchecked) package private(set) var capacity: Int

  package init(capacity: Int = 64 * 1024) {
    self.capacity = capacity
    start = .allocate(capacity: capacity)
  }

  deinit { start.deallocate() }

  package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

  /// A copy of the bytes, for tests and messages.
  package var array: [UInt8] { Array(UnsafeBufferPointer(start: start, count: count)) }

  package func removeAll() { count = 0 }

  /// Makes room for `extra` bytes beyond the end, so that the puts that follow need no check.
  @inline(__always)
  package func reserve(_ extra: Int) {
    if capacity - count < extra { grow(extra) }
  }

  @inline(never)
  private func grow(_ extra: Int) {
    capacity = max(capacity * 2, count + extra)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: start, count: count)
    start.deallocate()
    start = larger
  }

  /// Adds a byte; the room was reserved.
  @inline(__always)
  package func put(_ byte: UInt8) {
    start[count] = byte
    count += 1
  }

  /// Adds bytes; the room was reserved.
  @inline(__always)
  package func put(_ source: UnsafePointer<UInt8>, _ length: Int) {
    // Keys, names and times are of a length that two pieces cover, which may overlap.
    switch length {
    case 8...16: put(source, length, pieces: UInt64.self)
    case 17...32: put(source, length, pieces: SIMD16<UInt8>.self)
    default: memcpy(start + count, source, length)
    }
    count += length
  }

  @inline(__always)
  private func put<Piece>(
    _ source: UnsafePointer<UInt8>, _ length: Int, pieces: Piece.Type
  ) where Piece: BitwiseCopyable {
    let (from, to) = (UnsafeRawPointer(source), UnsafeMutableRawPointer(start + count))
    let last = length - MemoryLayout<Piece>.size
    let head = from.loadUnaligned(as: Piece.self)
    let tail = from.loadUnaligned(fromByteOffset: last, as: Piece.self)
    to.storeBytes(of: head, as: Piece.self)
    to.storeBytes(of: tail, toByteOffset: last, as: Piece.self)
  }

  /// Adds bytes, making room for them.
  package func append(_ source: some Collection<UInt8>) {
    reserve(source.count)
    for byte in source { put(byte) }
  }

  /// Adds a whole number in decimal; needs at most 20 bytes, which were reserved.
  @inline(__always)
  package func put(decimal value: Int64) {
    var rest = value.magnitude
    if value < 0 { put(45) }
    var length = 1
    var bound: UInt64 = 10
    while length < 20 && rest >= bound {
      length += 1
      if length == 20 { break }
      bound &*= 10
    }
    count += length
    var end = start + count
    while rest >= 100 {
      let quotient = rest / 100
      end -= 2
      Self.putPair(Int(truncatingIfNeeded: rest - quotient * 100), at: end)
      rest = quotient
    }
    if rest >= 10 {
      Self.putPair(Int(truncatingIfNeeded: rest), at: end - 2)
    } else {
      end[-1] = UInt8(truncatingIfNeeded: 48 + rest)
    }
  }

  /// Writes two digits.
  @inline(__always)
  static func putPair(_ value: Int, at place: UnsafeMutablePointer<UInt8>) {
    let pairs: StaticString = """
      00010203040506070809101112131415161718192021222324252627282930313233343536373839\
      40414243444546474849505152535455565758596061626364656667686970717273747576777879\
      8081828384858687888990919293949596979899
      """
    let pair = UnsafeRawPointer(pairs.utf8Start).loadUnaligned(
      fromByteOffset: 2 * value, as: UInt16.self)
    UnsafeMutableRawPointer(place).storeBytes(of: pair, as: UInt16.self)
  }
}
