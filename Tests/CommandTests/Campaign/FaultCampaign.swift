import Foundation
import TestSupport
import Testing

/// Every fault that a file operation can report, at every operation: once, and from there on; with
/// and without second attempts of the program's own. It gives the same output, or ends with a fault
/// that names the file, the reason and a remedy; and the run after it ends with the same output.
@Suite struct FaultCampaign {
  @Test(arguments: CampaignScale.outputs)
  func aFaultIsSaidAndLosesNothing(_ output: CampaignJob.Output) throws {
    var tally = CampaignTally("faults, \(output)")
    var random = SeededRandom(seed: CampaignScale.seed &+ UInt64(output.rawValue.utf8.count))
    let job = CampaignJob(output: output, window: .tumbling, policy: .correct)
    let reference = try CampaignReference(job)
    let whole = try CampaignFolder(job).run(.init(countsReads: true)).operations
    tally.add("operations", whole.count)
    var number = 0
    for operation in whole {
      for action in FaultShim.Action.allCases where action.isFault && action.fits(operation.kind) {
        for isSticky in action == .full ? [true] : [false, true] {
          number += 1
          guard (number + Int(CampaignScale.seed)) % CampaignScale.faultStride == 0 else {
            continue
          }
          let plan = FaultShim.Plan(
            action: action, operation: operation.number, isSticky: isSticky, countsReads: true,
            isOrderly: Bool.random(using: &random))
          var job = job
          if Bool.random(using: &random) { job.restarts = 2 }
          if Int.random(in: 0..<4, using: &random) == 0 { job.toleratedFailures = 2 }
          try trial(plan, job, reference, &tally)
        }
      }
    }
    tally.report()
    #expect(tally.differences == 0)
  }

  /// A disk that is full from the middle of a run on, and has room again later.
  @Test(arguments: CampaignScale.outputs)
  func aFullDiskLeavesTheLastCheckpointGood(_ output: CampaignJob.Output) throws {
    let job = CampaignJob(output: output, window: .session, policy: .update)
    let reference = try CampaignReference(job)
    let whole = try CampaignFolder(job).run(.init()).operations
    let complete = try #require(whole.first { $0.completesCheckpoint }).number
    let folder = try CampaignFolder(job)
    let plan = FaultShim.Plan(action: .full, operation: complete + 8)
    let run = try folder.run(plan)
    #expect(run.outcome.status == 1)
    #expect(
      run.outcome.errors.contains("no space left") || run.outcome.errors.contains("is full"),
      "\(run.outcome.errors)")
    #expect(!folder.checkpoints.isEmpty)
    #expect(try folder.finish(reference) == [], "\(plan.place(job, run.disturbed))")
  }

  private func trial(
    _ plan: FaultShim.Plan, _ job: CampaignJob, _ reference: CampaignReference,
    _ tally: inout CampaignTally
  ) throws {
    let folder = try CampaignFolder(job)
    let run = try folder.run(plan)
    var wrong = Self.syncsAgain(run.operations)
    if run.disturbed != nil { tally.add("faults") }
    switch (run.outcome.status, plan.action?.isInvisible) {
    case (0, _):
      tally.add("with the same output")
      wrong += try folder.differences(reference, "after status 0")
      wrong += folder.endFaults(of: run, reference)
    case (1...2, false):
      tally.add("said")
      wrong += Self.unclear(run)
      if folder.isDone { wrong.append("it had noted its end: the next run starts over") }
    default: wrong.append("status \(run.outcome.status): \(run.outcome.errors)")
    }
    if run.outcome.status != 0 || job.output != .append {
      wrong += try folder.finish(reference)
    }
    if !wrong.isEmpty { tally.differ() }
    for fault in wrong { Issue.record("\(plan.place(job, run.disturbed)): \(fault)") }
  }

  /// A file whose fsync failed and that another fsync of the same open file is said to have made
  /// durable: the kernel may have dropped what the first did not write. SQLite's own files are its
  /// own affair: it rolls back what it could not make durable.
  private static func syncsAgain(_ operations: [FaultShim.Operation]) -> [String] {
    var failed: [Int: String] = [:]
    var wrong: [String] = []
    for operation in operations
    where operation.kind == .sync && !operation.path.hasPrefix("out.db") {
      if operation.outcome != "ok" {
        failed[operation.file] = operation.description
      } else if let first = failed[operation.file] {
        wrong.append("after \(first) fsync again: \(operation)")
      }
    }
    return wrong
  }

  /// What a message lacks.
  private static func unclear(_ run: CampaignFolder.Run) -> [String] {
    let said = run.outcome.errors
    guard let fault = said.range(of: "error: ") else { return ["no error is said: \(said)"] }
    let line = said[said.lineRange(for: fault)]
    var wrong: [String] = []
    let reasons = [
      "no space left", "quota exceeded", "input/output error", "too many open files",
      "read-only file system", "permission denied", "interrupted system call",
      // SQLite's words; the last is what it makes of a page that cannot be read.
      "disk I/O error", "database or disk is full", "unable to open database file",
      "readonly database", "disk image is malformed",
    ]
    if !reasons.contains(where: { line.localizedCaseInsensitiveContains($0) }) {
      wrong.append("the reason is not said: \(line)")
    }
    // A pipeline that cannot be read has a place and a reason, as everything that is wrong with one.
    if run.outcome.status != 2, !line.contains("; ") { wrong.append("no remedy is said: \(line)") }
    let names = run.operations.filter(\.isDisturbed).map { operation in
      let name = operation.path.split(separator: "/").last.map(String.init) ?? operation.path
      return name == "stdout" ? "standard output" : name.replacing("-journal", with: "")
    }
    if !names.contains(where: { line.contains($0) }) {
      wrong.append("the file is not said: \(line)")
    }
    return wrong
  }
}
