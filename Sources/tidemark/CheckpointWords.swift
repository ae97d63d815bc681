import Columns
import Runtime
import Terminal

/// Words and figures that the checkpoint commands share.
enum CheckpointWords {
  /// `1.2 kB`, `340 B`: powers of 1000, as files are measured.
  static func size(_ bytes: Int64) -> String {
    for (unit, size) in [("GB", 1e9), ("MB", 1e6), ("kB", 1e3)] where Double(bytes) >= size {
      return "\(Figures.rounded(Double(bytes) / size, digits: 1)) \(unit)"
    }
    return "\(bytes) B"
  }

  static func kind(_ report: CheckpointReport) -> String {
    report.isSavepoint ? "savepoint" : "checkpoint"
  }

  /// `checkpoint 12`, or the savepoint's path.
  static func name(_ report: CheckpointReport) -> String {
    if let number = report.number { return "\(kind(report)) \(number)" }
    return "\(kind(report)) \(report.path)"
  }

  static func taken(_ report: CheckpointReport) -> String {
    report.manifest.map { TuneText.instant($0.createdAtMs) } ?? "unknown"
  }

  static func age(_ report: CheckpointReport, nowMs: Int64) -> String {
    guard let manifest = report.manifest else { return "" }
    let (age, overflow) = nowMs.subtractingReportingOverflow(manifest.createdAtMs)
    return overflow || age < 0 ? "from the future" : TuneText.rough(age)
  }

  static func watermark(_ ms: Int64?) -> String {
    guard let ms, ms != minWatermark else { return "none yet" }
    return ms == maxWatermark ? "the end" : formatTimestamp(ms)
  }

  /// The state of each operator with its size; the job's own is left out.
  static func states(_ report: CheckpointReport) -> [(id: String, bytes: Int64)] {
    (report.manifest?.operators ?? []).filter { $0.id != "_job" }.map { ($0.id, $0.size) }
  }

  static func status(_ report: CheckpointReport) -> String {
    if report.isDamaged { return "damaged" }
    guard report.manifest?.isFinished == true else { return "complete" }
    return report.isCommitted ? "finished, committed" : "finished"
  }

  /// What is wrong, a sentence a file.
  static func faults(_ report: CheckpointReport) -> [String] {
    report.faults.map { fault in fault.file.map { "\($0): \(fault.problem)" } ?? fault.problem }
  }
}
