import Columns
import Engine
import Runtime
import Terminal
import VisibleText

/// A tuning as people read it.
struct TuneText {
  let report: TuningReport
  let proposal: WatermarkProposal
  let shown: [TuningReport.Bound]
  let subject: TuneSubject
  let ink: Ink

  var text: ConsoleText {
    let parts = [head, disorder, bounds, silences, splits, clocks, proposed]
    return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
      .joined(separator: "\n\n") + "\n"
  }

  private func title(_ text: String, _ note: String = "") -> ConsoleText {
    ink.paint(text, .strong) + (note.isEmpty ? "" : "  \(ink.paint(note, .faint))")
  }

  private var dot: String { ink.sign(" · ", ", ") }

  // MARK: what was read

  private var head: [ConsoleText] {
    let seconds = max(Double(report.elapsedNs) / 1e9, 1e-9)
    let rate = Figures.rate(Double(report.records) / seconds)
    let bytes = Figures.rate(Double(report.bytes) / seconds)
    let first = report.splits.compactMap(\.first).min() ?? 0
    let newest = report.splits.compactMap(\.newest).max() ?? 0
    var lines: [ConsoleText] = [
      title(ink.safe(subject.name)) + "  \(Self.count(report.events, "event"))"
        + " by \(ink.safe(subject.time)), \(Self.instant(first)) \(ink.sign("–", "to"))"
        + " \(Self.instant(newest)) (\(Self.rough(newest - first)))",
      "  read \(Self.count(report.records, "record")) at \(rate) records/s, \(bytes)B/s",
    ]
    var bad: [String] = []
    if report.unparsed > 0 { bad.append("\(Figures.grouped(report.unparsed)) cannot be parsed") }
    if report.timeless > 0 { bad.append("\(Figures.grouped(report.timeless)) have no event time") }
    if report.badClocks.events > 0 {
      bad.append("\(Figures.grouped(report.badClocks.events)) are from the future")
    }
    if !bad.isEmpty {
      lines.append("  \(ink.paint("left out: " + bad.joined(separator: dot), .notice))")
    }
    return lines
  }

  // MARK: disorder

  private var disorder: [ConsoleText] {
    let order = report.order
    var lines: [ConsoleText] = [
      title("Disorder", "how far an event comes behind the newest one of its split before it")
    ]
    let late = report.disorder.dropFirst()
    let most = late.map(\.events).max() ?? 0
    let labels = report.disorder.map(label)
    let width = labels.map(\.count).max() ?? 0
    let number = Figures.grouped(report.events).count
    let cells = max(10, ink.width - width - number - 16)
    for (bar, label) in zip(report.disorder, labels) {
      let count = Figures.right(Figures.grouped(bar.events), number)
      let share = Figures.right(Self.percent(bar.events, report.events), 8)
      let drawn =
        bar.overMs == nil || most == 0
        ? "" : ink.bar(Double(bar.events) / Double(most), cells: cells)
      let tail: ConsoleText = drawn.isEmpty ? "" : "  \(ink.paint(drawn, .accent))"
      lines.append("  \(Figures.right(label, width))  \(count) \(share)\(tail)")
    }
    let quantiles = report.quantiles.map { "\($0.name) \(Self.rough($0.ms))" }
    lines.append("  \(quantiles.joined(separator: dot))")
    var steps =
      order.backwardSteps == 0
      ? "no step back in time"
      : "\(Self.count(order.backwardSteps, "step")) back in time, the furthest "
        + Self.rough(order.furthestStepMs)
    if order.ties > 0 {
      steps += "\(dot)\(Figures.grouped(order.ties)) at the very time of the one before"
    }
    return lines + ["  \(steps)"]
  }

  private func label(_ bar: TuningReport.Bar) -> String {
    guard let over = bar.overMs else { return "in order" }
    let to = formatDuration(bar.toMs)
    let isLast = bar == report.disorder.last && !Self.isEdge(bar.toMs)
    if isLast { return "over \(formatDuration(over))" }
    return over == 0 ? "up to \(to)" : "\(formatDuration(over)) \(ink.sign("–", "-")) \(to)"
  }

  /// Whether a bar ends where bars do, and not at the furthest event.
  private static func isEdge(_ ms: Int64) -> Bool { ms <= 365 * msPerDay }

  // MARK: bounds

  private var bounds: [ConsoleText] {
    let window = report.window
    let size = formatDuration(window.sizeMs)
    let lateness = window.allowedLatenessMs
    var note = "rows of windows of \(size) (\(ink.safe(subject.windowOrigin)))"
    if report.judged != report.events {
      note += ", \(Figures.grouped(report.judged)) after filters"
    }
    var heads = ["wait", "behind watermark", "late for window"]
    if lateness > 0 { heads.append("late over \(formatDuration(lateness))") }
    heads.append("results come")
    var rows: [[String]] = shown.map { bound in
      var cells = [
        bound.ms == 0 ? "0 s" : formatDuration(bound.ms), part(bound.behind), part(bound.late),
      ]
      if lateness > 0 { cells.append(part(bound.dropped)) }
      return cells + [bound.ms == 0 ? "at once" : "\(formatDuration(bound.ms)) later"]
    }
    let widths = heads.indices.map { column in
      ([heads] + rows).map { $0[column].count }.max() ?? 0
    }
    rows.insert(heads, at: 0)
    let lines = rows.enumerated().map { index, cells -> ConsoleText in
      let text = cells.enumerated().map { Figures.right($0.element, widths[$0.offset]) }
        .joined(separator: "  ")
      guard index > 0 else { return "    \(ink.paint(text, .faint))" }
      let bound = shown[index - 1]
      let isProposed = bound.ms == proposal.outOfOrdernessMs
      let mark = isProposed ? ink.sign("▸", ">") : " "
      let tone: Ink.Tone? = isProposed ? .good : bound.late == 0 ? nil : .notice
      let painted = tone.map { ink.paint(text, $0) } ?? ConsoleText(text)
      return "  \(mark) \(painted)\(remark(bound))"
    }
    let caveats = report.caveats.map {
      ink.paint(ink.wrapped(ink.safe($0), indent: "    "), .notice)
    }
    return [title("Out-of-orderness", note)] + lines + caveats
  }

  private func remark(_ bound: TuningReport.Bound) -> ConsoleText {
    var remarks: [String] = []
    if bound.ms == proposal.outOfOrdernessMs { remarks.append("proposed") }
    if subject.isPipeline, bound.ms == report.configured.outOfOrdernessMs {
      remarks.append("the pipeline's")
    }
    let limit = proposal.maxFutureMs ?? report.configured.maxFutureMs
    if !report.isExact(bound.ms, maxFutureMs: limit) {
      remarks.append("without what max_future refuses")
    }
    return remarks.isEmpty ? "" : ink.paint("  \(remarks.joined(separator: ", "))", .faint)
  }

  private func part(_ count: Int64) -> String {
    count == 0
      ? "none"
      : "\(Figures.grouped(count)) \(Figures.right(Self.percent(count, report.judged), 8))"
  }

  // MARK: silences, splits, clocks

  private var silences: [ConsoleText] {
    let silence = report.silence
    var lines: [ConsoleText] = [
      title("Silences", "time without a newer event, in a split"),
      "  99 % of the gaps are at most \(Self.rough(silence.usualMs))"
        + "\(dot)the longest \(Self.rough(silence.longestMs))\(dot)"
        + (silence.count == 0
          ? "none is longer than \(Self.rough(silence.longerThanMs))"
          : "\(Figures.grouped(silence.count)) longer than \(Self.rough(silence.longerThanMs))"),
    ]
    guard silence.count > 0 else { return lines }
    let isSeveral = report.splits.count > 1
    let longest = report.splits.flatMap { split in split.gaps.map { (split, $0) } }
      .filter { $0.1.ms > silence.longerThanMs }
      .sorted { ($1.1.ms, $0.1.from) < ($0.1.ms, $1.1.from) }.prefix(5)
    for (split, gap) in longest {
      var line: ConsoleText =
        "  \(Figures.right(Self.rough(gap.ms), 8))  \(Self.instant(gap.from)) "
        + "\(ink.sign("–", "to")) \(Self.instant(gap.to))"
      if isSeveral {
        line += "  \(ink.safe(split.name))"
        line +=
          gap.eventsElsewhere == 0
          ? ", the others silent too"
          : ", \(Self.count(gap.eventsElsewhere, "event")) elsewhere meanwhile"
      }
      lines.append(line)
    }
    return lines
  }

  private var splits: [ConsoleText] {
    guard report.splits.count > 1 else { return [] }
    let heads = ["split", "events", "first", "newest", "disorder", "behind the leader"]
    let listed = report.splits.sorted { $0.behindLeaderMs > $1.behindLeaderMs }.prefix(12)
    let rows = listed.map { split in
      [
        ink.safe(split.name), Figures.grouped(split.events),
        split.first.map(Self.instant) ?? "none", split.newest.map(Self.instant) ?? "none",
        Self.rough(split.disorderMs), "up to \(Self.rough(split.behindLeaderMs))",
      ]
    }
    let widths = heads.indices.map { column in
      ([heads] + rows).map { DisplayWidth.columns(of: $0[column]) }.max() ?? 0
    }
    let lines = ([heads] + rows).enumerated().map { index, cells -> ConsoleText in
      let text = cells.enumerated().map { column, cell in
        column == 0 ? ink.fitted(cell, widths[0]) : Figures.right(cell, widths[column])
      }.joined(separator: "  ")
      return "  \(index == 0 ? ink.paint(text, .faint) : ConsoleText(text))"
    }
    let more = report.splits.count - listed.count
    return [
      title("Splits", "newest event times drift apart by up to \(Self.rough(report.driftMs))")
    ]
      + lines + (more > 0 ? ["  and \(Self.count(Int64(more), "split")) more"] : [])
  }

  private var clocks: [ConsoleText] {
    let clocks = report.badClocks
    guard clocks.events > 0, let first = clocks.first else { return [] }
    let range =
      clocks.leastLeadMs == clocks.mostLeadMs
      ? Self.rough(first.leadMs)
      : "\(Self.rough(clocks.leastLeadMs ?? 0)) to \(Self.rough(clocks.mostLeadMs ?? 0))"
    return [
      title("Bad clocks"),
      "  "
        + ink.paint("\(Self.count(clocks.events, "event")) ahead of the others by \(range)", .bad)
        + "\(dot)the first: \(Self.instant(first.time)) in record \(Figures.grouped(first.record)) of "
        + "\(ink.safe(first.split))",
    ]
  }

  // MARK: the proposal

  private var proposed: [ConsoleText] {
    [title("Proposed"), "  \(ink.paint(proposal.yaml, .good))"]
      + proposal.reasons.map { ink.wrapped(ink.safe($0), indent: "  # ") }
  }

  // MARK: words

  private static func count(_ number: Int64, _ word: String) -> String {
    "\(Figures.grouped(number)) \(word)\(number == 1 ? "" : "s")"
  }

  static func percent(_ part: Int64, _ whole: Int64) -> String {
    guard whole > 0 else { return "0 %" }
    let share = Double(part) / Double(whole) * 100
    if part > 0, share < 0.005 { return "<0.01 %" }
    return "\(Figures.rounded(share, digits: share >= 9.995 || part == 0 ? 1 : 2)) %"
  }

  /// To the second, as long as that says enough.
  static func instant(_ ms: Int64) -> String {
    let text = formatTimestamp(ms)
    return text.hasSuffix(".000Z") ? "\(text.dropLast(5))Z" : text
  }

  /// Two or three digits of a length: `1.4 s`, `71 s`, `6.5 h`.
  static func rough(_ ms: Int64) -> String {
    for (unit, size) in [
      ("d", msPerDay), ("h", Int64(3_600_000)), ("m", Int64(60_000)), ("s", Int64(1000)),
    ] where ms >= (unit == "s" ? size : 2 * size) {
      let value = Double(ms) / Double(size)
      if value >= 730, unit == "d" { return "\(Figures.rounded(value / 365.25, digits: 0)) years" }
      let text = Figures.rounded(value, digits: value < 9.95 ? 1 : 0)
      return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + " \(unit)"
    }
    return "\(ms) ms"
  }
}
