import Columns
import Runtime
import Terminal
import VisibleText

/// The checkpoints of the replay with what is in them, and the crash lab.
struct CheckpointsScreen {
  let run: RunState
  let area: Rect

  private var state: CheckpointsState { run.checkpoints }
  private var lab: CrashLabState { state.lab }

  func draw(on canvas: inout Canvas) {
    let inside = canvas.panel(
      area, title: "checkpoints",
      note: state.tab == .replay ? state.list.filter.note : "Tab next panel · Enter runs",
      focused: true
    ).inset(horizontally: 1, vertically: 0)
    drawTabs(Rect(inside.x, inside.y, inside.width, 1), &canvas)
    let below = Rect(inside.x, inside.y + 1, inside.width, inside.height - 1)
    switch state.tab {
    case .replay: drawList(below, &canvas)
    case .lab: drawLab(below, &canvas)
    }
  }

  private func drawTabs(_ line: Rect, _ canvas: inout Canvas) {
    var x = line.x
    for (index, tab) in CheckpointsState.Tab.allCases.enumerated() {
      let title =
        tab == .lab
        ? "crash lab"
        : "of the replay \(state.known.map { formatCount(Int64($0.count)) } ?? unknownText)"
      let style = canvas.theme[tab == state.tab ? .focus : .muted]
      let start = x
      x = canvas.put(
        title, x, line.y, tab == state.tab ? style.underline : style, clip: line)
      canvas.hit(Rect(start, line.y, x - start, 1), .listTab(index))
      x += 3
    }
  }

  // MARK: the list

  private func drawList(_ area: Rect, _ canvas: inout Canvas) {
    let rows = state.shown
    let partRows = min(max(2, (state.selection?.parts?.count ?? 0) + 2), max(2, area.height / 2))
    let list = Rect(area.x, area.y, area.width, area.height - partRows)
    TableView(
      columns: columns(rows), rows: rows, total: rows.count, selected: state.list.place,
      empty: state.known == nil
        ? "asking…"
        : state.list.filter.isEmpty
          ? "No checkpoint has completed yet: ) reads on to the first."
          : "Nothing contains “\(state.list.filter.text)”."
    ).draw(in: list, on: &canvas)
    guard let selection = state.selection else { return }
    drawParts(selection, Rect(area.x, list.bottom, area.width, partRows), &canvas)
  }

  private func columns(_ rows: [CheckpointDetail]) -> [TableColumn<CheckpointDetail>] {
    let sample = Array(rows.prefix(200))
    return [
      .fitted("id", in: sample, limit: 8, priority: 0, align: .trailing) {
        (formatCount($0.view.id), .title)
      },
      .fitted("status", in: sample, limit: 12, priority: 1) {
        $0.view.status == .completed ? ("◆ completed", .good) : ("✗ failed", .bad)
      },
      .fitted("record", in: sample, limit: 14, priority: 2, align: .trailing) {
        (formatCount($0.view.position), .text)
      },
      .fitted("size", in: sample, limit: 10, priority: 3, align: .trailing) {
        ($0.bytes.map { formatBytes(Int64($0)) } ?? unknownText, .text)
      },
      .fitted("event time", in: sample, limit: 24, priority: 4) {
        (formatMoment($0.view.eventTime), .text)
      },
      .fitted("watermark", in: sample, limit: 24, priority: 5) {
        (formatMoment($0.view.watermark), .watermark)
      },
    ]
  }

  /// The state of each operator in the selected checkpoint.
  private func drawParts(_ detail: CheckpointDetail, _ area: Rect, _ canvas: inout Canvas) {
    canvas.put(
      "state in checkpoint \(formatCount(detail.view.id)) · Enter goes there", in: area, row: 0,
      .title)
    guard let parts = detail.parts else {
      canvas.put("\(unknownText)  only the newest are measured", in: area, row: 1, .muted)
      return
    }
    guard !parts.isEmpty else {
      canvas.put("No operator of this pipeline keeps state.", in: area, row: 1, .muted)
      return
    }
    let widest = parts.map { DisplayWidth.columns(of: $0.operatorName) }.max() ?? 0
    for (row, part) in parts.prefix(max(0, area.height - 1)).enumerated() {
      let line = Rect(area.x, area.y + 1 + row, area.width, 1)
      canvas.put(part.operatorName, in: Rect(line.x, line.y, widest, 1), .key)
      canvas.put(
        formatBytes(Int64(part.bytes)), line.x + widest + 2, line.y, .text, clip: line)
    }
  }

  // MARK: the lab

  private func drawLab(_ area: Rect, _ canvas: inout Canvas) {
    let victims = CrashLabState.victims(run.view).map(CrashStory.title)
    let moments = CrashPlan.Moment.allCases.map(CrashStory.title)
    let rows = min(area.height / 2, 1 + max(moments.count, min(victims.count, 7)))
    let left = min(24, area.width / 3)
    drawChoice(
      "what dies", victims, lab.victim, lab.focus == .victim,
      Rect(area.x, area.y, left, rows), &canvas)
    drawChoice(
      "when", moments, lab.moment, lab.focus == .moment,
      Rect(area.x + left + 2, area.y, area.width - left - 2, rows), &canvas)
    drawStory(Rect(area.x, area.y + rows, area.width, area.height - rows), &canvas)
  }

  private func drawChoice(
    _ title: String, _ choices: [String], _ chosen: Int, _ isFocused: Bool, _ area: Rect,
    _ canvas: inout Canvas
  ) {
    canvas.put(
      isFocused ? "▸ \(title)" : "  \(title)", in: area, row: 0, isFocused ? .focus : .title)
    let room = max(0, area.height - 1)
    let first = min(max(0, chosen - room / 2), max(0, choices.count - room))
    for row in 0..<min(room, choices.count - first) {
      let isChosen = first + row == chosen
      canvas.put(
        (isChosen ? "● " : "○ ") + choices[first + row], in: area, row: 1 + row,
        isChosen ? (isFocused ? .selection : .accent) : .text)
    }
  }

  private func drawStory(_ area: Rect, _ canvas: inout Canvas) {
    let isFocused = lab.focus == .story
    canvas.put(
      isFocused ? "▸ what happens" : "  what happens", in: area, row: 0,
      isFocused ? .focus : .title)
    guard let report = lab.report else {
      let isToEnd = lab.plan(run.view).until == nil
      let words =
        lab.asked == nil
        ? "Enter kills it at record \(formatCount(run.view.position)), restores it, runs on"
          + " to \(isToEnd ? "the end of the log" : "record \(formatCount(lab.plan(run.view).until ?? 0))")"
          + " and compares with a run that did not crash. Nothing is written outside."
        : "running twice: with the crash, and without it…"
      for (row, line) in TextFit.wrapped(words, to: area.width).enumerated() {
        canvas.put(line, in: area, row: 1 + row, .muted)
      }
      return
    }
    let lines = CrashStory.lines(report).flatMap { line in
      // Indents stay where nothing is broken.
      DisplayWidth.columns(of: line.text) <= area.width
        ? [line] : TextFit.wrapped(line.text, to: area.width).map { (text: $0, role: line.role) }
    }
    let room = max(0, area.height - 1)
    let first = min(lab.scroll, max(0, lines.count - room))
    for (row, line) in lines.dropFirst(first).prefix(room).enumerated() {
      canvas.put(line.text, in: area, row: 1 + row, line.role)
    }
  }
}
