import Engine
import Foundation
import Glibc
import Pipelines
import Runtime
import Terminal
import TestSupport
import Testing

@testable import Studio

/// A pipeline is written: every change is checked, can be taken back, and is never lost.
@Suite struct ComposeTests {
  private static let text = """
    pipeline: clicks # its name

    # what is read
    steps:
      - source: file
        path: ../ad-clicks/ad-clicks.jsonl
      - parse: json
        name: clicks
        columns: { click_time: TIMESTAMP_LTZ(3), ad_id: STRING, user: STRING, cost: DOUBLE }
        event_time: click_time
        watermark: { out_of_orderness: 5 s } # waits
      # only dear ones
      - filter: cost > 0.3
      - key_by: [ad_id]
      - window: tumbling
        name: minutes
        size: 1 m
      - aggregate:
          n: COUNT(*)
      - sink: file
        path: out/a.jsonl
      - sink: file
        from: minutes.late
        path: out/late.jsonl

    """

  private func studio(_ size: Size = Size(120, 40)) -> Composing {
    Composing(size: size, text: Self.text)
  }

  // MARK: editing

  /// A slip in the editor must not cost the file: nothing is added to what cannot be read.
  @Test func textThatIsNoYamlIsLeftAsItIs() throws {
    let studio = studio()
    let broken = Self.text + "  - what: [oops\n"
    studio.handle(.composed(.edited(broken)))
    for key in ["Enter", "Enter", "Esc", "a", "A", "b", "D", "d", "n", "K"] {
      studio.press(key)
      #expect(studio.compose.text == broken && studio.state.overlay == nil, "\(key)")
      #expect(studio.compose.edit == nil, "\(key)")
    }
    #expect(studio.state.notice?.contains("no YAML") == true)
    #expect(studio.picture.contains("what: [oops"))
    studio.press("u")
    #expect(studio.compose.text == Self.text && studio.compose.yamlFault == nil)
  }

  @Test func aValueIsChangedTakenBackAndMadeAgain() throws {
    let studio = studio()
    studio.select(4)
    try studio.set("size", "5 m")
    let changed = Self.text.replacing("size: 1 m", with: "size: 5 m")
    #expect(studio.compose.text == changed)
    studio.press("u")
    #expect(studio.compose.text == Self.text)
    studio.press("U")
    #expect(studio.compose.text == changed)
    try studio.set("name", "by_minute")
    // Who read the step by its name still does.
    #expect(studio.compose.text.contains("from: by_minute.late"))
    studio.press("H", "Up", "Up", "Enter")
    #expect(studio.compose.text == Self.text)
    #expect(studio.compose.history.versions.map(\.words).last == "name minutes → by_minute")
  }

  @Test func everyKeystrokeIsCheckedWithACaretUnderTheFault() throws {
    let studio = studio()
    studio.select(2)
    try studio.go(to: "filter")
    studio.press("Enter", "Ctrl-U")
    studio.type("cost > limt")
    let edit = try #require(studio.compose.edit)
    let fault = try #require(edit.fault)
    #expect(fault.message.contains("limt"))
    #expect(edit.faultRange == 7..<11)
    #expect(studio.compose.text == Self.text, "nothing is taken before Enter")
    let picture = drawStudio(studio.state, theme: .dark).grid.text
    let rows = picture.split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
    let typed = try #require(rows.firstIndex { String($0).contains("cost > limt") })
    let column = try #require(String(rows[typed]).distance(of: "limt"))
    #expect(String(rows[typed + 1][column..<(column + 4)]) == "^^^^")
    studio.press("Esc")
    #expect(studio.compose.edit == nil)
  }

  @Test func columnsAndFunctionsAreCompleted() throws {
    let studio = studio()
    studio.select(2)
    try studio.go(to: "filter")
    studio.press("Enter", "Ctrl-U")
    studio.type("upp")
    #expect(studio.compose.edit?.completions.first?.text == "UPPER(")
    studio.press("Tab")
    studio.type("us")
    studio.press("Tab")
    studio.type(") = 'X'")
    studio.press("Enter")
    #expect(studio.compose.text.contains("- filter: UPPER(user) = 'X'\n"))
    studio.select(5)
    try studio.go(to: "aggregate.+")
    studio.press("Enter")
    studio.type("spend: su")
    let sum = try #require(studio.compose.edit?.completions.first)
    #expect(sum.text == "SUM(" && sum.detail.hasPrefix("SUM("))
    studio.press("Down", "Enter")
    studio.type("co")
    #expect(studio.compose.edit?.completions.map(\.text).contains("cost") == true)
    studio.press("Tab")
    studio.type(")")
    studio.press("Enter")
    #expect(studio.compose.text.contains("      n: COUNT(*)\n      spend: SUM(cost)\n"))
  }

  @Test func aChoiceIsMadeWithTheArrowsAndAUnitIsOffered() throws {
    let studio = studio()
    studio.select(4)
    try studio.go(to: "window")
    studio.press("Enter")
    let kinds = try #require(studio.compose.edit?.completions.map(\.text))
    #expect(kinds.contains("session") && kinds.contains("sliding"))
    let steps = try #require(kinds.firstIndex(of: "session"))
    for _ in 0..<steps { studio.press("Down") }
    studio.press("Enter")
    #expect(studio.compose.text.contains("- window: session\n    name: minutes\n    gap: 30 s\n"))
    try studio.go(to: "gap")
    studio.press("Enter", "Ctrl-U")
    studio.type("45")
    #expect(studio.compose.edit?.completions.map(\.text).contains("45 s") == true)
    studio.type("s")
    studio.press("Tab", "Enter")
    #expect(studio.compose.text.contains("gap: 45 s"))
  }

  @Test func stepsAreMovedCopiedAndRemoved() throws {
    let studio = studio()
    studio.select(2)
    studio.press("D")
    #expect(studio.compose.document.stepCount == 9 && studio.compose.place == 3)
    studio.press("K", "K")
    #expect(studio.compose.document.stepTitle(at: 1).operator == "filter")
    // The parse step does not stand where it must any more: that is said, and where.
    #expect(studio.compose.document.hasErrors)
    #expect(studio.compose.document.diagnostics.allSatisfy { $0.line > 0 })
    studio.press("d", "d")
    for _ in 0..<5 { studio.press("u") }
    #expect(studio.compose.text == Self.text)
  }

  @Test func aBranchNamesWhatItReads() throws {
    let studio = studio()
    studio.select(2)
    studio.press("b", "Enter")
    studio.type("sink: file")
    studio.press("Enter")
    #expect(studio.compose.text.contains("- filter: cost > 0.3\n    name: filter\n"))
    #expect(
      studio.compose.text.contains("- sink: file\n    from: filter\n    path: out/clicks.jsonl"))
    #expect(!studio.compose.document.hasErrors)
    let chain = ComposeChain(studio.compose)
    // The pipeline as a whole is the first item, so the filter is the fourth.
    #expect(chain.items.last?.branches == [3])
    #expect(chain.gutters.keys.sorted() == [3, 5])
  }

  @Test func whatDoesNotFitSaysWhy() throws {
    let studio = studio()
    studio.select(1)
    studio.press("a")
    guard case .addStep(let add)? = studio.state.overlay else {
      Issue.record("nothing is asked")
      return
    }
    let reason = try #require(add.choices.first { $0.kind == "aggregate" }?.reason)
    #expect(!reason.isEmpty)
    #expect(add.choices.first { $0.kind == "filter" }?.reason == nil)
    studio.type("aggregate")
    studio.press("Enter")
    #expect(studio.state.notice?.contains(reason) == true)
    #expect(studio.compose.text == Self.text)
  }

  @Test func faultsAreListedAndJumpedTo() throws {
    let studio = studio()
    studio.select(4)
    try studio.set("size", "a while")
    studio.select(0)
    studio.press("x", "Enter")
    #expect(studio.compose.place == 4 && studio.compose.field?.name == "size")
    #expect(studio.compose.focus == .form)
    studio.select(0)
    studio.press("]")
    #expect(studio.compose.field?.name == "size")
    // It cannot run as it is.
    studio.press("2")
    #expect(studio.state.screen == .compose)
    if case .faults? = studio.state.overlay {} else { Issue.record("no faults are listed") }
  }

  // MARK: rows

  @Test func rowsAreSeenBeforeAndAfterAndCounted() throws {
    let studio = studio()
    let preview = try #require(studio.compose.preview)
    #expect(preview.fault == nil && preview.run.recordsRead == ComposePreview.records)
    let filter = try #require(preview.node(at: 2))
    #expect(filter.after.count + filter.counters.filtered == filter.before.count)
    #expect(filter.before.rows.contains { $0.fate == .filtered })
    // A step with a fault keeps the rows above it.
    studio.select(4)
    try studio.set("size", "a while")
    let broken = try #require(studio.compose.preview)
    #expect(broken.text == studio.compose.text)
    #expect(broken.node(at: 2) != nil && broken.node(at: 4) == nil)
    // And the rows follow what is being typed.
    studio.press("u")
    studio.select(2)
    try studio.go(to: "filter")
    studio.press("Enter", "Ctrl-U")
    studio.type("FALSE")
    #expect(studio.compose.preview?.node(at: 2)?.after.count == 0)
    studio.press("Esc")
    #expect(studio.compose.preview?.node(at: 2)?.after == filter.after)
  }

  @Test func aLogThatIsNotThereIsSaid() throws {
    let studio = studio()
    studio.select(0)
    try studio.set("path", "gone.jsonl")
    #expect(studio.compose.preview?.fault?.contains("gone.jsonl") == true)
    let picture = drawStudio(studio.state, theme: .dark).grid.text
    #expect(picture.contains("No rows:"))
  }

  // MARK: the file

  @Test func editsAreKeptAndSaved() throws {
    let studio = studio()
    let path = studio.compose.path
    #expect(studio.drafts.isEmpty)
    studio.select(4)
    try studio.set("size", "2 m")
    #expect(studio.drafts[path] == studio.compose.text)
    studio.press("u")
    #expect(studio.drafts[path] == nil, "what is in the file needs no draft")
    studio.press("U", "s")
    #expect(studio.onDisk[path] == studio.compose.text && studio.compose.isSaved)
    #expect(studio.drafts[path] == nil)
  }

  @Test func aNewFileAsksForItsName() throws {
    let studio = Composing()
    studio.add("source: file")
    studio.press("Esc", "s", "Ctrl-U")
    studio.type("mine")
    studio.press("Enter")
    let path = "\(Composing.samples)/templates/mine.yaml"
    #expect(studio.onDisk[path] == studio.compose.text)
    #expect(studio.compose.path == path && studio.compose.isSaved)
  }

  @Test func aChangeOutsideIsMergedWhereItCanBe() throws {
    let studio = studio()
    let path = studio.compose.path
    studio.select(4)
    try studio.set("size", "2 m")
    let theirs = Self.text.replacing("cost > 0.3", with: "cost > 0.5")
    studio.handle(.composed(.changedOutside(text: theirs, path: path)))
    #expect(studio.compose.text == theirs.replacing("size: 1 m", with: "size: 2 m"))
    #expect(!studio.compose.isSaved && studio.compose.onDisk == theirs)
    // The same line, here and there: asked, and nothing is lost either way.
    try studio.set("size", "3 m")
    let mine = studio.compose.text
    let other = theirs.replacing("size: 1 m", with: "size: 9 m")
    studio.handle(.composed(.changedOutside(text: other, path: path)))
    #expect(studio.compose.text == mine)
    studio.press("Enter")
    #expect(studio.compose.text == other && studio.compose.isSaved)
    studio.press("u")
    #expect(studio.compose.text == mine)
  }

  @Test func aFileThatNobodyEditedIsReadAgain() throws {
    let studio = studio()
    let theirs = Self.text + "# more\n"
    studio.handle(.composed(.changedOutside(text: theirs, path: studio.compose.path)))
    #expect(studio.compose.text == theirs && studio.compose.isSaved)
    studio.handle(.composed(.changedOutside(text: nil, path: studio.compose.path)))
    #expect(studio.compose.text == theirs && !studio.compose.isSaved)
  }

  @Test func whatIsBeingTypedStaysThroughAChangeOutside() throws {
    let studio = studio()
    studio.select(4)
    try studio.go(to: "size")
    studio.press("Enter", "Ctrl-U")
    studio.type("12")
    let theirs = Self.text.replacing("cost > 0.3", with: "cost > 0.5")
    studio.handle(.composed(.changedOutside(text: theirs, path: studio.compose.path)))
    #expect(studio.compose.text == theirs && studio.compose.edit?.entry.text == "12")
    studio.type(" m")
    studio.press("Enter")
    #expect(studio.compose.text == theirs.replacing("size: 1 m", with: "size: 12 m"))
  }

  @Test func aPipeIsNotReadForItsLook() throws {
    let folder = try TemporaryFolder()
    let pipe = "\(folder.path)/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    let studio = studio()
    studio.select(0)
    try studio.set("path", pipe)
    #expect(studio.compose.preview?.fault?.contains("only once") == true)
  }

  @Test func anEditorTakesPartInTheHistory() throws {
    let studio = studio()
    studio.handle(.composed(.edited(Self.text + "parallelism: 2\n")))
    #expect(studio.compose.document.parallelism == 2)
    studio.press("u")
    #expect(studio.compose.text == Self.text)
  }

  @Test func aDraftComesBack() {
    let desk = Composing.Desk()
    let draft = Self.text.replacing("1 m", with: "7 m")
    let theirs = Self.text.replacing("cost > 0.3", with: "cost > 9")
    var state = StudioState(entries: [])
    _ = state.write("a.yaml")
    _ = reduce(
      &state,
      .composed(
        .opened(
          ComposedFile(
            path: "a.yaml", text: theirs, onDisk: theirs, draft: draft, draftBase: Self.text))))
    #expect(state.compose?.text == theirs.replacing("1 m", with: "7 m"))
    #expect(state.compose?.isSaved == false)
    _ = state.compose?.undo()
    #expect(state.compose?.text == theirs)
    #expect(desk.files.isEmpty)
  }

  // MARK: running

  @Test func whatIsWrittenIsRunAsItStands() throws {
    let studio = studio()
    studio.select(4)
    try studio.set("size", "2 m")
    var state = studio.state
    let effects = reduce(&state, .action(.showRun))
    #expect(
      effects.contains(
        .open(PipelineFile(path: studio.compose.path, text: studio.compose.text))))
    let replay = FakeReplay()
    _ = reduce(
      &state,
      .opened(
        OpenedSummary(
          path: studio.compose.path, text: studio.compose.text, name: "clicks", logName: "log",
          view: replay.view)))
    #expect(state.screen == .run && state.run?.text == studio.compose.text)
    // What is open already is not opened again.
    _ = reduce(&state, .action(.showCompose))
    let again = reduce(&state, .action(.showTime))
    #expect(!again.contains { if case .open = $0 { true } else { false } })
    #expect(state.screen == .time)
  }

  @Test func aFieldIsTriedBesideTheFile() throws {
    let studio = studio()
    studio.select(4)
    try studio.go(to: "size")
    var state = studio.state
    _ = reduce(&state, .action(.tryValue))
    let replay = FakeReplay()
    _ = reduce(
      &state,
      .opened(
        OpenedSummary(
          path: studio.compose.path, name: "clicks", logName: "log", view: replay.view,
          options: studio.compose.document.editableOptions)))
    guard case .variant(let form)? = state.overlay else {
      Issue.record("nothing is tried")
      return
    }
    #expect(form.editing?.option.name == "size" && form.editing?.text == "1 m")
  }

  @Test func itIsShownAsSoonAsItIsThere() {
    var state = StudioState(entries: [])
    _ = state.open("a.yaml")
    _ = reduce(&state, .opened(Scene.summary(FakeReplay().view)))
    _ = reduce(&state, .action(.showCompose))
    #expect(state.screen == .run)
    _ = reduce(
      &state, .composed(.opened(ComposedFile(path: "a.yaml", text: Self.text, onDisk: Self.text))))
    #expect(state.screen == .compose)
  }

  @Test func aPipelineWithFaultsOpensWhereItCanBeMended() {
    var state = StudioState(entries: [])
    _ = state.open("a.yaml")
    let broken = Self.text.replacing("1 m", with: "one minute")
    _ = reduce(
      &state, .composed(.opened(ComposedFile(path: "a.yaml", text: broken, onDisk: broken))))
    _ = reduce(&state, .openFailed(path: "a.yaml", text: "size"))
    #expect(state.screen == .compose && state.overlay == nil)
  }

  // MARK: showing

  @Test func anOperatorIsShownAtWork() throws {
    let studio = studio()
    studio.select(4)
    studio.press("w")
    guard case .example(let shown)? = studio.state.overlay, let reel = shown.reel else {
      Issue.record("nothing is shown")
      return
    }
    // Before the first event, after each, and the end of the input.
    #expect(reel.views.count == OperatorExample.eventCount + 2)
    #expect(reel.views[10].accounting.late == 1)
    #expect(reel.views.last?.isAtEnd == true)
    for _ in 0..<20 { studio.handle(.tick) }
    guard case .example(let ended)? = studio.state.overlay else { return }
    #expect(ended.frame == ended.lastFrame && !ended.isPlaying && studio.state.tickMs == nil)
    studio.press(",")
    guard case .example(let back)? = studio.state.overlay else { return }
    #expect(back.frame == ended.lastFrame - 1)
    let picture = drawStudio(studio.state, theme: .dark).grid.text
    #expect(picture.contains("! {\"at\":\"2026-03-02T12:00:03Z\""))
    studio.press("Esc")
    #expect(studio.state.overlay == nil)
  }

  @Test(arguments: [Size(120, 40), Size(80, 24)])
  func pictures(size: Size) throws {
    let name = "\(size.width)x\(size.height)"
    let studio = studio(size)
    studio.select(2)
    #expect(try snapshotDifference(studio.picture, "compose-\(name)") == nil)
    try studio.go(to: "filter")
    studio.press("Enter")
    studio.type(" AND use")
    #expect(try snapshotDifference(studio.picture, "compose-field-\(name)") == nil)
    studio.press("Esc", "Esc", "c")
    #expect(try snapshotDifference(studio.picture, "compose-text-\(name)") == nil)
    studio.press("a")
    #expect(try snapshotDifference(studio.picture, "compose-add-\(name)") == nil)
    studio.press("Esc")
    studio.select(4)
    studio.press("w")
    for _ in 0..<8 { studio.handle(.tick) }
    #expect(try snapshotDifference(studio.picture, "compose-example-\(name)") == nil)
  }

  @Test func itIsSaidInLines() {
    let studio = studio()
    studio.select(2)
    let lines = LinearText.describe(studio.state)
    #expect(lines.contains { $0.hasPrefix("step 3: filter") && $0.hasSuffix("selected") })
    #expect(lines.contains { $0.hasPrefix("step 3: filter") && $0.contains("272 filtered") })
    #expect(lines.contains { $0.hasPrefix("composing clicks, saved") })
  }

  // MARK: any order

  /// Whatever is pressed in whatever order: the text can be read, going back gives the text that it
  /// began with, and going forward the one that it ended with.
  @Test(arguments: 0..<12)
  func anyEditsCanBeTakenBackAndMadeAgain(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let studio = studio(Size(100, 30))
    let values = [
      "1 m", "cost > 1", "[user]", "n: MAX(cost)", "x", "{", "'", "a: b: c", "", "30 s",
    ]
    let operators = ["filter", "derive", "sink: file", "key_by", "window: session", "aggregate"]
    for _ in 0..<40 {
      switch Int.random(in: 0..<9, using: &random) {
      case 0:
        studio.select(
          Int.random(in: 0..<(studio.compose.document.stepCount + 1), using: &random) - 1)
      case 1:
        studio.add(operators[Int.random(in: 0..<(operators.count), using: &random)])
        studio.press("Esc", "Esc")
      case 2: studio.press("d")
      case 3: studio.press("D")
      case 4: studio.press(Int.random(in: 0..<2, using: &random) == 0 ? "K" : "J")
      case 5: studio.press("u")
      case 6: studio.press("U")
      default:
        while studio.compose.focus != .chain { studio.press("Esc") }
        studio.press("Enter")
        for _ in 0..<Int.random(in: 0..<(max(1, studio.compose.fields.count)), using: &random) {
          studio.press("Down")
        }
        studio.press("Enter", "Ctrl-U")
        if studio.compose.edit != nil {
          studio.type(values[Int.random(in: 0..<(values.count), using: &random)])
          studio.press("Enter")
          if studio.compose.edit != nil { studio.press("Esc") }
        }
      }
      if studio.state.overlay != nil { studio.press("Esc") }
      if studio.state.screen != .compose { studio.press("1") }
      // It is the text that is kept: what is said of it is what reading it says.
      #expect(
        studio.compose.document.diagnostics
          == PipelineDocument.parse(text: studio.compose.text, path: studio.compose.path)
          .diagnostics)
      let isBroken = studio.compose.document.diagnostics.contains { $0.message.hasPrefix("YAML") }
      #expect(!isBroken, "\(studio.compose.text)")
    }
    while studio.compose.history.canRedo { studio.press("U") }
    let last = studio.compose.text
    while studio.compose.history.canUndo { studio.press("u") }
    #expect(studio.compose.text == Self.text)
    while studio.compose.history.canRedo { studio.press("U") }
    #expect(studio.compose.text == last)
    #expect(studio.drafts[studio.compose.path] == (last == Self.text ? nil : last))
  }
}

extension String {
  /// Characters before the first occurrence.
  fileprivate func distance(of text: String) -> Int? {
    firstRange(of: text).map { distance(from: startIndex, to: $0.lowerBound) }
  }
}
