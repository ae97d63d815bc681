import Columns
import Engine
import Runtime

extension FakeReplay {
  private static let size: Int64 = 10_000
  private static let delay: Int64 = 4000
  private static let lateness: Int64 = 6000

  /// What a replay would show after so many records.
  func picture(_ position: Int64) -> ReplayView {
    var view = ReplayView()
    var windows: [WindowView.ID: WindowView] = [:]
    view.windowSizeMs = Self.size
    view.allowedLatenessMs = Self.lateness
    view.valueNames = ["clicks", "revenue"]
    view.windowNodes = [WindowNodeView(node: 3, name: "per-ad")]
    for (index, event) in events.prefix(Int(position)).enumerated() {
      let now = Int64(index + 1)
      view.accounting.read += 1
      if event.isFiltered {
        view.accounting.filtered += 1
        continue
      }
      take(event, at: now, &view, &windows)
      advance(to: event.time, at: now, &view, &windows)
    }
    view.position = position
    view.total = total
    view.furthest = furthest
    view.lastEventTime = position > 0 ? events[Int(position) - 1].time : nil
    if position == total {
      view.watermark = maxWatermark
      view.isAtEnd = true
    }
    finish(&view, windows)
    return view
  }

  private func take(
    _ event: Event, at now: Int64, _ view: inout ReplayView,
    _ windows: inout [WindowView.ID: WindowView]
  ) {
    let start = event.time - event.time % Self.size
    let id = WindowView.ID(key: event.key, start: start, end: start + Self.size)
    var kind = EventMark.Kind.onTime
    let firesAt = start + Self.size - 1
    if view.watermark >= firesAt + Self.lateness {
      kind = .lateDropped
      view.accounting.late += 1
      view.narration.append(
        Narration(
          position: now, time: event.time, kind: .late,
          text: "\(event.key) event is too late for its window: dropped to the late stream"))
    } else {
      view.accounting.emitted += 1
      var window =
        windows[id]
        ?? WindowView(
          key: event.key, start: start, end: start + Self.size, state: .open, rows: 0, values: [],
          firings: 0, purgedAt: firesAt + Self.lateness, changedAt: now)
      window.rows += 1
      let before = window.values
      window.values = ["\(window.rows)", "\(window.rows * 17 / 10).\(window.rows % 10)0"]
      window.changedAt = now
      if view.watermark >= firesAt {
        kind = .lateUpdated
        view.accounting.lateUpdated += 1
        window.previousValues = before.isEmpty ? nil : before
        window.firings += 1
        window.state = window.firings > 1 ? .updated : .fired
        view.narration.append(
          Narration(
            position: now, time: event.time, kind: .updated,
            text: "\(event.key) window updated to \(window.rows) by an event behind the watermark"))
      }
      windows[id] = window
    }
    view.marks.append(EventMark(position: now, key: event.key, time: event.time, kind: kind))
  }

  private func advance(
    to time: Int64, at now: Int64, _ view: inout ReplayView,
    _ windows: inout [WindowView.ID: WindowView]
  ) {
    let newest = max(view.maxEventTime ?? time, time)
    view.maxEventTime = newest
    view.watermark = newest - Self.delay - 1
    view.lagHistory.append(
      LagSample(position: now, lagMs: newest - view.watermark + (now * 37 % 11) * 300))
    for id in windows.keys.sorted(by: { ($0.start, $0.key) < ($1.start, $1.key) }) {
      guard var window = windows[id] else { continue }
      if window.state == .open, view.watermark >= window.firesAt {
        window.state = .fired
        window.firings = 1
        window.changedAt = now
        view.narration.append(
          Narration(
            position: now, time: view.watermark, kind: .fired,
            text: "\(window.key) fired with \(window.rows) clicks at watermark \(window.firesAt)"))
      }
      if window.state != .open, window.state != .purged, view.watermark >= window.purgedAt {
        window.state = .purged
        window.changedAt = now
      }
      windows[id] = window
    }
    if now % 97 == 0 {
      view.checkpoints.append(
        CheckpointView(
          id: now / 97, position: now, eventTime: newest, watermark: newest - 4000,
          status: now / 97 == 3 ? .failed : .completed))
    }
  }

  private func finish(_ view: inout ReplayView, _ windows: [WindowView.ID: WindowView]) {
    view.windows = windows.values.sorted { ($0.start, $0.key) < ($1.start, $1.key) }.suffix(60)
    view.liveWindowCount = windows.values.filter { $0.state != .purged }.count
    view.marks = view.marks.suffix(200)
    view.narration = view.narration.suffix(8)
    view.lagHistory = view.lagHistory.suffix(120)
    let counts = Dictionary(grouping: view.marks, by: \.key).mapValues { Int64($0.count) }
    view.keys = counts.map { KeyView(key: $0.key, events: $0.value) }
      .sorted { ($0.events, $1.key) > ($1.events, $0.key) }
    view.splits = [
      SplitView(
        name: "ad-clicks.jsonl", watermark: view.watermark, maxEventTime: view.maxEventTime,
        recordsRead: view.accounting.read, hasEnded: view.isAtEnd, holdsWatermark: true)
    ]
    let open = view.windows.filter { $0.state == .open }
    if let first = open.map(\.end).min() {
      let next = open.filter { $0.end == first }.sorted { ($0.rows, $1.key) > ($1.rows, $0.key) }
      view.nextFiring = NextFiring(
        watermark: first - 1, start: first - Self.size, end: first,
        eventTimeNeeded: first + Self.delay,
        candidates: next.prefix(3).map { .init(key: $0.key, rows: $0.rows) }, keyCount: next.count)
    }
    view.boxes = boxes(view.accounting)
    view.output = view.windows.filter { $0.firings > 0 }.suffix(8).map { window in
      OutputRow(
        sink: "sink", position: window.changedAt, kind: window.firings > 1 ? "+U" : "+I",
        text: "\(window.key) \(window.values.joined(separator: " "))")
    }
  }

  private func boxes(_ account: Accounting) -> [BoxView] {
    let passed = account.read - account.filtered
    let fired = account.emitted / 7
    return [
      BoxView(
        kind: "source", detail: "file ad-clicks.jsonl", shipping: .none, rowsIn: account.read,
        rowsOut: account.read, input: nil),
      BoxView(
        kind: "parse", detail: "jsonl", shipping: .forward, rowsIn: account.read,
        rowsOut: account.read, input: 0),
      BoxView(
        kind: "filter", detail: "event = 'click'", shipping: .forward, rowsIn: account.read,
        rowsOut: passed, losses: ["filtered": account.filtered], input: 1),
      BoxView(
        kind: "window", name: "per-ad", detail: "tumbling 10 s", shipping: .hash, rowsIn: passed,
        rowsOut: account.emitted, losses: ["late": account.late], input: 2),
      BoxView(
        kind: "aggregate", detail: "COUNT(*), SUM(price)", shipping: .forward,
        rowsIn: account.emitted, rowsOut: fired, input: 3, isChained: true),
      BoxView(
        kind: "sink", detail: "sqlite clicks.db", shipping: .forward, rowsIn: fired, input: 4,
        guarantee: .exactlyOnce),
      BoxView(
        kind: "sink", detail: "file late.jsonl", shipping: .forward, rowsIn: account.late,
        input: 3, inputPort: .late, guarantee: .exactlyOnce),
    ]
  }
}
