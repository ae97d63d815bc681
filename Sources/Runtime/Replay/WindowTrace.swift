import Columns
import Engine

/// What is remembered of one window operator's recent past. Bounded.
struct WindowTrace: Sendable {
  private static let markLimit = 1500
  private static let purgedLimit = 400

  private static let recentLimit = 32

  /// What is known of a window beside its state: most have nothing of the kind.
  private struct Touch: Sendable {
    var previous: [String]?
    /// The sessions that it was made of when some were merged last.
    var merged: [WindowView.Span] = []
    /// Those that gave way to it after one record: one that grew, or several that merged.
    var replaced: (cause: Int64, spans: [WindowView.Span]) = (-1, [])
  }

  private(set) var marks = Ring<EventMark>(markLimit)
  private(set) var purged = Ring<WindowView>(purgedLimit)
  private var touched: [WindowView.ID: Touch] = [:]
  /// The windows that changed last, and after which record.
  private var recent = Ring<Change>(recentLimit)

  private struct Change: Sendable {
    var id: WindowView.ID
    var position: Int64
  }

  /// About what it takes in memory.
  var byteCount: Int { marks.count * 80 + purged.count * 240 + touched.count * 120 }

  mutating func add(_ event: WindowEvent, at position: Int64) {
    switch event {
    case .added(let sequence, let key, let time, let start, let end, let isLate):
      mark(
        EventMark(position: sequence, key: key, time: time, kind: isLate ? .lateUpdated : .onTime))
      recent.append(
        Change(id: .init(key: key, start: start, end: end), position: position))
    case .late(let sequence, let key, let time, _, _, _, _):
      mark(EventMark(position: sequence, key: key, time: time, kind: .lateDropped))
    case .fired(let result, let previous, _):
      recent.append(Change(id: result.id, position: position))
      if let previous {
        touched[result.id, default: Touch()].previous = previous.map(displayText)
      }
    case .replaced(let result, let start, let end, let cause):
      let id = WindowView.ID(key: result.key, start: start, end: end)
      recent.append(Change(id: id, position: position))
      replace(result, by: id, cause: cause)
    case .purged(let result, _): purge(result, at: position)
    }
  }

  private mutating func replace(_ result: WindowResult, by id: WindowView.ID, cause: Int64) {
    let old = touched.removeValue(forKey: result.id)
    var touch = touched[id] ?? Touch(merged: old?.merged ?? [])
    let spans = touch.replaced.cause == cause ? touch.replaced.spans : []
    touch.replaced = (cause, spans + [WindowView.Span(start: result.start, end: result.end)])
    if touch.replaced.spans.count > 1 { touch.merged = touch.replaced.spans.suffix(8) }
    touched[id] = touch
  }

  /// A row of several windows is one event: late where it was so for one of them.
  private mutating func mark(_ mark: EventMark) {
    guard let last = marks.last, last.position == mark.position, last.key == mark.key else {
      return marks.append(mark)
    }
    if mark.kind != .onTime { marks.replaceLast(mark) }
  }

  private mutating func purge(_ result: WindowResult, at position: Int64) {
    let touch = touched.removeValue(forKey: result.id)
    purged.append(
      WindowView(
        key: result.key, start: result.start, end: result.end, state: .purged, rows: result.rows,
        values: result.values.map(displayText), previousValues: touch?.previous,
        firings: Int(result.firings), purgedAt: result.end - 1, changedAt: position,
        mergedFrom: touch?.merged ?? []))
  }

  /// The keys of the recent events, the most active first.
  func keys() -> [KeyView] {
    var events: [String: (first: Int, count: Int64)] = [:]
    for (index, mark) in marks.elements.enumerated() {
      events[mark.key, default: (index, 0)].count += 1
    }
    return events.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
      .map { KeyView(key: $0.key, events: $0.value.count) }
  }

  /// Live windows with what is remembered of them, and those purged lately: by start, then end.
  func windows(live: [WindowResult], allowedLatenessMs: Int64) -> [WindowView] {
    var changes: [WindowView.ID: Int64] = [:]
    for change in recent.elements { changes[change.id] = change.position }
    let open = live.map { result in
      let touch = touched[result.id]
      return WindowView(
        key: result.key, start: result.start, end: result.end,
        state: result.firings == 0 ? .open : result.firings == 1 ? .fired : .updated,
        rows: result.rows, values: result.values.map(displayText),
        previousValues: touch?.previous, firings: Int(result.firings),
        purgedAt: result.end - 1 + allowedLatenessMs, changedAt: changes[result.id] ?? 0,
        mergedFrom: touch?.merged ?? [])
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

extension WindowResult {
  var id: WindowView.ID { WindowView.ID(key: key, start: start, end: end) }
}
