import Engine
import Pipelines
import Runtime
import Terminal
import TestSupport
import Testing

@testable import Studio

/// Composing feels right: nothing is hidden, a key means one thing, and what is said is true.
@Suite struct ComposeFeelTests {
  private static let text = """
    pipeline: clicks
    steps:
      - source: file
        path: ../ad-clicks/ad-clicks.jsonl
      - parse: json
        name: clicks
        columns: { click_time: TIMESTAMP_LTZ(3), ad_id: STRING, user: STRING, cost: DOUBLE }
        event_time: click_time
        watermark: { out_of_orderness: 5 s }
      - filter: cost > 0.3
      - key_by: [ad_id]
      - window: tumbling
        name: minutes
        size: 1 m
      - aggregate:
          n: COUNT(*)
          total: SUM(cost)
          mean: AVG(cost)
          dearest: MAX(cost)
          cheapest: MIN(cost)
      - sink: file
        path: out/a.jsonl

    """

  private func studio(_ size: Size = Size(120, 40), text: String = text) -> Composing {
    Composing(size: size, text: text)
  }

  private func picture(_ studio: Composing) -> String {
    drawStudio(studio.state, theme: .dark).grid.text
  }

  private func footer(_ studio: Composing) -> String {
    String(picture(studio).split(separator: "\n", omittingEmptySubsequences: false).last ?? "")
  }

  // MARK: rows

  private func side(_ columns: [String], _ values: [[String?]]) -> RowsSide {
    RowsSide(
      title: "after", note: "", columns: columns,
      rows: values.enumerated().map { .init(position: Int64($0.offset), values: $0.element) },
      empty: "")
  }

  @Test(arguments: [20, 30, 40, 76, 200])
  func aLongRecordIsCutAndNeverLeftOut(width: Int) throws {
    var side = side(["record"], (0..<9).map { _ in [String(repeating: "x", count: 300)] })
    for row in [2, 5] {
      side.rows[row].fate = .bad
      side.errors[Int64(row)] = "the string is not closed, and nothing else is right with it"
    }
    let fitted = side.fitted(to: width, from: 0)
    #expect(fitted.columns.map(\.title) == ["", "record", "why"])
    #expect(fitted.before == 0 && fitted.unit == "character")
    // And its end can be scrolled to.
    let end = side.fitted(to: width, from: side.lastColumn(width))
    #expect(end.after == 0 && end.before + end.columns[1].width >= 300)
    #expect(end.columns[1].text(side.rows[0]).0.count <= end.columns[1].width)
    #expect(fitted.columns.allSatisfy { $0.width > 0 })
    if width >= 40 {
      #expect(fitted.columns.reduce(-2) { $0 + $1.width + 2 } <= width)
      #expect(fitted.columns[1].width >= 12)
    }
  }

  @Test func columnsThatDoNotFitAreCountedAndScrolledTo() throws {
    let names = (0..<12).map { "column_\($0)" }
    let side = side(names, [names.map { "value of \($0)" }])
    let first = side.fitted(to: 60, from: 0)
    #expect(first.before == 0 && first.after == 12 - first.columns.count && first.after > 0)
    let last = side.fitted(to: 60, from: side.lastColumn(60))
    #expect(last.after == 0 && last.columns.last?.title == "column_11")
    // What is wider than the whole panel still stands there, cut.
    let wide = self.side(["a", "b"], [[String(repeating: "y", count: 500), "1"]])
    #expect(wide.fitted(to: 20, from: 0).columns.first?.width == 20)
    #expect(wide.lastColumn(20) == 1)
  }

  @Test func theWindowOfAResultComesFirst() throws {
    let studio = studio()
    studio.select(5)
    var text = picture(studio)
    #expect(text.contains("window") && text.contains("09:00:00–09:01:00"))
    #expect(!text.contains("window_start"))
    #expect(text.contains("column") && text.contains("▸"))
    studio.press("Tab", "Tab")
    let view = try #require(studio.state.rowsView)
    let extent = try #require(view.extent())
    #expect(extent.sides == 2 && extent.lastColumn > 0)
    for _ in 0..<extent.lastColumn { studio.press("Right") }
    text = picture(studio)
    #expect(text.contains("◂ \(extent.lastColumn) column") && text.contains("cheapest"))
    #expect(text.contains("09:00:00–09:01:00"), "the window stays while the others move")
    // Past the last column is the other side, and back.
    studio.press("Right", "Enter")
    #expect(studio.compose.showsBefore)
    studio.press("Enter")
    #expect(!studio.compose.showsBefore && studio.compose.focus == .rows)
  }

  @Test func windowsOfSeveralDaysSayTheDay() {
    let side = side(
      ["window_start", "window_end"],
      [
        ["2026-03-02T23:00:00.000Z", "2026-03-03T00:00:00.000Z"],
        ["2026-03-03T01:00:00.250Z", "2026-03-03T02:00:00.000Z"],
      ])
    let column = side.fitted(to: 80, from: 0).columns[0]
    #expect(column.text(side.rows[0]).0 == "2026-03-02 23:00:00–2026-03-03 00:00:00")
    #expect(column.text(side.rows[1]).0 == "2026-03-03 01:00:00.250–02:00:00")
  }

  @Test func numbersAreExactAndStandToTheRight() throws {
    let studio = studio()
    studio.select(5)
    let node = try #require(studio.compose.preview?.node(at: 5))
    let index = try #require(node.after.columns.firstIndex(of: "mean"))
    let values = node.after.rows.compactMap { $0.values[index] }
    // A mean has more than two digits behind its point.
    #expect(values.contains { $0.split(separator: ".").last?.count ?? 0 > 4 })
    var side = side(["n"], [["7"], ["1234"]])
    side.types = ["n": "BIGINT"]
    side.columns.append("text")
    for index in side.rows.indices { side.rows[index].values.append("12") }
    let columns = side.fitted(to: 80, from: 0).columns
    #expect(columns.map(\.align) == [.trailing, .leading])
  }

  @Test func theWheelMovesRowsAtOnceAndOnlyOneSideIsMarked() throws {
    let studio = studio()
    studio.select(2)
    studio.handle(.wheel(.composeRows(0), 1))
    #expect(studio.compose.focus == .rows && studio.compose.showsBefore)
    #expect(studio.compose.rowsPlaces[0].top == 3 && studio.compose.rowsPlaces[1].top == 0)
    studio.handle(.wheel(.composeRows(1), 1))
    #expect(studio.compose.rowsPlaces[1].top == 3 && studio.compose.rowsPlaces[0].top == 3)
    for _ in 0..<200 { studio.handle(.wheel(.composeRows(1), 1)) }
    let extent = try #require(studio.state.rowsView?.extent())
    #expect(studio.compose.rowsPlaces[1].top == extent.total - extent.room)
    studio.press("Home")
    #expect(studio.compose.rowsPlaces[1] == RowsPlace())
    let frame = drawStudio(studio.state, theme: .dark)
    let ground = Theme.dark[.selection].background
    let marked = (0..<frame.grid.height).filter {
      frame.grid[118 - 4, $0].style.background == ground
    }
    #expect(marked.count == 1, "rows \(marked)")
  }

  @Test func aLongLineOfTheTextIsScrolledTo() {
    let long = String(repeating: "cost > 0 AND ", count: 20) + "user = 'the end'"
    let studio = studio(text: Self.text.replacing("cost > 0.3", with: long))
    studio.select(2)
    studio.press("c", "Tab", "Tab")
    #expect(!picture(studio).contains("'the end'") && picture(studio).contains("…"))
    for _ in 0..<60 { studio.press("l") }
    #expect(picture(studio).contains("'the end'"))
    for _ in 0..<60 { studio.press("h") }
    studio.press("End")
    #expect(picture(studio).contains("out/a.jsonl"))
    studio.press("Up")
    studio.press("Home")
    #expect(picture(studio).contains("pipeline: clicks"))
  }

  @Test func theLineThatIsNoYamlIsShownAndScrolledFrom() throws {
    let broken =
      Self.text + "  - filter: 'not closed" + String(repeating: " and long", count: 20) + "\n"
    let studio = studio(text: broken)
    try #require(studio.compose.yamlFault != nil)
    studio.press("Tab", "Tab")
    #expect(footer(studio).contains("scroll"))
    let before = picture(studio)
    studio.press("l")
    #expect(picture(studio).contains("from column 9") && picture(studio) != before)
  }

  // MARK: boxes

  @Test func aBoxSaysWhatBecameOfTheRows() throws {
    let studio = studio()
    let chain = ComposeChain(studio.compose)
    let filter = chain.items[3]
    let passed = try #require(filter.passed)
    #expect(filter.lost.filtered == passed.rowsIn - passed.rowsOut && filter.lost.bad == 0)
    #expect(picture(studio).contains("−\(filter.lost.filtered) \(passed.rowsOut)"))
    studio.select(4)
    try studio.set("size", "a while")
    #expect(picture(studio).contains("✗ fault"))
    // And its words are whole, also without a length.
    #expect(!studio.compose.document.stepWords(at: 4).hasPrefix(","))
  }

  @Test func aNameThatIsTooLongForItsBoxIsCut() {
    let studio = studio(
      text: Self.text.replacing("name: minutes", with: "name: by_minute_and_everything_else"))
    #expect(picture(studio).contains("by_minute_"))
  }

  @Test func aWarningDoesNotLookLikeAFault() throws {
    let text = Self.text.replacing("sink: file\n    path: out/a.jsonl", with: "sink: stdout")
    let studio = studio(text: text)
    let warning = try #require(studio.compose.faults(at: 6).first)
    try #require(!studio.compose.document.hasErrors)
    studio.select(6)
    try studio.go(to: "sink")
    let form = picture(studio)
    #expect(!form.contains("✗ \(warning.message.prefix(20))"))
    #expect(form.contains("! \(warning.message.prefix(20))"))
    #expect(form.contains("✓ sound") && form.contains("• "))
  }

  @Test func whatIsSelectedIsSeenWithoutColours() throws {
    let studio = studio(Size(80, 24))
    studio.select(2)
    let theme = Theme.dark.resolved(for: .mono)
    let grid = drawStudio(studio.state, theme: theme, symbols: .ascii).grid
    let rows = grid.text.split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
    let row = try #require(rows.firstIndex { String($0).contains("filter cost") })
    let column = try #require(rows[row].firstIndex(of: "f"))
    #expect(grid[column, row].style.attributes.contains(.reverse))
  }

  // MARK: keys

  @Test func composeIsNotLeftByOneKeyTooMany() {
    let studio = studio()
    studio.press("1")
    #expect(studio.state.screen == .compose)
    studio.press("Esc", "Esc")
    #expect(studio.state.screen == .compose)
    #expect(studio.state.notice?.contains("Ctrl-O") == true)
    studio.press("Ctrl-O")
    #expect(studio.state.screen == .gallery)
    studio.press("1")
    #expect(studio.state.screen == .compose)
  }

  @Test func theFocusReturnsAfterNaming() throws {
    let studio = studio()
    studio.select(2)
    studio.press("n")
    studio.type("dear")
    studio.press("Enter")
    #expect(studio.compose.document.stepTitle(at: 2).name == "dear")
    #expect(studio.compose.focus == .chain && footer(studio).contains("d remove step"))
    studio.press("n", "Esc")
    #expect(studio.compose.focus == .chain)
    studio.press("d")
    #expect(!studio.compose.text.contains("filter"))
    studio.press("u", "Enter")
    #expect(footer(studio).contains("d clear field"))
  }

  @Test func faultsAreVisitedOneAfterAnother() throws {
    let late = "  - sink: file\n    from: minutes.late\n    path: out/late.jsonl\n"
    let studio = studio(text: Self.text + late)
    studio.select(4)
    studio.press("d")
    let faults = studio.compose.document.diagnostics
    let places = faults.map { studio.compose.document.place(of: $0) }
    try #require(faults.count > 1, "\(faults)")
    var seen: [String] = []
    for _ in 0..<(faults.count * 2) {
      studio.press("]")
      seen.append(String(studio.state.notice?.prefix { $0 != " " } ?? ""))
    }
    #expect(seen == (0..<(faults.count * 2)).map { "\($0 % faults.count + 1)" }, "\(places)")
    studio.press("[")
    #expect(studio.state.notice?.hasPrefix("\(faults.count - 1) of") == true)
  }

  @Test func whatIsRequiredIsNotTakenAwayInSilence() throws {
    let studio = studio()
    studio.select(4)
    try studio.go(to: "size")
    studio.press("Enter", "Ctrl-U", "Enter")
    #expect(studio.compose.edit?.fault?.message == "size is required")
    #expect(picture(studio).contains("size is required"))
    studio.press("Esc")
    #expect(studio.compose.text == Self.text)
    try studio.go(to: "window")
    studio.press("Enter", "Ctrl-U", "Enter")
    #expect(studio.compose.edit?.fault?.message == "window is required")
  }

  @Test func aBranchSaysWhichStepsHaveOne() {
    let studio = studio()
    studio.select(3)
    studio.press("b")
    #expect(studio.state.notice?.contains("parse, filter, derive, window and aggregate") == true)
    #expect(studio.state.notice?.contains("key_by") == true)
  }

  @Test func theFooterNamesTheKeysThatWorkHere() throws {
    let studio = studio()
    studio.select(2)
    try studio.go(to: "filter")
    studio.press("Enter", "Ctrl-U")
    studio.type("us")
    #expect(footer(studio).contains("Tab completes"))
    studio.press("Esc", "Esc", "H")
    #expect(footer(studio).contains("Enter go there"))
    studio.press("Esc", "w")
    #expect(footer(studio).contains(". step") && footer(studio).contains("Home first"))
    studio.press("Esc")
    // What is said does not hide them.
    studio.handle(.composed(.edited(Self.text + "parallelism: 2\n")))
    #expect(footer(studio).contains("a add"))
    #expect(picture(studio).contains("taken from the editor"))
    studio.select(4)
    try studio.set("size", "2 m")
    let theirs = Self.text.replacing("size: 1 m", with: "size: 9 m")
    studio.handle(.composed(.changedOutside(text: theirs, path: studio.compose.path)))
    #expect(
      footer(studio).contains("Enter takes theirs") && footer(studio).contains("Esc leave it"))
  }

  // MARK: saving

  @Test func itIsSavedUnderAnotherName() throws {
    let studio = studio()
    let old = studio.compose.path
    studio.select(4)
    try studio.set("size", "2 m")
    #expect(studio.drafts[old] != nil)
    studio.press("S", "Ctrl-U")
    studio.type("other")
    studio.press("Enter")
    let new = "\(Composing.samples)/templates/other.yaml"
    #expect(studio.compose.path == new && studio.compose.isSaved)
    #expect(studio.onDisk[new] == studio.compose.text && studio.onDisk[old] == Self.text)
    #expect(studio.drafts[old] == nil && studio.drafts[new] == nil)
    // Another file is never written over.
    studio.press("S", "Ctrl-U")
    studio.type("pipeline.yaml")
    studio.press("Enter")
    #expect(studio.onDisk[old] == Self.text && studio.compose.path == new)
  }

  @Test func aDraftIsCalledOne() throws {
    let studio = Composing()
    studio.add("source: file")
    let path = studio.compose.path
    #expect(studio.state.settings.drafts == [path])
    #expect(studio.state.settings.recentFiles.contains(path))
    studio.press("Esc", "Ctrl-O")
    #expect(picture(studio).contains("A draft that is kept"))
    studio.press("1", "s", "Ctrl-U")
    studio.type("mine")
    studio.press("Enter")
    #expect(studio.state.settings.drafts == nil)
    #expect(!studio.state.settings.recentFiles.contains(path))
  }

  @Test func anExplanationScrollsWhereItDoesNotFit() throws {
    let studio = studio(Size(80, 24))
    studio.select(4)
    studio.press("w")
    guard case .example(let shown)? = studio.state.overlay else {
      Issue.record("nothing is shown")
      return
    }
    let last = OverlayView.exampleLastScroll(shown, studio.state.size)
    #expect(last > 0 && picture(studio).contains("▼") && picture(studio).contains("of 10"))
    for _ in 0..<last { studio.press("PageDown") }
    guard case .example(let scrolled)? = studio.state.overlay else { return }
    #expect(scrolled.scroll == last && scrolled.frame == shown.frame)
  }
}
