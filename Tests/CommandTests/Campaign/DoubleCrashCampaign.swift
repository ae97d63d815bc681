import Foundation
import TestSupport
import Testing

/// A kill at one operation, and another one at the operations of the run that recovers from it,
/// checkpoints of its own included; then a run to the end.
@Suite struct DoubleCrashCampaign {
  @Test(arguments: CampaignScale.outputs)
  func aKillDuringRecoveryChangesNothing(_ output: CampaignJob.Output) throws {
    var tally = CampaignTally("kills of recoveries, \(output)")
    let job = CampaignJob(output: output, window: .tumbling, policy: .correct)
    let reference = try CampaignReference(job)
    var random = SeededRandom(seed: CampaignScale.seed &+ UInt64(output.rawValue.utf8.count))
    // Where the first kill hits: a sample.
    let whole = try CampaignFolder(job).run(.init()).operations.count
    let samples = CampaignScale.isFull ? 20 : CampaignScale.isThorough ? 2 : 1
    for sample in 0..<samples {
      let share = whole / samples
      let first = Int.random(in: 1...share, using: &random) + sample * share
      let killed = try CampaignFolder(job)
      let died = try killed.run(.init(action: .kill, operation: first))
      // It may end an operation or two before that.
      guard died.wasKilled else { continue }
      tally.add("first kills")
      var second = Int.random(in: 1...CampaignScale.sideStride, using: &random)
      while try trial(second, after: first, in: killed, reference, &tally) {
        second += CampaignScale.sideStride
      }
    }
    tally.report()
    #expect(tally.differences == 0)
  }

  /// - Returns: whether the recovery was killed, and had not come to its end before.
  private func trial(
    _ second: Int, after first: Int, in killed: CampaignFolder, _ reference: CampaignReference,
    _ tally: inout CampaignTally
  ) throws -> Bool {
    let folder = try CampaignFolder(copying: killed)
    let plan = FaultShim.Plan(action: .kill, operation: second)
    let run = try folder.run(plan)
    if run.wasKilled { tally.add("second kills") }
    var wrong = try folder.finish(reference)
    if !run.wasKilled, run.outcome.status != 0 {
      wrong.append("status \(run.outcome.status): \(run.outcome.errors)")
    }
    if !wrong.isEmpty { tally.differ() }
    for fault in wrong {
      Issue.record(
        "killed at operation \(first), then \(plan.place(folder.job, run.disturbed)): \(fault)")
    }
    return run.wasKilled
  }
}
