import VisibleText

/// Where text stands in a row that is wider than it.
public enum Alignment: Sendable {
  case leading
  case center
  case trailing
}

extension CellGrid {
  /// Puts text at a place, made safe, cut where `clip` (or the grid) ends.
  ///
  /// - Returns: the column after the text, as if nothing had been cut.
  @discardableResult
  public mutating func put(
    _ text: String, _ column: Int, _ row: Int, _ style: Style, clip: Rect? = nil
  ) -> Int {
    let clip = (clip ?? bounds).intersection(bounds)
    var position = column
    SafeText.forEachGlyph(of: text) { glyph, width in
      put(glyph, width: width, position, row, style, clip: clip)
      position += width
      return true
    }
    return position
  }

  /// Puts text into one row of a rectangle; text that does not fit ends with an ellipsis.
  public mutating func put(
    _ text: String, in area: Rect, row: Int = 0, _ style: Style,
    align: Alignment = .leading, ellipsis: String = "…"
  ) {
    let line = area.row(row)
    guard !line.isEmpty else { return }
    let shown = TextFit.truncated(text, to: line.width, ellipsis: ellipsis)
    let columns = DisplayWidth.columns(of: shown)
    let start =
      switch align {
      case .leading: line.x
      case .center: line.x + (line.width - columns) / 2
      case .trailing: line.right - columns
      }
    put(shown, start, line.y, style, clip: line)
  }

  /// Puts text that breaks at spaces into a rectangle.
  ///
  /// - Returns: how many rows it took, at most the height.
  @discardableResult
  public mutating func putWrapped(_ text: String, in area: Rect, _ style: Style) -> Int {
    let lines = TextFit.wrapped(text, to: area.width)
    for (index, line) in lines.prefix(area.height).enumerated() {
      put(line, area.x, area.y + index, style, clip: area)
    }
    return min(lines.count, area.height)
  }
}

/// Making text fit into columns.
public enum TextFit {
  /// The text, or its beginning and an ellipsis when it is wider than `columns`.
  public static func truncated(_ text: String, to columns: Int, ellipsis: String = "…") -> String {
    guard columns > 0 else { return "" }
    let room = max(0, columns - DisplayWidth.columns(of: ellipsis))
    var shown = ""
    var shownToRoom = ""
    var used = 0
    var fits = true
    SafeText.forEachGlyph(of: text) { glyph, width in
      used += width
      guard used <= columns else {
        fits = false
        return false
      }
      shown += glyph.text
      if used <= room { shownToRoom = shown }
      return true
    }
    if fits { return shown }
    return columns >= DisplayWidth.columns(of: ellipsis) ? shownToRoom + ellipsis : shownToRoom
  }

  /// Texts that are too wide, cut where they can still be told apart: at the end, else in the
  /// middle, else at the start; in the middle where no cut does it.
  ///
  /// - Returns: the shown form of each.
  public static func distinct(_ texts: some Sequence<String>, to columns: Int) -> [String: String] {
    let all = Set(texts)
    guard columns > 0 else { return Dictionary(uniqueKeysWithValues: all.map { ($0, "") }) }
    let wide = all.filter { DisplayWidth.columns(of: $0) > columns }
    var shown = Dictionary(uniqueKeysWithValues: all.map { ($0, $0) })
    let room = columns - 1
    // How much of the beginning stays.
    for kept in [room, room - room / 2, 0, room - room / 2] {
      for text in wide { shown[text] = cut(text, to: columns, keeping: kept) }
      if Set(shown.values).count == all.count { break }
    }
    return shown
  }

  /// The beginning, an ellipsis, and as much of the end as there is room for.
  private static func cut(_ text: String, to columns: Int, keeping kept: Int) -> String {
    let start = truncated(text, to: kept, ellipsis: "")
    var tail: [Character] = []
    var left = columns - 1 - DisplayWidth.columns(of: start)
    if kept < columns - 1 {
      for character in text.reversed() {
        left -= DisplayWidth.columns(of: String(character))
        if left < 0 { break }
        tail.append(character)
      }
    }
    return start + "…" + String(tail.reversed())
  }

  /// Exactly `columns` wide: cut with an ellipsis or filled with spaces.
  public static func padded(
    _ text: String, to columns: Int, align: Alignment = .leading
  ) -> String {
    let shown = truncated(text, to: columns)
    let missing = max(0, columns - DisplayWidth.columns(of: shown))
    let before =
      switch align {
      case .leading: 0
      case .center: missing / 2
      case .trailing: missing
      }
    let space = { (count: Int) in String(repeating: " ", count: count) }
    return space(before) + shown + space(missing - before)
  }

  /// Lines of at most `columns`, broken at spaces, and inside of words that are too long. Line
  /// feeds of the text begin a new line.
  public static func wrapped(_ text: String, to columns: Int) -> [String] {
    guard columns > 0 else { return [] }
    return text.split(separator: "\n", omittingEmptySubsequences: false)
      .flatMap { wrappedLine(String($0), to: columns) }
  }

  private static func wrappedLine(_ text: String, to columns: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    var used = 0
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      let word = String(word)
      let width = DisplayWidth.columns(of: word)
      if used > 0, used + 1 + width > columns {
        lines.append(line)
        (line, used) = ("", 0)
      } else if used > 0 || !line.isEmpty {
        line += " "
        used += 1
      }
      SafeText.forEachGlyph(of: word) { glyph, width in
        if used + width > columns, used > 0 {
          lines.append(line)
          (line, used) = ("", 0)
        }
        line += glyph.text
        used += width
        return true
      }
    }
    lines.append(line)
    return lines
  }
}
