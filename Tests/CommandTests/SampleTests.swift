import Columns
import Connectors
import Engine
import Foundation
import Pipelines
import Runtime
import Testing

/// Every sample is a golden test: its output is the committed one, byte for byte, whatever the
/// batches and the subtasks.
@Suite struct Samples {
  static let names = ["ad-clicks", "host-metrics", "web-access"]

  private func copy(_ sample: String, to folder: String) throws {
    let source = "\(Program.repository)/Samples/\(sample)"
    for name in try FileManager.default.contentsOfDirectory(atPath: source)
    where name != "out" && name != "expected" && name != ".tidemark" {
      try FileManager.default.copyItem(atPath: "\(source)/\(name)", toPath: "\(folder)/\(name)")
    }
  }

  private func files(_ folder: String) throws -> [String: String] {
    var files: [String: String] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder)
    where !name.hasPrefix(".") {
      files[name] = Program.text(of: "\(folder)/\(name)")
    }
    return files
  }

  @Test(arguments: names) func theProgramWritesWhatIsExpected(_ sample: String) throws {
    let place = try Workplace()
    try copy(sample, to: place.folder)
    let expected = try files("\(Program.repository)/Samples/\(sample)/expected")
    #expect(!expected.isEmpty)
    let checked = try Program.run("check", "pipeline.yaml", in: place.folder)
    #expect(checked.status == 0)
    let run = try Program.run("run", "pipeline.yaml", in: place.folder)
    #expect(run.status == 0 && run.output.isEmpty)
    #expect(run.errors.contains("every record is accounted for"))
    #expect(try files("\(place.folder)/out") == expected)
    // A job that has finished starts over, and gives the same again.
    #expect(try Program.run("run", "--quiet", "pipeline.yaml", in: place.folder).errors.isEmpty)
    #expect(try files("\(place.folder)/out") == expected)
  }

  @Test(arguments: names) func batchesAndSubtasksDoNotShowInTheOutput(_ sample: String) throws {
    let expected = try files("\(Program.repository)/Samples/\(sample)/expected")
    for (parallelism, records, bytes) in [
      (1, 1, 1 << 20), (1, 7, 1 << 20), (2, Int.max, 3000), (4, 8192, 1 << 20), (4, Int.max, 700),
    ] {
      let place = try Workplace()
      try copy(sample, to: place.folder)
      let document = PipelineDocument.load(path: "\(place.folder)/pipeline.yaml")
      let graph = try Planner.plan(document, options: PlanOptions(parallelism: parallelism)).get()
      var options = JobRunner.Options(checkpointDirectory: "\(place.folder)/.tidemark")
      options.maxRecords = records
      options.blockBytes = bytes
      let summary = try JobRunner(graph: graph, options: options).run()
      #expect(summary.accounting.isBalanced && summary.accounting.read == 3000)
      #expect(
        try files("\(place.folder)/out") == expected,
        "parallelism \(parallelism), rounds of \(records), blocks of \(bytes)")
    }
  }

  @Test(arguments: names) func aReplaySeesTheSameRowsAsTheRun(_ sample: String) throws {
    let place = try Workplace()
    try copy(sample, to: place.folder)
    let document = PipelineDocument.load(path: "\(place.folder)/pipeline.yaml")
    let replay = try Replay(graph: try Planner.plan(document).get())
    try replay.move(.end, isCancelled: { false })
    let end = replay.view
    #expect(end.isAtEnd && end.position == 3000 && end.accounting.isBalanced)
    try replay.move(.position(1234), isCancelled: { false })
    let there = replay.view
    try replay.move(.events(-600), isCancelled: { false })
    try replay.move(.events(600), isCancelled: { false })
    #expect(replay.view == there)
    try replay.move(.end, isCancelled: { false })
    #expect(replay.view == end)
    #expect(!FileManager.default.fileExists(atPath: "\(place.folder)/out"))
  }

  @Test(arguments: [
    ("ad-clicks", ["ad-clicks.jsonl"]), ("host-metrics", ["rack-1.jsonl", "rack-2.jsonl"]),
    ("web-access", ["web-access.log"]),
  ])
  func generateMakesTheCommittedLog(_ sample: String, _ logs: [String]) throws {
    let place = try Workplace()
    #expect(try Program.run("generate", sample, in: place.folder).status == 0)
    for log in logs {
      #expect(place.read(log) == Program.text(of: "\(Program.repository)/Samples/\(sample)/\(log)"))
    }
    let again = try Program.run("generate", sample, in: place.folder)
    #expect(again.status == 1 && again.errors.contains("is there already; give --force"))
    #expect(try Program.run("generate", sample, "--force", in: place.folder).status == 0)
  }
}
