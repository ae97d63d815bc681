import Runtime
import Terminal

/// Answers an event with the state after it and what must be done outside.
///
/// The only place where the state changes; it knows no clock, no terminal and no engine.
public func reduce(_ state: inout StudioState, _ event: StudioEvent) -> [StudioEffect] {
  switch event {
  case .action(let action):
    state.notice = nil
    if let reason = state.reasonAgainst(action) {
      state.notice = "\(action.title): \(reason)"
      return []
    }
    return state.perform(action)
  case .text(let character): return state.type(character)
  case .click(let target): return state.click(target)
  case .wheel(let target, let lines): return state.wheel(target, lines)
  case .resized(let size):
    state.size = size
    return []
  case .opened(let opened): return state.show(opened)
  case .openFailed(let path, let text):
    state.opening = nil
    let name = path.split(separator: "/").last.map(String.init) ?? path
    state.overlay = .message(title: "cannot open \(name)", text: text, scroll: 0)
    return []
  case .replayed(let report):
    state.run?.take(report)
    return []
  case .replayFailed(let text):
    state.run?.isPlaying = false
    state.run?.isMoving = false
    state.run?.fault = text
    state.overlay = .message(title: "the replay stopped", text: text, scroll: 0)
    return []
  }
}

extension RunState {
  mutating func take(_ report: ReplayReport) {
    view = report.view
    rates = report.rates
    isMoving = report.isMoving
    isPlaying = report.isPlaying
  }
}

extension StudioState {
  mutating func perform(_ action: StudioAction) -> [StudioEffect] {
    if overlay != nil, let effects = performInOverlay(action) { return effects }
    switch action {
    case .quit: return [.quit]
    case .help:
      overlay = .help(SearchList())
      return []
    case .palette:
      overlay = .palette(SearchList())
      return []
    case .nextTheme: return selectTheme((themeIndex + 1) % max(1, themes.count))
    case .toggleMouse:
      settings.isMouseOn.toggle()
      notice = settings.isMouseOn ? "the mouse is the studio's" : "the mouse selects text"
      return [.setMouse(settings.isMouseOn), .saveSettings(settings)]
    case .showGallery:
      screen = .gallery
      return []
    case .showRun:
      screen = .run
      return []
    default:
      return screen == .gallery ? performInGallery(action) : performInRun(action)
    }
  }

  mutating func selectTheme(_ index: Int) -> [StudioEffect] {
    guard themes.indices.contains(index) else { return [] }
    themeIndex = index
    settings.theme = themeName
    notice = "theme: \(themeName)"
    return [.saveSettings(settings)]
  }

  mutating func open(_ path: String) -> [StudioEffect] {
    opening = path
    overlay = nil
    return [.open(path: path)]
  }

  fileprivate mutating func show(_ opened: OpenedSummary) -> [StudioEffect] {
    opening = nil
    overlay = nil
    let speed = settings.speed.flatMap(Speed.init(label:)) ?? .standard
    run = RunState(opened, speed: speed)
    screen = .run
    settings.noteOpened(opened.path)
    return [.saveSettings(settings)]
  }

  private mutating func performInGallery(_ action: StudioAction) -> [StudioEffect] {
    let items = gallery.items(settings)
    let page = max(1, size.height / 2)
    switch action {
    case .up: selectGalleryRow(gallery.selected - 1, of: items.count)
    case .down: selectGalleryRow(gallery.selected + 1, of: items.count)
    case .first: selectGalleryRow(0, of: items.count)
    case .last: selectGalleryRow(items.count - 1, of: items.count)
    case .pageUp: gallery.scroll = max(0, gallery.scroll - page)
    case .pageDown: gallery.scroll += page
    case .filterGallery: gallery.isFiltering = true
    case .eraseCharacter:
      if !gallery.filter.isEmpty { gallery.filter.removeLast() }
      selectGalleryRow(0, of: gallery.items(settings).count)
    case .eraseAll:
      gallery.filter = ""
      selectGalleryRow(0, of: gallery.items(settings).count)
    case .close:
      if gallery.isFiltering || !gallery.filter.isEmpty {
        gallery.isFiltering = false
        gallery.filter = ""
        selectGalleryRow(0, of: gallery.items(settings).count)
      } else if run != nil {
        screen = .run
      }
    case .accept, .openSelected:
      gallery.isFiltering = false
      guard items.indices.contains(gallery.selected) else { return [] }
      return open(items[gallery.selected].path)
    default:
      // Transport works wherever a pipeline is open.
      if run != nil { return performInRun(action) }
    }
    return []
  }

  mutating func selectGalleryRow(_ index: Int, of count: Int) {
    gallery.selected = min(max(0, index), max(0, count - 1))
    gallery.scroll = 0
  }
}
