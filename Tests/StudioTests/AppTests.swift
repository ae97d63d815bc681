import Engine
import Foundation
import Runtime
import Synchronization
import Terminal
import Testing

@testable import Studio

/// Key scripts: they end when all keys were read and everything they caused is done.
@Suite struct AppTests {
  private func app(
    _ screen: HeadlessScreen, path: String? = nil,
    open: @escaping PipelineOpener = { _ in Scene.opened() }
  ) -> StudioApp {
    StudioApp(
      screen: screen,
      configuration: .init(entries: Scene.entries, path: path, open: open),
      driver: InlineReplayDriver(opener: open),
      job: InlineJob(opener: { _ in throw NoRun() }))
  }

  /// The row or column of the screen's text where something stands.
  private func row(of text: String, _ screen: HeadlessScreen) -> Int? {
    screen.text.split(separator: "\n").firstIndex { $0.contains(text) }
  }

  @Test func bordersAndTimeAreDragged() throws {
    let screen = HeadlessScreen(Size(120, 40))
    screen.send("Enter", "g")
    screen.type("143")
    screen.send("Enter", "Esc")
    #expect(app(screen).run() == .hangup)
    let border = try #require(row(of: " windows ", screen))

    func dragged(from: (Int, Int), to: (Int, Int)) -> HeadlessScreen {
      let screen = HeadlessScreen(Size(120, 40))
      screen.send("Enter", "g")
      screen.type("143")
      // While Esc is read, what was asked is done, and there is something to press on.
      screen.send("Enter", "Esc")
      screen.send([
        .mouse(Mouse(.press(.left), from.0, from.1)), .mouse(Mouse(.drag(.left), to.0, to.1)),
        .mouse(Mouse(.release(.left), to.0, to.1)),
        // After the release nothing is held.
        .mouse(Mouse(.drag(.left), 60, 30)),
      ])
      #expect(app(screen).run() == .hangup)
      return screen
    }
    #expect(row(of: " windows ", dragged(from: (50, border), to: (50, border - 4))) == border - 4)
    let lines = screen.text.split(separator: "\n").map(String.init)
    let axis = try #require(lines.first { $0.contains("╷") })
    let panned = dragged(from: (60, border - 6), to: (70, border - 6))
    let pannedAxis = try #require(
      panned.text.split(separator: "\n").map(String.init).first { $0.contains("╷") })
    #expect(pannedAxis != axis && row(of: " windows ", panned) == border)
  }

  @Test func aPipelineIsOpenedAgainOnTheScreenWhereItWasLeft() {
    func opened(_ settings: StudioSettings) -> StudioState {
      var state = StudioState(entries: Scene.entries, settings: settings)
      _ = reduce(&state, .opened(Scene.summary(ReplayView())))
      return state
    }
    var state = opened(StudioSettings())
    #expect(state.screen == .run)
    _ = reduce(&state, .action(.showTime))
    #expect(opened(state.settings).screen == .time)
    state.settings.lastFile = "another.yaml"
    #expect(opened(state.settings).screen == .run)
    _ = reduce(&state, .action(.showGallery))
    #expect(state.settings.lastScreen == "time")
  }

  @Test func opensStepsAndQuits() {
    let screen = HeadlessScreen(Size(120, 40))
    screen.send("Enter", ".", ".", ".", ",")
    let app = app(screen)
    #expect(app.run() == .hangup)
    #expect(app.state.run?.view.position == 2)
    #expect(screen.text.contains("2 / 1,200"))
    let other = HeadlessScreen(Size(120, 40))
    other.send("Enter", "q")
    #expect(self.app(other).run() == .quit)
  }

  @Test func steppingBackGivesThePictureBefore() {
    func text(_ keys: String...) -> String {
      let screen = HeadlessScreen(Size(120, 40))
      screen.send("Enter", "]", "]")
      for key in keys { screen.send(key) }
      _ = app(screen).run()
      return screen.text.split(separator: "\n").dropLast(2).joined(separator: "\n")
    }
    #expect(text() == text(".", ".", ",", ","))
  }

  @Test func goesToATimeByTyping() {
    let screen = HeadlessScreen(Size(120, 40))
    screen.send("Enter", ".", "g")
    screen.type("12:01:00")
    screen.send("Enter")
    let app = app(screen)
    #expect(app.run() == .hangup)
    #expect((app.state.run?.view.position ?? 0) > 100)
  }

  @Test func aPipelineThatCannotBeOpenedShowsItsDiagnostics() {
    let screen = HeadlessScreen(Size(80, 24))
    let app = app(screen, path: "bad.yaml") { _ in
      throw ConnectError("bad.yaml:3:1: unknown step", remedy: "write 'window'")
    }
    #expect(app.run() == .hangup)
    #expect(screen.text.contains("unknown step"))
    #expect(app.state.screen == .gallery)
  }

  @Test func nothingIsDrawnWhenNothingChanges() {
    let screen = HeadlessScreen(Size(80, 24))
    screen.send("Enter", "F5", "F6", "F7")
    _ = app(screen).run()
    #expect(screen.changes.count == 2)
  }

  @Test func tooSmallStillPlaysAndQuits() {
    let screen = HeadlessScreen(Size(30, 8))
    screen.send("Enter", "Space", "q")
    let app = app(screen)
    #expect(app.run() == .quit)
    #expect(app.state.run?.view.isAtEnd == true)
    #expect(screen.text.contains("needs 60×16"))
  }

  @Test func themeAndSettingsAreSaved() {
    let screen = HeadlessScreen(Size(80, 24))
    screen.send("t", "Enter", ">", "q")
    let saved = Mutex<[StudioSettings]>([])
    let opener: PipelineOpener = { _ in Scene.opened() }
    let app = StudioApp(
      screen: screen,
      configuration: .init(
        entries: Scene.entries, open: opener,
        saveSettings: { settings in saved.withLock { $0.append(settings) } }),
      driver: InlineReplayDriver(opener: opener),
      job: InlineJob(opener: { _ in throw NoRun() }))
    _ = app.run()
    let last = saved.withLock { $0.last }
    #expect(last?.theme == "light")
    #expect(last?.speed == "×20")
    #expect(last?.recentFiles == [Scene.entries[0].path])
  }

  @Test func clicksSeekAndSelect() {
    let screen = HeadlessScreen(Size(120, 40))
    screen.send("Enter")
    screen.send([.mouse(Mouse(.press(.left), 50, 38))])
    let app = app(screen)
    _ = app.run()
    #expect((app.state.run?.view.position ?? 0) > 400)
  }

  @Test func pastedTextNeverActs() {
    let screen = HeadlessScreen(Size(80, 24))
    screen.send([.paste("q\nq")])
    #expect(app(screen).run() == .hangup)
  }
}
