import Columns
import Runtime
import Terminal
import VisibleText

/// The windows as a table; columns that do not fit are left out, the least important first.
struct WindowsView {
  let run: RunState
  let area: Rect
  let isFocused: Bool

  private struct Column {
    var title: String
    var width: Int
    /// The larger, the earlier it is dropped.
    var priority: Int
    var align: Alignment
    /// Whether it stands out for a while when the window has changed.
    var pulses = false
    var text: (WindowView) -> (String, ThemeRole)
  }

  func draw(on canvas: inout Canvas) {
    guard area.height >= 1, area.width >= 8 else { return }
    let windows = run.sortedWindows
    guard !windows.isEmpty else {
      canvas.put(
        "No window has opened yet.", in: area, row: area.height / 2, .muted, align: .center)
      return
    }
    let columns = fitting(self.columns(windows))
    drawRow(columns.map { ($0, ($0.title, ThemeRole.muted)) }, area.y, nil, false, &canvas)

    let room = max(0, area.height - 1)
    let selected = windows.firstIndex { $0.id == run.selectedWindow } ?? 0
    let first = min(max(0, selected - room + 1), max(0, windows.count - room))
    for (row, window) in windows.dropFirst(first).prefix(room).enumerated() {
      let y = area.y + 1 + row
      let line = Rect(area.x, y, area.width, 1)
      let isSelected = window.id == run.selectedWindow
      var base: Style?
      if isSelected {
        base = canvas.theme[.selection]
        canvas.grid.fill(line, canvas.theme[.selection])
      }
      let isFresh = window.isFresh(at: run.view.position)
      drawRow(columns.map { ($0, $0.text(window)) }, y, base, isFresh, &canvas)
      canvas.hit(line, .window(window.id))
    }
  }

  private func drawRow(
    _ cells: [(Column, (String, ThemeRole))], _ y: Int, _ base: Style?,
    _ isFresh: Bool, _ canvas: inout Canvas
  ) {
    var x = area.x
    for (column, (text, role)) in cells {
      var style = canvas.theme[role]
      if isFresh, column.pulses {
        let changed = canvas.theme[.changed]
        style = changed.foreground(style.foreground).adding(.bold)
      }
      if let base { style = style.background(base.background).adding(base.attributes) }
      canvas.put(text, in: Rect(x, y, column.width, 1), style, align: column.align)
      x += column.width + 2
    }
  }

  private func columns(_ windows: [WindowView]) -> [Column] {
    func width(_ title: String, _ limit: Int, _ text: (WindowView) -> String) -> Int {
      let widest = windows.prefix(200).map { DisplayWidth.columns(of: text($0)) }.max() ?? 0
      return min(limit, max(DisplayWidth.columns(of: title), widest))
    }
    let view = run.view
    var columns = [
      Column(
        title: "key", width: width("key", 16) { $0.key }, priority: 1, align: .leading
      ) { ($0.key.isEmpty ? "(all)" : $0.key, .text) },
      Column(
        title: "window", width: width("window", 27) { formatBounds(start: $0.start, end: $0.end) },
        priority: 0, align: .leading
      ) { (formatBounds(start: $0.start, end: $0.end), .text) },
      Column(title: "state", width: 9, priority: 0, align: .leading) {
        ("\($0.state.glyph) \($0.state.rawValue)", $0.state.role)
      },
      Column(
        title: "rows", width: width("rows", 9) { formatCount($0.rows) }, priority: 2,
        align: .trailing, pulses: true
      ) { (formatCount($0.rows), .text) },
    ]
    for (index, name) in view.valueNames.enumerated() {
      let text = { (window: WindowView) -> String in
        window.values.element(at: index) ?? unknownText
      }
      columns.append(
        Column(
          title: name, width: width(name, 14, text), priority: 4 + index, align: .trailing,
          pulses: true
        ) {
          (text($0), $0.state == .updated ? .windowUpdated : .text)
        })
    }
    let isShort = area.width < 62
    let fires = { (window: WindowView) in
      Self.fires(
        window, watermark: view.watermark, endsByTime: view.windowsEndByTime, isShort: isShort)
    }
    columns.append(
      Column(
        title: "fires", width: width("fires", 22) { fires($0).0 },
        priority: 3, align: .leading, text: fires))
    return columns
  }

  /// `3.0 s`, `1× · kept 8 s`, `2×`.
  static func fires(
    _ window: WindowView, watermark: Int64, endsByTime: Bool = true, isShort: Bool = false
  ) -> (String, ThemeRole) {
    switch window.state {
    case .open:
      guard endsByTime, let wait = timeBetween(watermark, window.firesAt) else {
        return (unknownText, .muted)
      }
      // The rule compares with end − 1; people think of the end.
      return ("in " + formatSpan(wait + 1), .accent)
    case .fired, .updated:
      if isShort { return ("\(window.firings)×", .muted) }
      guard endsByTime, let kept = timeBetween(watermark, window.purgedAt), kept > 0 else {
        return ("fired \(window.firings)×", .muted)
      }
      return ("fired \(window.firings)× · kept \(formatSpan(kept))", .muted)
    case .purged: return (isShort ? "\(window.firings)×" : "fired \(window.firings)×", .muted)
    }
  }

  /// The columns that fit, taken by priority, in their order.
  private func fitting(_ columns: [Column]) -> [Column] {
    var taken: Set<Int> = []
    var used = -2
    let order = columns.indices.sorted {
      (columns[$0].priority, $0) < (columns[$1].priority, $1)
    }
    for index in order where used + 2 + columns[index].width <= area.width {
      used += 2 + columns[index].width
      taken.insert(index)
    }
    return columns.indices.filter { taken.contains($0) }.map { columns[$0] }
  }
}
