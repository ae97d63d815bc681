internal import Columns
internal import Connectors
internal import Engine

/// Finds what tests name (sources, splits, streams, columns) in a sound pipeline, and makes jobs of
/// them.
struct TestResolver {
  private(set) var faults: [Fault] = []
  private let analysis: Analysis
  private let source: SourceText
  /// The pipeline's own nodes; empty where it cannot be built.
  private let nodes: [JobNode]

  init(analysis: Analysis, source: SourceText) {
    self.analysis = analysis
    self.source = source
    let builder = GraphBuilder(analysis: analysis, folder: ".", environment: { [:] })
    nodes = builder.build() ?? []
  }

  /// The faults of all tests.
  static func faults(
    of tests: [PipelineTest], _ analysis: Analysis, source: SourceText
  ) -> [Fault] {
    if tests.isEmpty { return [] }
    var resolver = TestResolver(analysis: analysis, source: source)
    for test in tests { _ = resolver.resolve(test) }
    return resolver.faults
  }

  private mutating func report(_ finding: Finding, _ range: Range<Int>) {
    faults.append(Fault(finding, range))
  }

  /// - Returns: the test as a job; nil, with faults, where it names what there is not.
  mutating func resolve(_ test: PipelineTest) -> PlannedTest? {
    guard !nodes.isEmpty else { return nil }
    let before = faults.count
    var graph = JobGraph(name: analysis.jobName, nodes: nodes)
    let records = feed(test, &graph)
    let checks = test.expectations.compactMap { check($0, test, &graph) }
    guard faults.count == before else { return nil }
    graph.nodes = Pruning.prune(graph.nodes)
    return PlannedTest(
      name: test.name.value, line: source.line(of: test.name.range.lowerBound), graph: graph,
      stopAfter: test.endsInput ? nil : records, checks: checks)
  }

  // MARK: names

  /// The names by which a node is known: its own, and those of its steps.
  private func names(_ index: Int) -> [String] {
    [nodes[index].id] + nodes[index].steps.compactMap(\.name)
  }

  private func node(_ name: String, where isMeant: (JobNode) -> Bool = { _ in true }) -> Int? {
    nodes.indices.first { isMeant(nodes[$0]) && names($0).contains(name) }
  }

  private func known(where isMeant: (JobNode) -> Bool = { _ in true }) -> [String] {
    var seen: Set<String> = []
    return nodes.indices.filter { isMeant(nodes[$0]) }.compactMap { names($0).last }
      .filter { seen.insert($0).inserted }
  }

  private static func isSource(_ node: JobNode) -> Bool {
    if case .ingest = node.logic { true } else { false }
  }

  private static func isWindow(_ node: JobNode) -> Bool {
    if case .window = node.logic { true } else { false }
  }

  private static func isSink(_ node: JobNode) -> Bool {
    if case .sink = node.logic { true } else { false }
  }

  // MARK: events

  /// Puts the events where the sources are.
  ///
  /// - Returns: how many records there are.
  private mutating func feed(_ test: PipelineTest, _ graph: inout JobGraph) -> Int64 {
    let sources = nodes.indices.filter { Self.isSource(nodes[$0]) }
    var splits: [Int: [MemoryRecords.Split]] = [:]
    var count: Int64 = 0
    for events in test.events {
      guard let (index, name) = place(of: events, among: sources),
        case .ingest(_, let spec) = nodes[index].logic
      else { continue }
      let records = events.records.compactMap { record($0, spec) }
      for record in records {
        let lines = record.split(whereSeparator: \.isNewline)
          .count { line in line.contains { !$0.isWhitespace } }
        count += spec.framing == .lines ? Int64(lines) : min(1, Int64(lines))
      }
      splits[index, default: []].append(MemoryRecords.Split(name: name, records: records))
    }
    for index in sources {
      guard case .ingest(_, let spec) = nodes[index].logic else { continue }
      var fed = splits[index] ?? [MemoryRecords.Split(name: "events", records: [])]
      if !test.endsInput, spec.eventTime != nil {
        for split in fed.indices { fed[split].records.append(PlannedTest.endMarker) }
      }
      let ordered = fed.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
      graph.nodes[index].logic = .ingest(
        MemoryRecords(ordered, header: EventEncoder(spec: spec).header), spec)
    }
    return count
  }

  /// The source, and the split of it, that events are for.
  private mutating func place(
    of events: TestEvents, among sources: [Int]
  ) -> (source: Int, split: String)? {
    let named = events.path.first.flatMap { first in
      sources.first { names($0).contains(first.value) }
    }
    if sources.count == 1, let only = sources.first {
      // One source: the names are those of its splits, after its own where that stands too.
      if events.path.count == 2, named == nil {
        report(
          .testStream(events.path[0].value, known: known(where: Self.isSource)),
          events.path[0].range)
        return nil
      }
      return (only, events.path.last?.value ?? "events")
    }
    guard let first = events.path.first else {
      let place = events.records.first?.range ?? 0..<0
      report(.testAmbiguous("sources", known: known(where: Self.isSource), key: "events"), place)
      return nil
    }
    guard let named else {
      report(.testStream(first.value, known: known(where: Self.isSource)), first.range)
      return nil
    }
    return (named, events.path.count == 2 ? events.path[1].value : "events")
  }

  private mutating func record(_ record: TestRecord, _ spec: ParseSpec) -> String? {
    switch record.content {
    case .line(let text): return text
    case .columns(let pairs):
      let encoder = EventEncoder(spec: spec)
      guard encoder.takesColumns else {
        report(.testEventColumns, record.range)
        return nil
      }
      let names = encoder.names
      for pair in pairs where !names.contains(pair.key) {
        report(.unknownColumn(pair.key, known: names), pair.keyRange)
      }
      for pair in pairs where pair.value.scalar == nil && !encoder.takesNested(pair.key) {
        report(
          .wrongKind(pair.key, expected: "a single value", found: pair.value.kindName),
          pair.value.range)
      }
      return encoder.record(pairs)
    }
  }

  // MARK: expectations

  private mutating func check(
    _ expectation: TestExpectation, _ test: PipelineTest, _ graph: inout JobGraph
  ) -> TestCheck? {
    switch expectation.target {
    case .dead: return deadCheck(expectation, test, of: nil)
    case .results:
      let sinks = nodes.indices.filter { index in
        Self.isSink(nodes[index]) && nodes[index].inputs.allSatisfy { $0.port == .main }
      }
      guard let only = sinks.first, sinks.count == 1 else {
        report(
          .testAmbiguous(
            sinks.isEmpty ? "no sinks of results" : "sinks of results",
            known: known { node in
              Self.isSink(node) && node.inputs.allSatisfy { $0.port == .main }
            }, key: "expect"), expectation.range)
        return nil
      }
      return rowCheck(expectation, test, "results", of: StreamReference(node: only), &graph)
    case .late:
      let windows = nodes.indices.filter { Self.isWindow(nodes[$0]) }
      guard let only = windows.first, windows.count == 1 else {
        report(
          .testAmbiguous(
            windows.isEmpty ? "no windows" : "windows", known: known(where: Self.isWindow),
            key: "expect"), expectation.range)
        return nil
      }
      return rowCheck(
        expectation, test, "late rows", of: StreamReference(node: only, port: .late), &graph)
    case .named(let name, let port):
      guard let index = node(name) else {
        report(.testStream(name, known: known()), expectation.range)
        return nil
      }
      switch port {
      case .dead: return deadCheck(expectation, test, of: index)
      case .late where !Self.isWindow(nodes[index]):
        let kind = nodes[index].steps.last?.kind ?? "step"
        report(.noSuchSideOutput(port: "late", of: name, kind: kind), expectation.range)
        return nil
      default:
        let title = port == .late ? "late rows of \(name)" : "rows of \(name)"
        return rowCheck(
          expectation, test, title, of: StreamReference(node: index, port: port), &graph)
      }
    }
  }

  private mutating func deadCheck(
    _ expectation: TestExpectation, _ test: PipelineTest, of node: Int?
  ) -> TestCheck? {
    let columns = DeadLetter.schema.fields.map(\.name)
    guard let expected = expected(expectation, DeadLetter.schema, columns, partOf: "error") else {
      return nil
    }
    return TestCheck(
      title: node.map { "dead letters of \(names($0).last ?? "")" } ?? "dead letters",
      rows: .dead(node), columns: columns, expected: expected, isOrdered: test.isOrdered)
  }

  private mutating func rowCheck(
    _ expectation: TestExpectation, _ test: PipelineTest, _ title: String,
    of stream: StreamReference, _ graph: inout JobGraph
  ) -> TestCheck? {
    let isSink = Self.isSink(nodes[stream.node])
    let schema = self.schema(of: stream)
    let columns = columns(expectation, schema, first: shown(stream, schema))
    guard let expected = expected(expectation, schema, columns) else { return nil }
    let positions = columns.compactMap { schema.index(of: $0) }
    let sink: Int
    if isSink, case .sink(var spec) = nodes[stream.node].logic {
      sink = stream.node
      spec.columns = positions
      graph.nodes[sink].logic = .sink(spec)
    } else {
      sink = graph.nodes.count
      graph.nodes.append(
        JobNode(
          id: "test-\(sink)", steps: [StepSummary(kind: "sink", detail: title)], inputs: [stream],
          schema: schema,
          logic: .sink(
            SinkSpec(
              kind: "test", target: title, guarantee: .exactlyOnce, columns: positions,
              make: { throw ConnectError("a test's sink is made by who runs it") }))))
    }
    return TestCheck(
      title: title, rows: .sink(sink), columns: columns, expected: expected,
      isOrdered: test.isOrdered)
  }

  /// The columns of a stream.
  private func schema(of stream: StreamReference) -> Schema {
    let node = nodes[stream.node]
    switch stream.port {
    case .main: return node.schema
    case .dead: return DeadLetter.schema
    case .late:
      let input = node.inputs.first.map { schema(of: $0) } ?? Schema()
      return Schema(input.fields + LateColumns.all)
    }
  }

  /// The columns that are shown of rows that nobody expected.
  private func shown(_ stream: StreamReference, _ schema: Schema) -> [String] {
    if case .sink(let spec) = nodes[stream.node].logic {
      return spec.columns.map { schema.fields[$0].name }
    }
    guard stream.port == .late, case .window(let spec) = nodes[stream.node].logic else {
      return schema.fields.filter { !$0.isMeta }.map(\.name)
    }
    let time = nodes.compactMap { node -> String? in
      guard case .ingest(_, let parse) = node.logic, let time = parse.eventTime else { return nil }
      return parse.columns[time].name
    }.first { schema.index(of: $0) != nil }
    return spec.keys.map { schema.fields[$0].name } + [time].compactMap { $0 }
      + LateColumns.all.map(\.name)
  }

  /// All columns, those that some row names first.
  private func columns(
    _ expectation: TestExpectation, _ schema: Schema, first shown: [String]
  ) -> [String] {
    var named: [String] = []
    if case .rows(let rows) = expectation.content {
      for cell in rows.flatMap(\.cells)
      where schema.index(of: cell.key) != nil && !named.contains(cell.key) {
        named.append(cell.key)
      }
    }
    return named + shown.filter { !named.contains($0) }
  }

  private mutating func expected(
    _ expectation: TestExpectation, _ schema: Schema, _ columns: [String], partOf part: String = ""
  ) -> TestCheck.Expected? {
    guard case .rows(let rows) = expectation.content else {
      if case .count(let count) = expectation.content { return .count(count) }
      return nil
    }
    let before = faults.count
    let expected = rows.map { row in
      TestCheck.ExpectedRow(
        line: source.line(of: row.range.lowerBound),
        cells: columns.map { column in
          guard let cell = row.cells.first(where: { $0.key == column }), let field = schema[column]
          else { return nil }
          let value = ExpectedValue(cell.value, type: field.type, isPart: column == part)
          if value == nil {
            report(
              .testValue(cell.value.scalar?.text ?? cell.value.kindName, column, field.type),
              cell.value.range)
          }
          return value
        })
    }
    for cell in rows.flatMap(\.cells) where schema.index(of: cell.key) == nil {
      report(.unknownColumn(cell.key, known: schema.fields.map(\.name)), cell.keyRange)
    }
    return faults.count == before ? .rows(expected) : nil
  }
}
