import Engine
public import Runtime
import TestSupport

extension FakeReplay {
  public func answer(_ query: ReplayQuery, isCancelled: () -> Bool) throws -> ReplayAnswer? {
    questions.append(query)
    switch query {
    case .windows(let query): return .windows(page(query))
    case .window(let id, _, _): return .window(detail(id))
    case .event(let position): return .event(fate(position))
    case .output(let query): return .output(page(query))
    case .time(let query): return .time(timePicture(query.positions ?? 0..<view.position))
    case .tuning: return .tuning(try tuning())
    case .crash(let plan): return .crash(report(plan))
    case .difference: return .difference(DifferencePage())
    case .checkpoints:
      return .checkpoints(
        view.checkpoints.map {
          CheckpointDetail(
            view: $0, parts: [.init(operatorName: "window", bytes: 1200 * Int($0.id))])
        })
    }
  }

  /// The whole log, measured by the tuner itself.
  private func tuning() throws -> TuningReport {
    let lines = events.map { "{\"ts\":\($0.time),\"key\":\"\($0.key)\",\"value\":1}\n" }
    var job = WindowJob()
    job.outOfOrdernessMs = 4000
    let graph = try job.graph(MemorySource([(name: "ad-clicks.jsonl", text: lines.joined())]))
    let window = TuningJob.Window(sizeMs: 10_000, allowedLatenessMs: 6000)
    guard let tuning = TuningJob.of(graph, window: window, otherwise: window) else {
      throw ConnectError("no source")
    }
    var report = try Tuning.run(tuning)
    report.elapsedNs = 0
    return report
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

  private func timePicture(_ positions: Range<Int64>) -> TimePicture {
    var picture = TimePicture()
    picture.positions = positions
    picture.points = events.prefix(Int(view.position)).enumerated().map { index, event in
      .init(
        position: Int64(index), eventTime: event.time,
        kind: index % 61 == 60 ? .lateDropped : index % 23 == 22 ? .lateUpdated : .onTime)
    }.filter { positions.contains($0.position) }
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

  /// A crash of a job with a sink with transactions and one without.
  private func report(_ plan: CrashPlan) -> CrashReport {
    var report = CrashReport(plan: plan)
    var file = CrashReport.SinkOutcome(sink: "sink", guarantee: "exactly-once")
    (file.stagedRows, file.abortedRows, file.expectedRows, file.visibleRows) = (2, 2, 42, 42)
    file.rolledBack = [.init(position: 140, sink: "sink", kind: "+I", values: ["ad-17", "4"])]
    var stdout = CrashReport.SinkOutcome(sink: "print", guarantee: "at-least-once")
    (stdout.expectedRows, stdout.visibleRows, stdout.duplicatedRows) = (42, 43, 1)
    stdout.duplicated = [.init(position: 141, sink: "print", kind: "+I", values: ["ad-3", "1"])]
    report.sinks = [file, stdout]
    report.steps = [
      .from(checkpoint: 2, position: 120),
      .killed(plan.victim, position: plan.position, staged: 2, prepared: 0),
      .restored(checkpoint: 2, position: 120), .aborted(sink: "sink", rows: 2),
      .readAgain(records: plan.position - 120), .ranOn(position: 1200, isEnd: true),
      .compared(sink: "sink", rows: 42, duplicated: 0, missing: 0),
      .compared(sink: "print", rows: 43, duplicated: 1, missing: 0),
    ]
    return report
  }
}
