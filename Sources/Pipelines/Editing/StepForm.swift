internal import Engine

/// The mapping of a step, or of the whole file, as a form: what can be filled in, and where it
/// stands. Works on the text alone, so that a step with faults can be mended.
struct StepForm {
  let source: SourceText
  /// The item of the list; the root for the pipeline as a whole.
  let node: YamlNode
  let pairs: [YamlPair]
  /// The pair of the operator; nil for the pipeline as a whole.
  let main: YamlPair?
  /// What may stand after the operator; nil where it has no kinds.
  let variants: [Descriptor]?
  /// The options in the order in which they are written.
  let descriptors: [OptionDescriptor]
  let doc: String

  /// - Parameter place: the position in the list of steps; nil for the pipeline as a whole.
  init?(_ document: PipelineDocument, at place: Int?) {
    source = SourceText(document.text)
    guard let place else {
      guard let root = document.root, let pairs = root.mapping else { return nil }
      (node, self.pairs, main, variants) = (root, pairs, nil, nil)
      (descriptors, doc) = (PipelineKeys.top, "")
      return
    }
    guard let item = document.stepNodes.element(at: place), let pairs = item.mapping,
      let main = pairs.first(where: { PipelineKeys.operators.contains($0.key) })
    else { return nil }
    let variants = PipelineKeys.variants(of: main.key)
    let descriptor =
      variants.map { known in known.first { $0.name == main.value.scalar?.text } }
      ?? OperatorDescriptors.operators.first { $0.name == main.key }
    (node, self.pairs, self.main, self.variants) = (item, pairs, main, variants)
    // A source reads no step.
    descriptors =
      (descriptor?.options ?? [])
      + PipelineKeys.step.filter { main.key != "source" || $0.name != "from" }
    doc = descriptor?.summary ?? ""
  }

  // MARK: Fields

  func fields() -> [FormField] {
    var fields: [FormField] = []
    if let main, let variants {
      fields.append(
        FormField(
          path: [main.key], shape: .value, value: .choice, text: main.value.scalar?.text,
          isGiven: !main.value.isNull, range: main.value.range, choices: variants.map(\.name),
          isRequired: true, doc: doc))
    }
    for descriptor in descriptors {
      fields += list(descriptor, pairs.first { $0.key == descriptor.name }?.value, under: [])
    }
    return fields
  }

  private func list(
    _ descriptor: OptionDescriptor, _ node: YamlNode?, under path: [String]
  ) -> [FormField] {
    let path = path + [descriptor.name]
    switch descriptor.kind {
    case .columnTypes:
      return named(descriptor, node, path, .type)
    case .namedExpressions:
      return named(descriptor, node, path, main?.key == "aggregate" ? .aggregate : .expression)
    case .group(let members):
      let given = node?.mapping
      return members.flatMap { member in
        // A group in short: its value is that of one member.
        let isShort = given == nil && node?.isNull == false && member.name == descriptor.shortMember
        return list(
          member, isShort ? node : given?.first { $0.key == member.name }?.value, under: path)
      }
    default:
      return [
        FormField(
          path: path, shape: .value, value: Self.value(descriptor.kind), text: text(of: node),
          isGiven: node.map { !$0.isNull } ?? false, range: node?.range,
          defaultText: descriptor.defaultText, choices: Self.choices(descriptor.kind),
          isRequired: descriptor.isRequired, doc: descriptor.doc)
      ]
    }
  }

  private func named(
    _ descriptor: OptionDescriptor, _ node: YamlNode?, _ path: [String], _ value: FormField.Value
  ) -> [FormField] {
    let pairs = (node?.mapping ?? []).map { pair in
      FormField(
        path: path + [pair.key], shape: .pair, value: value, text: text(of: pair.value),
        isGiven: true, range: pair.value.range, choices: [], isRequired: false,
        doc: descriptor.doc)
    }
    let isMissing = pairs.isEmpty && descriptor.isRequired
    return pairs + [
      FormField(
        path: path, shape: .newPair, value: value, text: nil, isGiven: false, range: nil,
        choices: [], isRequired: isMissing, doc: descriptor.doc)
    ]
  }

  /// A scalar's value, or a list or mapping in one line as it stands; nil for what fills several
  /// lines, unless that is an expression.
  private func text(of node: YamlNode?) -> String? {
    guard let node, !node.isNull else { return nil }
    if let scalar = node.scalar {
      return scalar.text.contains(where: \.isNewline)
        ? scalar.text.split(whereSeparator: \.isNewline).joined(separator: " ") : scalar.text
    }
    let written = source.string(node.range)
    return written.contains(where: \.isNewline) ? nil : written
  }

  private static func value(_ kind: OptionDescriptor.Kind) -> FormField.Value {
    switch kind {
    case .text: .text
    case .path: .path
    case .boolean: .boolean
    case .integer: .integer
    case .duration: .duration
    case .size: .size
    case .choice: .choice
    case .expression: .expression
    case .columns: .columns
    case .list, .columnTypes, .namedExpressions, .group: .list
    }
  }

  private static func choices(_ kind: OptionDescriptor.Kind) -> [String] {
    switch kind {
    case .choice(let known): known
    case .boolean: ["true", "false"]
    default: []
    }
  }

  // MARK: Places

  /// The value at a path; nil where there is none.
  func node(at path: [String]) -> YamlNode? {
    guard let first = path.first, let pair = pairs.first(where: { $0.key == first }) else {
      return nil
    }
    if path.count == 1 { return pair.value }
    guard let members = pair.value.mapping else {
      let short = descriptors.first { $0.name == first }?.shortMember
      return !pair.value.isNull && short == path[1] ? pair.value : nil
    }
    return members.first { $0.key == path[1] }?.value
  }

  /// The mapping that a path's last member stands in, with the place of its key.
  func parent(of path: [String]) -> (pairs: [YamlPair], node: YamlNode)? {
    if path.count == 1 { return (pairs, node) }
    guard let pair = pairs.first(where: { $0.key == path[0] }), let members = pair.value.mapping
    else { return nil }
    return (members, pair.value)
  }

  func isFlow(_ node: YamlNode) -> Bool {
    source.bytes.indices.contains(node.range.lowerBound)
      && source.bytes[node.range.lowerBound] == UInt8(ascii: "{")
  }
}

extension PipelineDocument {
  /// The items of the list of steps, also those that are no steps.
  var stepNodes: [YamlNode] {
    root?.mapping?.first { $0.key == "steps" }?.value.sequence ?? []
  }

  /// How many items the list of steps has, also those that are no steps.
  public var stepCount: Int { stepNodes.count }

  /// The form of a step; empty for an item that is no step.
  ///
  /// - Parameter place: nil for the pipeline as a whole.
  public func form(at place: Int?) -> [FormField] { StepForm(self, at: place)?.fields() ?? [] }

  /// What an item of the list is called: its operator and kind, and its name where it has one.
  public func stepTitle(at place: Int) -> (operator: String, name: String?) {
    guard let form = StepForm(self, at: place), let main = form.main else { return ("?", nil) }
    let kind = form.variants == nil ? nil : main.value.scalar?.text
    let name = form.pairs.first { $0.key == "name" }?.value.scalar?.text
    return (kind.map { "\(main.key): \($0)" } ?? main.key, name)
  }

  /// What an item does, in a few words beside its title; empty where that cannot be told.
  public func stepWords(at place: Int) -> String {
    guard let step = step(at: place) else { return "" }
    let words = StepWords.detail(step)
    guard let variant = step.variant?.value, words.hasPrefix(variant) else { return words }
    // Without a length that can be read, what follows it comes first.
    return String(words.dropFirst(variant.count).drop { $0 == "," || $0 == " " })
  }

  /// What an item reads, as it is written; empty for the step before it.
  public func stepInputs(at place: Int) -> [String] {
    step(at: place)?.from.map(\.value)
      ?? StepForm(self, at: place)?.node(at: ["from"])?.scalar.map { [$0.text] } ?? []
  }
}

extension Array {
  func element(at index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
