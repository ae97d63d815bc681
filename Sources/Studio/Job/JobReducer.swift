import Columns
import Engine
import Pipelines
import Runtime
import Terminal

extension StudioState {
  /// Asks before anything is written, or shows the run that is under way.
  mutating func runForReal() -> [StudioEffect] {
    if let job, job.isUnderWay || job.summary != nil {
      overlay = .job(scroll: 0)
      return []
    }
    guard let run else { return [] }
    overlay = .confirm(
      Confirmation(
        title: "run \(run.name) for real?",
        text: "It reads \(run.logName) to its end as fast as it can and writes to "
          + "\(Self.targets(run.view)). It goes on where an earlier run was cut off. What you see "
          + "here is still the replay, which writes nothing.",
        verb: "runs it", step: .startJob(path: run.path, name: run.name)))
    return []
  }

  private static func targets(_ view: ReplayView) -> String {
    let sinks = view.boxes.compactMap { box in
      box.guarantee.map { "\(box.detail) (\($0.rawValue))" }
    }
    guard let last = sinks.last, sinks.count > 1 else { return sinks.first ?? "its sinks" }
    return sinks.dropLast().joined(separator: ", ") + " and " + last
  }

  mutating func stopJob() -> [StudioEffect] {
    guard job?.isUnderWay == true else { return [] }
    job?.phase = .stopping
    notice = "the run takes a last checkpoint and stops"
    return [.stopJob]
  }

  /// Leaves; where a run is under way it is asked for first.
  mutating func quit() -> [StudioEffect] {
    guard let job, job.isUnderWay else { return [.quit] }
    if job.phase == .stopping {
      overlay = .confirm(
        Confirmation(
          title: "leave without waiting for \(job.name)?",
          text: "It has not stopped yet. A run that is cut off loses nothing: the next one goes on"
            + " from its last checkpoint.",
          verb: "leaves", step: .quit))
      return []
    }
    overlay = .confirm(
      Confirmation(
        title: "stop \(job.name) and leave?",
        text: "It takes a last checkpoint; the next run goes on from there. Nothing is lost.",
        verb: "stops and leaves", step: .stopJobAndQuit))
    return []
  }

  /// What was confirmed.
  mutating func carryOut(_ step: Confirmation.Step) -> [StudioEffect] {
    switch step {
    case .startJob(let path, let name):
      job = JobState(path: path, name: name)
      overlay = .job(scroll: 0)
      return [.startJob(path: path)]
    case .stopJobAndQuit:
      // It may have ended while the question stood.
      guard job?.isUnderWay == true else { return [.quit] }
      job?.phase = .stopping
      return [.stopJobAndQuit]
    case .quit: return [.quit]
    case .takeOutside(let text):
      guard let path = compose?.path else { return [] }
      compose?.take(.parse(text: text, path: path), "changed outside")
      return []
    }
  }

  mutating func take(_ news: JobNews) -> [StudioEffect] {
    guard job != nil else { return [] }
    switch news {
    case .started(let name):
      job?.name = name
      if job?.phase == .starting { job?.phase = .running }
    case .progress(let progress): job?.progress = progress
    case .note(let text):
      job?.notes.append(text)
      notice = text
    case .ended(let text): return end(.ended, text)
    case .failed(let text): return end(.failed, text)
    }
    return []
  }

  private mutating func end(_ phase: JobState.Phase, _ text: String) -> [StudioEffect] {
    job?.phase = phase
    job?.summary = text
    // Something else may be read just now: then the badge says it, and its key shows it.
    if overlay == nil { overlay = .job(scroll: 0) }
    // What it left is seen at once where somebody has looked before.
    return run?.checkpoints.disk == nil ? [] : [.lookOnDisk(verifying: nil)]
  }

  /// What the page of the run says.
  func jobLines() -> [WhyLine] {
    guard let job else { return [] }
    var lines: [WhyLine] = []
    switch job.phase {
    case .starting: lines.append(WhyLine(.accent, "\(job.name) is being started"))
    case .running: lines.append(WhyLine(.good, "\(job.name) runs and writes to its sinks"))
    case .stopping:
      lines.append(WhyLine(.warning, "\(job.name) takes a last checkpoint and stops"))
    case .ended: lines.append(WhyLine(.good, "\(job.name) has ended"))
    case .failed: lines.append(WhyLine(.bad, "\(job.name) has failed"))
    }
    lines.append(WhyLine(.text, ""))
    if let summary = job.summary {
      lines += summary.split(separator: "\n")
        .map { WhyLine(job.phase == .failed ? .bad : .text, String($0)) }
    } else if let progress = job.progress {
      lines += Self.lines(progress, job.share)
    }
    if !job.notes.isEmpty { lines.append(WhyLine(.text, "")) }
    lines += job.notes.suffix(20).map { WhyLine(.muted, $0) }
    if job.phase == .running {
      lines += [WhyLine(.text, ""), WhyLine(.key, "Enter stops it after a last checkpoint")]
    }
    return lines
  }

  private static func lines(_ progress: JobProgress, _ share: Double?) -> [WhyLine] {
    let seconds = max(Double(progress.elapsedNs) / 1e9, 1e-9)
    let part = share.map { " (\(Int($0 * 100)) % of the log)" } ?? ""
    var lines = [
      WhyLine(.text, "read         \(formatCount(progress.recordsRead)) records\(part)"),
      WhyLine(.text, "speed        \(formatRate(Double(progress.recordsThisRun) / seconds))"),
      WhyLine(.watermark, "watermark    \(formatClock(progress.watermark))"),
      WhyLine(
        .text,
        "checkpoints  \(progress.checkpoints)"
          + (progress.failedCheckpoints > 0 ? ", \(progress.failedCheckpoints) failed" : "")
          + (progress.lastCheckpointBytes.map { ", the last \(formatBytes($0))" } ?? "")),
      WhyLine(.text, "state        \(formatBytes(Int64(progress.stateBytes)))"),
    ]
    if progress.restarts > 0 {
      lines.append(WhyLine(.warning, "restarts     \(progress.restarts)"))
    }
    return lines
  }
}
