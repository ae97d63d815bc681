import Runtime
public import Terminal

/// The studio without a screen: commands come as lines, and what they change is said in lines.
///
/// A command is a key as people write it (`Space`, `]`, `w`), an action's title or its id
/// (`next firing`, `replay.next-firing`), `go to` with a place, `help` or `all`.
public final class LinearStudio {
  private var state: StudioState
  private let driver: InlineReplayDriver
  private let job: InlineJob
  private let composer: InlineComposer
  private let write: (String) -> Void
  private var said: Set<String> = []
  public private(set) var hasEnded = false

  /// - Parameter write: takes a line.
  public init(
    entries: [GalleryEntry], settings: StudioSettings = .init(),
    keys: KeyMap = StudioKeys.standard, path: String? = nil, open: @escaping PipelineOpener,
    openRun: @escaping RunOpener = { _ in throw NoRun() }, files: ComposeFiles = .none,
    write: @escaping (String) -> Void
  ) {
    state = StudioState(entries: entries, settings: settings, keys: keys, symbols: .ascii)
    driver = InlineReplayDriver(opener: open)
    job = InlineJob(opener: openRun)
    composer = InlineComposer(files)
    self.write = write
    if let path { carryOut(state.open(path)) }
    say()
  }

  /// Carries out a command and says what has changed.
  public func take(_ line: String) {
    let command = line.trimmingSpaces()
    switch command.lowercased() {
    case "": return
    case "help": return help()
    case "all":
      said = []
      return say()
    default: break
    }
    if let place = Self.place(in: command) {
      handle(.action(.goTo))
      place.forEach { handle(.text($0)) }
      handle(.action(.accept))
    } else if let event = event(for: command) {
      handle(event)
    } else if state.takesText {
      command.forEach { handle(.text($0)) }
    } else {
      return write("unknown: \(command); help lists what can be said here")
    }
    if !hasEnded { say() }
  }

  private static func place(in command: String) -> String? {
    for word in ["go to ", "goto ", "go ", "g "] where command.lowercased().hasPrefix(word) {
      return String(command.dropFirst(word.count))
    }
    return nil
  }

  private func event(for command: String) -> StudioEvent? {
    if let key = Key(command), let event = state.event(for: key) { return event }
    let lower = command.lowercased()
    return StudioAction.allCases.first { $0.id == lower || $0.title.lowercased() == lower }
      .map { .action($0) }
  }

  private func handle(_ event: StudioEvent) { carryOut(reduce(&state, event)) }

  private func carryOut(_ effects: [StudioEffect]) {
    for effect in effects {
      switch effect {
      case .open(let file): driver.open(file)
      case .compose(let request): composer.perform(request)
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
      case .stopJobAndQuit: hasEnded = true
      case .copy(let text): write("copied: \(text)")
      case .saveSettings, .setMouse: break
      case .quit: hasEnded = true
      }
    }
    (composer.takeEvents() + driver.takeEvents() + job.takeEvents()).forEach(handle)
  }

  /// What is true now and was not said before.
  private func say() {
    let lines = LinearText.describe(state)
    for line in lines where !said.contains(line) { write(line) }
    said = Set(lines)
  }

  private func help() {
    write("say a key or a title; go to with a time, an offset, late or end; all; help; q")
    for row in state.helpRows("") {
      let reason = state.reasonAgainst(row.action).map { "; not now: \($0)" } ?? ""
      write("\(row.keys): \(row.action.title): \(row.action.doc)\(reason)")
    }
  }
}
