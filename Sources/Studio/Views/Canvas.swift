public import Terminal
import VisibleText

/// A finished picture: the cells, and what lies where for the mouse.
public struct StudioFrame: Sendable, Equatable {
  public var grid: CellGrid
  public var hits: [HitRegion]

  /// What lies at a place; what was drawn last lies on top.
  public func target(at column: Int, _ row: Int) -> HitTarget? {
    guard let hit = hits.last(where: { $0.area.contains(column, row) }) else { return nil }
    if case .scrubber = hit.target {
      let last = max(1, hit.area.width - 1)
      return .scrubber(min(1000, (column - hit.area.x) * 1000 / last))
    }
    return hit.target
  }
}

/// A rectangle that answers to the mouse.
public struct HitRegion: Sendable, Equatable {
  public var area: Rect
  public var target: HitTarget
}

/// What views draw on: a grid with a theme and a set of symbols, which also notes what may be
/// clicked.
struct Canvas {
  var grid: CellGrid
  let theme: Theme
  let symbols: SymbolSet
  private(set) var hits: [HitRegion] = []

  init(_ size: Size, theme: Theme, symbols: SymbolSet) {
    grid = CellGrid(size, style: theme[.text])
    self.theme = theme
    self.symbols = symbols
  }

  var bounds: Rect { grid.bounds }

  mutating func hit(_ area: Rect, _ target: HitTarget) {
    let area = area.intersection(bounds)
    if !area.isEmpty { hits.append(HitRegion(area: area, target: target)) }
  }

  /// Everything below cannot be clicked any more, only what lies on top.
  mutating func cover(_ target: HitTarget, in area: Rect) {
    hits.removeAll()
    hit(area, target)
  }

  /// Puts text; returns the column after it.
  @discardableResult
  mutating func put(
    _ text: String, _ column: Int, _ row: Int, _ style: Style, clip: Rect? = nil
  ) -> Int {
    grid.put(symbols == .ascii ? Ascii.of(text) : text, column, row, style, clip: clip)
  }

  @discardableResult
  mutating func put(
    _ text: String, _ column: Int, _ row: Int, _ role: ThemeRole, clip: Rect? = nil
  ) -> Int {
    put(text, column, row, theme[role], clip: clip)
  }

  /// Puts text into one row of an area, cut with an ellipsis.
  mutating func put(
    _ text: String, in area: Rect, row: Int = 0, _ style: Style, align: Alignment = .leading
  ) {
    let shown = symbols == .ascii ? Ascii.of(text) : text
    grid.put(
      shown, in: area, row: row, style, align: align, ellipsis: symbols == .ascii ? ".." : "…")
  }

  mutating func put(
    _ text: String, in area: Rect, row: Int = 0, _ role: ThemeRole, align: Alignment = .leading
  ) {
    put(text, in: area, row: row, theme[role], align: align)
  }

  /// Pieces of text in their own roles, one after another; returns the column after the last.
  @discardableResult
  mutating func put(
    _ pieces: [(String, ThemeRole)], _ column: Int, _ row: Int, clip: Rect? = nil
  ) -> Int {
    pieces.reduce(column) { put($1.0, $0, row, theme[$1.1], clip: clip) }
  }

  /// A style as it stands on what is selected, also where that is shown without colours.
  func selected(_ style: Style) -> Style {
    let selection = theme[.selection]
    return style.background(selection.background)
      .adding(selection.attributes.intersection(.reverse))
  }

  /// Pieces of text in one row of an area; what is cut ends with an ellipsis.
  mutating func put(_ pieces: [(String, ThemeRole)], in area: Rect) {
    put(pieces, area.x, area.y, clip: area)
    guard area.width > 0, pieces.reduce(0, { $0 + DisplayWidth.columns(of: $1.0) }) > area.width
    else { return }
    put("…", area.right - 1, area.y, .accent, clip: area)
  }

  /// The border of a panel, which stands out when it has the keys.
  mutating func border(_ area: Rect, focused: Bool) {
    grid.box(
      area,
      LineStyle(
        theme[focused ? .focus : .border], weight: focused ? .heavy : .light, symbols: symbols))
  }

  /// A title and perhaps a note in a border that was drawn before; the note goes first.
  mutating func title(_ area: Rect, _ title: String, note: String, focused: Bool) {
    let room = Rect(area.x + 1, area.y, area.width - 2, 1)
    let titleWidth = DisplayWidth.columns(of: title) + 2
    let noteWidth = note.isEmpty ? 0 : DisplayWidth.columns(of: note) + 2
    put(" \(title) ", in: room, focused ? .focus : .title)
    guard noteWidth > 0, titleWidth + 1 + noteWidth <= room.width else { return }
    put(" \(note) ", room.right - noteWidth, room.y, .muted, clip: room)
  }

  /// A panel with its title; its border stands out when it has the keys.
  @discardableResult
  mutating func panel(
    _ area: Rect, title: String, note: String = "", focused: Bool
  ) -> Rect {
    let line = LineStyle(
      theme[focused ? .focus : .border], weight: focused ? .heavy : .light, symbols: symbols)
    return grid.panel(
      area, title: symbols == .ascii ? Ascii.of(title) : title,
      note: symbols == .ascii ? Ascii.of(note) : note, line,
      titleStyle: theme[focused ? .focus : .title], noteStyle: theme[.muted])
  }
}

/// Signs for terminals that show nothing but ASCII.
enum Ascii {
  private static let signs: [Character: Character] = [
    "•": "*", "●": "@", "○": "o", "◉": "u", "◌": ".", "▸": ">", "◂": "<", "▶": ">", "❚": "|",
    "›": ">",
    "■": "#", "◆": "+", "◇": "+", "·": "|", "—": "?", "…": "~", "×": "x", "−": "-", "–": "-",
    "→": ">",
    "≥": ">", "≤": "<", "▌": "|", "▐": "|", "▏": "|", "▕": "|", "░": ":", "▒": ":", "▼": "v",
    "▲": "^", "━": "=", "▬": "=", "─": "-", "═": "=", "┄": ".", "╌": ".", "│": "|", "┃": "|",
    "║": "|",
    "┆": ":", "┊": ":", "╭": "+", "╮": "+", "╰": "+", "╯": "+", "┌": "+", "┐": "+", "└": "+",
    "┘": "+", "╔": "+", "╗": "+", "╚": "+", "╝": "+", "├": "+", "┤": "+", "╷": "|", "╵": "|",
    "“": "\"", "”": "\"", "↑": "^", "↓": "v", "✓": "+", "✗": "x", "≠": "!", "≋": "=", "∞": "8",
  ]

  static func of(_ text: String) -> String {
    text.utf8.allSatisfy { $0 < 128 } ? text : String(text.map { signs[$0] ?? $0 })
  }
}
