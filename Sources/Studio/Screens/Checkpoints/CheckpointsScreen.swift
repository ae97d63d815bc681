import Columns
import Engine
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
    let inside = canvas.panel(area, title: "checkpoints", note: note, focused: true)
      .inset(horizontally: 1, vertically: 0)
    drawTabs(Rect(inside.x, inside.y, inside.width, 1), &canvas)
    let below = Rect(inside.x, inside.y + 1, inside.width, inside.height - 1)
    switch state.tab {
    case .replay: drawList(below, &canvas)
    case .disk: drawDisk(below, &canvas)
    case .sinks: drawSinks(below, &canvas)
    case .lab: drawLab(below, &canvas)
    }
  }

  private var note: String {
    switch state.tab {
    case .replay: state.list.filter.note
    case .disk: state.diskList.filter.isEmpty ? "Enter verifies" : state.diskList.filter.note
    case .sinks: ""
    case .lab: "Tab next choice · Enter runs"
    }
  }

  private func drawTabs(_ line: Rect, _ canvas: inout Canvas) {
    var x = line.x
    for (index, tab) in CheckpointsState.Tab.allCases.enumerated() {
      let style = canvas.theme[tab == state.tab ? .focus : .muted]
      let start = x
      x = canvas.put(
        title(of: tab), x, line.y, tab == state.tab ? style.underline : style, clip: line)
      canvas.hit(Rect(start, line.y, x - start, 1), .listTab(index))
      x += 3
    }
  }

  private func title(of tab: CheckpointsState.Tab) -> String {
    func count(_ count: Int?) -> String { count.map { formatCount(Int64($0)) } ?? unknownText }
    return switch tab {
    case .replay: "of the replay \(count(state.known?.count ?? run.view.checkpoints.count))"
    case .disk: "on disk \(count(state.disk?.entries.count))"
    case .sinks: "sinks \(count(run.view.boxes.count { $0.guarantee != nil }))"
    case .lab: "crash lab"
    }
  }

  // MARK: on disk

  private func drawDisk(_ area: Rect, _ canvas: inout Canvas) {
    let rows = state.shownOnDisk
    let selection = state.diskSelection
    let partRows =
      selection == nil ? 0 : min(max(3, (selection?.parts.count ?? 0) + 2), area.height / 2)
    let list = Rect(area.x, area.y, area.width, area.height - partRows)
    if rows.isEmpty {
      for (row, line) in emptyDisk.enumerated() {
        canvas.put(line, in: list, row: max(0, list.height / 2 - 1) + row, .muted, align: .center)
      }
      return
    }
    TableView(
      columns: diskColumns(rows), rows: rows, total: rows.count, selected: state.diskList.place,
      empty: ""
    ).draw(in: list, on: &canvas)
    if let selection {
      drawDiskParts(selection, Rect(area.x, list.bottom, area.width, partRows), &canvas)
    }
  }

  private var emptyDisk: [String] {
    guard let disk = state.disk else { return ["looking…"] }
    if let fault = disk.fault { return ["They could not be looked at:", fault] }
    if !state.diskList.filter.isEmpty {
      return ["Nothing contains “\(state.diskList.filter.text)”."]
    }
    return [
      "No run of this pipeline has left a checkpoint\(disk.folder.map { " in \($0)" } ?? "").",
      "R runs it into its sinks; a run saves itself as often as the pipeline says.",
    ]
  }

  private func diskColumns(
    _ rows: [DiskCheckpoints.Entry]
  ) -> [TableColumn<DiskCheckpoints.Entry>] {
    let sample = Array(rows.prefix(200))
    return [
      .fitted("", in: sample, limit: 2, priority: 0) {
        $0.isDamaged ? ("✗", .bad) : $0.isNext ? ("▸", .good) : ("◆", .muted)
      },
      .fitted("number", in: sample, limit: 20, priority: 1, align: .trailing) { ($0.name, .title) },
      .fitted("kind", in: sample, limit: 10, priority: 5) {
        $0.isSavepoint ? ("savepoint", .accent) : ("checkpoint", .text)
      },
      .fitted("status", in: sample, limit: 28, priority: 2) {
        ($0.statusWords, $0.isDamaged ? .bad : $0.isVerified ? .good : .text)
      },
      .fitted("taken", in: sample, limit: 24, priority: 4) {
        ($0.takenMs.map { formatMoment($0) } ?? unknownText, .text)
      },
      .fitted("size", in: sample, limit: 10, priority: 3, align: .trailing) {
        (formatBytes($0.bytes), .text)
      },
      .fitted("records", in: sample, limit: 14, priority: 6, align: .trailing) {
        ($0.records.map(formatCount) ?? unknownText, .text)
      },
      .fitted("watermark", in: sample, limit: 24, priority: 7) {
        ($0.watermark.map { formatMoment($0) } ?? unknownText, .watermark)
      },
    ]
  }

  private func drawDiskParts(
    _ entry: DiskCheckpoints.Entry, _ area: Rect, _ canvas: inout Canvas
  ) {
    canvas.put(entry.path, in: area, row: 0, .muted)
    var lines: [(String, ThemeRole)] = []
    if case .damaged(let faults) = entry.status { lines += faults.map { ($0, .bad) } }
    if let words = entry.nextWords { lines.append((words, .good)) }
    lines += entry.parts.map {
      ("state of \($0.operatorName)  \(formatBytes(Int64($0.bytes)))", .text)
    }
    for (row, line) in lines.prefix(area.height - 1).enumerated() {
      canvas.put(line.0, in: area, row: 1 + row, line.1)
    }
  }

  // MARK: sinks

  private func drawSinks(_ area: Rect, _ canvas: inout Canvas) {
    let sinks = run.view.boxes.filter { $0.guarantee != nil }
    let words = TextFit.wrapped(
      "A replay writes nothing: this is what a run would have done by now. Rows of an open"
        + " transaction are seen by nobody; a checkpoint prepares them, and when it is complete they"
        + " are committed. After a crash the open ones are rolled back and come again.",
      to: area.width)
    let list = Rect(
      area.x, area.y, area.width,
      max(2, min(sinks.count + 1, area.height - words.count - 1)))
    let columns: [TableColumn<BoxView>] = [
      .fitted("sink", in: sinks, limit: 46, priority: 0) { ($0.detail, .title) },
      .fitted("reads", in: sinks, limit: 8, priority: 5) {
        $0.inputPort == .main ? ("results", .muted) : ($0.inputPort.rawValue, .late)
      },
      .fitted("open", in: sinks, limit: 12, priority: 2, align: .trailing) {
        $0.guarantee == .exactlyOnce
          ? (formatCount($0.stagedRows), .windowOpen) : (unknownText, .muted)
      },
      .fitted("committed", in: sinks, limit: 14, priority: 1, align: .trailing) {
        (formatCount($0.rowsIn - $0.stagedRows), .good)
      },
      .fitted("guarantee", in: sinks, limit: 14, priority: 3) {
        ($0.guarantee?.rawValue ?? "", $0.guarantee == .exactlyOnce ? .good : .warning)
      },
      .fitted("state", in: sinks, limit: 44, priority: 4) { (transaction($0), .muted) },
    ]
    TableView(
      columns: columns, rows: sinks, total: sinks.count, selected: nil,
      target: { _, _ in .nothing }, empty: "This pipeline has no sink."
    ).draw(in: list, on: &canvas)
    for (row, line) in words.enumerated() {
      canvas.put(line, in: area, row: list.height + 1 + row, .muted)
    }
  }

  private func transaction(_ box: BoxView) -> String {
    guard box.guarantee == .exactlyOnce else { return "rows are seen at once" }
    if box.stagedRows > 0 { return "open since \(lastCheckpoint)" }
    return box.rowsIn > 0 ? "nothing open" : "nothing written yet"
  }

  private var lastCheckpoint: String {
    run.view.checkpoints.last.map { "checkpoint \(formatCount($0.id))" } ?? "the start"
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
    if lab.isZoomed { return drawStory(area, &canvas) }
    let victims = CrashLabState.victims(run.view).map(CrashStory.title)
    let moments = CrashLabState.moments(run.view).map(CrashStory.title)
    let distances = CrashLabState.distances.map { distance in
      distance.map { "\(formatCount($0)) records" } ?? "the end"
    }
    let rows = min(area.height / 2, 1 + max(distances.count, moments.count, min(victims.count, 7)))
    let left = min(24, area.width / 4)
    let right = min(22, area.width / 4)
    drawChoice(
      "what dies", victims, lab.victim, lab.focus == .victim,
      Rect(area.x, area.y, left, rows), &canvas)
    drawChoice(
      "when", moments, lab.moment, lab.focus == .moment,
      Rect(area.x + left + 2, area.y, area.width - left - right - 4, rows), &canvas)
    drawChoice(
      "then runs on to", distances, lab.distancePlace(run.view), lab.focus == .distance,
      Rect(area.right - right, area.y, right, rows), &canvas)
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
