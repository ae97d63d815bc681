internal import Columns
internal import Engine

extension OptionReader {
  /// Types that a parsed column may have, by name.
  static let typeNames = ColumnType.shownNames

  private static let memberOptions = [
    OptionDescriptor("type", .text, required: true, doc: "The column's type."),
    OptionDescriptor(
      "unit", .choice(TimeFormat.EpochUnit.allCases.map(\.rawValue)),
      doc: "The unit of times that are numbers."),
    OptionDescriptor("time_format", .text, doc: "The pattern of times that are texts."),
  ]

  /// `columns:`: names with types.
  mutating func columnTypes(
    _ node: YamlNode, _ option: OptionDescriptor, _ keyRange: Range<Int>
  ) -> OptionValue? {
    guard let pairs = node.mapping else {
      report(
        .wrongKind(option.name, expected: Self.kindName(option.kind), found: node.kindName),
        node.isNull ? keyRange : node.range)
      return nil
    }
    guard isCountSound(pairs.count, option, keyRange) else { return nil }
    return .columnTypes(pairs.compactMap { column($0) })
  }

  private mutating func column(_ pair: YamlPair) -> ColumnDeclaration? {
    let name = Located(pair.key, pair.keyRange)
    switch pair.value.kind {
    case .scalar(let scalar):
      guard !pair.value.isNull else {
        report(.missingOption("type", of: "column '\(pair.key)'", example: "STRING"), pair.keyRange)
        return nil
      }
      return type(scalar.text, pair.value.range).map { ColumnDeclaration(name: name, type: $0) }
    case .mapping(let members):
      let options = options(
        members, Self.memberOptions, of: "column '\(pair.key)'", at: pair.keyRange)
      guard let type = options.first(where: { $0.name == "type" }),
        let found = self.type(type.value.text ?? "", type.range)
      else { return nil }
      var declaration = ColumnDeclaration(name: name, type: found)
      for option in options {
        guard let text = option.value.text else { continue }
        if option.name == "unit" {
          declaration.unit = TimeFormat.EpochUnit(rawValue: text).map { Located($0, option.range) }
        } else if option.name == "time_format" {
          declaration.timeFormat = Located(text, option.range)
        }
      }
      return declaration
    case .sequence:
      report(
        .wrongKind(pair.key, expected: "a type or a mapping", found: "a list"), pair.value.range)
      return nil
    }
  }

  private mutating func type(_ text: String, _ range: Range<Int>) -> Located<ColumnType>? {
    do {
      return Located(try ColumnTypeParser.parse(text), range)
    } catch {
      report(.columnType(text, fault: error, known: Self.typeNames), range)
      return nil
    }
  }

  // MARK: Words for kinds

  static func kindName(_ kind: OptionDescriptor.Kind) -> String {
    switch kind {
    case .text: "a text"
    case .path: "a path"
    case .boolean: "true or false"
    case .integer: "a whole number"
    case .duration: "a length of time such as 30 s"
    case .size: "a number of bytes such as 512 MB"
    case .choice(let known): "one of \(known.joined(separator: ", "))"
    case .expression: "an expression"
    case .columns: "a column or a list of columns"
    case .list: "a text or a list of texts"
    case .columnTypes: "a mapping of columns to types"
    case .namedExpressions: "a mapping of names to expressions"
    case .group(let members): "a mapping with \(members.map(\.name).joined(separator: ", "))"
    }
  }

  /// How an option may be written, to show in a hint.
  static func example(of option: OptionDescriptor) -> String {
    if let text = option.defaultText { return "`\(option.name): \(text)`" }
    let value: String =
      switch option.kind {
      case .text: option.name == "pattern" ? "'(?<level>[A-Z]+) .*'" : option.name.uppercased()
      case .path: "out/results.jsonl"
      case .boolean: "true"
      case .integer(let bounds): "\(max(1, bounds.lowerBound))"
      case .duration: "1 m"
      case .size: "1 GB"
      case .choice(let known): known.first ?? ""
      case .expression: "cost > 0"
      case .columns: "[ad_id]"
      case .list: option.name == "path" ? "log.jsonl" : "[a, b]"
      case .columnTypes: "{ ad_id: STRING, cost: DOUBLE }"
      case .namedExpressions: "{ rows: COUNT(*) }"
      case .group: "{ … }"
      }
    return "`\(option.name): \(value)`"
  }
}
