import Columns
import Runtime
import Terminal

/// Why a row came out: which window fired it, after which record, and what its kind means.
enum OutputWhy {
  private static let listed = 8

  static func explain(_ line: OutputPage.Line, _ fate: EventFate?) -> [WhyLine] {
    var lines = [
      WhyLine(.title, "\(line.kind) \(line.sink)"),
      WhyLine(.text, line.values.joined(separator: "  ")), WhyLine(.text, ""),
      WhyLine(.focus, "Its kind"), WhyLine(.text, kind(line.kind)),
      WhyLine(.text, ""), WhyLine(.focus, "Why it came out"),
    ]
    guard let fate else {
      return lines + [
        WhyLine(
          .text,
          "At the end of the input the watermark goes to the end of time, so every open window"
            + " fires: no row can come any more."),
        WhyLine(.muted, "Flink: a bounded source ends with Watermark.MAX_WATERMARK."),
      ]
    }
    let own = fate.firings.filter { isOf($0, line) }
    let told = own.isEmpty ? fate.firings : own
    lines += told.prefix(listed).flatMap { words(of: $0, fate) }
    if told.count > listed {
      lines.append(WhyLine(.muted, "… and \(told.count - listed) windows more fired with it."))
    }
    if told.isEmpty {
      lines.append(
        WhyLine(
          .text, "Record \(formatCount(fate.position)) went all the way: no window holds it back."))
    }
    return lines + [WhyLine(.text, ""), WhyLine(.focus, "The record that made it so")]
      + EventWhy.explain(fate, position: fate.position)
  }

  /// Whether a row is this result: all of its values are in it, and its key.
  private static func isOf(_ firing: EventFate.Firing, _ line: OutputPage.Line) -> Bool {
    let texts = Set(line.values)
    return (firing.window.key.isEmpty || texts.contains(firing.window.key))
      && firing.values.allSatisfy(texts.contains)
  }

  private static func words(of firing: EventFate.Firing, _ fate: EventFate) -> [WhyLine] {
    let window = firing.window
    let bounds = formatBounds(start: window.start, end: window.end)
    let key = window.key.isEmpty ? "" : " of \(window.key)"
    let head = WhyLine(
      .windowFired, "● \(firing.operatorName) \(bounds)\(key), \(formatCounted(firing.rows, "row"))"
    )
    let record = "record \(formatCount(fate.position))"
    switch firing.cause {
    case .onTime:
      return [
        head,
        WhyLine(
          .text,
          "    It fires when watermark ≥ end − 1 ms = \(EventWhy.clock(window.end - 1)): \(record)"
            + " moved the watermark from \(EventWhy.clock(fate.watermark)) to"
            + " \(EventWhy.clock(fate.watermarkAfter))."),
        WhyLine(.muted, "    Flink: EventTimeTrigger.onEventTime returns FIRE."),
      ]
    case .late:
      return [
        head,
        WhyLine(
          .windowUpdated,
          "    It had fired, for the watermark \(EventWhy.clock(fate.watermark)) ≥ end − 1 ms ="
            + " \(EventWhy.clock(window.end - 1)). \(record) is late for it, within the allowed"
            + " lateness: it fires again."),
        WhyLine(
          .muted, "    Flink: EventTimeTrigger.onElement returns FIRE for a late element."),
      ]
    case .early:
      return [
        head,
        WhyLine(
          .text,
          "    Its trigger fired it early: the watermark \(EventWhy.clock(fate.watermarkAfter)) is"
            + " before end − 1 ms = \(EventWhy.clock(window.end - 1)). It is the result so far."),
        WhyLine(
          .muted, "    Flink: ContinuousEventTimeTrigger or CountTrigger returns FIRE."),
      ]
    case .trigger:
      return [
        head,
        WhyLine(.text, "    No time ends it: \(record) was the row that its trigger waited for."),
        WhyLine(.muted, "    Flink: GlobalWindows with CountTrigger returns FIRE."),
      ]
    }
  }

  private static func kind(_ kind: String) -> String {
    switch kind {
    case "+I": "+I, INSERT: the first result of its window, or a row that nothing replaces."
    case "-U":
      "-U, UPDATE_BEFORE: it takes the result of before back, for sinks that cannot overwrite."
    case "+U": "+U, UPDATE_AFTER: it stands for the result of before: their window fired again."
    case "-D": "-D, DELETE: it takes a result back: its session is now part of another."
    default: kind
    }
  }
}
