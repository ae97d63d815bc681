public import Runtime

extension FakeReplay {
  public func answer(_ query: ReplayQuery, isCancelled: () -> Bool) throws -> ReplayAnswer? {
    questions.append(query)
    switch query {
    case .windows(let query): return .windows(page(query))
    case .window(let id, _, _): return .window(detail(id))
    case .event(let position): return .event(fate(position))
    case .output(let query): return .output(page(query))
    case .time: return .time(timePicture)
    case .crash(let plan): return .crash(CrashReport(plan: plan))
    case .checkpoints:
      return .checkpoints(
        view.checkpoints.map {
          CheckpointDetail(
            view: $0, parts: [.init(operatorName: "window", bytes: 1200 * Int($0.id))])
        })
    }
  }

  private func page(_ query: WindowsQuery) -> WindowsPage {
    var page = WindowsPage()
    page.counts = view.windows.reduce(into: [:]) { $0[$1.state, default: 0] += 1 }
    let found = query.order.sorted(
      view.windows.filter { query.filter.isEmpty || $0.key.contains(query.filter) },
      isReversed: query.isReversed)
    (page.offset, page.total) = (query.range.offset, found.count)
    page.windows = Array(found.dropFirst(query.range.offset).prefix(query.range.limit))
    return page
  }

  private func detail(_ id: WindowView.ID) -> WindowDetail? {
    guard let window = view.windows.first(where: { $0.id == id }) else { return nil }
    var detail = WindowDetail(window: window)
    detail.columns = ["ad", "cost"]
    detail.events = events.prefix(Int(view.position)).enumerated().compactMap { index, event in
      guard event.key == id.key, !event.isFiltered, (id.start..<id.end).contains(event.time) else {
        return nil
      }
      return RecordRow(
        position: Int64(index), eventTime: event.time,
        values: [event.key, "0.\(index % 90 + 10)"],
        isLate: window.state == .updated && index % 23 == 22)
    }
    detail.eventCount = detail.events.count
    if window.firings > 0 {
      detail.firings = [
        .init(
          position: view.position - 5, watermark: window.end, rows: window.rows,
          values: window.values, kind: "on time")
      ]
    }
    return detail
  }

  private func fate(_ position: Int64) -> EventFate? {
    guard position < view.position, events.indices.contains(Int(position)) else { return nil }
    let event = events[Int(position)]
    var fate = EventFate(
      position: position, split: "ad-clicks.jsonl", raw: #"{"ad":"\#(event.key)"}"#,
      eventTime: event.time, watermark: event.time - 6000, watermarkAfter: event.time - 4000)
    fate.steps = [
      .parsed(operatorName: "parse", columns: ["ad"], values: [event.key]),
      event.isFiltered
        ? .filtered(operatorName: "filter", rule: "event = 'click'")
        : .passed(operatorName: "filter", rule: "event = 'click'"),
    ]
    return fate
  }

  private var timePicture: TimePicture {
    var picture = TimePicture()
    picture.positions = 0..<view.position
    picture.points = events.prefix(Int(view.position)).enumerated().map { index, event in
      .init(
        position: Int64(index), eventTime: event.time,
        kind: index % 61 == 60 ? .lateDropped : index % 23 == 22 ? .lateUpdated : .onTime)
    }
    var newest = Int64.min
    for (index, event) in events.prefix(Int(view.position)).enumerated() where event.time > newest {
      newest = event.time
      picture.watermark.append(.init(position: Int64(index), watermark: newest - 4000))
    }
    picture.disorder = [
      .init(toMs: 0, events: 90), .init(toMs: 1000, events: 30), .init(toMs: 4000, events: 12),
      .init(toMs: 20_000, events: 3),
    ]
    return picture
  }

  private func page(_ query: OutputQuery) -> OutputPage {
    var page = OutputPage()
    page.columns = ["sink": ["ad", "clicks"]]
    page.counts = ["+I": Int64(view.output.count), "late": 1, "dead": 1]
    let lines: [OutputPage.Line] =
      switch query.stream {
      case .results:
        view.output.reversed().map {
          .init(position: $0.position, sink: "sink", kind: $0.kind, values: [$0.text, "3"])
        }
      case .late:
        [
          .init(
            position: 60, sink: "late", kind: "late", values: ["ad-3", "1"],
            reason: "[12:00:00, :10) closed 9 s before")
        ]
      case .dead:
        [
          .init(
            position: 12, sink: "", kind: "dead", values: [], reason: "column cost: not a number",
            raw: #"{"ad":"ad-3","cost":"x"}"#)
        ]
      }
    let found = lines.filter { line in
      query.filter.isEmpty || line.values.contains { $0.contains(query.filter) }
    }
    (page.offset, page.total) = (query.range.offset, found.count)
    page.lines = Array(found.dropFirst(query.range.offset).prefix(query.range.limit))
    return page
  }
}
