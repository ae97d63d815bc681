internal import Columns
internal import Engine

extension Analyzer {
  /// The panes that a window may be put together from.
  private static let maxPanes: Int64 = 100_000

  /// A window's options, checked against each other; nil where its lengths are not known.
  mutating func windowParts(_ step: Step) -> WindowParts? {
    guard let assigner = assigner(step) else { return nil }
    let lateness = step.option("allowed_lateness")
    let latenessMs = lateness?.value.milliseconds ?? 0
    let late = step.option("late").flatMap { $0.value.text.flatMap(LatePolicy.init) } ?? .drop
    if late == .drop, latenessMs > 0, let lateness {
      report(.latenessWithDrop(latenessMs), lateness.range)
    }
    if late != .drop, latenessMs == 0, step.isSound, let option = step.option("late") {
      report(.latenessMissing(policy: late.rawValue), option.range)
    }
    var parts = WindowParts(
      assigner: assigner, allowedLatenessMs: latenessMs, late: late, keys: [])
    parts.zone = zone(step, assigner)
    parts.trigger = trigger(step)
    if parts.trigger.isDiscarding, let option = step.option("firing") {
      if late == .correct {
        report(.correctWithDiscarding, option.range)
      } else if parts.trigger.isDefault, latenessMs == 0, step.isSound {
        report(.discardingAtEndOnly, option.range)
      }
    }
    return parts
  }

  private mutating func assigner(_ step: Step) -> WindowAssigner? {
    func length(_ name: String) -> Int64? { step.option(name)?.value.milliseconds }
    switch step.variant?.value {
    case "tumbling":
      guard let size = length("size") else { return nil }
      return .tumbling(sizeMs: size, offsetMs: offset(step, period: size))
    case "sliding":
      guard let size = length("size"), let slide = length("slide") else { return nil }
      checkPanes(step, whole: size, part: slide)
      if slide > size, let option = step.option("slide") {
        report(.windowGaps(size: size, slide: slide), option.range)
      }
      return .sliding(sizeMs: size, slideMs: slide, offsetMs: offset(step, period: slide))
    case "cumulating":
      guard let growth = length("step"), let max = length("max") else { return nil }
      if max % growth != 0, let option = step.option("max") {
        report(.cumulatingMax(step: growth, max: max), option.range)
        return nil
      }
      checkPanes(step, whole: max, part: growth)
      return .cumulating(stepMs: growth, maxMs: max, offsetMs: offset(step, period: max))
    case "session": return length("gap").map { .session(gapMs: $0) }
    case "count":
      guard case .integer(let rows) = step.option("rows")?.value else { return nil }
      return .count(rows)
    case "global": return .global
    default: return nil
    }
  }

  private mutating func offset(_ step: Step, period: Int64) -> Int64 {
    guard let option = step.option("offset"), let offset = option.value.milliseconds else {
      return 0
    }
    if abs(offset) >= period { report(.windowOffset(offset: offset, size: period), option.range) }
    return offset % period
  }

  private mutating func checkPanes(_ step: Step, whole: Int64, part: Int64) {
    var (large, small) = (whole, part)
    while small != 0 { (large, small) = (small, large % small) }
    if whole / large > Self.maxPanes {
      report(.windowPanes(whole / large), step.variant?.range ?? step.kindRange)
    }
  }

  private mutating func zone(_ step: Step, _ assigner: WindowAssigner) -> ZoneTable? {
    guard let option = step.option("time_zone"), let name = option.value.text else { return nil }
    guard let zone = TimeZones.table(name) else {
      report(.unknownZone(name, known: TimeZones.names), option.range)
      return nil
    }
    let lengths: [Int64] =
      switch assigner {
      case .tumbling(let size, _): [size]
      case .sliding(let size, let slide, _): [size, slide]
      case .cumulating(let step, let max, _): [step, max]
      case .session, .count, .global: []
      }
    if let odd = lengths.first(where: { $0 % msPerDay != 0 }) {
      report(.zoneNeedsDays(odd), option.range)
      return nil
    }
    return zone
  }

  // MARK: Triggers

  private mutating func trigger(_ step: Step) -> WindowTrigger {
    var trigger = WindowTrigger()
    trigger.isDiscarding = step.option("firing")?.value.text == "discarding"
    for entry in (step.option("early") ?? step.option("fire"))?.value.list ?? [] {
      let words = entry.value.lowercased().split { $0.isWhitespace }.map(String.init)
      if words == ["on", "each", "row"] || words == ["on", "every", "row"] {
        set(&trigger.everyRows, 1, entry)
      } else if words.first == "every", words.count == 3, ["rows", "row"].contains(words[2]),
        let rows = Int64(words[1]), rows > 0
      {
        set(&trigger.everyRows, rows, entry)
      } else if words.first == "every",
        case .success(let ms) = DurationText.parse(words.dropFirst().joined(separator: " ")), ms > 0
      {
        set(&trigger.earlyMs, ms, entry)
      } else {
        report(.trigger(entry.value), entry.range)
      }
    }
    return trigger
  }

  private mutating func set(_ part: inout Int64?, _ value: Int64, _ entry: Located<String>) {
    if part != nil { report(.triggerTwice(entry.value), entry.range) }
    part = value
  }
}
