import Runtime
import Terminal
import Testing

@testable import Studio

/// The screens of lists: selection by identity, filter, order, looking inside.
@Suite struct ScreenTests {
  private let replay = FakeReplay()

  /// Does what a studio with a replay would do: answers questions as they are asked.
  private func press(_ state: inout StudioState, _ actions: StudioAction...) throws {
    for action in actions { try settle(&state, reduce(&state, .action(action))) }
  }

  private func settle(_ state: inout StudioState, _ effects: [StudioEffect]) throws {
    for effect in effects {
      switch effect {
      case .ask(let query):
        let answer = try #require(try replay.answer(query, isCancelled: { false }))
        try settle(&state, reduce(&state, .answered(query, answer)))
      case .copy: break
      case .move(let move):
        try replay.move(move, isCancelled: { false })
        try settle(&state, reduce(&state, .replayed(ReplayReport(view: replay.view))))
      default: break
      }
    }
  }

  private func opened(_ screen: StudioScreen) throws -> StudioState {
    var state = Scene.gallery()
    try replay.move(.position(143), isCancelled: { false })
    try settle(&state, reduce(&state, .opened(Scene.summary(replay.view))))
    try press(&state, screen.action)
    return state
  }

  @Test func theSelectedWindowStaysSelectedWhileTheReplayGoesOn() throws {
    var state = try opened(.windows)
    try press(&state, .down, .down)
    let selected = try #require(state.run?.windows.list.selected)
    try press(&state, .nextFiring, .nextFiring, .sortList, .reverseList)
    #expect(state.run?.windows.list.selected == selected)
    let windows = try #require(state.run?.windows)
    #expect(windows.page?.windows[windows.list.place].id == selected)
  }

  @Test func theSameIsAskedOnceForAPosition() throws {
    var state = try opened(.windows)
    let asked = replay.questions.count
    try press(&state, .down, .up, .holdView, .holdView)
    #expect(replay.questions.count == asked)
    try press(&state, .stepForward)
    #expect(replay.questions.count == asked + 1)
  }

  @Test func aFilterStaysVisibleAndEscTakesItAway() throws {
    var state = try opened(.windows)
    try press(&state, .filterList)
    #expect(state.event(for: .character("q")) == .text("q"))
    for letter in "ad-17" { try settle(&state, reduce(&state, .text(letter))) }
    try press(&state, .accept)
    #expect(state.run?.windows.page?.windows.allSatisfy { $0.key == "ad-17" } == true)
    #expect(drawStudio(state, theme: .dark).grid.text.contains("/ad-17"))
    #expect(state.event(for: .character("q")) == .action(.quit))
    try press(&state, .close)
    #expect(state.run?.windows.page?.windows.contains { $0.key != "ad-17" } == true)
  }

  @Test func aClickOnAHeadSortsAndAnotherTurnsAround() throws {
    var state = try opened(.windows)
    let rows = 3
    try settle(&state, reduce(&state, .click(.listHead(rows))))
    let down = try #require(state.run?.windows.page?.windows.map(\.rows))
    #expect(down == down.sorted(by: >))
    try settle(&state, reduce(&state, .click(.listHead(rows))))
    let up = try #require(state.run?.windows.page?.windows.map(\.rows))
    #expect(up == up.sorted())
  }

  @Test func aWindowIsLookedIntoAndItsEventsExplained() throws {
    var state = try opened(.windows)
    try press(&state, .accept)
    let detail = try #require(state.run?.windows.detail)
    #expect(!detail.events.isEmpty)
    #expect(drawStudio(state, theme: .dark).grid.text.contains("event time"))
    try press(&state, .down, .why)
    let second = detail.events[1].position
    #expect(state.overlay == .why(.event(second), scroll: 0))
    #expect(drawStudio(state, theme: .dark).grid.text.contains("record \(second) of"))
    try press(&state, .close, .close)
    #expect(state.run?.windows.opened == nil)
    #expect(state.run?.windows.page != nil)
  }

  @Test func whyAWindowHasItsValueListsItsEvents() throws {
    var state = try opened(.windows)
    try press(&state, .why)
    let text = state.explain(.window(try #require(state.run?.windows.list.selected)))
      .map(\.text).joined(separator: "\n")
    #expect(text.contains("What is in it"))
  }

  @Test func theOutputShowsStreamsAndTheLineInFull() throws {
    var state = try opened(.output)
    #expect(drawStudio(state, theme: .dark).grid.text.contains("results"))
    try press(&state, .nextTab)
    #expect(state.run?.output.stream == .late)
    try settle(&state, reduce(&state, .click(.listTab(2))))
    #expect(state.run?.output.stream == .dead)
    #expect(drawStudio(state, theme: .dark).grid.text.contains("column cost: not a number"))
    try press(&state, .accept)
    #expect(drawStudio(state, theme: .dark).grid.text.contains(#"{"ad":"ad-3","cost":"x"}"#))
  }

  @Test func aPointOfTheDiagonalIsExplained() throws {
    var state = try opened(.time)
    try press(&state, .panLeft, .panLeft, .why)
    let points = try #require(state.run?.time.picture?.points)
    let second = points[points.count - 2].position
    #expect(state.overlay == .why(.event(second), scroll: 0))
    #expect(drawStudio(state, theme: .dark).grid.text.contains("record \(second) of"))
  }

  @Test func theTunerWeighsABoundAgainstThePipelinesOwn() throws {
    var state = try opened(.time)
    let tuning = try #require(state.run?.time.tuning)
    try press(&state, .previousPanel)
    #expect(state.run?.time.focus == .tuner)
    #expect(state.run?.time.weighed == tuning.bounds.last { $0.ms <= 4000 })
    try press(&state, .last)
    let widest = try #require(state.run?.time.weighed)
    #expect(widest == tuning.bounds.last)
    let text = drawStudio(state, theme: .dark).grid.text
    #expect(text.contains("\(formatSpan(4000)) →"))
    // What is copied is what the pipeline file wants.
    #expect(
      reduce(&state, .action(.accept))
        == [.copy("watermark: { out_of_orderness: \(widest.ms) ms }")])
    try press(&state, .first)
    #expect(state.run?.time.weighed?.ms == 0)
    #expect((state.run?.time.weighed?.late ?? 0) > (state.run?.time.configured?.late ?? 0))
  }

  @Test func zoomKeepsTheSelectedEventInSight() throws {
    var state = try opened(.time)
    try press(&state, .first)
    let selected = try #require(state.run?.time.selected)
    try press(&state, .zoomIn, .zoomIn)
    #expect(state.run?.time.picture?.positions.contains(selected) == true)
    #expect((state.run?.time.picture?.positions.count ?? 0) < 143)
    try press(&state, .follow)
    #expect(state.run?.time.picture?.positions == 0..<143)
  }

  @Test func aLineIsCopiedWithTabs() throws {
    var state = try opened(.windows)
    let window = try #require(state.run?.windows.selection)
    let effects = reduce(&state, .action(.copy))
    #expect(effects == [.copy(window.line)])
    _ = reduce(&state, .copied(window.line.utf8.count, true))
    #expect(state.notice?.contains("copied") == true)
  }

  @Test func theViewCanBeHeldWhileTheReplayGoesOn() throws {
    var state = try opened(.run)
    let shown = state.run?.view.position
    try press(&state, .holdView)
    try replay.move(.position(200), isCancelled: { false })
    try settle(&state, reduce(&state, .replayed(ReplayReport(view: replay.view, isPlaying: true))))
    #expect(state.run?.view.position == shown)
    #expect(state.run?.isPlaying == true)
    #expect(drawStudio(state, theme: .dark).grid.text.contains("VIEW HELD"))
    try press(&state, .holdView)
    #expect(state.run?.view.position == 200)
  }

  @Test func aThemeIsSeenBeforeItIsChosen() throws {
    var state = try opened(.run)
    try press(&state, .palette)
    for letter in "theme light" { try settle(&state, reduce(&state, .text(letter))) }
    #expect(state.shownThemeIndex == 1)
    #expect(state.themeIndex == 0)
    try press(&state, .close)
    #expect(state.shownThemeIndex == 0)
  }

  @Test func settingsChangeAtOnceAndAreKept() throws {
    var state = try opened(.run)
    try press(&state, .settings, .down)
    let before = state.symbols
    let effects = reduce(&state, .action(.accept))
    #expect(state.symbols != before)
    #expect(effects == [.saveSettings(state.settings)])
    #expect(state.settings.symbols == state.symbols.rawValue)
  }

  @Test func whatCannotBeTakenBackIsAskedFirst() throws {
    var state = try opened(.run)
    let question = Confirmation(title: "run", text: "writes out.jsonl", verb: "run", step: .quit)
    state.overlay = .confirm(question)
    #expect(reduce(&state, .action(.playPause)).isEmpty)
    #expect(state.overlay == .confirm(question))
    #expect(reduce(&state, .action(.accept)) == [.quit])
    state.overlay = .confirm(question)
    #expect(reduce(&state, .action(.close)).isEmpty)
    #expect(state.overlay == nil)
  }
}

/// The run screen: lanes that are pinned and filtered, operators that are explained.
@Suite struct RunScreenTests {
  private func effects(_ state: inout StudioState, _ actions: StudioAction...) {
    for action in actions { _ = reduce(&state, .action(action)) }
  }

  @Test func aPinnedLaneStaysOnTop() throws {
    var state = try Scene.run()
    state.run?.focus = .timeline
    effects(&state, .last, .accept)
    let key = try #require(state.run?.selectedKey)
    #expect(state.run?.lanes.first?.key == key)
    #expect(drawStudio(state, theme: .dark).grid.text.contains("▸◆\(key)"))
    effects(&state, .accept)
    #expect(state.run?.lanes.first?.key != key)
  }

  @Test func theFilterChoosesLanesAndWindows() throws {
    var state = try Scene.run()
    effects(&state, .filterList)
    "ad-1".forEach { _ = reduce(&state, .text($0)) }
    effects(&state, .accept)
    let run = try #require(state.run)
    #expect(run.lanes.map(\.key) == ["ad-17"])
    #expect(run.sortedWindows.allSatisfy { $0.key == "ad-17" })
    #expect(drawStudio(state, theme: .dark).grid.text.contains("/ad-1"))
    effects(&state, .close)
    #expect((state.run?.lanes.count ?? 0) > 1)
  }

  @Test func eachStepOfThePipelineIsExplained() throws {
    var state = try Scene.run()
    state.run?.focus = .pipeline
    let boxes = try #require(state.run?.view.boxes)
    for (index, box) in boxes.enumerated() {
      state.run?.selectedBox = index
      effects(&state, .why)
      #expect(state.overlay == .why(.step(index), scroll: 0))
      let text = state.explain(.step(index)).map(\.text).joined(separator: "\n")
      #expect(text.contains("Flink:"))
      for (name, count) in box.losses where count > 0 {
        #expect(text.contains("\(formatCount(count)) \(name)"))
      }
      effects(&state, .close)
    }
  }

  @Test func aClickOnAStepSelectsItAndAnotherExplainsIt() throws {
    var state = try Scene.run()
    _ = reduce(&state, .click(.box(2)))
    #expect(state.run?.selectedBox == 2)
    _ = reduce(&state, .click(.box(2)))
    #expect(state.overlay == .why(.step(2), scroll: 0))
  }

  @Test func keysThatBeginAlikeAreToldApart() throws {
    var state = try Scene.run(at: 143, Size(80, 24))
    for name in ["a", "b"] {
      state.run?.view.keys.insert(
        KeyView(key: "campaign-2026-winter-\(name)", events: 500), at: 0)
    }
    let text = drawStudio(state, theme: .dark).grid.text
    #expect(text.contains("-a") && text.contains("-b"))
  }
}
