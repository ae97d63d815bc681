import Foundation
import GRDB
import TestSupport
import Testing

/// kill -9 of the real program, again and again, until the job has come to its end: the output is
/// that of a run that was never killed.
@Suite struct Crashes {
  enum Kind: String, CaseIterable, Sendable { case file, parts, append, upsert }

  private static func pipeline(_ kind: Kind, _ policy: String) -> String {
    let sink =
      switch kind {
      case .file: "file\n    path: out.jsonl"
      case .parts: "file\n    path: out/"
      case .append: "sqlite\n    path: out.db\n    table: results\n    mode: append"
      case .upsert: "sqlite\n    path: out.db\n    table: results\n    mode: upsert"
      }
    let lateness = policy == "drop" ? "" : "\n    allowed_lateness: 10 s"
    return """
      pipeline: crash
      steps:
        - source: file
          path: bench.jsonl
        - parse: json
          columns:
            ts: { type: TIMESTAMP_LTZ(3), unit: ms }
            country: STRING
            value: DOUBLE
          event_time: ts
          watermark: { out_of_orderness: 1 s }
        - key_by: [country]
        - window: tumbling
          name: w
          size: 1 s
          late: \(policy)\(lateness)
        - aggregate: { n: COUNT(*), total: SUM(value) }
        - sink: \(sink)
        - sink: file
          from: w.late
          path: late.csv
      checkpoint: { every: 1 ms, keep: 2 }

      """
  }

  private func results(_ folder: String, _ kind: Kind) throws -> [String] {
    let late = Program.text(of: "\(folder)/late.csv")
    switch kind {
    case .file: return [late, Program.text(of: "\(folder)/out.jsonl")]
    case .parts:
      let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/out").sorted()
      return [
        late,
        names.filter { !$0.hasPrefix(".") }.map { Program.text(of: "\(folder)/out/\($0)") }
          .joined(),
      ]
    case .append, .upsert:
      let rows = try DatabaseQueue(path: "\(folder)/out.db").read { database in
        try Row.fetchAll(database, sql: "SELECT * FROM results ORDER BY rowid").map { row in
          row.map { "\($0.1)" }.joined(separator: " ")
        }
      }
      return [late] + rows
    }
  }

  /// How often a run is killed: more in a campaign.
  private static let kills =
    Int(ProcessInfo.processInfo.environment["TIDEMARK_KILLS"] ?? "") ?? 12

  @Test(arguments: Kind.allCases, ["drop", "update"])
  func aJobKilledAgainAndAgainEndsWithTheSameOutput(_ kind: Kind, _ policy: String) throws {
    let whole = try Workplace()
    let killed = try Workplace()
    let made = try Program.run("generate", "bench", "--events", "30000", in: whole.folder)
    #expect(made.status == 0)
    try FileManager.default.copyItem(
      atPath: "\(whole.folder)/bench.jsonl", toPath: "\(killed.folder)/bench.jsonl")
    try whole.write("p.yaml", Self.pipeline(kind, policy))
    try killed.write("p.yaml", Self.pipeline(kind, policy))
    #expect(try Program.run("run", "-q", "p.yaml", in: whole.folder).status == 0)
    let expected = try results(whole.folder, kind)

    // The kernel kills it at any instruction.
    var random = SeededRandom(seed: UInt64(kind.rawValue.utf8.count))
    var deaths = 0
    var hasEnded = false
    while !hasEnded, deaths < Self.kills {
      let seconds = Double.random(in: 0.005...0.15, using: &random)
      let outcome = try Program.shell(
        "timeout -s KILL \(seconds) $tidemark run -q p.yaml", in: killed.folder)
      hasEnded = outcome.status == 0
      #expect(hasEnded || outcome.status == 137, "\(outcome.errors)")
      deaths += hasEnded ? 0 : 1
    }
    if !hasEnded {
      #expect(try Program.run("run", "-q", "p.yaml", in: killed.folder).status == 0)
    }
    #expect(deaths > 0)
    #expect(try results(killed.folder, kind) == expected, "after \(deaths) kills")
  }

  @Test func anInterruptedRunSaysSoAndTheNextGoesOn() throws {
    let place = try Workplace()
    #expect(
      try Program.run("generate", "bench", "--events", "400000", in: place.folder).status == 0)
    try place.write("p.yaml", Self.pipeline(.file, "drop"))
    let stopped = try Program.shell(
      "$tidemark run p.yaml & while kill -0 $! && ! [ -d .tidemark/crash ]; do :; done"
        + " >/dev/null 2>&1; kill -INT $!; wait $!", in: place.folder)
    #expect(stopped.status == 130, "\(stopped.errors)")
    #expect(stopped.errors.contains("stopped after"))
    #expect(stopped.errors.contains("every record is accounted for"))
    let rest = try Program.run("run", "p.yaml", in: place.folder)
    #expect(rest.status == 0 && rest.errors.contains("going on from checkpoint"))
    #expect(rest.errors.contains("read      400,000"))
  }
}
