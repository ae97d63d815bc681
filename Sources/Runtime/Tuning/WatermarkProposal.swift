import Columns
import Engine

/// A watermark for a log, and why.
public struct WatermarkProposal: Sendable, Equatable {
  public var outOfOrdernessMs: Int64
  public var maxFutureMs: Int64?
  public var idleAfterMs: Int64?
  /// Sentences, one for each choice.
  public var reasons: [String] = []

  /// The text of the option, as it stands in a pipeline.
  public var yaml: String {
    var members = ["out_of_orderness: \(Words.formatLength(outOfOrdernessMs))"]
    if let idleAfterMs { members.append("idle_after: \(formatDuration(idleAfterMs))") }
    if let maxFutureMs { members.append("max_future: \(formatDuration(maxFutureMs))") }
    return "watermark: { \(members.joined(separator: ", ")) }"
  }

  /// Chooses by what a tuning found.
  ///
  /// The shortest bound that drops nothing, unless that is longer than a window: then stragglers
  /// would hold up everybody, and the bound is where waiting longer hardly helps.
  ///
  /// - Parameter takesIdleAfter: whether `idle_after` may be proposed.
  public static func of(_ report: TuningReport, takesIdleAfter: Bool = true) -> WatermarkProposal {
    var proposal = WatermarkProposal(outOfOrdernessMs: 0)
    let none = report.bounds.first { $0.late == 0 }
    let chosen: TuningReport.Bound
    if let none, none.ms <= report.window.sizeMs {
      chosen = none
    } else {
      chosen = knee(report)
    }
    proposal.outOfOrdernessMs = chosen.ms
    proposal.reasons.append(Words.bound(chosen, none: none, report))
    proposal.chooseFuture(report)
    if takesIdleAfter { proposal.chooseIdle(report) }
    return proposal
  }

  /// Where waiting twice as long saves less than a tenth of the rows that are behind the watermark.
  static func knee(_ report: TuningReport) -> TuningReport.Bound {
    let bounds = report.bounds.filter { $0.ms <= report.window.sizeMs }
    for bound in bounds {
      guard let twice = report.bounds.last(where: { $0.ms <= max(2 * bound.ms, 1000) }) else {
        continue
      }
      if (bound.behind - twice.behind) * 10 < bound.behind || bound.late == 0 { return bound }
    }
    return bounds.last ?? report.bounds[0]
  }

  /// A limit that lets every good event through and refuses every bad one.
  private mutating func chooseFuture(_ report: TuningReport) {
    guard report.badClocks.events > 0, let lead = report.badClocks.leastLeadMs else { return }
    let ladder = BoundLadder()
    let events = Words.count(report.badClocks.events, "event")
    let needed = report.widestLeadMs + outOfOrdernessMs + 1
    let roomy = ladder.bound(atLeast: max(3_600_000, 4 * needed))
    let tight = ladder.bound(atLeast: needed)
    guard let limit = [roomy, tight].first(where: { lead + outOfOrdernessMs + 1 > $0 }) else {
      reasons.append(
        "\(events) ahead of the others cannot be told from silences of the log, which are as long: "
          + "no max_future")
      return
    }
    maxFutureMs = report.configured.maxFutureMs ?? limit
    let place = report.badClocks.first.map { " (the first: record \($0.record) of \($0.split))" }
    let after = report.events - report.badClocks.eventsBefore
    reasons.append(
      "\(events)\(place ?? "") \(report.badClocks.events == 1 ? "is" : "are") "
        + "\(Words.rough(lead)) or more ahead of the others: without max_future the watermark would "
        + "leap, and the \(Words.count(after, "event")) after it would be behind it")
  }

  private mutating func chooseIdle(_ report: TuningReport) {
    guard report.splits.count > 1, report.silence.count > 0 else { return }
    let silences = report.splits.flatMap { split in split.gaps.map { (split.name, $0) } }
      .filter { $0.1.ms > report.silence.longerThanMs && $0.1.eventsElsewhere > 0 }
    guard let longest = silences.max(by: { $0.1.ms < $1.1.ms }) else { return }
    idleAfterMs = BoundLadder().bound(
      atLeast: max(report.silence.longerThanMs, 2 * outOfOrdernessMs))
    guard let idleAfterMs, idleAfterMs < longest.1.ms else {
      self.idleAfterMs = nil
      return
    }
    reasons.append(
      "\(longest.0) is silent for \(Words.rough(longest.1.ms)) while the others have "
        + "\(Words.count(longest.1.eventsElsewhere, "event")): live it would hold up every window; "
        + "idle_after lets the watermark go on without it")
  }
}

/// The words of reasons.
private enum Words {
  static func bound(
    _ chosen: TuningReport.Bound, none: TuningReport.Bound?, _ report: TuningReport
  ) -> String {
    let length = formatLength(chosen.ms)
    guard report.judged > 0 else { return "there are no rows to judge by" }
    if chosen.late == 0 {
      let all = "\(length) drops none of \(grouped(report.judged)) rows"
      guard let less = report.bounds.last(where: { $0.ms < chosen.ms && $0.late > 0 }) else {
        return report.order.behindNewest == 0
          ? "no event is behind a newer one: \(length) is enough, and drops none of "
            + "\(grouped(report.judged)) rows"
          : "every row reaches its window before that fires: \(all)"
      }
      let knee = WatermarkProposal.knee(report)
      let shorter = "\(formatLength(less.ms)) would drop \(share(less.late, report.judged))"
      guard knee.ms < less.ms else { return "\(all); \(shorter)" }
      return "\(all); \(shorter), \(formatLength(knee.ms)) \(share(knee.late, report.judged))"
    }
    var text = "\(length) drops \(share(chosen.late, report.judged))"
    text += ", and waiting longer hardly helps: "
    if let none {
      text +=
        "it takes \(formatDuration(none.ms)) to drop none, longer than a window of "
        + formatDuration(report.window.sizeMs)
    } else {
      text += "no bound drops none"
    }
    return text + "; `late: update` with an allowed_lateness takes stragglers in without waiting"
  }

  /// `0 s` for none at all.
  static func formatLength(_ ms: Int64) -> String { ms == 0 ? "0 s" : formatDuration(ms) }

  static func share(_ part: Int64, _ whole: Int64) -> String {
    "\(grouped(part)) of \(grouped(whole)) rows (\(percent(part, whole)))"
  }

  /// With as many decimals as tell it from 0.
  static func percent(_ part: Int64, _ whole: Int64) -> String {
    let tenThousandths = whole == 0 ? 0 : (Double(part) / Double(whole) * 10_000).rounded()
    if part > 0, tenThousandths == 0 { return "under 0.01 %" }
    let value = Int64(tenThousandths)
    let fraction = value % 100
    let digits =
      fraction == 0
      ? ""
      : fraction % 10 == 0
        ? ".\(fraction / 10)"
        : fraction < 10
          ? ".0\(fraction)" : ".\(fraction)"
    return "\(value / 100)\(digits) %"
  }

  static func count(_ number: Int64, _ word: String) -> String {
    "\(grouped(number)) \(word)\(number == 1 ? "" : "s")"
  }

  static func grouped(_ number: Int64) -> String {
    var digits = String(number)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return ([digits] + groups).joined(separator: ",")
  }

  /// `70 y` rather than `2209032000 s`.
  static func rough(_ ms: Int64) -> String {
    for (unit, size) in [
      ("years", Int64(31_557_600_000)), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000),
      ("s", 1000),
    ] where ms >= 2 * size {
      return "\((ms + size / 2) / size) \(unit)"
    }
    return formatDuration(ms)
  }
}
