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
    guard sides.count > 1, area.height < 14 else {
      let height = area.height / max(1, sides.count)
      var y = area.y
      for (index, side) in sides.enumerated() {
        let rows = index == sides.count - 1 ? area.bottom - y : height
        side.draw(Rect(area.x, y, area.width, rows), compose, &canvas)
        y += rows
      }
      return
    }
    // Room for one of them: the arrows change it.
    sides[compose.showsBefore ? 0 : 1].draw(area, compose, &canvas)
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

  /// One side of a step.
  private struct Side {
    var title: String
    var note: String
    var columns: [String]
    var rows: [Row]
    /// What is wrong with a row, by its position.
    var errors: [Int64: String] = [:]
    var empty: String

    func titled(_ title: String) -> Side {
      var side = self
      side.title = title
      return side
    }

    /// Whether it is one of the columns that a window has for changes, and makes none.
    private func isUnused(_ index: Int) -> Bool {
      ["kind", "firing", "window_time", "watermark", "missed_by_ms"].contains(columns[index])
        && rows.allSatisfy { $0.values.element(at: index).map { $0 == nil } ?? true }
    }

    func draw(_ area: Rect, _ compose: ComposeState, _ canvas: inout Canvas) {
      let isFocused = compose.focus == .rows
      let inside = canvas.panel(area, title: title, note: note, focused: isFocused)
        .inset(horizontally: 1, vertically: 0)
      let sample = rows.prefix(60)
      var columns: [TableColumn<Row>] = []
      if rows.contains(where: { $0.fate != .passed }) {
        columns.append(.fitted("", in: Array(sample), limit: 10, priority: 0) { RowsView.mark($0) })
      }
      if !errors.isEmpty {
        columns.append(
          .fitted("why", in: Array(sample), limit: 40, priority: 1) {
            (errors[$0.position] ?? "", .warning)
          })
      }
      let used = columns.reduce(2) { $0 + $1.width + 2 }
      for (index, name) in self.columns.enumerated() where !isUnused(index) {
        let isOnly = self.columns.count == 1
        columns.append(
          .fitted(
            name, in: Array(sample), limit: isOnly ? max(30, inside.width - used) : 26,
            priority: RowsView.priority(name, index)
          ) { RowsView.cell(index, $0) })
      }
      TableView(
        columns: columns, rows: rows, total: rows.count,
        selected: isFocused ? min(compose.rowOffset, max(0, rows.count - 1)) : nil,
        target: { _, _ in .composePanel(.rows) }, empty: empty
      ).draw(in: inside, on: &canvas)
    }
  }

  private static func mark(_ row: Row) -> (String, ThemeRole) {
    switch row.fate {
    case .passed: ("✓", .good)
    case .filtered: ("✗ filtered", .muted)
    case .late: ("! late", .late)
    case .bad: ("✗ bad", .bad)
    }
  }

  /// The end of a window can be told from its start, and its start is left out before results are.
  private static func priority(_ name: String, _ index: Int) -> Int {
    switch name {
    case "window_end": 900
    case "window_start": 800
    default: 2 + index
    }
  }

  private static func cell(_ index: Int, _ row: Row) -> (String, ThemeRole) {
    guard row.values.indices.contains(index), let value = row.values[index] else {
      return ("NULL", .muted)
    }
    return (value, row.fate == .passed ? .text : .muted)
  }

  private func sides(_ preview: ComposePreview, _ place: Int) -> [Side] {
    let kind = compose.document.step(at: place)?.kind ?? ""
    let title = compose.document.stepTitle(at: place).operator
    let node = preview.node(at: place)
    let read = formatCount(preview.run.recordsRead)
    let records = preview.raw.enumerated().map {
      Row(position: Int64($0.offset), values: [$0.element])
    }
    if kind == "source" {
      return [
        Side(
          title: "records", note: "the first \(formatCount(Int64(records.count)))",
          columns: ["record"], rows: records, empty: "The log has no record.")
      ]
    }
    guard let node else {
      return [
        Side(
          title: "rows", note: "", columns: [], rows: [],
          empty: compose.faults(at: place).isEmpty
            ? "Rows come here once the steps above it run." : "Rows come here once it has no fault."
        )
      ]
    }
    if kind == "parse" { return parse(node, records, read) }
    let before = Side(
      title: "before \(title)", note: "\(formatCount(node.before.count)) rows of \(read) records",
      columns: node.before.columns, rows: node.before.rows, errors: errors(node),
      empty: "No row comes here among the first \(read) records.")
    switch kind {
    case "sink": return [before.titled("what it would write")]
    case "key_by": return [before.titled(keys(node, place))]
    default:
      let isWindow = kind == "window" || kind == "aggregate"
      return [before, after(node, title, isWindow: isWindow)]
    }
  }

  private func parse(
    _ node: PipelinePreview.Node, _ records: [Row], _ read: String
  ) -> [Side] {
    let errors = errors(node)
    let marked = records.map { row in
      Row(
        position: row.position, values: row.values,
        fate: errors[row.position] == nil ? .passed : .bad)
    }
    return [
      Side(
        title: "records", note: "\(read) read", columns: ["record"], rows: marked, errors: errors,
        empty: "The log has no record."),
      after(node, "parse"),
    ]
  }

  private func errors(_ node: PipelinePreview.Node) -> [Int64: String] {
    Dictionary(node.bad.map { ($0.position, $0.error) }, uniquingKeysWith: { first, _ in first })
  }

  private func after(
    _ node: PipelinePreview.Node, _ title: String, isWindow: Bool = false
  ) -> Side {
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
    return Side(
      title: "after \(title)", note: note, columns: node.after.columns, rows: node.after.rows,
      empty: isWindow
        ? "No window has fired among the first records." : "No row goes on.")
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
      selected: compose.focus == .rows ? min(compose.rowOffset, max(0, rows.count - 1)) : nil,
      target: { _, _ in .composePanel(.rows) }, empty: "There is no step yet: a adds one."
    ).draw(in: inside, on: &canvas)
  }
}
