import Columns
import Runtime
import Terminal

extension StudioState {
  /// Actions of the checkpoints screen; nil for those that are none.
  mutating func performInCheckpoints(_ action: StudioAction) -> [StudioEffect]? {
    guard let run else { return nil }
    var state = run.checkpoints
    var effects: [StudioEffect] = []
    if state.filter?.isTyping != true, action == .nextTab || action == .previousTab {
      let tabs = CheckpointsState.Tab.allCases
      let place = (tabs.firstIndex(of: state.tab) ?? 0) + (action == .nextTab ? 1 : -1)
      return showCheckpoints((place + tabs.count) % tabs.count)
    }
    switch state.tab {
    case .lab: guard perform(action, in: &state.lab, of: run.view) else { return nil }
    case .sinks: return nil
    case .replay:
      guard let caused = perform(action, inListOf: &state) else { return nil }
      effects = caused
    case .disk:
      guard let caused = perform(action, onDiskOf: &state) else { return nil }
      effects = caused
    }
    self.run?.checkpoints = state
    return effects
  }

  /// Shows a tab. What is on disk is looked at each time, for runs may have gone on.
  mutating func showCheckpoints(_ tab: Int) -> [StudioEffect] {
    guard let tab = CheckpointsState.Tab.allCases.element(at: tab) else { return [] }
    run?.checkpoints.tab = tab
    return tab == .disk ? [.lookOnDisk(verifying: nil)] : []
  }

  private mutating func perform(
    _ action: StudioAction, inListOf state: inout CheckpointsState
  ) -> [StudioEffect]? {
    if state.list.edit(action) {
      state.reload()
      return []
    }
    switch action {
    case .reverseList, .sortList: return turnAround(&state)
    case .accept: return state.selection.map { move(.position($0.view.position)) } ?? []
    default:
      let ids = state.shown.map(\.view.id)
      return state.list.move(action, ids, offset: 0, total: ids.count, page: listPage) ? [] : nil
    }
  }

  private mutating func perform(
    _ action: StudioAction, onDiskOf state: inout CheckpointsState
  ) -> [StudioEffect]? {
    if state.diskList.edit(action) {
      state.reload()
      return []
    }
    switch action {
    case .reverseList, .sortList: return turnAround(&state)
    case .accept:
      guard let entry = state.diskSelection else { return [] }
      notice = "reading every byte of \(entry.path)"
      return [.lookOnDisk(verifying: entry.path)]
    default:
      let ids = state.shownOnDisk.map(\.path)
      return state.diskList.move(action, ids, offset: 0, total: ids.count, page: listPage)
        ? [] : nil
    }
  }

  private var listPage: Int { ScreenFrame(size).body.height - 4 }

  private mutating func turnAround(_ state: inout CheckpointsState) -> [StudioEffect] {
    state.isOldestFirst.toggle()
    state.reload()
    notice = state.isOldestFirst ? "oldest first" : "newest first"
    return []
  }

  /// A checkpoint was read to its last byte.
  mutating func take(verified entry: DiskCheckpoints.Entry) {
    run?.checkpoints.take(verified: entry)
    if case .damaged(let faults) = entry.status {
      notice = "\(entry.name) is damaged: \(faults.first ?? "")"
    } else {
      notice = "\(entry.name) is sound: \(formatBytes(entry.bytes)) read, every checksum holds"
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
    case .zoomPanel: lab.isZoomed.toggle()
    case .filterList, .sortList, .reverseList:
      notice = "the lists of checkpoints can be filtered and sorted: h goes there"
    case .close where lab.isZoomed: lab.isZoomed = false
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
      case .moment: lab.moment = moved(lab.moment, CrashLabState.moments(view).count)
      case .distance:
        lab.distance = moved(lab.distancePlace(view), CrashLabState.distances.count)
      case .story:
        lab.scroll = moved(lab.scroll, lab.report.map { CrashStory.lines($0).count } ?? 0)
      }
    }
    return true
  }
}
