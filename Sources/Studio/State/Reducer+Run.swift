import Runtime
import Terminal

extension StudioState {
  /// Actions of the run screen: focus, selection, timeline; nil for those that are none.
  mutating func performInRun(_ action: StudioAction) -> [StudioEffect]? {
    guard let current = run else { return [] }
    if run?.filter.edit(action) == true { return [] }
    switch action {
    case .nextPanel: focusPanel(by: 1)
    case .previousPanel: focusPanel(by: -1)
    case .zoomPanel: togglePanelZoom()
    case .close:
      // Esc takes away what was put on top, the last first.
      if run?.zoomed != nil {
        run?.zoomed = nil
      } else {
        run?.selectedWindow = nil
        run?.selectedKey = nil
        run?.selectedBox = nil
      }
    case .sortList: sortNext()
    case .zoomIn: zoomTimeline(by: 1)
    case .zoomOut: zoomTimeline(by: -1)
    case .panLeft: current.focus == .pipeline ? selectBox(by: -1) : panTimeline(by: -1)
    case .panRight: current.focus == .pipeline ? selectBox(by: 1) : panTimeline(by: 1)
    case .follow: run?.timeline = TimelineState()
    case .up: select(by: -1)
    case .down: select(by: 1)
    case .pageUp: select(by: -8)
    case .pageDown: select(by: 8)
    case .first: select(by: -1_000_000)
    case .last: select(by: 1_000_000)
    case .accept where current.focus == .timeline: pinLane()
    case .accept: return performInReplay(.why)
    default: return nil
    }
    return []
  }

  private mutating func focusPanel(by step: Int) {
    guard let current = run, let index = RunPanel.allCases.firstIndex(of: current.focus) else {
      return
    }
    let count = RunPanel.allCases.count
    let panel = RunPanel.allCases[(index + step + count) % count]
    run?.focus = panel
    if current.zoomed != nil { run?.zoomed = panel }
  }

  private mutating func togglePanelZoom() {
    guard let current = run else { return }
    run?.zoomed = current.zoomed == nil ? current.focus : nil
  }

  private mutating func sortNext() {
    guard let order = run?.order.next(values: 0) else { return }
    run?.order = order
    notice = "windows by \(order.title([]))"
  }

  mutating func select(by step: Int) {
    guard let current = run else { return }
    switch current.focus {
    case .timeline:
      run?.selectedKey = neighbour(
        of: current.selectedKey, in: current.lanes.map(\.key), by: step)
    case .windows:
      run?.selectedWindow = neighbour(
        of: current.selectedWindow, in: current.sortedWindows.map(\.id), by: step)
    case .pipeline: selectBox(by: step)
    case .health: break
    }
  }

  private mutating func selectBox(by step: Int) {
    guard let current = run else { return }
    let chain = PipelineChain(current.view.boxes)
    run?.selectedBox = neighbour(
      of: current.selectedBox, in: chain.chain + chain.branches, by: step)
  }

  /// Keeps the selected lane on top, or lets it go.
  private mutating func pinLane() {
    guard let key = run?.selectedKey else {
      notice = "no lane is selected: ↑ and ↓ select one"
      return
    }
    if let index = run?.pinnedKeys.firstIndex(of: key) {
      run?.pinnedKeys.remove(at: index)
      notice = "\(key) moves with its activity again"
    } else {
      run?.pinnedKeys.append(key)
      notice = "\(key) stays on top"
    }
  }

  private mutating func zoomTimeline(by step: Int) {
    guard let current = run else { return }
    let plot = TimelineScale.plotWidth(for: size)
    let old = TimelineScale(current.view, current.timeline, width: plot)
    var timeline = current.timeline
    timeline.zoom += step
    var new = TimelineScale(current.view, timeline, width: plot)
    if new.cells == old.cells {
      notice = step > 0 ? "this is as large as it gets" : "this is as small as it gets"
      return
    }
    if timeline.left != nil {
      // The middle stays in the middle.
      let middle = old.time(atCell: old.left + Int64(plot / 2))
      timeline.left = new.cell(of: middle) - Int64(plot / 2)
      new = TimelineScale(current.view, timeline, width: plot)
    }
    run?.timeline = timeline
  }

  private mutating func panTimeline(by step: Int) {
    guard let current = run else { return }
    let plot = TimelineScale.plotWidth(for: size)
    let scale = TimelineScale(current.view, current.timeline, width: plot)
    run?.timeline.left = scale.left + Int64(step * max(1, min(plot / 4, scale.cells)))
  }
}

extension RunState {
  /// What `w` is about when nothing was selected: the window that changed last.
  var windowToExplain: WindowView? {
    let candidates = view.windows.filter { selectedKey == nil || $0.key == selectedKey }
    return (candidates.isEmpty ? view.windows : candidates).max { a, b in
      a.changedAt == b.changedAt ? a.start < b.start : a.changedAt < b.changedAt
    }
  }
}

/// The element so many places on, stopping at the ends; without a current one, the first.
func neighbour<Element: Equatable>(
  of current: Element?, in list: [Element], by step: Int
) -> Element? {
  guard !list.isEmpty else { return nil }
  guard let current, let index = list.firstIndex(of: current) else {
    return step > 1 ? list.last : list.first
  }
  return list[min(max(0, index + step), list.count - 1)]
}
