import Runtime
import Terminal
import Testing

@testable import Studio

/// Sessions: what was done is written, read back the same, and shown again to the same end.
@Suite struct SessionTests {
  private static let events: [InputEvent] = [
    .key(.character(" ")), .key(.control("p")), .paste("12:00 ☃\n#"), .resize(Size(80, 24)),
    .mouse(Mouse(.press(.left), 3, 4)), .mouse(Mouse(.drag(.left), 5, 6)),
    .mouse(Mouse(.release(.left), 5, 6)), .mouse(Mouse(.wheelDown, 0, 0)), .paste(""),
  ]

  @Test func everyEventIsReadBack() throws {
    let log = SessionLog(
      size: Size(120, 40),
      entries: Self.events.enumerated().map { index, event in
        .init(ms: index * 10, position: index == 0 ? nil : Int64(index), event: event)
      })
    let lines = [SessionLog.heading(log.size)] + log.entries.compactMap(SessionLog.line)
    #expect(lines.count == 1 + Self.events.count)
    #expect(try SessionLog(reading: lines.joined(separator: "\n")) == log)
  }

  @Test func everyKeyOfTheMapIsReadBack() throws {
    for binding in StudioKeys.standard.bindings {
      for key in binding.keys {
        let line = try #require(SessionLog.line(.init(ms: 0, position: nil, event: .key(key))))
        let log = try SessionLog(reading: "\(SessionLog.heading(Size(80, 24)))\n\(line)")
        #expect(log.entries.map(\.event) == [.key(key)])
      }
    }
  }

  @Test func whatNobodyDidIsNotWritten() {
    for event in [InputEvent.wake, .hangup, .resumed, .terminate(.interrupt)] {
      #expect(SessionLog.line(.init(ms: 0, position: nil, event: event)) == nil)
    }
  }

  @Test(arguments: [
    ("", 1), ("tidemark-session 1 0x4", 1), ("tidemark-session 2 80x24", 1),
    ("tidemark-session 1 80x24\n0 - key", 2), ("tidemark-session 1 80x24\n-1 - key a", 2),
    ("tidemark-session 1 80x24\n0 x key a", 2), ("tidemark-session 1 80x24\n\n0 - key Nope", 3),
    ("tidemark-session 1 80x24\n0 - mouse press 1", 2),
    ("tidemark-session 1 80x24\n0 - mouse press -1 2", 2),
    ("tidemark-session 1 80x24\n0 - paste %%", 2),
    ("tidemark-session 1 80x24\n9223372036854775807 - key a", 2),
  ])
  func whatCannotBeReadIsSaidWithItsLine(text: String, line: Int) {
    let fault = #expect(throws: SessionLog.Fault.self) { try SessionLog(reading: text) }
    #expect(fault?.line == line)
  }

  private func studio(_ screen: HeadlessScreen, _ session: SessionLog?) -> (
    StudioApp, () -> [String]
  ) {
    final class Lines { var all: [String] = [] }
    let lines = Lines()
    var configuration = StudioApp.Configuration(
      entries: Scene.entries, open: { _ in FakePair.opened() })
    configuration.record = { lines.all.append($0) }
    configuration.session = session
    configuration.isSessionTimed = false
    return (StudioApp(headless: screen, configuration: configuration), { lines.all })
  }

  @Test func aSessionEndsAsItDidWhenItWasRecorded() throws {
    let screen = HeadlessScreen(Size(120, 40))
    screen.send("Enter", ".", ".", "]", "]", "3", "Down", "Down", "s", "w", "Esc", "2", "Tab", "+")
    screen.send([.mouse(Mouse(.press(.left), 30, 2)), .mouse(Mouse(.release(.left), 30, 2))])
    screen.send("g")
    screen.type("400")
    screen.send("Enter", "v", "Enter", "Ctrl-U")
    screen.type("9 s")
    screen.send("Enter", "Esc", ".", ",")
    let (app, lines) = studio(screen, nil)
    #expect(app.run() == .hangup)

    let text = ([SessionLog.heading(screen.size)] + lines()).joined(separator: "\n")
    let again = HeadlessScreen(Size(120, 40))
    let (shown, _) = studio(again, try SessionLog(reading: text))
    #expect(shown.run() == .hangup)
    #expect(shown.state == app.state)
    #expect(again.text == screen.text)
  }

  /// It may be a stranger's: it shows, and does nothing else.
  @Test func aSessionTouchesNothingOutside() throws {
    let keys = ["Enter", "3", "y", "t", "2", "R", "Enter"]
    let log = SessionLog(
      size: Size(120, 40),
      entries: try keys.map { .init(ms: 0, position: nil, event: .key(try #require(Key($0)))) })
    final class Touched { var all: [String] = [] }
    let touched = Touched()
    var configuration = StudioApp.Configuration(
      entries: Scene.entries, themes: [.dark, .light], open: { _ in FakePair.opened() },
      openRun: { _ in throw NoRun() }, saveSettings: { _ in touched.all.append("settings") })
    configuration.session = log
    configuration.isSessionTimed = false
    let screen = HeadlessScreen(Size(120, 40))
    let app = StudioApp(headless: screen, configuration: configuration)
    #expect(app.run() == .hangup)
    #expect(touched.all.isEmpty && screen.copied.isEmpty)
    #expect(app.state.job?.phase == .failed)
    #expect(app.state.job?.summary?.contains("runs nothing") == true)
  }

  @Test func aFullDiskEndsTheRecordingAndNothingElse() {
    struct Full: Error, CustomStringConvertible { var description: String { "no space left" } }
    var configuration = StudioApp.Configuration(
      entries: Scene.entries, open: { _ in FakePair.opened() })
    configuration.record = { _ in throw Full() }
    let screen = HeadlessScreen(Size(120, 40))
    screen.send("Enter", "m")
    screen.send([.wake])
    let app = StudioApp(headless: screen, configuration: configuration)
    #expect(app.run() == .hangup)
    #expect(app.state.run != nil && !app.state.settings.isMouseOn)
  }

  @Test func theReplayIsBroughtToWhereAnEventCame() throws {
    let log = SessionLog(
      size: Size(80, 24),
      entries: [
        .init(ms: 0, position: nil, event: .key(Key(.named(.enter)))),
        .init(ms: 5, position: 143, event: .key(.character("."))),
        .init(ms: 9, position: 77, event: .key(.character("3"))),
      ])
    let (app, _) = studio(HeadlessScreen(Size(80, 24)), log)
    #expect(app.run() == .hangup)
    #expect(app.state.run?.view.position == 77 && app.state.screen == .windows)
  }

  @Test func aDemoComesAtItsOwnPace() {
    let log = SessionLog(
      size: Size(80, 24), entries: [.init(ms: 500, position: nil, event: .key(Key(.named(.enter))))]
    )
    var player = SessionPlayer(log, isTimed: true)
    #expect(player.step(nil, nowNs: 1_000_000_000) == .wait(ms: 501))
    #expect(player.step(nil, nowNs: 1_400_000_000) == .wait(ms: 101))
    #expect(player.step(nil, nowNs: 1_500_000_000) == .handle(.key(Key(.named(.enter)))))
    #expect(player.step(nil, nowNs: 1_500_000_000) == .ended)
    var hurried = SessionPlayer(log, isTimed: false)
    #expect(hurried.step(nil, nowNs: 0) == .handle(.key(Key(.named(.enter)))))
  }

  @Test func playingIsWaitedForAndNotCutShort() throws {
    let log = SessionLog(
      size: Size(80, 24), entries: [.init(ms: 0, position: 200, event: .key(.character(" ")))])
    var run = try #require(try Scene.run(at: 143).run)
    run.isPlaying = true
    var player = SessionPlayer(log, isTimed: false)
    #expect(player.step(run, nowNs: 0) == .wait(ms: nil))
    run.view.position = 210
    #expect(player.step(run, nowNs: 0) == .handle(.key(.character(" "))))
    run.isPlaying = false
    var paused = SessionPlayer(log, isTimed: false)
    #expect(paused.step(run, nowNs: 0) == .goTo(200))
  }
}
