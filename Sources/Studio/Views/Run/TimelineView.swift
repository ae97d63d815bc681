import Columns
import Runtime
import Terminal
import VisibleText

/// Event time from left to right, a lane for each key, windows as boxes, the watermark through all.
struct TimelineView {
  let run: RunState
  let area: Rect
  let gutter: Int
  let isCompact: Bool
  /// The axis and the lanes, where they are shared with another timeline.
  var shared: (scale: TimelineScale, lanes: [KeyView])?

  private var view: ReplayView { run.view }

  /// The rows inside of the panel and what they are for.
  private struct Rows {
    var axis: Int
    var lanes: Rect
    var laneHeight: Int
    /// Where in a lane its windows lie above each other; 1 where none overlap.
    var levels: Int
    /// The row of a lane on which events stand.
    var markRow: Int
    var next: Int?
    var legend: Int?
  }

  func draw(on canvas: inout Canvas) {
    guard area.width > gutter + 4, area.height >= 3 else { return }
    let plot = Rect(area.x + gutter + 1, area.y, area.width - gutter - 1, area.height)
    let scale = shared?.scale ?? TimelineScale(view, run.timeline, width: plot.width)
    let levels = WindowLevels(view.windows)
    let all = shared?.lanes ?? run.lanes
    let rows = layout(levels.count, keys: max(1, all.count))
    let lanesArea = Rect(plot.x, rows.lanes.y, plot.width, rows.lanes.height)

    let lanes = visibleLanes(all.map(\.key), max(1, rows.lanes.height / rows.laneHeight))
    drawAxis(scale, Rect(plot.x, rows.axis, plot.width, 1), &canvas)
    if all.isEmpty {
      canvas.put(
        emptyWords, in: rows.lanes, row: rows.lanes.height / 2, .muted, align: .center)
    }
    // By how many signs stand before a name: of a lane that is selected or pinned.
    let names = (0...2).map { signs in
      TextFit.distinct(lanes.shown.map(shownKey), to: gutter - signs)
    }
    for (index, key) in lanes.shown.enumerated() {
      let lane = Rect(
        plot.x, rows.lanes.y + index * rows.laneHeight, plot.width, rows.laneHeight)
      drawLane(key, names, lane, rows, levels, scale, &canvas)
    }
    drawMarks(lanes.shown, rows, plot, scale, &canvas)
    let used = min(lanesArea.height, max(1, lanes.shown.count * rows.laneHeight))
    drawLag(scale, Rect(plot.x, lanesArea.y, plot.width, used), &canvas)
    drawWatermark(scale, Rect(plot.x, rows.axis, plot.width, used + 1), &canvas)
    if let row = rows.next { drawNext(row, &canvas) }
    if let row = rows.legend { drawLegend(row, &canvas) }
    if lanes.hidden > 0 {
      canvas.put(
        "+\(lanes.hidden) \(lanes.hidden == 1 ? "key" : "keys")",
        in: Rect(area.x, rows.axis, gutter, 1), .muted)
    } else {
      canvas.put("key", in: Rect(area.x, rows.axis, gutter, 1), .muted)
    }
  }

  private var emptyWords: String {
    if !view.keys.isEmpty { return "No key contains “\(run.filter.text)”." }
    if view.windowNodes.isEmpty, view.position > 0 { return ReplayView.noWindows }
    return view.isAtEnd ? "The log held no event." : "No event yet. Space plays, . steps."
  }

  private func layout(_ levels: Int, keys: Int) -> Rows {
    let hasNext = area.height >= 4
    // Where there is little room, only a row that lanes of two rows would leave empty.
    let hasLegend =
      shared == nil && area.height >= 12
      || shared == nil && area.height >= 7 && (area.height - 2) % 2 == 1
    let below = (hasNext ? 1 : 0) + (hasLegend ? 1 : 0)
    let lanes = Rect(area.x, area.y + 1, area.width, area.height - 1 - below)
    var laneHeight = keys * 3 <= lanes.height ? 3 : lanes.height >= 2 ? 2 : 1
    var shownLevels = 1
    if levels > 1, lanes.height >= 3 {
      // Windows that overlap lie above each other, events below them; a few lanes stay in sight.
      let room = lanes.height / min(keys, lanes.height >= 9 ? 3 : 2) - 1
      shownLevels = min(levels, max(2, room))
      laneHeight = min(shownLevels + 1, lanes.height)
    }
    return Rows(
      axis: area.y, lanes: lanes, laneHeight: laneHeight, levels: shownLevels,
      markRow: shownLevels > 1 ? laneHeight - 1 : laneHeight > 1 ? 1 : 0,
      next: hasNext ? lanes.bottom : nil, legend: hasLegend ? lanes.bottom + 1 : nil)
  }

  /// The lanes that fit, moved so that the selected one is among them.
  private func visibleLanes(
    _ keys: [String], _ count: Int
  ) -> (shown: [String], hidden: Int) {
    let selected = run.selectedKey.flatMap { keys.firstIndex(of: $0) } ?? 0
    let first = min(max(0, selected - count + 1), max(0, keys.count - count))
    let shown = Array(keys.dropFirst(first).prefix(count))
    return (shown, keys.count - shown.count)
  }

  private func drawAxis(_ scale: TimelineScale, _ line: Rect, _ canvas: inout Canvas) {
    for tick in scale.ticks() where tick.column < line.width {
      canvas.put("╷" + tick.label, line.x + tick.column, line.y, .muted, clip: line)
    }
  }

  private func drawLane(
    _ key: String, _ names: [[String: String]], _ lane: Rect, _ rows: Rows, _ levels: WindowLevels,
    _ scale: TimelineScale,
    _ canvas: inout Canvas
  ) {
    let isSelected = key == run.selectedKey
    let name = Rect(area.x, lane.y, gutter, 1)
    let sign = (isSelected ? "▸" : "") + (run.pinnedKeys.contains(key) ? "◆" : "")
    canvas.put(
      sign + (names[sign.count][shownKey(key)] ?? key), in: name,
      isSelected ? .focus : .text)
    if lane.height > 1, let events = view.keys.first(where: { $0.key == key })?.events {
      let words = formatCompact(events) + (events == 1 ? " event" : " events")
      let fits = DisplayWidth.columns(of: words) < gutter
      canvas.put(fits ? words : formatCompact(events), in: name.offset(0, 1), .muted)
    }
    canvas.hit(Rect(area.x, lane.y, area.width, lane.height), .lane(key))
    for window in view.windows where window.key == key {
      let left = scale.column(of: window.start)
      let right = max(left + 1, scale.column(of: window.end))
      guard right > 0, left < lane.width else { continue }
      // What is cut off at the left keeps its label in sight.
      let (from, to) = (max(left, -2), min(right, lane.width + 2))
      var place = lane
      if rows.levels > 1 {
        // The newest windows are the ones to see where not all fit.
        let level = levels[window.id] % rows.levels
        place = Rect(lane.x, lane.y + level, lane.width, 1)
      }
      drawWindow(window, from, to - from, place, &canvas)
    }
  }

  private func drawWindow(
    _ window: WindowView, _ column: Int, _ width: Int, _ lane: Rect, _ canvas: inout Canvas
  ) {
    let isSelected = window.id == run.selectedWindow
    let isFresh = window.isFresh(at: view.position)
    var style = canvas.theme[window.state.role]
    if isFresh { style = style.bold }
    let border = window.state.border
    let x = lane.x + column
    let label =
      window.labels.first { DisplayWidth.columns(of: $0) + 5 <= width }
      ?? window.labels.last.flatMap { DisplayWidth.columns(of: $0) + 2 <= width ? $0 : nil }
    if width == 1 {
      canvas.put(border.side, x, lane.y, style, clip: lane)
    } else {
      let fill = String(repeating: border.top, count: max(0, width - 2))
      canvas.put(border.topLeft + fill + border.topRight, x, lane.y, style, clip: lane)
    }
    drawSeams(of: window, x, width, lane, style, &canvas)
    if let label {
      let wide = DisplayWidth.columns(of: label) + 5 <= width
      var look = isSelected ? canvas.theme[.selection] : style
      if isFresh, !isSelected { look = canvas.theme[.changed].bold }
      canvas.put(wide ? " \(label) " : label, x + (wide ? 2 : 1), lane.y, look, clip: lane)
    }
    guard lane.height > 1, width > 1 else { return }
    canvas.put(border.side, x, lane.y + 1, style, clip: lane)
    canvas.put(border.side, x + width - 1, lane.y + 1, style, clip: lane)
    guard lane.height > 2 else { return }
    let fill = String(repeating: border.top, count: width - 2)
    canvas.put(border.bottomLeft + fill + border.bottomRight, x, lane.y + 2, style, clip: lane)
  }

  /// Where the sessions ended that became this one.
  private func drawSeams(
    of window: WindowView, _ x: Int, _ width: Int, _ lane: Rect, _ style: Style,
    _ canvas: inout Canvas
  ) {
    guard window.mergedFrom.count > 1, window.end > window.start, width > 4 else { return }
    for span in window.mergedFrom.sorted(by: { $0.start < $1.start }).dropFirst() {
      let part = Double(span.start - window.start) / Double(window.end - window.start)
      let column = x + Int(part * Double(width - 1))
      guard column > x, column < x + width - 1 else { continue }
      canvas.put("┬", column, lane.y, style, clip: lane)
      if lane.height > 1, canvas.grid.bounds.contains(column, lane.y + 1) {
        canvas.put("┊", column, lane.y + 1, .muted, clip: lane)
      }
    }
  }

  private func shownKey(_ key: String) -> String { key.isEmpty ? "(all)" : key }
}

// MARK: what lies over the windows

extension TimelineView {
  /// Between the watermark and the newest event: what is still waited for.
  private func drawLag(_ scale: TimelineScale, _ lanes: Rect, _ canvas: inout Canvas) {
    guard let newest = view.maxEventTime, timeBetween(view.watermark, newest) != nil else { return }
    let from = max(0, scale.column(of: view.watermark) + 1)
    let to = min(lanes.width, scale.column(of: newest) + 1)
    guard from < to else { return }
    let area = Rect(lanes.x + from, lanes.y, to - from, lanes.height)
    let ground = canvas.theme[.background].background
    let tint = Self.lagTint(canvas.theme)
    // A shade behind everything where there are colours enough, else dots where nothing stands.
    if let tint {
      canvas.grid.restyle(area) { $0.background == ground ? $0.background(tint) : $0 }
      return
    }
    for row in area.rows {
      for column in area.columns where canvas.grid[column, row].glyph.text == " " {
        canvas.put("░", column, row, canvas.theme[.muted], clip: area)
      }
    }
  }

  /// The ground between watermark and newest event; nil where a shade cannot be shown.
  private static func lagTint(_ theme: Theme) -> Color? {
    let ground = theme[.background].background
    guard theme.depth == .truecolor || theme.depth == .indexed256, ground.components != nil else {
      return nil
    }
    return ground.mixed(with: theme[.late].foreground, 0.22)
  }

  private func drawMarks(
    _ keys: [String], _ rows: Rows, _ plot: Rect, _ scale: TimelineScale, _ canvas: inout Canvas
  ) {
    struct Place: Hashable {
      var lane: Int
      var column: Int
    }
    var lanes: [String: Int] = [:]
    for (index, key) in keys.enumerated() { lanes[key] = index }
    var places: [Place: (kind: EventMark.Kind, count: Int, isFresh: Bool)] = [:]
    for mark in view.marks {
      guard let lane = lanes[mark.key] else { continue }
      let column = scale.column(of: mark.time)
      guard (0..<plot.width).contains(column) else { continue }
      let fresh = view.position - mark.position < Pulse.records
      let place = Place(lane: lane, column: column)
      let old = places[place]
      places[place] = (
        Self.graver(old?.kind, mark.kind), (old?.count ?? 0) + 1, fresh || old?.isFresh == true
      )
    }
    for (place, mark) in places {
      let y = rows.lanes.y + place.lane * rows.laneHeight + rows.markRow
      guard y < rows.lanes.bottom else { continue }
      let (text, role): (String, ThemeRole) =
        switch mark.kind {
        case .onTime: (mark.count > 1 ? "●" : "•", .text)
        case .lateUpdated: ("L", .late)
        case .lateDropped: ("!", .bad)
        }
      var style = canvas.theme[role]
      if mark.kind != .onTime { style = style.bold }
      if mark.isFresh { style = canvas.theme[.changed].bold.foreground(style.foreground) }
      canvas.put(text, plot.x + place.column, y, style, clip: plot)
    }
  }

  private static func graver(_ a: EventMark.Kind?, _ b: EventMark.Kind) -> EventMark.Kind {
    if a == .lateDropped || b == .lateDropped { return .lateDropped }
    return a == .lateUpdated ? .lateUpdated : b
  }

  private func drawWatermark(_ scale: TimelineScale, _ plot: Rect, _ canvas: inout Canvas) {
    guard view.watermark > minWatermark, view.watermark != maxWatermark else { return }
    let position = scale.position(of: view.watermark)
    guard position >= 0, position < Double(plot.width) else {
      // Out of sight: say on which side.
      let isLeft = position < 0
      canvas.put(
        isLeft ? "◂wm" : "wm▸", isLeft ? plot.x : plot.right - 3, plot.y, .watermark, clip: plot)
      return
    }
    canvas.put("▼", plot.x + Int(position), plot.y, .watermark, clip: plot)
    let column = plot.x + Int(position)
    let line = canvas.theme[.watermark]
    // Two places in a cell, of one weight: the line moves without flickering.
    let glyph = position - position.rounded(.down) < 0.5 ? "▌" : "▐"
    for row in plot.y + 1..<max(plot.y + 1, plot.bottom) {
      let cell = canvas.grid[column, row]
      let isWord = cell.glyph.text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "→" }
      if isWord {
        // What it crosses stays readable: the letter stands in the line.
        let ground = canvas.theme[.background].background
        let attributes: Attributes = canvas.theme.depth == .mono ? [.reverse] : [.bold]
        canvas.put(cell.glyph.text, column, row, Style(ground, on: line.foreground, attributes))
      } else {
        canvas.put(glyph, column, row, line.background(cell.style.background), clip: plot)
      }
    }
  }

  private func drawNext(_ row: Int, _ canvas: inout Canvas) {
    let line = Rect(area.x, row, area.width, 1)
    guard let next = view.nextFiring else {
      let why =
        view.windowsEndByTime
        ? "\(unknownText) no window is open" : view.windowRule ?? unknownText
      canvas.put("next: \(why)", in: line, .muted)
      return
    }
    var column = canvas.put("next: ", line.x, row, .muted, clip: line)
    column = canvas.put(
      [
        ("at watermark ", .muted), ("≥ \(formatClock(next.watermark))", .watermark), ("  ", .muted),
        (formatBounds(start: next.start, end: next.end), .windowOpen), (" fires", .windowOpen),
      ], column, row, clip: line)
    let named = next.candidates.prefix(isCompact ? 2 : 4)
    var shown = 0
    for (index, candidate) in named.enumerated() {
      let words = "  \(shownKey(candidate.key)) with \(formatCount(candidate.rows)) +99 keys"
      guard column + DisplayWidth.columns(of: words) <= line.right else { break }
      shown += 1
      column = canvas.put(
        [
          (index == 0 ? "  " : ", ", .muted), (shownKey(candidate.key), .text),
          (" with \(formatCount(candidate.rows))", .muted),
        ], column, row, clip: line)
    }
    let rest = next.keyCount - shown
    let more = " +\(rest) \(rest == 1 ? "key" : "keys")"
    if next.keyCount > shown, column + DisplayWidth.columns(of: more) <= line.right {
      column = canvas.put(more, column, row, .muted, clip: line)
    }
    let needs =
      next.eventTimeNeeded.map { "  needs an event ≥ \(formatClock($0))" }
      ?? "  needs watermark ≥ \(formatClock(next.watermark))"
    if column + DisplayWidth.columns(of: needs) <= line.right {
      canvas.put(needs, column, row, .accent, clip: line)
    }
  }

  private func drawLegend(_ row: Int, _ canvas: inout Canvas) {
    let line = Rect(area.x, row, area.width, 1)
    let lag = view.maxEventTime.flatMap { timeBetween(view.watermark, $0) }.map(formatSpan)
    var pieces: [(String, ThemeRole)] = [
      ("•", .text), (" on time  ", .muted), ("L", .late), (" updated  ", .muted),
      ("!", .bad), (" too late  ", .muted), ("▌", .watermark), (" watermark ", .muted),
      (formatClock(view.watermark), .watermark), ("  ", .muted),
    ]
    let shade = pieces.count
    pieces += [("░░", .late), (" lag \(lag ?? unknownText)", .muted)]
    if !isCompact {
      pieces += [
        ("   ┌─┐", .windowOpen), (" open ", .muted), ("╔═╗", .windowFired), (" fired ", .muted),
        ("┌┄┐", .windowPurged), (" purged", .muted),
      ]
    }
    canvas.put(pieces, line.x, row, clip: line)
    guard let tint = Self.lagTint(canvas.theme) else { return }
    let start = pieces.prefix(shade).reduce(line.x) { $0 + DisplayWidth.columns(of: $1.0) }
    canvas.put("  ", start, row, canvas.theme[.text].background(tint), clip: line)
  }
}

extension Rect {
  func offset(_ columns: Int, _ rows: Int) -> Rect { Rect(x + columns, y + rows, width, height) }
}
