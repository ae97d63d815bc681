import Columns
import Engine
import Runtime
import Terminal

/// Why the watermark stands where it does: who holds it, and how each split is.
enum WatermarkWhy {
  static func explain(_ view: ReplayView) -> [WhyLine] {
    var lines = [WhyLine(.title, "watermark  \(clock(view.watermark))")]
    guard let status = view.watermarkStatus else {
      return lines + [WhyLine(.text, "Nothing is known of it yet.")]
    }
    lines.append(WhyLine(.accent, "It stands on \(status.reason(clock))."))
    if let drift = status.driftMs, status.splits.count > 1 {
      lines.append(
        WhyLine(.text, "The fastest active split is \(formatSpan(drift)) ahead of the slowest."))
    }
    lines += [WhyLine(.text, ""), WhyLine(.focus, "The rule"), WhyLine(.text, rule(status))]
    if status.splits.count > 1 {
      lines.append(
        WhyLine(
          .text,
          "The lowest over the splits that count is passed on, and it never goes back. Idle and"
            + " ended splits do not count; one back from idle counts when it has caught up."))
    }
    lines += [WhyLine(.text, ""), WhyLine(.focus, "What it waits for")]
    lines += StallWhy.explain(status, view, clock)
    lines += [WhyLine(.text, ""), WhyLine(.focus, "Splits")]
    lines += status.splits.enumerated().flatMap { index, split in
      self.split(split, holds: index == status.holder)
    }
    lines += [
      WhyLine(.text, ""),
      WhyLine(.muted, "Flink: WatermarkStrategy; a valve combines the watermarks of inputs."),
    ]
    return lines
  }

  private static func clock(_ time: Int64) -> String {
    formatClock(time, milliseconds: eventTimeRange.contains(time) ? true : nil)
  }

  private static func rule(_ status: WatermarkStatus) -> String {
    if status.spec.isProcessingTime {
      return "Event time is the time of reading; the watermark is the clock less 1 ms."
    }
    if let carried = status.spec.carriedText {
      return "After each row a split's watermark is what \(carried) says, never backwards."
    }
    return "After each row a split's watermark is its newest event time less the out-of-orderness"
      + " (\(formatSpan(status.spec.outOfOrdernessMs))) less 1 ms."
  }

  private static func split(_ split: WatermarkStatus.Split, holds: Bool) -> [WhyLine] {
    let role: ThemeRole =
      switch split.state {
      case .active: holds ? .watermark : .text
      case .catchingUp, .paused: .warning
      case .idle, .ended: .muted
      }
    let newest = split.newest.map(clock) ?? unknownText
    return [
      WhyLine(role, "\(split.name)  \(split.state.words(clock))\(holds ? ", holds it" : "")"),
      WhyLine(
        .text,
        "  \(formatCounted(split.records, "record"))  newest \(newest)  wm \(clock(split.watermark))"
      ),
    ]
  }
}
