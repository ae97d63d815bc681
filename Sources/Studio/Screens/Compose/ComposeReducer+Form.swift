import Pipelines
import Terminal

extension StudioState {
  /// Begins to type into the selected field.
  ///
  /// - Parameter panel: that has the focus again afterwards; nil for the form.
  mutating func beginEdit(returningTo panel: ComposePanel? = nil) {
    guard let current = compose, let field = current.field else { return }
    if let fault = current.yamlFault {
      notice = mendFirst(fault)
      return
    }
    guard field.text != nil || !field.isGiven else {
      notice = "it fills several lines: \(keyWords(.composeEditor)) edits the text"
      return
    }
    compose?.edit = FieldEdit(field, text: field.editedText, in: current)
    compose?.focusAfterEdit = panel
  }

  func keyWords(_ action: StudioAction) -> String {
    keys.keys(for: ActionID(rawValue: action.id)).first.map { "\($0)" } ?? action.title
  }

  /// What an action does while a field is typed into.
  mutating func editField(_ action: StudioAction) -> [StudioEffect] {
    guard let current = compose, var edit = current.edit else { return [] }
    let last = edit.completions.count - 1
    switch action {
    case .close: compose?.endEdit()
    case .accept:
      if let chosen = edit.chosen, let completion = edit.completions.element(at: chosen),
        edit.entry.text != completion.text
      {
        edit.complete(completion, current)
        compose?.edit = edit
        // A choice is made; anything else may go on.
        if edit.field.choices.isEmpty, completion.kind != .step, completion.kind != .file {
          return []
        }
      }
      commit()
    case .complete:
      guard let completion = edit.completions.element(at: edit.chosen ?? 0) else { return [] }
      edit.complete(completion, current)
      compose?.edit = edit
    case .up, .down, .pageUp, .pageDown:
      guard last >= 0 else { return [] }
      let step = action == .up ? -1 : action == .down ? 1 : action == .pageUp ? -6 : 6
      edit.chosen = min(last, max(0, edit.chosen.map { $0 + step } ?? (step > 0 ? 0 : last)))
      compose?.edit = edit
    default:
      if edit.entry.edit(action) {
        edit.follow(current)
        compose?.edit = edit
      }
    }
    return []
  }

  mutating func typeInField(_ character: Character) {
    guard let current = compose, var edit = current.edit else { return }
    edit.entry.type(character)
    edit.follow(current)
    compose?.edit = edit
  }

  /// Takes what was typed; what is wrong with it stays beside it until it is mended.
  private mutating func commit() {
    guard let current = compose, let edit = current.edit else { return }
    let text = edit.entry.text.trimmingSpaces()
    if edit.field.shape != .value, !text.isEmpty, FormField.pair(text) == nil { return }
    // What must be given is not taken away in silence, nor is the old value put back.
    if edit.field.isRequired, edit.field.isGiven, text.isEmpty { return }
    var next = edit.candidate
    // Whoever reads the step reads it under its new name.
    if edit.field.path == ["name"], let place = current.place, !text.isEmpty {
      guard let renamed = current.document.renaming(step: place, to: text) else { return }
      next = renamed
    }
    let name = edit.field.path.last ?? edit.field.name
    compose?.endEdit()
    guard next.text != current.text else { return }
    let words: String =
      switch edit.field.shape {
      case .newPair: "\(FormField.pair(text)?.name ?? name) added"
      case .pair: "\(FormField.pair(text)?.name ?? name) changed"
      case .value where text.isEmpty: "\(name) taken away"
      case .value: "\(name) \(edit.field.text.map { "\($0) → " } ?? "")\(text)"
      }
    compose?.take(next, words)
    // One more may follow the one that was added.
    if edit.field.shape == .newPair,
      let index = compose?.fields.firstIndex(where: { $0.path == edit.field.path })
    {
      compose?.fieldIndex = index
    }
  }
}
