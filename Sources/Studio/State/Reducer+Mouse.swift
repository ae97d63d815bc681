import Runtime
import Terminal

extension StudioState {
  mutating func click(_ target: HitTarget) -> [StudioEffect] {
    switch target {
    case .overlay: return []
    case .overlayRow(let row): return acceptRow(row)
    case .hint(let action): return reduce(&self, .action(action))
    default: break
    }
    guard overlay == nil else {
      // Beside the overlay: it closes.
      return performInOverlay(.close) ?? []
    }
    switch target {
    case .tab(let screen): return reduce(&self, .action(screen.action))
    case .galleryRow(let row):
      let items = gallery.items(settings)
      guard items.indices.contains(row) else { return [] }
      if gallery.selected == row { return openListed(items[row].path) }
      selectGalleryRow(row, of: items.count)
    case .composePanel(let panel): if compose?.edit == nil { compose?.focus = panel }
    case .composeRows(let side):
      guard compose?.edit == nil else { return [] }
      compose?.focus = .rows
      compose?.showsBefore = side == 0
    case .composeStep(let place):
      guard compose?.edit == nil else { return [] }
      if compose?.place == place, compose?.focus == .chain {
        compose?.focus = .form
      } else {
        compose?.focus = .chain
        selectStep(place)
      }
    case .composeField(let index):
      guard compose?.edit == nil else { return [] }
      let isChosen = compose?.focus == .form && compose?.fieldIndex == index
      compose?.focus = .form
      compose?.fieldIndex = index
      if isChosen { beginEdit() }
    case .panel(let panel): run?.focus = panel
    case .splitter(.belowTimeline): run?.focus = .windows
    case .splitter(.besideWindows): run?.focus = .health
    case .window(let id):
      run?.focus = .windows
      if run?.selectedWindow == id { return reduce(&self, .action(.why)) }
      run?.selectedWindow = id
    case .lane(let key):
      run?.focus = .timeline
      run?.selectedKey = key
    case .box(let index):
      run?.focus = .pipeline
      if run?.selectedBox == index { return reduce(&self, .action(.why)) }
      run?.selectedBox = index
    case .scrubber(let thousandths):
      guard let total = run?.total else {
        notice = "the size of the log is not known, so the scrubber cannot seek"
        return []
      }
      let part = Int64(min(max(0, thousandths), 1000))
      return move(.position(total / 1000 * part + total % 1000 * part / 1000))
    case .listRow(let place): clickListRow(place)
    case .timePanel(let panel): run?.time.focus = panel
    case .listHead(let column): if screen == .windows { sortWindows(byColumn: column) }
    case .listTab(let tab):
      if screen == .output { showOutput(tab) }
      if screen == .checkpoints { return showCheckpoints(tab) }
    case .overlay, .overlayRow, .hint, .nothing: break
    }
    return []
  }

  /// Selects a row of the screen's list; one that is selected already is opened.
  private mutating func clickListRow(_ place: Int) {
    switch screen {
    case .gallery, .run, .time, .compose: break
    case .pair:
      guard var pair = run?.pair else { return }
      if pair.list.choose(place, pair.ids, offset: pair.page?.offset ?? 0) { run?.pair = pair }
    case .windows:
      guard var windows = run?.windows else { return }
      if windows.opened != nil, windows.focus == .detail {
        _ = windows.event.choose(
          place, windows.detail?.events.map(\.position) ?? [], offset: 0)
        run?.windows = windows
      } else if !windows.list.choose(
        place, windows.page?.windows.map(\.id) ?? [], offset: windows.page?.offset ?? 0)
      {
        _ = performInWindows(.accept)
      } else {
        run?.windows = windows
      }
    case .checkpoints:
      guard var state = run?.checkpoints else { return }
      if state.tab == .disk {
        _ = state.diskList.choose(place, state.shownOnDisk.map(\.path), offset: 0)
      } else {
        _ = state.list.choose(place, state.shown.map(\.view.id), offset: 0)
      }
      run?.checkpoints = state
    case .output:
      guard var output = run?.output else { return }
      if !output.list.choose(place, output.ids, offset: output.page?.offset ?? 0) {
        output.isOpen.toggle()
      }
      run?.output = output
    }
  }

  /// Moves the border, or the time, that the mouse holds.
  mutating func drag(_ target: HitTarget, _ step: Drag) {
    guard overlay == nil, let current = run else { return }
    switch target {
    case .splitter(.belowTimeline):
      run?.splits.below = ScreenFrame(size).body.bottom - step.row
    case .splitter(.besideWindows): run?.splits.windows = step.column
    case .lane where screen == .run, .panel(.timeline):
      let scale = TimelineScale(
        current.view, current.timeline, width: TimelineScale.plotWidth(for: size))
      run?.timeline.left = scale.left - Int64(step.columns)
    default: break
    }
  }

  mutating func wheel(_ target: HitTarget?, _ lines: Int) -> [StudioEffect] {
    let action: StudioAction = lines < 0 ? .up : .down
    if overlay != nil { return performInOverlay(action) ?? [] }
    switch screen {
    case .gallery:
      if case .galleryRow = target { return reduce(&self, .action(action)) }
      gallery.scroll = max(0, gallery.scroll + lines * 3)
      return []
    case .compose:
      if case .composeRows(let side)? = target {
        // Rows may be looked through while a field is typed into.
        if compose?.edit == nil { _ = click(.composeRows(side)) }
        scrollRows(lines * 3, side: side)
        return []
      }
      if case .composePanel(let panel)? = target { compose?.focus = panel }
      if case .composeStep? = target { compose?.focus = .chain }
      if case .composeField? = target { compose?.focus = .form }
      return perform(action)
    case .windows, .checkpoints, .output, .time, .pair:
      if case .scrubber = target { return move(.events(lines < 0 ? -1 : 1)) }
      return perform(action)
    case .run: break
    }
    switch target {
    case .window: run?.focus = .windows
    case .lane: run?.focus = .timeline
    case .panel(let panel): run?.focus = panel
    case .scrubber: return move(.events(lines < 0 ? -1 : 1))
    default: return []
    }
    select(by: lines < 0 ? -1 : 1)
    return []
  }
}
