import Columns
import Runtime
import Terminal

extension StudioState {
  /// Actions of the time screen; nil for those that are none.
  mutating func performInTime(_ action: StudioAction) -> [StudioEffect]? {
    guard let run else { return nil }
    switch action {
    case .nextPanel: focusTimePanel(by: 1)
    case .previousPanel: focusTimePanel(by: -1)
    case .zoomPanel: self.run?.time.isZoomed.toggle()
    case .zoomIn: zoomTime(by: 1)
    case .zoomOut: zoomTime(by: -1)
    case .follow:
      self.run?.time.zoom = 0
      self.run?.time.middle = nil
    case .panLeft: run.time.focus == .tuner ? weigh(by: -1) : selectPoint(by: -1)
    case .panRight: run.time.focus == .tuner ? weigh(by: 1) : selectPoint(by: 1)
    case .up: run.time.focus == .tuner ? weigh(by: -10) : selectPoint(by: -10)
    case .down: run.time.focus == .tuner ? weigh(by: 10) : selectPoint(by: 10)
    case .first: run.time.focus == .tuner ? weigh(by: -100_000) : selectPoint(by: -100_000)
    case .last: run.time.focus == .tuner ? weigh(by: 100_000) : selectPoint(by: 100_000)
    case .close:
      if run.time.isZoomed {
        self.run?.time.isZoomed = false
      } else {
        self.run?.time.selected = nil
        self.run?.time.candidate = nil
      }
    case .accept where run.time.focus == .tuner: return performInReplay(.copy)
    case .accept: return performInReplay(.why)
    default: return nil
    }
    return []
  }

  private mutating func focusTimePanel(by step: Int) {
    guard let current = run?.time.focus, let index = TimePanel.allCases.firstIndex(of: current)
    else { return }
    let count = TimePanel.allCases.count
    run?.time.focus = TimePanel.allCases[(index + step + count) % count]
  }

  private mutating func zoomTime(by step: Int) {
    guard let current = run else { return }
    let zoom = current.time.zoom + step
    guard zoom >= 0, current.view.position >> Int64(zoom) >= 20 else {
      notice = step > 0 ? "this is as large as it gets" : "this is all that was read"
      return
    }
    // What is selected stays in sight.
    run?.time.middle = current.time.selected ?? current.time.middle
    run?.time.zoom = zoom
  }

  /// Walks over the events of the diagonal, in their order of arrival.
  private mutating func selectPoint(by step: Int) {
    guard let time = run?.time, let points = time.picture?.points.map(\.position) else { return }
    run?.time.selected =
      time.selected == nil ? points.last : neighbour(of: time.selected, in: points, by: step)
  }

  /// Weighs another bound.
  private mutating func weigh(by step: Int) {
    guard let time = run?.time, let tuning = time.tuning, let now = time.weighed else {
      notice = "the bounds are still being measured"
      return
    }
    run?.time.candidate = neighbour(of: now.ms, in: tuning.bounds.map(\.ms), by: step)
  }
}
