import VisibleText

/// A picture of the screen: width × height cells, drawn by pure views and shown by a `Screen`.
///
/// Everything drawn is clipped, to the grid and to the rectangle given; a wide character that
/// would be cut by an edge is not drawn, its visible half becomes a space.
public struct CellGrid: Hashable, Sendable {
  public let size: Size
  private(set) var cells: [Cell]

  /// Cells a grid may have: more than any terminal, little enough to allocate.
  static let maxCells = 4_000_000

  public init(_ size: Size, style: Style = .plain) {
    let width = max(0, min(size.width, CellGrid.maxCells))
    let height = width == 0 ? 0 : max(0, min(size.height, CellGrid.maxCells / width))
    self.size = Size(width, height)
    cells = Array(repeating: .blank(style), count: width * height)
  }

  public var width: Int { size.width }
  public var height: Int { size.height }
  /// The whole grid as a rectangle.
  public var bounds: Rect { Rect(size) }

  /// The cell at a place of the grid.
  public subscript(_ column: Int, _ row: Int) -> Cell {
    precondition(bounds.contains(column, row), "no cell \(column),\(row) in \(size)")
    return cells[row * width + column]
  }

  /// Puts a glyph at a place, clipped; false when it was not visible.
  @discardableResult
  mutating func put(
    _ glyph: Glyph, width columns: Int, _ column: Int, _ row: Int, _ style: Style, clip: Rect
  ) -> Bool {
    guard clip.contains(column, row), bounds.contains(column, row) else { return false }
    guard columns == 2 else {
      replace(column, row, Cell(glyph: glyph, style: style, width: 1))
      return true
    }
    guard clip.contains(column + 1, row), column + 1 < width else {
      replace(column, row, .blank(style))
      return true
    }
    replace(column, row, .blank(style))
    replace(column + 1, row, .blank(style))
    cells[row * width + column] = Cell(glyph: glyph, style: style, width: 2)
    cells[row * width + column + 1] = Cell(glyph: .space, style: style, width: 0)
    return true
  }

  /// Writes one cell and repairs the wide character it cuts, if any.
  private mutating func replace(_ column: Int, _ row: Int, _ cell: Cell) {
    let index = row * width + column
    let old = cells[index]
    if old.width == 2, column + 1 < width { cells[index + 1] = .blank(old.style) }
    if old.width == 0, column > 0 { cells[index - 1] = .blank(old.style) }
    cells[index] = cell
  }

  /// Fills a rectangle with spaces of a style.
  public mutating func fill(_ area: Rect, _ style: Style) {
    let area = area.intersection(bounds)
    for row in area.rows {
      for column in area.columns { replace(column, row, .blank(style)) }
    }
  }

  /// Changes the style under a rectangle and leaves the text. Wide characters at an edge change
  /// as a whole.
  public mutating func restyle(_ area: Rect, _ change: (Style) -> Style) {
    let area = area.intersection(bounds)
    for row in area.rows {
      for column in area.columns {
        let index = row * width + column
        let style = change(cells[index].style)
        cells[index].style = style
        if cells[index].width == 2 { cells[index + 1].style = style }
        if cells[index].width == 0, column == area.x { cells[index - 1].style = style }
      }
    }
  }

  /// Copies a part of another grid, for panels drawn apart and for scrolling.
  public mutating func copy(_ source: CellGrid, from area: Rect, to column: Int, _ row: Int) {
    let area = area.intersection(source.bounds)
    let clip = Rect(column, row, area.width, area.height)
    for y in area.rows {
      for x in area.columns {
        let cell = source[x, y]
        guard cell.width > 0 || x == area.x else { continue }
        let glyph = cell.width == 0 ? Glyph.space : cell.glyph
        put(
          glyph, width: max(1, Int(cell.width)), column + x - area.x, row + y - area.y, cell.style,
          clip: clip)
      }
    }
  }

  /// The grid as lines of text, spaces at the end of a line removed.
  public var text: String {
    (0..<height).map { row in
      var line = ""
      for column in 0..<width where self[column, row].width > 0 {
        line += self[column, row].glyph.text
      }
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}
