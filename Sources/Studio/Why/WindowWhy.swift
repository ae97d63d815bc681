import Columns
import Engine
import Runtime
import Terminal

/// A line of an answer.
struct WhyLine: Equatable {
  var role: ThemeRole
  var text: String

  init(_ role: ThemeRole, _ text: String) {
    self.role = role
    self.text = text
  }
}

/// Why a window is open, fired, updated or gone: the rule with its numbers.
enum WindowWhy {
  static func explain(_ window: WindowView, in view: ReplayView) -> [WhyLine] {
    let key = window.key.isEmpty ? "all rows" : window.key
    var lines = [
      WhyLine(.title, "\(key)  \(formatBounds(start: window.start, end: window.end))"),
      WhyLine(
        window.state.role,
        "\(window.state.glyph) \(window.state.rawValue)"
          + "  \(formatCounted(window.rows, "row"))  fired \(window.firings)×"
      ),
    ]
    if let zone = view.windowZone {
      let bounds = [window.start, window.end].map { moment in
        formatTimestamp(zone.local(moment)).prefix(16).replacing("T", with: " ")
      }
      lines.append(
        WhyLine(
          .text,
          "  \(zone.name): [\(bounds[0]), \(bounds[1])), \(formatSpan(window.end - window.start))"
        ))
    }
    lines += values(window, view)
    lines.append(WhyLine(.text, ""))
    lines.append(
      WhyLine(.focus, "The rule"))
    if let rule = view.windowRule { lines.append(WhyLine(.text, rule)) }
    if window.mergedFrom.count > 1 { lines += merged(window) }
    guard view.windowsEndByTime else { return lines + endless(window, view) }
    lines.append(
      WhyLine(
        .text,
        "It fires when watermark ≥ end − 1 ms = \(clock(window.firesAt)). "
          + "The watermark is \(clock(view.watermark))."))
    let isEarly = window.firings > 0 && view.watermark < window.firesAt
    switch window.state {
    case .open: lines += whyOpen(window, view)
    case _ where isEarly: lines += whyEarly(window, view) + whyOpen(window, view)
    case .fired: lines += whyFired(window, view)
    case .updated: lines += whyFired(window, view) + whyUpdated(window, view)
    case .purged: lines += whyPurged(window, view)
    }
    lines.append(WhyLine(.text, ""))
    lines.append(WhyLine(.muted, flink(window.state, view, isEarly: isEarly)))
    return lines
  }

  /// Why it has the value it has: what is in it, and what it has fired.
  static func contents(_ detail: WindowDetail) -> [WhyLine] {
    guard !detail.events.isEmpty else { return [] }
    let late = detail.events.filter(\.isLate).count
    var lines = [
      WhyLine(.text, ""),
      WhyLine(
        .focus,
        "What is in it: \(formatCounted(Int64(detail.eventCount), "row"))"
          + (late > 0 ? ", \(formatCount(Int64(late))) of them late" : "")),
    ]
    for event in detail.events.prefix(12) {
      let time = event.eventTime.map { formatClock($0, milliseconds: true) } ?? unknownText
      let values = zip(detail.columns, event.values).map { "\($0) \($1)" }.joined(separator: "  ")
      lines.append(
        WhyLine(
          event.isLate ? .late : .text,
          "  \(event.isLate ? "L" : "•") \(time)  record \(formatCount(event.position))  \(values)")
      )
    }
    if detail.eventCount > 12 {
      lines.append(
        WhyLine(
          .muted, "  … \(formatCount(Int64(detail.eventCount - 12))) more: see Windows, Enter"))
    }
    if !detail.firings.isEmpty {
      lines += [WhyLine(.text, ""), WhyLine(.focus, "What it has fired")]
      for firing in detail.firings {
        lines.append(
          WhyLine(
            .windowFired,
            "  ◆ \(firing.kind) at record \(formatCount(firing.position)), watermark"
              + " \(clock(firing.watermark)): \(firing.values.joined(separator: ", "))"))
      }
    }
    return lines
  }

  private static func clock(_ time: Int64) -> String {
    time <= minWatermark || time == maxWatermark
      ? formatClock(time) : formatClock(time, milliseconds: true)
  }

  private static func values(_ window: WindowView, _ view: ReplayView) -> [WhyLine] {
    view.valueNames.enumerated().map { index, name in
      let now = window.values.element(at: index) ?? unknownText
      guard let before = window.previousValues?.element(at: index), before != now else {
        return WhyLine(.text, "  \(name) = \(now)")
      }
      return WhyLine(.windowUpdated, "  \(name) = \(now)  (was \(before))")
    }
  }

  private static func whyOpen(_ window: WindowView, _ view: ReplayView) -> [WhyLine] {
    var lines: [WhyLine] = []
    if let wait = timeBetween(view.watermark, window.firesAt), wait > 0 {
      lines.append(WhyLine(.accent, "That is \(formatSpan(wait)) of event time away."))
    } else if view.watermark == minWatermark {
      lines.append(WhyLine(.accent, "No watermark has come yet."))
    }
    if let needed = eventTimeNeeded(window, view) {
      let delay = timeBetween(window.firesAt, needed) ?? 0
      lines.append(
        WhyLine(
          .text,
          "The watermark stays \(formatSpan(delay)) behind the newest event, so it needs an"
            + " event at ≥ \(clock(needed))."))
    }
    if let newest = view.maxEventTime {
      lines.append(WhyLine(.text, "The newest event so far is at \(clock(newest))."))
    }
    if view.splits.count > 1, let status = view.watermarkStatus {
      lines.append(
        WhyLine(.warning, "What the watermark stands on: \(status.reason(clock))."))
    }
    return lines
  }

  /// The event time that would fire a window: as far ahead as for the next one to fire.
  static func eventTimeNeeded(_ window: WindowView, _ view: ReplayView) -> Int64? {
    guard let next = view.nextFiring, let event = next.eventTimeNeeded,
      let ahead = timeBetween(next.watermark, event)
    else { return nil }
    let (needed, overflow) = window.firesAt.addingReportingOverflow(ahead)
    return overflow ? nil : needed
  }

  private static func whyFired(_ window: WindowView, _ view: ReplayView) -> [WhyLine] {
    var lines = [WhyLine(.windowFired, "The watermark has passed it, so its result was emitted.")]
    if let kept = timeBetween(view.watermark, window.purgedAt), kept > 0 {
      lines.append(
        WhyLine(
          .text,
          "It is kept for late rows until watermark ≥ \(clock(window.purgedAt)): "
            + "\(formatSpan(kept)) more (allowed lateness \(formatSpan(view.allowedLatenessMs)))."))
    } else if view.allowedLatenessMs == 0 {
      lines.append(
        WhyLine(.text, "Allowed lateness is 0: a row that comes for it now is late and dropped."))
    }
    return lines
  }

  /// Fired by its trigger, before the watermark reached its end.
  private static func whyEarly(_ window: WindowView, _ view: ReplayView) -> [WhyLine] {
    let discards = view.windowTrigger.isDiscarding
    return [
      WhyLine(
        .windowFired,
        "It has fired \(window.firings)× early, by its trigger: the watermark is not there yet. What"
          + " came out is "
          + (discards ? "what came since the firing before." : "the result so far."))
    ]
  }

  /// Sessions that a row joined.
  private static func merged(_ window: WindowView) -> [WhyLine] {
    let parts = window.mergedFrom.sorted { $0.start < $1.start }
      .map { formatBounds(start: $0.start, end: $0.end) }.joined(separator: ", ")
    return [
      WhyLine(
        .text, "A row joined \(window.mergedFrom.count) sessions into this one: \(parts)."),
      WhyLine(
        .muted,
        "Flink: EventTimeSessionWindows is a MergingWindowAssigner: windows that touch or overlap"
          + " become one, with their state."),
    ]
  }

  /// Windows that no time ends: they fire by counting, or by nothing.
  private static func endless(_ window: WindowView, _ view: ReplayView) -> [WhyLine] {
    var lines: [WhyLine] = []
    var flink = "Flink: GlobalWindows with a NeverTrigger: without another trigger it never fires."
    let held = "It holds \(formatCounted(window.rows, "row"))"
    if case .count(let rows)? = view.windowShape {
      lines.append(
        WhyLine(
          window.state == .open ? .accent : .windowFired,
          window.state == .open
            ? "\(held): \(formatCount(max(0, rows - window.rows))) more and it fires."
            : "It fired with \(formatCounted(window.rows, "row")), and the next window began."))
      flink = "Flink: countWindow(\(rows)): GlobalWindows with PurgingTrigger.of(CountTrigger)."
    } else if let every = view.windowTrigger.everyRows {
      let next = every - window.rows % every
      lines.append(WhyLine(.accent, "\(held): with \(formatCount(next)) more it fires."))
      flink =
        "Flink: GlobalWindows with CountTrigger.of(\(every))"
        + (view.windowTrigger.isDiscarding ? " in a PurgingTrigger." : ".")
    } else {
      lines.append(WhyLine(.accent, "\(held): it fires when the input ends."))
    }
    lines.append(
      WhyLine(.text, "The watermark is \(clock(view.watermark)), and does not matter to it."))
    return lines + [WhyLine(.text, ""), WhyLine(.muted, flink)]
  }

  private static func whyUpdated(_ window: WindowView, _ view: ReplayView) -> [WhyLine] {
    let before = window.previousValues?.joined(separator: ", ") ?? unknownText
    let now = window.values.joined(separator: ", ")
    guard view.windowTrigger.isDefault else {
      return [
        WhyLine(
          .windowUpdated,
          "It has fired \(window.firings)×: early by its trigger, at its end, or for late rows:"
            + " \(before) → \(now).")
      ]
    }
    return [
      WhyLine(
        .windowUpdated,
        "A row came after it had fired and within the allowed lateness, so it fired"
          + " again, for the \(ordinal(window.firings)) time: \(before) → \(now).")
    ]
  }

  private static func whyPurged(_ window: WindowView, _ view: ReplayView) -> [WhyLine] {
    [
      WhyLine(
        .windowPurged,
        "It fired \(window.firings)×, and its state was dropped when the watermark"
          + " reached \(clock(window.purgedAt)) (end − 1 ms + allowed lateness "
          + "\(formatSpan(view.allowedLatenessMs)))."),
      WhyLine(.text, "A row that comes for it now is late: counted, and sent to the late stream."),
    ]
  }

  private static func flink(
    _ state: WindowView.State, _ view: ReplayView, isEarly: Bool
  ) -> String {
    if isEarly {
      let trigger =
        view.windowTrigger.earlyMs != nil ? "ContinuousEventTimeTrigger" : "CountTrigger"
      return "Flink: \(trigger) fires before the end"
        + (view.windowTrigger.isDiscarding ? ", in a PurgingTrigger that empties the window." : ".")
    }
    return switch state {
    case .open: "Flink: EventTimeTrigger fires when the watermark passes the end of the window."
    case .fired, .updated:
      "Flink: allowedLateness keeps a fired window; a late element fires it again."
    case .purged: "Flink: a window is removed at its end plus the allowed lateness."
    }
  }

  static func ordinal(_ number: Int) -> String {
    let suffix =
      switch (number % 10, number % 100) {
      case (1, let rest) where rest != 11: "st"
      case (2, let rest) where rest != 12: "nd"
      case (3, let rest) where rest != 13: "rd"
      default: "th"
      }
    return "\(number)\(suffix)"
  }
}
