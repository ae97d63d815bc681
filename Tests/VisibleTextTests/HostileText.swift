/// Text that tries to act on a terminal, to hide, or to reorder what is read. Written apart from
/// the code that it judges.
enum HostileText {
  static let c0 = (0x00...0x1F).map { UInt32($0) } + [0x7F]
  static let c1 = (0x80...0x9F).map { UInt32($0) }
  static let bidi: [UInt32] =
    [0x61C, 0x200E, 0x200F] + Array(0x202A...0x202E)
    + Array(0x2066...0x2069)
  static let zeroWidth: [UInt32] = [
    0xAD, 0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x200B, 0x200C, 0x200D, 0x2060, 0x2061,
    0x2062, 0x2063, 0x2064, 0x3164, 0xFE0E, 0xFE0F, 0xFEFF, 0xFFA0,
  ]
  static let tags = Array(UInt32(0xE0000)...0xE007F) + [0xE0100, 0xE01EF]
  static let separators: [UInt32] = [0x2028, 0x2029]
  static let others: [UInt32] = [0xFFF9, 0xFFFA, 0xFFFB, 0xFFFE, 0xFFFF, 0x1FFFF, 0x10FFFF]

  static let scalars: [Unicode.Scalar] =
    (c0 + c1 + bidi + zeroWidth + tags + separators + others).compactMap(Unicode.Scalar.init)

  /// Tricks of several characters.
  static let sequences = [
    "\u{1B}[2J", "\u{1B}]0;owned\u{7}", "\u{1B}]52;c;b3duZWQ=\u{7}", "\u{1B}]8;;http://x\u{1B}\\",
    "\u{1B}P$q\u{1B}\\", "\u{9B}2J", "\u{9D}0;owned\u{9C}", "good\rbad",
    "good\u{8}\u{8}\u{8}\u{8}bad ",
    "a\r\nb", "\u{B}\u{C}", "abc\u{202E}fdp.exe", "\u{2066}x\u{2069}", "user\u{200B}name",
    "\u{E0041}\u{E0042}", "e\u{301}\u{302}\u{303}\u{304}", "\u{301}", "\u{0}", "x\u{FE0F}",
    "👩\u{200D}👩\u{200D}👧", "line\u{2028}two", "\u{FEFF}bom",
  ]

  /// Bytes that are no UTF-8, by what is wrong with them.
  static let bytes: [(String, [UInt8])] =
    (0x80...0xBF).map { ("stray continuation", [0x61, UInt8($0), 0x62]) }
    + (0xC0...0xFF).map { ("a lead alone", [0x61, UInt8($0), 0x62]) }
    + (0xC0...0xFF).map { ("a lead at the end", [0x61, UInt8($0)]) }
    + [
      ("overlong, 2 bytes", [0xC0, 0x9B]), ("overlong, 2 bytes", [0xC1, 0xBF]),
      ("overlong, 3 bytes", [0xE0, 0x80, 0x9B]), ("overlong, 3 bytes", [0xE0, 0x9F, 0xBF]),
      ("overlong, 4 bytes", [0xF0, 0x80, 0x80, 0x9B]),
      ("overlong, 4 bytes", [0xF0, 0x8F, 0xBF, 0xBF]),
      ("a surrogate", [0xED, 0xA0, 0x80]), ("a surrogate", [0xED, 0xBF, 0xBF]),
      ("a pair of surrogates", [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80]),
      ("beyond U+10FFFF", [0xF4, 0x90, 0x80, 0x80]), ("beyond U+10FFFF", [0xF7, 0xBF, 0xBF, 0xBF]),
      ("5 bytes", [0xF8, 0x88, 0x80, 0x80, 0x80]),
      ("6 bytes", [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80]),
      ("cut off, 3 bytes", [0xE6, 0xBC]), ("cut off, 4 bytes", [0xF0, 0x9F, 0x98]),
      ("cut off by ASCII", [0xE6, 0xBC, 0x41]), ("C1 as a raw byte", [0x9B, 0x32, 0x4A]),
      ("UTF-16", [0xFF, 0xFE, 0x1B, 0x00]),
    ]

  /// Whether a scalar may not reach a terminal.
  static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    return c0.contains(value) || c1.contains(value) || bidi.contains(value)
      || zeroWidth.contains(value) || separators.contains(value) || others.contains(value)
      || (0x2060...0x206F).contains(value) || (0xE0000...0xE0FFF).contains(value)
      || (0xFE00...0xFE0F).contains(value)
  }
}
