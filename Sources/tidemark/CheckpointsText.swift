import Columns
import Runtime
import VisibleText

/// The checkpoints of a place, listed or verified, as people read them.
struct CheckpointsText {
  let places: CheckpointPlaces
  /// As it was asked for.
  let place: String?
  let ink: Ink
  let nowMs: Int64

  // MARK: list

  var list: ConsoleText {
    if places.jobs.isEmpty {
      return "no checkpoints in \(ink.safe(place ?? "this folder"))\n"
    }
    return places.jobs.map { lines(of: $0).joined(separator: "\n") }.joined(separator: "\n\n")
      + "\n"
  }

  private func lines(of job: CheckpointPlaces.Job) -> [ConsoleText] {
    var lines: [ConsoleText] = [head(job)]
    guard !job.all.isEmpty else { return lines + ["  no checkpoints yet"] + leftovers(job) }
    let heads = ["", "number", "taken", "age", "size", "records", "watermark", "status"]
    let rows = job.all.map { row($0, isNext: $0.path == job.next?.path) }
    let isNumber = [false, true, false, true, true, true, false, false]
    let widths = heads.indices.map { column in
      ([heads] + rows).map { DisplayWidth.columns(of: $0[column]) }.max() ?? 0
    }
    for (index, cells) in ([heads] + rows).enumerated() {
      let text = cells.enumerated().map { column, cell in
        isNumber[column] ? padded(cell, widths[column]) : ink.fitted(cell, widths[column])
      }.joined(separator: "  ")
      guard index > 0 else {
        lines.append(ink.paint(trimmed(text), .faint))
        continue
      }
      let report = job.all[index - 1]
      let isNext = report.path == job.next?.path
      let tone: Ink.Tone? = report.isDamaged ? .bad : isNext ? .good : nil
      lines.append(tone.map { ink.paint(trimmed(text), $0) } ?? ConsoleText(trimmed(text)))
      lines += details(report)
    }
    return lines + remarks(job) + leftovers(job)
  }

  private func head(_ job: CheckpointPlaces.Job) -> ConsoleText {
    let count = Int64(job.all.count)
    let bytes = CheckpointWords.size(job.all.reduce(0) { $0 + $1.bytes })
    let folder = job.folder ?? job.reports.first?.path ?? ""
    let words = count == 1 ? "checkpoint" : "checkpoints"
    return
      "\(ink.paint(ink.safe(job.name), .strong))  \(count) \(words), \(bytes) in \(ink.safe(folder))"
  }

  private func row(_ report: CheckpointReport, isNext: Bool) -> [String] {
    let mark = report.isDamaged ? ink.sign("✗", "x") : isNext ? ink.sign("▸", ">") : " "
    let number = report.number.map { "\($0)" } ?? "-"
    return [
      mark, report.isSavepoint ? "savepoint" : number, CheckpointWords.taken(report),
      CheckpointWords.age(report, nowMs: nowMs), CheckpointWords.size(report.bytes),
      report.records.map(Figures.grouped) ?? "",
      report.manifest.map {
        CheckpointWords.watermark($0.watermark)
      } ?? "", CheckpointWords.status(report),
    ]
  }

  /// The state of each operator, and what is wrong.
  private func details(_ report: CheckpointReport) -> [ConsoleText] {
    let states = CheckpointWords.states(report).map {
      "\(ink.safe($0.id)) \(CheckpointWords.size($0.bytes))"
    }
    var lines: [ConsoleText] = []
    if !states.isEmpty {
      let text = "state: " + states.joined(separator: ink.sign(" · ", ", "))
      lines.append(ink.paint(ink.wrapped(text, indent: "       "), .faint))
    }
    for fault in CheckpointWords.faults(report) {
      lines.append(ink.paint("       \(ink.safe(fault))", .bad))
    }
    return lines
  }

  private func remarks(_ job: CheckpointPlaces.Job) -> [ConsoleText] {
    guard job.folder != nil else { return [] }
    guard let next = job.next else {
      return [
        "  \(ink.paint("none can be used: put a copy back, or start over with --fresh", .bad))"
      ]
    }
    let finished = next.manifest?.isFinished == true
    if finished, next.isCommitted { return ["  the job has ended; the next run starts over"] }
    let ending = finished ? ", and commits its last results" : ""
    return [
      "  \(ink.sign("▸", ">")) the next run goes on from \(CheckpointWords.name(next))\(ending)"
    ]
  }

  private func leftovers(_ job: CheckpointPlaces.Job) -> [ConsoleText] {
    if job.leftovers.isEmpty { return [] }
    let head = ink.paint("left by an interrupted run, removed by the next: ", .faint)
    return ["  \(head)\(ink.safe(job.leftovers.joined(separator: ", ")))"]
  }

  // MARK: verify

  var verified: ConsoleText {
    var lines: [ConsoleText] = []
    var count: (sound: Int64, damaged: Int64) = (0, 0)
    for job in places.jobs {
      lines.append("\(ink.paint(ink.safe(job.name), .strong))  \(ink.safe(job.folder ?? ""))")
      for report in job.all {
        if report.isDamaged { count.damaged += 1 } else { count.sound += 1 }
        let mark =
          report.isDamaged
          ? ink.paint(ink.sign("✗", "x"), .bad) : ink.paint(ink.sign("✓", "+"), .good)
        let name = ink.safe(CheckpointWords.name(report))
        let words =
          report.isDamaged
          ? "damaged" : "sound: \(CheckpointWords.size(report.bytes)) read"
        lines.append("  \(mark) \(name)  \(words)")
        lines += CheckpointWords.faults(report).map { "      \(ink.paint(ink.safe($0), .bad))" }
        if !report.strangers.isEmpty {
          lines.append(
            ink.wrapped(
              "not of this checkpoint, and never read: "
                + ink.safe(report.strangers.joined(separator: ", ")), indent: "      "))
        }
      }
      if job.reports.contains(where: \.isDamaged) { lines += remedies(job) }
    }
    let total = "\(count.sound) sound, \(count.damaged) damaged"
    return (lines + [ink.paint(total, count.damaged > 0 ? .bad : .good)]).joined(separator: "\n")
      + "\n"
  }

  private func remedies(_ job: CheckpointPlaces.Job) -> [ConsoleText] {
    guard job.folder != nil else { return ["  restore a copy of it, or another"] }
    guard let next = job.next else {
      return [
        "  no run can go on from here: put a copy of one back, or start over with"
          + " 'tidemark run --fresh'"
      ]
    }
    let newer = job.reports.contains { $0.isDamaged && ($0.number ?? 0) > (next.number ?? 0) }
    return [
      newer
        ? "  the next run goes on from \(CheckpointWords.name(next)) and reads again what came after"
          + "; a copy of a newer one, put back, saves that"
        : "  the next run goes on from \(CheckpointWords.name(next)); older ones are not needed"
    ]
  }

  // MARK: cells

  private func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - DisplayWidth.columns(of: text))) + text
  }

  private func trimmed(_ text: String) -> String {
    var text = text[...]
    while text.hasSuffix(" ") { text = text.dropLast() }
    return String(text)
  }
}
