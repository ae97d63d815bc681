/// The one way for text to reach the screen: whatever could act on a terminal, hide, or reorder
/// what is read becomes a visible escape.
///
/// Escapes are ASCII: `\n`, `\t`, `\x1b` for C0 and DEL, `\u{9b}` for C1 and everything else that
/// is not visible, `\xff` for a byte that is not UTF-8. A backslash in the text stays as it is, so
/// an escape can be imitated; that only misleads about characters, it never commands anything.
public enum SafeText {
  /// The text with everything invisible escaped.
  public static func visible(_ text: String) -> String {
    var result = ""
    forEachGlyph(of: text) { glyph, _ in
      result += glyph.text
      return true
    }
    return result
  }

  /// Bytes as text: invalid UTF-8 and everything invisible escaped.
  public static func visible(_ bytes: some Sequence<UInt8>) -> String {
    var result = ""
    var decoder = UTF8Pieces(Array(bytes))
    while let piece = decoder.next() {
      switch piece {
      case .text(let text): result += visible(text)
      case .invalid(let byte): result += escape(byte: byte)
      }
    }
    return result
  }

  /// Calls `body` with each glyph and its columns (1 or 2) until it returns false.
  static func forEachGlyph(of text: String, _ body: (Glyph, Int) -> Bool) {
    // A glyph waits until it is known that no mark follows.
    var waiting: (glyph: Glyph, width: Int)?
    for scalar in text.unicodeScalars {
      let value = scalar.value
      if value >= 0x20 && value < 0x7F {
        if let (glyph, width) = waiting, !body(glyph, width) { return }
        waiting = (Glyph(safe: scalar), 1)
        continue
      }
      if !mustEscape(scalar) {
        let width = DisplayWidth.columns(of: scalar)
        if width > 0 {
          if let (glyph, width) = waiting, !body(glyph, width) { return }
          waiting = (Glyph(safe: scalar), width)
          continue
        }
        // A mark without a character before it would sit on whatever stands to its left.
        if var marked = waiting, marked.glyph.add(mark: scalar) {
          waiting = marked
          continue
        }
      }
      if let (glyph, width) = waiting, !body(glyph, width) { return }
      waiting = nil
      for letter in escape(scalar).unicodeScalars where !body(Glyph(safe: letter), 1) { return }
    }
    if let (glyph, width) = waiting { _ = body(glyph, width) }
  }

  /// Whether a scalar acts, hides or reorders instead of showing.
  static func mustEscape(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    if value < 0x20 || (0x7F...0x9F).contains(value) { return true }
    if value < 0xAD || (0x2500...0x28FF).contains(value) { return false }
    let properties = scalar.properties
    switch properties.generalCategory {
    // Format holds the bidi controls, joiners, tags and the byte order mark; unassigned has no
    // width anybody agrees on.
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned:
      return true
    default:
      return properties.isDefaultIgnorableCodePoint || properties.isNoncharacterCodePoint
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\0": return "\\0"
    case "\t": return "\\t"
    case "\n": return "\\n"
    case "\r": return "\\r"
    default: break
    }
    if scalar.value < 0x80 { return escape(byte: UInt8(scalar.value)) }
    return "\\u{" + String(scalar.value, radix: 16) + "}"
  }

  private static func escape(byte: UInt8) -> String {
    "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }
}

/// Cuts bytes into well-formed text and single invalid bytes.
struct UTF8Pieces {
  enum Piece: Equatable {
    case text(String)
    case invalid(UInt8)
  }

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func next() -> Piece? {
    guard position < bytes.count else { return nil }
    let start = position
    while position < bytes.count, let length = UTF8Pieces.scalarLength(bytes[position...]) {
      position += length
    }
    if position > start { return .text(String(decoding: bytes[start..<position], as: UTF8.self)) }
    position += 1
    return .invalid(bytes[start])
  }

  /// Bytes of the well-formed scalar at the front; nil when it is cut off or malformed (table 3-7
  /// of the Unicode standard: no overlong forms, no surrogates, nothing above U+10FFFF).
  static func scalarLength(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let first = bytes.first else { return nil }
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0x00...0x7F: return 1
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    case 0xF1...0xF3: length = 4
    default: return nil
    }
    let start = bytes.startIndex
    guard bytes.count >= length, second.contains(bytes[start + 1]) else { return nil }
    for offset in 2..<max(2, length) where !(0x80...0xBF).contains(bytes[start + offset]) {
      return nil
    }
    return length
  }
}
