import Testing

@testable import VisibleText

@Suite struct SafeTextTests {
  @Test func `every scalar comes out visible, alone and after a letter`() {
    for start in stride(from: UInt32(0), to: 0x110000, by: 4096) {
      var text = String.UnicodeScalarView()
      for value in start..<start + 4096 {
        guard let scalar = Unicode.Scalar(value) else { continue }
        text.append("a")
        text.append(scalar)
      }
      var escaped: [Unicode.Scalar] = []
      SafeText.forEachGlyph(of: String(text)) { glyph, _ in
        for scalar in glyph.text.unicodeScalars where isInvisible(scalar) { escaped.append(scalar) }
        return true
      }
      #expect(escaped.isEmpty)
    }
  }

  /// Written apart from the code it judges.
  private func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F, 0xAD, 0x61C, 0x180E, 0x200B...0x200F, 0x2028...0x202E,
      0x2060...0x206F, 0xFE00...0xFE0F, 0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE0FFF, 0x115F, 0x1160,
      0x3164, 0xFFA0, 0x34F:
      true
    default: scalar.properties.isNoncharacterCodePoint
    }
  }

  @Test(arguments: [
    ("plain", "plain"), ("a\u{1b}[31mb", "a\\x1b[31mb"), ("x\ty\r\n\0", "x\\ty\\r\\n\\0"),
    ("\u{9b}2J", "\\u{9b}2J"), ("ab\u{202E}cd", "ab\\u{202e}cd"), ("\u{7f}", "\\x7f"),
    ("a\u{200D}b", "a\\u{200d}b"), ("\u{301}x", "\\u{301}x"), ("e\u{301}", "e\u{301}"),
    ("a\u{300}\u{301}\u{302}", "a\u{300}\u{301}\\u{302}"), ("漢😀", "漢😀"),
  ])
  func `what acts, hides or reorders becomes an escape`(text: String, shown: String) {
    #expect(Array(SafeText.visible(text).unicodeScalars) == Array(shown.unicodeScalars))
  }

  @Test func `every byte that is not UTF-8 becomes an escape`() {
    for byte in UInt8(0x80)...0xFF {
      #expect(SafeText.visible([0x61, byte, 0x62]) == "a\\x\(String(byte, radix: 16))b")
    }
    #expect(SafeText.visible([0xED, 0xA0, 0x80]) == "\\xed\\xa0\\x80")
    #expect(SafeText.visible([0xC0, 0xAF]) == "\\xc0\\xaf")
    #expect(SafeText.visible([0xE6, 0xBC]) == "\\xe6\\xbc")
    #expect(SafeText.visible("漢".utf8) == "漢")
  }

  @Test(arguments: [
    ("", 0), ("abc", 3), ("漢字", 4), ("e\u{301}", 1), ("😀", 2), ("\n", 2), ("│⣿█", 3),
    ("한", 2), ("\u{1112}\u{1161}\u{11AB}", 2), ("ｱ", 1), ("Ａ", 2),
  ])
  func `widths are those of wcwidth`(text: String, columns: Int) {
    #expect(DisplayWidth.columns(of: text) == columns)
  }
}
