import Foundation

/// What a job gives that nobody disturbs: the program alone, without the shim.
struct CampaignReference: Sendable {
  let rows: [String]
  /// Where every record went, in the words of the summary.
  let accounting: [String]

  init(_ job: CampaignJob) throws {
    let folder = try CampaignFolder(job)
    let outcome = try folder.run()
    guard outcome.status == 0 else { throw FaultShim.Failure(description: outcome.errors) }
    rows = try folder.rows()
    accounting = Self.accounting(outcome.errors)
  }

  static func accounting(_ said: String) -> [String] {
    let words = ["read", "emitted", "filtered", "late", "gaps", "bad", "→"]
    return said.split(separator: "\n").map(String.init).filter { line in
      words.contains { line.hasPrefix("  \($0) ") }
    }
  }
}

extension CampaignFolder {
  /// Runs a job that was cut off to its end, and says what is not as it would have been.
  func finish(_ reference: CampaignReference, parallelism: Int? = nil) throws -> [String] {
    let hadCheckpoint = !checkpoints.isEmpty
    var wrong: [String] = []
    if isDone {
      wrong += try differences(reference, "before the next run, all being committed")
    }
    let wasDone = isDone
    let run = try run(.init(slicesLog: false), parallelism: parallelism)
    if run.outcome.status != 0 {
      wrong.append("the next run ends with status \(run.outcome.status): \(run.outcome.errors)")
      return wrong
    }
    if hadCheckpoint, !wasDone, !run.outcome.errors.contains("going on from checkpoint") {
      wrong.append("the next run does not go on from a checkpoint: \(run.outcome.errors)")
    }
    wrong += try differences(reference, "after the next run")
    wrong += endFaults(of: run, reference)
    return wrong
  }

  /// What is wrong with a run that says it is done, but for its rows.
  func endFaults(of run: Run, _ reference: CampaignReference) -> [String] {
    var wrong: [String] = []
    let accounting = CampaignReference.accounting(run.outcome.errors)
    if accounting != reference.accounting { wrong.append("the records: \(accounting)") }
    let files = leftovers()
    if !files.isEmpty { wrong.append("left behind: \(files)") }
    // Two are kept; the one that a run was restored from; and one more where a kill came before the
    // oldest was removed and no other was taken since.
    if checkpoints.count > 4 { wrong.append("checkpoints: \(checkpoints)") }
    return wrong
  }

  func differences(_ reference: CampaignReference, _ moment: String) throws -> [String] {
    let rows = try rows()
    if job.output == .stdout {
      // At least once: a row that was printed cannot be taken back.
      let missing = Set(reference.rows).filter { row in
        !rows.contains { $0 == row || !row.isEmpty && $0.hasSuffix(row) }
      }
      return missing.isEmpty ? [] : ["\(moment) rows are missing: \(missing)"]
    }
    if rows == reference.rows { return [] }
    let sizes = "\(rows.map(\.utf8.count)) and not \(reference.rows.map(\.utf8.count)) bytes"
    return ["\(moment) the rows differ: \(sizes)"]
  }
}
