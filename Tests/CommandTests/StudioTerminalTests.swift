import Foundation
import Glibc
import TestSupport
import Testing

/// The studio as a person meets it: the real program on a pseudo-terminal.
@Suite(.serialized, .timeLimit(.minutes(2))) struct StudioTerminalTests {
  private let own: TemporaryFolder
  private var folder: String { own.path }
  private static let sample = Program.repository + "/Samples/ad-clicks/pipeline.yaml"

  init() throws { own = try TemporaryFolder() }

  /// The studio on a sample, its first picture read.
  private func studio(
    columns: Int = 120, rows: Int = 40, _ environment: [String: String] = [:]
  ) throws -> PseudoTerminal {
    let terminal = try PseudoTerminal(
      ["studio", Self.sample], in: folder, columns: columns, rows: rows,
      environment: environment)
    try terminal.read(until: "PAUSED")
    return terminal
  }

  private func expectGivenBack(_ terminal: PseudoTerminal) {
    #expect(!terminal.screen.isAlternate)
    #expect(terminal.screen.isCursorShown)
    // Mouse and bracketed paste.
    #expect(terminal.screen.modes.isDisjoint(with: [1000, 1002, 1003, 1006, 2004, 1049]))
    #expect(terminal.screen.unknown == [])
  }

  /// Zooms the panel that has the keys, and back.
  private func zoom(_ terminal: PseudoTerminal) throws {
    try terminal.read(until: "all panels are there") { $0.text.contains("checkpoints") }
    terminal.type("f")
    try terminal.read(until: "the other panels are gone") { !$0.text.contains("checkpoints") }
    terminal.type("f")
    try terminal.read(until: "all panels are back") { $0.text.contains("checkpoints") }
  }

  // MARK: A visit

  @Test func `it starts on a sample, is resized, plays, steps, and gives the terminal back`() throws
  {
    let shell =
      "read -r _; \"$tidemark\" studio \(Self.sample); echo left $?; read -r _"
    let terminal = try PseudoTerminal(shell: shell, in: folder)
    let before = terminal.modes
    terminal.type("\n")
    try terminal.read(until: "PAUSED")
    #expect(terminal.screen.isAlternate && !terminal.screen.isCursorShown)
    #expect(terminal.screen.modes.isSuperset(of: [1000, 1006, 2004]))
    #expect(terminal.modes != before)
    for (columns, rows, text) in [
      (80, 24, "PAUSED"), (59, 15, "needs 60×16"), (120, 40, "PAUSED"),
    ] {
      terminal.resize(columns: columns, rows: rows)
      try terminal.read(until: "the picture is \(columns)×\(rows)") {
        $0.text.contains(text) && ($0.rows < 16 || $0.lines[rows - 1].contains("Space"))
      }
    }
    terminal.type(".")
    try terminal.read(until: "1 / 3,000")
    terminal.type(" ")
    try terminal.read(until: "it plays") { !$0.text.contains("PAUSED") }
    terminal.type("q")
    try terminal.read(until: "left 0")
    expectGivenBack(terminal)
    #expect(terminal.modes == before)
    terminal.type("\n")
    #expect(try terminal.end() == 0)
  }

  @Test func `no line is scrolled while a panel is zoomed`() throws {
    for environment in [[:], ["COLORTERM": ""], ["TERM": "screen", "COLORTERM": ""]] {
      let terminal = try studio(environment)
      for _ in 0..<3 { try zoom(terminal) }
      terminal.type("q")
      #expect(try terminal.end() == 0)
      #expect(terminal.screen.scrolls == [], "\(environment)")
    }
  }

  // MARK: Suspended and ended

  @Test func `a run from the studio writes what a run without it writes`() throws {
    let folder = self.folder + "/clicks"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for name in ["pipeline.yaml", "ad-clicks.jsonl"] {
      try FileManager.default.copyItem(
        atPath: Program.repository + "/Samples/ad-clicks/" + name, toPath: folder + "/" + name)
    }
    let terminal = try PseudoTerminal(
      ["studio", folder + "/pipeline.yaml"], in: folder, columns: 120, rows: 40)
    try terminal.read(until: "PAUSED")
    terminal.type("R")
    try terminal.read(until: "for real?")
    #expect(!FileManager.default.fileExists(atPath: folder + "/out"))
    terminal.type("\r")
    try terminal.read(until: "every record is accounted for")
    terminal.type("\u{1B}")
    try terminal.read(until: "the page is closed") { !$0.text.contains("accounted for") }
    terminal.type("q")
    #expect(try terminal.end() == 0)
    for name in ["clicks-per-minute", "late-clicks", "dead-letters"] {
      let written = FileManager.default.contents(atPath: folder + "/out/\(name).jsonl")
      let expected = FileManager.default.contents(
        atPath: Program.repository + "/Samples/ad-clicks/expected/\(name).jsonl")
      #expect(written != nil && written == expected, "\(name)")
    }
  }

  @Test func `a session is recorded into no file that is something else`() throws {
    let path = own.path + "/mine.yaml"
    try "steps: []\n".write(toFile: path, atomically: true, encoding: .utf8)
    let terminal = try PseudoTerminal(
      ["studio", "--record", path, Self.sample], in: folder, columns: 80, rows: 24)
    #expect(try terminal.end() == 2)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "steps: []\n")
  }

  @Test func `Ctrl-Z gives the terminal to the shell, and fg takes it again`() throws {
    let shell = """
      set -m; read -r _; "$tidemark" studio \(Self.sample); echo stopped $?; read -r _; fg; echo left $?
      """
    let terminal = try PseudoTerminal(shell: shell, in: folder)
    let before = terminal.modes
    terminal.type("\n")
    try terminal.read(until: "PAUSED")
    for _ in 0..<2 { terminal.type(".") }
    try terminal.read(until: "2 / 3,000")
    terminal.type("\u{1A}")
    try terminal.read(until: "stopped 148")
    expectGivenBack(terminal)
    #expect(terminal.modes == before)
    terminal.type("\n")
    try terminal.read(until: "the picture is back") {
      $0.isAlternate && $0.text.contains("2 / 3,000")
    }
    #expect(terminal.screen.modes.isSuperset(of: [1000, 1006, 2004]))
    terminal.type("q")
    try terminal.read(until: "left 0")
    expectGivenBack(terminal)
    #expect(try terminal.end() == 0)
    #expect(terminal.screen.scrolls == [])
  }

  @Test func `kill -TERM says why it ended, after the terminal was given back`() throws {
    let terminal = try studio()
    terminal.signal(SIGTERM)
    #expect(try terminal.end() == 143)
    expectGivenBack(terminal)
    #expect(terminal.screen.text.contains("tidemark: ended by a signal; nothing was written"))
  }

  @Test func `a crash gives the terminal back`() throws {
    // The picture of the crash that Swift may paint is not ours.
    let terminal = try studio(["SWIFT_BACKTRACE": "enable=no"])
    terminal.signal(SIGSEGV)
    #expect(try terminal.end() == 128 + SIGSEGV)
    expectGivenBack(terminal)
  }

  @Test func `a window that is closed leaves nobody behind`() throws {
    // Whoever lives has the file open.
    let shell = "exec 9> alive; \"$tidemark\" studio \(Self.sample)"
    let alive = folder + "/alive"
    #expect(mkfifo(alive, 0o600) == 0)
    let reader = open(alive, O_RDONLY | O_NONBLOCK)
    defer { close(reader) }
    let terminal = try PseudoTerminal(shell: shell, in: folder)
    try terminal.read(until: "PAUSED")
    terminal.hangUp()
    _ = terminal.wait()
    var source = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
    #expect(poll(&source, 1, -1) == 1)
    #expect(source.revents & Int16(POLLHUP) != 0)
  }

  // MARK: Terminals of all kinds

  @Test(arguments: [
    Depth("xterm-256color", ["COLORTERM": "truecolor"], [.direct]),
    Depth("xterm-256color", [:], [.indexed]),
    Depth("tmux-256color", [:], [.indexed]),
    Depth("screen", [:], [.basic]), Depth("linux", [:], [.basic]), Depth("xterm", [:], [.basic]),
    Depth("xterm-16color", [:], [.basic, .bright]),
    Depth("vt100", [:], []),
    Depth("xterm-256color", ["COLORTERM": "truecolor", "NO_COLOR": "1"], []),
  ])
  func `the picture comes in the colours there are`(depth: Depth) throws {
    try depth.describe(in: folder)
    let terminal = try studio(depth.environment(folder))
    terminal.type(".")
    try terminal.read(until: "1 / 3,000")
    try zoom(terminal)
    terminal.type("\u{3}")
    #expect(try terminal.end() == 0)
    expectGivenBack(terminal)
    #expect(terminal.screen.scrolls == [])
    let used = terminal.screen.colors
    #expect(used == depth.colors, "\(used)")
  }

  /// A kind of terminal, and how colours are named on it.
  struct Depth: CustomTestStringConvertible {
    var term: String
    var variables: [String: String]
    var colors: Set<TerminalModel.ColorUse>

    init(
      _ term: String, _ variables: [String: String], _ colors: Set<TerminalModel.ColorUse>
    ) {
      (self.term, self.variables, self.colors) = (term, variables, colors)
    }

    var testDescription: String { "\(term) \(variables.keys.sorted())" }

    /// Writes a description that not every machine has.
    func describe(in folder: String) throws {
      guard term == "xterm-16color" else { return }
      let source = """
        xterm-16color|xterm with sixteen colours,
        \tcolors#16, pairs#256,
        \tsetaf=\\E[%?%p1%{8}%<%t%p1%{30}%+%e%p1%{82}%+%;%dm,
        \tsetab=\\E[%?%p1%{8}%<%t%p1%{40}%+%e%p1%{92}%+%;%dm,
        \tuse=xterm,

        """
      try source.write(toFile: folder + "/terminfo.src", atomically: true, encoding: .utf8)
      let made = try Program.shell("tic -x -o terminfo terminfo.src", in: folder)
      #expect(made.status == 0, "\(made.errors)")
    }

    func environment(_ folder: String) -> [String: String] {
      var all = ["TERM": term, "COLORTERM": ""].merging(variables) { $1 }
      if term == "xterm-16color" { all["TERMINFO"] = folder + "/terminfo" }
      return all
    }
  }

  @Test func `a terminal that cannot place text is refused with words`() throws {
    let terminal = try PseudoTerminal(
      ["studio", Self.sample], in: folder, environment: ["TERM": "dumb"])
    #expect(try terminal.end() == 2)
    let words = terminal.screen.text.replacing("\n", with: "")
    #expect(words.contains("the studio needs a terminal: the terminal TERM=dumb cannot place text"))
    #expect(words.contains("tidemark run FILE"))
    #expect(!terminal.bytes.contains(0x1B))
  }

  @Test func `wide and combining characters keep the columns straight`() throws {
    let words = ["漢字かな交じり", "e\u{301}tude\u{300}", "ｆｕｌｌ", "한국어", "plain"]
    let log = words.enumerated().map { index, word in
      "{\"at\": \"2026-01-01T00:00:0\(index)Z\", \"word\": \"\(word)\"}\n"
    }.joined()
    try log.write(toFile: folder + "/words.jsonl", atomically: true, encoding: .utf8)
    try """
    pipeline: words
    steps:
      - source: file
        path: words.jsonl
      - parse: json
        columns: {at: TIMESTAMP_LTZ(3), word: STRING}
        event_time: at
        watermark: {out_of_orderness: 5 s}
      - key_by: [word]
      - window: tumbling
        size: 1 m
      - aggregate: {rows_in: COUNT(*)}
      - sink: file
        path: out.jsonl
    """.write(toFile: folder + "/words.yaml", atomically: true, encoding: .utf8)
    let terminal = try PseudoTerminal(["studio", "words.yaml"], in: folder)
    try terminal.read(until: "PAUSED")
    for _ in words { terminal.type(".") }
    try terminal.read(until: "all words are there") { screen in
      words.allSatisfy { screen.text.contains($0.prefix(3)) }
    }
    // In the lines with such words the frame stands at the right edge, as everywhere.
    var framed = 0
    for (row, line) in terminal.screen.lines.enumerated()
    where line.hasSuffix("│") || line.hasSuffix("┃") {
      guard words.contains(where: { line.contains($0.prefix(2)) }) else { continue }
      framed += 1
      let edge = terminal.screen.character(119, row) ?? ""
      #expect(edge == "│" || edge == "┃", "\(line)")
    }
    #expect(framed >= words.count)
    terminal.type("q")
    #expect(try terminal.end() == 0)
  }

  // MARK: Themes

  @Test func `a theme that is edited shows at once, and its faults are said with their lines`()
    throws
  {
    let themes = folder + "/config/tidemark/themes"
    try FileManager.default.createDirectory(atPath: themes, withIntermediateDirectories: true)
    func save(_ color: String) throws {
      // Another file renamed to its place, as editors save.
      let text = "inherits: dark\nroles:\n  text: \(color)\n"
      try text.write(toFile: themes + "/mine.yaml", atomically: true, encoding: .utf8)
    }
    try save("\"#123456\"")
    let terminal = try PseudoTerminal(["studio", "--theme", "mine", Self.sample], in: folder)
    try terminal.read(until: "PAUSED")
    try save("\"#654321\"")
    try terminal.read(until: "the new colour is used") { _ in terminal.sent("38;2;101;67;33") }
    try save("\"#12\"")
    try terminal.read(until: "mine.yaml:3:9")
    terminal.type("q")
    #expect(try terminal.end() == 0)
  }

  @Test func `the plain theme draws in ASCII`() throws {
    let terminal = try PseudoTerminal(["studio", "--theme", "mono-ascii", Self.sample], in: folder)
    try terminal.read(until: "PAUSED")
    terminal.type("q")
    #expect(try terminal.end() == 0)
    #expect(terminal.screen.colors == [])
    #expect(terminal.bytes.allSatisfy { $0 < 0x80 })
  }
}
