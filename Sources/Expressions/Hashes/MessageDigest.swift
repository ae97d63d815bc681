package import Columns

/// A hash that security relied on at some time; here it makes keys and fingerprints.
///
/// Written out (RFC 1321, FIPS 180-4) because a library for six functions would cost the first
/// build minutes; the tests hold Java's results.
package enum MessageDigest: String, CaseIterable, Sendable {
  case md5 = "MD5"
  case sha1 = "SHA1"
  case sha224 = "SHA224"
  case sha256 = "SHA256"
  case sha384 = "SHA384"
  case sha512 = "SHA512"

  /// The digest as lower-case hexadecimal digits, added to a buffer.
  func write(_ bytes: Bytes, to target: inout [UInt8]) {
    switch self {
    case .md5:
      for word in MD5.digest(bytes) { Self.write(word.byteSwapped, to: &target) }
    case .sha1:
      for word in SHA1.digest(bytes) { Self.write(word, to: &target) }
    case .sha224, .sha256:
      let words = SHA256.digest(bytes, from: self == .sha224 ? SHA256.start224 : SHA256.start256)
      for word in words.prefix(self == .sha224 ? 7 : 8) { Self.write(word, to: &target) }
    case .sha384, .sha512:
      let words = SHA512.digest(bytes, from: self == .sha384 ? SHA512.start384 : SHA512.start512)
      for word in words.prefix(self == .sha384 ? 6 : 8) { Self.write(word, to: &target) }
    }
  }

  /// The digest as lower-case hexadecimal digits.
  package func text(of bytes: Bytes) -> String {
    var digits: [UInt8] = []
    write(bytes, to: &digits)
    return String(decoding: digits, as: UTF8.self)
  }

  private static func write<Word: FixedWidthInteger>(_ word: Word, to target: inout [UInt8]) {
    for shift in stride(from: Word.bitWidth - 4, through: 0, by: -4) {
      let digit = UInt8(truncatingIfNeeded: word >> Word(shift)) & 15
      target.append(digit < 10 ? 48 + digit : 87 + digit)
    }
  }

  /// Calls `body` with each block of the message, padded with a one, zeros and its length in bits.
  @inline(__always)
  static func forEachBlock(
    _ bytes: Bytes, size: Int, isBigEndian: Bool, _ body: (UnsafePointer<UInt8>) -> Void
  ) {
    var at = 0
    while at + size <= bytes.count {
      body(bytes.start + at)
      at += size
    }
    let lengthBytes = size / 8
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: size * 2) { tail in
      guard let start = tail.baseAddress else { return }
      tail.initialize(repeating: 0)
      let rest = bytes.count - at
      for index in 0..<rest { tail[index] = bytes[at + index] }
      tail[rest] = 0x80
      let total = rest + 1 + lengthBytes <= size ? size : size * 2
      let bits = UInt64(bytes.count) * 8
      for index in 0..<8 {
        let place = isBigEndian ? total - 1 - index : total - lengthBytes + index
        tail[place] = UInt8(truncatingIfNeeded: bits >> (UInt64(index) * 8))
      }
      body(start)
      if total > size { body(start + size) }
    }
  }
}

@inline(__always)
private func rotate(_ word: UInt32, left: UInt32) -> UInt32 { word << left | word >> (32 - left) }

private enum MD5 {
  private static let shifts: [UInt32] = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]
  /// The whole parts of 2^32 · |sin(i + 1)|.
  private static let sines: [UInt32] = [
    0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a, 0xa830_4613,
    0xfd46_9501, 0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be, 0x6b90_1122, 0xfd98_7193,
    0xa679_438e, 0x49b4_0821, 0xf61e_2562, 0xc040_b340, 0x265e_5a51, 0xe9b6_c7aa, 0xd62f_105d,
    0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8, 0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed,
    0xa9e3_e905, 0xfcef_a3f8, 0x676f_02d9, 0x8d2a_4c8a, 0xfffa_3942, 0x8771_f681, 0x6d9d_6122,
    0xfde5_380c, 0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70, 0x289b_7ec6, 0xeaa1_27fa,
    0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665, 0xf429_2244,
    0x432a_ff97, 0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92, 0xffef_f47d, 0x8584_5dd1,
    0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1, 0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb,
    0xeb86_d391,
  ]

  static func digest(_ bytes: Bytes) -> [UInt32] {
    var state: [UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476]
    MessageDigest.forEachBlock(bytes, size: 64, isBigEndian: false) { block in
      var (a, b, c, d) = (state[0], state[1], state[2], state[3])
      for round in 0..<64 {
        var mix: UInt32
        let word: Int
        switch round / 16 {
        case 0: (mix, word) = (b & c | ~b & d, round)
        case 1: (mix, word) = (d & b | ~d & c, (5 * round + 1) % 16)
        case 2: (mix, word) = (b ^ c ^ d, (3 * round + 5) % 16)
        default: (mix, word) = (c ^ (b | ~d), (7 * round) % 16)
        }
        let value = UnsafeRawPointer(block).loadUnaligned(
          fromByteOffset: word * 4, as: UInt32.self
        ).littleEndian
        mix = mix &+ a &+ sines[round] &+ value
        (a, d, c) = (d, c, b)
        b = b &+ rotate(mix, left: shifts[round / 16 * 4 + round % 4])
      }
      for (index, word) in [a, b, c, d].enumerated() { state[index] &+= word }
    }
    return state
  }
}

private enum SHA1 {
  static func digest(_ bytes: Bytes) -> [UInt32] {
    var state: [UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0]
    var words = [UInt32](repeating: 0, count: 80)
    MessageDigest.forEachBlock(bytes, size: 64, isBigEndian: true) { block in
      for index in 0..<16 {
        words[index] =
          UnsafeRawPointer(block).loadUnaligned(
            fromByteOffset: index * 4, as: UInt32.self
          ).bigEndian
      }
      for index in 16..<80 {
        words[index] = rotate(
          words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], left: 1)
      }
      var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
      for round in 0..<80 {
        let (mix, key): (UInt32, UInt32) =
          switch round / 20 {
          case 0: (b & c | ~b & d, 0x5a82_7999)
          case 1: (b ^ c ^ d, 0x6ed9_eba1)
          case 2: (b & c | b & d | c & d, 0x8f1b_bcdc)
          default: (b ^ c ^ d, 0xca62_c1d6)
          }
        let next = rotate(a, left: 5) &+ mix &+ e &+ key &+ words[round]
        (e, d, c, b, a) = (d, c, rotate(b, left: 30), a, next)
      }
      for (index, word) in [a, b, c, d, e].enumerated() { state[index] &+= word }
    }
    return state
  }
}

private enum SHA256 {
  static let start224: [UInt32] = [
    0xc105_9ed8, 0x367c_d507, 0x3070_dd17, 0xf70e_5939, 0xffc0_0b31, 0x6858_1511, 0x64f9_8fa7,
    0xbefa_4fa4,
  ]
  static let start256: [UInt32] = SHA512.start512.map { UInt32($0 >> 32) }

  static func digest(_ bytes: Bytes, from start: [UInt32]) -> [UInt32] {
    var state = start
    var words = [UInt32](repeating: 0, count: 64)
    MessageDigest.forEachBlock(bytes, size: 64, isBigEndian: true) { block in
      for index in 0..<16 {
        words[index] =
          UnsafeRawPointer(block).loadUnaligned(
            fromByteOffset: index * 4, as: UInt32.self
          ).bigEndian
      }
      for index in 16..<64 {
        let (x, y) = (words[index - 15], words[index - 2])
        let first = rotate(x, left: 25) ^ rotate(x, left: 14) ^ x >> 3
        let second = rotate(y, left: 15) ^ rotate(y, left: 13) ^ y >> 10
        words[index] = words[index - 16] &+ first &+ words[index - 7] &+ second
      }
      var s = state
      for round in 0..<64 {
        let high = rotate(s[4], left: 26) ^ rotate(s[4], left: 21) ^ rotate(s[4], left: 7)
        let choice = s[4] & s[5] ^ ~s[4] & s[6]
        let one = s[7] &+ high &+ choice &+ UInt32(SHA512.keys[round] >> 32) &+ words[round]
        let low = rotate(s[0], left: 30) ^ rotate(s[0], left: 19) ^ rotate(s[0], left: 10)
        let two = low &+ (s[0] & s[1] ^ s[0] & s[2] ^ s[1] & s[2])
        s = [one &+ two, s[0], s[1], s[2], s[3] &+ one, s[4], s[5], s[6]]
      }
      for index in 0..<8 { state[index] &+= s[index] }
    }
    return state
  }
}

private enum SHA512 {
  static let start384: [UInt64] = [
    0xcbbb_9d5d_c105_9ed8, 0x629a_292a_367c_d507, 0x9159_015a_3070_dd17, 0x152f_ecd8_f70e_5939,
    0x6733_2667_ffc0_0b31, 0x8eb4_4a87_6858_1511, 0xdb0c_2e0d_64f9_8fa7, 0x47b5_481d_befa_4fa4,
  ]
  static let start512: [UInt64] = [
    0x6a09_e667_f3bc_c908, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b, 0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1, 0x9b05_688c_2b3e_6c1f, 0x1f83_d9ab_fb41_bd6b, 0x5be0_cd19_137e_2179,
  ]
  /// The fractions of the cube roots of the first 80 primes; SHA-256 uses the first halves of 64.
  static let keys: [UInt64] = [
    0x428a_2f98_d728_ae22, 0x7137_4491_23ef_65cd, 0xb5c0_fbcf_ec4d_3b2f, 0xe9b5_dba5_8189_dbbc,
    0x3956_c25b_f348_b538, 0x59f1_11f1_b605_d019, 0x923f_82a4_af19_4f9b, 0xab1c_5ed5_da6d_8118,
    0xd807_aa98_a303_0242, 0x1283_5b01_4570_6fbe, 0x2431_85be_4ee4_b28c, 0x550c_7dc3_d5ff_b4e2,
    0x72be_5d74_f27b_896f, 0x80de_b1fe_3b16_96b1, 0x9bdc_06a7_25c7_1235, 0xc19b_f174_cf69_2694,
    0xe49b_69c1_9ef1_4ad2, 0xefbe_4786_384f_25e3, 0x0fc1_9dc6_8b8c_d5b5, 0x240c_a1cc_77ac_9c65,
    0x2de9_2c6f_592b_0275, 0x4a74_84aa_6ea6_e483, 0x5cb0_a9dc_bd41_fbd4, 0x76f9_88da_8311_53b5,
    0x983e_5152_ee66_dfab, 0xa831_c66d_2db4_3210, 0xb003_27c8_98fb_213f, 0xbf59_7fc7_beef_0ee4,
    0xc6e0_0bf3_3da8_8fc2, 0xd5a7_9147_930a_a725, 0x06ca_6351_e003_826f, 0x1429_2967_0a0e_6e70,
    0x27b7_0a85_46d2_2ffc, 0x2e1b_2138_5c26_c926, 0x4d2c_6dfc_5ac4_2aed, 0x5338_0d13_9d95_b3df,
    0x650a_7354_8baf_63de, 0x766a_0abb_3c77_b2a8, 0x81c2_c92e_47ed_aee6, 0x9272_2c85_1482_353b,
    0xa2bf_e8a1_4cf1_0364, 0xa81a_664b_bc42_3001, 0xc24b_8b70_d0f8_9791, 0xc76c_51a3_0654_be30,
    0xd192_e819_d6ef_5218, 0xd699_0624_5565_a910, 0xf40e_3585_5771_202a, 0x106a_a070_32bb_d1b8,
    0x19a4_c116_b8d2_d0c8, 0x1e37_6c08_5141_ab53, 0x2748_774c_df8e_eb99, 0x34b0_bcb5_e19b_48a8,
    0x391c_0cb3_c5c9_5a63, 0x4ed8_aa4a_e341_8acb, 0x5b9c_ca4f_7763_e373, 0x682e_6ff3_d6b2_b8a3,
    0x748f_82ee_5def_b2fc, 0x78a5_636f_4317_2f60, 0x84c8_7814_a1f0_ab72, 0x8cc7_0208_1a64_39ec,
    0x90be_fffa_2363_1e28, 0xa450_6ceb_de82_bde9, 0xbef9_a3f7_b2c6_7915, 0xc671_78f2_e372_532b,
    0xca27_3ece_ea26_619c, 0xd186_b8c7_21c0_c207, 0xeada_7dd6_cde0_eb1e, 0xf57d_4f7f_ee6e_d178,
    0x06f0_67aa_7217_6fba, 0x0a63_7dc5_a2c8_98a6, 0x113f_9804_bef9_0dae, 0x1b71_0b35_131c_471b,
    0x28db_77f5_2304_7d84, 0x32ca_ab7b_40c7_2493, 0x3c9e_be0a_15c9_bebc, 0x431d_67c4_9c10_0d4c,
    0x4cc5_d4be_cb3e_42b6, 0x597f_299c_fc65_7e2a, 0x5fcb_6fab_3ad6_faec, 0x6c44_198c_4a47_5817,
  ]

  private static func rotate(_ word: UInt64, right: UInt64) -> UInt64 {
    word >> right | word << (64 - right)
  }

  static func digest(_ bytes: Bytes, from start: [UInt64]) -> [UInt64] {
    var state = start
    var words = [UInt64](repeating: 0, count: 80)
    MessageDigest.forEachBlock(bytes, size: 128, isBigEndian: true) { block in
      for index in 0..<16 {
        words[index] =
          UnsafeRawPointer(block).loadUnaligned(
            fromByteOffset: index * 8, as: UInt64.self
          ).bigEndian
      }
      for index in 16..<80 {
        let (x, y) = (words[index - 15], words[index - 2])
        let first = rotate(x, right: 1) ^ rotate(x, right: 8) ^ x >> 7
        let second = rotate(y, right: 19) ^ rotate(y, right: 61) ^ y >> 6
        words[index] = words[index - 16] &+ first &+ words[index - 7] &+ second
      }
      var s = state
      for round in 0..<80 {
        let high = rotate(s[4], right: 14) ^ rotate(s[4], right: 18) ^ rotate(s[4], right: 41)
        let choice = s[4] & s[5] ^ ~s[4] & s[6]
        let one = s[7] &+ high &+ choice &+ keys[round] &+ words[round]
        let low = rotate(s[0], right: 28) ^ rotate(s[0], right: 34) ^ rotate(s[0], right: 39)
        let two = low &+ (s[0] & s[1] ^ s[0] & s[2] ^ s[1] & s[2])
        s = [one &+ two, s[0], s[1], s[2], s[3] &+ one, s[4], s[5], s[6]]
      }
      for index in 0..<8 { state[index] &+= s[index] }
    }
    return state
  }
}
