import Runtime
import Terminal

extension StudioState {
  /// Actions of the checkpoints screen; nil for those that are none.
  mutating func performInCheckpoints(_ action: StudioAction) -> [StudioEffect]? {
    guard let run else { return nil }
    var state = run.checkpoints
    var effects: [StudioEffect] = []
    if !state.list.filter.isTyping, action == .nextTab || action == .previousTab {
      state.tab = state.tab == .lab ? .replay : .lab
    } else if state.tab == .lab {
      guard perform(action, in: &state.lab, of: run.view) else { return nil }
    } else {
      guard let caused = perform(action, inListOf: &state) else { return nil }
      effects = caused
    }
    self.run?.checkpoints = state
    return effects
  }

  mutating func showCheckpoints(_ tab: Int) {
    guard let tab = CheckpointsState.Tab.allCases.element(at: tab) else { return }
    run?.checkpoints.tab = tab
  }

  private mutating func perform(
    _ action: StudioAction, inListOf state: inout CheckpointsState
  ) -> [StudioEffect]? {
    if state.list.edit(action) {
      state.reload()
      return []
    }
    switch action {
    case .reverseList, .sortList:
      state.isOldestFirst.toggle()
      state.reload()
      notice = state.isOldestFirst ? "oldest first" : "newest first"
      return []
    case .accept: return state.selection.map { move(.position($0.view.position)) } ?? []
    default:
      let ids = state.shown.map(\.view.id)
      let page = ScreenFrame(size).body.height - 4
      return state.list.move(action, ids, offset: 0, total: ids.count, page: page) ? [] : nil
    }
  }

  private mutating func perform(
    _ action: StudioAction, in lab: inout CrashLabState, of view: ReplayView
  ) -> Bool {
    let panels = CrashLabState.Panel.allCases
    let place = panels.firstIndex(of: lab.focus) ?? 0
    switch action {
    case .nextPanel: lab.focus = panels[(place + 1) % panels.count]
    case .previousPanel: lab.focus = panels[(place + panels.count - 1) % panels.count]
    case .accept:
      lab.asked = lab.plan(view)
      lab.report = nil
    case .filterList, .sortList, .reverseList:
      notice = "the list of checkpoints can be filtered and sorted: h goes there"
    case .close:
      guard lab.report != nil || lab.asked != nil else { return false }
      (lab.report, lab.asked) = (nil, nil)
      lab.focus = .moment
    default:
      let step: Int
      switch action {
      case .up: step = -1
      case .down: step = 1
      case .pageUp: step = -8
      case .pageDown: step = 8
      case .first: step = -10_000
      case .last: step = 10_000
      default: return false
      }
      func moved(_ place: Int, _ count: Int) -> Int { min(max(0, place + step), max(0, count - 1)) }
      switch lab.focus {
      case .victim: lab.victim = moved(lab.victim, CrashLabState.victims(view).count)
      case .moment: lab.moment = moved(lab.moment, CrashPlan.Moment.allCases.count)
      case .story:
        lab.scroll = moved(lab.scroll, lab.report.map { CrashStory.lines($0).count } ?? 0)
      }
    }
    return true
  }
}
