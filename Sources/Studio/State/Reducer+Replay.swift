import Pipelines
import Runtime
import Terminal

extension StudioState {
  /// Actions that a replay has on every screen.
  mutating func performInReplay(_ action: StudioAction) -> [StudioEffect] {
    guard run != nil else { return [] }
    switch action {
    case .playPause: return playPause()
    case .stepForward: return move(.events(1))
    case .stepBack: return move(.events(-1))
    case .nextFiring: return move(.nextFiring)
    case .previousFiring: return move(.previousFiring)
    case .nextWatermark: return move(.nextWatermark)
    case .previousWatermark: return move(.previousWatermark)
    case .nextLate: return move(.nextLate)
    case .previousLate: return move(.previousLate)
    case .nextCheckpoint: return move(.nextCheckpoint)
    case .previousCheckpoint: return move(.previousCheckpoint)
    case .restart: return move(.position(0))
    case .faster: return setSpeed(run?.speed.faster)
    case .slower: return setSpeed(run?.speed.slower)
    case .goTo: overlay = .goTo(text: "", fault: nil)
    case .holdView: holdView()
    case .why: explainSelection()
    case .copy: if let line = selectedLine { return [.copy(line)] }
    default: break
    }
    return []
  }

  mutating func move(_ move: ReplayMove) -> [StudioEffect] {
    run?.release()
    run?.isPlaying = false
    run?.isMoving = true
    run?.movingAt = nil
    run?.fault = nil
    return [.move(move)]
  }

  private mutating func explainSelection() {
    guard let subject = whySubject else { return }
    if case .window(let id) = subject, screen == .run { run?.selectedWindow = id }
    overlay = .why(subject, scroll: 0)
  }

  private mutating func holdView() {
    guard let current = run else { return }
    if current.isHeld {
      run?.release()
      notice = "the view follows the replay again"
    } else {
      run?.held = ReplayReport(
        view: current.view, load: current.load, isMoving: current.isMoving,
        isPlaying: current.isPlaying)
      notice = "the view stands still; the replay goes on"
    }
  }

  private mutating func playPause() -> [StudioEffect] {
    guard let current = run else { return [] }
    if current.isPlaying || current.isMoving {
      run?.isPlaying = false
      run?.isMoving = false
      return [.pause]
    }
    if current.view.isAtEnd {
      notice = "the log has ended: r restarts, , steps back"
      return []
    }
    run?.isPlaying = true
    run?.fault = nil
    return [.play(current.speed)]
  }

  private mutating func setSpeed(_ speed: Speed?) -> [StudioEffect] {
    guard let speed else { return [] }
    run?.speed = speed
    settings.speed = speed.label
    notice = "speed \(speed.label)"
    let save = StudioEffect.saveSettings(settings)
    return run?.isPlaying == true ? [.play(speed), save] : [save]
  }

  // MARK: what is selected

  /// What `w` is about here; nil where nothing could be explained.
  var whySubject: WhySubject? {
    guard let run else { return nil }
    switch screen {
    case .gallery, .compose: return nil
    case .run:
      if run.focus == .health { return .watermark }
      if run.focus == .pipeline, !run.view.boxes.isEmpty {
        // Without a selection it is about who holds the others up.
        return .step(run.selectedBox ?? (run.isPlaying ? run.load.bottleneck : nil) ?? 0)
      }
      return (run.selection ?? run.windowToExplain).map { .window($0.id) }
    case .windows: return run.windows.whySubject
    case .time: return run.time.whySubject
    case .checkpoints: return run.checkpoints.whySubject
    case .output: return run.output.whySubject
    case .pair: return run.pair?.selection.map { .event($0.position) }
    }
  }

  var hasSelection: Bool { selectedLine != nil }

  /// What `y` copies: the selected line, with tabs between its columns.
  var selectedLine: String? {
    if screen == .compose {
      return compose.map { compose in
        compose.place.flatMap(compose.document.stepText) ?? compose.text
      }
    }
    guard let run else { return nil }
    switch screen {
    case .gallery, .compose: return nil
    case .run: return run.selection?.line
    case .windows: return run.windows.selectedLine
    case .time: return run.time.selectedLine
    case .checkpoints:
      return run.checkpoints.selectedLine
    case .output: return run.output.selectedLine
    case .pair: return run.pair?.selection?.text
    }
  }
}

extension WindowView {
  /// Its columns with tabs between them; bounds in full.
  var line: String {
    ([key, formatMoment(start), formatMoment(end), state.rawValue, "\(rows)"] + values)
      .joined(separator: "\t")
  }
}
