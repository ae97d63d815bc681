internal import Engine

/// Where in the text an option goes, and what is written there.
struct OptionWriter {
  let document: PipelineDocument
  let source: SourceText
  let step: Step

  init(_ document: PipelineDocument, step: Step) {
    self.document = document
    self.step = step
    source = SourceText(document.text)
  }

  /// The text with an option set.
  ///
  /// - Parameter value: as YAML.
  func set(_ path: [String], to value: String) -> PipelineDocument {
    if path == [step.kind], let variant = step.variant {
      return document.replacing(variant.range, with: value)
    }
    guard let node = node(at: path[...]) else { return insert(path, value) }
    return document.replacing(node.range, with: value)
  }

  /// The value at a path of the step's mapping; nil where there is none.
  private func node(at path: ArraySlice<String>) -> YamlNode? {
    guard let first = path.first, let option = step.option(first) else { return nil }
    var node = option.node
    for (depth, name) in path.dropFirst().enumerated() {
      guard let pairs = node.mapping else {
        // A group in short: its value is that of one member.
        guard depth == 0, case .group(let members) = option.value, members.first?.name == name
        else { return nil }
        return node
      }
      guard let pair = pairs.first(where: { $0.key == name }) else { return nil }
      node = pair.value
    }
    return node
  }

  private func insert(_ path: [String], _ value: String) -> PipelineDocument {
    guard path.count > 1, let option = step.option(path[0]), let name = path.last else {
      let nested = path.dropFirst().reversed().reduce(value) { "{ \($1): \($0) }" }
      return insert("\(path[0]): \(nested)")
    }
    guard let pairs = option.node.mapping else {
      guard case .group(let members) = option.value, let short = members.first else {
        return document
      }
      return document.replacing(
        option.node.range,
        with: "{ \(short.name): \(source.string(option.node.range)), \(name): \(value) }")
    }
    guard let first = pairs.first, let last = pairs.last else {
      return document.replacing(option.node.range, with: "{ \(name): \(value) }")
    }
    if isFlow(option.node) {
      let end = last.value.range.upperBound
      return document.replacing(end..<end, with: ", \(name): \(value)")
    }
    let start = first.keyRange.lowerBound
    return document.replacing(
      start..<start, with: "\(name): \(value)\n\(indent(of: start))")
  }

  /// Behind the line of the operator, or within its braces.
  private func insert(_ pair: String) -> PipelineDocument {
    let head = step.variant?.range ?? step.kindRange
    if source.bytes.indices.contains(step.range.lowerBound),
      source.bytes[step.range.lowerBound] == UInt8(ascii: "{")
    {
      return document.replacing(head.upperBound..<head.upperBound, with: ", \(pair)")
    }
    // An operator whose own value fills lines below it takes the option behind those.
    let own = step.option(step.kind)?.range.upperBound ?? 0
    let last = max(head.upperBound, own - 1)
    let end = source.range(ofLine: source.line(of: last)).upperBound
    return document.replacing(
      end..<end, with: "\n\(indent(of: step.kindRange.lowerBound))\(pair)")
  }

  private func isFlow(_ node: YamlNode) -> Bool {
    source.bytes.indices.contains(node.range.lowerBound)
      && source.bytes[node.range.lowerBound] == UInt8(ascii: "{")
  }

  private func indent(of offset: Int) -> String {
    String(repeating: " ", count: source.position(of: offset).column - 1)
  }

  /// The text without a pair of a mapping that has its lines to itself; others stay.
  static func removing(_ pair: YamlPair, from document: PipelineDocument) -> PipelineDocument {
    let source = SourceText(document.text)
    let line = source.range(ofLine: source.line(of: pair.keyRange.lowerBound))
    guard source.string(line.lowerBound..<pair.keyRange.lowerBound).allSatisfy({ $0 == " " }) else {
      return document
    }
    let last = source.line(of: max(pair.keyRange.lowerBound, pair.value.range.upperBound - 1))
    return document.replacing(
      max(0, line.lowerBound - 1)..<source.range(ofLine: last).upperBound, with: "")
  }
}
