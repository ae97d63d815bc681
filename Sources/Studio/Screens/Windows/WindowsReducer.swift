import Runtime
import Terminal

extension StudioState {
  /// Actions of the windows screen; nil for those that are none.
  mutating func performInWindows(_ action: StudioAction) -> [StudioEffect]? {
    guard var windows = run?.windows else { return nil }
    let rows = ScreenFrame(size).body.height - 3
    if action == .nextTab || action == .previousTab {
      return showWindowOperator(by: action == .nextTab ? 1 : -1)
    }
    if windows.opened != nil {
      guard perform(action, inDetailOf: &windows, page: rows) else { return nil }
    } else {
      guard perform(action, inListOf: &windows, page: rows) else { return nil }
    }
    run?.windows = windows
    return []
  }

  private mutating func perform(
    _ action: StudioAction, inListOf windows: inout WindowsState, page: Int
  ) -> Bool {
    if windows.list.edit(action) { return true }
    let names = run?.view.valueNames ?? []
    switch action {
    case .sortList:
      windows.order = windows.order.next(values: names.count)
      windows.isReversed = false
      notice = "windows by \(windows.order.title(names))"
    case .reverseList: windows.isReversed.toggle()
    case .accept:
      guard let selected = windows.list.selected else { return true }
      windows.opened = selected
      windows.detail = nil
      windows.event = ListState()
      windows.focus = .detail
    default:
      let loaded = windows.page ?? WindowsPage()
      return windows.list.move(
        action, loaded.windows.map(\.id), offset: loaded.offset, total: loaded.total, page: page)
    }
    return true
  }

  private mutating func perform(
    _ action: StudioAction, inDetailOf windows: inout WindowsState, page: Int
  ) -> Bool {
    switch action {
    case .close:
      windows.opened = nil
      windows.focus = .list
    case .nextPanel, .previousPanel: windows.focus = windows.focus == .list ? .detail : .list
    case .zoomPanel: windows.isZoomed.toggle()
    case .filterList, .sortList, .reverseList:
      notice = "Esc goes back to the list, which can be sorted and filtered"
    default:
      guard windows.focus == .detail else {
        // The list goes on being walked through, each window opened as it is reached.
        guard perform(action, inListOf: &windows, page: page) else { return false }
        if let selected = windows.list.selected { windows.opened = selected }
        return true
      }
      let ids = windows.detail?.events.map(\.position) ?? []
      return windows.event.move(action, ids, offset: 0, total: ids.count, page: page)
    }
    return true
  }

  /// Shows the windows of the next operator, on every screen.
  private mutating func showWindowOperator(by step: Int) -> [StudioEffect] {
    guard let view = run?.view, view.windowNodes.count > 1,
      let index = view.windowNodes.firstIndex(where: { $0.node == view.windowNode })
    else {
      notice = "the pipeline has no other windows"
      return []
    }
    let count = view.windowNodes.count
    let next = view.windowNodes[(index + step + count) % count]
    run?.windows = WindowsState()
    run?.selectedWindow = nil
    run?.selectedKey = nil
    notice = "windows of \(next.name)"
    return [.showWindows(of: next.node)]
  }

  /// A click on the head of a column: sorts by it, or the other way around.
  mutating func sortWindows(byColumn column: Int) {
    guard let run,
      let order = WindowColumns.order(of: column, values: run.view.valueNames.count)
    else { return }
    if run.windows.order == order {
      self.run?.windows.isReversed.toggle()
    } else {
      self.run?.windows.order = order
      self.run?.windows.isReversed = false
    }
  }
}
