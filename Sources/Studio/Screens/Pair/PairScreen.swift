import Columns
import Runtime
import Terminal
import VisibleText

/// Where the parts of the A/B screen are.
struct PairLayout: Equatable {
  /// The timelines, one above the other so that times stand below each other.
  var a: Rect
  var b: Rect
  var figures: Rect
  var list: Rect

  init(_ body: Rect) {
    let isTall = body.height >= 26
    let figureRows = isTall ? 6 : 0
    let timeline = isTall ? min(12, (body.height - figureRows - 8) / 2) : (body.height - 8) / 2
    a = Rect(body.x, body.y, body.width, max(4, timeline))
    b = Rect(body.x, a.bottom, body.width, a.height)
    figures = Rect(body.x, b.bottom, body.width, figureRows)
    list = Rect(body.x, figures.bottom, body.width, max(0, body.bottom - figures.bottom))
  }
}

/// One thing that is counted in both variants.
struct PairFigures {
  struct Row: Equatable {
    var title: String
    var a: String
    var b: String
    /// `B − A`, where both are numbers.
    var change: String
    var role: ThemeRole
  }

  static func make(_ pair: PairView, _ page: DifferencePage?) -> [Row] {
    let (a, b) = (pair.a, pair.b)
    var rows = [
      count("results", page?.resultsA, page?.resultsB, .text),
      count("late, dropped", a.accounting.late, b.accounting.late, .late),
      count("late, updated", a.accounting.lateUpdated, b.accounting.lateUpdated, .windowUpdated),
      count("filtered", a.accounting.filtered, b.accounting.filtered, .text),
      count(
        "windows kept", Int64(a.liveWindowCount), Int64(b.liveWindowCount), .windowOpen),
    ]
    let (left, right) = (lag(a), lag(b))
    rows.append(
      Row(
        title: "watermark behind", a: left.map(formatSpan) ?? unknownText,
        b: right.map(formatSpan) ?? unknownText,
        change: signed(left, right) { formatSpan($0) }, role: .watermark))
    return rows
  }

  private static func lag(_ view: ReplayView) -> Int64? {
    view.maxEventTime.flatMap { timeBetween(view.watermark, $0) }
  }

  private static func count(
    _ title: String, _ a: Int64?, _ b: Int64?, _ role: ThemeRole
  ) -> Row {
    Row(
      title: title, a: a.map(formatCount) ?? unknownText, b: b.map(formatCount) ?? unknownText,
      change: signed(a, b, formatCount), role: role)
  }

  private static func signed(_ a: Int64?, _ b: Int64?, _ text: (Int64) -> String) -> String {
    guard let a, let b else { return "" }
    return a == b ? "=" : (b > a ? "+" : "−") + text(abs(b - a))
  }
}

/// Two variants over the same log, one above the other, and where their results differ.
struct PairScreen {
  let run: RunState
  let pair: PairState
  let area: Rect

  func draw(on canvas: inout Canvas) {
    if pair.isZoomed, let view = pair.view { return drawList(view, area, &canvas) }
    let layout = PairLayout(area)
    guard let view = pair.view else {
      canvas.put(
        "opening the second variant…", in: area, row: area.height / 2, .muted,
        align: .center)
      return
    }
    // One axis for both, of the variant whose watermark is behind: what is open is then in sight.
    let behind = view.a.watermark <= view.b.watermark ? view.a : view.b
    let gutter = TimelineScale.gutter(for: canvas.grid.width)
    let scale = TimelineScale(behind, run.timeline, width: max(1, area.width - 3 - gutter))
    let lanes = run.lanes(of: view.a)
    for side in PairSide.allCases {
      draw(
        side, side == .a ? view.a : view.b, (scale, lanes), side == .a ? layout.a : layout.b,
        &canvas)
    }
    if !layout.figures.isEmpty { drawFigures(view, layout.figures, &canvas) }
    drawList(view, layout.list, &canvas)
  }

  private func draw(
    _ side: PairSide, _ view: ReplayView, _ shared: (TimelineScale, [KeyView]), _ area: Rect,
    _ canvas: inout Canvas
  ) {
    var state = run
    state.view = view
    state.selectedWindow = nil
    let figures =
      "late \(formatCount(view.accounting.late)) · wm \(formatClock(view.watermark))"
      + (pair.view?.shown == side ? " · on the other screens" : "")
    let title = side == .a ? "A as in the file" : "B \(pair.words)"
    let inside = canvas.panel(area, title: title, note: figures, focused: false)
    TimelineView(
      run: state, area: Rect(inside.x + 1, inside.y, inside.width - 1, inside.height),
      gutter: TimelineScale.gutter(for: canvas.grid.width), isCompact: canvas.grid.width < 110,
      shared: shared
    ).draw(on: &canvas)
  }

  private func drawFigures(_ view: PairView, _ area: Rect, _ canvas: inout Canvas) {
    let inside = canvas.panel(area, title: "A against B", note: "", focused: false)
      .inset(horizontally: 1, vertically: 0)
    let figures = PairFigures.make(view, pair.page)
    let lines = ["A", "B", "B − A"]
    var columns: [TableColumn<Int>] = [
      .fitted("", in: Array(lines.indices), limit: 6, priority: 0) { (lines[$0], .title) }
    ]
    for (place, figure) in figures.enumerated() {
      columns.append(
        .fitted(
          figure.title, in: Array(lines.indices), limit: 20, priority: 1 + place, align: .trailing
        ) {
          switch $0 {
          case 0: (figure.a, figure.role)
          case 1: (figure.b, figure.role)
          default: (figure.change, figure.change == "=" ? .muted : .accent)
          }
        })
    }
    TableView(
      columns: columns, rows: Array(lines.indices), total: lines.count, selected: nil,
      target: { _, _ in .nothing }, empty: ""
    ).draw(in: inside, on: &canvas)
  }

  // MARK: the list

  private func drawList(_ view: PairView, _ area: Rect, _ canvas: inout Canvas) {
    let page = pair.page ?? DifferencePage()
    let inside = canvas.panel(
      area, title: title(page),
      note: pair.list.filter.note.isEmpty
        ? note(page)
        : pair.list.filter.note, focused: true
    ).inset(horizontally: 1, vertically: 0)
    TableView(
      columns: columns(page), rows: page.lines, offset: page.offset, total: page.total,
      selected: pair.list.place, isFresh: { run.view.position - $0.position < Pulse.records },
      empty: emptyWords(page)
    ).draw(in: inside, on: &canvas)
  }

  private func title(_ page: DifferencePage) -> String {
    let count = page.onlyA + page.onlyB + page.changed
    return "results that differ \(pair.page == nil ? unknownText : formatCount(Int64(count)))"
  }

  private func note(_ page: DifferencePage) -> String {
    guard pair.page != nil else { return "" }
    let parts =
      "≠ \(formatCount(Int64(page.changed))) changed · A \(formatCount(Int64(page.onlyA))) only"
      + " · B \(formatCount(Int64(page.onlyB))) only · = \(formatCount(page.same)) alike"
    return page.isComplete ? parts : "\(parts) · comparing at \(formatCount(page.position))…"
  }

  private func emptyWords(_ page: DifferencePage) -> String {
    if pair.page == nil { return "comparing…" }
    if !pair.list.filter.isEmpty { return "Nothing contains “\(pair.list.filter.text)”." }
    return page.same > 0
      ? "All \(formatCount(page.same)) results are alike so far." : "No result has come out yet."
  }

  private func columns(_ page: DifferencePage) -> [TableColumn<DifferencePage.Line>] {
    let sample = Array(page.lines.prefix(200))
    var columns: [TableColumn<DifferencePage.Line>] = [
      .fitted("", in: sample, limit: 6, priority: 0) { Self.sign($0) },
      .fitted("record", in: sample, limit: 12, priority: 40, align: .trailing) {
        (formatCount($0.position), .muted)
      },
    ]
    let sinks = Set(page.lines.map(\.sink))
    if sinks.count > 1 {
      columns.append(.fitted("sink", in: sample, limit: 18, priority: 30) { ($0.sink, .accent) })
    }
    guard sinks.count == 1, let sink = sinks.first, let known = page.columns[sink] else {
      columns.append(
        .fitted("row", in: sample, limit: max(20, area.width - 40), priority: 1) {
          (($0.identity + ($0.a ?? $0.b ?? [])).joined(separator: "  "), .text)
        })
      return columns
    }
    for (index, name) in known.identity.enumerated() {
      columns.append(
        .fitted(name, in: sample, limit: 24, priority: 1 + index) {
          ($0.identity.element(at: index) ?? "", .text)
        })
    }
    for (index, name) in known.values.enumerated() where differs(index, page.lines) {
      columns.append(
        .fitted(name, in: sample, limit: 28, priority: 5 + index) { Self.value(index, $0) })
    }
    return columns
  }

  /// Whether a column is worth its room: all others say the same in both variants.
  private func differs(_ index: Int, _ lines: [DifferencePage.Line]) -> Bool {
    lines.contains { $0.a?.element(at: index) != $0.b?.element(at: index) }
  }

  private static func sign(_ line: DifferencePage.Line) -> (String, ThemeRole) {
    switch (line.a, line.b) {
    case (_, nil): ("A only", .bad)
    case (nil, _): ("B only", .good)
    default: ("≠", .warning)
    }
  }

  private static func value(
    _ index: Int, _ line: DifferencePage.Line
  ) -> (String, ThemeRole) {
    let (a, b) = (line.a?.element(at: index), line.b?.element(at: index))
    guard let a, let b else { return (a ?? b ?? "", .text) }
    return a == b ? (a, .muted) : ("\(a) → \(b)", .accent)
  }
}

extension DifferencePage.Line {
  /// With tabs between the columns.
  var text: String {
    let sides = [
      a.map { "A\t\($0.joined(separator: "\t"))" },
      b.map { "B\t\($0.joined(separator: "\t"))" },
    ]
    return ([sink] + identity + sides.compactMap { $0 }).joined(separator: "\t")
  }
}
