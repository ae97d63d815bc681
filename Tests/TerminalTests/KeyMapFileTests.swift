import Testing

@testable import Terminal

/// A file of keys: what it changes, and where it is wrong.
@Suite struct KeyMapFiles {
  private let keys = KeyMap([
    Self.binding("replay.play", "replay", "Space"), Self.binding("replay.restart", "replay", "r"),
    Self.binding("studio.quit", .global, "q", "Ctrl-C"),
  ])

  private static func binding(
    _ action: ActionID, _ context: KeyContext, _ keys: String...
  ) -> KeyMap.Binding {
    KeyMap.Binding(action, in: context, keys: keys.compactMap { Key($0) }, title: "")
  }

  private static func keys(_ names: String...) -> [Key] { names.compactMap { Key($0) } }

  @Test func actionsGetTheKeysThatAreNamed() {
    let text = """
      # mine
      replay.play: Space p
      studio.quit: [Ctrl-Q]
      replay.restart: ""
      """
    let (changed, faults) = KeyMapFile.read(text, file: "keys.yaml", over: keys)
    #expect(faults.isEmpty)
    #expect(changed.keys(for: "replay.play") == Self.keys("Space", "p"))
    #expect(changed.keys(for: "studio.quit") == Self.keys("Ctrl-Q"))
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
