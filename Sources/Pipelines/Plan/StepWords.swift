internal import Columns
internal import Engine

/// Steps in a few words, for boxes and lists.
enum StepWords {
  static func summary(_ analyzed: AnalyzedStep) -> StepSummary {
    let step = analyzed.step
    return StepSummary(kind: step.kind, name: step.name?.value, detail: detail(step))
  }

  static func detail(_ step: Step) -> String {
    let variant = step.variant?.value ?? ""
    switch step.kind {
    case "source": return "\(variant) \(paths(step))"
    case "sink": return [variant, target(step)].filter { !$0.isEmpty }.joined(separator: " ")
    case "parse":
      var time = step.option("event_time")?.value.text ?? (variant == "access_log" ? "time" : nil)
      if case .group(let members) = step.option("watermark")?.value,
        let strategy = members.first(where: { $0.name == "strategy" })?.value.text,
        strategy == Analyzer.processingTime
      {
        time = strategy
      }
      return variant + (time.map { " by \($0)" } ?? "")
    case "window": return window(step, variant)
    default: return main(step)
    }
  }

  private static func main(_ step: Step) -> String {
    switch step.option(step.kind)?.value {
    case .expression(let text): oneLine(text.text)
    case .list(let columns): columns.map(\.value).joined(separator: ", ")
    case .namedExpressions(let columns): columns.map(\.name.value).joined(separator: ", ")
    default: ""
    }
  }

  private static func window(_ step: Step, _ variant: String) -> String {
    func length(_ name: String) -> String? {
      step.option(name)?.value.milliseconds.map(formatDuration)
    }
    var words = variant
    switch variant {
    case "sliding":
      words += " \(length("size") ?? "?") every \(length("slide") ?? "?")"
    case "cumulating": words += " \(length("max") ?? "?") by \(length("step") ?? "?")"
    case "session": words += length("gap").map { " gap \($0)" } ?? ""
    case "count":
      if case .integer(let rows) = step.option("rows")?.value { words += " \(rows) rows" }
    default: words += length("size").map { " \($0)" } ?? ""
    }
    if let zone = step.option("time_zone")?.value.text { words += " in \(zone)" }
    for trigger in (step.option("early") ?? step.option("fire"))?.value.list ?? [] {
      words += ", \(trigger.value)"
    }
    if step.option("firing")?.value.text == "discarding" { words += ", discarding" }
    if let offset = step.option("offset")?.value.milliseconds, offset != 0 {
      words += " offset \(formatDuration(offset))"
    }
    if let late = step.option("late")?.value.text, late != "drop" {
      let lateness = step.option("allowed_lateness")?.value.milliseconds ?? 0
      words += ", late \(late) for \(formatDuration(lateness))"
    }
    return words
  }

  private static func paths(_ step: Step) -> String {
    step.option("path")?.value.list?.map(\.value).joined(separator: ", ") ?? ""
  }

  /// Where a sink writes; what the environment adds is not put in.
  static func target(_ step: Step) -> String {
    guard let path = step.option("path")?.value.text else { return "" }
    return path + (step.option("table")?.value.text.map { " table \($0)" } ?? "")
  }

  private static func oneLine(_ text: String) -> String {
    text.split { $0.isWhitespace }.joined(separator: " ")
  }
}
