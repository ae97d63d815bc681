import Testing

@testable import Terminal

/// A file of keys: what it changes, and where it is wrong.
@Suite struct KeyMapFiles {
  private let keys = KeyMap([
    KeyMap.Binding("replay.play", in: "replay", keys: [Key("Space")!], title: "play"),
    KeyMap.Binding("replay.restart", in: "replay", keys: [Key("r")!], title: "restart"),
    KeyMap.Binding("studio.quit", keys: [Key("q")!, Key("Ctrl-C")!], title: "quit"),
  ])

  @Test func actionsGetTheKeysThatAreNamed() {
    let text = """
      # mine
      replay.play: Space p
      studio.quit: [Ctrl-Q]
      replay.restart: ""
      """
    let (changed, faults) = KeyMapFile.read(text, file: "keys.yaml", over: keys)
    #expect(faults.isEmpty)
    #expect(changed.keys(for: "replay.play") == [Key("Space")!, Key("p")!])
    #expect(changed.keys(for: "studio.quit") == [Key("Ctrl-Q")!])
    #expect(changed.keys(for: "replay.restart").isEmpty)
    #expect(KeyMapFile.read("", file: "keys.yaml", over: keys).keys == keys)
  }

  @Test(arguments: [
    ("replay.plya: x", "keys.yaml:1:1: error: there is no action \"replay.plya\"; did you mean"),
    ("replay.play: Spcae", "keys.yaml:1:14: error: \"Spcae\" is no key"),
    ("replay.play: r", "keys.yaml:1:1: error: r in replay does replay.play and replay.restart"),
    ("- a\n- b", "keys.yaml:1:1: error: a key map is a mapping"),
    ("replay.play: { a: b }", "keys.yaml:1:14: error: keys are a text"),
    ("a: [", "keys.yaml:2:1: error: YAML:"),
  ])
  func whatIsWrongIsSaidWithItsPlace(_ text: String, _ said: String) {
    let faults = KeyMapFile.read(text, file: "keys.yaml", over: keys).faults
    #expect(faults.first?.description.hasPrefix(said) == true, "\(faults)")
  }
}
