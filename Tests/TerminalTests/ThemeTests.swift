import Foundation
import TestSupport
import Testing

@testable import Terminal

@Suite struct ThemeTests {
  /// Writes theme files into a folder of their own and removes it afterwards.
  private func withFolder<T>(_ files: [String: String], _ body: (String) throws -> T) throws -> T {
    let own = try TemporaryFolder()
    let folder = own.path
    for (name, text) in files {
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name + ".yaml"))
    }
    return try withExtendedLifetime(own) { try body(folder) }
  }

  private func faults(_ text: String) throws -> [String] {
    try withFolder(["t": text]) { folder in
      Theme.validate(folder + "/t.yaml").map {
        $0.description.replacing(folder + "/", with: "")
      }
    }
  }

  @Test func `the built-in themes are the files`() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    for name in BuiltInThemes.names {
      let file = root.appendingPathComponent("Themes/\(name).yaml")
      #expect(try BuiltInThemes.text(name) == String(contentsOf: file, encoding: .utf8))
    }
    let folder = root.appendingPathComponent("Themes").path
    for entry in ThemeCatalog.list(searching: [folder]) {
      #expect(entry.faults.isEmpty, "\(entry.name)")
    }
  }

  @Test func `all faults are reported at once, each with its place`() throws {
    let found = try faults(
      """
      inherits: dark
      roles:
        acent: "#fff"
        text: "#12"
        good: {fg: gren, blod: true}
        bad: {bold: yes}
        late: #ff0000
      colours: {}
      gradients: {load: {begin: red}}
      """)
    let places = found.compactMap { $0.split(separator: " ").first.map(String.init) }
    #expect(
      places.sorted() == [
        "t.yaml:3:3:", "t.yaml:4:9:", "t.yaml:5:14:", "t.yaml:5:20:", "t.yaml:6:15:",
        "t.yaml:7:8:", "t.yaml:8:1:", "t.yaml:9:20:",
      ])
    #expect(found.contains { $0.contains("did you mean \"accent\"?") })
    #expect(found.contains { $0.contains("needs quotes") })
  }

  @Test(arguments: [
    ("roles: [", "t.yaml:"), ("- a", "a theme is a mapping"), ("a: 1\na: 2", "twice"),
    ("inherits: nowhere", "t.yaml:1:11: there is no theme"),
    ("inherits: t", "t.yaml:1:11: themes inherit in a circle (t → t)"),
    ("inherits: ../../etc/passwd", "there is no theme"),
  ])
  func `a broken file says what to do`(text: String, part: String) throws {
    let found = try faults(text)
    #expect(found.count == 1 && found[0].contains(part), "\(found)")
  }

  @Test func `large files, circles and long chains are refused`() throws {
    var files = ["a": "inherits: b", "b": "inherits: a"]
    files["big"] = String(repeating: "# filler\n", count: 8000)
    for depth in 0..<12 { files["d\(depth)"] = "inherits: d\(depth + 1)" }
    try withFolder(files) { folder in
      for (name, part) in [("a", "circle"), ("big", "64 KiB"), ("d0", "more than 8")] {
        let found = Theme.validate(folder + "/\(name).yaml").map(\.description)
        #expect(found.count == 1 && found[0].contains(part), "\(found)")
      }
    }
  }

  @Test func `a theme changes only what it names`() throws {
    let text = "inherits: light\nroles:\n  accent: \"#102030\"\n  focus: {fg: accent, bold: false}"
    try withFolder(["mine": text, "dark": "inherits: dark\nroles: {good: red}"]) { folder in
      let theme = try Theme.load(named: "mine", searching: [folder])
      #expect(theme[.accent].foreground == .rgb(0x10, 0x20, 0x30))
      #expect(theme[.focus] == Style(.rgb(0x10, 0x20, 0x30), on: Theme.light[.text].background))
      #expect(theme[.bad] == Theme.light[.bad])
      let own = try Theme.load(named: "dark", searching: [folder])
      #expect(own[.good].foreground == .ansi(1) && own[.bad] == Theme.dark[.bad])
    }
  }

  @Test func `a theme may ask for symbols and for no colours`() throws {
    let files = [
      "plain": "inherits: dark\nsymbols: ascii\ncolors: none",
      "back": "inherits: plain\nsymbols: braille\ncolors: all",
      "wrong": "symbols: dots\ncolors: \"no\"",
    ]
    try withFolder(files) { folder in
      let plain = try Theme.load(named: "plain", searching: [folder])
      #expect(plain.symbols == .ascii && plain[.bad] == Style(.terminal, [.bold, .reverse]))
      #expect(plain.resolved(for: .truecolor).depth == .mono)
      #expect(plain.color(.load, at: 1) == .terminal)
      let back = try Theme.load(named: "back", searching: [folder])
      #expect(back.symbols == .braille && back[.bad] == Theme.dark[.bad])
      #expect(Theme.dark.symbols == nil)
      let faults = Theme.validate(folder + "/wrong.yaml").map { "\($0.line):\($0.column)" }
      #expect(faults == ["1:10", "2:9"])
    }
  }

  @Test func `without colours roles keep a meaning`() {
    let mono = Theme.dark.resolved(for: .mono)
    #expect(mono[.selection] == Style(.terminal, on: .terminal, .reverse))
    #expect(mono[.bad].attributes == [.bold, .reverse])
    #expect(mono.color(.load, at: 0.5) == .terminal)
    #expect(Theme.dark[.bad].mapped(to: .mono) == Style(.terminal, on: .terminal, .bold))
  }

  @Test(arguments: [
    (Color.rgb(255, 0, 0), ColorDepth.indexed256, Color.ansi(196)),
    (.rgb(255, 0, 0), .ansi16, .ansi(9)), (.rgb(200, 0, 0), .ansi8, .ansi(1)),
    (.rgb(8, 8, 8), .indexed256, .ansi(232)), (.ansi(12), .indexed256, .ansi(12)),
    (.ansi(196), .ansi16, .ansi(9)), (.rgb(1, 2, 3), .truecolor, .rgb(1, 2, 3)),
    (.rgb(1, 2, 3), .mono, .terminal), (.terminal, .ansi8, .terminal),
  ])
  func `colours map to the nearest there is`(color: Color, depth: ColorDepth, mapped: Color) {
    #expect(color.mapped(to: depth) == mapped)
  }

  @Test func `the environment decides the depth`() {
    func depth(_ environment: [String: String], _ colors: Int) -> ColorDepth {
      ColorDepth.detect(environment: environment, terminalColors: colors)
    }
    #expect(depth(["NO_COLOR": "1", "COLORTERM": "truecolor"], 256) == .mono)
    #expect(depth(["NO_COLOR": ""], 256) == .indexed256)
    #expect(depth(["COLORTERM": "truecolor"], 256) == .truecolor)
    #expect(depth([:], 16) == .ansi16)
    #expect(depth([:], 8) == .ansi8)
    #expect(depth([:], 0) == .mono)
  }

  @Test func `a gradient ends where it says`() {
    let gradient = Gradient(start: .rgb(0, 0, 0), mid: .rgb(100, 0, 0), end: .rgb(100, 200, 0))
    #expect(gradient.color(at: -1) == .rgb(0, 0, 0))
    #expect(gradient.color(at: 0.25) == .rgb(50, 0, 0))
    #expect(gradient.color(at: 0.75) == .rgb(100, 100, 0))
    #expect(gradient.color(at: 2) == .rgb(100, 200, 0))
    #expect(gradient.color(at: .nan) == .rgb(0, 0, 0))
  }

  @Test
  func `a gradient of the terminal's own colours steps, for nobody knows what they look like`() {
    let gradient = Gradient(start: .ansi(2), mid: .ansi(3), end: .ansi(9))
    let shown = [0.0, 0.3, 0.4, 0.6, 0.7, 1.0].map { gradient.color(at: $0) }
    #expect(shown == [2, 2, 3, 3, 9, 9].map { .ansi($0) })
  }
}
