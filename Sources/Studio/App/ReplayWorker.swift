import Foundation
import Runtime

/// Runs the replay on a thread of its own and hands over pictures, the newest only.
///
/// Commands replace each other: a new one cancels the move that is under way, so that a key is
/// never behind the engine. The thread sleeps without limit while nothing plays.
///
/// `@unchecked Sendable`: everything that two threads touch is only read and written while `gate`
/// is held; the replay itself is made, used and dropped by the worker's thread alone.
final class ReplayWorker: ReplayDriving, @unchecked Sendable {
  private enum Command {
    case open(PipelineFile)
    case move(ReplayMove)
    case play(Speed)
    case pause
    case tryVariant([OptionEdit])
    case showVariant(PairSide)
    case leaveVariant
    case lookOnDisk(String?)

    /// Whether it makes a move that is under way pointless.
    var overtakesMoves: Bool {
      switch self {
      case .lookOnDisk, .showVariant: false
      default: true
      }
    }

    /// Whether it stays where a move or playing comes after it.
    var keepsItsPlace: Bool {
      switch self {
      case .open, .tryVariant, .showVariant, .leaveVariant, .lookOnDisk: true
      case .move, .play, .pause: false
      }
    }
  }

  private let opener: PipelineOpener
  private let clock: any StudioClock
  private let wake: @Sendable () -> Void

  // MARK: held under the gate
  private let gate = NSCondition()
  /// Waiting commands; moves and playing are replaced by what comes after.
  private var commands: [Command] = []
  /// What was asked and waits to be answered.
  private var question: ReplayQuery?
  /// The window operator that is to be shown next.
  private var windowNode: Int?
  private var isStopping = false
  private var outcome: [StudioEvent] = []
  private var report: ReplayReport?
  /// How far a long move is.
  private var progress: Int64?

  init(
    opener: @escaping PipelineOpener, clock: any StudioClock, wake: @escaping @Sendable () -> Void
  ) {
    self.opener = opener
    self.clock = clock
    self.wake = wake
    let thread = Thread { [self] in run() }
    thread.name = "tidemark replay"
    thread.stackSize = 8 << 20
    thread.start()
  }

  // MARK: the studio's side

  func open(_ file: PipelineFile) { submit(.open(file)) }
  func move(_ move: ReplayMove) { submit(.move(move)) }
  func play(_ speed: Speed) { submit(.play(speed)) }
  func pause() { submit(.pause) }
  func tryVariant(_ edits: [OptionEdit]) { submit(.tryVariant(edits)) }
  func showVariant(_ side: PairSide) { submit(.showVariant(side)) }
  func leaveVariant() { submit(.leaveVariant) }
  func lookOnDisk(verifying path: String?) { submit(.lookOnDisk(path)) }

  func showWindows(of node: Int) {
    gate.lock()
    windowNode = node
    gate.signal()
    gate.unlock()
  }

  func ask(_ query: ReplayQuery) {
    gate.lock()
    question = query
    gate.signal()
    gate.unlock()
  }

  func stop() {
    gate.lock()
    isStopping = true
    gate.signal()
    gate.unlock()
  }

  func takeEvents() -> [StudioEvent] {
    gate.lock()
    defer { gate.unlock() }
    var events = outcome
    outcome = []
    if let progress { events.append(.moving(progress)) }
    if let report { events.append(.replayed(report)) }
    (report, progress) = (nil, nil)
    return events
  }

  private func submit(_ command: Command) {
    gate.lock()
    defer { gate.unlock() }
    switch command {
    // Steps add up: ten presses of a key are ten events, however fast they come.
    case .move(.events(let more)):
      if case .move(.events(let count))? = commands.last {
        commands[commands.count - 1] = .move(.events(count + more))
      } else {
        fallthrough
      }
    case .move, .play, .pause:
      commands.removeAll { !$0.keepsItsPlace }
      commands.append(command)
    case .tryVariant, .showVariant, .leaveVariant, .lookOnDisk: commands.append(command)
    case .open: commands = [command]
    }
    // A picture that waits was taken before this; it must not undo what the keys promise.
    report = report.map(promised)
    gate.signal()
  }

  /// A picture that says what the waiting commands will make of it. Held under the gate.
  private func promised(_ report: ReplayReport) -> ReplayReport {
    var report = report
    switch commands.last {
    case .play: (report.isPlaying, report.isMoving) = (true, false)
    case .move: (report.isPlaying, report.isMoving) = (false, true)
    case .pause: (report.isPlaying, report.isMoving) = (false, false)
    case .open, .tryVariant, .showVariant, .leaveVariant, .lookOnDisk, nil: break
    }
    return report
  }

  // MARK: the worker's side

  private func run() {
    var player: Player?
    while true {
      gate.lock()
      while commands.isEmpty, question == nil, windowNode == nil, !isStopping,
        player?.pacer == nil
      {
        gate.wait()
      }
      if isStopping {
        gate.unlock()
        return
      }
      let command = commands.isEmpty ? nil : commands.removeFirst()
      let node = command == nil ? windowNode : nil
      if node != nil { windowNode = nil }
      let asked = command == nil && node == nil ? question : nil
      if asked != nil { question = nil }
      gate.unlock()
      if let node {
        player?.open.replay.show(windowNode: node)
        publish(player)
        continue
      }
      switch command {
      case .open(let file): open(file, &player)
      case .move(let move): carryOut(move, &player)
      case .play(let speed):
        let newest = player?.newest
        player?.pacer = PlayPacer(speed: speed, nowNs: clock.nowNs, newest: newest)
      case .pause:
        player?.pacer = nil
        player?.meter.reset()
        publish(player)
      case .tryVariant(let edits): tryVariant(edits, &player)
      case .showVariant(let side):
        player?.open.showVariant(side)
        player?.meter.reset()
        publish(player)
      case .leaveVariant:
        player?.open.leaveVariant()
        player?.meter.reset()
        publish(player)
      case .lookOnDisk(let path):
        if let event = player?.open.lookOnDisk(verifying: path) { post(event) }
      case nil:
        if let asked { answer(asked, player) }
        if player?.pacer != nil { tick(&player) }
      }
    }
  }

  /// The replay and how it plays; lives on the worker's thread.
  private struct Player {
    var open: OpenReplay
    var pacer: PlayPacer?
    var meter = LoadMeter()
    /// How long the worker has slept between ticks.
    var restedNs: UInt64 = 0
    /// The newest event time where it stands.
    var newest: Int64?
    /// How long the last picture took to make.
    var pictureNs: UInt64 = 0
  }

  private func open(_ file: PipelineFile, _ player: inout Player?) {
    // The pipeline that was open stays when the new one cannot be opened.
    player?.pacer = nil
    do {
      let opened = OpenReplay(try opener(file))
      player?.open.close()
      player = Player(open: opened)
      post(.opened(opened.summary(of: file)))
    } catch {
      post(.openFailed(path: file.path, text: "\(error)"))
      publish(player)
    }
  }

  private func tryVariant(_ edits: [OptionEdit], _ player: inout Player?) {
    do {
      try player?.open.tryVariant(edits, isCancelled: { self.isHalted })
      post(.paired(edits))
      publish(player)
    } catch {
      post(.pairFailed("\(error)"))
    }
  }

  private func carryOut(_ move: ReplayMove, _ player: inout Player?) {
    guard let replay = player?.open.replay else { return }
    player?.pacer = nil
    player?.meter.reset()
    do {
      var toldNs = clock.nowNs
      try replay.move(
        move,
        isCancelled: {
          let now = self.clock.nowNs
          if now >= toldNs + Self.progressNs {
            toldNs = now
            self.tell(replay.position.records)
          }
          return self.isOvertaken(move)
        })
      player?.newest = replay.view.maxEventTime
      publish(player)
    } catch {
      publish(player)
      post(.replayFailed("\(error)"))
    }
  }

  /// How long playing goes on at most between two pictures at maximum speed: ten times as long as
  /// a picture takes, so that pictures cost a tenth, within what an eye and a key wait for.
  private static let biteNs: ClosedRange<UInt64> = 20_000_000...250_000_000

  /// How often a long move says how far it is.
  private static let progressNs: UInt64 = 100_000_000

  private func tell(_ position: Int64) {
    gate.lock()
    progress = position
    gate.unlock()
    wake()
  }

  /// Answers, unless a command or another question comes first.
  private func answer(_ query: ReplayQuery, _ player: Player?) {
    guard let replay = player?.open.replay else { return }
    do {
      if let answer = try replay.answer(query, isCancelled: { self.isPressed }) {
        post(.answered(query, answer))
      } else {
        askAgain(query)
      }
    } catch {
      post(.replayFailed("\(error)"))
    }
  }

  /// What was put off for a command is answered after it, unless another question came.
  private func askAgain(_ query: ReplayQuery) {
    gate.lock()
    question = question ?? query
    gate.unlock()
  }

  /// Whether it shall end.
  private var isHalted: Bool {
    gate.lock()
    defer { gate.unlock() }
    return isStopping
  }

  /// Whether somebody waits for the worker.
  private var isPressed: Bool {
    gate.lock()
    defer { gate.unlock() }
    return isStopping || !commands.isEmpty || question != nil
  }

  private func tick(_ player: inout Player?) {
    guard var current = player, var pacer = current.pacer else { return }
    let due = pacer.due(nowNs: clock.nowNs, newest: current.newest)
    current.pacer = pacer
    do {
      // A bounded bite, so that a command never waits long.
      switch due {
      case .everything:
        let bite = min(max(current.pictureNs * 10, Self.biteNs.lowerBound), Self.biteNs.upperBound)
        let end = clock.nowNs + bite
        while try current.open.replay.play(until: nil, maxRecords: 4096) > 0,
          clock.nowNs < end, !isPressed
        {}
      case .playhead(let time): try current.open.replay.play(until: time, maxRecords: 4096)
      case .record: try current.open.replay.play(until: nil, maxRecords: 1)
      }
      let began = clock.nowNs
      var picture = current.open.report(isPlaying: true)
      let view = picture.view
      current.newest = view.maxEventTime
      current.meter.measure(
        view, workNs: current.open.replay.workNs, restedNs: current.restedNs, nowNs: clock.nowNs)
      if view.isAtEnd {
        current.pacer = nil
        current.meter.reset()
      }
      (picture.load, picture.isPlaying) = (current.meter.load, !view.isAtEnd)
      current.pictureNs = clock.nowNs - began
      player = current
      publish(picture)
    } catch {
      current.pacer = nil
      player = current
      publish(current)
      post(.replayFailed("\(error)"))
      return
    }
    if due != .everything, player?.pacer != nil {
      let before = clock.nowNs
      rest()
      player?.restedNs += clock.nowNs - before
    }
  }

  /// Sleeps until the next tick, or until a command comes.
  private func rest() {
    gate.lock()
    if commands.isEmpty, question == nil, !isStopping {
      _ = gate.wait(until: Date(timeIntervalSinceNow: 0.025))
    }
    gate.unlock()
  }

  /// Whether a command waits that makes a move pointless. A step is not overtaken by more steps:
  /// all of them count.
  private func isOvertaken(_ move: ReplayMove) -> Bool {
    gate.lock()
    defer { gate.unlock() }
    guard !isStopping else { return true }
    let commands = commands.filter(\.overtakesMoves)
    guard case .events = move else { return !commands.isEmpty }
    return commands.contains { if case .move(.events) = $0 { false } else { true } }
  }

  private func publish(_ player: Player?) {
    guard let player else { return }
    publish(player.open.report(load: player.meter.load, isPlaying: player.pacer != nil))
  }

  private func publish(_ picture: ReplayReport) {
    gate.lock()
    report = promised(picture)
    gate.unlock()
    wake()
  }

  private func post(_ event: StudioEvent) {
    gate.lock()
    outcome.append(event)
    if case .opened = event { report = nil }
    gate.unlock()
    wake()
  }
}
