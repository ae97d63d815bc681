import Runtime
import Terminal
import Testing

@testable import Studio

/// Whoever comes for the first time is shown around, and can leave at any key.
@Suite struct TourTests {
  private func state() -> StudioState {
    var state = Scene.gallery()
    _ = reduce(&state, .action(.tour))
    return state
  }

  @Test func itTakesAboutAMinute() {
    let ms = Tour.stops.count * Tour.stopMs
    #expect((50_000...70_000).contains(ms))
  }

  @Test func itGoesOnByItselfAndEnds() throws {
    var state = state()
    #expect(state.tour == Tour() && state.settings.hasToured == true)
    let opened = reduce(&state, .tick)
    #expect(opened.contains(.open(PipelineFile(path: Scene.entries[0].path))))
    let replay = FakeReplay()
    let arrived = reduce(&state, .opened(Scene.summary(replay.view)))
    #expect(state.screen == .run)
    #expect(arrived.contains { if case .move(.position) = $0 { true } else { false } })
    try replay.move(.position(100), isCancelled: { false })
    _ = reduce(&state, .replayed(ReplayReport(view: replay.view)))
    #expect(reduce(&state, .tick).contains(.move(.nextFiring)))
    _ = reduce(&state, .tick)
    guard case .why? = state.overlay else {
      Issue.record("nothing is explained")
      return
    }
    for _ in 0..<10 { _ = reduce(&state, .tick) }
    #expect(state.tour == nil && state.tickMs == nil && state.overlay == nil)
  }

  @Test func itsOwnKeysMoveAndStay() {
    var state = state()
    #expect(state.event(for: .character(" ")) == .action(.tourNext))
    _ = reduce(&state, .action(.tourNext))
    #expect(state.tour?.step == 1)
    _ = reduce(&state, .action(.tourBack))
    #expect(state.tour?.step == 0)
    _ = reduce(&state, .action(.tourBack))
    #expect(state.tour?.step == 0)
  }

  @Test func anyOtherKeyLeavesAndDoesWhatItDoes() {
    let screen = HeadlessScreen(Size(80, 24))
    screen.send("Down", "q")
    var configuration = StudioApp.Configuration(
      entries: Scene.entries, open: { _ in Scene.opened() })
    configuration.startsTour = true
    let app = StudioApp(headless: screen, configuration: configuration)
    #expect(app.run() == .quit)
    #expect(app.state.tour == nil && app.state.gallery.selected == 1)
  }

  @Test func qLeavesTheTourAndNotTheStudio() {
    let screen = HeadlessScreen(Size(80, 24))
    screen.send("q", "Down", "q")
    var configuration = StudioApp.Configuration(
      entries: Scene.entries, open: { _ in Scene.opened() })
    configuration.startsTour = true
    let app = StudioApp(headless: screen, configuration: configuration)
    #expect(app.run() == .quit)
    #expect(app.state.tour == nil && app.state.gallery.selected == 1)
  }

  @Test func itIsDrawnAtTheBottom() throws {
    let state = state()
    let text = drawStudio(state, theme: .dark).grid.text
    #expect(text.contains("Welcome") && text.contains("1 of \(Tour.stops.count)"))
  }
}
