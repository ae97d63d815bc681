import Runtime
import Terminal
import Testing

@testable import Studio

@Suite struct ReducerTests {
  private func effects(
    _ state: inout StudioState, _ actions: StudioAction...
  ) -> [StudioEffect] {
    actions.flatMap { reduce(&state, .action($0)) }
  }

  @Test(arguments: [
    (StudioAction.stepForward, ReplayMove.events(1)), (.stepBack, .events(-1)),
    (.nextFiring, .nextFiring), (.previousFiring, .previousFiring),
    (.nextWatermark, .nextWatermark), (.previousWatermark, .previousWatermark),
    (.nextLate, .nextLate), (.restart, .position(0)),
  ])
  func transportMoves(action: StudioAction, move: ReplayMove) throws {
    var state = try Scene.run()
    #expect(effects(&state, action) == [.move(move)])
    #expect(state.run?.isMoving == true)
    #expect(state.run?.isPlaying == false)
  }

  @Test func playingStopsAtAnyMoveAndTogglesWithSpace() throws {
    var state = try Scene.run()
    #expect(effects(&state, .playPause) == [.play(.standard)])
    #expect(state.run?.isPlaying == true)
    #expect(effects(&state, .playPause) == [.pause])
    #expect(state.run?.isPlaying == false)
    _ = effects(&state, .playPause, .stepForward)
    #expect(state.run?.isPlaying == false)
  }

  @Test func theEndIsNotPlayedAndSaysWhy() throws {
    var state = try Scene.run(at: 1200)
    #expect(effects(&state, .playPause).isEmpty)
    #expect(state.notice?.contains("ended") == true)
    #expect(effects(&state, .stepForward).isEmpty)
    #expect(state.notice == "Step forward: the log has ended")
    #expect(effects(&state, .stepBack) == [.move(.events(-1))])
  }

  @Test func speedIsSavedAndChangesWhilePlaying() throws {
    var state = try Scene.run()
    var saved = state.settings
    saved.speed = "×20"
    #expect(effects(&state, .faster) == [.saveSettings(saved)])
    _ = effects(&state, .playPause)
    #expect(effects(&state, .slower).first == .play(.standard))
  }

  @Test func openingShowsTheRunAndRemembersTheFile() {
    var state = Scene.gallery()
    let path = Scene.entries[0].path
    #expect(
      effects(&state, .openSelected).prefix(2) == [
        .open(PipelineFile(path: path)), .compose(.open(path: path)),
      ])
    #expect(state.opening == path)
    _ = reduce(&state, .opened(Scene.summary(ReplayView())))
    #expect(state.screen == .run)
    #expect(state.settings.lastFile == path)
    #expect(state.opening == nil)
  }

  @Test func aFailedOpeningStaysWhereItWasAndShowsTheDiagnostics() {
    var state = Scene.gallery()
    _ = reduce(&state, .openFailed(path: "a/b.yaml", text: "b.yaml:4:1: error"))
    #expect(state.screen == .gallery)
    #expect(
      state.overlay == .message(title: "cannot open b.yaml", text: "b.yaml:4:1: error", scroll: 0))
    #expect(effects(&state, .close).isEmpty)
    #expect(state.overlay == nil)
  }

  @Test func selectionStaysOnItsWindowWhileRowsMove() throws {
    var state = try Scene.run()
    state.run?.focus = .windows
    _ = effects(&state, .down, .down)
    let selected = state.run?.selectedWindow
    #expect(selected != nil)
    let later = FakeReplay()
    try later.move(.position(170), isCancelled: { false })
    _ = reduce(&state, .replayed(ReplayReport(view: later.view)))
    #expect(state.run?.selectedWindow == selected)
    _ = effects(&state, .sortList, .sortList)
    #expect(state.run?.selectedWindow == selected)
  }

  @Test func focusGoesRoundAndZoomFollowsIt() throws {
    var state = try Scene.run()
    _ = effects(&state, .zoomPanel, .nextPanel)
    #expect(state.run?.zoomed == .windows)
    _ = effects(&state, .close)
    #expect(state.run?.zoomed == nil)
    for _ in RunPanel.allCases { _ = effects(&state, .nextPanel) }
    #expect(state.run?.focus == .windows)
    _ = effects(&state, .previousPanel)
    #expect(state.run?.focus == .timeline)
  }

  @Test func panningStopsFollowingAndZeroReturns() throws {
    var state = try Scene.run()
    _ = effects(&state, .panLeft)
    let panned = try #require(state.run?.timeline.left)
    _ = effects(&state, .zoomIn)
    #expect(state.run?.timeline.left != panned)
    _ = effects(&state, .follow)
    #expect(state.run?.timeline == TimelineState())
  }

  @Test func zoomEndsAtTheLadder() throws {
    var state = try Scene.run()
    for _ in 0..<60 { _ = effects(&state, .zoomIn) }
    let deepest = try #require(state.run?.timeline.zoom)
    #expect(deepest < 30)
    _ = effects(&state, .zoomOut)
    #expect(state.run?.timeline.zoom == deepest - 1)
  }

  @Test func goToKeepsAWrongTextAndSaysWhy() throws {
    var state = try Scene.run()
    _ = effects(&state, .goTo)
    "soon".forEach { _ = reduce(&state, .text($0)) }
    #expect(effects(&state, .accept).isEmpty)
    guard case .goTo("soon", let fault?)? = state.overlay else {
      Issue.record("the prompt was closed")
      return
    }
    #expect(fault.contains("soon"))
    _ = effects(&state, .eraseAll)
    "500".forEach { _ = reduce(&state, .text($0)) }
    #expect(effects(&state, .accept) == [.move(.position(500))])
    #expect(state.overlay == nil)
  }

  @Test func namesComeBeforeDescriptionsInThePalette() {
    let state = Scene.gallery()
    func first(_ query: String) -> PaletteRow? { state.paletteRows(query).first }
    #expect(first("history") == .action(.composeHistory))
    #expect(first("gallery") == .action(.showGallery))
    #expect(first("dark") == .theme("dark"))
    // Nothing is lost: what only speaks of it stands below.
    #expect(state.paletteRows("gallery").count > 1)
    #expect(state.paletteRows("").count > 30)
  }

  @Test func thePaletteFindsRunsAndExplains() throws {
    var state = try Scene.run()
    _ = effects(&state, .palette)
    "next fir".forEach { _ = reduce(&state, .text($0)) }
    #expect(effects(&state, .accept) == [.move(.nextFiring)])
    _ = effects(&state, .palette)
    "theme light".forEach { _ = reduce(&state, .text($0)) }
    _ = effects(&state, .accept)
    #expect(state.themeName == "light")
    #expect(state.settings.theme == "light")
  }

  @Test func whyOpensForTheWindowThatChangedLast() throws {
    var state = try Scene.run()
    _ = effects(&state, .why)
    guard case .why(.window(let id), 0)? = state.overlay else {
      Issue.record("no answer")
      return
    }
    #expect(state.run?.selectedWindow == id)
    // The replay moves under the answer.
    #expect(effects(&state, .stepForward) == [.move(.events(1))])
    #expect(state.overlay != nil)
  }

  @Test func theScrubberSeeks() throws {
    var state = try Scene.run()
    #expect(reduce(&state, .click(.scrubber(500))) == [.move(.position(600))])
    state.run?.view.total = nil
    #expect(reduce(&state, .click(.scrubber(500))).isEmpty)
    #expect(state.notice != nil)
  }

  @Test func galleryFilterTakesKeysThatAreActionsElsewhere() {
    var state = Scene.gallery()
    _ = effects(&state, .filterList)
    #expect(state.event(for: .character("q")) == .text("q"))
    "sens".forEach { _ = reduce(&state, .text($0)) }
    #expect(
      effects(&state, .accept) == [
        .open(PipelineFile(path: Scene.entries[1].path)),
        .compose(.open(path: Scene.entries[1].path)),
      ])
  }

  @Test func everyActionInEveryPlaceIsAnswered() throws {
    let starts =
      try [Scene.gallery(), Scene.run(), Scene.run(at: 0), Scene.run(at: 1200)]
      + StudioScreen.allCases.filter(\.needsPipeline).map { try Scene.shown($0) }
    for start in starts {
      let overlays: [Overlay?] = [
        nil, .help(SearchList()), .palette(SearchList(query: "zzz")),
        .why(.window(WindowView.ID(key: "gone", start: 0, end: 10)), scroll: 0),
        .why(.event(7), scroll: 0), .why(.watermark, scroll: 3), .goTo(text: "", fault: nil),
        .message(title: "m", text: "t", scroll: 0), .settings(selected: 1),
        .confirm(Confirmation(title: "t", text: "w", verb: "do", step: .quit)),
      ]
      for overlay in overlays {
        for action in StudioAction.allCases {
          var state = start
          // The least that shows panels: drawing all of these takes its time.
          state.size = Size(60, 16)
          state.overlay = overlay
          _ = reduce(&state, .action(action))
          #expect(drawStudio(state, theme: .dark).grid.size == state.size)
        }
      }
    }
  }

  @Test func everyActionHasWordsAndKeysDoNotClash() {
    for action in StudioAction.allCases {
      #expect(action.title != action.rawValue, "\(action)")
      #expect(!action.doc.isEmpty, "\(action)")
    }
    #expect(StudioKeys.standard.clashes().isEmpty)
    let bound = Set(StudioKeys.standard.bindings.map(\.action.rawValue))
    #expect(StudioAction.allCases.filter { !bound.contains($0.id) }.isEmpty)
  }
}
