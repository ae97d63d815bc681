import Pipelines
import Terminal
import VisibleText

/// What lies over the compose screen.
extension OverlayView {
  func drawAddStep(_ add: AddStep, _ canvas: inout Canvas) {
    let rows = add.rows
    let title = add.branch.map { "a branch that reads \($0.input)" } ?? "add a step"
    let inside = window(
      title, Size(92, min(canvas.grid.height - 3, max(12, rows.count + 6))),
      note: "type to search · Enter adds", &canvas)
    drawField(add.list.query, "which operator?", inside, &canvas)
    let lines = rows.enumerated().map { index, choice in
      ListLine(
        row: index, lead: choice.title, title: choice.summary, note: "", detail: choice.summary,
        reason: choice.reason)
    }
    drawList(
      lines, selected: add.list.selected, leadWidth: 20, titleWidth: 68, isWide: true, inside,
      &canvas)
  }

  func drawBranch(_ selected: Int, _ canvas: inout Canvas) {
    let rows = state.branchStreams()
    let name = state.compose?.selectedTitle ?? ""
    let inside = window("branch off \(name)", Size(76, rows.count + 6), &canvas)
    canvas.put("What is read once more?", in: inside, row: 0, .muted)
    let lines = rows.enumerated().map { index, stream in
      ListLine(row: index, title: stream.title, note: stream.doc)
    }
    drawList(lines, selected: selected, leadWidth: 1, inside, &canvas)
  }

  func drawHistory(_ selected: Int, _ canvas: inout Canvas) {
    let history = state.compose?.history
    let versions = history?.versions ?? []
    let inside = window(
      "history", Size(76, min(canvas.grid.height - 3, versions.count + 6)),
      note: "Enter goes there", &canvas)
    canvas.put("Nothing of it is lost until something else is changed.", in: inside, .muted)
    let lines = versions.enumerated().map { index, version in
      ListLine(
        row: index, lead: index == history?.place ? "▸ \(index)" : "  \(index)",
        title: version.words, note: "", detail: version.words)
    }
    drawList(lines, selected: selected, leadWidth: 5, titleWidth: 66, isWide: true, inside, &canvas)
  }

  func drawFaults(_ selected: Int, _ canvas: inout Canvas) {
    let faults = state.compose?.document.diagnostics ?? []
    let inside = window(
      "what is wrong", Size(100, min(canvas.grid.height - 3, faults.count + 6)),
      note: "Enter goes there", &canvas)
    canvas.put(
      "\(faults.count { $0.severity == .error }) errors, "
        + "\(faults.count { $0.severity == .warning }) warnings", in: inside, .muted)
    let lines = faults.enumerated().map { index, fault in
      ListLine(
        row: index, lead: "\(fault.severity == .error ? "✗" : "!") line \(fault.line)",
        title: fault.message, note: "",
        detail: fault.hint ?? fault.message)
    }
    drawList(
      lines, selected: selected, leadWidth: 10, titleWidth: 84, isWide: true, inside, &canvas)
  }

  func drawSaveAs(_ entry: TextEntry, _ fault: String?, _ canvas: inout Canvas) {
    let inside = window("save as", Size(84, 6), &canvas)
    let x = canvas.put("› ", inside.x, inside.y, .accent, clip: inside)
    let width = max(1, inside.right - x - 1)
    let shift = max(0, entry.cursor - width + 1)
    let shown = String(entry.text.dropFirst(shift))
    canvas.put(shown, x, inside.y, .title, clip: inside)
    let cursor = x + DisplayWidth.columns(of: String(shown.prefix(entry.cursor - shift)))
    let under = shown.dropFirst(entry.cursor - shift).first.map(String.init) ?? " "
    canvas.put(under, cursor, inside.y, canvas.theme[.accent].adding(.reverse), clip: inside)
    canvas.put(
      fault ?? "Paths in the pipeline are relative to the file's folder.", in: inside, row: 2,
      fault == nil ? ThemeRole.muted : .bad)
  }
}
