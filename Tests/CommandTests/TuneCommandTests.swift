import Engine
import Foundation
import Pipelines
import Runtime
import Testing

/// `tidemark tune`: what it says of a bound is what a run with that bound does.
@Suite struct TuneCommands {
  private func tuned(_ arguments: String..., in folder: String) throws -> [String: Any] {
    let line = (["tune", "--json"] + arguments).map { "'\($0)'" }.joined(separator: " ")
    let outcome = try Program.shell("\"$tidemark\" \(line)", in: folder)
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    return try #require(
      JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
  }

  @Test(arguments: Samples.names) func aRunDropsWhatTuneSays(_ sample: String) throws {
    let folder = "\(Program.repository)/Samples/\(sample)"
    let report = try tuned("--try", "7 s", "pipeline.yaml", in: folder)
    let bounds = try #require(report["bounds"] as? [[String: Any]])
    let shown = bounds.filter { $0["is_shown"] as? Bool == true }
    #expect(shown.count >= 4)
    #expect(shown.contains { $0["out_of_orderness_ms"] as? Int64 == 7000 })
    let text = Program.text(of: "\(folder)/pipeline.yaml")
    let proposed = (report["proposal"] as? [String: Any])?["out_of_orderness_ms"] as? Int64
    for bound in shown
    where [0, 7000, proposed].contains(bound["out_of_orderness_ms"] as? Int64) {
      let ms = try #require(bound["out_of_orderness_ms"] as? Int64)
      let changed = text.replacing(
        /out_of_orderness: \d+ s/, with: "out_of_orderness: \(ms) ms")
      let document = PipelineDocument.parse(text: changed, path: "\(folder)/pipeline.yaml")
      let run = try CapturedRun.run(try Planner.plan(document).get())
      let late = run.counters.reduce(Int64(0)) { $0 + $1.late }
      let updates = run.counters.reduce(Int64(0)) { $0 + $1.lateUpdates }
      #expect(late == bound["dropped"] as? Int64, "\(sample) with \(ms) ms")
      #expect(late + updates == bound["late"] as? Int64, "\(sample) with \(ms) ms")
    }
  }

  @Test func theNamesOfTheJSONStay() throws {
    let folder = "\(Program.repository)/Samples/ad-clicks"
    let report = try tuned("ad-clicks.jsonl", in: folder)
    #expect(
      Set(report.keys) == [
        "subject", "event_time", "records", "window", "order", "disorder", "quantiles", "bounds",
        "silences", "drift_ms", "splits", "bad_clocks", "proposal", "elapsed_ms", "bytes",
      ])
    let records = try #require(report["records"] as? [String: Int])
    #expect(records["read"] == 3000 && records["unparsed"] == 2)
    let proposal = try #require(report["proposal"] as? [String: Any])
    #expect(proposal["out_of_orderness_ms"] as? Int == 40_000)
    #expect(proposal["yaml"] as? String == "watermark: { out_of_orderness: 40 s }")
    let bound = try #require((report["bounds"] as? [[String: Any]])?.first)
    #expect(
      Set(bound.keys) == [
        "out_of_orderness_ms", "behind_watermark", "late", "dropped", "latency_ms", "is_exact",
        "is_shown",
      ])
  }

  @Test func severalFilesAreSplits() throws {
    let folder = "\(Program.repository)/Samples/host-metrics"
    let pattern = try tuned("rack-*.jsonl", in: folder)
    let splits = try #require(pattern["splits"] as? [[String: Any]])
    #expect(splits.map { $0["name"] as? String } == ["rack-1.jsonl", "rack-2.jsonl"])
    let named = try tuned("rack-2.jsonl", "rack-1.jsonl", in: folder)
    #expect((named["splits"] as? [[String: Any]])?.count == 2)
    let bounds = try #require(named["bounds"] as? NSArray)
    #expect(bounds == pattern["bounds"] as? NSArray)
  }

  @Test func itIsDrawnForWhoReadsIt() throws {
    let folder = "\(Program.repository)/Samples/host-metrics"
    let drawn = try Program.run(
      "tune", "pipeline.yaml", in: folder, environment: ["LC_ALL": "C.UTF-8"])
    #expect(drawn.status == 0)
    #expect(drawn.output.contains("█") && !drawn.output.contains("\u{1B}"))
    #expect(drawn.output.contains("  ▸    1 s       60   2.00 %      59   1.97 %     1 s later"))
    #expect(drawn.output.contains("watermark: { out_of_orderness: 1 s }"))
    for environment in [["LC_ALL": "C"], ["LC_ALL": "C.UTF-8"]] {
      let plain = try Program.run(
        "tune", "--ascii", "pipeline.yaml", in: folder, environment: environment)
      #expect(plain.output.utf8.allSatisfy { $0 < 128 } && plain.output.contains("####"))
    }
    for line in drawn.output.split(separator: "\n") { #expect(line.count <= 120, "\(line)") }
  }

  @Test func aBadClockIsFoundAndRefused() throws {
    let place = try Workplace()
    var log = ""
    for second in 0..<200 {
      let time = second == 90 ? 4_000_000_000 : second
      log += "{\"ts\":\(1_772_442_000 + time),\"key\":\"k\(second % 3)\",\"value\":1}\n"
    }
    try place.write("log.jsonl", log)
    let outcome = try Program.run("tune", "log.jsonl", in: place.folder)
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("1 event ahead of the others by 127 years"))
    #expect(outcome.output.contains("watermark: { out_of_orderness: 0 s, max_future: 1 h }"))
    #expect(outcome.output.contains("in record 91 of log.jsonl"))
  }

  @Test(arguments: [
    ("tune nothing.jsonl", "cannot open nothing.jsonl: there is no such file"),
    ("tune 'no*.jsonl'", "no file matches no*.jsonl"),
    ("tune --time when log.jsonl", "has no column 'when'"),
    ("tune --time value log.jsonl", "column 'value' is BIGINT, not a time"),
    ("tune --window soon log.jsonl", "'soon' is not a length of time"),
    ("tune --try 5 log.jsonl", "'5' is not a length of time"),
    ("tune p.yaml log.jsonl", "'p.yaml' is a pipeline"),
    ("tune bad.yaml", "there is no operator 'sorce'"),
    ("tune timeless.jsonl", "timeless.jsonl has no event time"),
    ("tune empty.jsonl", "empty.jsonl is empty"),
  ]) func aWrongCommandEndsWithTwo(_ line: String, _ says: String) throws {
    let place = try Workplace()
    try place.write("log.jsonl", "{\"ts\":\"2026-01-01T00:00:00Z\",\"value\":1}\n")
    try place.write("timeless.jsonl", "{\"value\":1}\n{\"value\":2}\n")
    try place.write("empty.jsonl", "\n")
    try place.write("bad.yaml", "steps:\n  - sorce: file\n")
    let outcome = try Program.shell("\"$tidemark\" \(line)", in: place.folder)
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains(says), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }
}
