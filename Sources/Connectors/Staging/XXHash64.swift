/// The 64-bit xxHash of a stream of bytes, fed piece by piece: a checksum against torn and
/// damaged files, the same as `xxhsum -H64` computes. Not against forgers.
///
/// https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
package struct XXHash64: Sendable {
  private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
  private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
  private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
  private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

  private var lanes: (UInt64, UInt64, UInt64, UInt64)
  /// Bytes that do not fill a stripe of 32 yet.
  private var pending: [UInt8] = []
  /// Bytes hashed so far.
  package private(set) var byteCount: Int64 = 0

  package init() {
    lanes = (Self.prime1 &+ Self.prime2, Self.prime2, 0, 0 &- Self.prime1)
    pending.reserveCapacity(32)
  }

  /// The hash in 16 hexadecimal digits.
  package static func hex(of bytes: [UInt8]) -> String {
    var hash = XXHash64()
    bytes.withUnsafeBytes { hash.update($0) }
    return hash.hex
  }

  package var hex: String {
    let text = String(digest, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    byteCount += Int64(bytes.count)
    var at = 0
    if !pending.isEmpty {
      at = min(32 - pending.count, bytes.count)
      pending.append(contentsOf: bytes[..<at])
      if pending.count < 32 { return }
      let stripe = pending
      stripe.withUnsafeBytes { consume($0, 0) }
      pending.removeAll(keepingCapacity: true)
    }
    while at + 32 <= bytes.count {
      consume(bytes, at)
      at += 32
    }
    if at < bytes.count { pending.append(contentsOf: bytes[at...]) }
  }

  /// The hash of what was fed so far.
  package var digest: UInt64 {
    var hash: UInt64
    if byteCount >= 32 {
      hash =
        Self.rotate(lanes.0, 1) &+ Self.rotate(lanes.1, 7) &+ Self.rotate(lanes.2, 12)
        &+ Self.rotate(lanes.3, 18)
      for lane in [lanes.0, lanes.1, lanes.2, lanes.3] {
        hash = (hash ^ Self.round(0, lane)) &* Self.prime1 &+ Self.prime4
      }
    } else {
      hash = Self.prime5
    }
    hash = hash &+ UInt64(byteCount)
    return pending.withUnsafeBytes { Self.finish(hash, tail: $0) }
  }

  private static func finish(_ start: UInt64, tail: UnsafeRawBufferPointer) -> UInt64 {
    var hash = start
    var at = 0
    while at + 8 <= tail.count {
      let word = tail.loadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian
      hash = rotate(hash ^ round(0, word), 27) &* prime1 &+ prime4
      at += 8
    }
    if at + 4 <= tail.count {
      let word = UInt64(tail.loadUnaligned(fromByteOffset: at, as: UInt32.self).littleEndian)
      hash = rotate(hash ^ word &* prime1, 23) &* prime2 &+ prime3
      at += 4
    }
    while at < tail.count {
      hash = rotate(hash ^ UInt64(tail[at]) &* prime5, 11) &* prime1
      at += 1
    }
    hash = (hash ^ hash >> 33) &* prime2
    hash = (hash ^ hash >> 29) &* prime3
    return hash ^ hash >> 32
  }

  @inline(__always)
  private mutating func consume(_ bytes: UnsafeRawBufferPointer, _ at: Int) {
    func word(_ index: Int) -> UInt64 {
      bytes.loadUnaligned(fromByteOffset: at + index * 8, as: UInt64.self).littleEndian
    }
    lanes.0 = Self.round(lanes.0, word(0))
    lanes.1 = Self.round(lanes.1, word(1))
    lanes.2 = Self.round(lanes.2, word(2))
    lanes.3 = Self.round(lanes.3, word(3))
  }

  @inline(__always)
  private static func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 {
    value &<< bits | value &>> (64 &- bits)
  }

  @inline(__always)
  private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    rotate(lane &+ word &* prime2, 31) &* prime1
  }
}
