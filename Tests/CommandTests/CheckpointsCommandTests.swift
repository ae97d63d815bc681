import Foundation
import GRDB
import Testing

/// `tidemark checkpoints`, and a run that finds its newest checkpoint damaged.
@Suite struct CheckpointsCommands {
  private static let pipeline = """
    pipeline: saved
    steps:
      - source: file
        path: log.jsonl
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
      - aggregate: { n: COUNT(*), total: SUM(value) }
      - sink: sqlite
        path: out.db
        table: results
        mode: upsert
      - sink: file
        from: w
        path: out.csv
      - sink: file
        from: w.late
        path: late.jsonl
    checkpoint: { every: 1 ms, keep: 3 }

    """

  /// A job that was killed with three checkpoints, and what a run without that gives.
  private struct Killed {
    let folder: String
    let expected: [String]
    let checkpoints: [String]

    func copy(_ name: String) throws -> String {
      let path = "\(folder)/\(name)"
      try FileManager.default.copyItem(atPath: "\(folder)/killed", toPath: path)
      return path
    }
  }

  private func results(_ folder: String) throws -> [String] {
    let rows = try DatabaseQueue(path: "\(folder)/out.db").read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM results ORDER BY country, window_start")
        .map { row in row.map { "\($0.1)" }.joined(separator: " ") }
    }
    return [Program.text(of: "\(folder)/out.csv"), Program.text(of: "\(folder)/late.jsonl")] + rows
  }

  private func killed(_ place: borrowing Workplace) throws -> Killed {
    let (whole, cut) = ("\(place.folder)/whole", "\(place.folder)/killed")
    let files = FileManager.default
    try files.createDirectory(atPath: whole, withIntermediateDirectories: true)
    #expect(try Program.shell("$tidemark generate bench --events 1500", in: whole).status == 0)
    try files.moveItem(atPath: "\(whole)/bench.jsonl", toPath: "\(whole)/log.jsonl")
    try Data(Self.pipeline.utf8).write(to: URL(fileURLWithPath: "\(whole)/p.yaml"))
    try files.copyItem(atPath: whole, toPath: cut)
    // Small reads are many rounds, with a checkpoint in each.
    var environment = [
      "LD_PRELOAD": try FaultShim.library.get(), "FAULTS_LOG": "\(place.folder)/operations",
      "FAULTS_NO_SYNC": "1", "FAULTS_SLICE": "12000", "FAULTS_QUIET_US": "500",
    ]
    func run(_ folder: String) throws -> Int32 {
      try Program.run("run", "-q", "p.yaml", in: folder, environment: environment).status
    }
    #expect(try run(whole) == 0)
    let operations = Program.text(of: "\(place.folder)/operations").split(separator: "\n")
      .compactMap(FaultShim.Operation.init)
    let sixth = try #require(
      operations.first { $0.kind == .mkdir && $0.path.hasSuffix(".chk-6.inprogress") })
    environment["FAULTS_DO"] = "kill"
    environment["FAULTS_AT"] = "\(sixth.number)"
    #expect(try run(cut) == 128 + SIGKILL)
    let names = try files.contentsOfDirectory(atPath: "\(cut)/.tidemark/saved")
      .filter { $0.hasPrefix("chk-") }
      .sorted { $0.count == $1.count ? $0 < $1 : $0.count < $1.count }
    try #require(names.count == 3)
    return Killed(folder: place.folder, expected: try results(whole), checkpoints: names)
  }

  private func damage(_ path: String, _ way: String) throws {
    let files = FileManager.default
    var bytes = [UInt8](files.contents(atPath: path) ?? Data())
    switch way {
    case "bit" where !bytes.isEmpty: bytes[bytes.count / 2] ^= 4
    case "cut" where !bytes.isEmpty: bytes.removeLast()
    case "empty": bytes = []
    default: break
    }
    switch way {
    case "gone": try files.removeItem(atPath: path)
    case "folder":
      try files.removeItem(atPath: path)
      try files.createDirectory(atPath: path, withIntermediateDirectories: false)
    default: try Data(bytes).write(to: URL(fileURLWithPath: path))
    }
  }

  @Test func aRunGoesOnFromTheCheckpointBeforeADamagedOneWithTheSameOutput() throws {
    let place = try Workplace()
    let job = try killed(place)
    let newest = try #require(job.checkpoints.last)
    let number = newest.dropFirst(4)
    let names = try FileManager.default.contentsOfDirectory(
      atPath: "\(job.folder)/killed/.tidemark/saved/\(newest)")
    #expect(names.count >= 4)
    for name in names {
      for way in name == "manifest.json" ? ["bit", "gone", "folder"] : ["cut"] {
        let folder = try job.copy("\(name)-\(way)")
        try damage("\(folder)/.tidemark/saved/\(newest)/\(name)", way)
        let verified = try Program.run("checkpoints", "verify", "p.yaml", in: folder)
        #expect(verified.status == 1, "\(name) \(way): \(verified.output)")
        // A wrong checksum and a wrong manifest look the same.
        let file = name.hasPrefix("manifest.") ? "manifest." : name
        #expect(verified.output.contains(file), "\(name) \(way): \(verified.output)")
        let rest = try Program.run("run", "p.yaml", in: folder)
        #expect(rest.status == 0, "\(name) \(way): \(rest.errors)")
        #expect(rest.errors.contains("checkpoint \(number) cannot be used"), "\(rest.errors)")
        #expect(
          rest.errors.contains("going on from checkpoint \(job.checkpoints[1].dropFirst(4))"),
          "\(name) \(way): \(rest.errors)")
        #expect(try results(folder) == job.expected, "\(name) \(way)")
        try FileManager.default.removeItem(atPath: folder)
      }
    }
  }

  @Test func whereAllAreDamagedItIsRefusedAndSaysWhatCanBeDone() throws {
    let place = try Workplace()
    let job = try killed(place)
    let folder = try job.copy("damaged")
    for (name, way) in zip(job.checkpoints, ["bit", "empty", "gone"]) {
      try damage("\(folder)/.tidemark/saved/\(name)/manifest.json", way)
    }
    let before = try results(folder)
    let refused = try Program.run("run", "p.yaml", in: folder)
    #expect(refused.status == 1)
    for name in job.checkpoints { #expect(refused.errors.contains(name), "\(refused.errors)") }
    #expect(refused.errors.contains("damaged") && refused.errors.contains("--fresh"))
    #expect(try results(folder) == before)
    let verified = try Program.run("checkpoints", "verify", in: folder)
    #expect(verified.status == 1 && verified.output.contains("0 sound, 3 damaged"))
    #expect(verified.output.contains("--fresh"))
    let listed = try Program.run("checkpoints", in: folder)
    #expect(listed.status == 0 && listed.output.contains("none can be used"))
    #expect(try Program.run("run", "-q", "--fresh", "p.yaml", in: folder).status == 0)
    #expect(try results(folder) == job.expected)
  }

  @Test func checkpointsAreListedShownAndVerified() throws {
    let place = try Workplace()
    let job = try killed(place)
    let folder = try job.copy("listed")
    let newest = try #require(job.checkpoints.last)
    let number = String(newest.dropFirst(4))
    for arguments in [["p.yaml"], [], [".tidemark"], [".tidemark/saved"]] {
      let listed = try Program.shell(
        "$tidemark checkpoints \(arguments.joined())", in: folder,
        environment: ["LC_ALL": "C.UTF-8"])
      #expect(listed.status == 0 && listed.errors.isEmpty, "\(listed.errors)")
      let lines = listed.output.split(separator: "\n")
      #expect(lines[0].hasPrefix("saved  3 checkpoints, "), "\(listed.output)")
      #expect(lines.contains { $0.hasPrefix("▸  ") && $0.contains(" \(number)  ") })
      #expect(lines.contains { $0.contains("state: w ") })
      #expect(lines.last?.contains("goes on from checkpoint \(number)") == true)
      // Columns stand under their heads.
      let taken = try #require(lines[1].range(of: "taken")).lowerBound
      let column = lines[1].distance(from: lines[1].startIndex, to: taken)
      for line in lines where line.contains("complete") {
        #expect(Array(line)[column...].starts(with: "20"), "\(line)")
        #expect(line.count <= 120)
      }
    }
    let ascii = try Program.run("checkpoints", "--ascii", in: folder)
    #expect(ascii.output.utf8.allSatisfy { $0 < 128 })
    let shown = try Program.run("checkpoints", "show", number, "p.yaml", in: folder)
    #expect(shown.status == 0)
    for word in ["Sources", "log.jsonl", "Operators", "w", "Sinks", "Counters", "numRecordsIn"] {
      #expect(shown.output.contains(word), "\(word)")
    }
    let byPath = try Program.run("checkpoints", "show", ".tidemark/saved/\(newest)", in: folder)
    #expect(byPath.output.contains("Sources") && byPath.output.contains("checkpoint \(number)"))
    let verified = try Program.run("checkpoints", "verify", in: folder)
    #expect(verified.status == 0 && verified.output.contains("3 sound, 0 damaged"))
  }

  @Test func theNamesOfTheJSONStay() throws {
    let place = try Workplace()
    let job = try killed(place)
    let folder = try job.copy("json")
    func object(_ line: String, status: Int32 = 0) throws -> [String: Any] {
      let outcome = try Program.shell("$tidemark checkpoints \(line)", in: folder)
      #expect(outcome.status == status, "\(outcome.errors)")
      return try #require(
        JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    }
    let listed = try object("--json p.yaml")
    let first = try #require((listed["jobs"] as? [[String: Any]])?.first)
    #expect(Set(first.keys) == ["job", "folder", "next", "checkpoints", "leftovers"])
    let entry = try #require((first["checkpoints"] as? [[String: Any]])?.last)
    #expect(
      Set(entry.keys).isSuperset(of: [
        "number", "kind", "path", "created_at_ms", "bytes", "records", "is_damaged",
        "is_finished", "is_committed", "faults", "strangers", "state",
      ]))
    #expect(entry["number"] as? Int == first["next"] as? Int)
    let shown = try object("show --json \(entry["number"] ?? 0) p.yaml")
    #expect(
      Set(shown.keys) == [
        "summary", "job", "format_version", "fingerprint", "sources", "operators", "sinks",
        "counters",
      ])
    let newest = try #require(job.checkpoints.last)
    try damage("\(folder)/.tidemark/saved/\(newest)/manifest.json", "bit")
    let verified = try object("verify --json", status: 1)
    #expect(verified["damaged"] as? Int == 1 && verified["sound"] as? Int == 2)
  }

  @Test func namesFromACheckpointCommandNothing() throws {
    let place = try Workplace()
    let name = "\u{1B}[31mx\u{202E}"
    let folder = "\(place.folder)/\(name)/chk-1"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data("\u{1B}]0;x\u{7}".utf8).write(to: URL(fileURLWithPath: "\(folder)/manifest.json"))
    for line in ["", "verify", "show 1", "show '\(name)/chk-1'"] {
      let outcome = try Program.shell("$tidemark checkpoints \(line)", in: place.folder)
      let text = outcome.output + outcome.errors
      #expect(!text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" || $0 == "\u{7}" })
      #expect(text.contains("\\x1b[31mx"), "\(text)")
    }
  }

  @Test(arguments: [
    ("checkpoints nowhere", "there is no nowhere"),
    ("checkpoints verify", "there are no checkpoints in this folder"),
    ("checkpoints show 1", "there is no checkpoint 1 in this folder"),
    ("checkpoints show nowhere", "there is no folder nowhere"),
    ("checkpoints bad.yaml", "there is no operator 'sorce'"),
    ("checkpoints log.jsonl", "log.jsonl is no folder"),
  ]) func aWrongCommandEndsWithTwo(_ line: String, _ says: String) throws {
    let place = try Workplace()
    try place.write("bad.yaml", "steps:\n  - sorce: file\n")
    try place.write("log.jsonl", "{}\n")
    let outcome = try Program.shell("$tidemark \(line)", in: place.folder)
    #expect(outcome.status == 2 && outcome.output.isEmpty, "\(outcome.output)")
    #expect(outcome.errors.contains(says), "\(outcome.errors)")
  }
}
