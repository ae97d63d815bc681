import Columns
import Engine
import TestSupport

/// A window over a small log, and what real Flink makes of it.
struct WindowCase: Equatable, Sendable {
  /// `tumbling:SIZE:OFFSET`, `sliding:SIZE:SLIDE:OFFSET`, `cumulating:STEP:MAX:OFFSET`,
  /// `session:GAP`, `count:N`, `global`; lengths in ms.
  var window: String
  /// `default`, or `early:MS` and `rows:N` joined by `+`.
  var trigger = "default"
  var isDiscarding = false
  var boundMs: Int64 = 0
  var latenessMs: Int64 = 0
  var events: [Event] = []
  /// `key start end count sum min max first last firing watermark`, in the order they came out.
  var firings: [String] = []
  /// `time key watermark`.
  var late: [String] = []

  struct Event: Equatable, Sendable {
    var time: Int64
    var key: String
    var value: Int64

    var json: String { "{\"ts\":\(time),\"key\":\"\(key)\",\"value\":\(value)}" }
  }

  var kind: String { String(window.prefix { $0 != ":" }) }

  /// The window and its options in one line, as the oracle takes them.
  var options: String {
    "\(window) \(trigger) \(isDiscarding ? "discarding" : "accumulating") \(boundMs) \(latenessMs)"
  }

  // MARK: text

  /// `case OPTIONS`, then `> ` with events, a line a firing, and `~ ` with a line a late row.
  var text: String {
    let log = events.map { "\($0.time)\($0.key)\($0.value)" }.joined(separator: " ")
    return (["case \(options)", "> \(log)"] + firings + late.map { "~ \($0)" })
      .joined(separator: "\n") + "\n"
  }

  static func parse(_ text: String) -> [WindowCase] {
    var cases: [WindowCase] = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      if words[0] == "case" {
        cases.append(
          WindowCase(
            window: words[1], trigger: words[2], isDiscarding: words[3] == "discarding",
            boundMs: Int64(words[4]) ?? 0, latenessMs: Int64(words[5]) ?? 0))
      } else if words[0] == ">" {
        cases[cases.count - 1].events = words.dropFirst().compactMap(event)
      } else if words[0] == "~" {
        cases[cases.count - 1].late.append(words.dropFirst().joined(separator: " "))
      } else {
        cases[cases.count - 1].firings.append(String(line))
      }
    }
    return cases
  }

  private static func event(_ text: String) -> Event? {
    guard let at = text.firstIndex(where: \.isLetter), let time = Int64(text[..<at]) else {
      return nil
    }
    guard let value = Int64(text[text.index(after: at)...]) else { return nil }
    return Event(time: time, key: String(text[at]), value: value)
  }

  // MARK: drawing

  /// A case of a kind that depends on the seed alone: disorder, duplicates, gaps, negative times,
  /// several keys, and many times within a millisecond of an edge.
  static func draw(_ kind: String, seed: UInt64) -> WindowCase {
    var random = SeededRandom(seed: seed)
    let size = Int64([1, 2, 5, 10, 37, 100, 1000].randomElement(using: &random) ?? 10)
    func part(_ whole: Int64) -> Int64 { Int64.random(in: 1...max(1, whole), using: &random) }
    func offset(_ period: Int64) -> Int64 {
      Bool.random(using: &random)
        ? 0 : Int64.random(in: (1 - period)...(period - 1), using: &random)
    }
    let slide =
      Int.random(in: 0...4, using: &random) == 0 ? size + part(size) : max(part(size), size / 12)
    let steps = Int64.random(in: 1...6, using: &random)
    let windows = [
      "tumbling": "tumbling:\(size):\(offset(size))",
      "sliding": "sliding:\(size):\(slide):\(offset(slide))",
      "cumulating": "cumulating:\(size):\(size * steps):\(offset(size * steps))",
      "session": "session:\(size)", "count": "count:\(1 + part(5))", "global": "global",
    ]
    var one = WindowCase(window: windows[kind] ?? "global")
    let isTimed = kind != "count" && kind != "global"
    one.boundMs = Bool.random(using: &random) ? 0 : part(2 * size)
    one.latenessMs = isTimed && Bool.random(using: &random) ? part(3 * size) : 0
    if kind == "global" || isTimed && Int.random(in: 0...2, using: &random) == 0 {
      let early = "early:\(max(part(size), size / 20))"
      let rows = "rows:\(part(4))"
      let choice = kind == "global" ? 1 : Int.random(in: 0...2, using: &random)
      one.trigger = [early, rows, "\(early)+\(rows)"][choice]
      one.isDiscarding = Bool.random(using: &random)
    }
    one.events = events(size, &random)
    return one
  }

  private static func events(_ size: Int64, _ random: inout SeededRandom) -> [Event] {
    let keys = Array("abcde".prefix(Int.random(in: 1...5, using: &random)))
    var now = Int64.random(in: -3 * size...2 * size, using: &random)
    let pace = max(1, size / Int64.random(in: 1...6, using: &random))
    return (0..<Int.random(in: 8...34, using: &random)).map { _ in
      switch Int.random(in: 0...19, using: &random) {
      case 0: now += 4 * size  // a gap
      case 1...3: break  // the same time again
      default: now += Int64.random(in: 0...pace, using: &random)
      }
      var time = now
      switch Int.random(in: 0...9, using: &random) {
      case 0...1: time -= Int64.random(in: 0...3 * size, using: &random)  // out of order
      case 2...3:  // at an edge, or a millisecond beside it
        time = time / size * size + Int64.random(in: -1...1, using: &random)
      default: break
      }
      return Event(
        time: time, key: String(keys.randomElement(using: &random) ?? "a"),
        value: Int64.random(in: -9...9, using: &random))
    }
  }

  // MARK: running

  /// What our engine makes of it, in the form of ``firings`` and ``late``; rows that take a result
  /// back are left out, for Flink's DataStream has none.
  ///
  /// - Parameter seed: chooses parallelism, batches and policy, on which nothing may depend.
  func run(seed: UInt64) throws -> (firings: [String], late: [String], isBalanced: Bool) {
    var random = SeededRandom(seed: seed)
    var job = WindowJob()
    job.assigner = try assigner()
    for part in trigger.split(separator: "+") {
      let words = part.split(separator: ":")
      if words[0] == "early" { job.trigger.earlyMs = Int64(words[1]) }
      if words[0] == "rows" { job.trigger.everyRows = Int64(words[1]) }
    }
    job.trigger.isDiscarding = isDiscarding
    job.outOfOrdernessMs = boundMs
    job.allowedLatenessMs = latenessMs
    if latenessMs > 0 {
      job.late = !isDiscarding && Bool.random(using: &random) ? .correct : .update
    }
    job.parallelism = Int.random(in: 1...3, using: &random)
    job.blockRecords = Int.random(in: 1...9, using: &random)
    job.aggregates = [
      ("n", .count, nil), ("total", .sum, "value"), ("least", .min, "value"),
      ("most", .max, "value"), ("first", .first, "value"), ("last", .last, "value"),
    ]
    job.resultColumns = WindowCase.columns
    let log = events.map { $0.json + "\n" }.joined()
    let output = try job.run(
      [("log", log)], maxRecords: [1, 3, Int.max].randomElement(using: &random) ?? 1)
    let firings = output.results.compactMap { row -> String? in
      let words = row.split(separator: " ").map(String.init)
      guard words[11] == "+I" || words[11] == "+U" else { return nil }
      return words[..<11].joined(separator: " ")
    }
    let late = output.late.map { row in
      let words = row.split(separator: " ").map(String.init)
      return "\(words[0]) \(words[1]) \(words[2])"
    }
    return (firings, late, output.isBalanced)
  }

  static let columns = [
    "key", "window_start", "window_end", "n", "total", "least", "most", "first", "last", "firing",
    "watermark", "kind",
  ]

  private func assigner() throws -> WindowAssigner {
    let words = window.split(separator: ":").map(String.init)
    let numbers = words.dropFirst().compactMap { Int64($0) }
    switch words[0] {
    case "tumbling": return .tumbling(sizeMs: numbers[0], offsetMs: numbers[1])
    case "sliding":
      return .sliding(sizeMs: numbers[0], slideMs: numbers[1], offsetMs: numbers[2])
    case "cumulating":
      return .cumulating(stepMs: numbers[0], maxMs: numbers[1], offsetMs: numbers[2])
    case "session": return .session(gapMs: numbers[0])
    case "count": return .count(numbers[0])
    default: return .global
    }
  }
}

extension WindowCase {
  /// Firings by key and window, in their order: between windows the order of one watermark's
  /// firings is Flink's own. For global windows those of the end of the input are left out: Flink
  /// never fires what is in them then, and we do.
  func byWindow(_ firings: [String]) -> [String: [String]] {
    var groups: [String: [String]] = [:]
    for firing in firings {
      let words = firing.split(separator: " ")
      if kind == "global", words.last == "end" { continue }
      let id =
        kind == "global" || kind == "count" ? String(words[0]) : words[..<3].joined(separator: " ")
      groups[id, default: []].append(firing)
    }
    return groups
  }
}
