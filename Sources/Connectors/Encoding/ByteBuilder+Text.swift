package import Columns

extension ByteBuilder {
  /// Adds a text as a JSON string with its quotes.
  ///
  /// The result is valid JSON whatever the bytes: invalid UTF-8 becomes U+FFFD, one for each
  /// maximal part of a sequence, as Unicode recommends. Control characters are escaped, those from
  /// U+0080 to U+009F too, so that the text does nothing to a terminal.
  package func put(jsonString text: Bytes) {
    reserve(text.count * 6 + 2)
    put(34)
    let plain = Self.plainPrefix(text)
    put(text.start, plain)
    if plain < text.count { putEscaped(text, from: plain) }
    put(34)
  }

  /// Adds a text with invalid UTF-8 replaced by U+FFFD.
  package func put(validUTF8 text: Bytes) {
    reserve(text.count * 3)
    var at = 0
    while at < text.count {
      let (length, isValid) = Self.sequence(text, at)
      if isValid { put(text.start + at, length) } else { putReplacement() }
      at += length
    }
  }

  private func putReplacement() {
    put(0xEF)
    put(0xBF)
    put(0xBD)
  }

  /// How many bytes at the start need no escape: eight at a time.
  @inline(__always)
  private static func plainPrefix(_ text: Bytes) -> Int {
    let raw = UnsafeRawPointer(text.start)
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    var at = 0
    while at + 8 <= text.count {
      let word = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      let quotes = word ^ (ones &* 34)
      let slashes = word ^ (ones &* 92)
      // A byte's high bit is set where it is above 127, below 32, a quote or a backslash.
      let special =
        word | (word &- ones &* 32) | ((quotes &- ones) & ~quotes)
        | ((slashes &- ones) & ~slashes)
      if special & highs != 0 { break }
      at += 8
    }
    while at < text.count {
      let byte = text[at]
      if byte < 32 || byte >= 0x80 || byte == 34 || byte == 92 { break }
      at += 1
    }
    return at
  }

  @inline(never)
  private func putEscaped(_ text: Bytes, from first: Int) {
    var at = first
    while at < text.count {
      let byte = text[at]
      if byte >= 0x80 {
        let (length, isValid) = Self.sequence(text, at)
        if !isValid {
          putReplacement()
        } else if length == 2 && byte == 0xC2 && text[at + 1] < 0xA0 {
          putUnicodeEscape(text[at + 1])
        } else {
          put(text.start + at, length)
        }
        at += length
        continue
      }
      at += 1
      switch byte {
      case 34, 92:
        put(92)
        put(byte)
      case 10: putEscape(110)
      case 13: putEscape(114)
      case 9: putEscape(116)
      case 8: putEscape(98)
      case 12: putEscape(102)
      case 0..<32, 127: putUnicodeEscape(byte)
      default: put(byte)
      }
    }
  }

  private func putEscape(_ letter: UInt8) {
    put(92)
    put(letter)
  }

  private func putUnicodeEscape(_ code: UInt8) {
    putEscape(117)
    put(48)
    put(48)
    for digit in [code >> 4, code & 15] { put(digit < 10 ? 48 + digit : 87 + digit) }
  }

  /// The UTF-8 sequence at a place: its length and whether it is one; for invalid bytes the length
  /// of the maximal part (Unicode, table 3-7).
  @inline(__always)
  private static func sequence(_ text: Bytes, _ at: Int) -> (length: Int, isValid: Bool) {
    let lead = text[at]
    if lead < 0x80 { return (1, true) }
    let needed: Int
    var range: ClosedRange<UInt8> = 0x80...0xBF
    switch lead {
    case 0xC2...0xDF: needed = 2
    case 0xE0:
      needed = 3
      range = 0xA0...0xBF
    case 0xED:
      needed = 3
      range = 0x80...0x9F
    case 0xE1...0xEF: needed = 3
    case 0xF0:
      needed = 4
      range = 0x90...0xBF
    case 0xF4:
      needed = 4
      range = 0x80...0x8F
    case 0xF1...0xF3: needed = 4
    default: return (1, false)
    }
    var length = 1
    while length < needed {
      guard at + length < text.count, range.contains(text[at + length]) else {
        return (length, false)
      }
      range = 0x80...0xBF
      length += 1
    }
    return (length, true)
  }
}
