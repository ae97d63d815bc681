import Testing
import VisibleText

/// Whatever goes in, nothing that a terminal obeys, hides or reorders comes out: of every way that
/// text takes to a terminal.
@Suite struct ChokePoint {
  /// Every hostile scalar alone, within text, twice, and the tricks.
  static let texts: [String] =
    HostileText.scalars.flatMap { scalar -> [String] in
      let one = String(Character(scalar))
      return [one, "ab\(one)cd", one + one, "漢\(one)e\u{301}"]
    } + HostileText.sequences

  private func check(_ text: String, of source: String, allowing allowed: [Unicode.Scalar] = []) {
    for scalar in text.unicodeScalars where !allowed.contains(scalar) {
      #expect(
        !HostileText.isForbidden(scalar),
        "U+\(String(scalar.value, radix: 16)) of \(source.debugDescription)")
    }
  }

  @Test func noHostileTextComesOutAsItIs() {
    for text in Self.texts {
      check(SafeText.visible(text), of: text)
      check(SafeText.visible(lines: text), of: text, allowing: ["\n"])
      check(SafeText.visible(json: text), of: text, allowing: ["\n"])
      let said: ConsoleText = "cannot read \(text)\n"
      check(String(said.rendered(commands: true).dropLast()), of: text)
      check(ConsoleText(text).rendered(commands: true), of: text)
    }
  }

  @Test func whatComesOutIsAsWideAsTheLayoutThinks() {
    for text in Self.texts {
      let visible = SafeText.visible(text)
      #expect(DisplayWidth.columns(of: text) == DisplayWidth.columns(of: visible))
      #expect(SafeText.visible(visible) == visible)
      #expect(ConsoleText(text).columns == DisplayWidth.columns(of: visible))
      // Escapes are ASCII, a column each; the rest is measured elsewhere against wcwidth.
      if text.unicodeScalars.allSatisfy({ HostileText.isForbidden($0) }) {
        #expect(visible.utf8.count == DisplayWidth.columns(of: visible))
      }
    }
  }

  @Test func bytesThatAreNoUTF8AreShownOneByOne() {
    for (fault, bytes) in HostileText.bytes {
      let shown = SafeText.visible(bytes)
      check(shown, of: fault)
      #expect(shown.contains("\\x"), "\(fault): \(bytes)")
      #expect(!shown.unicodeScalars.contains("\u{FFFD}"), "\(fault): \(bytes)")
      for form in [TerminalBytes.Form.jsonLines, .csv, .lines] {
        let line = TerminalBytes.visible(bytes + [10], form)
        #expect(line.last == 10)
        check(String(decoding: line.dropLast(), as: UTF8.self), of: fault)
        #expect(String(validating: line, as: UTF8.self) != nil)
      }
    }
  }

  @Test func jsonStaysTheSameJson() {
    // Tags and others beyond the first plane are two escapes.
    #expect(
      SafeText.visible(json: "\"a\u{202E}\u{7F}\u{E0041}é\"")
        == "\"a\\u202e\\u007f\\udb40\\udc41é\"")
    #expect(SafeText.visible(json: "{\n  \"a\" : 1\n}") == "{\n  \"a\" : 1\n}")
  }

  @Test func rowsOnATerminalEndWhereRecordsDo() {
    let csv = Array("a,\"x\ny\"\nb,\u{1B}[2J\n".utf8)
    #expect(
      String(decoding: TerminalBytes.visible(csv, .csv), as: UTF8.self)
        == "a,\"x\\ny\"\nb,\\x1b[2J\n")
    #expect(
      String(decoding: TerminalBytes.visible(Array("a\r\nb".utf8), .lines), as: UTF8.self)
        == "a\\r\nb")
  }

  @Test func onlyLiteralsBreakLinesAndOnlyCommandsAreObeyed() {
    let data = "x\n\u{1B}[31my"
    let said: ConsoleText =
      "one \(data)\n\(TerminalCommand.style([1, 32]))two\(TerminalCommand.style([]))\n"
    #expect(
      said.rendered(commands: true)
        == "one x\\n\\x1b[31my\n\u{1B}[1;32mtwo\u{1B}[0m\n")
    #expect(said.rendered(commands: false) == "one x\\n\\x1b[31my\ntwo\n")
    let meter: ConsoleText = "\(TerminalCommand.clearLine)\(data) \(7)"
    #expect(meter.rendered(commands: true) == "\r\u{1B}[Kx\\n\\x1b[31my 7")
    #expect(([said, meter] as [ConsoleText]).joined(separator: "; ").columns > 0)
    let blanks: ConsoleText = "a  "
    #expect(blanks.trimmedEnd == "a")
  }
}
