import Columns
import Pipelines
import Runtime
import Terminal
import Testing

@testable import Studio

/// A/B: from another value for an option to two variants over the same log.
@Suite struct PairTests {
  /// A studio on the made-up pipeline after some keys, with everything done that they asked for.
  ///
  /// - Parameter keys: names of keys; what begins with an apostrophe is typed.
  private func studio(_ keys: [String], size: Size = Size(120, 40)) -> StudioApp {
    let screen = HeadlessScreen(size)
    for key in ["Enter"] + keys {
      if key.hasPrefix("'") { screen.type(String(key.dropFirst())) } else { screen.send(key) }
    }
    let open: PipelineOpener = { _ in FakePair.opened() }
    let app = StudioApp(
      screen: screen, configuration: .init(entries: Scene.entries, open: open),
      driver: InlineReplayDriver(opener: open),
      job: InlineJob(opener: { _ in throw NoRun() }))
    #expect(app.run() == .hangup)
    return app
  }

  private static let at143 = ["g", "'143", "Enter"]
  /// Esc does nothing there; while it is read, what was asked is answered.
  private static let setDelay = ["v", "'out_of", "Enter", "Ctrl-U", "'9 s", "Enter", "Esc"]

  private func form(_ app: StudioApp) throws -> VariantForm {
    guard case .variant(let form)? = app.state.overlay else {
      throw TestFault("no form is open: \(String(describing: app.state.overlay))")
    }
    return form
  }

  private struct TestFault: Error {
    init(_ text: String) { self.text = text }
    var text: String
  }

  @Test func theFormListsWhatTheFileHasFirst() throws {
    let state = studio(["v"]).state
    #expect(
      state.variantRows("").map(\.name) == ["watermark.out_of_orderness", "late", "offset"])
    #expect(state.variantRows("starts").map(\.name) == ["offset"])
    // What is called so comes before what only speaks of it.
    #expect(state.variantRows("window").map(\.name) == ["late", "offset"])
    #expect(
      state.variantRows("watermark").map(\.name).first == "watermark.out_of_orderness")
  }

  @Test func theFieldBeginsWithTheValueInTheFile() throws {
    let form = try form(studio(["v", "'out_of", "Enter"]))
    #expect(form.editing?.option == FakePair.delay)
    #expect(form.editing?.text == "4 s")
  }

  @Test func choicesAreGoneThroughWithTheArrows() throws {
    let keys = ["v", "Down", "Enter"]
    #expect(try form(studio(keys + ["Down"])).editing?.text == "correct")
    #expect(try form(studio(keys + ["Up"])).editing?.text == "drop")
    #expect(try form(studio(keys + ["Down", "Down"])).editing?.text == "drop")
  }

  @Test(arguments: [("'4 s", "this is the value in the file"), ("'wrong", "a length of time")])
  func aValueThatCannotBeTriedIsSaidInTheForm(typed: String, says: String) throws {
    let app = studio(["v", "'out_of", "Enter", "Ctrl-U", typed, "Enter"])
    #expect(try form(app).editing?.fault?.contains(says) == true)
    #expect(app.state.run?.pair == nil)
    // Typing takes the fault away: the value is another now.
    let typedOn = studio(["v", "'out_of", "Enter", "Ctrl-U", typed, "Enter", "'1"])
    #expect(try form(typedOn).editing?.fault == nil)
  }

  @Test func escGoesBackToTheListAndThenAway() throws {
    #expect(try form(studio(["v", "Enter", "Esc"])).editing == nil)
    #expect(studio(["v", "Enter", "Esc", "Esc"]).state.overlay == nil)
  }

  @Test func bothVariantsAreShownAndMoveTogether() throws {
    let state = studio(Self.at143 + Self.setDelay + [".", "."]).state
    #expect(state.screen == .pair && state.overlay == nil)
    let pair = try #require(state.run?.pair)
    #expect(pair.words == "out_of_orderness 4 s → 9 s")
    #expect(pair.view?.a.position == 145 && pair.view?.b.position == 145)
    #expect(pair.page == FakePair.page)
  }

  @Test func theOtherScreensShowTheOneThatIsChosen() throws {
    let paired = Self.at143 + Self.setDelay
    #expect(studio(paired).state.run?.pair?.view?.shown == .a)
    let state = studio(paired + ["V", "2"]).state
    #expect(state.screen == .run)
    #expect(state.run?.pair?.view?.shown == .b)
    #expect(state.run?.view == state.run?.pair?.view?.b)
  }

  @Test func aSecondValueIsAddedAndTheFilesOwnTakesItBack() throws {
    let second = Self.setDelay + ["v", "'policy", "Ctrl-U", "'late", "Enter", "Up", "Enter"]
    #expect(
      studio(second).state.run?.pair?.edits.map(\.words) == [
        "out_of_orderness 4 s → 9 s", "late update → drop",
      ])
    let back = second + ["v", "'out_of", "Enter", "Ctrl-U", "'4 s", "Enter"]
    #expect(studio(back).state.run?.pair?.edits.map(\.words) == ["late update → drop"])
  }

  @Test func theBoundThatIsWeighedIsTheOneToTry() throws {
    // Esc lets the tuner's answer come.
    let tuner = Self.at143 + ["4", "Esc", "Esc", "Tab", "Tab", "Tab", "Right", "Right"]
    let candidate = try #require(studio(tuner).state.run?.time.candidate)
    let field = try #require(form(studio(tuner + ["v"])).editing)
    #expect(field.option == FakePair.delay && field.text == formatDuration(candidate))
  }

  @Test func theDifferenceFillsTheScreen() {
    let paired = Self.at143 + Self.setDelay
    let zoomed = studio(paired + ["f"]).state
    let text = drawStudio(zoomed, theme: .dark).grid.text
    #expect(text.contains("results that differ 3") && !text.contains("A as in the file"))
    #expect(studio(paired + ["f", "Esc"]).state.run?.pair?.isZoomed == false)
  }

  @Test func leavingGoesOnWithTheFirst() throws {
    let state = studio(Self.at143 + Self.setDelay + ["V", "X"]).state
    #expect(state.run?.pair == nil && state.screen == .run)
    #expect(state.run?.view.position == 143)
  }

  @Test func aLineOfTheDifferenceCanBeGoneToExplainedAndCopied() throws {
    let paired = Self.at143 + Self.setDelay
    #expect(studio(paired + ["Down", "Enter"]).state.run?.view.position == 121)
    let explained = studio(paired + ["Down", "w"]).state
    #expect(explained.overlay == .why(.event(120), scroll: 0))
    #expect(
      studio(paired + ["Down"]).state.selectedLine
        == "clicks\tad-3\t12:00:30\t12:00:40\tB\t1\t0.25")
  }

  @Test func anAnswerThatCameOnlySoFarIsAskedForAgain() throws {
    var state = studio(Self.at143 + Self.setDelay).state
    var page = FakePair.page
    page.isComplete = false
    let question = try #require(state.run?.pair?.question)
    let effects = reduce(&state, .answered(question, .difference(page)))
    #expect(effects == [.ask(question)])
    #expect(reduce(&state, .answered(question, .difference(FakePair.page))).isEmpty)
  }

  @Test func withoutAnOptionNothingCanBeTried() throws {
    let state = try Scene.run()
    #expect(state.reasonAgainst(.tryValue) != nil)
    #expect(state.reasonAgainst(.otherVariant) != nil)
  }

  @Test(arguments: [Size(120, 40), Size(80, 24)])
  func pictures(size: Size) throws {
    let name = "\(size.width)x\(size.height)"
    let pair = studio(Self.at143 + Self.setDelay, size: size).state
    let grid = drawStudio(pair, theme: .dark).grid.styledText
    #expect(try snapshotDifference(grid, "pair-\(name)") == nil)
    let form = studio(["v", "'late", "Enter", "Ctrl-U", "'wrong", "Enter"], size: size).state
    #expect(try snapshotDifference(drawStudio(form, theme: .dark).grid.text, "try-\(name)") == nil)
  }

  @Test func thePlainLinesSayTheSame() {
    let lines = LinearText.describe(studio(Self.at143 + Self.setDelay).state)
    #expect(lines.contains { $0.contains("B has out_of_orderness 4 s to 9 s") })
    #expect(lines.contains { $0.contains("1 changed, 1 only in A, 1 only in B; 18 are alike") })
    #expect(
      lines.contains(
        "ad_id ad-17, window_start 12:00:40, window_end 12:00:50: A has clicks 12, spend 3.50;"
          + " B has clicks 14, spend 3.50"))
  }
}
