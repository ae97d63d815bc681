import Columns
import Runtime
import Terminal
import VisibleText

/// Every window of an operator, and what is in the one that is looked into.
struct WindowsScreen {
  let run: RunState
  let area: Rect

  private var windows: WindowsState { run.windows }

  func draw(on canvas: inout Canvas) {
    guard windows.opened != nil else { return drawList(area, focused: true, &canvas) }
    let isWide = area.width >= 110 && !windows.isZoomed
    guard isWide else {
      return windows.focus == .detail
        ? drawDetail(area, &canvas) : drawList(area, focused: true, &canvas)
    }
    let split = area.width * 45 / 100
    drawList(
      Rect(area.x, area.y, split, area.height), focused: windows.focus == .list, &canvas)
    drawDetail(Rect(area.x + split, area.y, area.width - split, area.height), &canvas)
  }

  private func drawList(_ area: Rect, focused: Bool, _ canvas: inout Canvas) {
    let page = windows.page ?? WindowsPage()
    let states: [WindowView.State] = [.open, .fired, .updated, .purged]
    let counts = states.compactMap { state -> String? in
      page.counts[state].map { "\(formatCount(Int64($0))) \(state.rawValue)" }
    }
    let notes = [windows.list.filter.note] + (area.width >= 80 ? counts : [])
    let inside = canvas.panel(
      area, title: run.view.windowsTitle + " \(formatCount(Int64(page.total)))",
      note: notes.filter { !$0.isEmpty }.joined(separator: " · "), focused: focused)
    let content = inside.inset(horizontally: 1, vertically: 0)
    let table = TableView(
      columns: WindowColumns.of(page.windows, in: run.view, isShort: area.width < 70),
      rows: page.windows, offset: page.offset, total: page.total, selected: windows.list.place,
      sorted: (WindowColumns.column(of: windows.order), windows.isReversed),
      isFresh: { $0.isFresh(at: run.view.position) },
      empty: windows.page == nil
        ? "asking…"
        : windows.list.filter.isEmpty
          ? run.view.emptyWindows : "Nothing contains “\(windows.list.filter.text)”.")
    table.draw(in: content, on: &canvas)
  }

  private func drawDetail(_ area: Rect, _ canvas: inout Canvas) {
    guard let opened = windows.opened else { return }
    let title =
      "\(opened.key.isEmpty ? "all rows" : opened.key)"
      + " \(formatBounds(start: opened.start, end: opened.end))"
    let detail = windows.detail
    let inside = canvas.panel(
      area, title: title, note: detail.map { formatCounted(Int64($0.eventCount), "event") } ?? "",
      focused: windows.focus == .detail
    ).inset(horizontally: 1, vertically: 0)
    guard let detail else {
      canvas.put("asking…", in: inside, row: inside.height / 2, .muted, align: .center)
      return
    }
    let historyRows = min(max(1, detail.firings.count) + 2, max(3, inside.height / 3))
    drawHistory(detail, Rect(inside.x, inside.y, inside.width, historyRows), &canvas)
    let events = Rect(
      inside.x, inside.y + historyRows, inside.width, inside.height - historyRows)
    var columns: [TableColumn<RecordRow>] = [
      .fitted("record", in: detail.events, limit: 12, priority: 1, align: .trailing) {
        (formatCount($0.position), .muted)
      },
      .fitted("event time", in: detail.events, limit: 24, priority: 0) {
        ($0.eventTime.map { formatClock($0, milliseconds: true) } ?? unknownText, .text)
      },
      .fitted("", in: detail.events, limit: 6, priority: 0) {
        ($0.isLate ? "L late" : "•", $0.isLate ? .late : .good)
      },
    ]
    for (index, name) in detail.columns.enumerated() {
      columns.append(
        .fitted(name, in: detail.events, limit: 20, priority: 2 + index) {
          ($0.values.element(at: index) ?? unknownText, .text)
        })
    }
    TableView(
      columns: columns, rows: detail.events, total: detail.events.count,
      selected: windows.focus == .detail ? windows.event.place : nil,
      empty: "Its events are not known any more."
    ).draw(in: events, on: &canvas)
  }

  /// What it has fired, the newest last, or when it will.
  private func drawHistory(_ detail: WindowDetail, _ area: Rect, _ canvas: inout Canvas) {
    let window = detail.window
    let state = "\(window.state.glyph) \(window.state.rawValue)"
    canvas.put(
      [
        (state, window.state.role), ("  \(formatCounted(window.rows, "row"))  ", .text),
        (
          WindowColumns.fires(
            window, watermark: run.view.watermark, endsByTime: run.view.windowsEndByTime
          ).0, .muted
        ),
      ], area.x, area.y, clip: area)
    let firings = detail.firings.suffix(area.height - 2)
    guard !firings.isEmpty else {
      canvas.put("It has not fired.", in: area, row: 1, .muted)
      return
    }
    for (row, firing) in firings.enumerated() {
      let values = zip(run.view.valueNames, firing.values).map { "\($0) \($1)" }
      canvas.put(
        [
          ("◆ \(firing.kind)", .windowFired),
          ("  at \(formatCount(firing.position))  wm \(formatClock(firing.watermark))  ", .muted),
          (values.joined(separator: "  "), .text),
        ], area.x, area.y + 1 + row, clip: area)
    }
  }
}

extension ReplayView {
  /// What the windows shown are called: with their operator's name where there are several.
  var windowsTitle: String {
    guard windowNodes.count > 1, let shown = windowNodes.first(where: { $0.node == windowNode })
    else { return "windows" }
    return "windows of \(shown.name)"
  }
}
