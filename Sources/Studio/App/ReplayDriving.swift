import Runtime

/// What carries out the effects that touch a replay, and says what came of them.
protocol ReplayDriving: AnyObject {
  func open(path: String)
  func move(_ move: ReplayMove)
  func play(_ speed: Speed)
  func pause()
  /// Chooses the window operator that pictures are about.
  func showWindows(of node: Int)
  /// Asks at the position; neither a move nor playing is disturbed. A later question takes the place
  /// of one that waits.
  func ask(_ query: ReplayQuery)
  /// What happened since this was last asked; of several pictures only the newest.
  func takeEvents() -> [StudioEvent]
  func stop()
}

/// Does everything at once on the caller's thread: for scripts and tests, where "when it is done"
/// must not be a matter of time. Plays to the end.
final class InlineReplayDriver: ReplayDriving {
  private let opener: PipelineOpener
  private var replay: (any ReplayControlling)?
  private var events: [StudioEvent] = []
  private let clock: any StudioClock

  /// - Parameter clock: measures how busy operators are.
  init(opener: @escaping PipelineOpener, clock: any StudioClock = MonotonicClock()) {
    self.opener = opener
    self.clock = clock
  }

  func open(path: String) {
    do {
      let opened = try opener(path)
      replay = opened.replay
      events.append(.opened(opened.summary(path: path)))
    } catch {
      events.append(.openFailed(path: path, text: "\(error)"))
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
    guard let replay else { return }
    events.append(.replayed(ReplayReport(view: replay.view)))
  }

  func showWindows(of node: Int) {
    attempt {
      $0.show(windowNode: node)
      return PipelineLoad()
    }
  }

  func ask(_ query: ReplayQuery) {
    guard let replay else { return }
    do {
      guard let answer = try replay.answer(query, isCancelled: { false }) else { return }
      events.append(.answered(query, answer))
    } catch {
      events.append(.replayFailed("\(error)"))
    }
  }

  func takeEvents() -> [StudioEvent] {
    defer { events = [] }
    return events
  }

  func stop() { replay = nil }

  /// - Parameter body: says how busy the operators were, where that was measured.
  private func attempt(_ body: (any ReplayControlling) throws -> PipelineLoad) {
    guard let replay else { return }
    do {
      let load = try body(replay)
      events.append(.replayed(ReplayReport(view: replay.view, load: load)))
    } catch {
      events.append(.replayed(ReplayReport(view: replay.view)))
      events.append(.replayFailed("\(error)"))
    }
  }
}

extension OpenedPipeline {
  func summary(path: String) -> OpenedSummary {
    OpenedSummary(
      path: path, name: name, logName: logName, sizeHint: sizeHint, view: replay.view)
  }
}
