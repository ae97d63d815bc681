internal import Columns
internal import Engine

extension PipelineDocument {
  /// The options whose effect on results can be tried: of every step but sources and sinks, in the
  /// pipeline's order. Those that are given come first in their step.
  public var editableOptions: [EditableOption] {
    let source = SourceText(text)
    return steps.filter { $0.kind != "source" && $0.kind != "sink" }
      .flatMap { OptionLister(source: source, step: $0).options() }
  }

  /// The document with an option set, comments and order kept. What is wrong with the value is
  /// among its diagnostics.
  ///
  /// A window of another kind loses the options that it does not know, and gets those that it must
  /// have in the proportion of an example.
  ///
  /// - Parameter value: without quotes, as in ``EditableOption/text``.
  public func setting(_ option: EditableOption, to value: String) -> PipelineDocument {
    guard steps.indices.contains(option.step) else { return self }
    // Plain where that is read as meant: quotes come only where they must.
    let candidates = [value.trimmed, ProposalText.quoted(value.trimmed)].map {
      OptionWriter(self, step: steps[option.step]).set(option.path, to: $0)
    }
    let meant = candidates.first { candidate in
      candidate.steps.count == steps.count
        && candidate.editableOptions.contains {
          $0.step == option.step && $0.path == option.path && $0.text == value.trimmed
        }
    }
    let edited = meant ?? candidates[0]
    return option.path == ["window"] ? edited.fittingWindow(option.step) : edited
  }

  private func fittingWindow(_ index: Int) -> PipelineDocument {
    guard let step = steps.element(at: index), let variant = step.variant,
      let kind = PipelineKeys.variants(of: "window")?.first(where: { $0.name == variant.value })
    else { return self }
    var document = self
    let pairs = root?.mapping?.first { $0.key == "steps" }?.value.sequence?.element(at: index)?
      .mapping
    let given = (pairs ?? []).map(\.key)
    let known = kind.options.map(\.name) + PipelineKeys.step.map(\.name) + ["window"]
    for name in given where !known.contains(name) {
      document = document.removing(name, fromStep: index)
    }
    for option in kind.options where option.isRequired && !given.contains(option.name) {
      guard let step = document.steps.element(at: index) else { continue }
      document = OptionWriter(document, step: step)
        .set([option.name], to: Self.example(option.name, of: kind, length(given, pairs ?? [])))
    }
    return document
  }

  /// The length that the window had, ms; nil for one without.
  private func length(_ given: [String], _ pairs: [YamlPair]) -> Int64? {
    let named = ["size", "max", "gap"].first { given.contains($0) }
    guard let text = pairs.first(where: { $0.key == named })?.value.scalar?.text,
      case .success(let ms) = DurationText.parse(text)
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

  private func removing(_ name: String, fromStep index: Int) -> PipelineDocument {
    guard
      let node = root?.mapping?.first(where: { $0.key == "steps" })?.value.sequence?
        .element(at: index), let pair = node.mapping?.first(where: { $0.key == name })
    else { return self }
    return OptionWriter.removing(pair, from: self)
  }
}

extension Array {
  fileprivate func element(at index: Int) -> Element? {
    indices.contains(index) ? self[index] : nil
  }
}
