/// The clipboard by terminal sequence (OSC 52), which works over ssh.
public enum Clipboard {
  /// What became of a copy.
  public enum Outcome: Hashable, Sendable {
    /// The terminal has the text. Whether it puts it on the clipboard is its own setting, and it
    /// does not answer.
    case sent(bytes: Int)
    /// The text is longer than ``maxBytes``; nothing was sent.
    case tooLong(bytes: Int)
    /// The terminal still takes what came before, or is closed; nothing was sent.
    case notTaken
  }

  /// Text longer than this is not copied: terminals cut it silently at different lengths.
  public static let maxBytes = 74_994

  /// The bytes to send, or nil for text that is too long. tmux and screen pass the sequence on
  /// only when it is wrapped; screen also only in pieces of at most 768 bytes.
  static func sequence(_ text: String, environment: [String: String]) -> [UInt8]? {
    let bytes = Array(text.utf8)
    guard bytes.count <= maxBytes else { return nil }
    let plain = "\u{1b}]52;c;" + base64(bytes) + "\u{7}"
    if environment["TMUX"] != nil {
      return Array("\u{1b}Ptmux;\u{1b}\(plain)\u{1b}\\".utf8)
    }
    let term = environment["TERM"] ?? ""
    guard
      environment["STY"] != nil || term == "screen" || term.hasPrefix("screen.")
        || term.hasPrefix("screen-")
    else { return Array(plain.utf8) }
    var wrapped: [UInt8] = []
    var rest = Array(plain.utf8)[...]
    while !rest.isEmpty {
      wrapped += [0x1B, 0x50] + rest.prefix(700) + [0x1B, 0x5C]
      rest = rest.dropFirst(700)
    }
    return wrapped
  }

  private static let digits = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".unicodeScalars)

  static func base64(_ bytes: [UInt8]) -> String {
    var result = String.UnicodeScalarView()
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var value = 0
      for offset in 0..<3 {
        value = value << 8 | (offset < group.count ? Int(group[start + offset]) : 0)
      }
      for offset in 0..<4 {
        result.append(offset <= group.count ? digits[value >> (18 - 6 * offset) & 63] : "=")
      }
    }
    return String(result)
  }
}
