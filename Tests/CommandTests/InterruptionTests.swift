import Foundation
import GRDB
import Testing

/// Runs that a signal ends, and what the next run does. For kill -9 see `KillCampaign`.
@Suite struct Interruptions {
  @Test func anInterruptedRunSaysSoAndTheNextGoesOn() throws {
    let place = try Workplace()
    #expect(
      try Program.run("generate", "bench", "--events", "400000", in: place.folder).status == 0)
    let job = CampaignJob(output: .file, window: .tumbling)
    try place.write("p.yaml", job.pipeline.replacingOccurrences(of: "log*", with: "bench"))
    let stopped = try Program.shell(
      "$tidemark run p.yaml & while kill -0 $! && ! [ -d .tidemark/campaign ]; do :; done"
        + " >/dev/null 2>&1; kill -INT $!; wait $!", in: place.folder)
    #expect(stopped.status == 130, "\(stopped.errors)")
    #expect(stopped.errors.contains("stopped after"))
    #expect(stopped.errors.contains("every record is accounted for"))
    let rest = try Program.run("run", "p.yaml", in: place.folder)
    #expect(rest.status == 0 && rest.errors.contains("going on from checkpoint"))
    #expect(rest.errors.contains("read      400,000"))
  }

  /// Whoever starts it again after a crash cannot know that it had just ended.
  @Test func aFinishedJobThatAppendsToATableAddsNothingUnlessItIsToldTo() throws {
    let place = try Workplace()
    let log = "{\"ts\":1,\"key\":\"a\",\"value\":2}\n"
    try place.write("log.jsonl", log)
    try place.writePipeline([
      ("- sink: file\n    path: out.jsonl", "- sink: sqlite\n    path: out.db\n    table: results")
    ])
    func rows() throws -> Int {
      try DatabaseQueue(path: "\(place.folder)/out.db").read {
        try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM results") ?? -1
      }
    }
    let first = try Program.run("run", "p.yaml", in: place.folder)
    #expect(try first.status == 0 && rows() == 1, "\(first.errors)")
    let again = try Program.run("run", "p.yaml", in: place.folder)
    #expect(try again.status == 0 && rows() == 1)
    #expect(again.errors.contains("the job has come to its end with this log"))
    #expect(again.errors.contains("every record is accounted for"))
    #expect(try Program.run("run", "--fresh", "p.yaml", in: place.folder).status == 0)
    #expect(try rows() == 2)
    // Another log is another job, as is another pipeline.
    try place.write("log.jsonl", log + log)
    #expect(try Program.run("run", "p.yaml", in: place.folder).status == 0)
    #expect(try rows() == 3)
  }
}
