// Plots over an area: every place is two fractions, x from the left and y from the bottom, 0...1.
// Braille shows 2 × 4 points a cell, blocks 1 × 2, ASCII one. Plots of one symbol set that share
// a cell share its dots; the colour is the last one's.

import VisibleText

/// A point of a plot.
public typealias PlotPoint = (x: Double, y: Double)

extension CellGrid {
  /// Points of a plot; those outside of the area are left out.
  public mutating func scatter(
    _ points: [PlotPoint], in area: Rect, symbols: SymbolSet, _ style: Style
  ) {
    var dots = PlotDots(area, symbols)
    for point in points where (0...1).contains(point.x) && (0...1).contains(point.y) {
      dots.mark(point)
    }
    draw(dots, style)
  }

  /// Straight lines from point to point; what lies outside of the area is cut off.
  public mutating func polyline(
    _ points: [PlotPoint], in area: Rect, symbols: SymbolSet, _ style: Style
  ) {
    var dots = PlotDots(area, symbols)
    for (from, to) in zip(points, points.dropFirst()) { dots.line(from, to) }
    if points.count == 1 { dots.line(points[0], points[0]) }
    draw(dots, style)
  }

  /// A value that holds until the next one: along, then up or down, as a watermark moves. The last
  /// one holds to the right edge.
  public mutating func stairs(
    _ points: [PlotPoint], in area: Rect, symbols: SymbolSet, _ style: Style
  ) {
    var dots = PlotDots(area, symbols)
    for (from, to) in zip(points, points.dropFirst()) {
      dots.line(from, (to.x, from.y))
      dots.line((to.x, from.y), to)
    }
    if let last = points.last { dots.line(last, (1, last.y)) }
    draw(dots, style)
  }

  /// A graph of values over time: the newest at the right edge, one a dot, neighbours joined.
  /// Unknown values (nil, NaN, infinite) leave a gap.
  ///
  /// - Parameter range: what stands at the lower and the upper edge; values outside are drawn at it.
  ///   Nil is from zero to the largest value shown.
  public mutating func lineGraph(
    _ values: [Double?], in area: Rect, range: ClosedRange<Double>? = nil, symbols: SymbolSet,
    _ style: Style
  ) {
    var dots = PlotDots(area, symbols)
    dots.graph(values, range, fills: false)
    draw(dots, style)
  }

  /// The same with the area below the line filled. `shade` draws what is below, `line` the cells of
  /// the line itself; `color` gets the line's height, 0...1, for a gradient.
  public mutating func areaGraph(
    _ values: [Double?], in area: Rect, range: ClosedRange<Double>? = nil, symbols: SymbolSet,
    line: Style, shade: Style, color: ((Double) -> Color)? = nil
  ) {
    var dots = PlotDots(area, symbols)
    dots.graph(values, range, fills: true)
    draw(dots, shade)
    for column in 0..<area.width {
      let row = (0..<area.height).first { dots.bits(column, $0) != 0 }
      guard let row, bounds.contains(area.x + column, area.y + row) else { continue }
      let height = 1 - Double(row) / Double(max(1, area.height - 1))
      let look = color.map { line.foreground($0(area.height > 1 ? height : 1)) } ?? line
      restyle(Rect(area.x + column, area.y + row, 1, 1)) { look.background($0.background) }
    }
  }

  /// Shades the cells whose middle lies between two heights, each a function of x. Text that stands
  /// there stays. Where the style has no background of its own, blank cells get a shading glyph.
  public mutating func band(
    from lower: (Double) -> Double?, to upper: (Double) -> Double?, in area: Rect,
    symbols: SymbolSet, _ style: Style
  ) {
    for column in 0..<area.width {
      let x = (Double(column) + 0.5) / Double(area.width)
      guard let low = lower(x), let high = upper(x), low <= high else { continue }
      for row in 0..<area.height {
        let y = 1 - (Double(row) + 0.5) / Double(area.height)
        let (column, row) = (area.x + column, area.y + row)
        guard (low...high).contains(y), bounds.contains(column, row) else { continue }
        if style.background != .terminal {
          restyle(Rect(column, row, 1, 1)) { $0.background(style.background) }
        } else if self[column, row].glyph == .space, self[column, row].width == 1 {
          put(symbols.shade, column, row, style, clip: area)
        }
      }
    }
  }

  /// A vertical line at a fraction of a cell: `position` is in columns from the left of the area.
  /// With blocks it stands at one of six places in the cell, with braille at one of two.
  ///
  /// - Parameter keepsText: letters in the way stay readable, on the line's colour.
  public mutating func subcellLine(
    at position: Double, in area: Rect, symbols: SymbolSet, _ style: Style,
    keepsText: Bool = false
  ) {
    guard position.isFinite, position >= 0, position < Double(area.width) else { return }
    let column = area.x + Int(position)
    let glyphs = symbols.verticalLine
    let part = min(
      glyphs.count - 1, Int((position - position.rounded(.down)) * Double(glyphs.count)))
    for row in area.rows {
      guard bounds.contains(column, row) else { continue }
      let cell = self[column, row]
      if keepsText, cell.glyph != .space || cell.width != 1 {
        restyle(Rect(column, row, 1, 1)) { $0.marked(by: style) }
      } else {
        let ground = style.background == .terminal ? cell.style.background : style.background
        put(glyphs[part], column, row, style.background(ground), clip: area)
      }
    }
  }

  /// Two grounds that meet at a fraction of a cell: `left` is what the watermark has passed, say,
  /// `right` what is ahead. They meet at an eighth of a cell where the cell is blank, else and in
  /// ASCII at the nearer edge. Text stays.
  public mutating func boundary(
    at position: Double, in area: Rect, symbols: SymbolSet, left: Color, right: Color
  ) {
    guard position.isFinite else { return }
    let eighths = Int((min(Double(area.width), max(0, position)) * 8).rounded())
    let shown = area.intersection(bounds)
    for row in shown.rows {
      for column in shown.columns {
        let part = min(8, max(0, eighths - (column - area.x) * 8))
        let cell = self[column, row]
        if 1...7 ~= part, symbols != .ascii, cell.glyph == .space, cell.width == 1 {
          let look = Style(left, on: right)
          put(SymbolSet.block.gaugeParts[part], column, row, look, clip: area)
        } else {
          restyle(Rect(column, row, 1, 1)) { $0.background(part >= 4 ? left : right) }
        }
      }
    }
  }

  private mutating func draw(_ dots: PlotDots, _ style: Style) {
    for row in 0..<dots.area.height {
      for column in 0..<dots.area.width {
        var bits = dots.bits(column, row)
        let (x, y) = (dots.area.x + column, dots.area.y + row)
        guard bits != 0, bounds.contains(x, y) else { continue }
        bits |= dots.symbols.dots(in: self[x, y].glyph.text)
        let ground = self[x, y].style.background
        let look = style.background == .terminal ? style.background(ground) : style
        put(dots.symbols.text(dots: bits), x, y, look, clip: dots.area)
      }
    }
  }
}

extension Style {
  /// Text where a line of another style goes through it.
  fileprivate func marked(by line: Style) -> Style {
    // Without colours, the line is the text turned round.
    guard line.foreground != .terminal else { return adding(.reverse) }
    let ink: Color = line.background == .terminal ? background : line.background
    return ink == .terminal
      ? foreground(line.foreground).adding(.reverse)
      : Style(ink, on: line.foreground, attributes.union(line.attributes))
  }
}

/// The dots of a plot before they become cells.
private struct PlotDots {
  let area: Rect
  let symbols: SymbolSet
  private let width: Int
  private let height: Int
  private var cells: [UInt32]

  init(_ area: Rect, _ symbols: SymbolSet) {
    self.area = area
    self.symbols = symbols
    let size = symbols.dotsPerCell
    (width, height) = (max(0, area.width) * size.width, max(0, area.height) * size.height)
    cells = Array(repeating: 0, count: max(0, area.width) * max(0, area.height))
  }

  func bits(_ column: Int, _ row: Int) -> UInt32 { cells[row * area.width + column] }

  /// Sets a dot, counted from the upper left; others are cut off.
  private mutating func set(_ x: Int, _ y: Int) {
    guard x >= 0, x < width, y >= 0, y < height else { return }
    let size = symbols.dotsPerCell
    cells[y / size.height * area.width + x / size.width] |=
      symbols.dot(x % size.width, y % size.height)
  }

  private func dot(_ point: PlotPoint) -> (x: Int, y: Int)? {
    // Far outside is far enough: a line from there is cut, not walked for ever.
    guard (-1...2).contains(point.x), (-1...2).contains(point.y), width > 0, height > 0 else {
      return nil
    }
    let x = (point.x * Double(width)).rounded(.down)
    let y = ((1 - point.y) * Double(height)).rounded(.down)
    return (point.x == 1 ? width - 1 : Int(x), point.y == 0 ? height - 1 : Int(y))
  }

  mutating func mark(_ point: PlotPoint) { if let dot = dot(point) { set(dot.x, dot.y) } }

  mutating func line(_ from: PlotPoint, _ to: PlotPoint) {
    guard let from = dot(from), let to = dot(to) else { return }
    let steps = max(abs(to.x - from.x), abs(to.y - from.y), 1)
    for step in 0...steps {
      let part = Double(step) / Double(steps)
      set(
        from.x + Int((Double(to.x - from.x) * part).rounded()),
        from.y + Int((Double(to.y - from.y) * part).rounded()))
    }
  }

  /// Values as dots from the right edge, newest last.
  mutating func graph(_ values: [Double?], _ range: ClosedRange<Double>?, fills: Bool) {
    let shown = values.suffix(width).map { value in value.flatMap { $0.isFinite ? $0 : nil } }
    let range = range ?? 0...max(0, shown.compactMap { $0 }.max() ?? 0)
    let span = range.upperBound - range.lowerBound
    var before: Int?
    for (index, value) in shown.enumerated() {
      guard let value else {
        before = nil
        continue
      }
      let part = span > 0 ? min(1, max(0, (value - range.lowerBound) / span)) : 0
      let y = height - 1 - Int((part * Double(height - 1)).rounded())
      let x = width - shown.count + index
      let other = fills ? height - 1 : before.map { $0 + ($0 < y ? 1 : $0 > y ? -1 : 0) } ?? y
      for row in min(y, other)...max(y, other) { set(x, row) }
      before = y
    }
  }
}
