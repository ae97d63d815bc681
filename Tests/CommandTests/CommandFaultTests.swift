import Foundation
import Testing

/// Bad input at every door: a clear message with a place and a remedy, the right exit status, and
/// no record lost.
@Suite struct CommandFaults {
  static let good = "{\"ts\":1000,\"key\":\"a\",\"value\":1}\n"

  struct Case: Sendable, CustomTestStringConvertible {
    var title: String
    var changes: [(String, String)] = []
    var log: String? = good
    var line = "$tidemark run p.yaml"
    var status: Int32
    var says: [String]
    var out: String?
    var testDescription: String { title }
  }

  static let row =
    #"{"key":"a","window_start":"1970-01-01T00:00:00.000Z","window_end":"1970-01-01T00:01:00.000Z","n":1,"total":1}"#
    + "\n"

  static let cases = [
    Case(title: "a good log", status: 0, says: ["read      1", "emitted   1"], out: row),
    Case(
      title: "no newline at the end", log: String(good.dropLast()), status: 0,
      says: ["read      1"],
      out: row),
    Case(title: "an empty log", log: "", status: 0, says: ["read      0"], out: ""),
    Case(
      title: "a missing pipeline", line: "$tidemark run none.yaml", status: 2,
      says: ["none.yaml", "No such file"]),
    Case(
      title: "a folder as pipeline", line: "mkdir d.yaml; $tidemark run d.yaml", status: 2,
      says: ["d.yaml"]),
    Case(
      title: "an empty pipeline", line: ": > e.yaml; $tidemark run e.yaml", status: 2,
      says: ["e.yaml"]),
    Case(
      title: "a pipeline that is no YAML", line: "printf '{ [\\n' > e.yaml; $tidemark run e.yaml",
      status: 2, says: ["e.yaml:", "error"]),
    Case(
      title: "an unknown column", changes: [("SUM(value)", "SUM(valu)")], status: 2,
      says: ["p.yaml:16:", "'valu'", "^^^^", "did you mean 'value'"]),
    Case(
      title: "a missing log", log: nil, status: 1,
      says: ["log.jsonl", "no such file"]),
    Case(
      title: "a folder as log", log: nil, line: "mkdir log.jsonl; $tidemark run p.yaml", status: 1,
      says: ["log.jsonl", "is a directory"]),
    Case(
      title: "malformed lines and wrong types",
      log: good
        + "{\"ts\":2000,\"key\"\n{\"ts\":\"soon\",\"key\":\"a\",\"value\":1}\nnonsense\n{\"ts\":1,\"value\":1.5}\n",
      status: 0, says: ["read      5", "emitted   1", "bad       4"], out: row),
    Case(
      title: "a missing event time", log: good + "{\"key\":\"a\",\"value\":1}\n", status: 0,
      says: ["bad       1"], out: row),
    Case(
      title: "far-future times",
      log: good
        + "{\"ts\":99999999999,\"key\":\"a\",\"value\":1}\n{\"ts\":9223372036854775807,\"key\":\"a\",\"value\":1}\n",
      status: 0, says: ["bad       2"], out: row),
    Case(
      title: "negative times", log: "{\"ts\":-1,\"key\":\"a\",\"value\":1}\n", status: 0,
      says: ["emitted   1"],
      out: row.replacingOccurrences(of: "1970-01-01T00:01", with: "1970-01-01T00:00")
        .replacingOccurrences(
          of: "\"window_start\":\"1970-01-01T00:00", with: "\"window_start\":\"1969-12-31T23:59")),
    Case(
      title: "a sum beyond BIGINT",
      log: "{\"ts\":1,\"key\":\"a\",\"value\":9223372036854775807}\n" + good, status: 0,
      says: ["emitted   1", "bad       1"]),
    Case(
      title: "a sink that cannot be written", changes: [("out.jsonl", "/proc/none/out.jsonl")],
      line: "$tidemark run --allow-outside p.yaml", status: 1, says: ["/proc/none"]),
    Case(
      title: "a full device", changes: [("- sink: file\n    path: out.jsonl", "- sink: stdout")],
      line: "$tidemark run p.yaml > /dev/full", status: 1, says: ["no space left"]),
    Case(
      title: "an unknown option", line: "$tidemark run --frsh p.yaml", status: 2, says: ["--frsh"]),
    Case(
      title: "a parallelism of none", line: "$tidemark run --parallelism 0 p.yaml", status: 2,
      says: ["--parallelism is 1 to 128"]),
    Case(
      title: "a command that is none", line: "$tidemark rnu p.yaml", status: 2,
      says: ["'rnu' is no command", "did you mean 'run'"]),
    Case(
      title: "the studio without a terminal", line: "$tidemark p.yaml", status: 2,
      says: ["needs a terminal", "tidemark run"]),
    Case(
      title: "a file that is not there, for the studio", line: "$tidemark none.jsonl", status: 2,
      says: ["none.jsonl", "no such file"]),
    Case(
      title: "a theme that is broken",
      line: "printf 'roles:\\n  text: {fg: nocolour}\\n' > t.yaml; $tidemark themes t.yaml",
      status: 2, says: ["t.yaml:2:"]),
    Case(
      title: "a sample that is none", line: "$tidemark generate ad-click", status: 2,
      says: ["ad-click", "ad-clicks, host-metrics"]),
    Case(
      title: "a word that nothing is known of", line: "$tidemark explain widnow", status: 2,
      says: ["did you mean 'window'"]),
  ]

  @Test(arguments: cases) func aFaultIsSaidWithAPlaceAndARemedy(_ test: Case) throws {
    let place = try Workplace()
    try place.writePipeline(test.changes)
    if let log = test.log { try place.write("log.jsonl", log) }
    let outcome = try Program.shell(test.line, in: place.folder)
    #expect(outcome.status == test.status, "\(outcome.errors)")
    for words in test.says {
      #expect(outcome.errors.contains(words), "'\(words)' is not in: \(outcome.errors)")
    }
    #expect(outcome.output.isEmpty)
    if let out = test.out { #expect(place.read("out.jsonl") == out) }
  }

  @Test func stdoutCarriesResultsOnly() throws {
    let place = try Workplace()
    try place.writePipeline([("- sink: file\n    path: out.jsonl", "- sink: stdout")])
    try place.write("log.jsonl", Self.good)
    let outcome = try Program.run("run", "p.yaml", in: place.folder)
    #expect(outcome.output == Self.row)
    #expect(outcome.errors.contains("at-least-once"))
  }

  @Test func aReaderThatHasGoneEndsTheRunWithoutAWord() throws {
    let place = try Workplace()
    try place.writePipeline([("- sink: file\n    path: out.jsonl", "- sink: stdout")])
    let lines = (0..<20_000).map { "{\"ts\":\($0 * 60_000),\"key\":\"k\",\"value\":1}\n" }
    try place.write("log.jsonl", lines.joined())
    let outcome = try Program.shell(
      "$tidemark run -q p.yaml | head -n 1; exit ${PIPESTATUS[0]}", in: place.folder)
    #expect(outcome.status == 1 && outcome.errors.isEmpty)
    #expect(outcome.output.split(separator: "\n").count == 1)
  }

  @Test func checkPrintsJsonForEditors() throws {
    let place = try Workplace()
    try place.writePipeline([("COUNT(*)", "CONUT(*)"), ("size: 1 m", "size: 0 s")])
    let outcome = try Program.run("check", "--json", "p.yaml", in: place.folder)
    #expect(outcome.status == 2)
    let found = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
    #expect(found.count == 2 && found.allSatisfy { $0["line"] is Int && $0["code"] is String })
  }

  @Test func theBenchmarkMeasuresEveryCaseBesideAPeer() throws {
    let place = try Workplace()
    // A peer that copies the log, so that all it was given is there; two cases are beyond it.
    try place.write(
      "peer",
      "#!/bin/sh\ncase $2 in sliding|start) cp \"$1\" \"$3\";; *) echo \"no $2\" >&2; exit 3;; esac\n"
    )
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: "\(place.folder)/peer")
    let outcome = try Program.run(
      "bench", "--events", "2000", "--repeats", "1", "--json", "--profile", in: place.folder)
    #expect(outcome.status == 0)
    let all = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let jobs = try #require(all["jobs"] as? [[String: Any]]).compactMap { $0["case"] as? String }
    #expect(
      jobs == [
        "filter-derive", "tumbling", "sliding", "session", "count-distinct", "percentile",
        "million-keys", "checkpoint-1s", "start",
      ])
    let parts = try #require(all["parts"] as? [[String: Any]]).compactMap { $0["case"] as? String }
    #expect(Set(parts).isSuperset(of: ["parse-json", "parse-csv", "parse-access-log", "restore"]))
    let profiles = try #require(all["profiles"] as? [String: [String: Double]])
    for (name, shares) in profiles {
      #expect(abs(shares.values.reduce(0, +) - 1) < 0.01, "the shares of \(name) are all its time")
    }
    #expect(profiles.count == jobs.count)

    let beside = try Program.run(
      "bench", "--events", "2000", "--repeats", "2", "sliding", "start", "--against", "./peer",
      in: place.folder)
    #expect(beside.status == 0 && beside.output.contains("sliding · peer"))
    let beyond = try Program.run(
      "bench", "--events", "2000", "--repeats", "1", "session", "--against", "./peer",
      in: place.folder)
    #expect(beyond.status == 1 && beyond.errors.contains("no session"))
    #expect(beyond.errors.contains("it is called with the log"))
  }

  @Test func theBenchmarkShowsHowCostGrows() throws {
    let place = try Workplace()
    let outcome = try Program.run(
      "bench", "--events", "1000", "--repeats", "1", "--scaling", in: place.folder)
    #expect(outcome.status == 0)
    for name in ["events", "keys", "open windows", "windows of an event", "columns read"] {
      #expect(outcome.output.contains("\(name)      events"))
    }
    let wrong = try Program.run("bench", "--scaling", "tumbling", in: place.folder)
    #expect(wrong.status == 2)
  }
}
