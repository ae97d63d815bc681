import CMachine
import TestSupport
import Testing

/// What is seen in many bytes at once, against a look at each.
@Suite struct ByteMarks {
  @Test func everyByteIsSeenAtEveryPlace() {
    for byte in UInt8.min...UInt8.max {
      for place in 0..<32 {
        var bytes = [UInt8](repeating: 0x61, count: 32)
        bytes[place] = byte
        check(bytes)
      }
    }
  }

  @Test(arguments: 0..<4) func anyBytesAreSeenTogether(_ seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    for _ in 0..<2000 {
      check((0..<32).map { _ in UInt8.random(in: 0...255, using: &random) })
      check((0..<32).map { _ in UInt8.random(in: 30...60, using: &random) })
    }
  }

  @Test func bytesAgreeWhereNoneButTheIgnoredDiffer() {
    let bytes = (0..<16).map { UInt8($0) }
    for place in 0..<16 {
      var others = bytes
      others[place] ^= 0x80
      #expect(!cbytes_agree(bytes, others, 0))
      #expect(cbytes_agree(bytes, others, 1 << UInt32(place)))
    }
    #expect(cbytes_agree(bytes, bytes, 0))
  }

  private func check(_ bytes: [UInt8]) {
    func marks(_ count: Int, _ isMarked: (UInt8) -> Bool) -> UInt32 {
      (0..<count).reduce(0) { $0 | (isMarked(bytes[$1]) ? 1 << UInt32($1) : 0) }
    }
    let ends = { (byte: UInt8) in byte == 34 || byte == 92 || byte < 0x20 }
    #expect(cbytes_string_ends16(bytes) == marks(16, ends), "\(bytes)")
    #expect(cbytes_string_ends32(bytes) == marks(32, ends), "\(bytes)")
    #expect((cbytes_beyond_ascii16(bytes) != 0) == bytes[..<16].contains { $0 > 127 }, "\(bytes)")
    #expect((cbytes_beyond_ascii32(bytes) != 0) == bytes.contains { $0 > 127 }, "\(bytes)")
    let others = { (byte: UInt8) in byte < 48 || byte > 57 }
    #expect(cbytes_other_than_digits(bytes) == marks(16, others), "\(bytes)")
  }
}
