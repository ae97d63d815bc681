import Pipelines
import Terminal
import VisibleText

/// Where the parts of the compose screen are.
struct ComposeLayout: Equatable {
  var header: Rect
  var tabs: Rect
  var chain: Rect
  var form: Rect
  var rows: Rect
  var status: Rect
  var footer: Rect
  /// Whether there is room at all.
  var isDrawable: Bool

  init(_ size: Size, _ compose: ComposeState) {
    isDrawable = size.width >= 60 && size.height >= 16
    let width = size.width
    header = Rect(0, 0, width, 1)
    tabs = Rect(0, 1, width, size.height >= 20 ? 1 : 0)
    footer = Rect(0, size.height - 1, width, 1)
    status = Rect(0, size.height - 2, width, 1)
    let top = header.height + tabs.height
    let body = Rect(0, top, width, max(0, status.y - top))
    (chain, form, rows) = (Rect(0, 0, 0, 0), Rect(0, 0, 0, 0), Rect(0, 0, 0, 0))
    let only = compose.zoomed ?? (width < 78 ? compose.focus : nil)
    switch only {
    case .chain: chain = body
    case .form: form = body
    case .rows: rows = body
    case nil:
      let chainWidth = width >= 140 ? 46 : width >= 110 ? 40 : 30
      chain = Rect(0, top, chainWidth, body.height)
      let right = Rect(chainWidth, top, width - chainWidth, body.height)
      // The form has what it needs, and what is typed into most of the room.
      let wanted = compose.fields.count + (compose.edit == nil ? 6 : 13)
      let most = right.height * (compose.edit == nil ? 1 : 3) / (compose.edit == nil ? 2 : 5)
      let height = min(max(7, most), max(7, wanted))
      form = Rect(right.x, top, right.width, height)
      rows = Rect(right.x, form.bottom, right.width, right.height - height)
    }
  }
}

/// The pipeline as it is written: its steps, the form of the selected one, and the first rows of
/// the log there.
struct ComposeScreen {
  let state: StudioState
  let compose: ComposeState

  func draw(on canvas: inout Canvas) {
    let layout = ComposeLayout(state.size, compose)
    guard layout.isDrawable else { return TooSmallView(run: nil).draw(on: &canvas) }
    HeaderView(state: state).draw(in: layout.header, on: &canvas)
    if layout.tabs.height > 0 { TabsView(state: state).draw(in: layout.tabs, on: &canvas) }
    if layout.chain.height > 0 { ChainView(compose: compose, area: layout.chain).draw(on: &canvas) }
    if layout.form.height > 0 { FormView(compose: compose, area: layout.form).draw(on: &canvas) }
    if layout.rows.height > 2 {
      if compose.isTextShown {
        PipelineTextView(compose: compose, area: layout.rows).draw(on: &canvas)
      } else {
        RowsView(compose: compose, area: layout.rows).draw(on: &canvas)
      }
    }
    drawStatus(layout.status, &canvas)
    FooterView(state: state).draw(in: layout.footer, on: &canvas)
  }

  private func drawStatus(_ area: Rect, _ canvas: inout Canvas) {
    let errors = compose.document.diagnostics.count { $0.severity == .error }
    let warnings = compose.document.diagnostics.count - errors
    var pieces: [(String, ThemeRole)] = []
    if errors > 0 {
      pieces.append((" ✗ \(errors) fault\(errors == 1 ? "" : "s") ", .bad))
    } else {
      pieces.append((" ✓ sound ", .good))
    }
    if warnings > 0 {
      pieces.append((" ! \(warnings) warning\(warnings == 1 ? "" : "s") ", .warning))
    }
    let history = compose.history
    // What was said stands here, so that the keys below stay to be seen.
    if let notice = self.state.notice { return drawNotice(notice, pieces, area, &canvas) }
    if history.versions.count > 1 {
      pieces.append((" change \(history.place) of \(history.versions.count - 1)", .muted))
      if history.place > 0 { pieces.append((": \(history.versions[history.place].words)", .text)) }
    }
    let end = canvas.put(pieces, area.x, area.y, clip: area)
    drawSaved(from: end, area, &canvas)
  }

  private func drawNotice(
    _ notice: String, _ before: [(String, ThemeRole)], _ area: Rect, _ canvas: inout Canvas
  ) {
    var before = before
    func room() -> Int { area.width - before.reduce(1) { $0 + DisplayWidth.columns(of: $1.0) } }
    // How many faults there are can be read again; what is said, cannot.
    while !before.isEmpty, DisplayWidth.columns(of: notice) > room() { before.removeLast() }
    let start = canvas.put(before, area.x, area.y, clip: area) + 1
    canvas.put(notice, in: Rect(start, area.y, max(0, area.right - start), 1), .accent)
    drawSaved(from: start + DisplayWidth.columns(of: notice), area, &canvas)
  }

  private func drawSaved(from end: Int, _ area: Rect, _ canvas: inout Canvas) {
    let state: (String, ThemeRole) =
      compose.onDisk == nil
      ? ("not in a file yet ", .warning)
      : compose.isSaved ? ("saved ", .muted) : ("● edited, kept, not saved ", .warning)
    let column = area.right - DisplayWidth.columns(of: state.0)
    if column > end { canvas.put(state.0, column, area.y, state.1, clip: area) }
  }
}
