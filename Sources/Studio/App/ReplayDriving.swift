import Runtime

/// What carries out the effects that touch a replay, and says what came of them.
protocol ReplayDriving: AnyObject {
  func open(_ file: PipelineFile)
  func move(_ move: ReplayMove)
  func play(_ speed: Speed)
  func pause()
  /// Chooses the window operator that pictures are about.
  func showWindows(of node: Int)
  /// Asks at the position; neither a move nor playing is disturbed. A later question takes the place
  /// of one that waits.
  func ask(_ query: ReplayQuery)
  /// Opens a second variant beside the pipeline, or another one in its place.
  func tryVariant(_ edits: [OptionEdit])
  func showVariant(_ side: PairSide)
  func leaveVariant()
  func lookOnDisk(verifying path: String?)
  /// What happened since this was last asked; of several pictures only the newest.
  func takeEvents() -> [StudioEvent]
  func stop()
}

/// Does everything at once on the caller's thread: for scripts and tests, where "when it is done"
/// must not be a matter of time. Plays to the end.
final class InlineReplayDriver: ReplayDriving {
  private let opener: PipelineOpener
  private var current: OpenReplay?
  private var events: [StudioEvent] = []
  private let clock: any StudioClock

  /// - Parameter clock: measures how busy operators are.
  init(opener: @escaping PipelineOpener, clock: any StudioClock = MonotonicClock()) {
    self.opener = opener
    self.clock = clock
  }

  func open(_ file: PipelineFile) {
    do {
      let opened = OpenReplay(try opener(file))
      current = opened
      events.append(.opened(opened.summary(of: file)))
    } catch {
      events.append(.openFailed(path: file.path, text: "\(error)"))
    }
  }

  func move(_ move: ReplayMove) {
    attempt {
      try $0.move(move, isCancelled: { false })
      return PipelineLoad()
    }
  }

  func play(_ speed: Speed) {
    var meter = LoadMeter(stepNs: 0)
    attempt { replay in
      meter.measure(replay.view, workNs: replay.workNs, restedNs: 0, nowNs: clock.nowNs)
      while !replay.view.isAtEnd, try replay.play(until: nil, maxRecords: 4096) > 0 {}
      meter.measure(replay.view, workNs: replay.workNs, restedNs: 0, nowNs: clock.nowNs)
      return meter.load
    }
  }

  func pause() {
    guard let current else { return }
    events.append(.replayed(current.report()))
  }

  func showWindows(of node: Int) {
    attempt {
      $0.show(windowNode: node)
      return PipelineLoad()
    }
  }

  func ask(_ query: ReplayQuery) {
    guard let current else { return }
    do {
      guard let answer = try current.replay.answer(query, isCancelled: { false }) else { return }
      events.append(.answered(query, answer))
    } catch {
      events.append(.replayFailed("\(error)"))
    }
  }

  func tryVariant(_ edits: [OptionEdit]) {
    do {
      try current?.tryVariant(edits, isCancelled: { false })
      events.append(.paired(edits))
      pause()
    } catch {
      events.append(.pairFailed("\(error)"))
    }
  }

  func showVariant(_ side: PairSide) {
    current?.showVariant(side)
    pause()
  }

  func leaveVariant() {
    current?.leaveVariant()
    pause()
  }

  func lookOnDisk(verifying path: String?) {
    if let current { events.append(current.lookOnDisk(verifying: path)) }
  }

  func takeEvents() -> [StudioEvent] {
    defer { events = [] }
    return events
  }

  func stop() { current = nil }

  /// - Parameter body: says how busy the operators were, where that was measured.
  private func attempt(_ body: (any ReplayControlling) throws -> PipelineLoad) {
    guard let current else { return }
    do {
      let load = try body(current.replay)
      events.append(.replayed(current.report(load: load)))
    } catch {
      events.append(.replayed(current.report()))
      events.append(.replayFailed("\(error)"))
    }
  }
}
