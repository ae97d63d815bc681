import Foundation
import Glibc
import Testing

@testable import Terminal

@Suite struct HeadlessScreenTests {
  @Test func `scripted events come in order, then the wake, then the end`() {
    let screen = HeadlessScreen(Size(10, 2))
    screen.send("g", "Ctrl-P")
    screen.send([.resize(Size(20, 3))])
    screen.wake()
    #expect(screen.nextEvent(timeoutMs: 0) == .key(.character("g")))
    #expect(screen.nextEvent(timeoutMs: 0) == .key(.control("p")))
    #expect(screen.nextEvent(timeoutMs: nil) == .resize(Size(20, 3)))
    #expect(screen.size == Size(20, 3))
    #expect(screen.nextEvent(timeoutMs: nil) == .wake)
    #expect(screen.nextEvent(timeoutMs: 0) == nil)
    #expect(screen.nextEvent(timeoutMs: nil) == .hangup)
  }

  @Test func `drawing the same picture changes nothing`() {
    let screen = HeadlessScreen(Size(10, 2))
    var grid = CellGrid(screen.size)
    grid.put("tide", 0, 0, .plain)
    #expect(screen.draw(grid) == 20)
    #expect(screen.draw(grid) == 0)
    grid.put("tidy", 0, 0, .plain)
    #expect(screen.draw(grid) == 1)
    #expect(screen.text == "tidy\n")
  }

  @Test func `what is copied can be looked at, and is capped`() {
    let screen = HeadlessScreen(Size(10, 2))
    #expect(screen.copy("tide") == .sent(bytes: 4))
    let long = String(repeating: "x", count: Clipboard.maxBytes + 1)
    #expect(screen.copy(long) == .tooLong(bytes: Clipboard.maxBytes + 1))
    #expect(screen.copied == ["tide"])
    #expect(screen.statistics == ScreenStatistics())
  }
}

@Suite struct ClipboardTests {
  private func sent(_ text: String, _ environment: [String: String]) throws -> String {
    String(
      decoding: try #require(Clipboard.sequence(text, environment: environment)), as: UTF8.self)
  }

  @Test(arguments: [
    ("", ""), ("t", "dA=="), ("ti", "dGk="), ("tid", "dGlk"), ("tide", "dGlkZQ=="),
    ("漢\u{1b}\n", "5ryiGwo="),
  ])
  func `text travels as base64, so nothing in it is obeyed`(text: String, encoded: String) throws {
    #expect(try sent(text, [:]) == "\u{1b}]52;c;\(encoded)\u{7}")
  }

  @Test func `tmux and screen pass it on when it is wrapped`() throws {
    let inTmux = "\u{1b}Ptmux;\u{1b}\u{1b}]52;c;aGk=\u{7}\u{1b}\\"
    #expect(try sent("hi", ["TMUX": "/tmp/tmux-0/default,1,0", "TERM": "screen"]) == inTmux)
    let inScreen = "\u{1b}P\u{1b}]52;c;aGk=\u{7}\u{1b}\\"
    for environment in [
      ["TERM": "screen"], ["TERM": "screen.xterm-256color"], ["TERM": "screen-256color"],
      ["TERM": "xterm", "STY": "1.pts-0.host"],
    ] {
      #expect(try sent("hi", environment) == inScreen, "\(environment)")
    }
    #expect(try sent("hi", ["TERM": "screenwriter"]) == "\u{1b}]52;c;aGk=\u{7}")
  }

  @Test func `screen gets it in pieces that it can hold`() throws {
    let text = String(repeating: "tide", count: 500)
    let pieces = try sent(text, ["TERM": "screen"]).split(
      separator: "\u{1b}\\", omittingEmptySubsequences: true)
    #expect(pieces.count == 4)
    #expect(pieces.allSatisfy { $0.hasPrefix("\u{1b}P") && $0.utf8.count <= 768 })
    #expect(pieces.map { $0.dropFirst(2) }.joined() == (try sent(text, [:])))
  }

  @Test func `text longer than the cap is not cut but refused`() throws {
    let most = String(repeating: "x", count: Clipboard.maxBytes)
    // 99,992 characters of base64, the most that common terminals take.
    #expect(try sent(most, [:]).utf8.count == 99_992 + 8)
    #expect(Clipboard.sequence(most + "x", environment: [:]) == nil)
  }
}

/// Only a failing test waits so long; every event is there before it is asked for.
private let limitMs = 5000

/// A pseudo-terminal whose other end the test holds.
private final class PseudoTerminal {
  let master: Int32
  let slave: Int32

  init(_ size: Size) throws {
    var master: Int32 = -1
    var slave: Int32 = -1
    var window = winsize(
      ws_row: UInt16(size.height), ws_col: UInt16(size.width), ws_xpixel: 0, ws_ypixel: 0)
    try #require(openpty(&master, &slave, nil, nil, &window) == 0)
    _ = fcntl(master, F_SETFL, O_NONBLOCK)
    (self.master, self.slave) = (master, slave)
  }

  deinit {
    _ = Glibc.close(master)
    _ = Glibc.close(slave)
  }

  func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(master, bytes, bytes.count)
  }

  /// Everything sent to the terminal so far.
  func output() -> String {
    var all: [UInt8] = []
    var bytes = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(master, &bytes, bytes.count)
      guard count > 0 else { break }
      all += bytes.prefix(count)
    }
    return String(decoding: all, as: UTF8.self)
  }

  func modes() -> termios {
    var modes = termios()
    tcgetattr(slave, &modes)
    return modes
  }
}

/// One process has one terminal, so these run one after another.
@Suite(.serialized, .timeLimit(.minutes(1))) struct NcursesScreenTests {
  private let environment = ["COLORTERM": "truecolor"]

  @Test func `a terminal is drawn on, read from, and given back, twice`() throws {
    setenv("TERM", "xterm-256color", 1)
    let terminal = try PseudoTerminal(Size(40, 10))
    let before = terminal.modes()
    for _ in 0..<2 {
      let screen = try NcursesScreen(
        input: terminal.slave, output: terminal.slave, environment: environment)
      #expect(screen.size == Size(40, 10))
      #expect(screen.depth == .truecolor)
      #expect(terminal.modes().c_lflag & tcflag_t(ICANON | ECHO) == 0)
      #expect(throws: ScreenError.alreadyOpen) {
        try NcursesScreen(input: terminal.slave, output: terminal.slave)
      }
      _ = terminal.output()
      var grid = CellGrid(screen.size)
      grid.put("tide 漢", 2, 1, Style(.rgb(255, 136, 0), on: .rgb(16, 32, 48)))
      #expect(screen.draw(grid) == 400)
      let drawn = terminal.output()
      #expect(drawn.contains("38;2;255;136;0") && drawn.contains("48;2;16;32;48"))
      #expect(drawn.contains("tide") && drawn.contains("漢"))
      #expect(screen.draw(grid) == 0)
      #expect(terminal.output() == "")

      terminal.type("q\u{1b}[A\u{1b}[<0;3;2M")
      #expect(screen.nextEvent(timeoutMs: limitMs) == .key(.character("q")))
      #expect(screen.nextEvent(timeoutMs: limitMs) == .key(.named(.up)))
      #expect(screen.nextEvent(timeoutMs: limitMs) == .mouse(Mouse(.press(.left), 2, 1)))
      terminal.type("\u{1b}")
      #expect(screen.nextEvent(timeoutMs: limitMs) == .key(.named(.escape)))
      screen.wake()
      #expect(screen.nextEvent(timeoutMs: limitMs) == .wake)
      #expect(screen.nextEvent(timeoutMs: 0) == nil)
      raise(SIGTERM)
      #expect(screen.nextEvent(timeoutMs: limitMs) == .terminate(.terminate))
      var window = winsize(ws_row: 12, ws_col: 50, ws_xpixel: 0, ws_ypixel: 0)
      _ = ioctl(terminal.master, UInt(TIOCSWINSZ), &window)
      raise(SIGWINCH)
      #expect(screen.nextEvent(timeoutMs: limitMs) == .resize(Size(50, 12)))
      #expect(screen.copy("hi") == .sent(bytes: 2))
      #expect(terminal.output() == "\u{1b}]52;c;aGk=\u{7}")
      screen.lend { #expect(terminal.modes().c_lflag == before.c_lflag) }
      screen.close()
      #expect(screen.copy("hi") == .notTaken)
      let end = terminal.output()
      #expect(end.contains("\u{1b}[?1049l") && end.contains("\u{1b}[?1006l"))
      #expect(end.contains("\u{1b}[?2004l") && end.contains("\u{1b}[?25h"))
      #expect(terminal.modes().c_lflag == before.c_lflag)
      #expect(terminal.modes().c_iflag == before.c_iflag)
      window = winsize(ws_row: 10, ws_col: 40, ws_xpixel: 0, ws_ypixel: 0)
      _ = ioctl(terminal.master, UInt(TIOCSWINSZ), &window)
    }
  }

  @Test func `bytes are counted, and only changed cells cost any`() throws {
    setenv("TERM", "xterm-256color", 1)
    let terminal = try PseudoTerminal(Size(80, 24))
    let screen = try NcursesScreen(
      input: terminal.slave, output: terminal.slave, environment: environment)
    var grid = CellGrid(screen.size)
    for row in 0..<24 { grid.put("row \(row) of the picture", 0, row, .plain) }
    screen.draw(grid)
    var sent = terminal.output().utf8.count
    #expect(screen.statistics.bytes == sent)
    #expect(screen.statistics.cells == 80 * 24)
    grid.put("X", 40, 12, .plain)
    screen.draw(grid)
    let more = terminal.output()
    #expect(more.hasSuffix("X") && more.utf8.count < 16, "\(more.utf8.count)")
    sent += more.utf8.count
    screen.draw(grid)
    #expect(screen.statistics.frames == 2 && screen.statistics.cells == 80 * 24 + 1)
    #expect(screen.statistics.bytes == sent)
    screen.close()
  }

  @Test(arguments: ["truecolor", ""])
  func `a colour that the terminal has already is not sent again`(promise: String) throws {
    setenv("TERM", "xterm-256color", 1)
    let terminal = try PseudoTerminal(Size(20, 4))
    let screen = try NcursesScreen(
      input: terminal.slave, output: terminal.slave, environment: ["COLORTERM": promise])
    let (red, blue) = (Color.rgb(255, 0, 0), Color.rgb(0, 0, 255))
    let ground = Style(.rgb(255, 255, 255), on: .rgb(0, 95, 0))
    var grid = CellGrid(screen.size, style: ground)
    screen.draw(grid)
    _ = terminal.output()
    grid.put("a", 0, 1, ground.foreground(red))
    grid.put("b", 1, 1, ground.foreground(blue))
    grid.put("c", 2, 1, ground.foreground(blue).background(red))
    grid.put("d", 3, 1, ground.foreground(blue).background(red).bold)
    screen.draw(grid)
    func code(_ color: Color, _ kind: Int) -> String {
      if promise.isEmpty, case .ansi(let index) = color.mapped(to: .indexed256) {
        return "\u{1b}[\(kind);5;\(index)m"
      }
      let (red, green, blue) = color.components ?? (0, 0, 0)
      return "\u{1b}[\(kind);2;\(red);\(green);\(blue)m"
    }
    let sent = terminal.output()
    func count(_ code: String) -> Int { sent.ranges(of: code).count }
    #expect(sent.contains("a\(code(blue, 38))b\(code(red, 48))c"), "\(sent.debugDescription)")
    #expect(count(code(red, 38)) == 1 && count(code(ground.background, 48)) == 1)
    // An attribute is begun by ending all that was set, so colours follow once more.
    #expect(count(code(blue, 38)) == 2 && count(code(red, 48)) == 2)
    screen.close()
  }

  @Test func `a terminal that takes nothing is not waited for, and gets the newest picture`() throws
  {
    setenv("TERM", "xterm-256color", 1)
    let terminal = try PseudoTerminal(Size(200, 60))
    let screen = try NcursesScreen(
      input: terminal.slave, output: terminal.slave, environment: environment)
    func picture(_ number: Int) throws -> CellGrid {
      var grid = CellGrid(screen.size)
      for row in 0..<60 {
        for column in 0..<200 {
          let letter = 33 + (column * 7 + row * 13 + number * 31) % 90
          grid.put(String(try #require(Unicode.Scalar(letter))), column, row, .plain)
        }
      }
      return grid
    }
    var number = 0
    while screen.draw(try picture(number)) > 0 {
      number += 1
      try #require(number < 1000, "the terminal takes everything")
    }
    for later in 1...3 { #expect(screen.draw(try picture(number + later)) == 0) }
    #expect(screen.statistics.frames == number && screen.statistics.skippedFrames == 3)
    terminal.type("q")
    #expect(screen.nextEvent(timeoutMs: limitMs) == .key(.character("q")))
    #expect(screen.copy("hi") == .notTaken)
    // As the terminal is read, the rest goes out while waiting for events.
    while screen.statistics.frames == number {
      _ = terminal.output()
      #expect(screen.nextEvent(timeoutMs: 0) == nil)
    }
    #expect(screen.statistics.frames == number + 1 && screen.statistics.skippedFrames == 3)
    while !terminal.output().isEmpty { #expect(screen.nextEvent(timeoutMs: 0) == nil) }
    screen.draw(try picture(number + 3))
    #expect(screen.statistics.frames == number + 1, "the newest picture stands there")
    screen.close()
  }

  @Test func `a terminal that cannot be used says why, and stays untouched`() throws {
    let terminal = try PseudoTerminal(Size(20, 5))
    func error(_ term: String?, input: Int32, output: Int32) -> ScreenError? {
      if let term { setenv("TERM", term, 1) } else { unsetenv("TERM") }
      do throws(ScreenError) {
        let screen = try NcursesScreen(input: input, output: output, environment: [:])
        screen.close()
        return nil
      } catch { return error }
    }
    let null = open("/dev/null", O_RDWR)
    defer { _ = Glibc.close(null) }
    let tty = terminal.slave
    #expect(error("xterm", input: null, output: tty) == .inputNotATerminal)
    #expect(error("xterm", input: tty, output: null) == .outputNotATerminal)
    #expect(error(nil, input: tty, output: tty) == .termUnset)
    #expect(error("no-such", input: tty, output: tty) == .termUnknown("no-such"))
    #expect(error("dumb", input: tty, output: tty) == .termTooSimple("dumb"))
    #expect(terminal.output() == "")
  }

  @Test func `a terminal that hangs up ends the reading`() throws {
    setenv("TERM", "xterm-256color", 1)
    let terminal = try PseudoTerminal(Size(20, 5))
    let slave = dup(terminal.slave)
    let screen = try NcursesScreen(input: slave, output: slave, environment: environment)
    _ = terminal.output()
    _ = dup2(open("/dev/null", O_RDWR), terminal.master)
    #expect(screen.nextEvent(timeoutMs: limitMs) == .hangup)
    #expect(screen.nextEvent(timeoutMs: limitMs) == .hangup)
    screen.close()
  }
}
