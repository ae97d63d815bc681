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
    for step in fate.steps { lines += words(of: step) }
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

  private static func clock(_ time: Int64) -> String {
    formatClock(time, milliseconds: eventTimeRange.contains(time) ? true : nil)
  }

  private static func words(of step: EventFate.Step) -> [WhyLine] {
    switch step {
    case .parsed(let name, let columns, let values):
      let pairs = zip(columns, values).map { "\($0) = \($1)" }
      return [WhyLine(.good, "✓ \(name): read as")]
        + pairs.map { WhyLine(.text, "    \($0)") }
    case .bad(let name, let reason):
      return [
        WhyLine(.bad, "✗ \(name): \(reason)"),
        WhyLine(.text, "    So it is a dead letter: kept with its place, and counted as bad."),
      ]
    case .passed(let name, let rule):
      return [WhyLine(.good, "✓ \(name)\(rule.map { ": \($0) holds" } ?? "")")]
    case .filtered(let name, let rule):
      return [
        WhyLine(.warning, "− \(name): \(rule) does not hold, so it goes no further"),
        WhyLine(.muted, "    Flink: DataStream.filter keeps rows for which the predicate is true."),
      ]
    case .assigned(let name, let windows, let updates):
      let bounds = windows.map { formatBounds(start: $0.start, end: $0.end) }
      let key = windows.first.map { $0.key.isEmpty ? "" : " of \($0.key)" } ?? ""
      return [
        WhyLine(
          updates ? .windowUpdated : .windowOpen,
          "\(updates ? "◉" : "○") \(name): in \(windows.count == 1 ? "window" : "windows")\(key)"
            + (updates ? ", which had fired: its result changes" : ""))
      ] + bounds.map { WhyLine(.text, "    \($0)") }
    case .late(let name, let window, let watermark, let missedBy, let allowed):
      return [
        WhyLine(
          .late, "! \(name): late for \(formatBounds(start: window.start, end: window.end))"),
        WhyLine(
          .text,
          "    A row is late when watermark ≥ end − 1 ms + allowed lateness ="
            + " \(clock(window.end - 1 + allowed)). The watermark was \(clock(watermark)): it came"
            + " \(formatSpan(missedBy)) too late."),
        WhyLine(.muted, "    Flink: isWindowLate; the row goes to sideOutputLateData."),
      ]
    case .sent(let sink): return [WhyLine(.good, "→ \(sink)")]
    }
  }
}
