import VisibleText

/// The look of lines: weight, colours, and whether they may leave ASCII.
public struct LineStyle: Hashable, Sendable {
  public var style: Style
  public var weight: LineWeight
  public var symbols: SymbolSet

  public init(_ style: Style, weight: LineWeight = .light, symbols: SymbolSet = .braille) {
    self.style = style
    self.weight = weight
    self.symbols = symbols
  }
}

/// Lines join: where one meets another that was drawn before, the cell gets the character with the
/// arms of both. Panels that share a border line (their rectangles overlap by one row or column)
/// therefore look like one frame. Fill a rectangle first when it must not join what is below it.
extension CellGrid {
  /// A horizontal line over `columns` of a row; ends join what they touch.
  public mutating func horizontalLine(
    _ columns: Range<Int>, row: Int, _ line: LineStyle, clip: Rect? = nil
  ) {
    for column in columns {
      let joint = BoxJoint(
        right: column == columns.upperBound - 1 && columns.count > 1 ? nil : line.weight,
        left: column == columns.lowerBound && columns.count > 1 ? nil : line.weight)
      join(joint, column, row, line, clip: clip, endsOpen: true)
    }
  }

  /// A vertical line over `rows` of a column; ends join what they touch.
  public mutating func verticalLine(
    _ rows: Range<Int>, column: Int, _ line: LineStyle, clip: Rect? = nil
  ) {
    for row in rows {
      let joint = BoxJoint(
        up: row == rows.lowerBound && rows.count > 1 ? nil : line.weight,
        down: row == rows.upperBound - 1 && rows.count > 1 ? nil : line.weight)
      join(joint, column, row, line, clip: clip, endsOpen: true)
    }
  }

  /// The four borders of a rectangle, at least 2 × 2.
  public mutating func box(_ area: Rect, _ line: LineStyle, clip: Rect? = nil) {
    guard area.width >= 2, area.height >= 2 else { return }
    let weight = line.weight
    let bottom = area.bottom - 1
    let right = area.right - 1
    for column in area.x + 1..<right {
      join(BoxJoint(right: weight, left: weight), column, area.y, line, clip: clip)
      join(BoxJoint(right: weight, left: weight), column, bottom, line, clip: clip)
    }
    for row in area.y + 1..<bottom {
      join(BoxJoint(up: weight, down: weight), area.x, row, line, clip: clip)
      join(BoxJoint(up: weight, down: weight), right, row, line, clip: clip)
    }
    join(BoxJoint(right: weight, down: weight), area.x, area.y, line, clip: clip)
    join(BoxJoint(down: weight, left: weight), right, area.y, line, clip: clip)
    join(BoxJoint(up: weight, right: weight), area.x, bottom, line, clip: clip)
    join(BoxJoint(up: weight, left: weight), right, bottom, line, clip: clip)
  }

  /// A box with a title in its upper border, and perhaps a note at the right of that border.
  ///
  /// - Returns: the rectangle inside the borders.
  @discardableResult
  public mutating func panel(
    _ area: Rect, title: String, note: String = "", _ line: LineStyle,
    titleStyle: Style? = nil, noteStyle: Style? = nil, clip: Rect? = nil
  ) -> Rect {
    box(area, line, clip: clip)
    let border = Rect(area.x + 1, area.y, area.width - 2, 1)
    let titled = title.isEmpty ? "" : " " + title + " "
    let noted = note.isEmpty ? "" : " " + note + " "
    let noteWidth = DisplayWidth.columns(of: noted)
    let titleWidth = DisplayWidth.columns(of: titled)
    // The title is what a reader needs; the note goes first.
    let noteFits = noteWidth > 0 && titleWidth + 1 + noteWidth <= border.width
    let clip = (clip ?? bounds).intersection(bounds)
    if border.width >= 3 {
      let ellipsis = line.symbols.ellipsis
      let shown = TextFit.truncated(titled, to: border.width, ellipsis: ellipsis)
      put(shown, border.x, border.y, titleStyle ?? line.style, clip: clip)
    }
    if noteFits {
      put(noted, border.right - noteWidth, border.y, noteStyle ?? line.style, clip: clip)
    }
    return area.inset()
  }

  private mutating func join(
    _ joint: BoxJoint, _ column: Int, _ row: Int, _ line: LineStyle, clip: Rect?,
    endsOpen: Bool = false
  ) {
    guard bounds.contains(column, row) else { return }
    let below = BoxJoint(self[column, row].glyph)
    var joined = joint
    if let below {
      joined = below.joined(with: joint)
    } else if endsOpen {
      // Alone, the end of a line fills its cell.
      if joint.left != nil || joint.right != nil {
        (joined.left, joined.right) = (line.weight, line.weight)
      } else {
        (joined.up, joined.down) = (line.weight, line.weight)
      }
    }
    put(
      joined.glyph(line.symbols, fallback: line.weight), width: 1, column, row, line.style,
      clip: (clip ?? bounds).intersection(bounds))
  }
}
