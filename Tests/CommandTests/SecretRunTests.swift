import Foundation
import GRDB
import Testing

/// A random secret in every option that takes a text: it is seen nowhere but at the path that the
/// user asked for, whatever goes wrong.
@Suite struct SecretsOfRuns {
  static func secret() -> String {
    let letters = Array("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789")
    return String((0..<24).map { _ in letters.randomElement() ?? "x" })
  }

  private static func pipeline(_ sinks: String) -> String {
    """
    pipeline: hush
    steps:
      - source: file
        path: ['in-${env:SECRET}/log*.jsonl', 'in-${env:SECRET}/more.jsonl']
      - parse: json
        name: events
        columns:
          ts: { type: TIMESTAMP_LTZ(3), unit: ms }
          key: STRING
          value: BIGINT
        event_time: ts
        watermark: { out_of_orderness: 1 s }
      - key_by: [key]
      - window: tumbling
        name: w
        size: 1 s
      - aggregate: { n: COUNT(*), total: SUM(value) }
    \(sinks)
      - sink: file
        name: letters
        from: events.dead
        path: dead.jsonl
    checkpoint: { every: 1 ms, keep: 3 }
    tests:
      - name: one
        events:
          - { ts: 1000, key: a, value: 1 }
        expect:
          w: [{ key: a, n: 1, total: 2 }]

    """
  }

  /// Every sink with its options that take a text.
  static let sinks = """
      - sink: file
        from: w
        path: out-${env:SECRET}.jsonl
      - sink: file
        from: w
        path: parts-${env:SECRET}/
      - sink: sqlite
        from: w
        path: db-${env:SECRET}.db
        table: t_${env:SECRET}
        mode: upsert
    """

  private final class Scene {
    let place: Workplace
    let secret: String
    var said = ""

    init(sinks: String, records: Int = 300) throws {
      place = try Workplace()
      secret = SecretsOfRuns.secret()
      try FileManager.default.createDirectory(
        atPath: "\(place.folder)/in-\(secret)", withIntermediateDirectories: true)
      let lines = (0..<records).map {
        "{\"ts\":\($0 * 100),\"key\":\"k\($0 % 7)\",\"value\":\($0)}\n"
      }
      try place.write("in-\(secret)/log.jsonl", lines.joined() + "no json\n")
      try place.write("in-\(secret)/more.jsonl", lines.joined() + "no json\n")
      try place.write("p.yaml", SecretsOfRuns.pipeline(sinks))
    }

    @discardableResult
    func run(_ line: String, secret other: String? = nil) throws -> Int32 {
      let outcome = try Program.shell(
        line, in: place.folder, environment: ["SECRET": other ?? secret])
      said += "$ \(line)\n\(outcome.output)\(outcome.errors)"
      return outcome.status
    }

    /// Where the secret is seen though it must not be: in what was said, in a file's contents, or
    /// in a file's name below the targets that have it by the user's wish.
    func leaks() -> [String] {
      var leaks: [String] = []
      for line in said.split(separator: "\n") where line.contains(secret) {
        leaks.append("said: \(line)")
      }
      let targets = ["in-", "out-", "parts-", "db-", "no-"].map { $0 + secret }
      let bytes = Data(secret.utf8)
      let files = FileManager.default.enumerator(atPath: place.folder)
      while let file = files?.nextObject() as? String {
        let isTarget = targets.contains { target in
          // SQLite's own journals stand beside the database.
          file == target || file.hasPrefix(target + "/")
            || file.hasPrefix("\(target).")
              && !file.contains("/")
        }
        if !isTarget, file.contains(secret) { leaks.append("name: \(file)") }
        // The database has the table's name by the user's wish.
        if isTarget, file.hasPrefix("db-") { continue }
        let contents = FileManager.default.contents(atPath: "\(place.folder)/\(file)") ?? Data()
        if contents.range(of: bytes) != nil { leaks.append("contents: \(file)") }
        // As staging names write it, and without its own letters changed.
        if isTarget, file.contains("/."), file.dropFirst(targets[0].count).contains(secret) {
          leaks.append("name: \(file)")
        }
      }
      return leaks
    }
  }

  @Test func everyCommandKeepsIt() throws {
    let scene = try Scene(sinks: Self.sinks)
    #expect(try scene.run("$tidemark run p.yaml") == 0, "\(scene.said)")
    #expect(scene.place.read("out-\(scene.secret).jsonl").contains("\"n\":"))
    #expect(scene.place.read("dead.jsonl").contains("in-${env:SECRET}/log.jsonl#"))
    #expect(try scene.run("$tidemark run --parallelism 2 p.yaml") == 0)
    for line in [
      "$tidemark check p.yaml", "$tidemark check --json p.yaml", "$tidemark explain p.yaml",
      "$tidemark test p.yaml", "$tidemark test --json p.yaml", "$tidemark tune p.yaml",
      "$tidemark tune --json p.yaml", "$tidemark savepoint p.yaml", "$tidemark savepoint p.yaml sp",
      "$tidemark run --from sp p.yaml", "$tidemark run --from none p.yaml",
    ] { try scene.run(line) }
    #expect(scene.leaks() == [])
  }

  @Test func aTerminalDoesNotShowIt() throws {
    let scene = try Scene(sinks: Self.sinks)
    let shown = try Program.onTerminal(
      "$tidemark run p.yaml; $tidemark tune p.yaml; rm -r in-*; $tidemark run --fresh p.yaml",
      in: scene.place.folder, environment: ["SECRET": scene.secret])
    let text = String(decoding: shown, as: UTF8.self)
    #expect(text.contains("every record is accounted for") && text.contains("tidemark: error"))
    #expect(!text.contains(scene.secret))
  }

  struct Failure: Sendable, CustomTestStringConvertible {
    var title: String
    var sinks = SecretsOfRuns.sinks
    /// Before the run; `$SECRET` is the secret.
    var prepare: String
    var says: String
    var testDescription: String { title }
  }

  static let failures = [
    Failure(title: "no input", prepare: "rm -r in-*", says: "in-${env:SECRET}/"),
    Failure(
      title: "a folder as input", prepare: "rm in-*/more.jsonl; mkdir in-$SECRET/more.jsonl",
      says: "is a directory"),
    Failure(
      title: "a file where a folder must be", prepare: "touch parts-$SECRET",
      says: "parts-${env:SECRET}"),
    Failure(
      title: "a folder where a file must be", prepare: "mkdir out-$SECRET.jsonl",
      says: "out-${env:SECRET}.jsonl: it is a folder"),
    Failure(
      title: "no database", prepare: "echo nonsense > db-$SECRET.db",
      says: "not a database"),
    Failure(
      title: "a table that does not fit",
      prepare: "", says: "does not fit"),
    Failure(
      title: "a full device", prepare: "ln -s /dev/full out-$SECRET.jsonl",
      says: "out-${env:SECRET}.jsonl"),
    Failure(
      title: "a parent that is a file",
      sinks: "  - sink: file\n    from: w\n    path: no-${env:SECRET}/deep/er/out.jsonl",
      prepare: "touch no-$SECRET", says: "no-${env:SECRET}"),
    Failure(
      title: "outside of the folder",
      sinks: "  - sink: file\n    from: w\n    path: ../${env:SECRET}/out.jsonl", prepare: "",
      says: "outside of the pipeline's folder"),
    Failure(
      title: "a name that is too long",
      sinks:
        "  - sink: file\n    from: w\n    path: \(String(repeating: "x", count: 300))${env:SECRET}",
      prepare: "", says: "${env:SECRET}"),
  ]

  @Test(arguments: failures) func aFaultDoesNotSayIt(_ failure: Failure) throws {
    let scene = try Scene(sinks: failure.sinks)
    if failure.title.hasPrefix("a table") {
      try DatabaseQueue(path: "\(scene.place.folder)/db-\(scene.secret).db").write {
        try $0.execute(sql: "CREATE TABLE t_\(scene.secret) (other TEXT NOT NULL)")
      }
    }
    try scene.run(failure.prepare)
    scene.said = ""
    let flag = failure.prepare.contains("/dev/full") ? "--allow-outside " : ""
    #expect(try scene.run("$tidemark run --restarts 0 \(flag)p.yaml") != 0)
    #expect(scene.said.contains(failure.says), "\(scene.said)")
    #expect(scene.leaks() == [])
  }

  @Test func aKilledRunADamagedCheckpointAndAnotherSecretKeepIt() throws {
    let scene = try Scene(sinks: Self.sinks, records: 30_000)
    var deaths = 0
    for _ in 0..<6 {
      let status = try scene.run("timeout -s KILL 0.3 $tidemark run p.yaml")
      deaths += status == 137 ? 1 : 0
      #expect(scene.leaks() == [])
      if status == 0 { break }
    }
    // Another secret is another place: refused, and neither is said.
    let other = Self.secret()
    try scene.run("mkdir in-\(other); cp in-$SECRET/* in-\(other)")
    scene.said = ""
    if deaths > 0, FileManager.default.fileExists(atPath: "\(scene.place.folder)/.tidemark/hush") {
      let status = try scene.run("$tidemark run p.yaml", secret: other)
      #expect(status != 0 || scene.said.contains("done"))
      #expect(!scene.said.contains(other) && !scene.said.contains(scene.secret), "\(scene.said)")
    }
    try scene.run(
      "rm -r in-\(other); for f in .tidemark/hush/chk-*/manifest.json; do printf x >> $f; done")
    scene.said = ""
    #expect(try scene.run("$tidemark run --restarts 0 p.yaml") != 0, "\(scene.said)")
    #expect(scene.said.contains("damaged"), "\(scene.said)")
    #expect(try scene.run("$tidemark run --fresh p.yaml") == 0, "\(scene.said)")
    #expect(scene.leaks() == [])
  }
}
