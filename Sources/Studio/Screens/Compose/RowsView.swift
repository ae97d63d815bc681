import Engine
import Pipelines
import Runtime
import Terminal
import VisibleText

/// The first rows of the log before and after the selected step.
struct RowsView {
  let compose: ComposeState
  let area: Rect

  private typealias Row = PipelinePreview.Row

  func draw(on canvas: inout Canvas) {
    canvas.hit(area, .composePanel(.rows))
    guard let preview = compose.preview else {
      let inside = canvas.panel(area, title: "rows", note: "", focused: compose.focus == .rows)
      canvas.put(
        "reading the first records…", in: inside, row: inside.height / 2, .muted, align: .center)
      return
    }
    if let fault = preview.fault { return drawFault(fault, &canvas) }
    guard let place = compose.place else { return drawSteps(preview, &canvas) }
    let sides = sides(preview, place)
    for pane in panes(sides.count) {
      sides[pane.index].draw(
        pane.area, compose.rowsPlaces[pane.index], index: pane.index,
        focused: compose.focus == .rows && pane.index == focusedSide(sides.count), &canvas)
    }
  }

  // MARK: sides

  /// The side that the keys move.
  func focusedSide(_ count: Int) -> Int { count < 2 || compose.showsBefore ? 0 : 1 }

  /// Where each side stands; where there is room for one of them, that is the focused one.
  private func panes(_ count: Int) -> [(index: Int, area: Rect)] {
    guard count > 1 else { return count == 1 ? [(0, area)] : [] }
    guard area.height >= 14 else { return [(focusedSide(count), area)] }
    let height = area.height / count
    return (0..<count).map { index in
      let y = area.y + index * height
      return (index, Rect(area.x, y, area.width, index == count - 1 ? area.bottom - y : height))
    }
  }

  /// How many sides the selected step has.
  var sideCount: Int {
    guard let preview = compose.preview, preview.fault == nil, let place = compose.place else {
      return 1
    }
    return sides(preview, place).count
  }

  /// What can be moved in a side: its rows, how many of them are seen, and its columns.
  struct Extent {
    var sides: Int
    var total: Int
    var room: Int
    var lastColumn: Int
  }

  /// - Parameter index: of the side; nil for the focused one.
  func extent(of index: Int? = nil) -> Extent? {
    guard let preview = compose.preview, preview.fault == nil else { return nil }
    guard let place = compose.place else {
      return Extent(
        sides: 1, total: ComposeChain(compose).items.count - 1, room: max(1, area.height - 3),
        lastColumn: 0)
    }
    let sides = sides(preview, place)
    let index = index ?? focusedSide(sides.count)
    guard let side = sides.element(at: index),
      let pane = panes(sides.count).first(where: { $0.index == index })
    else { return nil }
    return Extent(
      sides: sides.count, total: side.rows.count, room: max(1, pane.area.height - 3),
      lastColumn: side.lastColumn(pane.area.width - 4))
  }

  private func drawFault(_ fault: String, _ canvas: inout Canvas) {
    let inside = canvas.panel(area, title: "rows", note: "", focused: compose.focus == .rows)
      .inset(horizontally: 1, vertically: 0)
    canvas.put("No rows:", in: inside, row: 0, .bad)
    canvas.grid.putWrapped(
      fault, in: Rect(inside.x, inside.y + 1, inside.width, max(0, inside.height - 1)),
      canvas.theme[.text])
  }

  // MARK: one step

  private func sides(_ preview: ComposePreview, _ place: Int) -> [RowsSide] {
    let kind = compose.document.step(at: place)?.kind ?? ""
    let title = compose.document.stepTitle(at: place).operator
    let node = preview.node(at: place)
    let read = formatCount(preview.run.recordsRead)
    let records = preview.raw.enumerated().map {
      Row(position: Int64($0.offset), values: [$0.element])
    }
    if kind == "source" {
      return [
        RowsSide(
          title: "records", note: "the first \(formatCount(Int64(records.count)))",
          columns: ["record"], rows: records, empty: "The log has no record.")
      ]
    }
    guard let node else {
      return [
        RowsSide(
          title: "rows", note: "", columns: [], rows: [],
          empty: compose.faults(at: place).isEmpty
            ? "Rows come here once the steps above it run." : "Rows come here once it has no fault."
        )
      ]
    }
    if kind == "parse" { return parse(node, place, records, read) }
    let before = RowsSide(
      title: "before \(title)", note: "\(formatCount(node.before.count)) rows of \(read) records",
      columns: node.before.columns, types: types(into: place), rows: node.before.rows,
      errors: errors(node),
      empty: "No row comes here among the first \(read) records.")
    switch kind {
    case "sink": return [before.titled("what it would write")]
    case "key_by": return [before.titled(keys(node, place))]
    default:
      let isWindow = kind == "window" || kind == "aggregate"
      return [before, after(node, place, title, isWindow: isWindow)]
    }
  }

  private func parse(
    _ node: PipelinePreview.Node, _ place: Int, _ records: [Row], _ read: String
  ) -> [RowsSide] {
    let errors = errors(node)
    let marked = records.map { row in
      Row(
        position: row.position, values: row.values,
        fate: errors[row.position] == nil ? .passed : .bad)
    }
    return [
      RowsSide(
        title: "records", note: "\(read) read", columns: ["record"], rows: marked, errors: errors,
        empty: "The log has no record."),
      after(node, place, "parse"),
    ]
  }

  private func errors(_ node: PipelinePreview.Node) -> [Int64: String] {
    Dictionary(node.bad.map { ($0.position, $0.error) }, uniquingKeysWith: { first, _ in first })
  }

  private func after(
    _ node: PipelinePreview.Node, _ place: Int, _ title: String, isWindow: Bool = false
  ) -> RowsSide {
    let counters = node.counters
    var note = "\(formatCount(node.after.count)) rows"
    if counters.filtered > 0 || counters.bad > 0 || counters.late > 0 {
      let parts = [
        counters.filtered > 0 ? "✗ \(formatCount(counters.filtered)) filtered" : nil,
        counters.late > 0 ? "! \(formatCount(counters.late)) late" : nil,
        counters.bad > 0 ? "✗ \(formatCount(counters.bad)) bad" : nil,
      ]
      note += " · " + parts.compactMap { $0 }.joined(separator: " · ")
    }
    if title == "filter", node.before.count > 0 {
      note = "\(formatPercent(node.after.count, of: node.before.count)) pass · " + note
    }
    return RowsSide(
      title: "after \(title)", note: note, columns: node.after.columns,
      types: types(from: place), rows: node.after.rows,
      empty: isWindow
        ? "No window has fired among the first records." : "No row goes on.")
  }

  private func types(into place: Int) -> [String: String] {
    Dictionary(compose.document.columns(into: place).map { ($0.name, $0.type) }) { known, _ in
      known
    }
  }

  private func types(from place: Int) -> [String: String] {
    var columns = compose.document.columns(from: place)
    // What a window fires is what its aggregates make.
    if compose.document.step(at: place + 1)?.kind == "aggregate" {
      columns += compose.document.columns(from: place + 1)
    }
    return Dictionary(columns.map { ($0.name, $0.type) }) { first, _ in first }
  }

  private func keys(_ node: PipelinePreview.Node, _ place: Int) -> String {
    let names = compose.document.step(at: place)?.option("key_by")?.value.list?.map(\.value) ?? []
    let indexes = names.compactMap { node.before.columns.firstIndex(of: $0) }
    let known = Set(
      node.before.rows.map { row in indexes.map { row.values.element(at: $0) ?? nil } })
    return "\(formatCount(Int64(known.count))) keys among these rows"
  }

  // MARK: the pipeline as a whole

  private struct StepRow {
    var title: String
    var rowsIn: String
    var rowsOut: String
    var lost: String
  }

  private func drawSteps(_ preview: ComposePreview, _ canvas: inout Canvas) {
    let chain = ComposeChain(compose)
    let inside = canvas.panel(
      area, title: "the first \(formatCount(preview.run.recordsRead)) records",
      note: preview.run.isWhole ? "the whole log" : "", focused: compose.focus == .rows
    ).inset(horizontally: 1, vertically: 0)
    let rows = chain.items.dropFirst().map { item -> StepRow in
      let counters = item.place.flatMap { preview.node(at: $0) }?.counters
      let kind = item.title.split(separator: ":").first.map(String.init) ?? ""
      var lost: [String] = []
      if let counters {
        if counters.filtered > 0 { lost.append("\(formatCount(counters.filtered)) filtered") }
        if counters.late > 0, kind == "window" { lost.append("\(formatCount(counters.late)) late") }
        if counters.bad > 0, kind != "source" { lost.append("\(formatCount(counters.bad)) bad") }
      }
      return StepRow(
        title: item.title, rowsIn: item.passed.map { formatCount($0.rowsIn) } ?? unknownText,
        rowsOut: item.passed.map { formatCount($0.rowsOut) } ?? unknownText,
        lost: lost.joined(separator: ", "))
    }
    TableView(
      columns: [
        .fitted("step", in: rows, limit: 24, priority: 0) { ($0.title, .title) },
        .fitted("in", in: rows, limit: 10, priority: 1, align: .trailing) { ($0.rowsIn, .text) },
        .fitted("on", in: rows, limit: 10, priority: 2, align: .trailing) { ($0.rowsOut, .good) },
        .fitted("not", in: rows, limit: 40, priority: 3) { ($0.lost, .warning) },
      ], rows: rows, total: rows.count,
      selected: compose.focus == .rows
        ? min(compose.rowsPlaces[0].row, max(0, rows.count - 1)) : nil,
      top: min(compose.rowsPlaces[0].top, max(0, rows.count - max(1, inside.height - 1))),
      target: { _, _ in .composePanel(.rows) }, empty: "There is no step yet: a adds one."
    ).draw(in: inside, on: &canvas)
  }
}
