import Runtime
import Terminal

extension StudioState {
  /// What an action does while something lies on top; nil where it acts as without it.
  mutating func performInOverlay(_ action: StudioAction) -> [StudioEffect]? {
    switch action {
    case .close:
      overlay = nil
      return []
    case .quit, .nextTheme, .toggleMouse: return nil
    default: break
    }
    switch overlay {
    case .help(let list):
      return search(list, action, rows: helpRows(list.query).count) { .help($0) }
    case .palette(let list):
      return search(list, action, rows: paletteRows(list.query).count) { .palette($0) }
    case .goTo(let text, _): return edit(text, action)
    case .why(let id, let scroll):
      if let to = scrolled(scroll, action) { overlay = .why(id, scroll: to) }
    case .whyWatermark(let scroll):
      if let to = scrolled(scroll, action) { overlay = .whyWatermark(scroll: to) }
    case .message(let title, let text, let scroll):
      if let to = scrolled(scroll, action) {
        overlay = .message(title: title, text: text, scroll: to)
      }
    case nil: return nil
    }
    if action == .accept {
      overlay = nil
      return []
    }
    // The replay may be moved under an explanation, which follows it.
    switch overlay {
    case .why, .whyWatermark: if action.isTransport { return nil }
    default: break
    }
    return []
  }

  private func scrolled(_ scroll: Int, _ action: StudioAction) -> Int? {
    switch action {
    case .up: max(0, scroll - 1)
    case .down: scroll + 1
    case .pageUp: max(0, scroll - size.height / 2)
    case .pageDown: scroll + size.height / 2
    case .first: 0
    default: nil
    }
  }

  private mutating func search(
    _ list: SearchList, _ action: StudioAction, rows: Int, _ wrap: (SearchList) -> Overlay
  ) -> [StudioEffect] {
    var list = list
    let last = max(0, rows - 1)
    switch action {
    case .up: list.selected = max(0, list.selected - 1)
    case .down: list.selected = min(last, list.selected + 1)
    case .pageUp: list.selected = max(0, list.selected - size.height / 2)
    case .pageDown: list.selected = min(last, list.selected + size.height / 2)
    case .first: list.selected = 0
    case .last: list.selected = last
    case .eraseCharacter:
      if !list.query.isEmpty { list.query.removeLast() }
      list.selected = 0
    case .eraseAll: list = SearchList()
    case .accept: return acceptRow(list.selected)
    default: return []
    }
    overlay = wrap(list)
    return []
  }

  /// Runs what a row of the help or the palette stands for; a disabled one says why.
  mutating func acceptRow(_ index: Int) -> [StudioEffect] {
    switch overlay {
    case .help(let list):
      let rows = helpRows(list.query)
      guard rows.indices.contains(index) else { return [] }
      return runFromList(rows[index].action)
    case .palette(let list):
      let rows = paletteRows(list.query)
      guard rows.indices.contains(index) else { return [] }
      switch rows[index] {
      case .action(let action): return runFromList(action)
      case .entry(_, let path): return open(path)
      case .theme(let name):
        overlay = nil
        return selectTheme(themes.firstIndex(of: name) ?? themeIndex)
      }
    default: return []
    }
  }

  private mutating func runFromList(_ action: StudioAction) -> [StudioEffect] {
    overlay = nil
    return reduce(&self, .action(action))
  }

  private mutating func edit(_ text: String, _ action: StudioAction) -> [StudioEffect] {
    switch action {
    case .eraseCharacter: overlay = .goTo(text: String(text.dropLast()), fault: nil)
    case .eraseAll: overlay = .goTo(text: "", fault: nil)
    case .accept:
      let near = run?.view.maxEventTime ?? run?.view.windows.first?.start
      switch GoToTarget.move(for: text, near: near, total: run?.total) {
      case .success(let target):
        overlay = nil
        return move(target)
      case .failure(let fault): overlay = .goTo(text: text, fault: fault.text)
      }
    default: break
    }
    return []
  }

  /// Takes a character into the field that is open.
  mutating func type(_ character: Character) -> [StudioEffect] {
    let limit = 200
    switch overlay {
    case .help(let list) where list.query.count < limit:
      overlay = .help(SearchList(query: list.query + String(character)))
    case .palette(let list) where list.query.count < limit:
      overlay = .palette(SearchList(query: list.query + String(character)))
    case .goTo(let text, _) where text.count < limit:
      overlay = .goTo(text: text + String(character), fault: nil)
    case nil where screen == .gallery && gallery.isFiltering && gallery.filter.count < limit:
      gallery.filter.append(character)
      selectGalleryRow(0, of: gallery.items(settings).count)
    default: break
    }
    return []
  }

  /// Whether characters go to a field instead of being keys.
  public var takesText: Bool {
    switch overlay {
    case .help, .palette, .goTo: true
    case .why, .whyWatermark, .message: false
    case nil: screen == .gallery && gallery.isFiltering
    }
  }
}

extension StudioAction {
  /// Whether it moves the replay.
  var isTransport: Bool {
    switch self {
    case .playPause, .stepForward, .stepBack, .nextFiring, .previousFiring, .nextWatermark,
      .previousWatermark, .nextLate, .restart, .faster, .slower:
      true
    default: false
    }
  }
}
