/// The one way for text to reach a terminal: whatever could act on it, hide, or reorder what is
/// read becomes a visible escape. The cells of the studio, the messages of commands, JSON and
/// results on a terminal are all made here.
///
/// Escapes are ASCII: `\n`, `\t`, `\x1b` for C0 and DEL, `\u{9b}` for C1 and everything else that
/// is not visible, `\xff` for a byte that is not UTF-8. A backslash in the text stays as it is, so
/// an escape can be imitated; that only misleads about characters, it never commands anything.
public enum SafeText {
  /// The text with everything invisible escaped, line feeds too.
  public static func visible(_ text: String) -> String {
    if isPlain(text) { return text }
    var result = ""
    forEachGlyph(of: text) { glyph, _ in
      result += glyph.text
      return true
    }
    return result
  }

  /// A text of several lines, each made visible: only line feeds stay.
  public static func visible(lines text: String) -> String {
    if isPlain(text) { return text }
    return text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
      .map { visible(String($0)) }.joined(separator: "\n")
  }

  /// JSON with everything invisible in it written as JSON's own escapes: the same value.
  ///
  /// - Parameter text: valid JSON, where what is invisible can stand in texts only.
  public static func visible(json text: String) -> String {
    if isPlain(text) { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar == "\n" || !mustEscape(scalar) {
        result.append(scalar)
      } else {
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16)
          let zeros = String(repeating: "0", count: 4 - digits.count)
          result.append(contentsOf: "\\u\(zeros)\(digits)".unicodeScalars)
        }
      }
    }
    return String(result)
  }

  /// Whether a text is printable ASCII, with line feeds nowhere: nearly all are.
  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
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
  package static func forEachGlyph(of text: String, _ body: (Glyph, Int) -> Bool) {
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
  package static func mustEscape(_ scalar: Unicode.Scalar) -> Bool {
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
