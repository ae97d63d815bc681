import Pipelines
import Runtime
import Terminal
import VisibleText

/// An operator at work on ten events.
extension OverlayView {
  private static func exampleSize(_ screen: Size) -> Size {
    Size(min(screen.width - 4, 112), min(screen.height - 2, 36))
  }

  /// The explanation below the picture, and how many of its lines are seen at once.
  private static func exampleDetails(
    _ example: OperatorExample, _ screen: Size
  ) -> (lines: [String], rows: Int) {
    let size = exampleSize(screen)
    let lines = TextFit.wrapped(
      example.details.split(separator: "\n").joined(separator: " "), to: max(1, size.width - 4))
    let height = size.height - 2
    return (lines, height >= 26 ? min(lines.count, 6) : height >= 18 ? min(lines.count, 2) : 0)
  }

  /// How far the explanation of an example scrolls.
  static func exampleLastScroll(_ shown: ExampleState, _ screen: Size) -> Int {
    let (lines, rows) = exampleDetails(shown.example, screen)
    return rows == 0 ? 0 : lines.count - rows
  }

  func drawExample(_ shown: ExampleState, _ canvas: inout Canvas) {
    let example = shown.example
    let size = Self.exampleSize(canvas.grid.size)
    let frame =
      "event \(min(shown.frame, OperatorExample.eventCount)) of \(OperatorExample.eventCount)"
    let end = shown.frame > OperatorExample.eventCount ? "end of the input" : frame
    let inside = window(
      example.title, size, note: "\(shown.isPlaying ? "▶" : "❚❚") \(end) · Space . , step", &canvas)
    let summary = TextFit.wrapped(example.summary, to: max(1, inside.width)).prefix(2)
    for (row, text) in summary.enumerated() { canvas.put(text, in: inside, row: row, .title) }
    let hint = TextFit.wrapped(example.hint, to: max(1, inside.width))
      .prefix(inside.height >= 22 ? 3 : 2)
    for (row, text) in hint.enumerated() {
      canvas.put(text, in: inside, row: summary.count + row, .accent)
    }
    // Where there is little room, the picture needs it.
    let gap = inside.height >= 22 ? 1 : 0
    let top = inside.y + summary.count + hint.count + gap
    let (details, detailRows) = Self.exampleDetails(example, canvas.grid.size)
    let stage = Rect(
      inside.x, top, inside.width, max(0, inside.bottom - detailRows - gap - top))
    if let fault = shown.fault {
      canvas.put(fault, in: stage, row: 0, .bad)
    } else if let reel = shown.reel, let view = reel.views.element(at: shown.frame) {
      drawStage(shown, reel, view, stage, &canvas)
    } else {
      canvas.put("…", in: stage, row: 0, .muted)
    }
    let first = min(max(0, shown.scroll), max(0, details.count - detailRows))
    for (row, text) in details.dropFirst(first).prefix(detailRows).enumerated() {
      canvas.put(text, in: inside, row: inside.height - detailRows + row, .muted)
    }
    guard detailRows > 0 else { return }
    if first > 0 { canvas.put("▲", inside.right, inside.bottom - detailRows, .accent) }
    if first + detailRows < details.count {
      canvas.put("▼", inside.right, inside.bottom - 1, .accent)
    }
  }

  private func drawStage(
    _ shown: ExampleState, _ reel: ReplayReel, _ view: ReplayView, _ area: Rect,
    _ canvas: inout Canvas
  ) {
    let kind = shown.example.title.split(separator: ":").first.map(String.init) ?? ""
    // The events on the left, as they come.
    let showsSteps = area.width >= 96
    let steps = shown.example.steps.split(separator: "\n")
    let stepWidth = min(area.width - 59, (steps.map(\.count).max() ?? 0) + 2)
    let eventRows = min(OperatorExample.eventCount + 2, max(4, (area.height + 1) / 2))
    let eventWidth = showsSteps ? area.width - stepWidth - 1 : area.width
    drawEvents(shown, Rect(area.x, area.y, eventWidth, eventRows), &canvas)
    if showsSteps {
      let box = Rect(area.right - stepWidth, area.y, stepWidth, eventRows)
      let inside = canvas.panel(box, title: "pipeline", note: "", focused: false)
      let first = max(0, steps.count - inside.height)
      for (row, text) in steps.dropFirst(first).prefix(inside.height).enumerated() {
        canvas.put(
          GalleryText.yaml(String(text)), in: Rect(inside.x, inside.y + row, inside.width, 1))
      }
    }
    let below = Rect(area.x, area.y + eventRows, area.width, max(0, area.height - eventRows))
    guard below.height > 3 else { return }
    if ["window", "aggregate", "key_by"].contains(kind),
      view.windowSizeMs != nil || !view.windows.isEmpty
    {
      let half = below.width >= 90 ? below.width * 6 / 10 : below.width
      drawTimeline(view, Rect(below.x, below.y, half, below.height), &canvas)
      guard half < below.width else { return }
      drawRows(
        "results", reel, shown, Rect(below.x + half, below.y, below.width - half, below.height),
        &canvas)
    } else {
      drawRows(kind == "sink" ? "written" : "rows after it", reel, shown, below, &canvas)
    }
  }

  private func drawEvents(_ shown: ExampleState, _ area: Rect, _ canvas: inout Canvas) {
    let fates = fates(shown)
    let room = max(1, area.height - 2)
    let first = min(max(0, shown.frame - room + 1), max(0, OperatorExample.eventCount - room))
    let count = OperatorExample.eventCount
    let isWhole = room >= count
    let inside = canvas.panel(
      area, title: "events", note: isWhole ? "" : "\(first + 1)–\(first + room) of \(count)",
      focused: false)
    if first > 0 { canvas.put("▲", area.right - 1, inside.y, .muted) }
    if first + room < count { canvas.put("▼", area.right - 1, inside.bottom - 1, .muted) }
    for row in 0..<room {
      let index = first + row
      guard let text = shown.example.events.element(at: index) else { break }
      let hasCome = index < shown.frame
      let isNewest = index == shown.frame - 1
      let (sign, role) = hasCome ? fates[Int64(index)] ?? ("✓", .good) : (" ", .muted)
      canvas.put(sign, inside.x + 1, inside.y + row, role, clip: inside)
      let style = canvas.theme[hasCome ? (isNewest ? .title : .text) : .muted]
      canvas.put(
        text, in: Rect(inside.x + 3, inside.y + row, max(0, inside.width - 4), 1),
        isNewest ? style.adding(.reverse) : style)
    }
  }

  /// What became of each event at the operator.
  private func fates(_ shown: ExampleState) -> [Int64: (String, ThemeRole)] {
    guard let reel = shown.reel, let node = reel.rows.nodes.element(at: reel.node) else {
      return [:]
    }
    var fates: [Int64: (String, ThemeRole)] = [:]
    for row in node.before.rows {
      switch row.fate {
      case .passed: break
      case .filtered: fates[row.position] = ("✗", .muted)
      case .late: fates[row.position] = ("!", .late)
      case .bad: fates[row.position] = ("✗", .bad)
      }
    }
    for bad in node.bad { fates[bad.position] = ("✗", .bad) }
    return fates
  }

  private func drawTimeline(_ view: ReplayView, _ area: Rect, _ canvas: inout Canvas) {
    let inside = canvas.panel(
      area, title: "windows", note: "wm \(formatClock(view.watermark))", focused: false)
    let run = RunState(
      OpenedSummary(path: "", name: "", logName: "", view: view), speed: .standard)
    TimelineView(
      run: run, area: Rect(inside.x + 1, inside.y, max(0, inside.width - 1), inside.height),
      gutter: 5, isCompact: true
    ).draw(on: &canvas)
  }

  private func drawRows(
    _ title: String, _ reel: ReplayReel, _ shown: ExampleState, _ area: Rect,
    _ canvas: inout Canvas
  ) {
    guard let node = reel.rows.nodes.element(at: reel.node) else { return }
    let isSink = shown.example.title.hasPrefix("sink")
    let side = isSink ? node.before : node.after
    // A frame shows what the events so far have brought; the last one, the end of the input too.
    let isEnd = shown.frame > OperatorExample.eventCount
    let rows = side.rows.filter { isEnd || $0.position < Int64(shown.frame) }
    let inside = canvas.panel(
      area, title: title, note: "\(rows.count)", focused: false
    ).inset(horizontally: 1, vertically: 0)
    let columns = side.columns.enumerated().filter { index, name in
      !["kind", "firing", "window_time", "watermark", "missed_by_ms"].contains(name)
        || side.rows.contains { ($0.values.element(at: index) ?? nil) != nil }
    }
    TableView(
      columns: columns.map { index, name in
        // The end of a window can be told from its start.
        .fitted(name, in: rows, limit: 14, priority: name == "window_end" ? 90 : index) { row in
          (row.values.element(at: index) ?? nil)
            .map { (PreviewTime.short($0, showsDate: false), .text) } ?? ("NULL", .muted)
        }
      }, rows: rows, total: rows.count, selected: rows.isEmpty ? nil : rows.count - 1,
      target: { _, _ in .overlay }, empty: "nothing yet"
    ).draw(in: inside, on: &canvas)
  }
}
