import VisibleText

@testable import Terminal

/// What a terminal sends, what is shown on it, and themes.
let terminalTargets: [FuzzTarget] = [
  FuzzTarget(
    name: "keys", maxBytes: 2048,
    words: [
      "\u{1b}[", "\u{1b}O", "\u{1b}\u{1b}[", "\u{1b}[200~", "\u{1b}[201~", "\u{1b}[<0;1;1M",
      "\u{1b}[1;5A",
      "\u{1b}]0;", "\u{1b}P", "\u{1b}\\", "\u{7}", "\u{1b}[[A", "\u{1b}[M", "99999999999999999999",
    ],
    seeds: {
      [
        "abc\u{1b}[A\u{1b}[1;5C\u{1b}OP\u{1b}[15~\u{1b}",
        "\u{1b}[200~pasted \u{1b}[A text\u{1b}[201~x",
        "\u{1b}[<64;10;20M\u{1b}[<0;1;2m", "é€😀\u{1b}é\u{1b}]0;title\u{7}\u{1b}Pdcs\u{1b}\\q",
        "\u{1b}[[A\u{1b}Oa\u{1b}\u{1b}[A",
      ].map { Array($0.utf8) }
    }, run: TerminalInputs.keys),
  FuzzTarget(
    name: "safe_text", maxBytes: 512,
    words: ["\u{1b}[31m", "\u{202e}", "\u{200d}", "e\u{301}", "\u{9b}"],
    seeds: {
      ["a\u{1b}[0m\u{9b}\u{202e}é\u{301}\u{1F468}\u{200d}\u{1F469}\t\r\n"].map { Array($0.utf8) }
    },
    run: TerminalInputs.safeText),
  FuzzTarget(
    name: "theme",
    words: [
      "inherits: dark\n", "roles:\n", "gradients:\n", "  accent: \"#ff8800\"\n",
      "{fg: red, bg: accent}",
      "  load: {start: good, mid: warning, end: bad}\n", "mono: bold", "ansi 255", "bright-blue",
      "default",
      "&a ", "*a", "[[[[", "summary: ",
    ],
    seeds: {
      BuiltInThemes.names.compactMap(BuiltInThemes.text).map { Array($0.utf8) }
        + [
          "inherits: dark\nroles:\n  accent: \"#f80\"\n  selection: {fg: '#000000', bg: accent, bold: true, mono: reverse bold}\n"
            + "gradients:\n  load: {start: good, end: ansi 200}\n",
          "roles: [", "a: &a [*a]", "- 1",
        ].map { Array($0.utf8) }
    }, run: TerminalInputs.theme),
]

enum TerminalInputs {
  /// Cut anywhere, the bytes are the same keys.
  @Sendable static func keys(_ bytes: [UInt8]) throws {
    var whole = InputDecoder()
    let events = whole.feed(bytes)
    for size in [1, 3, 7] {
      var pieces = InputDecoder()
      var seen: [InputEvent] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        seen += pieces.feed(bytes[start..<min(start + size, bytes.count)])
      }
      try require(seen == events, "in pieces of \(size) \(seen), at once \(events)")
      try require(pieces.isWaiting == whole.isWaiting, "in pieces of \(size) it waits")
    }
    _ = whole.flush()
    try require(!whole.isWaiting, "it waits after the time is over")
    for event in events {
      if case .key(let key) = event { _ = key.description }
    }
  }

  @Sendable static func safeText(_ bytes: [UInt8]) throws {
    for shown in [
      SafeText.visible(bytes), SafeText.visible(String(decoding: bytes, as: UTF8.self)),
    ] {
      for scalar in shown.unicodeScalars {
        try require(
          scalar.value >= 32 && !(0x7F...0x9F).contains(scalar.value)
            && !(0x202A...0x202E).contains(scalar.value)
            && !(0x2066...0x2069).contains(scalar.value)
            && scalar.value != 0x200D && scalar.value != 0xFEFF,
          "U+\(String(scalar.value, radix: 16)) gets to the terminal")
      }
      try require(SafeText.visible(shown) == shown, "\(shown.escaped) is not safe yet")
    }
  }

  @Sendable static func theme(_ bytes: [UInt8]) throws {
    guard let text = String(validating: bytes, as: UTF8.self) else { return }
    var reader = ThemeReader(file: "fuzz.yaml")
    reader.read(text)
    for parent in [nil, Theme.dark] {
      let theme = reader.theme(named: "fuzz", over: parent)
      for depth in [ColorDepth.mono, .truecolor] {
        let resolved = theme.resolved(for: depth)
        for role in ThemeRole.allCases { _ = resolved.style(role) }
        for gradient in ThemeGradient.allCases {
          for fraction in [-1, 0, 0.3, 1, .infinity, .nan] {
            _ = resolved.color(gradient, at: fraction)
          }
        }
      }
    }
    for fault in reader.faults { _ = fault.description }
  }
}
