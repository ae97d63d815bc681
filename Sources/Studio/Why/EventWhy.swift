import Columns
import Runtime
import Terminal

/// What became of a record on its way through the pipeline, and by which rule.
enum EventWhy {
  static func explain(_ fate: EventFate?, position: Int64) -> [WhyLine] {
    guard let fate else {
      return [WhyLine(.text, "Record \(formatCount(position)) has not been read here.")]
    }
    var lines = [
      WhyLine(.title, "record \(formatCount(fate.position)) of \(fate.split)"),
      WhyLine(.muted, fate.raw),
      WhyLine(.text, ""),
    ]
    for step in fate.steps { lines += words(of: step, fate) }
    lines += [WhyLine(.text, ""), WhyLine(.focus, "Time")]
    guard let time = fate.eventTime else {
      return lines + [WhyLine(.text, "It has no event time, and moves no watermark.")]
    }
    let behind = timeBetween(time, fate.watermark) ?? 0
    lines.append(
      WhyLine(
        .text,
        "Its event time is \(clock(time)); the watermark that it met was \(clock(fate.watermark))"
          + (behind >= 0 && fate.watermark != minWatermark
            ? ": it came \(formatSpan(behind)) behind it." : ".")))
    lines.append(
      fate.watermarkAfter == fate.watermark
        ? WhyLine(.text, "It did not move the watermark.")
        : WhyLine(.watermark, "It moved the watermark to \(clock(fate.watermarkAfter))."))
    return lines
  }

  static func clock(_ time: Int64) -> String {
    formatClock(time, milliseconds: eventTimeRange.contains(time) ? true : nil)
  }

  private static func words(of step: EventFate.Step, _ fate: EventFate) -> [WhyLine] {
    switch step {
    case .parsed(let name, let columns, let values):
      let pairs = zip(columns, values).map { "\($0) = \($1)" }
      return [WhyLine(.good, "✓ \(name): read as")]
        + pairs.map { WhyLine(.text, "    \($0)") }
    case .bad(let name, let reason):
      return [
        WhyLine(.bad, "✗ \(name): \(reason)"),
        WhyLine(.text, "    So it is a dead letter: kept with its place, and counted as bad."),
        WhyLine(
          .muted,
          "    Flink: a DeserializationSchema that throws fails the job; ignore-parse-errors skips"
            + " the record unseen."),
      ]
    case .passed(let name, let rule):
      return [WhyLine(.good, "✓ \(name)\(rule.map { ": \($0) holds" } ?? "")")]
    case .filtered(let name, let rule):
      return [
        WhyLine(
          .warning, "− \(name): \(rule) is not true (false, or NULL), so it goes no further"),
        WhyLine(.muted, "    Flink: DataStream.filter keeps rows for which the predicate is true."),
      ]
    case .assigned(let name, let windows, let updates, let allowed):
      return assigned(name, windows, updates, allowed, fate)
    case .unassigned(let name, let size, let slide):
      return unassigned(name, size, slide, fate)
    case .late(let name, let window, let watermark, let missedBy, let allowed):
      return [
        WhyLine(
          .late, "! \(name): late for \(formatBounds(start: window.start, end: window.end))"),
        WhyLine(
          .text,
          "    A row is late when watermark ≥ end − 1 ms + allowed lateness"
            + " (\(formatSpan(allowed))) = \(clock(window.end - 1 + allowed)). The watermark was"
            + " \(clock(watermark)): it came \(formatSpan(missedBy)) too late."),
        WhyLine(
          .muted,
          "    Flink: isWindowLate; the row goes to sideOutputLateData, and counts in"
            + " numLateRecordsDropped."),
      ]
    case .sent(let sink): return [WhyLine(.good, "→ \(sink)")]
    }
  }

  /// Taken into windows: which had fired, and which had not, by the watermark that it met.
  private static func assigned(
    _ name: String, _ windows: [WindowView.ID], _ updates: Bool, _ allowed: Int64,
    _ fate: EventFate
  ) -> [WhyLine] {
    let key = windows.first.map { $0.key.isEmpty ? "" : " of \($0.key)" } ?? ""
    var lines = [
      WhyLine(
        updates ? .windowUpdated : .windowOpen,
        "\(updates ? "◉" : "○") \(name): in \(windows.count == 1 ? "window" : "windows")\(key)"
          + (updates ? ", which had fired: its result changes" : ""))
    ]
    lines += windows.map { WhyLine(.text, "    \(formatBounds(start: $0.start, end: $0.end))") }
    let timed = windows.filter { eventTimeRange.contains($0.end) }
    if let fired = timed.first(where: { updates && fate.watermark >= $0.end - 1 }) {
      lines += [
        WhyLine(
          .text,
          "    The watermark \(clock(fate.watermark)) ≥ end − 1 ms = \(clock(fired.end - 1)): it had"
            + " fired. It is kept until watermark ≥ \(clock(fired.end - 1 + allowed)) (allowed"
            + " lateness \(formatSpan(allowed))), so it fires again with this row."),
        WhyLine(.muted, "    Flink: allowedLateness; a late element fires the window again."),
      ]
    } else if let open = timed.min(by: { $0.end < $1.end }) {
      lines += [
        WhyLine(
          .text,
          "    It is on time: the watermark \(clock(fate.watermark)) was before end − 1 ms ="
            + " \(clock(open.end - 1)), so the window had not fired."),
        WhyLine(
          .muted, "    Flink: WindowAssigner.assignWindows; the row is added to their state."),
      ]
    }
    return lines
  }

  /// Between windows: how far behind the start of the last one.
  private static func unassigned(
    _ name: String, _ size: Int64, _ slide: Int64, _ fate: EventFate
  ) -> [WhyLine] {
    [
      WhyLine(.warning, "− \(name): between windows, so it is in none"),
      WhyLine(
        .text,
        "    Windows of \(formatSpan(size)) start every \(formatSpan(slide)): of each"
          + " \(formatSpan(slide)) the last \(formatSpan(slide - size)) are in no window"
          + (fate.eventTime.map { ", and \(clock($0)) is there." } ?? ".")),
      WhyLine(
        .muted,
        "    Flink: SlidingEventTimeWindows with a slide over the size assigns no window; the row is"
          + " dropped without a counter. Here it is counted."),
    ]
  }
}
