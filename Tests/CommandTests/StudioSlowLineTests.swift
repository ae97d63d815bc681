import Foundation
import Glibc
import TestSupport
import Testing

/// A terminal that takes what is drawn slower than it is drawn, or not at all.
@Suite(.serialized, .timeLimit(.minutes(1))) struct StudioSlowLineTests {
  private let own: TemporaryFolder
  private static let sample = Program.repository + "/Samples/ad-clicks/pipeline.yaml"
  /// More than a pseudo-terminal holds, and a key that paints every cell.
  private static let repaints = String(repeating: "t", count: 70)
  private static let lineHolds = 128 * 1024

  init() throws { own = try TemporaryFolder() }

  private func studio() throws -> PseudoTerminal {
    let terminal = try PseudoTerminal(["studio", Self.sample], in: own.path)
    try terminal.read(until: "PAUSED")
    return terminal
  }

  @Test func `q ends the studio though nobody reads what it draws`() throws {
    let terminal = try studio()
    let modes = terminal.modes
    let before = terminal.bytes.count
    terminal.type(Self.repaints + "q")
    #expect(terminal.wait() == 0)
    #expect(terminal.modes != modes)
    #expect(try terminal.end() == 0)
    #expect(terminal.bytes.count - before < Self.lineHolds)
    #expect(!terminal.screen.isAlternate && terminal.screen.isCursorShown)
    #expect(terminal.screen.modes.isDisjoint(with: [1000, 1006, 2004]))
  }

  @Test func `a slow line gets the newest picture, not all of them`() throws {
    let terminal = try studio()
    let before = terminal.bytes.count
    // The last keys come while the line is full.
    terminal.type(Self.repaints + ".")
    try terminal.read(until: "the newest picture came", piece: 256) {
      $0.text.contains("1 / 3,000")
    }
    // How many come depends on how fast they are read; all of them would be over 400 KB.
    #expect(terminal.bytes.count - before < 2 * Self.lineHolds)
    #expect(terminal.screen.unknown == [])
    terminal.type("q")
    #expect(try terminal.end() == 0)
  }

  @Test func `kill -TERM gives back a terminal that shows nothing`() throws {
    let terminal = try studio()
    terminal.type(Self.repaints)
    terminal.signal(SIGTERM)
    #expect(terminal.wait() == 143)
    #expect(try terminal.end() == 143)
    #expect(!terminal.screen.isAlternate && terminal.screen.isCursorShown)
  }
}
