import Terminal
import VisibleText

/// A column of a table.
struct TableColumn<Row> {
  var title: String
  var width: Int
  /// The larger, the earlier it is left out where there is no room.
  var priority: Int
  var align: Alignment = .leading
  /// Whether it stands out for a while when its row has changed.
  var pulses = false
  var text: (Row) -> (String, ThemeRole)

  /// A column as wide as what is in it, up to a limit.
  static func fitted(
    _ title: String, in rows: [Row], limit: Int, priority: Int, align: Alignment = .leading,
    pulses: Bool = false, _ text: @escaping (Row) -> (String, ThemeRole)
  ) -> TableColumn {
    let widest = rows.map { DisplayWidth.columns(of: text($0).0) }.max() ?? 0
    let width = min(limit, max(DisplayWidth.columns(of: title), widest))
    return TableColumn(
      title: title, width: width, priority: priority, align: align, pulses: pulses, text: text)
  }
}

/// Rows under heads; columns that do not fit are left out, the least important first, and never
/// squeezed.
struct TableView<Row> {
  var columns: [TableColumn<Row>]
  /// What is loaded, from `offset` on.
  var rows: [Row]
  var offset = 0
  var total: Int
  /// The place of the selected row in the whole list.
  var selected: Int?
  /// The place of the row that is drawn first; nil for around the selected one.
  var top: Int?
  /// The place of the column that it is sorted by, and which way.
  var sorted: (column: Int, isReversed: Bool)?
  var isFresh: (Row) -> Bool = { _ in false }
  /// What a click on a row means, by the row and its place in the whole list.
  var target: (Row, Int) -> HitTarget = { .listRow($1) }
  /// What stands there without rows.
  var empty: String

  func draw(in area: Rect, on canvas: inout Canvas) {
    guard area.height >= 1, area.width >= 8 else { return }
    guard !rows.isEmpty else {
      canvas.put(empty, in: area, row: area.height / 2, .muted, align: .center)
      return
    }
    let shown = fitting(area.width)
    drawHeads(shown, area, &canvas)
    let room = max(0, area.height - 1)
    // The selection stays in view, and rows stay where they are while it moves among them.
    let place = min(selected ?? 0, max(0, total - 1))
    let first = min(max(0, top ?? (place - room / 2)), max(0, total - room))
    for row in 0..<room {
      guard rows.indices.contains(first + row - offset) else { continue }
      draw(
        rows[first + row - offset], place: first + row, columns: shown,
        in: Rect(area.x, area.y + 1 + row, area.width, 1), on: &canvas)
    }
    drawScrollbar(first, room, area, &canvas)
  }

  private func drawHeads(_ shown: [Int], _ area: Rect, _ canvas: inout Canvas) {
    var x = area.x
    for index in shown {
      let column = columns[index]
      let isSorted = sorted?.column == index
      let arrow = isSorted ? (sorted?.isReversed == true ? "▲" : "▼") : ""
      let head = Rect(x, area.y, column.width, 1)
      // The arrow stands in the gap behind the title.
      let end = min(
        head.right,
        column.align == .trailing
          ? head.right : head.x + DisplayWidth.columns(of: column.title))
      canvas.put(column.title, in: head, isSorted ? .title : .muted, align: column.align)
      if isSorted { canvas.put(arrow, end, area.y, .accent, clip: area) }
      canvas.hit(Rect(x, area.y, column.width + 1, 1), .listHead(index))
      x += column.width + 2
    }
  }

  private func draw(
    _ row: Row, place: Int, columns shown: [Int], in line: Rect, on canvas: inout Canvas
  ) {
    let selection = canvas.theme[.selection]
    let isSelected = place == selected
    if isSelected { canvas.grid.fill(line, selection) }
    let isFresh = isFresh(row)
    var x = line.x
    for index in shown {
      let column = columns[index]
      let (text, role) = column.text(row)
      var style = canvas.theme[role]
      if isFresh, column.pulses {
        style = canvas.theme[.changed].foreground(style.foreground).adding(.bold)
      }
      if isSelected {
        // Quiet ink would not be read on the selection's ground.
        let ink = role == .muted ? selection.foreground : style.foreground
        style = style.foreground(ink).background(selection.background).adding(selection.attributes)
      }
      canvas.put(text, in: Rect(x, line.y, column.width, 1), style, align: column.align)
      x += column.width + 2
    }
    canvas.hit(line, target(row, place))
  }

  /// How much of the list is seen, at the right edge, where it does not fit.
  private func drawScrollbar(_ first: Int, _ room: Int, _ area: Rect, _ canvas: inout Canvas) {
    guard total > room, room > 2 else { return }
    let length = max(1, room * room / total)
    let start = (room - length) * first / max(1, total - room)
    for row in start..<(start + length) {
      canvas.put("▐", area.right, area.y + 1 + row, .border)
    }
  }

  /// The places of the columns that fit, taken by priority, in their order.
  private func fitting(_ width: Int) -> [Int] {
    var taken: Set<Int> = []
    var used = -2
    let order = columns.indices.sorted { (columns[$0].priority, $0) < (columns[$1].priority, $1) }
    for index in order {
      // What matters less does not take the place of what matters more and found none.
      guard used + 2 + columns[index].width <= width else { break }
      used += 2 + columns[index].width
      taken.insert(index)
    }
    return columns.indices.filter { taken.contains($0) }
  }
}
