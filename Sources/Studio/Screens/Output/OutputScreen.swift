import Runtime
import Terminal
import VisibleText

/// What came out: rows of the sinks by kind, late rows, dead letters with their reason.
struct OutputScreen {
  let run: RunState
  let area: Rect

  private var output: OutputState { run.output }

  func draw(on canvas: inout Canvas) {
    let page = output.page ?? OutputPage()
    let inside = canvas.panel(
      area, title: "output", note: output.list.filter.note, focused: true
    ).inset(horizontally: 1, vertically: 0)
    drawTabs(page, Rect(inside.x, inside.y, inside.width, 1), &canvas)
    let isOpen = output.isOpen && output.selection != nil
    let openRows = !isOpen ? 0 : output.isZoomed ? inside.height - 1 : min(12, inside.height / 2)
    let list = Rect(inside.x, inside.y + 1, inside.width, inside.height - 1 - openRows)
    TableView(
      columns: columns(page), rows: page.lines, offset: page.offset, total: page.total,
      selected: output.list.place, empty: emptyWords
    ).draw(in: list, on: &canvas)
    if openRows > 0, let line = output.selection {
      drawOpen(line, page, Rect(inside.x, list.bottom, inside.width, openRows), &canvas)
    }
  }

  private var emptyWords: String {
    if output.page == nil { return "asking…" }
    if !output.list.filter.isEmpty { return "Nothing contains “\(output.list.filter.text)”." }
    return switch output.stream {
    case .results: "No result has come out yet."
    case .late: "No row was too late for its window."
    case .dead: "No record was bad."
    }
  }

  private func drawTabs(_ page: OutputPage, _ line: Rect, _ canvas: inout Canvas) {
    var x = line.x
    for (index, stream) in OutputQuery.Stream.allCases.enumerated() {
      let isHere = stream == output.stream
      let start = x
      let style = canvas.theme[isHere ? .focus : .muted]
      x = canvas.put(
        title(of: stream, page), x, line.y, isHere ? style.underline : style, clip: line)
      canvas.hit(Rect(start, line.y, x - start, 1), .listTab(index))
      x += 3
    }
    let kinds = ["+I", "-U", "+U", "-D"].compactMap { kind in
      page.counts[kind].map { "\(kind) \(formatCount($0))" }
    }.joined(separator: "  ")
    if x + DisplayWidth.columns(of: kinds) < line.right {
      canvas.put(kinds, in: line, .muted, align: .trailing)
    }
  }

  private func title(of stream: OutputQuery.Stream, _ page: OutputPage) -> String {
    let count: Int64? =
      switch stream {
      case .results:
        output.page.map { page in
          page.counts.filter { $0.key != "late" && $0.key != "dead" }.values.reduce(0, +)
        }
      case .late: output.page.map { $0.counts["late"] ?? 0 }
      case .dead: output.page.map { $0.counts["dead"] ?? 0 }
      }
    let name = stream == .dead ? "dead letters" : stream == .late ? "late rows" : "results"
    return "\(name) \(count.map(formatCount) ?? unknownText)"
  }

  private func columns(_ page: OutputPage) -> [TableColumn<OutputPage.Line>] {
    let sample = Array(page.lines.prefix(200))
    var columns: [TableColumn<OutputPage.Line>] = [
      .fitted("record", in: sample, limit: 12, priority: 2, align: .trailing) {
        (formatCount($0.position), .muted)
      },
      .fitted("kind", in: sample, limit: 6, priority: 0) { ($0.kind, Self.role(of: $0.kind)) },
    ]
    let sinks = Set(page.lines.map(\.sink))
    if sinks.count > 1 {
      columns.append(.fitted("sink", in: sample, limit: 18, priority: 3) { ($0.sink, .accent) })
    }
    if sinks.count == 1, let sink = sinks.first, let names = page.columns[sink], !names.isEmpty {
      for (index, name) in names.enumerated() {
        columns.append(
          .fitted(name, in: sample, limit: 26, priority: 1 + index) {
            ($0.values.element(at: index) ?? unknownText, .text)
          })
      }
    } else {
      columns.append(
        .fitted("row", in: sample, limit: max(20, area.width - 40), priority: 1) {
          ($0.values.joined(separator: "  "), .text)
        })
    }
    if output.stream != .results {
      columns.append(
        .fitted("reason", in: sample, limit: max(20, area.width / 2), priority: 1) {
          ($0.reason ?? "", output.stream == .dead ? .bad : .late)
        })
    }
    return columns
  }

  /// `-U` and `-D` take something back.
  static func role(of kind: String) -> ThemeRole {
    switch kind {
    case "+U": .windowUpdated
    case "-U", "-D", "late": .late
    case "dead": .bad
    default: .good
    }
  }

  /// The selected line with every column on a line of its own.
  private func drawOpen(
    _ line: OutputPage.Line, _ page: OutputPage, _ area: Rect, _ canvas: inout Canvas
  ) {
    canvas.put(String(repeating: "─", count: area.width), in: area, .border)
    let names = page.columns[line.sink] ?? []
    var lines: [(String, String)] = line.values.enumerated().map { index, value in
      (names.element(at: index) ?? "", value)
    }
    if let reason = line.reason { lines.append(("reason", reason)) }
    if let raw = line.raw { lines.append(("record", raw)) }
    let width = lines.map { DisplayWidth.columns(of: $0.0) }.max() ?? 0
    for (row, pair) in lines.prefix(area.height - 1).enumerated() {
      let y = area.y + 1 + row
      canvas.put(pair.0, in: Rect(area.x, y, width, 1), .muted)
      canvas.put(
        pair.1, in: Rect(area.x + width + 2, y, area.width - width - 2, 1), .text)
    }
  }
}
