internal import Columns
internal import Engine

/// Reads values of options as their descriptors declare them, and reports what does not fit.
///
/// It knows kinds only: what an option means is judged by the analysis.
struct OptionReader {
  /// The members that a list or mapping of an option may have.
  static let maxMembers = 2000
  private(set) var faults: [Fault] = []
  /// Whether `${env:NAME}` may stand in texts.
  var takesEnvironment = false

  mutating func report(_ finding: Finding, _ range: Range<Int>) {
    faults.append(Fault(finding, range))
  }

  /// The options of a mapping, without unknown ones and those with faults.
  ///
  /// - Parameters:
  ///   - place: where a missing option is reported.
  ///   - also: keys that are known to the caller.
  mutating func options(
    _ pairs: [YamlPair], _ declared: [OptionDescriptor], of owner: String, at place: Range<Int>,
    also: [String] = []
  ) -> [StepOption] {
    var options: [StepOption] = []
    for pair in pairs where !also.contains(pair.key) {
      guard let option = declared.first(where: { $0.name == pair.key }) else {
        let known = declared.map(\.name).filter { !also.contains($0) }
        report(.unknownOption(pair.key, of: owner, known: known), pair.keyRange)
        continue
      }
      guard let value = value(pair.value, option, keyRange: pair.keyRange) else { continue }
      options.append(
        StepOption(name: pair.key, nameRange: pair.keyRange, node: pair.value, value: value))
    }
    for option in declared
    where option.isRequired && !also.contains(option.name)
      && !pairs.contains(where: { $0.key == option.name })
    {
      report(.missingOption(option.name, of: owner, example: Self.example(of: option)), place)
    }
    return options
  }

  /// The value of one option; nil where it has a fault.
  mutating func value(
    _ node: YamlNode, _ option: OptionDescriptor, keyRange: Range<Int>
  ) -> OptionValue? {
    switch option.kind {
    case .text, .path: return scalar(node, option, keyRange).map { .text($0.text) }
    case .boolean: return boolean(node, option, keyRange)
    case .integer(let bounds): return integer(node, option, bounds, keyRange)
    case .duration(let bounds): return duration(node, option, bounds, keyRange)
    case .size(let bounds): return size(node, option, bounds, keyRange)
    case .choice(let known): return choice(node, option, known, keyRange)
    case .expression: return expression(node, option.name, keyRange).map { .expression($0) }
    case .columns, .list: return list(node, option, keyRange).map { .list($0) }
    case .columnTypes: return columnTypes(node, option, keyRange)
    case .namedExpressions: return namedExpressions(node, option, keyRange)
    case .group(let members):
      if node.scalar != nil, !node.isNull, let name = option.shortMember,
        let member = members.first(where: { $0.name == name })
      {
        return value(node, member, keyRange: keyRange).map {
          .group([StepOption(name: name, nameRange: keyRange, node: node, value: $0)])
        }
      }
      guard let pairs = node.mapping else {
        return wrongKind(node, option, keyRange)
      }
      return .group(
        options(pairs, members, of: "'\(option.name)'", at: keyRange))
    }
  }

  // MARK: Kinds

  /// Whether there is at least one member, and not too many.
  mutating func isCountSound(
    _ count: Int, _ option: OptionDescriptor, _ place: Range<Int>
  ) -> Bool {
    if count == 0 { report(.emptyList(option.name), place) }
    if count > Self.maxMembers { report(.tooMany(option.name, limit: Self.maxMembers), place) }
    return (1...Self.maxMembers).contains(count)
  }

  private mutating func wrongKind(
    _ node: YamlNode, _ option: OptionDescriptor, _ keyRange: Range<Int>
  ) -> OptionValue? {
    report(
      .wrongKind(option.name, expected: Self.kindName(option.kind), found: node.kindName),
      node.isNull ? keyRange : node.range)
    return nil
  }

  private mutating func scalar(
    _ node: YamlNode, _ option: OptionDescriptor, _ keyRange: Range<Int>
  ) -> YamlScalar? {
    guard let scalar = node.scalar, !node.isNull else {
      _ = wrongKind(node, option, keyRange)
      return nil
    }
    if !takesEnvironment {
      return hasInterpolation(scalar, node) ? nil : scalar
    }
    if let finding = Interpolation.fault(in: scalar.text) {
      report(finding, node.range)
      return nil
    }
    return scalar
  }

  private mutating func hasInterpolation(_ scalar: YamlScalar, _ node: YamlNode) -> Bool {
    guard let found = Interpolation.first(in: scalar.text) else { return false }
    let length = found.text.utf8.count
    let range = scalar.sourceRange(found.offset..<(found.offset + length)) ?? node.range
    report(.interpolationHere(found.text), range)
    return true
  }

  private mutating func boolean(
    _ node: YamlNode, _ option: OptionDescriptor, _ keyRange: Range<Int>
  ) -> OptionValue? {
    guard let scalar = node.scalar, scalar.style == .plain else {
      return wrongKind(node, option, keyRange)
    }
    switch scalar.text.lowercased() {
    case "true", "yes", "on": return .boolean(true)
    case "false", "no", "off": return .boolean(false)
    default: return wrongKind(node, option, keyRange)
    }
  }

  private mutating func integer(
    _ node: YamlNode, _ option: OptionDescriptor, _ bounds: ClosedRange<Int64>,
    _ keyRange: Range<Int>
  ) -> OptionValue? {
    guard let scalar = node.scalar else { return wrongKind(node, option, keyRange) }
    let digits = scalar.text.replacing("_", with: "")
    let unsigned = digits.hasPrefix("-") ? digits.dropFirst() : Substring(digits)
    guard !unsigned.isEmpty, unsigned.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else {
      return wrongKind(node, option, keyRange)
    }
    guard let value = Int64(digits), bounds.contains(value) else {
      report(
        .outOfBounds(
          option.name, low: "\(bounds.lowerBound)", high: "\(bounds.upperBound)"), node.range)
      return nil
    }
    return .integer(value)
  }

  private mutating func duration(
    _ node: YamlNode, _ option: OptionDescriptor, _ bounds: ClosedRange<Int64>,
    _ keyRange: Range<Int>
  ) -> OptionValue? {
    guard let scalar = node.scalar, !node.isNull else { return wrongKind(node, option, keyRange) }
    if hasInterpolation(scalar, node) { return nil }
    switch DurationText.parse(scalar.text) {
    case .failure(let error):
      report(.duration(scalar.text, error.problem, option: option.name), node.range)
      return nil
    case .success(let ms):
      if ["size", "slide", "step", "max", "gap"].contains(option.name), ms <= 0 {
        report(.windowSize(ms), node.range)
        return nil
      }
      guard bounds.contains(ms) else {
        report(
          .outOfBounds(
            option.name, low: formatDuration(bounds.lowerBound),
            high: formatDuration(bounds.upperBound)), node.range)
        return nil
      }
      return .duration(ms)
    }
  }

  private mutating func size(
    _ node: YamlNode, _ option: OptionDescriptor, _ bounds: ClosedRange<Int64>,
    _ keyRange: Range<Int>
  ) -> OptionValue? {
    guard let scalar = node.scalar, !node.isNull else { return wrongKind(node, option, keyRange) }
    if hasInterpolation(scalar, node) { return nil }
    guard let bytes = SizeText.parse(scalar.text) else {
      report(.size(scalar.text, option: option.name), node.range)
      return nil
    }
    guard bounds.contains(bytes) else {
      report(
        .outOfBounds(
          option.name, low: formatBytes(bounds.lowerBound), high: formatBytes(bounds.upperBound)),
        node.range)
      return nil
    }
    return .integer(bytes)
  }

  private mutating func choice(
    _ node: YamlNode, _ option: OptionDescriptor, _ known: [String], _ keyRange: Range<Int>
  ) -> OptionValue? {
    guard let scalar = scalar(node, option, keyRange) else { return nil }
    guard known.contains(scalar.text) else {
      report(.unknownChoice(scalar.text, of: option.name, known: known), node.range)
      return nil
    }
    return .choice(scalar.text)
  }

  mutating func expression(
    _ node: YamlNode, _ name: String, _ keyRange: Range<Int>
  ) -> ExpressionText? {
    guard let scalar = node.scalar, !node.isNull || scalar.text.uppercased() == "NULL" else {
      report(
        .wrongKind(name, expected: "an expression", found: node.kindName),
        node.isNull ? keyRange : node.range)
      return nil
    }
    if hasInterpolation(scalar, node) { return nil }
    return ExpressionText(text: scalar.text, range: node.range, scalar: scalar)
  }

  private mutating func list(
    _ node: YamlNode, _ option: OptionDescriptor, _ keyRange: Range<Int>
  ) -> [Located<String>]? {
    if node.scalar != nil {
      return scalar(node, option, keyRange).map { [Located($0.text, node.range)] }
    }
    guard let items = node.sequence else {
      _ = wrongKind(node, option, keyRange)
      return nil
    }
    guard isCountSound(items.count, option, keyRange) else { return nil }
    let texts = items.map { item -> Located<String>? in
      scalar(item, option, keyRange).map { Located($0.text, item.range) }
    }
    let sound = texts.compactMap { $0 }
    return sound.count == items.count ? sound : nil
  }

  private mutating func namedExpressions(
    _ node: YamlNode, _ option: OptionDescriptor, _ keyRange: Range<Int>
  ) -> OptionValue? {
    guard let pairs = node.mapping else { return wrongKind(node, option, keyRange) }
    guard isCountSound(pairs.count, option, keyRange) else { return nil }
    return .namedExpressions(
      pairs.compactMap { pair in
        expression(pair.value, pair.key, pair.keyRange).map {
          NamedExpression(name: Located(pair.key, pair.keyRange), expression: $0)
        }
      })
  }
}
