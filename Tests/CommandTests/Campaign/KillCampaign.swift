import Foundation
import TestSupport
import Testing

/// kill -9 of the real program before each of its file operations, and in the middle of each
/// write: the run after it ends with the output of a job that was never killed.
@Suite struct KillCampaign {
  @Test(arguments: CampaignScale.outputs)
  func aKillAtAnyFileOperationChangesNothing(_ output: CampaignJob.Output) throws {
    var tally = CampaignTally("kills, \(output)")
    for job in CampaignScale.jobs(output) {
      try killEverywhere(job, stride: CampaignScale.killStride, &tally)
    }
    tally.report()
    #expect(tally.differences == 0)
  }

  @Test(arguments: CampaignScale.wide)
  func aKillChangesNothingForLanesAndSplitsEither(_ job: CampaignJob) throws {
    var tally = CampaignTally("kills, \(job)")
    try killEverywhere(job, stride: CampaignScale.sideStride, &tally)
    tally.report()
    #expect(tally.differences == 0)
  }

  private func killEverywhere(
    _ job: CampaignJob, stride: Int, _ tally: inout CampaignTally
  ) throws {
    let reference = try CampaignReference(job)
    var operation = 1 + CampaignScale.first(of: stride, job)
    var survivals = 0
    tally.add("jobs")
    // The number of operations may differ by a few from run to run.
    while survivals < (stride == 1 ? 3 : 1) {
      let killed = try trial(.init(action: .kill, operation: operation), job, reference, &tally)
      survivals = killed == nil ? survivals + 1 : 0
      if killed?.kind == .write {
        tally.add("torn writes")
        _ = try trial(.init(action: .torn, operation: operation), job, reference, &tally)
      }
      operation += stride
    }
  }

  /// - Returns: the operation at which it was killed; nil where it had ended before.
  private func trial(
    _ plan: FaultShim.Plan, _ job: CampaignJob, _ reference: CampaignReference,
    _ tally: inout CampaignTally
  ) throws -> FaultShim.Operation? {
    let folder = try CampaignFolder(job)
    let run = try folder.run(plan)
    var wrong: [String] = []
    if run.wasKilled {
      tally.add("kills")
      if folder.hasRunningCheckpoint { tally.add("in a running checkpoint") }
      // Every other one goes on with other lanes.
      let lanes = job.parallelism > 1 && plan.operation % 2 == 0 ? 1 : nil
      wrong = try folder.finish(reference, parallelism: lanes)
    } else {
      if run.outcome.status != 0 { wrong = ["status \(run.outcome.status): \(run.outcome.errors)"] }
      let completed = run.operations.count { $0.completesCheckpoint }
      if completed < 4 { wrong.append("\(completed) checkpoints only") }
      wrong += try folder.differences(reference, "after a run to its end")
      wrong += folder.endFaults(of: run, reference)
    }
    if !wrong.isEmpty { tally.differ() }
    for fault in wrong { Issue.record("\(plan.place(job, run.disturbed)): \(fault)") }
    return run.wasKilled ? run.disturbed : nil
  }
}

extension FaultShim.Plan {
  /// What is needed to do it again.
  func place(_ job: CampaignJob, _ disturbed: FaultShim.Operation?) -> String {
    let sticky = isSticky ? " from there on" : ""
    let words = action.map { "\($0.rawValue) at operation \(operation)\(sticky)" } ?? "no fault"
    let reads = countsReads ? " (reads count)" : ""
    return "\(job), \(words)\(reads), seed \(CampaignScale.seed),"
      + " shim: \(disturbed?.description ?? "—")"
  }
}
