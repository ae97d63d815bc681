internal import Engine

/// Finds the options of a step that can be given another value.
struct OptionLister {
  let source: SourceText
  let step: Step

  /// In the order of the text, then those that are not given in the descriptor's order.
  func options() -> [EditableOption] {
    var options: [EditableOption] = []
    if let variant = step.variant, step.kind == "window" {
      options.append(
        option(
          [step.kind], text: variant.value,
          choices: PipelineKeys.variants(of: step.kind)?.map(\.name) ?? [],
          doc: step.descriptor.summary))
    }
    let declared = step.descriptor.options
    for given in step.options {
      guard let descriptor = declared.first(where: { $0.name == given.name }) else { continue }
      options += list(given, descriptor, under: [])
    }
    for descriptor in declared where step.option(descriptor.name) == nil {
      options += absent(descriptor, under: [])
    }
    return options
  }

  private func list(
    _ given: StepOption, _ descriptor: OptionDescriptor, under path: [String]
  ) -> [EditableOption] {
    let path = path + [given.name]
    switch descriptor.kind {
    case .columnTypes: return []
    case .namedExpressions:
      guard case .namedExpressions(let all) = given.value else { return [] }
      return all.map {
        option(path + [$0.name.value], text: $0.expression.text, doc: descriptor.doc)
      }
    case .group(let members):
      guard case .group(let given) = given.value else { return [] }
      return members.flatMap { member in
        given.first { $0.name == member.name }.map { list($0, member, under: path) }
          ?? absent(member, under: path)
      }
    default:
      return text(of: given.node).map {
        [
          option(
            path, text: $0, defaultText: descriptor.defaultText, choices: choices(descriptor),
            doc: descriptor.doc)
        ]
      } ?? []
    }
  }

  private func absent(
    _ descriptor: OptionDescriptor, under path: [String]
  ) -> [EditableOption] {
    let path = path + [descriptor.name]
    switch descriptor.kind {
    case .columnTypes, .namedExpressions: return []
    case .group(let members): return members.flatMap { absent($0, under: path) }
    default:
      return [
        option(
          path, defaultText: descriptor.defaultText, choices: choices(descriptor),
          doc: descriptor.doc)
      ]
    }
  }

  /// A scalar's value, or a list in one line as it stands; nil for what fills several lines.
  private func text(of node: YamlNode) -> String? {
    if let scalar = node.scalar {
      return scalar.text.contains(where: \.isNewline) ? nil : scalar.text
    }
    let written = source.string(node.range)
    return written.contains(where: \.isNewline) ? nil : written
  }

  private func choices(_ descriptor: OptionDescriptor) -> [String] {
    switch descriptor.kind {
    case .choice(let known): known
    case .boolean: ["true", "false"]
    default: []
    }
  }

  private func option(
    _ path: [String], text: String? = nil, defaultText: String? = nil, choices: [String] = [],
    doc: String
  ) -> EditableOption {
    EditableOption(
      step: step.index, stepTitle: step.title, path: path, text: text, defaultText: defaultText,
      choices: choices, doc: doc)
  }
}
