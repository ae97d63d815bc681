import Columns
import Runtime
import Terminal

/// The panels of the run screen.
struct RunView {
  let run: RunState
  let body: Rect
  let tier: RunLayout.Tier

  func draw(on canvas: inout Canvas) {
    let chain = PipelineChain(run.view.boxes)
    let layout = RunLayout(
      body, tier: tier, focus: run.focus, zoomed: run.zoomed,
      pipelineRows: chain.rows(isCompact: tier != .full), splits: run.splits)
    // The focused border lies over the shared ones, and titles over all borders.
    let order = RunPanel.allCases.filter { $0 != run.focus } + [run.focus]
    let panels = order.compactMap { panel in
      layout.panels[panel].flatMap { $0.isEmpty ? nil : (panel: panel, area: $0) }
    }
    for (panel, area) in panels { canvas.border(area, focused: panel == run.focus) }
    for (panel, area) in panels { draw(panel, area, layout, &canvas) }
    for (splitter, area) in layout.splitters { canvas.hit(area, .splitter(splitter)) }
  }

  private func draw(
    _ panel: RunPanel, _ area: Rect, _ layout: RunLayout, _ canvas: inout Canvas
  ) {
    let isFocused = panel == run.focus
    let isAlone = layout.panels.count == 1
    var title = panel.title
    if panel == .windows {
      title = run.view.windowsTitle + " \(formatCount(Int64(run.view.windows.count)))"
      let live = run.view.liveWindowCount
      if live > 0 { title += " · \(formatCount(Int64(live))) live" }
    }
    if isAlone, let place = RunPanel.allCases.firstIndex(of: panel) {
      title += "  \(place + 1)/\(RunPanel.allCases.count)"
    }
    canvas.hit(area, .panel(panel))
    canvas.title(
      area, title, note: note(panel, isCompact: layout.tier != .full), focused: isFocused)
    let inside = area.inset()
    let content = inside.inset(horizontally: 1, vertically: 0)
    let isCompact = layout.tier != .full
    switch panel {
    case .pipeline: PipelineView(run: run, area: content, isCompact: isCompact).draw(on: &canvas)
    case .timeline:
      TimelineView(
        run: run, area: Rect(inside.x + 1, inside.y, inside.width - 1, inside.height),
        gutter: TimelineScale.gutter(for: canvas.grid.width), isCompact: isCompact
      ).draw(on: &canvas)
    case .windows:
      WindowsView(run: run, area: content).draw(on: &canvas)
    case .health: HealthView(run: run, area: content).draw(on: &canvas)
    }
  }

  private func note(_ panel: RunPanel, isCompact: Bool) -> String {
    switch panel {
    case .pipeline:
      guard run.view.accounting.isBalanced else { return "records unaccounted for" }
      return run.isPlaying
        ? LoadWords.note(run.load, run.view.boxes, isShort: isCompact) : ""
    case .timeline:
      let date = run.view.maxEventTime.map { String(formatMoment($0).prefix(10)) + " UTC" }
      let mode = run.timeline.left == nil ? "" : "not following · 0 follows"
      return [run.filter.note, mode, date ?? "", "event time ▸"].filter { !$0.isEmpty }.joined(
        separator: " · ")
    case .windows:
      return (run.filter.isEmpty ? "" : run.filter.note + " · ")
        + "by \(run.order.title(run.view.valueNames))"
    case .health: return ""
    }
  }
}

/// A screen that is too small for panels still says where it stands.
struct TooSmallView {
  let run: RunState?

  func draw(on canvas: inout Canvas) {
    let size = canvas.grid.size
    let least = RunLayout.leastSize
    var lines: [(String, ThemeRole)] = [
      ("Too small: \(size.width)×\(size.height)", .warning),
      ("needs \(least.width)×\(least.height)", .text),
    ]
    if let run {
      lines.append((TransportWords(run).text, .accent))
      lines.append(("\(formatCount(run.view.position)) read", .text))
      lines.append(("wm \(formatClock(run.view.watermark))", .watermark))
      lines.append(("Space plays  q quits", .muted))
    } else {
      lines.append(("q quits", .muted))
    }
    let top = max(0, (size.height - lines.count) / 2)
    for (row, line) in lines.enumerated() {
      canvas.put(line.0, in: Rect(0, top + row, size.width, 1), line.1, align: .center)
    }
  }
}
