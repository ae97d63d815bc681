internal import Engine

/// Reads the `tests:` of a pipeline file: their shape, not yet what they name.
struct TestReader {
  private(set) var faults: [Fault] = []
  private(set) var tests: [PipelineTest] = []
  private let source: SourceText

  init(source: SourceText) { self.source = source }

  mutating func read(_ pair: YamlPair) {
    guard let nodes = pair.value.sequence else {
      return report(
        .wrongKind(
          "tests", expected: "a list of tests, each after a `-`", found: pair.value.kindName),
        pair.keyRange)
    }
    guard nodes.count <= OptionReader.maxMembers else {
      return report(.tooMany("tests", limit: OptionReader.maxMembers), pair.keyRange)
    }
    var lines: [String: Int] = [:]
    for node in nodes {
      guard let test = test(node) else { continue }
      if let line = lines[test.name.value] {
        report(.duplicateTest(test.name.value, firstLine: line), test.name.range)
      } else {
        lines[test.name.value] = source.position(of: test.name.range.lowerBound).line
      }
      tests.append(test)
    }
  }

  private mutating func report(_ finding: Finding, _ range: Range<Int>) {
    faults.append(Fault(finding, range))
  }

  private mutating func test(_ node: YamlNode) -> PipelineTest? {
    guard let pairs = node.mapping else {
      report(
        .wrongKind(
          "a test", expected: "a mapping with name, events and expect", found: node.kindName),
        node.range)
      return nil
    }
    let lists = ["events", "expect", "late", "dead"]
    let known = PipelineKeys.test.map(\.name)
    for pair in pairs where !known.contains(pair.key) {
      report(.unknownOption(pair.key, of: "a test", known: known), pair.keyRange)
    }
    let place = pairs.first?.keyRange ?? node.range
    var reader = OptionReader()
    let options = reader.options(
      pairs.filter { known.contains($0.key) }, PipelineKeys.test, of: "a test", at: place,
      also: lists)
    faults += reader.faults
    guard let name = options.first(where: { $0.name == "name" }), let text = name.value.text else {
      return nil
    }
    var test = PipelineTest(name: Located(text, name.range))
    for option in options {
      if option.name == "order" { test.isOrdered = option.value.text == "exact" }
      if option.name == "end_of_input", case .boolean(let ends) = option.value {
        test.endsInput = ends
      }
    }
    guard let events = pairs.first(where: { $0.key == "events" }) else {
      report(
        .missingOption("events", of: "a test", example: "`events: [{ ad_id: a1 }]`"), place)
      return nil
    }
    test.events = self.events(events.value, path: [], events.keyRange)
    for pair in pairs where lists.dropFirst().contains(pair.key) {
      test.expectations += expectations(pair)
    }
    if !pairs.contains(where: { lists.dropFirst().contains($0.key) }) {
      report(
        .missingOption("expect", of: "a test", example: "`expect: [{ ad_id: a1, clicks: 1 }]`"),
        place)
    }
    return test
  }

  // MARK: events

  private mutating func events(
    _ node: YamlNode, path: [Located<String>], _ keyRange: Range<Int>
  ) -> [TestEvents] {
    switch node.kind {
    case .sequence(let nodes):
      guard nodes.count <= OptionReader.maxMembers else {
        report(.tooMany("events", limit: OptionReader.maxMembers), keyRange)
        return []
      }
      return [TestEvents(path: path, records: nodes.compactMap { record($0) })]
    case .mapping(let pairs) where path.count < 2:
      return pairs.flatMap { pair in
        events(pair.value, path: path + [Located(pair.key, pair.keyRange)], pair.keyRange)
      }
    default:
      report(
        .wrongKind(
          path.last?.value ?? "events", expected: "a list of events", found: node.kindName),
        node.isNull ? keyRange : node.range)
      return []
    }
  }

  private mutating func record(_ node: YamlNode) -> TestRecord? {
    switch node.kind {
    case .scalar(let scalar) where !node.isNull:
      return TestRecord(content: .line(scalar.text), range: node.range)
    case .mapping(let pairs):
      return TestRecord(content: .columns(pairs), range: node.range)
    default:
      report(
        .wrongKind("an event", expected: "a mapping of columns or a text", found: node.kindName),
        node.range)
      return nil
    }
  }

  // MARK: rows

  private mutating func expectations(_ pair: YamlPair) -> [TestExpectation] {
    let target: TestExpectation.Target =
      switch pair.key {
      case "late": .late
      case "dead": .dead
      default: .results
      }
    if target == .results, let pairs = pair.value.mapping {
      return pairs.compactMap { named in
        let parts = named.key.split(separator: ".", omittingEmptySubsequences: false).map(
          String.init)
        let port = parts.count == 2 ? StreamReference.Port(rawValue: parts[1]) : .main
        guard let name = parts.first, parts.count <= 2, let port else {
          report(.unknownPort(parts.last ?? "", of: parts.first ?? ""), named.keyRange)
          return nil
        }
        return content(named).map {
          TestExpectation(target: .named(name, port), range: named.keyRange, content: $0)
        }
      }
    }
    return content(pair).map {
      [TestExpectation(target: target, range: pair.keyRange, content: $0)]
    } ?? []
  }

  private mutating func content(_ pair: YamlPair) -> TestExpectation.Content? {
    if let scalar = pair.value.scalar, let count = Int(scalar.text), count >= 0 {
      return .count(count)
    }
    guard let nodes = pair.value.sequence else {
      report(
        .wrongKind(
          pair.key, expected: "a list of rows, or how many", found: pair.value.kindName),
        pair.value.isNull ? pair.keyRange : pair.value.range)
      return nil
    }
    guard nodes.count <= OptionReader.maxMembers else {
      report(.tooMany(pair.key, limit: OptionReader.maxMembers), pair.keyRange)
      return nil
    }
    return .rows(
      nodes.compactMap { node in
        guard let cells = node.mapping else {
          report(
            .wrongKind("a row", expected: "a mapping of columns", found: node.kindName), node.range)
          return nil
        }
        return TestRow(cells: cells, range: node.range)
      })
  }
}
