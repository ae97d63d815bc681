import Foundation
import TestSupport
import Testing

/// The compose screen of the real program on a pseudo-terminal, with real files.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ComposeTerminalTests {
  private let own: TemporaryFolder
  private var folder: String { own.path }

  init() throws {
    own = try TemporaryFolder()
    try FileManager.default.copyItem(
      atPath: Program.repository + "/Samples/ad-clicks/ad-clicks.jsonl",
      toPath: folder + "/clicks.jsonl")
  }

  private var environment: [String: String] { ["XDG_STATE_HOME": folder + "/state"] }

  private func studio(_ file: String, _ more: [String: String] = [:]) throws -> PseudoTerminal {
    try PseudoTerminal(
      ["studio", file], in: folder, columns: 120, rows: 40,
      environment: environment.merging(more) { $1 })
  }

  private func leave(_ terminal: PseudoTerminal) throws {
    terminal.type("q")
    #expect(try terminal.end() == 0)
  }

  private func saved(_ name: String) -> String { Program.text(of: "\(folder)/\(name)") }

  @Test func `a log gets a pipeline, which is changed, saved and run`() throws {
    let terminal = try studio("clicks.jsonl")
    try terminal.read(until: "the rows are there") {
      $0.text.contains("ad-espresso") && $0.text.contains("1,000")
    }
    // The window is the fourth step: its size, from 1 m to 2 m.
    terminal.type("jjj\r")
    try terminal.read(until: "the form is there") { $0.text.contains("allowed_lateness") }
    terminal.type("j\r\u{15}2 m\r")
    try terminal.read(until: "size 1 m → 2 m")
    terminal.type("s")
    try terminal.read(until: "save as")
    terminal.type("\r")
    try terminal.read(until: "saved /")
    let text = saved("clicks.yaml")
    #expect(text.contains("    size: 2 m\n") && text.contains("# Proposed after looking"))
    // What `tidemark tune` proposes for the same log.
    #expect(text.contains("    watermark: { out_of_orderness: 40 s }\n"))
    #expect(text.contains("  - sink: file\n    path: out/clicks.jsonl\n"))
    terminal.type("2")
    try terminal.read(until: "PAUSED")
    #expect(terminal.screen.text.contains("tumbling 2 m"))
    try leave(terminal)
  }

  @Test func `edits that were not saved come back`() throws {
    try Data(Self.pipeline.utf8).write(to: URL(fileURLWithPath: folder + "/a.yaml"))
    let first = try studio("a.yaml", ["TERM": "xterm-256color"])
    try first.read(until: "PAUSED")
    first.type("1")
    try first.read(until: "COMPOSE")
    first.type("jjd")
    try first.read(until: "filter removed")
    try leave(first)
    #expect(saved("a.yaml") == Self.pipeline)
    let second = try studio("a.yaml")
    try second.read(until: "PAUSED")
    second.type("1")
    try second.read(until: "edits that were not saved")
    second.type("s")
    try second.read(until: "saved /")
    try leave(second)
    #expect(!saved("a.yaml").contains("filter"))
    #expect(saved("a.yaml").contains("# only dear ones") == false)
  }

  @Test func `a file that changes outside is read again, and an editor takes part`() throws {
    try Data(Self.pipeline.utf8).write(to: URL(fileURLWithPath: folder + "/a.yaml"))
    // An editor that changes a number and ends.
    let script = "#!/bin/sh\nsed -i 's/cost > 0.3/cost > 0.7/' \"$1\"\n"
    let editor = folder + "/editor"
    try Data(script.utf8).write(to: URL(fileURLWithPath: editor))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: editor)
    let terminal = try studio("a.yaml", ["VISUAL": editor])
    try terminal.read(until: "PAUSED")
    terminal.type("1")
    try terminal.read(until: "cost > 0.3")
    terminal.type("e")
    try terminal.read(until: "cost > 0.7")
    terminal.type("s")
    try terminal.read(until: "saved /")
    #expect(saved("a.yaml") == Self.pipeline.replacing("0.3", with: "0.7"))
    try Data(Self.pipeline.replacing("0.3", with: "0.9").utf8)
      .write(to: URL(fileURLWithPath: folder + "/a.yaml"), options: .atomic)
    try terminal.read(until: "changed outside")
    try terminal.read(until: "cost > 0.9")
    try leave(terminal)
  }

  @Test func `a pipeline with faults opens where it can be mended`() throws {
    let broken = Self.pipeline.replacing("size: 1 m", with: "size: one minute")
    try Data(broken.utf8).write(to: URL(fileURLWithPath: folder + "/a.yaml"))
    let terminal = try studio("a.yaml")
    try terminal.read(until: "1 fault")
    terminal.type("]")
    try terminal.read(until: "one minute")
    try leave(terminal)
  }

  @Test(arguments: ["cat clicks.jsonl | \"$tidemark\" -", "\"$tidemark\" <(cat clicks.jsonl)"])
  func `a log in a pipe is kept and gone through`(line: String) throws {
    let shell = "\(line); echo left $?; read -r _"
    let terminal = try PseudoTerminal(shell: shell, in: folder, environment: environment)
    try terminal.read(until: "COMPOSE")
    try terminal.read(until: "1,000")
    try terminal.read(until: "out/input.jsonl")
    terminal.type("q")
    try terminal.read(until: "left 0")
  }

  private static let pipeline = """
    steps:
      - source: file
        path: clicks.jsonl
      - parse: json
        columns: { click_time: TIMESTAMP_LTZ(3), ad_id: STRING, cost: DOUBLE }
        event_time: click_time
        watermark: { out_of_orderness: 5 s }
      # only dear ones
      - filter: cost > 0.3
      - key_by: [ad_id]
      - window: tumbling
        size: 1 m
      - aggregate: { n: COUNT(*) }
      - sink: file
        path: out/a.jsonl

    """
}
