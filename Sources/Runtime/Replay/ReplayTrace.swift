import Columns
import Engine

/// What a replay remembers of the recent past, beside the operators' own state: a value, kept in
/// each snapshot, so that going back brings the same past back. Everything in it is bounded.
struct ReplayTrace {
  private static let markLimit = 1500
  private static let lagLimit = 240
  private static let narrationLimit = 200
  private static let outputLimit = 200
  private static let purgedLimit = 120
  private static let checkpointLimit = 50

  private struct Touch {
    var changedAt: Int64
    var previous: [String]?
  }

  private let checkpointEveryMs: Int64
  /// The number of the record that is being read.
  private var position: Int64 = 0
  private(set) var maxEventTime: Int64?
  private var watermark = minWatermark
  private var lastEventTime: Int64?
  private var lag = Ring<LagSample>(lagLimit)
  private var lagStride: Int64 = 1
  private var marks = Ring<EventMark>(markLimit)
  private var narration = Ring<Narration>(narrationLimit)
  private var output = Ring<OutputRow>(outputLimit)
  private var purged = Ring<WindowView>(purgedLimit)
  private var checkpoints = Ring<CheckpointView>(checkpointLimit)
  private var checkpointCount: Int64 = 0
  private var touched: [WindowView.ID: Touch] = [:]
  /// The tick after which something last happened.
  private(set) var lastFiringTick: Int64?
  private(set) var lastWatermarkTick: Int64?
  private(set) var lastLateTick: Int64?
  private(set) var lastCheckpointTick: Int64?

  init(graph: JobGraph) { checkpointEveryMs = max(graph.checkpoint.everyMs, 1) }

  // MARK: writing

  mutating func begin(position: Int64) {
    self.position = position
    lastEventTime = nil
  }

  mutating func add(_ events: [WindowEvent]) {
    var fired: [(end: Int64, start: Int64, keys: Int, rows: Int64)] = []
    for event in events {
      switch event {
      case .added(let sequence, let key, let time, let start, let end, let isLate):
        lastEventTime = time
        mark(
          EventMark(
            position: sequence, key: key, time: time, kind: isLate ? .lateUpdated : .onTime))
        touched[.init(key: key, start: start, end: end), default: Touch(changedAt: 0)].changedAt =
          position
        if isLate { lastLateTick = position + 1 }
      case .late(let sequence, let key, let time, let start, let end, _, let missedBy):
        lastEventTime = time
        lastLateTick = position + 1
        marks.append(EventMark(position: sequence, key: key, time: time, kind: .lateDropped))
        say(
          .late,
          "\(name(key)) event at \(clockText(time)) dropped: \(spanText(start, end)) closed"
            + " \(lengthText(missedBy)) before")
      case .fired(let result, let previous):
        lastFiringTick = position + 1
        let id = WindowView.ID(key: result.key, start: result.start, end: result.end)
        touched[id, default: Touch(changedAt: 0)].changedAt = position
        if let previous {
          let values = previous.map(displayText)
          touched[id]?.previous = values
          sayUpdated(result, values)
        } else if result.firings > 0, fired.last?.end == result.end {
          fired[fired.count - 1].keys += 1
          fired[fired.count - 1].rows += result.rows
        } else {
          fired.append((result.end, result.start, 1, result.rows))
        }
      case .replaced(let result):
        touched.removeValue(
          forKey: .init(key: result.key, start: result.start, end: result.end))
        if result.firings > 0 {
          say(
            .updated,
            "\(name(result.key)) \(spanText(result.start, result.end)) taken back: its session"
              + " goes on")
        }
      case .purged(let result): purge(result)
      }
    }
    for window in fired {
      let keys = window.keys == 1 ? "1 key" : "\(window.keys) keys"
      let rows = window.rows == 1 ? "1 row" : "\(window.rows) rows"
      say(.fired, "\(spanText(window.start, window.end)) fired: \(keys), \(rows)")
    }
  }

  /// A row of several windows is one event: late where it was so for one of them.
  private mutating func mark(_ mark: EventMark) {
    guard let last = marks.last, last.position == mark.position, last.key == mark.key else {
      return marks.append(mark)
    }
    if mark.kind == .lateUpdated { marks.replaceLast(mark) }
  }

  private mutating func purge(_ result: WindowResult) {
    let id = WindowView.ID(key: result.key, start: result.start, end: result.end)
    let previous = touched.removeValue(forKey: id)?.previous
    purged.append(
      WindowView(
        key: result.key, start: result.start, end: result.end, state: .purged, rows: result.rows,
        values: result.values.map(displayText), previousValues: previous,
        firings: Int(result.firings), purgedAt: result.end - 1, changedAt: position))
  }

  private mutating func sayUpdated(_ result: WindowResult, _ previous: [String]) {
    let now = result.values.map(displayText)
    let changed = zip(previous, now).first { $0 != $1 }
    let values = changed.map { " \($0) → \($1)" } ?? ""
    let lateness = lastEventTime.map { watermark - $0 }.map {
      " by an event \(lengthText($0)) late"
    }
    say(
      .updated,
      "\(name(result.key)) \(spanText(result.start, result.end)) updated\(values)\(lateness ?? "")")
  }

  mutating func add(_ letters: [DeadLetter]) {
    for letter in letters { say(.bad, "\(letter.position): \(letter.error)") }
  }

  mutating func add(output rows: [OutputRow]) {
    for row in rows {
      var row = row
      row.position = position
      output.append(row)
    }
  }

  private mutating func say(_ kind: Narration.Kind, _ text: String) {
    narration.append(Narration(position: position, time: maxEventTime, kind: kind, text: text))
  }

  /// Looks at the job after a tick.
  mutating func read(_ execution: Execution) {
    guard let ingest = execution.ingest else { return }
    let newest = ingest.maxEventTime
    let isNewer = newest != maxEventTime
    if isNewer { lastEventTime = lastEventTime ?? newest }
    let before = maxEventTime
    maxEventTime = newest
    if ingest.watermark != watermark {
      watermark = ingest.watermark
      lastWatermarkTick = execution.recordsRead
    }
    if let newest, watermark != minWatermark { sampleLag(newest - watermark) }
    if let before, let newest { checkpoint(execution, from: before, to: newest) }
  }

  private mutating func sampleLag(_ ms: Int64) {
    guard position % lagStride == 0 else { return }
    lag.append(LagSample(position: position, lagMs: ms))
    guard lag.isFull else { return }
    lag.keepEverySecond()
    lagStride *= 2
  }

  /// In a replay the log's own time stands for the clock: a checkpoint is due each time the newest
  /// event time passes a multiple of the interval.
  private mutating func checkpoint(_ execution: Execution, from: Int64, to: Int64) {
    guard from / checkpointEveryMs != to / checkpointEveryMs else { return }
    checkpointCount += 1
    lastCheckpointTick = position + 1
    checkpoints.append(
      CheckpointView(
        id: checkpointCount, position: position + 1, eventTime: to,
        bytes: execution.snapshot().byteCount, status: .completed))
  }

  // MARK: reading

  func view(graph: JobGraph) -> ReplayView {
    var view = ReplayView()
    view.watermark = watermark
    view.maxEventTime = maxEventTime
    view.lastEventTime = lastEventTime
    view.lagHistory = lag.elements
    view.marks = marks.elements
    view.narration = narration.elements
    view.output = output.elements
    view.checkpoints = checkpoints.elements
    var events: [String: (first: Int, count: Int64)] = [:]
    for (index, mark) in view.marks.enumerated() {
      events[mark.key, default: (index, 0)].count += 1
    }
    view.keys = events.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
      .map { KeyView(key: $0.key, events: $0.value.count) }
    return view
  }

  /// Live windows with what is remembered of them, and those purged lately.
  func windows(live: [WindowResult], watermark: Int64, allowedLatenessMs: Int64) -> [WindowView] {
    let open = live.map { result in
      let touch = touched[.init(key: result.key, start: result.start, end: result.end)]
      return WindowView(
        key: result.key, start: result.start, end: result.end,
        state: result.firings == 0 ? .open : result.firings == 1 ? .fired : .updated,
        rows: result.rows, values: result.values.map(displayText),
        previousValues: touch?.previous, firings: Int(result.firings),
        purgedAt: result.end - 1 + allowedLatenessMs, changedAt: touch?.changedAt ?? 0)
    }
    let past = purged.elements.map { window in
      var window = window
      window.purgedAt = window.end - 1 + allowedLatenessMs
      return window
    }
    return (past + open).enumerated()
      .sorted {
        ($0.element.start, $0.element.end, $0.offset)
          < ($1.element.start, $1.element.end, $1.offset)
      }.map(\.element)
  }
}

/// The newest elements of a sequence, at most so many.
private struct Ring<Element> {
  private var storage: [Element] = []
  private let limit: Int

  init(_ limit: Int) { self.limit = limit }

  var isFull: Bool { storage.count >= limit }
  var elements: [Element] { storage.count > limit ? Array(storage.suffix(limit)) : storage }

  mutating func append(_ element: Element) {
    storage.append(element)
    if storage.count >= limit * 2 { storage.removeFirst(storage.count - limit) }
  }

  var last: Element? { storage.last }

  mutating func replaceLast(_ element: Element) {
    if !storage.isEmpty { storage[storage.count - 1] = element }
  }

  mutating func keepEverySecond() {
    storage = storage.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
  }
}

// MARK: words

/// A time of day in UTC, with milliseconds only where there are any.
func clockText(_ ms: Int64) -> String {
  let text = formatTimestamp(ms).dropFirst(11).dropLast()
  return String(text.hasSuffix(".000") ? text.dropLast(4) : text)
}

func spanText(_ start: Int64, _ end: Int64) -> String {
  start == minWatermark ? "its window" : "[\(clockText(start)), \(clockText(end)))"
}

/// A length of time as people say it: `850 ms`, `4.1 s`, `2 m 5 s`.
private func lengthText(_ ms: Int64) -> String {
  switch ms {
  case ..<1000: return "\(ms) ms"
  case ..<60_000:
    let tenths = (ms + 50) / 100
    return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
  default:
    let seconds = ms / 1000 % 60
    return "\(ms / 60_000) m" + (seconds == 0 ? "" : " \(seconds) s")
  }
}

private func name(_ key: String) -> String { key.isEmpty ? "all" : key }

/// A value on screen: doubles to two decimals.
func displayText(_ value: Value) -> String {
  switch value {
  case .null: return "—"
  case .time(let ms): return clockText(ms)
  case .double(let number):
    guard abs(number) < 1e15, number.isFinite else { return String(number) }
    let cents = (abs(number) * 100).rounded()
    let whole = Int64(cents / 100)
    let rest = Int64(cents) % 100
    let sign = number < 0 && cents > 0 ? "-" : ""
    let fraction = rest < 10 ? "0\(rest)" : "\(rest)"
    return rest == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(fraction)"
  default: return value.description
  }
}
