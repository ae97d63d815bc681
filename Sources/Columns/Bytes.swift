public import Glibc

/// A run of bytes somewhere in memory that somebody else keeps alive: 16 bytes, trivially copied.
///
/// A column of strings holds these; its ``Column/owners`` hold the memory. Comparison is by bytes,
/// never by Unicode equivalence, so a key is exactly what the log says.
public struct Bytes: @unchecked Sendable {
  // Unchecked: a view into memory that its column's owners keep alive and nobody writes again.
  public var start: UnsafePointer<UInt8>
  public var count: Int

  @inlinable
  public init(start: UnsafePointer<UInt8>, count: Int) {
    self.start = start
    self.count = count
  }

  public static let empty = Bytes(
    start: UnsafePointer(UnsafeMutablePointer<UInt8>.allocate(capacity: 1)), count: 0)

  @inlinable public var buffer: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: start, count: count)
  }

  @inlinable
  public subscript(index: Int) -> UInt8 { start[index] }

  /// The text, with invalid UTF-8 shown as U+FFFD. For messages and tests, never for keys.
  public var string: String { String(decoding: buffer, as: UTF8.self) }

  @inlinable
  public static func == (left: Bytes, right: Bytes) -> Bool {
    left.count == right.count && memcmp(left.start, right.start, left.count) == 0
  }

  /// The same as `==`, without a call for the few bytes that most keys have.
  @inlinable @inline(__always)
  public func isSame(_ other: Bytes) -> Bool {
    count == other.count && start.isSame(other.start, count)
  }

  /// Byte order, which for UTF-8 is code point order: negative, zero or positive.
  @inlinable
  public func compare(_ other: Bytes) -> Int {
    let order = Int(memcmp(start, other.start, Swift.min(count, other.count)))
    return order != 0 ? order : count - other.count
  }

  /// A 64-bit hash of the bytes, the same on every run and machine.
  ///
  /// Eight bytes a step, multiply and fold (the scheme of wyhash); not for untrusted peers.
  @inlinable
  public var hash64: UInt64 {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: count)
    var at = 0
    let raw = UnsafeRawPointer(start)
    while at + 8 <= count {
      state = foldedMultiply(
        state ^ raw.loadUnaligned(fromByteOffset: at, as: UInt64.self), 0xA076_1D64_78BD_642F)
      at += 8
    }
    if at < count {
      var tail: UInt64 = 0
      if count >= 8 {
        tail = raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
      } else {
        for index in at..<count { tail = tail << 8 | UInt64(start[index]) }
      }
      state = foldedMultiply(state ^ tail, 0xE703_7ED1_A0B4_28DB)
    }
    return foldedMultiply(state, 0x8EBC_6AF0_9C88_C6E3)
  }
}

extension UnsafePointer<UInt8> {
  /// Whether so many bytes are the same there: see ``Bytes/isSame(_:)``.
  @inlinable @inline(__always)
  public func isSame(_ other: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    let (left, right) = (UnsafeRawPointer(self), UnsafeRawPointer(other))
    if count >= 8, count <= 16 {
      // Two words that may overlap.
      let heads =
        left.loadUnaligned(as: UInt64.self) ^ right.loadUnaligned(as: UInt64.self)
      let tails =
        left.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
        ^ right.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
      return heads | tails == 0
    }
    return memcmp(self, other, count) == 0
  }
}

/// The two halves of the 128-bit product, combined.
@inlinable
public func foldedMultiply(_ left: UInt64, _ right: UInt64) -> UInt64 {
  let product = left.multipliedFullWidth(by: right)
  return product.high ^ product.low
}

/// The number of key groups: the unit in which keyed state moves between subtasks.
public let keyGroupCount = 128

/// The key group of a key's hash: murmur's finaliser, as Flink spreads its hash codes.
@inlinable
public func keyGroup(of hash: UInt64) -> Int {
  var code = UInt32(truncatingIfNeeded: hash ^ hash >> 32)
  code ^= code >> 16
  code = code &* 0x85EB_CA6B
  code ^= code >> 13
  code = code &* 0xC2B2_AE35
  code ^= code >> 16
  return Int(code & UInt32(keyGroupCount - 1))
}

/// The subtask that owns a key group, as Flink assigns ranges of groups to subtasks.
@inlinable
public func subtask(of keyGroup: Int, parallelism: Int) -> Int {
  keyGroup * parallelism / keyGroupCount
}
