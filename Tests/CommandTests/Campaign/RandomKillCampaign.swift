import Foundation
import TestSupport
import Testing

/// kill -9 at random: by a timer, at any instruction, or at a random file operation; again and
/// again, through recoveries too, until the job has come to its end.
@Suite struct RandomKillCampaign {
  @Test(arguments: CampaignScale.outputs)
  func aJobKilledAgainAndAgainEndsWithTheSameOutput(_ output: CampaignJob.Output) throws {
    var tally = CampaignTally("random kills, \(output)")
    var random = SeededRandom(seed: CampaignScale.seed &+ UInt64(output.rawValue.utf8.count))
    let jobs = CampaignJob.covering.filter { $0.output == output }
    var references: [Int: Reference] = [:]
    while tally["kills"] < CampaignScale.randomKills {
      let kind = tally["jobs"] % jobs.count
      let reference = try references[kind] ?? Reference(jobs[kind])
      references[kind] = reference
      tally.add("jobs")
      let before = tally["kills"]
      let wrong = try torment(jobs[kind], reference, &random, &tally)
      if !wrong.isEmpty { tally.differ() }
      for fault in wrong {
        Issue.record(
          """
          \(jobs[kind]), job \(tally["jobs"]), kills \(before) to \(tally["kills"]), \
          seed \(CampaignScale.seed): \(fault)
          """)
      }
    }
    tally.report()
    #expect(tally.differences == 0)
  }

  /// What a job gives, and how much there is to disturb.
  private struct Reference {
    let output: CampaignReference
    let milliseconds: Double
    let operations: Int

    init(_ job: CampaignJob) throws {
      output = try CampaignReference(job)
      let folder = try CampaignFolder(job)
      let started = ContinuousClock.now
      let run = try folder.run(.init(isOrderly: false))
      milliseconds = (ContinuousClock.now - started) / .milliseconds(1)
      operations = run.operations.count
    }
  }

  /// Kills a job until it is done, or has died often enough.
  private func torment(
    _ job: CampaignJob, _ reference: Reference, _ random: inout SeededRandom,
    _ tally: inout CampaignTally
  ) throws -> [String] {
    let folder = try CampaignFolder(job)
    for _ in 0..<12 where tally["kills"] < CampaignScale.randomKills {
      var plan = FaultShim.Plan(isOrderly: Bool.random(using: &random))
      var killAfterMs: Double?
      if Bool.random(using: &random) {
        killAfterMs = Double.random(in: 0.2...1.1, using: &random) * reference.milliseconds
      } else {
        plan.action = Bool.random(using: &random) ? .kill : .torn
        plan.operation = Int.random(in: 1...max(reference.operations, 1), using: &random)
      }
      let run = try folder.run(plan, killAfterMs: killAfterMs)
      if !run.wasKilled {
        if run.outcome.status == 0 { break }
        return ["status \(run.outcome.status): \(run.outcome.errors)"]
      }
      tally.add("kills")
      if folder.hasRunningCheckpoint { tally.add("in a running checkpoint") }
    }
    return try folder.finish(reference.output)
  }
}
