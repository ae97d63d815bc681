import Columns
import Engine
import Runtime
import Terminal

/// Why the watermark does not move on: what it waits for, and who does not count.
enum StallWhy {
  static func explain(
    _ status: WatermarkStatus, _ view: ReplayView, _ clock: (Int64) -> String
  ) -> [WhyLine] {
    if status.combined == maxWatermark || status.splits.allSatisfy({ $0.state == .ended }) {
      return [
        WhyLine(
          .text,
          "For nothing: the input has ended, the watermark is at the end of time, and every open"
            + " window has fired."),
        WhyLine(.muted, "Flink: a bounded source ends with Watermark.MAX_WATERMARK."),
      ]
    }
    if status.spec.isProcessingTime {
      return [
        WhyLine(
          .text,
          "For the clock: it moves with the time of reading, whatever the events say, and stands"
            + " still while nothing is read."),
        WhyLine(
          .muted, "Flink: processing time; there are no watermarks, timers follow the clock."),
      ]
    }
    var lines = holder(status, view, clock)
    for split in status.splits { lines += others(split, status, clock) }
    if let limit = status.spec.maxFutureMs {
      lines.append(
        WhyLine(
          .text,
          "An event more than \(formatSpan(limit)) ahead of the watermark (max_future) moves nothing:"
            + " it is a dead letter, for one bad clock would close every window."))
    }
    return lines
  }

  /// What the one that holds it must do.
  private static func holder(
    _ status: WatermarkStatus, _ view: ReplayView, _ clock: (Int64) -> String
  ) -> [WhyLine] {
    if status.splits.allSatisfy({ $0.newest == nil }) {
      return [
        WhyLine(
          .accent,
          "For the first event: none has given an event time yet, so there is no watermark.")
      ]
    }
    guard let index = status.holder, let split = status.splits.element(at: index) else { return [] }
    let name = status.splits.count > 1 ? split.name : "the log"
    guard let newest = split.newest else {
      var lines = [
        WhyLine(
          .warning,
          "For \(name): it has given no event yet, and counts with the beginning of time.")
      ]
      if status.spec.idleAfterMs == nil, status.splits.count > 1 {
        lines.append(
          WhyLine(.text, "idle_after is not set: a split that stays silent holds it for ever."))
      }
      return lines
    }
    var lines = [
      WhyLine(.accent, "For \(name) to give an event newer than \(clock(newest)).")
    ]
    if let last = view.lastEventTime, let most = view.maxEventTime, last < most {
      lines.append(
        WhyLine(
          .text,
          "The last event, at \(clock(last)), came out of order: it is behind the newest,"
            + " \(clock(most)), and moved nothing."))
    }
    if case .active = split.state, status.splits.count > 1 {
      lines.append(
        WhyLine(
          .text,
          status.spec.idleAfterMs.map {
            "Silent for longer than idle_after (\(formatSpan($0))), it would no longer count."
          } ?? "idle_after is not set: were it silent, it would hold the watermark for ever."))
    }
    return lines
  }

  /// What keeps a split from counting, or from being read.
  private static func others(
    _ split: WatermarkStatus.Split, _ status: WatermarkStatus, _ clock: (Int64) -> String
  ) -> [WhyLine] {
    switch split.state {
    case .active, .ended: return []
    case .idle(let since):
      let limit =
        status.spec.idleAfterMs.map { " (longer than idle_after, \(formatSpan($0)))" } ?? ""
      return [
        WhyLine(
          .text,
          "Not for \(split.name): it is idle, silent"
            + (since.map { " since \(clock($0))" } ?? "") + "\(limit), and holds nothing back."),
        WhyLine(.muted, "Flink: WatermarkStrategy.withIdleness."),
      ]
    case .catchingUp:
      return [
        WhyLine(
          .text,
          "Not for \(split.name): it is back from idle, and counts once its watermark has reached"
            + " \(clock(status.combined)); what it gives until then may be late."),
        WhyLine(.muted, "Flink: WatermarkStatus.ACTIVE; the valve waits until it is aligned."),
      ]
    case .paused(let slowest, let ahead):
      let by = ahead.map { "is \(formatSpan($0)) ahead of \(slowest)" } ?? "waits for \(slowest)"
      let limit = status.spec.maxDriftMs.map { ", over max_drift (\(formatSpan($0)))" } ?? ""
      return [
        WhyLine(
          .warning,
          "\(split.name) is paused: it \(by)\(limit). It is read on when \(slowest) has come"
            + " closer; paused is not idle."),
        WhyLine(.muted, "Flink: WatermarkStrategy.withWatermarkAlignment(group, maxAllowedDrift)."),
      ]
    }
  }
}
