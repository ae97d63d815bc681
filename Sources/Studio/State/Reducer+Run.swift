import Runtime
import Terminal

extension StudioState {
  /// Actions of the run screen: transport, focus, selection, timeline.
  mutating func performInRun(_ action: StudioAction) -> [StudioEffect] {
    guard run != nil else { return [] }
    switch action {
    case .playPause: return playPause()
    case .stepForward: return move(.events(1))
    case .stepBack: return move(.events(-1))
    case .nextFiring: return move(.nextFiring)
    case .previousFiring: return move(.previousFiring)
    case .nextWatermark: return move(.nextWatermark)
    case .previousWatermark: return move(.previousWatermark)
    case .nextLate: return move(.nextLate)
    case .restart: return move(.position(0))
    case .faster: return setSpeed(run?.speed.faster)
    case .slower: return setSpeed(run?.speed.slower)
    case .goTo: overlay = .goTo(text: "", fault: nil)
    case .why where run?.focus == .health:
      overlay = .whyWatermark(scroll: 0)
    case .why:
      guard let window = run?.selection ?? run?.windowToExplain else { return [] }
      run?.selectedWindow = window.id
      overlay = .why(window.id, scroll: 0)
    case .nextPanel: focusPanel(by: 1)
    case .previousPanel: focusPanel(by: -1)
    case .zoomPanel: togglePanelZoom()
    case .close:
      // Esc takes away what was put on top, the last first.
      if run?.zoomed != nil {
        run?.zoomed = nil
      } else if run?.selectedWindow != nil || run?.selectedKey != nil {
        run?.selectedWindow = nil
        run?.selectedKey = nil
      }
    case .sortWindows:
      sortNext()
    case .zoomIn: zoomTimeline(by: 1)
    case .zoomOut: zoomTimeline(by: -1)
    case .panLeft: panTimeline(by: -1)
    case .panRight: panTimeline(by: 1)
    case .follow: run?.timeline = TimelineState()
    case .up: select(by: -1)
    case .down: select(by: 1)
    case .pageUp: select(by: -8)
    case .pageDown: select(by: 8)
    case .first: select(by: -1_000_000)
    case .last: select(by: 1_000_000)
    case .accept:
      return run?.focus == .windows || run?.focus == .health ? performInRun(.why) : []
    default: break
    }
    return []
  }

  mutating func move(_ move: ReplayMove) -> [StudioEffect] {
    run?.isPlaying = false
    run?.isMoving = true
    run?.fault = nil
    return [.move(move)]
  }

  private mutating func playPause() -> [StudioEffect] {
    guard let current = run else { return [] }
    if current.isPlaying || current.isMoving {
      run?.isPlaying = false
      run?.isMoving = false
      return [.pause]
    }
    if current.view.isAtEnd {
      notice = "the log has ended: r restarts, , steps back"
      return []
    }
    run?.isPlaying = true
    run?.fault = nil
    return [.play(current.speed)]
  }

  private mutating func setSpeed(_ speed: Speed?) -> [StudioEffect] {
    guard let speed else { return [] }
    run?.speed = speed
    settings.speed = speed.label
    notice = "speed \(speed.label)"
    let save = StudioEffect.saveSettings(settings)
    return run?.isPlaying == true ? [.play(speed), save] : [save]
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
    guard let order = run?.order.next else { return }
    run?.order = order
    notice = "windows by \(order.rawValue)"
  }

  mutating func select(by step: Int) {
    guard let current = run else { return }
    if current.focus == .timeline {
      run?.selectedKey = neighbour(
        of: current.selectedKey, in: current.view.keys.map(\.key), by: step)
    } else if current.focus == .windows {
      run?.selectedWindow = neighbour(
        of: current.selectedWindow, in: current.sortedWindows.map(\.id), by: step)
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
