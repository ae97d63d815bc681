internal import Engine

/// Writes one field of a form into the text; comments, order and everything else stay.
struct FormWriter {
  private let document: PipelineDocument
  private let form: StepForm
  private var source: SourceText { form.source }

  init?(_ document: PipelineDocument, at place: Int?) {
    guard let form = StepForm(document, at: place) else { return nil }
    (self.document, self.form) = (document, form)
  }

  // MARK: Setting

  /// - Parameter value: as YAML.
  func set(_ path: [String], to value: String) -> PipelineDocument {
    if let node = form.node(at: path) {
      return replace(node, keyRange(of: path), value)
    }
    guard path.count > 1, let name = path.last else {
      return insert("\(path[0]): \(value)", named: path[0])
    }
    guard let pair = form.pairs.first(where: { $0.key == path[0] }), !pair.value.isNull else {
      return set([path[0]], to: "{ \(name): \(value) }")
    }
    guard let members = pair.value.mapping, let last = members.last else {
      // A group in short takes braces.
      let short = form.descriptors.first { $0.name == path[0] }?.shortMember
      let kept = short.map { "\($0): \(source.string(pair.value.range)), " } ?? ""
      return document.replacing(pair.value.range, with: "{ \(kept)\(name): \(value) }")
    }
    return append("\(name): \(value)", behind: last, in: pair.value)
  }

  /// Gives a pair another name, value or both.
  func set(_ path: [String], toPair name: String, _ value: String) -> PipelineDocument {
    guard let key = keyRange(of: path), let node = form.node(at: path) else { return document }
    // From the end, so that the place before stays where it is.
    let valued = replace(node, key, value)
    return valued.replacing(key, with: name)
  }

  /// One more pair of an option.
  func add(_ path: [String], _ name: String, _ value: String) -> PipelineDocument {
    guard let pair = form.pairs.first(where: { $0.key == path[0] }) else {
      let indent = String(repeating: " ", count: form.column + 2)
      return insert("\(path[0]):\n\(indent)\(name): \(value)", named: path[0])
    }
    guard let last = pair.value.mapping?.last else {
      let indent = String(
        repeating: " ", count: source.position(of: pair.keyRange.lowerBound).column + 1)
      return replace(pair.value, pair.keyRange, "\n\(indent)\(name): \(value)", gap: "")
    }
    return append("\(name): \(value)", behind: last, in: pair.value)
  }

  private func keyRange(of path: [String]) -> Range<Int>? {
    form.parent(of: path)?.pairs.first { $0.key == path.last }?.keyRange
  }

  /// - Parameter gap: between the colon and a value where there was none.
  private func replace(
    _ node: YamlNode, _ keyRange: Range<Int>?, _ value: String, gap: String = " "
  ) -> PipelineDocument {
    guard let keyRange, node.isNull else {
      // A text in several lines ends with the end of its last one.
      let old = source.string(node.range)
      let tail = old.reversed().prefix { $0.isNewline }.reversed()
      return document.replacing(node.range, with: value + String(tail))
    }
    var colon = keyRange.upperBound
    while colon < source.bytes.count, source.bytes[colon] != UInt8(ascii: ":") { colon += 1 }
    let end = source.string(node.range).isEmpty ? colon + 1 : node.range.upperBound
    return document.replacing(
      min(colon + 1, source.bytes.count)..<min(max(end, colon + 1), source.bytes.count),
      with: gap + value)
  }

  private func append(
    _ pair: String, behind last: YamlPair, in node: YamlNode
  ) -> PipelineDocument {
    if form.isFlow(node) {
      let end = last.value.range.upperBound
      return document.replacing(end..<end, with: ", \(pair)")
    }
    let column = source.position(of: last.keyRange.lowerBound).column - 1
    return insert(pair, column: column, behind: last)
  }

  /// Behind the last option that is written before it by custom.
  private func insert(_ pair: String, named name: String) -> PipelineDocument {
    let order = form.order
    let rank = order.firstIndex(of: name) ?? order.count
    let before = form.pairs.last { (order.firstIndex(of: $0.key) ?? -1) < rank }
    if form.isFlow(form.node), let last = before ?? form.pairs.last {
      let end = last.value.range.upperBound
      return document.replacing(end..<end, with: ", \(pair)")
    }
    guard let before else {
      // At the top, over everything that is there.
      guard let first = form.pairs.first else { return document }
      let at = first.keyRange.lowerBound
      let indent = String(repeating: " ", count: form.column)
      return document.replacing(at..<at, with: "\(pair)\n\(indent)")
    }
    return insert(pair, column: form.column, behind: before)
  }

  private func insert(_ text: String, column: Int, behind pair: YamlPair) -> PipelineDocument {
    let end = source.range(ofLine: lastLine(of: pair)).upperBound
    return document.replacing(
      end..<end, with: "\n\(String(repeating: " ", count: column))\(text)")
  }

  private func lastLine(of pair: YamlPair) -> Int {
    let key = source.line(of: pair.keyRange.lowerBound)
    guard !pair.value.isNull else { return key }
    // A text in several lines may end with its line ends.
    var end = pair.value.range.upperBound
    while end > pair.keyRange.upperBound, [10, 13, 32].contains(source.bytes[end - 1]) { end -= 1 }
    return max(key, source.line(of: max(pair.keyRange.lowerBound, end - 1)))
  }

  // MARK: Removing

  /// The text without a field; the last member of a group takes the group with it.
  func remove(_ path: [String]) -> PipelineDocument {
    guard let (pairs, node) = form.parent(of: path),
      let index = pairs.firstIndex(where: { $0.key == path.last })
    else {
      // A group in short is its member.
      return path.count > 1 ? remove(Array(path.dropLast())) : document
    }
    if path.count > 1, pairs.count == 1 {
      guard form.main?.key == path[0] else { return remove([path[0]]) }
      guard let main = form.main else { return document }
      return document.replacing(
        lineEnd(main.keyRange)..<max(lineEnd(main.keyRange), end(of: pairs[0])), with: "")
    }
    if form.isFlow(node) {
      let range =
        index + 1 < pairs.count
        ? pairs[index].keyRange.lowerBound..<pairs[index + 1].keyRange.lowerBound
        : pairs[index - 1].value.range.upperBound..<pairs[index].value.range.upperBound
      return document.replacing(range, with: "")
    }
    return removeLines(of: pairs[index], next: pairs.element(at: index + 1))
  }

  private func removeLines(of pair: YamlPair, next: YamlPair?) -> PipelineDocument {
    let line = source.range(ofLine: source.line(of: pair.keyRange.lowerBound))
    let lead = source.string(line.lowerBound..<pair.keyRange.lowerBound)
    if lead.allSatisfy({ $0 == " " }) {
      // With the end of the line before it, or of its own where it is the first.
      let first = max(0, line.lowerBound - 1)
      let rest = line.lowerBound == 0 ? min(end(of: pair) + 1, source.bytes.count) : end(of: pair)
      return document.replacing(first..<rest, with: "")
    }
    // Behind the dash: the next one takes its place.
    guard let next else { return document }
    return document.replacing(pair.keyRange.lowerBound..<next.keyRange.lowerBound, with: "")
  }

  private func lineEnd(_ range: Range<Int>) -> Int {
    var colon = range.upperBound
    while colon < source.bytes.count, source.bytes[colon] != UInt8(ascii: ":") { colon += 1 }
    return min(colon + 1, source.bytes.count)
  }

  private func end(of pair: YamlPair) -> Int {
    source.range(ofLine: lastLine(of: pair)).upperBound
  }
}

extension StepForm {
  /// The column of the keys, from 0.
  var column: Int {
    let first = pairs.first?.keyRange.lowerBound ?? node.range.lowerBound
    return source.position(of: first).column - 1
  }

  /// Keys in the order in which they are written by custom.
  var order: [String] {
    guard let main else {
      return PipelineKeys.top.map(\.name) + ["steps", "tests"]
    }
    return [main.key] + PipelineKeys.step.map(\.name)
      + descriptors.map(\.name).filter { $0 != main.key && $0 != "name" && $0 != "from" }
  }
}
