import Testing

@testable import Terminal

@Suite struct GridTests {
  @Test func `text is cut at the edges of its rectangle and of the grid`() {
    var grid = CellGrid(Size(8, 2))
    grid.put("abcdefgh", 0, 0, .plain, clip: Rect(2, 0, 3, 1))
    grid.put("xyz", 6, 1, .plain)
    grid.put("xyz", -2, 1, .plain)
    grid.put("no", 0, 5, .plain)
    #expect(grid.text == "  cde\nz     xy")
  }

  @Test func `a wide character is never split`() {
    var grid = CellGrid(Size(6, 1))
    grid.put("a漢字漢", 0, 0, .plain)
    #expect(grid.text == "a漢字")
    grid.put("x", 2, 0, .plain)
    #expect(grid.text == "a x字")
    grid.put("y", 3, 0, .plain)
    #expect(grid.text == "a xy")
    for column in 0..<6 where grid[column, 0].width == 0 { #expect(grid[column - 1, 0].width == 2) }
  }

  @Test func `panels that share a line look like one frame`() {
    var grid = CellGrid(Size(22, 6))
    let line = LineStyle(.plain)
    grid.panel(Rect(0, 0, 22, 3), title: "pipeline", line)
    grid.panel(Rect(0, 2, 12, 4), title: "windows", line)
    grid.panel(Rect(11, 2, 11, 4), title: "lag", note: "s", line)
    #expect(
      grid.text == """
        ┌ pipeline ──────────┐
        │                    │
        ├ windows ─┬ lag ─ s ┤
        │          │         │
        │          │         │
        └──────────┴─────────┘
        """)
  }

  @Test func `double, heavy and ASCII boxes keep their kind`() {
    var grid = CellGrid(Size(16, 3))
    grid.box(Rect(0, 0, 4, 3), LineStyle(.plain, weight: .double))
    grid.box(Rect(4, 0, 4, 3), LineStyle(.plain, weight: .heavy))
    grid.box(Rect(8, 0, 4, 3), LineStyle(.plain, weight: .dotted))
    grid.box(Rect(12, 0, 4, 3), LineStyle(.plain, symbols: .ascii))
    #expect(grid.text == "╔══╗┏━━┓┌┄┄┐+--+\n║  ║┃  ┃┆  ┆|  |\n╚══╝┗━━┛└┄┄┘+--+")
  }

  @Test func `a rule joins the borders it touches`() {
    var grid = CellGrid(Size(5, 3))
    grid.box(grid.bounds, LineStyle(.plain))
    grid.horizontalLine(0..<5, row: 1, LineStyle(.plain))
    #expect(grid.text == "┌───┐\n├───┤\n└───┘")
  }

  @Test func `only changed cells differ`() {
    let empty = CellGrid(Size(10, 3))
    var grid = empty
    #expect(GridDifference(from: empty, to: grid).runs.isEmpty)
    grid.put("ab", 3, 1, .plain)
    let difference = GridDifference(from: empty, to: grid)
    #expect(difference.runs == [.init(row: 1, columns: 3..<5)])
    #expect(difference.count == 2)
    #expect(GridDifference(from: nil, to: grid).count == 30)
    #expect(GridDifference(from: CellGrid(Size(9, 3)), to: grid).count == 30)
    var red = grid
    red.restyle(Rect(3, 1, 1, 1)) { $0.foreground(.ansi(1)) }
    #expect(GridDifference(from: grid, to: red).count == 1)
  }

  @Test func `sparklines scale to the largest value and show gaps`() {
    var grid = CellGrid(Size(9, 1))
    grid.sparkline([0, 1, 2, 4, nil, .nan, 8], in: grid.bounds, symbols: .block, .plain)
    #expect(grid.text == "   ▁▂▄  █")
    var braille = CellGrid(Size(3, 1))
    braille.sparkline([1, 4, 4, 2], in: braille.bounds, symbols: .braille, .plain)
    #expect(braille.text == " ⣸⣧")
    var none = CellGrid(Size(3, 1))
    none.sparkline([], in: none.bounds, symbols: .ascii, .plain)
    #expect(none.text == "")
  }

  @Test(arguments: [
    (0.0, "----"), (0.5, "##--"), (1.0, "####"), (7.0, "####"), (-1.0, "----"), (.nan, " —"),
  ])
  func `a gauge fills from the left`(fraction: Double, shown: String) {
    var grid = CellGrid(Size(4, 1))
    grid.gauge(fraction, in: grid.bounds, symbols: .ascii, .plain, track: .plain)
    #expect(grid.text == shown)
  }

  @Test func `a line stands at a fraction of a cell`() {
    var grid = CellGrid(Size(4, 1))
    grid.subcellLine(at: 1.0, in: grid.bounds, symbols: .block, .plain)
    grid.subcellLine(at: 3.99, in: grid.bounds, symbols: .block, .plain)
    grid.subcellLine(at: 9, in: grid.bounds, symbols: .block, .plain)
    #expect(grid.text == " ▏ ▕")
  }

  @Test func `a snapshot shows text and styles`() {
    var grid = CellGrid(Size(5, 1))
    grid.put("ok", 1, 0, Style(.rgb(1, 2, 255), .bold))
    #expect(grid.styledText == " ok\n---\n0:1-2 #0102ff on default bold")
  }

  @Test func `text is cut and filled by columns`() {
    #expect(TextFit.truncated("watermark", to: 6) == "water…")
    #expect(TextFit.truncated("漢字漢字", to: 4) == "漢…")
    #expect(TextFit.truncated("漢字", to: 4) == "漢字")
    #expect(TextFit.truncated("abc", to: 1) == "…")
    #expect(TextFit.truncated("abc", to: 0) == "")
  }

  @Test func whatIsCutIsStillToldApart() {
    func shown(_ texts: [String], _ columns: Int) -> [String] {
      let all = TextFit.distinct(texts, to: columns)
      return texts.compactMap { all[$0] }
    }
    #expect(
      shown(["ad-17", "ad-sneakers", "ad-espresso"], 8) == ["ad-17", "ad-snea…", "ad-espr…"])
    // They begin alike: the ends say which is which.
    #expect(shown(["198.18.158.55", "198.18.158.71"], 9) == ["198.…8.55", "198.…8.71"])
    #expect(shown(["eu-1-web-north", "us-1-web-south", "eu-1-web-south"], 8).count == 3)
    #expect(
      shown(["aaaa-1-bbbbbbbbb", "aaaa-2-bbbbbbbbb"], 6) == ["aaa…bb", "aaa…bb"])
    #expect(shown(["漢字漢字", "漢字漢界"], 6) == ["漢…字", "漢…界"])
    #expect(shown(["abc", "abd"], 0) == ["", ""])
    #expect(TextFit.padded("7", to: 4, align: .trailing) == "   7")
    #expect(TextFit.wrapped("late by 9 seconds", to: 8) == ["late by", "9", "seconds"])
    #expect(TextFit.wrapped("abcdefgh", to: 3) == ["abc", "def", "gh"])
  }
}
