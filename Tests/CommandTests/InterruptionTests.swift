import Foundation
import Testing

/// Runs that a signal ends. For kill -9 see `KillCampaign`.
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
}
