import Pipelines
import Terminal
import VisibleText

/// The fields of the selected step, and the one that is typed into.
struct FormView {
  let compose: ComposeState
  let area: Rect

  /// A row of the form.
  private enum Line {
    case heading(String)
    case field(Int)
    case caret(Range<Int>, ThemeRole)
    case fault(String, sign: String, ThemeRole)
    case completion(Int)
  }

  func draw(on canvas: inout Canvas) {
    let fields = compose.fields
    let title = compose.place == nil ? "the pipeline" : compose.selectedTitle
    let name = compose.place.flatMap { compose.document.stepTitle(at: $0).name } ?? ""
    let isFocused = compose.focus == .form
    let inside = canvas.panel(area, title: title, note: name, focused: isFocused)
      .inset(horizontally: 1, vertically: 0)
    canvas.hit(area, .composePanel(.form))
    guard inside.height > 0 else { return }
    if let fault = compose.yamlFault {
      canvas.put(
        "Line \(fault.line) is no YAML: nothing can be filled in.", in: inside, row: 0, .bad)
      let words = [fault.message, fault.hint].compactMap { $0 }.joined(separator: "; ")
      canvas.grid.putWrapped(
        words, in: Rect(inside.x, inside.y + 1, inside.width, max(0, inside.height - 1)),
        canvas.theme[.text])
      return
    }
    guard !fields.isEmpty else {
      canvas.put("This is no step that is known.", in: inside, row: 0, .bad)
      return
    }
    let docs = docLines(width: inside.width)
    let docRows = inside.height >= 6 ? min(docs.count, inside.height >= 14 ? 3 : 2) : 0
    let rows = inside.height - (docRows > 0 ? docRows + 1 : 0)
    let lines = lines(fields, width: inside.width)
    let selected =
      lines.firstIndex {
        if case .field(let index) = $0 { index == compose.fieldIndex } else { false }
      } ?? 0
    let tail = compose.edit == nil ? 1 : min(rows - 1, 8)
    let first = min(max(0, selected + tail - rows + 1), max(0, lines.count - rows))
    for (row, line) in lines.dropFirst(first).prefix(rows).enumerated() {
      draw(line, fields, Rect(inside.x, inside.y + row, inside.width, 1), &canvas)
    }
    if lines.count - first > rows {
      canvas.put("▼", area.right - 2, inside.y + rows - 1, .muted, clip: area)
    }
    guard docRows > 0 else { return }
    let top = inside.bottom - docRows
    canvas.put(
      String(repeating: "─", count: inside.width), inside.x, top - 1, .border, clip: inside)
    for (row, text) in docs.prefix(docRows).enumerated() {
      canvas.put(text, in: Rect(inside.x, top + row, inside.width, 1), .muted)
    }
  }

  private func docLines(width: Int) -> [String] {
    guard let field = compose.field else { return [] }
    var text = field.doc
    if let edit = compose.edit, let chosen = edit.chosen ?? (edit.completions.isEmpty ? nil : 0),
      let completion = edit.completions.element(at: chosen), !completion.summary.isEmpty
    {
      text = "\(completion.detail) — \(completion.summary)"
    }
    if !field.choices.isEmpty { text += " One of: \(field.choices.joined(separator: ", "))." }
    switch field.value {
    case .duration: text += " A length of time: 500 ms, 30 s, 5 m, 1 h, 1 d."
    case .size: text += " A number of bytes: 512 MB, 2 GB."
    case .expression, .aggregate:
      let columns = compose.place.map(compose.document.columns(into:)) ?? []
      if !columns.isEmpty {
        text += " Columns: \(columns.map { "\($0.name) \($0.type)" }.joined(separator: ", "))."
      }
    default: break
    }
    return TextFit.wrapped(text, to: max(1, width))
  }

  private func lines(_ fields: [FormField], width: Int) -> [Line] {
    var lines: [Line] = []
    var group: String?
    for (index, field) in fields.enumerated() {
      let head = field.path.count > 1 || field.shape == .newPair ? field.path[0] : nil
      if let head, head != group { lines.append(.heading(head)) }
      group = head
      lines.append(.field(index))
      guard index == compose.fieldIndex else { continue }
      if let edit = compose.edit {
        if let fault = edit.fault { lines += faultLines(fault, edit.faultRange, width: width) }
        let chosen = edit.chosen ?? 0
        let from = min(max(0, chosen - 3), max(0, edit.completions.count - 6))
        lines += edit.completions.indices.dropFirst(from).prefix(6).map { .completion($0) }
      } else if let fault = fault(of: field) {
        lines += faultLines(fault, nil, width: width)
      }
    }
    return lines
  }

  private func faultLines(_ fault: Diagnostic, _ range: Range<Int>?, width: Int) -> [Line] {
    let words = [fault.message, fault.hint].compactMap { $0 }.joined(separator: "; ")
    let (sign, role) = Self.look(of: fault)
    return (range.map { [.caret($0, role)] } ?? [])
      + TextFit.wrapped(words, to: max(1, width - 4)).prefix(3).enumerated()
      .map { .fault($0.element, sign: $0.offset == 0 ? sign : " ", role) }
  }

  /// A warning does not look like a fault: the pipeline is sound with it.
  private static func look(of fault: Diagnostic) -> (sign: String, role: ThemeRole) {
    fault.severity == .error ? ("✗", .bad) : ("!", .warning)
  }

  private func fault(of field: FormField) -> Diagnostic? {
    let found = compose.faults(at: compose.place).filter {
      compose.document.field(of: $0, at: compose.place)?.field.path == field.path
    }
    return found.first { $0.severity == .error } ?? found.first
  }

  private var labelWidth: Int { min(26, max(14, area.width / 3)) }

  private func draw(_ line: Line, _ fields: [FormField], _ row: Rect, _ canvas: inout Canvas) {
    let valueX = row.x + labelWidth + 1
    let value = Rect(valueX, row.y, max(0, row.right - valueX), 1)
    switch line {
    case .heading(let text): canvas.put(text, in: row, .accent)
    case .field(let index):
      guard let field = fields.element(at: index) else { return }
      canvas.hit(row, .composeField(index))
      drawField(field, index, row, value, &canvas)
    case .caret(let range, let role):
      let shift = compose.edit.map { scroll(of: $0.entry, width: value.width) } ?? 0
      // In columns: a character may be two wide.
      let text = compose.edit?.entry.text ?? ""
      func columns(_ range: Range<Int>) -> Int {
        DisplayWidth.columns(of: String(text.dropFirst(range.lowerBound).prefix(range.count)))
      }
      let start = columns(shift..<max(shift, range.lowerBound))
      let count = max(
        1,
        min(
          columns(max(shift, range.lowerBound)..<max(shift, range.upperBound)), value.width - start)
      )
      canvas.put(
        String(repeating: " ", count: start) + String(repeating: "^", count: count), in: value,
        role)
    case .fault(let text, let sign, let role):
      canvas.put("\(sign) ", row.x + 1, row.y, role, clip: row)
      canvas.put(text, in: Rect(row.x + 3, row.y, row.width - 3, 1), .warning)
    case .completion(let index): drawCompletion(index, value, &canvas)
    }
  }

  private func drawField(
    _ field: FormField, _ index: Int, _ row: Rect, _ value: Rect, _ canvas: inout Canvas
  ) {
    let isSelected = index == compose.fieldIndex && compose.focus == .form
    if isSelected, compose.edit == nil { canvas.grid.fill(row, canvas.theme[.selection]) }
    func look(_ role: ThemeRole) -> Style {
      isSelected && compose.edit == nil
        ? canvas.selected(canvas.theme[role]) : canvas.theme[role]
    }
    let isMember = field.path.count > 1 || field.shape == .newPair
    let label = field.shape == .newPair ? "+ add" : field.path.last ?? ""
    let role: ThemeRole = field.isGiven ? .title : .muted
    if let (sign, role) = fault(of: field).map(Self.look) {
      canvas.put(sign, row.x, row.y, look(role), clip: row)
    }
    canvas.put(
      (isMember ? "  " : "") + label,
      in: Rect(row.x + 1, row.y, labelWidth - 1, 1), look(field.shape == .newPair ? .accent : role))
    if isSelected, let edit = compose.edit { return drawEntry(edit, value, &canvas) }
    let (text, valueRole): (String, ThemeRole) =
      if let text = field.text {
        (text, .text)
      } else if field.isGiven {
        ("(several lines)", .muted)
      } else if field.isRequired {
        ("needed", .warning)
      } else if field.shape == .newPair {
        ("", .muted)
      } else {
        (field.defaultText.map { "\($0) (not given)" } ?? unknownText, .muted)
      }
    canvas.put(text, in: value, look(valueRole))
  }

  /// Characters of the text that are scrolled past, so that the cursor is seen.
  private func scroll(of entry: TextEntry, width: Int) -> Int { max(0, entry.cursor - width + 2) }

  private func drawEntry(_ edit: FieldEdit, _ value: Rect, _ canvas: inout Canvas) {
    let style = canvas.theme[.title]
    canvas.grid.fill(value, canvas.theme[.selection])
    let shift = scroll(of: edit.entry, width: value.width)
    let shown = Array(edit.entry.text).dropFirst(shift)
    var x = value.x
    for (offset, character) in shown.enumerated() {
      let isCursor = offset + shift == edit.entry.cursor
      let isFaulty = edit.faultRange?.contains(offset + shift) ?? false
      var look = canvas.selected(style)
      if isFaulty, let fault = edit.fault { look = canvas.theme[Self.look(of: fault).role] }
      if isCursor {
        look = look.attributes.contains(.reverse) ? look.removing(.reverse) : look.adding(.reverse)
      }
      x = canvas.put(String(character), x, value.y, look, clip: value)
    }
    if edit.entry.cursor >= edit.entry.text.count {
      canvas.put("▌", x, value.y, canvas.selected(canvas.theme[.accent]), clip: value)
      if edit.entry.text.isEmpty, let hint = hint(edit.field) {
        canvas.put(hint, x + 1, value.y, canvas.selected(canvas.theme[.muted]), clip: value)
      }
    }
  }

  private func hint(_ field: FormField) -> String? {
    switch (field.shape, field.value) {
    case (.newPair, .type): " name: TYPE"
    case (.newPair, .aggregate): " name: COUNT(*)"
    case (.newPair, _): " name: EXPRESSION"
    default: field.defaultText.map { " \($0)" }
    }
  }

  private func drawCompletion(_ index: Int, _ row: Rect, _ canvas: inout Canvas) {
    guard let edit = compose.edit, let completion = edit.completions.element(at: index) else {
      return
    }
    let isChosen = edit.chosen == index
    func look(_ role: ThemeRole) -> Style {
      isChosen ? canvas.selected(canvas.theme[role]) : canvas.theme[role]
    }
    if isChosen { canvas.grid.fill(row, canvas.theme[.selection]) }
    canvas.put(isChosen ? "▸" : " ", row.x, row.y, look(.accent))
    let width = min(24, max(10, row.width / 2))
    canvas.put(
      completion.text, in: Rect(row.x + 2, row.y, width, 1), look(.accent))
    canvas.put(
      completion.detail.isEmpty ? completion.kind.rawValue : completion.detail,
      in: Rect(row.x + 3 + width, row.y, max(0, row.width - width - 3), 1),
      look(.muted))
  }
}
