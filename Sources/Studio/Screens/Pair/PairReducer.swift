import Columns
import Pipelines
import Runtime
import Terminal

extension StudioState {
  /// Opens the form, or shows the variants that there are.
  mutating func tryValue() -> [StudioEffect] {
    if run?.pair != nil, screen != .pair {
      screen = .pair
      return []
    }
    var form = VariantForm()
    // The options of the operator that is selected are the first to be thought of.
    if screen == .run, run?.focus == .pipeline, let box = run?.selectedBox,
      let kind = run?.view.boxes.element(at: box)?.kind,
      let place = variantRows("").firstIndex(where: { $0.stepTitle.hasPrefix(kind) })
    {
      form.list.selected = place
    }
    // The bound that is weighed on the time screen is the one to be tried.
    if screen == .time, run?.time.focus == .tuner, let bound = run?.time.candidate,
      let option = variantRows("").first(where: {
        $0.path.last == "out_of_orderness"
      })
    {
      form.editing = VariantForm.Field(option: option, text: formatDuration(bound))
    }
    overlay = .variant(form)
    return []
  }

  /// Actions of the A/B screen; nil for those that are none.
  mutating func performInPair(_ action: StudioAction) -> [StudioEffect]? {
    guard var pair = run?.pair else { return nil }
    let page = pair.page ?? DifferencePage()
    switch action {
    case .nextPanel, .previousPanel: return showOtherVariant()
    case .zoomPanel:
      run?.pair?.isZoomed.toggle()
      return []
    case .close where pair.isZoomed && !pair.list.filter.isTyping:
      run?.pair?.isZoomed = false
      return []
    case .accept:
      guard !pair.list.filter.isTyping, let line = pair.selection else { break }
      return move(.position(line.position + 1))
    default: break
    }
    if !pair.list.edit(action) {
      guard
        pair.list.move(
          action, pair.ids, offset: page.offset, total: page.total,
          page: max(1, PairLayout(ScreenFrame(size).body).list.height - 4))
      else { return nil }
    }
    run?.pair = pair
    return []
  }

  mutating func showOtherVariant() -> [StudioEffect] {
    guard let side = run?.pair?.view?.shown.other else { return [] }
    notice = side == .a ? "shown: A, as in the file" : "shown: B, \(run?.pair?.words ?? "")"
    return [.showVariant(side)]
  }

  mutating func leaveVariant() -> [StudioEffect] {
    run?.pair = nil
    if screen == .pair { screen = .run }
    notice = "variant B is gone; A goes on where it stood"
    return [.leaveVariant]
  }

  // MARK: the form

  /// The options that the form lists: those whose name was typed, then those in the file, first.
  func variantRows(_ query: String) -> [EditableOption] {
    let found = (run?.options ?? []).filter {
      contains("\($0.stepTitle) \($0.name) \($0.text ?? "") \($0.doc)", query)
    }
    let ranks = found.map { option in
      (contains(option.name, query) ? 0 : 2) + (option.text == nil ? 1 : 0)
    }
    return (0..<4).flatMap { rank in found.indices.filter { ranks[$0] == rank }.map { found[$0] } }
  }

  /// The value that an option has in the second variant, or in the file.
  func variantText(of option: EditableOption) -> String? {
    run?.pair?.edits.last { $0.option == option }?.value ?? option.text
  }

  mutating func performInForm(_ form: VariantForm, _ action: StudioAction) -> [StudioEffect] {
    var form = form
    guard var field = form.editing else {
      if action == .accept { return chooseOption(form.list.selected) }
      form.list.edit(
        action, rows: variantRows(form.list.query).count, page: max(1, size.height / 2))
      overlay = .variant(form)
      return []
    }
    switch action {
    case .eraseCharacter: field.text = String(field.text.dropLast())
    case .eraseAll: field.text = ""
    case .up, .down: field.text = nextChoice(field, action == .down ? 1 : -1)
    case .accept: return open(field, in: form)
    default: return []
    }
    field.fault = nil
    form.editing = field
    overlay = .variant(form)
    return []
  }

  /// Turns the form to the field of an option.
  mutating func chooseOption(_ row: Int) -> [StudioEffect] {
    guard case .variant(var form)? = overlay, form.editing == nil,
      let option = variantRows(form.list.query).element(at: row)
    else { return [] }
    form.list.selected = row
    form.editing = VariantForm.Field(
      option: option, text: variantText(of: option) ?? option.defaultText ?? "")
    overlay = .variant(form)
    return []
  }

  /// Takes back the field first, then the form.
  mutating func closeForm(_ form: VariantForm) {
    var form = form
    overlay = form.editing == nil ? nil : .variant(form)
    guard form.editing != nil else { return }
    form.editing = nil
    overlay = .variant(form)
  }

  private func nextChoice(_ field: VariantForm.Field, _ step: Int) -> String {
    let choices = field.option.choices
    guard !choices.isEmpty else { return field.text }
    guard let place = choices.firstIndex(of: field.text) else { return choices[0] }
    return choices[(place + step + choices.count) % choices.count]
  }

  private mutating func open(_ field: VariantForm.Field, in form: VariantForm) -> [StudioEffect] {
    var (form, field) = (form, field)
    let value = field.text.trimmingSpaces()
    let before = run?.pair?.edits.filter { $0.option != field.option } ?? []
    let fault: String? =
      value.isEmpty
      ? "type a value"
      : value == field.option.text && before.isEmpty
        ? "this is the value in the file: type another one" : nil
    field.fault = fault
    field.isOpening = fault == nil
    form.editing = field
    overlay = .variant(form)
    if fault != nil { return [] }
    let edit = OptionEdit(option: field.option, value: value)
    return [.tryVariant(value == field.option.text ? before : before + [edit])]
  }

  /// The variants are there: they are shown.
  mutating func take(variant edits: [OptionEdit]) {
    guard run != nil else { return }
    var pair = PairState(edits: edits)
    pair.view = nil
    run?.pair = pair
    run?.asked = nil
    overlay = nil
    screen = .pair
  }

  mutating func take(variantFault text: String) {
    guard case .variant(var form)? = overlay, var field = form.editing else {
      overlay = .message(title: "cannot open the variant", text: text, scroll: 0)
      return
    }
    (field.fault, field.isOpening) = (text, false)
    form.editing = field
    overlay = .variant(form)
  }
}
