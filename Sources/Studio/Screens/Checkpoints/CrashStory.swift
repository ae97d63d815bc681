import Columns
import Runtime
import Terminal

/// The crash lab's report in words, a line for each step.
enum CrashStory {
  typealias Line = (text: String, role: ThemeRole)

  static func title(_ moment: CrashPlan.Moment) -> String {
    switch moment {
    case .betweenCheckpoints: "here, between two checkpoints"
    case .afterPrecommit: "after precommit, before the checkpoint completes"
    case .beforeCommit: "checkpoint complete, before sinks commit"
    case .betweenCommits: "between the commits of two sinks"
    case .afterCommit: "after all sinks have committed"
    }
  }

  static func title(_ victim: CrashPlan.Victim) -> String {
    switch victim {
    case .job: "the whole job"
    case .operator(let name): name
    }
  }

  /// The numbered steps, then the rows that are named.
  static func lines(_ report: CrashReport) -> [Line] {
    var lines = report.steps.enumerated().map { index, step in
      let (text, role) = words(step, report)
      return (text: "\(index + 1)  \(text)", role: role)
    }
    for sink in report.sinks where !sink.duplicated.isEmpty {
      lines.append(("", .text))
      lines.append(
        (
          "rows that \(sink.sink) shows twice (\(sink.guarantee)), "
            + "\(count(sink.duplicatedRows)):", .warning
        ))
      lines += sink.duplicated.map { ("  \(row($0))", .text) }
    }
    for sink in report.sinks where !sink.rolledBack.isEmpty {
      lines.append(("", .text))
      lines.append(
        (
          "rows of \(sink.sink) that were rolled back and came again, \(count(sink.abortedRows)):",
          .title
        ))
      lines += sink.rolledBack.map { ("  \(row($0))", .muted) }
    }
    return lines
  }

  private static func words(_ step: CrashReport.Step, _ report: CrashReport) -> Line {
    switch step {
    case .from(let id, let position):
      (
        id == 0
          ? "no checkpoint yet: from the start of the log"
          : "checkpoint \(count(id)) completed at record \(count(position))", .text
      )
    case .prepared(let id, let rows):
      ("checkpoint \(count(id)): sinks have prepared \(rowCount(rows))", .text)
    case .completed(let id, let position, let bytes):
      (
        "checkpoint \(count(id)) completed at record \(count(position)), \(formatBytes(Int64(bytes)))",
        .good
      )
    case .committed(let sink, let id, let rows):
      ("\(sink) committed checkpoint \(count(id)): \(rowCount(rows))", .good)
    case .killed(let victim, let position, let staged, let prepared):
      (
        "✗ \(title(victim)) killed at record \(count(position)), \(rowCount(staged)) staged, "
          + "\(count(prepared)) prepared"
          + (victim == .job ? "" : "; all operators are one region and restart"), .late
      )
    case .restored(let id, let position):
      (
        id == 0
          ? "restarted without a checkpoint: source back to the start"
          : "restored checkpoint \(count(id)): source back to record \(count(position))", .text
      )
    case .recovered(let sink, let rows):
      ("\(sink) committed what was prepared: \(rowCount(rows))", .good)
    case .aborted(let sink, let rows): ("\(sink) rolled back \(rowCount(rows))", .windowUpdated)
    case .readAgain(let records):
      ("\(count(records)) \(records == 1 ? "record" : "records") read again", .text)
    case .ranOn(let position, let isEnd):
      (
        "ran on to \(isEnd ? "the end of the log, " : "")record \(count(position)), and committed",
        .text
      )
    case .compared(let sink, let rows, let duplicated, let missing):
      if duplicated == 0, missing == 0 {
        ("✓ \(sink): output equal, \(rowCount(rows))", .good)
      } else if missing == 0 {
        ("≠ \(sink): \(rowCount(rows)), of which \(count(duplicated)) twice", .warning)
      } else {
        (
          "✗ \(sink): \(rowCount(rows)), \(count(duplicated)) too many, \(count(missing)) missing",
          .bad
        )
      }
    }
  }

  private static func row(_ line: OutputPage.Line) -> String {
    "\(count(line.position))  \(line.kind)  " + line.values.joined(separator: "  ")
  }

  private static func rowCount(_ rows: Int) -> String {
    "\(count(rows)) \(rows == 1 ? "row" : "rows")"
  }
  private static func count(_ number: some BinaryInteger) -> String { formatCount(Int64(number)) }
}
