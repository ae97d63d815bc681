import Testing

@testable import Terminal

@Suite struct PlotTests {
  private func drawn(_ width: Int, _ height: Int, _ draw: (inout CellGrid) -> Void) -> String {
    var grid = CellGrid(Size(width, height))
    draw(&grid)
    return grid.text
  }

  @Test func `a line from corner to corner`() {
    func diagonal(_ symbols: SymbolSet) -> String {
      drawn(6, 3) {
        $0.polyline([(0, 0), (1, 1)], in: $0.bounds, symbols: symbols, .plain)
      }
    }
    #expect(diagonal(.ascii) == "    **\n  **\n**")
    #expect(diagonal(.block) == "    ▄▀\n  ▄▀\n▄▀")
    #expect(diagonal(.braille) == "    ⡠⠊\n  ⡠⠊\n⡠⠊")
  }

  @Test func `a watermark goes along, then up, and holds to the edge`() {
    func stairs(_ symbols: SymbolSet) -> String {
      drawn(8, 3) {
        $0.stairs(
          [(0, 0.1), (0.3, 0.5), (0.7, 0.9)], in: $0.bounds, symbols: symbols, .plain)
      }
    }
    #expect(stairs(.ascii) == "     ***\n  ****\n***")
    #expect(stairs(.block) == "     █▀▀\n  ▄▄▄█\n▄▄█")
    #expect(stairs(.braille) == "     ⢰⠒⠒\n  ⡤⠤⠤⠼\n⠤⠤⠇")
  }

  @Test func `a graph joins neighbours and shows gaps`() {
    func graph(_ symbols: SymbolSet, _ values: [Double?]) -> String {
      drawn(6, 3) { $0.lineGraph(values, in: $0.bounds, symbols: symbols, .plain) }
    }
    #expect(graph(.ascii, [7, 1, nil, 0, .nan, 9, 0]) == "    *\n     *\n* *  *")
    #expect(graph(.ascii, [0, 1, 2, 2, nil, 0]) == "  **\n *\n*    *")
    #expect(graph(.braille, [0, 4, 8, 8, 4, 0]) == "    ⡏⡆\n   ⢰⠁⢣\n   ⡸ ⢸")
    #expect(graph(.block, [5]) == "     ▀\n\n")
    #expect(graph(.block, []) == "\n\n")
  }

  @Test func `values outside of a range stand at its edge`() {
    let shown = drawn(4, 2) {
      $0.lineGraph([-3, 5, 99], in: $0.bounds, range: 0...10, symbols: .ascii, .plain)
    }
    #expect(shown == "  **\n *")
  }

  @Test func `an area is filled below its line, and the line has its own look`() {
    var grid = CellGrid(Size(4, 2))
    let (line, shade) = (Style(.ansi(1)), Style(.ansi(8)))
    grid.areaGraph(
      [0, 2, nil, 2], in: grid.bounds, symbols: .ascii, line: line, shade: shade)
    #expect(grid.text == " * *\n** *")
    #expect(grid[1, 0].style == line && grid[1, 1].style == shade && grid[0, 1].style == line)
    grid.areaGraph(
      [2], in: grid.bounds, symbols: .ascii, line: line, shade: shade, color: { _ in .ansi(2) })
    #expect(grid[3, 0].style.foreground == .ansi(2))
  }

  @Test func `plots share the dots of a cell`() {
    let shown = drawn(1, 1) {
      $0.scatter([(0, 1)], in: $0.bounds, symbols: .braille, .plain)
      $0.scatter([(1, 0), (7, 0), (.nan, 0)], in: $0.bounds, symbols: .braille, .plain)
    }
    #expect(shown == "⢁")
    let blocks = drawn(1, 1) {
      $0.scatter([(0, 1)], in: $0.bounds, symbols: .block, .plain)
      $0.scatter([(0, 0)], in: $0.bounds, symbols: .block, .plain)
    }
    #expect(blocks == "█")
  }

  @Test func `the late band lies below the watermark and leaves text alone`() {
    func band(_ symbols: SymbolSet, _ style: Style) -> CellGrid {
      var grid = CellGrid(Size(6, 3))
      grid.put("x", 5, 1, .plain)
      grid.band(
        from: { _ in 0 }, to: { $0 > 0.2 ? $0 : nil }, in: grid.bounds, symbols: symbols, style)
      return grid
    }
    #expect(band(.ascii, .plain).text == "     :\n   ::x\n :::::")
    let colored = band(.block, Style(.terminal, on: .ansi(4)))
    #expect(colored.text == "\n     x\n")
    #expect(colored[5, 1].style.background == .ansi(4) && colored[0, 2].style == .plain)
  }

  @Test func `a line through text keeps the text`() {
    var grid = CellGrid(Size(3, 2))
    grid.put("abc", 0, 0, Style(.ansi(7), on: .ansi(0)))
    let line = Style(.ansi(6))
    grid.subcellLine(at: 1.2, in: grid.bounds, symbols: .block, line, keepsText: true)
    #expect(grid.text == "abc\n ▎")
    #expect(grid[1, 0].style == Style(.ansi(0), on: .ansi(6)))
    grid.subcellLine(at: 0, in: grid.bounds, symbols: .ascii, .plain, keepsText: true)
    #expect(grid[0, 0].style.attributes == .reverse)
  }

  @Test func `two grounds meet at an eighth of a cell, and at an edge under text`() {
    var grid = CellGrid(Size(4, 2))
    grid.put("ab", 1, 0, .plain)
    let (passed, ahead) = (Color.ansi(4), Color.ansi(0))
    grid.boundary(at: 1.63, in: grid.bounds, symbols: .block, left: passed, right: ahead)
    #expect(grid.text == " ab\n ▋")
    #expect(grid[1, 1].style == Style(passed, on: ahead))
    #expect(grid[1, 0].style.background == passed && grid[2, 0].style.background == ahead)
    #expect(grid[0, 1].style.background == passed && grid[3, 1].style.background == ahead)
    var plain = CellGrid(Size(2, 1))
    plain.boundary(at: 0.4, in: plain.bounds, symbols: .ascii, left: passed, right: ahead)
    #expect(plain.text == "" && plain[0, 0].style.background == ahead)
    plain.boundary(at: 9, in: plain.bounds, symbols: .ascii, left: passed, right: ahead)
    #expect(plain[1, 0].style.background == passed)
  }

  @Test func `an area without cells is no place to plot`() {
    let shown = drawn(3, 1) { grid in
      let none = Rect(1, 0, 0, 1)
      grid.lineGraph([1, 2], in: none, symbols: .braille, .plain)
      grid.polyline([(0, 0), (1, 1)], in: none, symbols: .braille, .plain)
      grid.areaGraph([1], in: none, symbols: .block, line: .plain, shade: .plain)
      grid.scatter([(0.5, 0.5)], in: none, symbols: .ascii, .plain)
      grid.stairs([(0, 0)], in: Rect(9, 9, 2, 2), symbols: .ascii, .plain)
    }
    #expect(shown == "")
  }
}
