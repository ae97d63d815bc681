import Testing

@testable import Terminal

@Suite struct InputTests {
  private func decode(_ text: String) -> [InputEvent] {
    var decoder = InputDecoder()
    return decoder.feed(text.utf8) + decoder.flush()
  }

  @Test(arguments: [
    ("a", "a"), (" ", "Space"), ("G", "G"), ("é", "é"), ("漢", "漢"), ("\r", "Enter"),
    ("\u{7f}", "Backspace"), ("\t", "Tab"), ("\u{10}", "Ctrl-P"), ("\u{0}", "Ctrl-Space"),
    ("\u{1b}", "Esc"), ("\u{1b}[A", "Up"), ("\u{1b}OB", "Down"), ("\u{1b}[1;5C", "Ctrl-Right"),
    ("\u{1b}x", "Alt-x"), ("\u{1b}\u{1b}[D", "Alt-Left"), ("\u{1b}[3~", "Delete"),
    ("\u{1b}[5;2~", "Shift-PageUp"), ("\u{1b}[Z", "Shift-Tab"), ("\u{1b}OP", "F1"),
    ("\u{1b}[[B", "F2"), ("\u{1b}[15~", "F5"), ("\u{1b}[24~", "F12"), ("\u{1b}[97;5u", "Ctrl-A"),
    ("\u{1b}[7^", "Ctrl-Home"), ("\u{1b}[8$", "Shift-End"), ("\u{1b}[", "Alt-["),
  ])
  func `keys of all terminals have one name`(bytes: String, name: String) {
    let events = decode(bytes)
    #expect(events.count == 1)
    guard case .key(let key)? = events.first else {
      Issue.record("no key but \(events)")
      return
    }
    #expect(key.description == name)
    #expect(Key(name) == key)
  }

  @Test func `the mouse counts from the upper left`() {
    #expect(decode("\u{1b}[<0;1;1M") == [.mouse(Mouse(.press(.left), 0, 0))])
    #expect(decode("\u{1b}[<32;5;9M") == [.mouse(Mouse(.drag(.left), 4, 8))])
    #expect(decode("\u{1b}[<2;300;2m") == [.mouse(Mouse(.release(.right), 299, 1))])
    #expect(decode("\u{1b}[<81;2;2M") == [.mouse(Mouse(.wheelDown, 1, 1, .control))])
  }

  @Test func `a paste is one piece and its bytes are no keys`() {
    let text = "q\n\u{1b}[A\u{1b}[201x"
    #expect(decode("\u{1b}[200~\(text)\u{1b}[201~z") == [.paste(text), .key(.character("z"))])
  }

  @Test func `unknown sequences and answers are dropped whole`() {
    for bytes in [
      "\u{1b}[?62;c", "\u{1b}[12;40R", "\u{1b}]11;rgb:0/0/0\u{7}", "\u{1b}P1$r\u{1b}\\",
    ] {
      #expect(decode(bytes + "x") == [.key(.character("x"))])
    }
  }

  @Test func `bytes may arrive cut anywhere`() {
    let script = "aé漢😀\u{1b}[1;5A\u{1b}OP\u{1b}[<0;3;4M\u{1b}[200~hi\u{1b}[201~\u{1b}[3~"
    let whole = decode(script)
    var decoder = InputDecoder()
    var events: [InputEvent] = []
    for byte in script.utf8 { events += decoder.feed([byte]) }
    #expect(events + decoder.flush() == whole)
    #expect(whole.count == 9)
  }

  @Test func `random bytes never trap, and the decoder stays bounded`() {
    var seed: UInt64 = 20_260
    var decoder = InputDecoder()
    for _ in 0..<20_000 {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let alphabet: [UInt8] = [0x1B, 0x5B, 0x4F, 0x3C, 0x3B, 0x4D, 0x7E, 0x31, 0x39, 0xE6, 0xFF]
      let choice = Int(seed >> 33)
      let byte = choice % 3 == 0 ? UInt8(choice >> 8 & 255) : alphabet[choice % alphabet.count]
      _ = decoder.feed([byte])
    }
    _ = decoder.flush()
    #expect(!decoder.isWaiting)
  }

  @Test(arguments: ["", "Ctrl-", "Nokey", "F0", "F25", "ab", "\u{1b}"])
  func `what is no key is refused`(name: String) {
    #expect(Key(name) == nil)
  }

  @Test func `names are read the way people write them`() {
    #expect(Key("ctrl+p") == Key("C-P"))
    #expect(Key("Shift-g") == .character("G"))
    #expect(Key("-") == .character("-"))
    #expect(Key("Ctrl--") == .control("-"))
    #expect(Key("PgDn") == .named(.pageDown))
  }
}

@Suite struct KeyMapTests {
  private let map = KeyMap([
    .init("app.quit", keys: [.character("q")], title: "quit", hint: 9),
    .init("run.pause", in: "run", keys: [.character(" ")], title: "pause", hint: 1),
    .init("list.query", in: "list", keys: [.character("q")], title: "query", hint: 2),
  ])

  @Test func `the nearest context wins`() {
    #expect(map.action(for: .character("q"), in: ["run"]) == "app.quit")
    #expect(map.action(for: .character("q"), in: ["list", "run"]) == "list.query")
    #expect(map.action(for: .character(" "), in: ["list"]) == nil)
  }

  @Test func `hints show only keys that work`() {
    #expect(map.hints(in: ["run"]).map { "\($0.key) \($0.title)" } == ["Space pause", "q quit"])
    #expect(map.hints(in: ["list"]).map(\.title) == ["query"])
  }

  @Test func `keys are remapped by name and clashes are reported`() throws {
    var map = map
    try map.remap("run.pause", to: "p Ctrl-P")
    #expect(map.keys(for: "run.pause").map(\.description) == ["p", "Ctrl-P"])
    #expect(map.clashes().isEmpty)
    map = KeyMap(
      map.bindings + [.init("run.step", in: "run", keys: [.character("p")], title: "step")])
    #expect(
      map.clashes().map(\.description) == [
        "p in run does run.pause and run.step; give one of them another key"
      ])
    #expect(throws: KeyMap.RemapError.unknownAction("run.puase", suggestion: "run.pause")) {
      try map.remap("run.puase", to: "x")
    }
    #expect(throws: KeyMap.RemapError.unknownKey("Hyper-x")) {
      try map.remap("run.pause", to: "Hyper-x")
    }
  }
}
