import Pipelines
import Runtime
import Terminal
import VisibleText

/// What lies over the screen: help, palette, answers, fields, messages.
struct OverlayView {
  let state: StudioState
  let overlay: Overlay

  func draw(on canvas: inout Canvas) {
    dimBelow(&canvas)
    switch overlay {
    case .help(let list): drawHelp(list, &canvas)
    case .palette(let list): drawPalette(list, &canvas)
    case .goTo(let text, let fault): drawGoTo(text, fault, &canvas)
    case .why, .message, .job: drawPage(&canvas)
    case .confirm(let confirmation): drawConfirmation(confirmation, &canvas)
    case .settings(let selected): drawSettings(selected, &canvas)
    case .variant(let form): drawVariant(form, &canvas)
    case .example(let shown): drawExample(shown, &canvas)
    case .addStep(let add): drawAddStep(add, &canvas)
    case .branch(let selected): drawBranch(selected, &canvas)
    case .history(let selected): drawHistory(selected, &canvas)
    case .faults(let selected): drawFaults(selected, &canvas)
    case .saveAs(let entry, let fault): drawSaveAs(entry, fault, &canvas)
    }
  }

  /// What is below stays to be seen and does not compete.
  private func dimBelow(_ canvas: inout Canvas) {
    let ground = canvas.theme[.background].background
    canvas.grid.restyle(Rect(0, 0, canvas.grid.width, canvas.grid.height - 1)) { style in
      var dimmed = style
      let ink = style.foreground == ground ? style.background : style.foreground
      dimmed.foreground = ink.mixed(with: ground, 0.55)
      dimmed.background = ground
      dimmed.attributes = canvas.theme.depth == .mono ? [.dim] : []
      return dimmed
    }
    FooterView(state: state).cleared(&canvas)
  }

  /// A window in the middle, with a title; returns what is inside of it.
  func window(
    _ title: String, _ size: Size, note: String = "", _ canvas: inout Canvas
  ) -> Rect {
    let above = Rect(0, 0, canvas.grid.width, max(0, canvas.grid.height - 1))
    let area = above.centered(size)
    canvas.grid.fill(area, canvas.theme[.text])
    canvas.cover(.overlay, in: area)
    let inside = canvas.panel(area, title: title, note: note, focused: true)
    FooterView(state: state).draw(
      in: Rect(0, canvas.grid.height - 1, canvas.grid.width, 1), on: &canvas)
    return inside.inset(horizontally: 1, vertically: 0)
  }

  // MARK: lists

  private func drawHelp(_ list: SearchList, _ canvas: inout Canvas) {
    let rows = state.helpRows(list.query)
    let inside = window(
      "keys", Size(84, min(canvas.grid.height - 3, 34)), note: "type to search · Enter runs",
      &canvas)
    drawField(list.query, "search keys and what they do", inside, &canvas)
    var lines: [ListLine] = []
    var heading: KeyContext?
    for (index, row) in rows.enumerated() {
      if row.context != heading {
        lines.append(ListLine(heading: row.context.heading))
        heading = row.context
      }
      lines.append(
        ListLine(
          row: index, lead: row.keys, title: row.action.title, note: row.action.doc,
          reason: state.reasonAgainst(row.action)))
    }
    drawList(lines, selected: list.selected, leadWidth: 13, inside, &canvas)
  }

  private func drawPalette(_ list: SearchList, _ canvas: inout Canvas) {
    let rows = state.paletteRows(list.query)
    let inside = window(
      "commands", Size(76, min(canvas.grid.height - 3, 24)), note: "commands · samples · themes",
      &canvas)
    drawField(list.query, "what do you want to do?", inside, &canvas)
    let lines = rows.enumerated().map { index, row -> ListLine in
      switch row {
      case .action(let action):
        let key = state.keys.keys(for: ActionID(rawValue: action.id)).first
        return ListLine(
          row: index, lead: key.map { "\($0)" } ?? "", title: action.title, note: action.doc,
          reason: state.reasonAgainst(action))
      case .entry(let title, let path):
        return ListLine(row: index, lead: "open", title: title, note: path)
      case .theme(let name):
        let note = name == state.themeName ? "the one you see" : ""
        return ListLine(row: index, lead: "theme", title: name, note: note)
      }
    }
    drawList(lines, selected: list.selected, leadWidth: 10, inside, &canvas)
  }

  /// A line of a list: a heading, or a row that can be run.
  struct ListLine {
    var heading: String?
    var row: Int?
    var lead = ""
    var title = ""
    var note = ""
    /// What is said in full of the selected line; nil for the note.
    var detail: String?
    var reason: String?
  }

  func drawField(
    _ query: String, _ placeholder: String, _ inside: Rect, _ canvas: inout Canvas
  ) {
    let x = canvas.put("› ", inside.x, inside.y, .accent, clip: inside)
    let end = canvas.put(query, x, inside.y, .title, clip: inside)
    canvas.put("▌", end, inside.y, .accent, clip: inside)
    if query.isEmpty { canvas.put(placeholder, end + 1, inside.y, .muted, clip: inside) }
  }

  func drawList(
    _ lines: [ListLine], selected: Int, leadWidth: Int, titleWidth: Int = 22, isWide: Bool = false,
    _ inside: Rect,
    _ canvas: inout Canvas
  ) {
    // The last row says the selected line in full.
    let area = Rect(inside.x, inside.y + 2, inside.width, inside.height - 4)
    guard !area.isEmpty else { return }
    if let line = lines.first(where: { $0.row == selected }) {
      let text = line.reason.map { "not now: \($0)" } ?? line.detail ?? line.note
      canvas.put(
        text, in: inside, row: inside.height - 1, line.reason == nil ? ThemeRole.accent : .warning)
    }
    guard !lines.isEmpty else {
      canvas.put("Nothing contains that.", in: area, .muted)
      return
    }
    let place = lines.firstIndex { $0.row == selected } ?? 0
    let first = min(max(0, place - area.height + 2), max(0, lines.count - area.height))
    let titleWidth =
      isWide ? max(10, area.width - leadWidth - 1) : min(titleWidth, max(10, area.width / 3))
    for (offset, line) in lines.dropFirst(first).prefix(area.height).enumerated() {
      let y = area.y + offset
      let row = Rect(area.x, y, area.width, 1)
      if let heading = line.heading {
        canvas.put(heading, in: row, .focus)
        continue
      }
      let isSelected = line.row == selected
      if isSelected { canvas.grid.fill(row, canvas.theme[.selection]) }
      func look(_ role: ThemeRole) -> Style {
        isSelected ? canvas.selected(canvas.theme[role]) : canvas.theme[role]
      }
      let isOff = line.reason != nil
      canvas.put(
        line.lead, in: Rect(row.x, y, leadWidth, 1), look(isOff ? .muted : .key))
      canvas.put(
        line.title, in: Rect(row.x + leadWidth + 1, y, titleWidth, 1),
        look(isOff ? .muted : .title))
      if let index = line.row { canvas.hit(row, .overlayRow(index)) }
      guard !isWide else { continue }
      let rest = row.x + leadWidth + titleWidth + 2
      canvas.put(
        line.reason.map { "not now: \($0)" } ?? line.note,
        in: Rect(rest, y, row.right - rest, 1), look(isOff ? .warning : .muted))
    }
  }

  // MARK: pages

  private func drawPage(_ canvas: inout Canvas) {
    guard let page = OverlayPage(state) else { return }
    let place =
      page.lastScroll > 0
      ? "\(min(page.scroll, page.lastScroll) + page.rows)/\(page.lines.count) · " : ""
    let inside = window(page.title, page.size, note: "\(place)Esc closes", &canvas)
    let first = min(page.scroll, page.lastScroll)
    for (row, line) in page.lines.dropFirst(first).prefix(inside.height).enumerated() {
      canvas.put(line.text, in: inside, row: row, line.role)
    }
  }

  private func drawConfirmation(_ confirmation: Confirmation, _ canvas: inout Canvas) {
    let width = min(canvas.grid.width - 2, 64)
    let lines = TextFit.wrapped(confirmation.text, to: max(1, width - 4))
    let inside = window(confirmation.title, Size(width, lines.count + 4), &canvas)
    for (row, line) in lines.enumerated() { canvas.put(line, in: inside, row: row, .text) }
    canvas.put(
      [
        ("Enter", .key), (" \(confirmation.verb)   ", .warning), ("Esc", .key),
        (" leave it", .text),
      ], inside.x, inside.bottom - 1, clip: inside)
  }

  private func drawSettings(_ selected: Int, _ canvas: inout Canvas) {
    let rows = SettingRow.allCases
    let inside = window(
      "settings", Size(64, rows.count + 5), note: "← → change", &canvas)
    for (index, row) in rows.enumerated() {
      let line = Rect(inside.x, inside.y + 1 + index, inside.width, 1)
      let isSelected = index == selected
      if isSelected { canvas.grid.fill(line, canvas.theme[.selection]) }
      let ground = isSelected ? canvas.theme[.selection].background : canvas.theme[.text].background
      canvas.put(row.title, in: line, canvas.theme[.title].background(ground))
      canvas.put(
        "‹ \(state.value(of: row)) ›", in: line, canvas.theme[.accent].background(ground),
        align: .trailing)
      canvas.hit(line, .overlayRow(index))
    }
    if let row = rows.element(at: selected) {
      canvas.put(row.doc, in: inside, row: inside.height - 1, .muted)
    }
  }

  private func drawVariant(_ form: VariantForm, _ canvas: inout Canvas) {
    guard let field = form.editing else {
      let rows = state.variantRows(form.list.query)
      let inside = window(
        "try another value", Size(96, min(canvas.grid.height - 3, rows.count + 6)),
        note: "Enter chooses", &canvas)
      drawField(form.list.query, "which option?", inside, &canvas)
      let lines = rows.enumerated().map { index, option in
        ListLine(
          row: index, lead: option.stepTitle, title: option.name,
          note: state.variantText(of: option)
            ?? option.defaultText.map { "not given: \($0)" } ?? "not given", detail: option.doc)
      }
      let lead = rows.map { DisplayWidth.columns(of: $0.stepTitle) }.max() ?? 0
      drawList(
        lines, selected: form.list.selected, leadWidth: min(lead, inside.width / 3),
        titleWidth: 28, inside, &canvas)
      return
    }
    let option = field.option
    let width = min(canvas.grid.width - 2, 78)
    let doc = TextFit.wrapped(option.doc, to: max(1, width - 4))
    let fault = field.fault.map { TextFit.wrapped($0, to: max(1, width - 4)) } ?? []
    let inside = window(
      "\(option.stepTitle) · \(option.name)",
      Size(width, min(canvas.grid.height - 3, doc.count + fault.count + 8)), &canvas)
    let before = option.text ?? option.defaultText.map { "\($0) (not given)" } ?? "not given"
    canvas.put(
      [("A, as in the file  ", .muted), (before, .text)], inside.x, inside.y, clip: inside)
    let line = Rect(inside.x, inside.y + 1, inside.width, inside.height - 1)
    let x = canvas.put("B  ", line.x, line.y, .muted, clip: line)
    drawField(field.text, "another value", Rect(x, line.y, line.right - x, 1), &canvas)
    var row = 3
    if field.isOpening { canvas.put("opening…", in: inside, row: row, .accent) }
    for text in fault {
      canvas.put(text, in: inside, row: row, .bad)
      row += 1
    }
    if !option.choices.isEmpty {
      canvas.put(
        [("↑ ↓  ", .key), (option.choices.joined(separator: " · "), .accent)], inside.x,
        inside.y + max(row, 4), clip: inside)
    }
    for (index, text) in doc.enumerated() {
      canvas.put(text, in: inside, row: max(row, 4) + 1 + index, .muted)
    }
  }

  private func drawGoTo(_ text: String, _ fault: String?, _ canvas: inout Canvas) {
    let inside = window("go to", Size(64, 5), &canvas)
    drawField(text, "12:00:30", inside, &canvas)
    canvas.put(
      fault ?? GoToTarget.help, in: inside, row: 2, fault == nil ? ThemeRole.muted : .bad)
  }
}

extension FooterView {
  /// Empties the footer's row, for what an overlay offers.
  func cleared(_ canvas: inout Canvas) {
    canvas.grid.fill(
      Rect(0, canvas.grid.height - 1, canvas.grid.width, 1), canvas.theme[.text])
  }
}
