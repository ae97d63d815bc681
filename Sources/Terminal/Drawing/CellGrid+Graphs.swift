extension CellGrid {
  /// A sparkline: the newest values at the right edge, as many as there are columns (twice as many
  /// in braille), scaled to `maximum` (or the largest value shown). Rows of the rectangle stack.
  ///
  /// Unknown values (nil, NaN, infinite) leave a gap; anything above zero shows at least a trace.
  /// `color` gets 0...1 by height, for a gradient.
  public mutating func sparkline(
    _ values: [Double?], in area: Rect, maximum: Double? = nil, symbols: SymbolSet, _ style: Style,
    color: ((Double) -> Color)? = nil
  ) {
    guard !area.isEmpty else { return }
    let perCell = symbols == .braille ? 2 : 1
    let known = values.suffix(area.width * perCell).map { value -> Double? in
      guard let value, value.isFinite else { return nil }
      return max(0, value)
    }
    let top = maximum ?? known.compactMap { $0 }.max() ?? 0
    let steps = (symbols == .braille ? 4 : symbols.levels.count - 1) * area.height
    let heights = known.map { value -> Int in
      guard let value, top > 0, value > 0 else { return 0 }
      return max(1, Int((min(1, value / top) * Double(steps)).rounded()))
    }
    var padded = heights
    // A partly filled first cell would make the graph tremble as values arrive.
    if padded.count % perCell != 0 { padded.insert(0, at: 0) }
    let columns = padded.count / perCell
    for row in 0..<area.height {
      let rowFromBottom = area.height - 1 - row
      let inRow = steps / area.height
      for column in 0..<columns {
        let cell = padded[column * perCell..<(column + 1) * perCell].map {
          min(inRow, max(0, $0 - rowFromBottom * inRow))
        }
        let text = symbols == .braille ? Braille.columns(cell[0], cell[1]) : symbols.levels[cell[0]]
        guard text != " " else { continue }
        let level = Double(padded[(column + 1) * perCell - 1]) / Double(max(1, steps))
        let x = area.right - columns + column
        put(text, x, area.y + row, color.map { style.foreground($0(level)) } ?? style, clip: area)
      }
    }
  }

  /// A horizontal gauge over the first row of a rectangle; `fraction` is 0...1, nil is unknown.
  public mutating func gauge(
    _ fraction: Double?, in area: Rect, symbols: SymbolSet, _ style: Style, track: Style,
    color: ((Double) -> Color)? = nil
  ) {
    let line = area.row(0)
    guard !line.isEmpty else { return }
    guard let fraction, fraction.isFinite else {
      put("—", in: line, track, align: .center)
      return
    }
    let parts = symbols.gaugeParts
    let perCell = parts.count - 1
    let filled = Int((min(1, max(0, fraction)) * Double(line.width * perCell)).rounded())
    for column in 0..<line.width {
      let part = min(perCell, max(0, filled - column * perCell))
      let position = Double(column) / Double(max(1, line.width - 1))
      let look = part == 0 ? track : color.map { style.foreground($0(position)) } ?? style
      // Colour and background of the track show through the unfilled part of a cell.
      put(parts[part], line.x + column, line.y, look.background(track.background), clip: line)
    }
  }
}

/// The characters from U+2800, whose low eight bits are their dots.
enum Braille {
  static func bit(_ x: Int, _ y: Int) -> UInt32 {
    let left: [UInt32] = [0x01, 0x02, 0x04, 0x40]
    let right: [UInt32] = [0x08, 0x10, 0x20, 0x80]
    return x == 0 ? left[y] : right[y]
  }

  static func text(_ bits: UInt32) -> String {
    guard bits != 0, let scalar = Unicode.Scalar(0x2800 + (bits & 0xFF)) else { return " " }
    return String(Character(scalar))
  }

  /// Two bars side by side, 0...4 dots high each.
  static func columns(_ left: Int, _ right: Int) -> String {
    var bits: UInt32 = 0
    for height in 0..<left { bits |= bit(0, 3 - height) }
    for height in 0..<right { bits |= bit(1, 3 - height) }
    return text(bits)
  }
}
