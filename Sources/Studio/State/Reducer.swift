import Columns
import Pipelines
import Runtime
import Terminal

/// Answers an event with the state after it and what must be done outside.
///
/// The only place where the state changes; it knows no clock, no terminal and no engine.
public func reduce(_ state: inout StudioState, _ event: StudioEvent) -> [StudioEffect] {
  let effects = state.answer(event)
  return effects + state.ask() + state.follow()
}

extension RunState {
  mutating func take(_ report: ReplayReport) {
    if isHeld {
      held = report
      // Only the picture is held: what the transport does is told.
      (isMoving, isPlaying) = (report.isMoving, report.isPlaying)
      return
    }
    view = report.view
    load = report.load
    isMoving = report.isMoving
    isPlaying = report.isPlaying
    if !isMoving { movingAt = nil }
    if let seen = report.pair { pair?.view = seen }
  }

  /// Takes all that the replay says from another state, and nothing else.
  mutating func takeData(of run: RunState) {
    movingAt = run.movingAt
    (view, load, isMoving, isPlaying) = (run.view, run.load, run.isMoving, run.isPlaying)
    (asked, held, whyAnswer) = (run.asked, run.held, run.whyAnswer)
    (windows.page, windows.detail) = (run.windows.page, run.windows.detail)
    (windows.list.place, windows.event.place) = (run.windows.list.place, run.windows.event.place)
    checkpoints.known = run.checkpoints.known
    checkpoints.list.place = run.checkpoints.list.place
    checkpoints.disk = run.checkpoints.disk
    checkpoints.diskList.place = run.checkpoints.diskList.place
    (output.page, output.list.place) = (run.output.page, run.output.list.place)
    if let data = run.pair {
      pair?.view = data.view
      pair?.page = data.page
      pair?.list.place = data.list.place
    }
    (time.picture, time.picturedAt, time.tuning) =
      (run.time.picture, run.time.picturedAt, run.time.tuning)
  }

  /// Shows what came while the view was held.
  mutating func release() {
    guard let report = held else { return }
    held = nil
    take(report)
  }
}

extension StudioState {
  fileprivate mutating func answer(_ event: StudioEvent) -> [StudioEffect] {
    switch event {
    case .action(let action):
      notice = nil
      if let reason = reasonAgainst(action) {
        notice = "\(action.title): \(reason)"
        return []
      }
      return perform(action)
    case .text(let character): return type(character)
    case .click(let target): return click(target)
    case .drag(let target, let step): drag(target, step)
    case .wheel(let target, let lines): return wheel(target, lines)
    case .resized(let size): self.size = size
    case .opened(let opened): return show(opened)
    case .openFailed(let path, let text):
      opening = nil
      afterOpening = nil
      // What cannot run for its faults is mended where it is written.
      if let compose, compose.path == path, compose.document.hasErrors {
        screen = .compose
        notice = "it has faults: \(keyWords(.composeFaults)) lists them"
        return []
      }
      let name = path.split(separator: "/").last.map(String.init) ?? path
      overlay = .message(title: "cannot open \(name)", text: text, scroll: 0)
    case .replayed(let report): run?.take(report)
    case .moving(let position): if run?.isMoving == true { run?.movingAt = position }
    case .replayFailed(let text):
      run?.isPlaying = false
      run?.isMoving = false
      run?.fault = text
      run?.checkpoints.lab.asked = nil
      overlay = .message(title: "the replay stopped", text: text, scroll: 0)
    case .answered(let query, let answer): take(answer, to: query)
    case .job(let news): return take(news)
    case .composed(let news): return take(news)
    case .tick: return tick()
    case .onDisk(let found): run?.checkpoints.take(found)
    case .verified(let entry): take(verified: entry)
    case .paired(let edits): take(variant: edits)
    case .pairFailed(let text): take(variantFault: text)
    case .copied(let bytes, let isDone):
      notice =
        isDone
        ? "copied \(formatBytes(Int64(bytes)))"
        : "not copied: \(formatBytes(Int64(bytes))) are more than terminals take"
    }
    return []
  }

  mutating func perform(_ action: StudioAction) -> [StudioEffect] {
    if tour != nil, action == .tourNext || action == .tourBack {
      return goOnTour(by: action == .tourNext ? 1 : -1)
    }
    if overlay != nil, let effects = performInOverlay(action) { return effects }
    if action == .showCompose { return showCompose() }
    if let screen = StudioScreen(showing: action) {
      overlay = nil
      // What is shown is what is written.
      if screen.needsPipeline, compose != nil, run.map(isStale) ?? true,
        self.screen == .compose || run == nil
      {
        return openComposed(on: screen)
      }
      self.screen = screen
      guard screen.needsPipeline, settings.lastScreen != screen.rawValue else { return [] }
      settings.lastScreen = screen.rawValue
      return [.saveSettings(settings)]
    }
    switch action {
    case .quit: return quit()
    case .runForReal:
      return screen == .compose && job == nil ? runComposed() : runForReal()
    case .tryValue: return screen == .compose ? tryComposed() : tryValue()
    case .tour: return startTour()
    case .newPipeline:
      wantsCompose = true
      return [.compose(.new)]
    case .otherVariant: return showOtherVariant()
    case .leaveVariant: return leaveVariant()
    case .help: overlay = .help(SearchList())
    case .palette: overlay = .palette(SearchList())
    case .settings: overlay = .settings(selected: 0)
    case .linear:
      let text = LinearText.describe(self).joined(separator: "\n")
      overlay = .message(title: "in plain lines", text: text, scroll: 0)
    case .nextTheme: return selectTheme((themeIndex + 1) % max(1, themes.count))
    case .toggleMouse: return setMouse(!settings.isMouseOn)
    default: return performOnScreen(action)
    }
    return []
  }

  private mutating func performOnScreen(_ action: StudioAction) -> [StudioEffect] {
    let effects: [StudioEffect]? =
      switch screen {
      case .gallery: performInGallery(action)
      case .compose: performInCompose(action)
      case .run: performInRun(action)
      case .windows: performInWindows(action)
      case .time: performInTime(action)
      case .checkpoints: performInCheckpoints(action)
      case .output: performInOutput(action)
      case .pair: performInPair(action)
      }
    return effects ?? performInReplay(action)
  }

  mutating func selectTheme(_ index: Int) -> [StudioEffect] {
    guard themes.indices.contains(index) else { return [] }
    themeIndex = index
    settings.theme = themeName
    notice = "theme: \(themeName)"
    return [.saveSettings(settings)]
  }

  mutating func setMouse(_ isOn: Bool) -> [StudioEffect] {
    settings.isMouseOn = isOn
    notice = isOn ? "the mouse is the studio's" : "the mouse selects text"
    return [.setMouse(isOn), .saveSettings(settings)]
  }

  mutating func setSymbols(_ symbols: SymbolSet) -> [StudioEffect] {
    self.symbols = symbols
    settings.symbols = symbols.rawValue
    notice = "symbols: \(symbols.rawValue)"
    return [.saveSettings(settings)]
  }

  /// Opens a pipeline to be seen and written; a log is written a pipeline for.
  mutating func open(_ path: String) -> [StudioEffect] {
    opening = path
    overlay = nil
    afterOpening = nil
    let lower = path.lowercased()
    guard lower.hasSuffix(".yaml") || lower.hasSuffix(".yml") else { return write(path) }
    wantsCompose = false
    isOpeningCompose = true
    return [.open(PipelineFile(path: path)), .compose(.open(path: path))]
  }

  /// Opens a pipeline, a log or a template on the compose screen.
  mutating func write(_ path: String) -> [StudioEffect] {
    opening = path
    overlay = nil
    wantsCompose = true
    isOpeningCompose = true
    return [.compose(.open(path: path))]
  }

  /// What is written; its start page where nothing is.
  private mutating func showCompose() -> [StudioEffect] {
    overlay = nil
    if isOpeningCompose {
      // It is shown as soon as it is there.
      wantsCompose = true
      return []
    }
    screen = compose == nil ? .gallery : .compose
    return []
  }

  private mutating func show(_ opened: OpenedSummary) -> [StudioEffect] {
    opening = nil
    overlay = nil
    let speed = settings.speed.flatMap(Speed.init(label:)) ?? .standard
    run = RunState(opened, speed: speed)
    // What was open last is shown as it was left.
    let left = settings.lastFile == opened.path ? settings.lastScreen : nil
    screen = left.flatMap(StudioScreen.init(rawValue:)).flatMap { $0.returns ? $0 : nil } ?? .run
    let effects = arrive()
    settings.lastScreen = screen.rawValue
    if opened.text == nil { settings.noteOpened(opened.path) }
    return effects + [.saveSettings(settings)]
  }
}
