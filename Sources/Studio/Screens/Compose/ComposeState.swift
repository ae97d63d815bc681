public import Pipelines

/// The panels of the compose screen, in the order Tab visits them.
public enum ComposePanel: String, CaseIterable, Sendable {
  case chain, form, rows
}

/// A pipeline that is being written: its text with its history, what is selected in it, and what
/// the first records of the log look like there.
public struct ComposeState: Sendable, Equatable {
  /// Where the file stands, or would.
  public var path: String
  /// What was opened: the file, a log, or a template.
  public var origin: String
  /// The file's text as it was last read or written; nil where there is no file yet.
  public var onDisk: String?
  public private(set) var history: EditHistory
  /// The version that stands.
  public private(set) var document: PipelineDocument
  /// The selected item of the list of steps; nil for the pipeline as a whole.
  public var place: Int? = 0
  public var focus: ComposePanel = .chain
  /// The selected line of the form.
  public var fieldIndex = 0
  public var edit: FieldEdit?
  /// Where the focus goes back to after a field that was filled in from elsewhere.
  var focusAfterEdit: ComposePanel?
  /// The panel that fills the screen.
  public var zoomed: ComposePanel?
  /// Whether the text stands in the place of the rows.
  public var showsText = false
  /// The side of the rows that has the focus, and is shown where there is room for one.
  public var showsBefore = false
  /// How far the rows of each side are moved.
  var rowsPlaces = [RowsPlace(), RowsPlace()]
  /// Lines that the text is moved by from the selected step, and columns that are scrolled past.
  var textPlace = RowsPlace()
  /// The fault that was gone to last, and where that was.
  var visited: VisitedFault?
  public var preview: ComposePreview?
  /// Logs beside the file.
  public var files: [String]
  /// The text that was given to the preview last.
  var previewed: String?
  /// The version that nothing can lose any more.
  var kept: Kept?
  /// Whether ``previewed`` is still being run.
  var isPreviewing: Bool { previewed != nil && preview?.text != previewed }

  public init(
    path: String, origin: String? = nil, text: String, onDisk: String?, draft: String? = nil,
    files: [String] = []
  ) {
    self.path = path
    self.origin = origin ?? path
    self.onDisk = onDisk
    self.files = files
    history = EditHistory(text)
    if let draft { history.add(draft, "edits that were not saved") }
    document = .parse(text: history.text, path: path)
    if document.stepCount == 0 { place = nil }
    kept = Kept(self)
  }

  /// A fault with the field that was selected for it: two of them may share a place.
  struct VisitedFault: Sendable, Equatable {
    var fault: Diagnostic
    var place: Int?
    var fieldIndex: Int
  }

  struct Kept: Sendable, Equatable {
    var text: String
    var isSaved: Bool

    init(_ compose: ComposeState) { (text, isSaved) = (compose.text, compose.isSaved) }
  }

  public var text: String { history.text }
  /// Why only the text can be mended; nil where steps and fields can be edited.
  var yamlFault: Diagnostic? { document.yamlFault }
  /// Whether the text stands in the place of the rows: asked for, or the only thing to mend.
  var isTextShown: Bool { showsText || yamlFault != nil }
  public var isSaved: Bool { onDisk == text }
  public var fileName: String { path.split(separator: "/").last.map(String.init) ?? path }

  /// What the preview is made of: the version being typed where that is sound.
  var previewText: String {
    guard let edit, edit.fault?.severity != .error else { return text }
    return edit.candidate.text
  }

  // MARK: versions

  /// A new version stands.
  mutating func take(_ next: PipelineDocument, _ words: String) {
    history.add(next.text, words)
    document = next
    settle()
  }

  mutating func undo() -> Bool {
    guard history.undo() else { return false }
    reread()
    return true
  }

  mutating func redo() -> Bool {
    guard history.redo() else { return false }
    reread()
    return true
  }

  mutating func go(to version: Int) {
    history.go(to: version)
    reread()
  }

  /// The file has another name now.
  mutating func move(to path: String) {
    self.path = path
    document = .parse(text: text, path: path)
  }

  private mutating func reread() {
    document = .parse(text: text, path: path)
    settle()
  }

  /// What is selected exists.
  private mutating func settle() {
    edit = nil
    if let place { self.place = document.stepCount == 0 ? nil : min(place, document.stepCount - 1) }
    fieldIndex = min(fieldIndex, max(0, fields.count - 1))
  }

  // MARK: the form

  /// Nothing is typed any more; the focus is where it was before.
  mutating func endEdit() {
    edit = nil
    if let panel = focusAfterEdit { focus = panel }
    focusAfterEdit = nil
  }

  var fields: [FormField] { document.form(at: place) }
  var field: FormField? { fields.element(at: fieldIndex) }

  /// Faults by the item of the list; nil for the rest of the file.
  func faults(at place: Int?) -> [Diagnostic] {
    document.diagnostics.filter { document.place(of: $0) == place }
  }

  /// The step and the field that a fault is about.
  mutating func select(_ fault: Diagnostic) {
    place = document.place(of: fault)
    focus = .form
    if let found = document.field(of: fault, at: place)?.field,
      let index = fields.firstIndex(where: { $0.path == found.path && $0.shape == found.shape })
    {
      fieldIndex = index
    } else {
      fieldIndex = 0
    }
    visited = VisitedFault(fault: fault, place: place, fieldIndex: fieldIndex)
  }

  /// The fault that is gone to next from here, in the order of the text.
  func faultIndex(after step: Int) -> Int {
    let faults = document.diagnostics
    let count = faults.count
    if let visited, visited.place == place, visited.fieldIndex == fieldIndex,
      let here = faults.firstIndex(of: visited.fault)
    {
      return (here + step + count) % count
    }
    let here = faults.firstIndex { fault in
      document.place(of: fault) == place
        && document.field(of: fault, at: place)?.field.path == field?.path
    }
    return here.map { ($0 + step + count) % count } ?? 0
  }

  var selectedTitle: String { place.map { document.stepTitle(at: $0).operator } ?? "pipeline" }
}

/// A field of the form with what is being typed into it.
public struct FieldEdit: Sendable, Equatable {
  public var field: FormField
  public var entry: TextEntry
  /// The document as it would be.
  public var candidate: PipelineDocument
  /// What is wrong with what was typed; nil where nothing is.
  public var fault: Diagnostic?
  /// The characters that the fault is about; nil where that cannot be told.
  public var faultRange: Range<Int>?
  public var completions: [FieldCompletion] = []
  /// The completion that is selected; nil for none.
  public var chosen: Int?

  init(_ field: FormField, text: String, in compose: ComposeState) {
    self.field = field
    entry = TextEntry(text)
    candidate = compose.document
    check(compose)
    completions = find(compose)
    // A choice begins at what stands.
    if !field.choices.isEmpty {
      chosen = completions.firstIndex { $0.text == (field.text ?? field.defaultText) } ?? 0
    }
  }

  /// Takes what was typed: every keystroke is checked.
  mutating func follow(_ compose: ComposeState) {
    check(compose)
    completions = find(compose)
    chosen = nil
  }

  private mutating func check(_ compose: ComposeState) {
    let before = compose.document
    (fault, faultRange) = (nil, nil)
    candidate = before
    guard entry.text != field.editedText else { return check(itself: before, compose.place) }
    if field.isRequired, field.isGiven, entry.text.trimmingSpaces().isEmpty {
      fault = Diagnostic(
        severity: .error, file: "", line: 0, column: 0, length: 0, code: "",
        message: "\(field.path.last ?? field.name) is required",
        hint: "type a value, or leave it as it was with Esc")
      return
    }
    candidate = before.setting(field, at: compose.place, to: entry.text)
    check(itself: candidate, compose.place)
    // What it breaks elsewhere is told as well.
    if fault == nil {
      let known = Set(before.diagnostics.map(\.message))
      fault = candidate.diagnostics.first { $0.severity == .error && !known.contains($0.message) }
    }
  }

  private mutating func check(itself document: PipelineDocument, _ place: Int?) {
    var path = field.path
    if field.shape != .value, let name = FormField.pair(entry.text)?.name {
      if field.shape == .pair { path[path.count - 1] = name } else { path.append(name) }
    }
    for found in document.diagnostics {
      guard document.place(of: found) == place,
        let (owner, characters) = document.field(of: found, at: place), owner.path == path
      else { continue }
      (fault, faultRange) = (found, characters)
      return
    }
    if field.shape != .value, !entry.text.isEmpty, FormField.pair(entry.text) == nil {
      fault = Diagnostic(
        severity: .error, file: "", line: 0, column: 0, length: 0, code: "",
        message: "write a name, a colon and \(field.value == .type ? "a type" : "an expression")",
        hint: field.value == .type ? "cost: DOUBLE" : "name: EXPRESSION")
    }
  }

  private func find(_ compose: ComposeState) -> [FieldCompletion] {
    let found = compose.document.completions(
      of: field, at: compose.place, text: entry.text, cursor: entry.cursor, files: compose.files)
    // What stands there already is nothing to offer.
    return found.count == 1 && found[0].text == entry.text && field.choices.isEmpty ? [] : found
  }

  /// Puts a completion where it belongs.
  mutating func complete(_ completion: FieldCompletion, _ compose: ComposeState) {
    entry.replace(completion.replaced, with: completion.text)
    follow(compose)
  }
}
