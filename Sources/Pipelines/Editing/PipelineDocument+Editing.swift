internal import Columns
internal import Engine

extension PipelineDocument {
  /// The options whose effect on results can be tried: of every step but sources and sinks, in the
  /// pipeline's order. Those that are given come first in their step.
  public var editableOptions: [EditableOption] {
    stepNodes.indices.flatMap { place -> [EditableOption] in
      guard let step = step(at: place), step.kind != "source", step.kind != "sink" else {
        return []
      }
      let fields = form(at: place).filter { field in
        field.shape != .newPair && field.value != .type && !["name", "from"].contains(field.name)
          && !(field.path == [step.kind] && step.variant != nil && step.kind != "window")
          && !(field.isGiven && field.text == nil)
      }
      let given = fields.filter(\.isGiven)
        .sorted { ($0.range?.lowerBound ?? 0) < ($1.range?.lowerBound ?? 0) }
      return (given + fields.filter { !$0.isGiven }).map { field in
        EditableOption(
          step: place, stepTitle: step.title, path: field.path, text: field.text,
          defaultText: field.defaultText, choices: field.choices, doc: field.doc)
      }
    }
  }

  /// The document with an option set, comments and order kept. What is wrong with the value is
  /// among its diagnostics.
  ///
  /// - Parameter value: without quotes, as in ``EditableOption/text``.
  public func setting(_ option: EditableOption, to value: String) -> PipelineDocument {
    guard let field = form(at: option.step).first(where: { $0.path == option.path }) else {
      return self
    }
    var bare = field
    // What is tried is a value; the name of a pair stays.
    bare.shape = .value
    return setting(bare, at: option.step, to: value)
  }

  /// The document with a field of a form filled in; an empty text takes it away. What is wrong with
  /// the value is among its diagnostics.
  ///
  /// A step of another kind loses the options that it does not know; a window gets those that it
  /// must have in the proportion of an example.
  ///
  /// - Parameters:
  ///   - place: of the step; nil for the pipeline as a whole.
  ///   - text: without quotes; `name: value` for a pair.
  public func setting(_ field: FormField, at place: Int?, to text: String) -> PipelineDocument {
    let text = text.trimmed
    guard let writer = FormWriter(self, at: place) else { return self }
    if text.isEmpty {
      let isKind = field.value == .choice && field.path.count == 1 && field.isRequired
      return field.isGiven && !isKind ? writer.remove(field.path) : self
    }
    var path = field.path
    let value: String
    let write: (String) -> PipelineDocument
    switch field.shape {
    case .value:
      value = text
      write = { writer.set(path, to: $0) }
    case .pair, .newPair:
      let pair = FormField.pair(text) ?? (name: text, value: "")
      value = pair.value
      let name = ProposalText.yaml(pair.name)
      if field.shape == .pair {
        write = { writer.set(field.path, toPair: name, $0) }
        path[path.count - 1] = pair.name
      } else {
        write = { writer.add(field.path, name, $0) }
        path.append(pair.name)
      }
    }
    // Plain where that is read as meant: quotes come only where they must.
    let candidates = [value, ProposalText.quoted(value)].map(write)
    let meant = candidates.first { candidate in
      candidate.stepCount == stepCount
        && candidate.form(at: place).contains { $0.path == path && ($0.text ?? "") == value }
    }
    let edited = meant ?? candidates[1]
    guard let place, field.path.count == 1, edited.step(at: place)?.variant != nil,
      edited.step(at: place)?.kind == field.path[0]
    else { return edited }
    return edited.fittingKind(place)
  }

  /// A step of a new kind without what it does not know, and a window with what it must have.
  private func fittingKind(_ place: Int) -> PipelineDocument {
    guard let step = step(at: place), let form = StepForm(self, at: place) else { return self }
    var document = self
    let known = step.descriptor.options.map(\.name) + PipelineKeys.step.map(\.name) + [step.kind]
    for pair in form.pairs where !known.contains(pair.key) {
      document = FormWriter(document, at: place)?.remove([pair.key]) ?? document
    }
    guard step.kind == "window" else { return document }
    let given = form.pairs.map(\.key)
    for option in step.descriptor.options where option.isRequired && !given.contains(option.name) {
      let value = Self.example(option.name, of: step.descriptor, Self.length(form.pairs))
      document = FormWriter(document, at: place)?.set([option.name], to: value) ?? document
    }
    return document
  }

  /// The length that the window had, ms; nil for one without.
  private static func length(_ pairs: [YamlPair]) -> Int64? {
    let named = ["size", "max", "gap"].lazy.compactMap { name in
      pairs.first { $0.key == name }
    }.first
    guard let text = named?.value.scalar?.text, case .success(let ms) = DurationText.parse(text)
    else { return nil }
    return ms
  }

  private static func example(_ name: String, of kind: Descriptor, _ ms: Int64?) -> String {
    let length = ms ?? 60_000
    return switch name {
    case "slide", "step": formatDuration(max(1, length / 2))
    case "size", "max": formatDuration(length - length % 2)
    case "gap": formatDuration(max(1, length / 2))
    case "fire": "on each row"
    default: "100"
    }
  }
}
