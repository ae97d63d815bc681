import Engine
import Pipelines
import Runtime
import Terminal
import Testing

@testable import Studio

/// Rows before and after a step, and the boxes' counts: nothing is hidden, and values are exact.
@Suite struct ComposeRowsTests {
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
    let studio = Composing(text: Composing.clicks)
    studio.select(5)
    var text = studio.picture
    #expect(text.contains("window") && text.contains("09:00:00–09:01:00"))
    #expect(!text.contains("window_start"))
    #expect(text.contains("column") && text.contains("▸"))
    studio.press("Tab", "Tab")
    let view = try #require(studio.state.rowsView)
    let extent = try #require(view.extent())
    #expect(extent.sides == 2 && extent.lastColumn > 0)
    for _ in 0..<extent.lastColumn { studio.press("Right") }
    text = studio.picture
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
    let studio = Composing(text: Composing.clicks)
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
    let studio = Composing(text: Composing.clicks)
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
    let studio = Composing(text: Composing.clicks.replacing("cost > 0.3", with: long))
    studio.select(2)
    studio.press("c", "Tab", "Tab")
    #expect(!studio.picture.contains("'the end'") && studio.picture.contains("…"))
    for _ in 0..<60 { studio.press("l") }
    #expect(studio.picture.contains("'the end'"))
    for _ in 0..<60 { studio.press("h") }
    studio.press("End")
    #expect(studio.picture.contains("out/a.jsonl"))
    studio.press("Up")
    studio.press("Home")
    #expect(studio.picture.contains("pipeline: clicks"))
  }

  @Test func theLineThatIsNoYamlIsShownAndScrolledFrom() throws {
    let broken =
      Composing.clicks + "  - filter: 'not closed" + String(repeating: " and long", count: 20)
      + "\n"
    let studio = Composing(text: broken)
    try #require(studio.compose.yamlFault != nil)
    studio.press("Tab", "Tab")
    #expect(studio.footer.contains("scroll"))
    let before = studio.picture
    studio.press("l")
    #expect(studio.picture.contains("from column 9") && studio.picture != before)
  }

  // MARK: boxes

  @Test func aBoxSaysWhatBecameOfTheRows() throws {
    let studio = Composing(text: Composing.clicks)
    let chain = ComposeChain(studio.compose)
    let filter = chain.items[3]
    let passed = try #require(filter.passed)
    #expect(filter.lost.filtered == passed.rowsIn - passed.rowsOut && filter.lost.bad == 0)
    #expect(studio.picture.contains("−\(filter.lost.filtered) \(passed.rowsOut)"))
    studio.select(4)
    try studio.set("size", "a while")
    #expect(studio.picture.contains("✗ fault"))
    // And its words are whole, also without a length.
    #expect(!studio.compose.document.stepWords(at: 4).hasPrefix(","))
  }

  @Test func aNameThatIsTooLongForItsBoxIsCut() {
    let studio = Composing(
      text: Composing.clicks.replacing("name: minutes", with: "name: by_minute_and_everything_else")
    )
    #expect(studio.picture.contains("by_minute_"))
  }

  @Test func aWarningDoesNotLookLikeAFault() throws {
    let text = Composing.clicks.replacing("sink: file\n    path: out/a.jsonl", with: "sink: stdout")
    let studio = Composing(text: text)
    let warning = try #require(studio.compose.faults(at: 6).first)
    try #require(!studio.compose.document.hasErrors)
    studio.select(6)
    try studio.go(to: "sink")
    let form = studio.picture
    #expect(!form.contains("✗ \(warning.message.prefix(20))"))
    #expect(form.contains("! \(warning.message.prefix(20))"))
    #expect(form.contains("✓ sound") && form.contains("• "))
  }

  @Test func whatIsSelectedIsSeenWithoutColours() throws {
    let studio = Composing(size: Size(80, 24), text: Composing.clicks)
    studio.select(2)
    let theme = Theme.dark.resolved(for: .mono)
    let grid = drawStudio(studio.state, theme: theme, symbols: .ascii).grid
    let rows = grid.text.split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
    let row = try #require(rows.firstIndex { String($0).contains("filter cost") })
    let column = try #require(rows[row].firstIndex(of: "f"))
    #expect(grid[column, row].style.attributes.contains(.reverse))
  }
}
