import Runtime

/// A minute's walk through the studio, on a sample.
public struct Tour: Sendable, Equatable {
  public var step = 0

  /// A stop of the tour: what is said, and what is shown.
  struct Stop: Sendable {
    var title: String
    var text: String
    var actions: [StudioAction]
    var move: ReplayMove?
    /// Whether the sample is opened here, at this record.
    var opensAt: Int64?
  }

  static let stops: [Stop] = [
    Stop(
      title: "Welcome",
      text: "Tidemark shows what a stream job does: windows that open, fill, fire"
        + " and close, and the watermark that makes them. This takes a minute; any other key leaves.",
      actions: [.showGallery]),
    Stop(
      title: "Run",
      text: "A sample is open: clicks on ads, read from a log, counted by ad and"
        + " minute. The boxes are its steps; the timeline has a lane for each ad. Nothing is"
        + " written outside: this is a replay.",
      actions: [], opensAt: 200),
    Stop(
      title: "The watermark",
      text: "Clicks come out of order, so the watermark stays 5 s behind"
        + " the newest. ] goes on until a window fires: here the watermark has reached its end.",
      actions: [.showRun], move: .nextFiring),
    Stop(
      title: "Why?",
      text: "w asks why: the rule, with its numbers, and Flink's words for it. It"
        + " answers on windows, late events, results, checkpoints and on a watermark that stands.",
      actions: [.why]),
    Stop(
      title: "Back in time",
      text: ". and , step by an event, forward and back; [ and { go back by"
        + " a firing or a watermark. ! goes to the next event that comes too late.",
      actions: [.close], move: .nextLate),
    Stop(
      title: "Compose",
      text: "1 shows the pipeline as it is written, with the first rows at each"
        + " step. Enter changes a value, a adds a step, u takes anything back. Your own log: "
        + "tidemark some.jsonl proposes a pipeline for it.",
      actions: [.close, .showCompose]),
    Stop(
      title: "That is it",
      text: "? lists every key, : finds every command, Space plays. v tries"
        + " another value beside this one. The gallery has more samples, and templates to begin with.",
      actions: [.showRun]),
  ]

  /// Milliseconds that a stop stands.
  static let stopMs = 9000

  var stop: Stop { Self.stops[min(step, Self.stops.count - 1)] }
}

extension StudioState {
  /// Begins the tour on the first sample; without one there is nothing to show.
  mutating func startTour() -> [StudioEffect] {
    tour = Tour()
    overlay = nil
    screen = .gallery
    settings.hasToured = true
    return [.saveSettings(settings)]
  }

  private var tourSample: GalleryEntry? { gallery.entries.first { !$0.isTemplate } }

  /// The next stop, or the end.
  mutating func goOnTour(by step: Int) -> [StudioEffect] {
    guard let current = tour else { return [] }
    let next = current.step + step
    guard next < Tour.stops.count else {
      tour = nil
      return []
    }
    guard next >= 0 else { return [] }
    tour?.step = next
    overlay = nil
    guard let stop = tour?.stop else { return [] }
    if let position = stop.opensAt, let sample = tourSample {
      let effects = open(sample.path)
      afterOpening = AfterOpening(screen: .run, position: position)
      return effects
    }
    guard run != nil else { return [] }
    var effects: [StudioEffect] = []
    for action in stop.actions where reasonAgainst(action) == nil {
      if action == .showCompose { screen = .compose } else { effects += perform(action) }
    }
    if let move = stop.move { effects += self.move(move) }
    return effects
  }
}
