internal import Engine

extension PipelineDocument {
  /// The step at a place of the list; nil for one that could not be read.
  ///
  /// - Parameter place: counted over all items of the list, also those that are no steps.
  public func step(at place: Int) -> Step? {
    guard let item = stepNodes.element(at: place) else { return nil }
    return steps.first { $0.range == item.range }
  }

  /// Whether steps can be added, moved and removed: their list is written with dashes.
  public var hasEditableSteps: Bool { StepLines(self) != nil }

  /// The document with a step put before another one, or behind the last.
  ///
  /// - Parameter yaml: the step as a list item of its own, such as a descriptor's example; it gets
  ///   the indentation of the others.
  /// - Returns: nil where the list is written in brackets, or the text cannot be read.
  public func inserting(step yaml: String, at index: Int) -> PipelineDocument? {
    if stepCount == 0 { return beginning(with: yaml) }
    guard let lines = StepLines(self), (0...lines.blocks.count).contains(index) else { return nil }
    return .parse(
      text: lines.inserting(Self.indented(yaml, lines.indent), before: index), path: path)
  }

  /// The document with its first step; nil where something else stands in its place.
  private func beginning(with yaml: String) -> PipelineDocument? {
    let item = Self.indented(yaml, 2).joined(separator: "\n")
    // Text that cannot be read is never taken for nothing.
    guard yamlFault == nil, root?.mapping != nil || root.map(\.isNull) ?? true else { return nil }
    guard let steps = root?.mapping?.first(where: { $0.key == "steps" }) else {
      // Comments may stand there.
      let gap = text.isEmpty ? "" : text.hasSuffix("\n") ? "\n" : "\n\n"
      return .parse(text: text + "\(gap)steps:\n\(item)\n", path: path)
    }
    guard steps.value.isNull || steps.value.sequence?.isEmpty == true else { return nil }
    let source = SourceText(text)
    let end = source.range(ofLine: source.line(of: steps.keyRange.lowerBound)).upperBound
    return replacing(steps.keyRange.lowerBound..<end, with: "steps:\n\(item)")
  }

  /// The document without a step, and without the comment over it.
  public func removing(step index: Int) -> PipelineDocument? {
    guard let lines = StepLines(self), lines.blocks.indices.contains(index) else { return nil }
    return .parse(text: lines.removing(index), path: path)
  }

  /// The document with a step in another place; comments over it go with it.
  ///
  /// - Parameter place: its position afterwards.
  public func moving(step index: Int, to place: Int) -> PipelineDocument? {
    guard let lines = StepLines(self), lines.blocks.indices.contains(index),
      lines.blocks.indices.contains(place)
    else { return nil }
    if index == place { return self }
    let without = Self.parse(text: lines.removing(index), path: path)
    guard let rest = StepLines(without) else { return nil }
    return .parse(text: rest.inserting(lines.text(of: index), before: place), path: path)
  }

  /// The document with a copy of a step behind it; a name gets a number.
  public func duplicating(step index: Int) -> PipelineDocument? {
    guard let lines = StepLines(self), lines.blocks.indices.contains(index) else { return nil }
    let copied = Self.parse(
      text: lines.inserting(lines.text(of: index), before: index + 1), path: path)
    guard let name = step(at: index)?.name?.value, let copy = copied.step(at: index + 1)?.name
    else { return copied }
    let names = Set(steps.compactMap { $0.name?.value })
    let free = (2...).lazy.map { "\(name)_\($0)" }.first { !names.contains($0) } ?? name
    return copied.replacing(copy.range, with: free)
  }

  /// The document with a step called otherwise, and everything that reads it reading it still.
  public func renaming(step index: Int, to name: String) -> PipelineDocument? {
    guard let step = step(at: index), PipelineKeys.isName(name) else { return nil }
    guard let old = step.name else {
      return FormWriter(self, at: index)?.set(["name"], to: name)
    }
    var ranges = [old.range]
    for reader in steps {
      for from in reader.from where from.value == old.value || from.value.hasPrefix(old.value + ".")
      {
        ranges.append(from.range)
      }
    }
    // From the end, so that places before stay where they are.
    var document = self
    for range in ranges.sorted(by: { $0.lowerBound > $1.lowerBound }) {
      let source = SourceText(document.text)
      let text = source.string(range)
      guard let place = text.firstRange(of: old.value) else { continue }
      document = document.replacing(
        range, with: text.replacingCharacters(place, with: name))
    }
    return document
  }

  /// A list item with its dash in a column.
  private static func indented(_ yaml: String, _ indent: Int) -> [String] {
    let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let own = lines.first.map { $0.prefix { $0 == " " }.count } ?? 0
    let spaces = String(repeating: " ", count: indent)
    var shifted = lines.map { line in
      line.isEmpty ? "" : spaces + line.dropFirst(min(own, line.prefix { $0 == " " }.count))
    }
    while shifted.last?.isEmpty == true { shifted.removeLast() }
    return shifted
  }
}

extension String {
  fileprivate func replacingCharacters(_ range: Range<Index>, with text: String) -> String {
    self[..<range.lowerBound] + text + self[range.upperBound...]
  }
}

extension PipelineDocument {
  /// An item of the list as it stands in the file, with the comment over it.
  public func stepText(at place: Int) -> String? {
    guard let lines = StepLines(self), lines.blocks.indices.contains(place) else { return nil }
    return lines.text(of: place).joined(separator: "\n")
  }

  /// The lines of the file that an item fills, from 1; nil where it shares them.
  public func stepLines(at place: Int) -> Range<Int>? {
    guard let lines = StepLines(self), lines.blocks.indices.contains(place) else { return nil }
    return lines.blocks[place]
  }
}
