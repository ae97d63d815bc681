import Runtime
public import Terminal

/// The studio on a screen: reads events, lets the reducer answer, carries out effects, draws.
///
/// The thread that calls ``run()`` owns the screen. It sleeps without limit while nothing plays
/// and draws only what changed, at most 30 times a second.
public final class StudioApp {
  /// How the studio came to its end.
  public enum Ending: Sendable, Equatable {
    case quit
    case terminated(Termination)
    case hangup
  }

  /// What the studio is given by the program.
  public struct Configuration {
    public var entries: [GalleryEntry]
    /// In the order of the key that changes them; never empty.
    public var themes: [Theme]
    /// Where the themes come from, to be read again when files change; nil for never.
    public var themeFiles: ThemeCatalog?
    public var settings: StudioSettings
    public var keys: KeyMap
    /// Nil for what was chosen last.
    public var symbols: SymbolSet?
    /// A pipeline to open at the start.
    public var path: String?
    public var open: PipelineOpener
    public var openRun: RunOpener
    /// How pipelines are found and kept for writing.
    public var files: ComposeFiles
    /// Lets the user's editor have a text, and gives back what it made of it.
    public var edit: (String) throws -> String
    public var saveSettings: (StudioSettings) -> Void
    /// Takes each line of a session log; nil where none is kept.
    public var record: ((String) throws -> Void)?
    /// A session that is shown again before the user's own events.
    public var session: SessionLog?
    /// Whether its events come when they came, not as soon as they can.
    public var isSessionTimed = true
    /// Whether what moves by itself does so.
    public var animates = true
    /// Whether the tour begins at once.
    public var startsTour = false
    public var clock: any StudioClock

    public init(
      entries: [GalleryEntry], themes: [Theme] = [.dark, .light],
      themeFiles: ThemeCatalog? = nil,
      settings: StudioSettings = .init(), keys: KeyMap = StudioKeys.standard,
      symbols: SymbolSet? = nil, path: String? = nil, open: @escaping PipelineOpener,
      openRun: @escaping RunOpener = { _ in throw NoRun() }, files: ComposeFiles = .none,
      edit: @escaping (String) throws -> String = { $0 },
      saveSettings: @escaping (StudioSettings) -> Void = { _ in },
      clock: any StudioClock = MonotonicClock()
    ) {
      self.entries = entries
      self.themes = themes.isEmpty ? [.dark] : themes
      self.themeFiles = themeFiles
      self.settings = settings
      self.keys = keys
      self.symbols = symbols
      self.path = path
      self.open = open
      self.openRun = openRun
      self.files = files
      self.edit = edit
      self.saveSettings = saveSettings
      self.clock = clock
    }
  }

  public private(set) var state: StudioState
  private let screen: any Screen
  private let configuration: Configuration
  private var isRecording: Bool
  private var themes: [Theme]
  private let themeWatcher: ThemeWatcher?
  private let driver: any ReplayDriving
  private let job: any JobDriving
  private let composer: any ComposeDriving
  /// Whether the end of the real run is the end of the studio.
  private var leavesAfterJob = false
  private var frame: StudioFrame?
  private var drawn: StudioState?
  private var drawnNs: UInt64?
  private var ending: Ending?
  /// When something moves by itself next; nil while nothing does.
  private var nextTickNs: UInt64?
  private var session: SessionPlayer?
  /// Whether a session is shown: it may be a stranger's, and touches nothing outside.
  private var isShowingAgain: Bool { session != nil }
  private let startNs: UInt64
  /// What the left button was pressed on, and the column where the mouse was last.
  private var held: (target: HitTarget, column: Int)?

  /// 30 pictures a second at most.
  private static let frameNs: UInt64 = 33_000_000

  /// A studio with its replay on a thread of its own.
  public convenience init(screen: any Screen, configuration: Configuration) {
    let waker = Waker(screen: screen)
    let worker = ReplayWorker(
      opener: configuration.open, clock: configuration.clock, wake: { waker.wake() })
    let job = JobWorker(
      opener: configuration.openRun, clock: configuration.clock, wake: { waker.wake() })
    let composer = ComposeWorker(configuration.files, wake: { waker.wake() })
    self.init(
      screen: screen, configuration: configuration, driver: worker, job: job, composer: composer)
  }

  /// A studio in memory that does everything at once, on the caller's thread.
  public convenience init(headless screen: HeadlessScreen, configuration: Configuration) {
    var configuration = configuration
    // Nothing waits for time to pass.
    configuration.animates = false
    self.init(
      screen: screen, configuration: configuration,
      driver: InlineReplayDriver(opener: configuration.open),
      job: InlineJob(opener: configuration.openRun),
      composer: InlineComposer(configuration.files))
  }

  init(
    screen: any Screen, configuration: Configuration, driver: any ReplayDriving,
    job: any JobDriving, composer: (any ComposeDriving)? = nil
  ) {
    self.screen = screen
    self.configuration = configuration
    self.driver = driver
    session = configuration.session.map {
      SessionPlayer($0, isTimed: configuration.isSessionTimed)
    }
    startNs = configuration.clock.nowNs
    isRecording = configuration.record != nil
    self.job = job
    self.composer = composer ?? InlineComposer(configuration.files)
    themes = configuration.themes.map { $0.resolved(for: screen.depth) }
    let waker = Waker(screen: screen)
    themeWatcher = configuration.themeFiles.map { ThemeWatcher($0) { waker.wake() } }
    let saved = configuration.settings.symbols.flatMap(SymbolSet.init(rawValue:))
    state = StudioState(
      entries: configuration.entries, themes: configuration.themes.map(\.name),
      settings: configuration.settings, size: screen.size, keys: configuration.keys,
      symbols: configuration.symbols ?? saved ?? .block)
  }

  /// Runs until the user quits, or the terminal or the system ends it. The screen stays open; the
  /// caller closes it.
  public func run() -> Ending {
    screen.mouseEnabled = state.settings.isMouseOn
    if let path = configuration.path {
      carryOut(state.open(path))
    } else {
      carryOut(state.follow())
    }
    if configuration.startsTour { handle(.action(.tour)) }
    defer {
      driver.stop()
      // A run that is under way takes a last checkpoint.
      job.close()
      job.takeEvents().forEach(handle)
      themeWatcher?.stop()
      // Returns when every edit is kept.
      composer.stop()
    }
    while true {
      (composer.takeEvents() + driver.takeEvents() + job.takeEvents()).forEach(handle)
      if leavesAfterJob, let phase = state.job?.phase {
        // What went wrong at the end is read before anybody leaves.
        if phase == .ended { ending = .quit }
        if phase == .failed { leavesAfterJob = false }
      }
      if let change = themeWatcher?.takeChange() { take(change) }
      if let ending { return ending }
      let wait = [draw(), tick()].compactMap { $0 }.min()
      if session != nil, showAgain(wait) { continue }
      guard let event = screen.nextEvent(timeoutMs: wait) else { continue }
      record(event)
      handle(event)
      if let ending { return ending }
    }
  }

  /// The real run as it was when the studio ended; nil where there was none.
  public var lastRun: JobState? { state.job }

  /// Carries out the next step of a session. A key of the user ends it: the studio is theirs.
  ///
  /// - Returns: whether the loop begins anew.
  private func showAgain(_ drawWait: Int?) -> Bool {
    // Signals and the user's keys come first.
    if let event = screen.nextEvent(timeoutMs: 0) { return interrupt(event) }
    switch session?.step(state.run, nowNs: configuration.clock.nowNs) {
    case .goTo(let position): carryOut(state.move(.position(position)))
    case .handle(let event):
      handle(event)
    case .wait(let ms):
      let wait = [ms, drawWait].compactMap { $0 }.min()
      if let event = screen.nextEvent(timeoutMs: wait) { return interrupt(event) }
    case .ended, nil:
      session = nil
      return false
    }
    return true
  }

  /// What comes from outside while a session is shown.
  private func interrupt(_ event: InputEvent) -> Bool {
    if case .key = event {
      session = nil
      state.notice = "the session has stopped: the keys are yours"
    } else {
      handle(event)
    }
    return true
  }

  private func record(_ event: InputEvent) {
    guard isRecording, let write = configuration.record else { return }
    let ms = Int((configuration.clock.nowNs - startNs) / 1_000_000)
    let entry = SessionLog.Entry(ms: ms, position: state.run?.view.position, event: event)
    guard let line = SessionLog.line(entry) else { return }
    do {
      try write(line)
    } catch {
      isRecording = false
      state.notice = "the session is no longer recorded: \(error)"
    }
  }

  /// Lets what moves by itself go on when it is time.
  ///
  /// - Returns: how long until it moves again, ms; nil where nothing does.
  private func tick() -> Int? {
    guard configuration.animates, let ms = state.tickMs else {
      nextTickNs = nil
      return nil
    }
    let now = configuration.clock.nowNs
    guard let next = nextTickNs else {
      nextTickNs = now + UInt64(ms) * 1_000_000
      return ms
    }
    if now < next { return Int((next - now) / 1_000_000) + 1 }
    nextTickNs = nil
    handle(.tick)
    return 0
  }

  /// Draws what changed, unless the last picture is too young.
  ///
  /// - Returns: how long to wait for an event, ms; nil without limit.
  private func draw() -> Int? {
    guard drawn != state else { return nil }
    let now = configuration.clock.nowNs
    if let drawnNs, now >= drawnNs, now - drawnNs < Self.frameNs, isOnlyData {
      return Int((Self.frameNs - (now - drawnNs)) / 1_000_000) + 1
    }
    let theme = themes[min(state.shownThemeIndex, themes.count - 1)]
    let next = drawStudio(
      state, theme: theme,
      symbols: screen.showsUnicode ? theme.symbols ?? state.symbols : .ascii)
    if next.grid != frame?.grid { screen.draw(next.grid) }
    frame = next
    drawn = state
    drawnNs = now
    return nil
  }

  /// Whether nothing but the replay's picture changed: that may wait for its turn, answers to keys
  /// may not.
  private var isOnlyData: Bool {
    guard var drawn, let run = state.run else { return false }
    drawn.run?.takeData(of: run)
    drawn.job?.progress = state.job?.progress
    return drawn == state
  }

  /// Themes whose files have changed; the one in use stays in use.
  private func take(_ change: ThemeWatcher.Change) {
    let name = state.themeName
    themes = change.themes.map { $0.resolved(for: screen.depth) }
    state.themes = change.themes.map(\.name)
    state.themeIndex = state.themes.firstIndex(of: name) ?? 0
    state.notice = change.faults.first.map(\.description) ?? "themes read again"
    drawn = nil
  }

  private func handle(_ event: StudioEvent) { carryOut(reduce(&state, event)) }

  private func handle(_ event: InputEvent) {
    switch event {
    case .key(let key) where key == .control("z"): if !isShowingAgain { screen.suspend() }
    case .key(let key):
      let event = state.event(for: key)
      // Any key but its own leaves the tour, and does what it does without one; q only leaves.
      if state.tour != nil {
        nextTickNs = nil
        if event != .action(.tourNext), event != .action(.tourBack) { state.tour = nil }
        // It was to leave the tour, not the studio.
        if event == .action(.quit) {
          drawn = nil
          return
        }
      }
      if let event { handle(event) }
    case .paste(let text):
      // Pasted text is data: it goes to a field or nowhere.
      if state.takesText { text.prefix(200).filter { !$0.isNewline }.forEach { handle(.text($0)) } }
    case .mouse(let mouse): handle(mouse)
    case .resize(let size): handle(.resized(size))
    case .resumed: handle(.resized(screen.size))
    case .wake: break
    case .terminate(let signal): ending = .terminated(signal)
    case .hangup: ending = .hangup
    }
  }

  private func handle(_ mouse: Mouse) {
    let target = frame?.target(at: mouse.column, mouse.row)
    switch mouse.action {
    case .press(.left):
      held = target.map { ($0, mouse.column) }
      handle(.click(target ?? .nothing))
    case .drag(.left):
      guard let held else { return }
      self.held?.column = mouse.column
      if case .scrubber = held.target {
        if case .scrubber? = target, let target { handle(.click(target)) }
      } else {
        handle(
          .drag(
            held.target,
            Drag(column: mouse.column, row: mouse.row, columns: mouse.column - held.column)))
      }
    case .release: held = nil
    case .wheelUp: handle(.wheel(target, -1))
    case .wheelDown: handle(.wheel(target, 1))
    default: break
    }
  }

  private func compose(_ request: ComposeRequest) {
    guard case .edit(let text) = request else { return composer.perform(request) }
    do {
      let edited = try screen.lend { try configuration.edit(text) }
      handle(.composed(.edited(edited)))
    } catch {
      handle(.composed(.failed(title: "the editor failed", text: "\(error)")))
    }
    handle(.resized(screen.size))
  }

  private func carryOut(_ effects: [StudioEffect]) {
    for effect in effects {
      if isShowingAgain, effect.touchesOutside {
        if case .startJob = effect {
          handle(.job(.failed("A session that is shown again runs nothing.")))
        }
        continue
      }
      switch effect {
      case .open(let file): driver.open(file)
      case .compose(let request): compose(request)
      case .move(let move): driver.move(move)
      case .play(let speed): driver.play(speed)
      case .pause: driver.pause()
      case .showWindows(let node): driver.showWindows(of: node)
      case .ask(let query): driver.ask(query)
      case .tryVariant(let edits): driver.tryVariant(edits)
      case .showVariant(let side): driver.showVariant(side)
      case .leaveVariant: driver.leaveVariant()
      case .lookOnDisk(let path): driver.lookOnDisk(verifying: path)
      case .startJob(let path): job.start(path: path)
      case .stopJob: job.stop()
      case .stopJobAndQuit:
        leavesAfterJob = true
        job.stop()
      case .copy(let text):
        let count = text.utf8.count
        handle(.copied(count, screen.copy(text) == .sent(bytes: count)))
      case .saveSettings(let settings): configuration.saveSettings(settings)
      case .setMouse(let isOn): screen.mouseEnabled = isOn
      case .quit: ending = .quit
      }
    }
  }
}

/// Lets the worker wake the screen.
///
/// `@unchecked Sendable`: nothing is called but `wake()`, which a screen makes safe for any thread.
private struct Waker: @unchecked Sendable {
  let screen: any Screen

  func wake() { screen.wake() }
}
