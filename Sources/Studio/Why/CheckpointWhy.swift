import Columns
import Engine
import Runtime
import Terminal

/// Why a checkpoint was taken, what it holds, and what a restore from it would do.
enum CheckpointWhy {
  static func explain(_ detail: CheckpointDetail, in view: ReplayView) -> [WhyLine] {
    let checkpoint = detail.view
    var lines = [
      WhyLine(.title, "checkpoint \(formatCount(checkpoint.id)) of the replay"),
      WhyLine(
        .good, "◆ \(checkpoint.status.rawValue) at record \(formatCount(checkpoint.position))"),
      WhyLine(.text, ""),
      WhyLine(.title, "why here"),
      WhyLine(
        .text,
        "The newest event time passed a multiple of the pipeline's checkpoint interval with"
          + " \(formatMoment(checkpoint.eventTime)). A replay has no clock, so the log's own time"
          + " stands for it; a run takes one as often by the clock."),
      WhyLine(.text, ""),
      WhyLine(.title, "what it holds"),
      WhyLine(
        .text,
        "source: the place behind record \(formatCount(checkpoint.position)), watermark"
          + " \(formatMoment(checkpoint.watermark))"),
    ]
    lines += parts(detail.parts)
    lines.append(
      WhyLine(
        .text, "sinks: what they had written since the one before is prepared, then committed"))
    lines += [WhyLine(.text, ""), WhyLine(.title, "a restore from it")]
    let again = view.position - checkpoint.position
    lines.append(
      WhyLine(
        .text,
        "would put every operator back to this state, the source behind record"
          + " \(formatCount(checkpoint.position)), and read"
          + (again > 0
            ? " \(formatCount(again)) \(again == 1 ? "record" : "records") again to come here."
            : " on from there.")))
    lines += flink
    return lines
  }

  static func explain(_ entry: DiskCheckpoints.Entry) -> [WhyLine] {
    var lines = [
      WhyLine(.title, "\(entry.isSavepoint ? "savepoint" : "checkpoint") \(entry.name)"),
      WhyLine(entry.isDamaged ? .bad : .good, entry.statusWords), WhyLine(.muted, entry.path),
      WhyLine(.text, ""),
    ]
    if case .damaged(let faults) = entry.status {
      lines += faults.map { WhyLine(.bad, $0) }
      lines.append(
        WhyLine(
          .text,
          "A run goes back to the newest one that is whole, and reads again what came after it. A"
            + " copy of the damaged file, put back, saves that."))
      return lines
    }
    lines.append(
      WhyLine(
        .text,
        "It was taken \(entry.takenMs.map { "at \(formatMoment($0)) UTC" } ?? "at an unknown time")"
          + " after \(entry.records.map(formatCount) ?? "an unknown number of") records, with the"
          + " watermark at \(entry.watermark.map { formatMoment($0) } ?? unknownText)."))
    lines += parts(entry.parts)
    if !entry.prepared.isEmpty {
      lines.append(
        WhyLine(.text, "prepared by sinks: \(Set(entry.prepared).sorted().joined(separator: ", "))")
      )
    }
    lines += [WhyLine(.text, ""), WhyLine(.title, "what is done with it")]
    switch (entry.isSavepoint, entry.status, entry.isNext) {
    case (true, _, _):
      lines.append(
        WhyLine(
          .text,
          "Nothing removes it and no run takes it by itself: tidemark run FILE --from \(entry.path)"
            + " goes on from it."))
    case (_, .finished(isCommitted: true), true):
      lines.append(
        WhyLine(.text, "The job came to its end and its sinks have committed: a run starts over."))
    case (_, _, true):
      lines.append(
        WhyLine(
          .text, "The next run goes on from here. What its sinks prepared is committed first."))
    default:
      lines.append(
        WhyLine(.text, "It is kept in case a newer one is damaged, until newer ones push it out."))
    }
    lines += flink
    return lines
  }

  private static func parts(_ parts: [CheckpointDetail.Part]?) -> [WhyLine] {
    guard let parts else { return [WhyLine(.muted, "state: only the newest are measured")] }
    if parts.isEmpty { return [WhyLine(.text, "state: no operator keeps any")] }
    return parts.map {
      WhyLine(.text, "state of \($0.operatorName): \(formatBytes(Int64($0.bytes)))")
    }
  }

  private static let flink = [
    WhyLine(.text, ""), WhyLine(.title, "in Flink's words"),
    WhyLine(
      .muted,
      "A barrier separates what belongs to a checkpoint from what comes after it. Here it passes"
        + " between two rounds, in which nothing is under way: it is aligned over all inputs without"
        + " waiting, so alignment takes no time and no row is buffered. Sinks take part by two-phase"
        + " commit: precommit with the barrier, commit when every operator has acknowledged."),
  ]
}
