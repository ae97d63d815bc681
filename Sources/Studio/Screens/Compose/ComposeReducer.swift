public import Pipelines
import Runtime
import Terminal

extension StudioState {
  /// Actions of the compose screen; nil for those that are none.
  mutating func performInCompose(_ action: StudioAction) -> [StudioEffect]? {
    guard let current = compose else { return [] }
    if current.edit != nil { return editField(action) }
    switch action {
    case .nextPanel: focusCompose(by: 1)
    case .previousPanel: focusCompose(by: -1)
    case .zoomPanel: compose?.zoomed = current.zoomed == nil ? current.focus : nil
    case .up: moveInCompose(-1)
    case .down: moveInCompose(1)
    case .pageUp: moveInCompose(-10)
    case .pageDown: moveInCompose(10)
    case .first: moveInCompose(-1_000_000)
    case .last: moveInCompose(1_000_000)
    case .previousTab: turnCompose(-1)
    case .nextTab: turnCompose(1)
    case .accept:
      switch current.focus {
      case .chain:
        compose?.focus = .form
        compose?.fieldIndex = 0
      case .form: beginEdit()
      case .rows: turnSides()
      }
    case .close:
      if current.zoomed != nil {
        compose?.zoomed = nil
      } else if current.focus != .chain {
        compose?.focus = .chain
      } else {
        // The gallery is asked for: what is written is not left by one Esc too many.
        notice = "\(keyWords(.showGallery)) opens the gallery; what you wrote is kept"
      }
    case .playPause: return openComposed(on: .run, playing: true)
    case .composeRename: rename()
    case .composeText: compose?.showsText.toggle()
    case .why: return explainOperator()
    case .copy: return selectedLine.map { [.copy($0)] } ?? []
    default: return change(action)
    }
    return []
  }

  /// Actions that change the pipeline.
  private mutating func change(_ action: StudioAction) -> [StudioEffect]? {
    guard let current = compose else { return [] }
    switch action {
    case .composeAddAfter:
      let place = (current.place ?? -1) + 1
      overlay = .addStep(AddStep(at: place, current.document.operators(at: place)))
    case .composeAddBefore:
      let place = current.place ?? 0
      overlay = .addStep(AddStep(at: place, current.document.operators(at: place)))
    case .composeBranch: overlay = .branch(selected: 0)
    case .composeMoveUp: moveStep(by: -1)
    case .composeMoveDown: moveStep(by: 1)
    case .composeDuplicate: duplicateStep()
    case .composeRemove: remove()
    case .composeUndo:
      let words = current.history.versions[current.history.place].words
      notice = compose?.undo() == true ? "undone: \(words)" : nil
    case .composeRedo:
      if compose?.redo() == true, let history = compose?.history {
        notice = "done again: \(history.versions[history.place].words)"
      }
    case .composeHistory: overlay = .history(selected: current.history.place)
    case .composeFaults: overlay = .faults(selected: 0)
    case .composeNextFault: jumpToFault(1)
    case .composePreviousFault: jumpToFault(-1)
    case .composeEditor: return [.compose(.edit(text: current.text))]
    case .composeSave: return save()
    case .composeSaveAs: overlay = .saveAs(TextEntry(current.path), fault: nil)
    default: return nil
    }
    return []
  }

  // MARK: steps

  private mutating func moveStep(by step: Int) {
    guard let current = compose, let place = current.place else { return }
    let to = place + step
    guard let moved = current.document.moving(step: place, to: to), to >= 0 else {
      notice = step < 0 ? "it is the first" : "it is the last"
      return
    }
    compose?.take(moved, "\(current.selectedTitle) moved \(step < 0 ? "up" : "down")")
    compose?.place = to
  }

  private mutating func duplicateStep() {
    guard let current = compose, let place = current.place,
      let copied = current.document.duplicating(step: place)
    else { return }
    compose?.take(copied, "\(current.selectedTitle) copied")
    compose?.place = place + 1
  }

  /// Takes away the step, or in the form the value of the field.
  private mutating func remove() {
    guard let current = compose else { return }
    if current.focus == .form, let field = current.field {
      guard field.isGiven else {
        notice = "\(field.path.last ?? field.name) is not given"
        return
      }
      let next = current.document.setting(field, at: current.place, to: "")
      guard next.text != current.text else {
        notice = "\(field.path.last ?? field.name) cannot be taken away: d on the step does"
        return
      }
      compose?.take(next, "\(field.path.last ?? field.name) taken away")
      return
    }
    guard let place = current.place, let next = current.document.removing(step: place) else {
      return
    }
    compose?.take(next, "\(current.selectedTitle) removed")
    let undo = keys.keys(for: ActionID(rawValue: StudioAction.composeUndo.id)).first
    notice = "\(current.selectedTitle) removed\(undo.map { ": \($0) takes it back" } ?? "")"
  }

  private mutating func rename() {
    guard let current = compose else { return }
    let wanted = current.place == nil ? "pipeline" : "name"
    guard let index = current.fields.firstIndex(where: { $0.name == wanted }) else { return }
    compose?.focus = .form
    compose?.fieldIndex = index
    // Whoever names a step goes on with the step.
    beginEdit(returningTo: current.focus)
  }

  /// Adds an operator where it was chosen.
  mutating func add(_ choice: OperatorChoice, _ add: AddStep) {
    guard let current = compose else { return }
    var document = current.document
    if let branch = add.branch, branch.name == nil, let place = current.place {
      document = document.renaming(step: place, to: branch.newName) ?? document
    }
    var yaml = document.starter(
      of: choice, at: add.place, lines: current.preview?.raw ?? [], files: current.files)
    if let branch = add.branch { yaml = PipelineDocument.step(yaml, reading: branch.input) }
    guard let next = document.inserting(step: yaml, at: add.place) else {
      notice = "the list of steps is not written with dashes: e edits the text"
      return
    }
    compose?.take(next, "\(choice.title) added")
    compose?.place = add.place
    compose?.fieldIndex = 0
    compose?.focus = .form
    notice = "\(choice.title) added"
  }

  // MARK: the file

  mutating func save() -> [StudioEffect] {
    guard let current = compose else { return [] }
    guard current.onDisk != nil else {
      overlay = .saveAs(TextEntry(current.path), fault: nil)
      return []
    }
    return [.compose(.save(text: current.text, expected: current.onDisk, path: current.path))]
  }

  /// Opens what is written now in the replay.
  mutating func openComposed(on next: StudioScreen, playing: Bool = false) -> [StudioEffect] {
    guard let current = compose else { return [] }
    guard !current.document.hasErrors else {
      // What ran before can still be looked at.
      if run?.path == current.path, !playing {
        screen = next
        notice = "this is the version before the faults: \(keyWords(.composeFaults)) lists them"
        return []
      }
      let count = current.document.diagnostics.count { $0.severity == .error }
      notice = "\(count == 1 ? "a fault" : "\(count) faults") to mend first"
      overlay = .faults(selected: 0)
      return []
    }
    afterOpening = AfterOpening(screen: next, isPlaying: playing)
    if let run, !isStale(run) {
      return arrive()
    }
    afterOpening?.position = run?.path == current.path ? run?.view.position : nil
    opening = current.path
    return [.open(PipelineFile(path: current.path, text: current.isSaved ? nil : current.text))]
  }

  /// Whether what runs is another version than what is written.
  func isStale(_ run: RunState) -> Bool {
    guard let compose else { return false }
    return run.path != compose.path || (run.text ?? compose.onDisk) != compose.text
  }

  /// What was wanted of the pipeline that is open now.
  mutating func arrive() -> [StudioEffect] {
    guard let after = afterOpening, run != nil else { return [] }
    afterOpening = nil
    screen = after.screen
    var effects: [StudioEffect] = []
    if let position = after.position, position > 0 { effects += move(.position(position)) }
    if let option = after.option {
      var form = VariantForm()
      form.editing = VariantForm.Field(
        option: option, text: option.text ?? option.defaultText ?? "")
      overlay = .variant(form)
    }
    if after.isReal { effects += runForReal() }
    if after.isPlaying, let run, !run.isPlaying {
      self.run?.isPlaying = true
      effects.append(.play(run.speed))
    }
    return effects
  }

  /// Asks for a run of what is written, which is in its file.
  mutating func runComposed() -> [StudioEffect] {
    let effects = openComposed(on: .run)
    if afterOpening != nil {
      afterOpening?.isReal = true
      return effects
    }
    return overlay == nil && screen == .run ? effects + runForReal() : effects
  }

  /// A/B of the field that is selected, else of any.
  mutating func tryComposed() -> [StudioEffect] {
    guard let current = compose else { return [] }
    let effects = openComposed(on: .run)
    let option = current.document.editableOptions.first {
      $0.step == current.place && $0.path == current.field?.path
    }
    if let option, current.focus == .form {
      if afterOpening != nil {
        afterOpening?.option = option
      } else if overlay == nil, run != nil {
        var form = VariantForm()
        form.editing = VariantForm.Field(
          option: option, text: option.text ?? option.defaultText ?? "")
        overlay = .variant(form)
      }
    } else if afterOpening == nil, overlay == nil, run != nil {
      overlay = .variant(VariantForm())
    }
    return effects
  }

  // MARK: news

  mutating func take(_ news: ComposeNews) -> [StudioEffect] {
    switch news {
    case .opened(let file): return show(file)
    case .previewed(let preview):
      if preview.text == compose?.previewText { compose?.preview = preview }
    case .saved(let text, let path):
      guard compose != nil else { return [] }
      var effects: [StudioEffect] = []
      if let old = compose?.path, old != path {
        // Under its new name it is in a file: nothing is left of it under the old one.
        effects.append(.compose(.keep(text: nil, base: nil, path: old)))
        settings.noteDraft(old, isKept: false)
        if compose?.onDisk == nil { settings.forget(old) }
        compose?.move(to: path)
      }
      compose?.onDisk = text
      if run?.text == text { run?.text = nil }
      notice = "saved \(path)"
      settings.noteDraft(path, isKept: false)
      settings.noteOpened(path)
      return effects + [.saveSettings(settings)]
    case .changedOutside(let text, let path): return takeOutside(text, path)
    case .edited(let text):
      guard let current = compose, text != current.text else { return [] }
      compose?.take(.parse(text: text, path: current.path), "edited in the editor")
      notice = "taken from the editor"
    case .example(let title, let reel, let fault):
      guard case .example(var shown)? = overlay, shown.example.title == title else { return [] }
      (shown.reel, shown.fault) = (reel, fault)
      overlay = .example(shown)
    case .film(var film):
      guard film.path == gallery.wanted else { return [] }
      // Its first picture is empty.
      film.frame = min(1, film.reel.views.count - 1)
      gallery.film = film
    case .failed(let title, let text):
      opening = nil
      isOpeningCompose = false
      overlay = .message(title: title, text: text, scroll: 0)
    }
    return []
  }

  private mutating func show(_ file: ComposedFile) -> [StudioEffect] {
    isOpeningCompose = false
    var draft = file.draft
    var words = file.notice
    if let mine = file.draft, let theirs = file.onDisk, let base = file.draftBase, base != theirs {
      draft = TextMerge.merge(base: base, mine: mine, theirs: theirs) ?? mine
      words = "the file has changed since it was edited here; your edits stand, u shows the file"
    } else if file.draft != nil {
      words = "edits that were not saved are here again; u takes them back"
    }
    let composed = ComposeState(
      path: file.path, origin: file.origin, text: file.text, onDisk: file.onDisk, draft: draft,
      files: file.files)
    compose = composed
    notice = words ?? notice
    // A pipeline that cannot run opens where it can be mended.
    let isWanted = wantsCompose || run == nil && composed.document.hasErrors
    wantsCompose = false
    if isWanted {
      opening = nil
      overlay = nil
      screen = .compose
    }
    settings.noteOpened(file.origin)
    return [.saveSettings(settings)]
  }

  private mutating func takeOutside(_ text: String?, _ path: String) -> [StudioEffect] {
    guard let current = compose, current.path == path, text != current.onDisk else { return [] }
    guard let theirs = text else {
      compose?.onDisk = nil
      notice = "\(current.fileName) is gone from the disk; what you see is kept, s writes it again"
      return []
    }
    defer { compose?.onDisk = theirs }
    guard theirs != current.text else { return [] }
    let base = current.onDisk ?? ""
    if let merged = TextMerge.merge(base: base, mine: current.text, theirs: theirs) {
      let isMine = merged != theirs
      let typed = current.edit
      defer { takeUp(typed) }
      compose?.take(
        .parse(text: merged, path: path),
        isMine ? "merged with a change outside" : "changed outside")
      notice =
        isMine
        ? "the file was changed outside too: both are here now, u takes theirs back"
        : "the file was changed outside and read again"
      return []
    }
    overlay = .confirm(
      Confirmation(
        title: "\(current.fileName) was changed outside",
        text: "The same lines were changed here and there. Take theirs? Yours stays in the history,"
          + " one step back. Otherwise yours stands, and saving it writes over theirs.",
        verb: "takes theirs", step: .takeOutside(text: theirs)))
    return []
  }

  /// Goes on with what was being typed, where its field is still there.
  private mutating func takeUp(_ typed: FieldEdit?) {
    guard let typed, let current = compose,
      let index = current.fields.firstIndex(where: {
        $0.path == typed.field.path && $0.shape == typed.field.shape
      })
    else { return }
    compose?.fieldIndex = index
    var edit = FieldEdit(current.fields[index], text: typed.entry.text, in: current)
    edit.entry = typed.entry
    edit.follow(current)
    compose?.edit = edit
  }

  /// What has to be known or kept of what is written, and was not asked for.
  mutating func follow() -> [StudioEffect] {
    var effects: [StudioEffect] = []
    if screen == .gallery, opening == nil,
      let item = gallery.items(settings).element(at: gallery.selected),
      item.path != gallery.wanted
    {
      gallery.wanted = item.path
      gallery.film = nil
      effects.append(.compose(.film(path: item.path)))
    }
    guard let current = compose else { return effects }
    if current.previewed != current.previewText {
      compose?.previewed = current.previewText
      effects.append(.compose(.preview(text: current.previewText, path: current.path)))
    }
    let version = ComposeState.Kept(current)
    if current.kept != version {
      compose?.kept = version
      let draft = current.isSaved ? nil : current.text
      // What is in no file yet is found again among the recent ones.
      let before = settings
      if draft != nil, settings.recentFiles.first != current.path {
        settings.noteOpened(current.path)
      }
      settings.noteDraft(current.path, isKept: draft != nil && current.onDisk == nil)
      if settings != before { effects.append(.saveSettings(settings)) }
      effects.append(.compose(.keep(text: draft, base: current.onDisk, path: current.path)))
    }
    return effects
  }
}

/// What is done once a pipeline is open.
struct AfterOpening: Sendable, Equatable {
  var screen: StudioScreen
  var isPlaying = false
  var position: Int64?
  /// Whether it is asked for a run into its sinks.
  var isReal = false
  /// The option that is given another value.
  var option: EditableOption?
}

/// A choice of the operator that is added.
public struct AddStep: Sendable, Equatable {
  /// Its position afterwards.
  public var place: Int
  /// What it reads, where that is not the step before it.
  public var branch: Branch?
  /// Every operator; those that do not fit say why.
  public var choices: [OperatorChoice]
  public var list = SearchList()

  public struct Branch: Sendable, Equatable {
    /// `clicks.late`.
    var input: String
    /// The name that the step has; nil where it gets a new one.
    var name: String?
    var newName: String
  }

  init(at place: Int, _ choices: [OperatorChoice], branch: Branch? = nil) {
    (self.place, self.branch) = (place, branch)
    // What fits comes first.
    self.choices = choices.filter { $0.reason == nil } + choices.filter { $0.reason != nil }
  }

  /// Those that contain what was typed.
  var rows: [OperatorChoice] {
    choices.filter { contains("\($0.title) \($0.summary)", list.query) }
  }
}
