import Columns

@testable import Engine
@testable import Expressions

/// Expressions and calls of aggregates: read, written again, checked, and computed for a few rows.
let expressionTargets: [FuzzTarget] = [
  FuzzTarget(
    name: "expression", maxBytes: 1024, words: ExpressionTexts.words,
    seeds: { ExpressionTexts.seeds }, run: ExpressionTexts.run),
  FuzzTarget(
    name: "aggregate", maxBytes: 512,
    words: ExpressionTexts.words + AggregateSpec.Function.allCases.map { "\($0.rawValue)(" }
      + ["DISTINCT ", "FILTER (WHERE ", "COUNT(*)", ", 0.5)", ", 3)", ", ',')"],
    seeds: { ExpressionTexts.aggregates }, run: ExpressionTexts.runAggregate),
  FuzzTarget(
    name: "json_functions", maxBytes: 512,
    words: [
      "$", "$.a", "lax ", "strict ", "[0]", "[*]", "..", "['a']", "[-1]", "\n", "{\"a\":", "[1,2]",
      "\\u00e9", "null", "1e5",
    ],
    seeds: {
      [
        "$.a[0]\n{\"a\":[1,{\"b\":\"c\"}]}", "lax $..b\n[{\"b\":1},{\"b\":[2]}]", "$\n1",
        "$['a b']\n{}",
      ]
      .map { Array($0.utf8) }
    }, run: ExpressionTexts.runJson),
]

enum ExpressionTexts {
  static let words =
    ScalarFunction.byName.keys.sorted().map { "\($0)(" }
    + [
      " AND ", " OR ", "NOT ", " IS NULL", " IN (", " BETWEEN ", " LIKE ", "CASE WHEN ", " THEN ",
      " ELSE ", " END", "CAST(", " AS INT)", " AS DECIMAL(38, 38))", "INTERVAL '1' DAY",
      "TIMESTAMP '2026-01-31 12:00:00'", "DATE '2026-01-31'", "9223372036854775807", "-2147483648",
      "1e308", "NULL", "TRUE", "''", "||", "<>", "ARRAY[", "MAP[", "ROW(", "[1]", "`a`", "/*", "--",
      " COLLATE ", " AT TIME ZONE ", "x'", "EXTRACT(", " FROM ", " TO MONTH)",
    ] + schema.fields.map(\.name)

  static let seeds: [[UInt8]] =
    FunctionDescriptor.all.map { Array($0.example.utf8) }
    + [
      "a + b * 2 - -n", "x / 0e0 > 1 OR NOT ok", "s || 'it''s' || CAST(a AS STRING)",
      "CASE WHEN a > 0 THEN 'p' WHEN a < 0 THEN 'n' ELSE NULL END", "country IN ('DE', 'FR', NULL)",
      "t + INTERVAL '1' DAY > d", "CAST(m AS DECIMAL(38, 10)) * m / 3", "l[1] + CARDINALITY(l)",
      "r.a + 1", "mp['k']", "a BETWEEN SYMMETRIC b AND n", "s LIKE 'a\\_%' ESCAPE '\\'",
      "FLOOR(t TO MONTH)", "EXTRACT(DOW FROM d)", "((((((((((1))))))))))", "`a` = 1",
      "ARRAY[1, 2, NULL][2]", "MAP['a', 1]['a']", "ROW(1, 'a') = ROW(1, 'b')",
    ].map { Array($0.utf8) }

  static let schema = Schema([
    Field("a", .int), Field("b", .int), Field("n", .bigint), Field("x", .double),
    Field("s", .string), Field("country", .string), Field("ok", .boolean), Field("t", .timestamp),
    Field("z", .timestampLTZ), Field("d", .date), Field("m", .decimal(precision: 38, scale: 10)),
    Field("l", .array(.int)), Field("r", .row([Field("a", .bigint), Field("b", .string)])),
    Field("mp", .map(key: .string, value: .double)),
  ])

  private static let values: [[Value]] = [
    [
      .integer(7), .integer(2), .integer(5_000_000_000), .double(1.5), .string("Straße"),
      .string("DE"), .boolean(true), .time(1_769_862_896_789), .time(1_769_862_896_789),
      .date(20_484), .decimal(DecimalNumber(12_345_678_901, scale: 10)),
      .array([.integer(1), .null]), .row([.integer(1), .string("x")]),
      .map([.init(.string("k"), .double(1))]),
    ],
    Array(repeating: .null, count: 14),
    [
      .integer(.init(Int32.min)), .integer(0), .integer(.min), .double(-.infinity), .string(""),
      .string("{\"a\":[1,2]}"), .boolean(false), .time(-1), .time(eventTimeRange.lowerBound),
      .date(-719_162), .decimal(DecimalNumber(-1, scale: 10)), .array([]), .row([.null, .null]),
      .map([]),
    ],
    [
      .integer(.init(Int32.max)), .integer(-1), .integer(.max), .double(.nan),
      .string("a\u{0}\u{1F600}"), .string("12.5"), .boolean(true),
      .time(eventTimeRange.upperBound), .time(0), .date(2_932_896),
      .decimal(DecimalNumber(99_999_999_999_999_999_999_999_999_999_999_999_999, scale: 10)),
      .array([.integer(3), .integer(-4)]), .row([.integer(.max), .string("")]),
      .map([.init(.string("k"), .null), .init(.string("a"), .double(.nan))]),
    ],
  ]

  static func batch(count: Int = 4) -> Batch {
    let columns: [Column?] = schema.fields.indices.map { position in
      let column = Column(schema.fields[position].type, capacity: count)
      let arena = Arena()
      column.owners = [arena]
      for row in 0..<count { column.set(values[row % 4][position], at: row, in: arena) }
      return column
    }
    return Batch(schema: schema, columns: columns, count: count)
  }

  private static let sample = batch()

  @Sendable static func run(_ bytes: [UInt8]) throws {
    let text = String(decoding: bytes, as: UTF8.self)
    switch ExpressionParser.parse(text) {
    case .failure(let failure):
      for fault in failure.faults {
        try require(
          fault.range.upperBound <= text.utf8.count, "'\(fault.message)' is said of \(fault.range)")
      }
      return
    case .success(let expression): try readsBack(expression)
    }
    try evaluate(text)
  }

  private static func readsBack(_ expression: Expression) throws {
    let written = expression.description
    guard case .success(let again) = ExpressionParser.parse(written) else {
      // What was written may be a little deeper in brackets, or longer.
      if written.utf8.count > 900 || written.contains("((((((((((((((((") { return }
      throw BrokenProperty("what was written is not read: \(written.escaped)")
    }
    try require(again == expression, "\(written.escaped) is another expression")
    try require(again.description == written, "written another way the second time")
  }

  /// What compiles has a value or a failure for each row, the same for a row alone.
  private static func evaluate(_ text: String) throws {
    let compiled: CompiledExpression
    do {
      compiled = try CompiledExpression.compile(text, schema: schema)
    } catch {
      for fault in error.faults {
        try require(fault.range.lowerBound >= 0, "'\(fault.message)' is said of \(fault.range)")
      }
      return
    }
    let together = results(compiled, .all(sample.count))
    for row in 0..<sample.count {
      let alone = results(compiled, Selection([row]))
      try require(
        "\(alone)" == "\(together.filter { $0.row == row })",
        "alone \(alone), among others \(together)")
    }
    guard compiled.type == .boolean else { return }
    let (rows, _) = compiled.filter(sample, rows: .all(sample.count))
    let expected = together.filter { $0.text == "TRUE" }.map(\.row)
    try require(rows.map(Int.init) == expected, "a filter keeps \(Array(rows)), not \(expected)")
  }

  private struct RowResult {
    var row: Int
    var text: String
  }

  private static func results(_ compiled: CompiledExpression, _ rows: Selection) -> [RowResult] {
    let evaluated = compiled.evaluate(sample, rows: rows)
    return rows.map { row in
      if let failure = evaluated.failures.first(where: { $0.row == Int(row) }) {
        return RowResult(row: Int(row), text: "! \(failure.message)")
      }
      return RowResult(row: Int(row), text: Value(evaluated.column, Int(row)).description)
    }
  }

  // MARK: JSON

  /// The first line is a path, the rest a JSON text.
  @Sendable static func runJson(_ bytes: [UInt8]) throws {
    let feed = bytes.firstIndex(of: 10) ?? bytes.endIndex
    func quoted(_ bytes: some Collection<UInt8>) -> String {
      "'\(String(decoding: bytes, as: UTF8.self).replacing("'", with: "''"))'"
    }
    let path = quoted(bytes[..<feed])
    let text = quoted(bytes[feed...].dropFirst())
    for call in [
      "JSON_VALUE(\(text), \(path))", "JSON_QUERY(\(text), \(path))",
      "JSON_EXISTS(\(text), \(path))",
      "\(text) IS JSON", "JSON_QUERY(\(text), \(path) WITH WRAPPER)",
    ] { try evaluate(call) }
  }

  // MARK: Aggregates

  static let aggregates: [[UInt8]] = [
    "COUNT(*)", "SUM(a)", "AVG(m) FILTER (WHERE ok)", "COUNT(DISTINCT s)", "PERCENTILE(x, 0.9)",
    "LISTAGG(s, ',')", "TOP_K(n, 3)", "HISTOGRAM(s)", "ARG_MAX(s, x)", "FIRST_VALUE(l)", "MIN(t)",
    "SUM(DISTINCT m)", "APPROX_COUNT_DISTINCT(r)", "VAR_SAMP(x)", "STDDEV_POP(CAST(a AS DOUBLE))",
    "LAST_VALUE(mp)", "MAX(d)", "SUM(m * 2)",
  ].map { Array($0.utf8) }

  /// A call that the check takes counts rows, and its state comes back as it was.
  @Sendable static func runAggregate(_ bytes: [UInt8]) throws {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let spec = spec(of: text) else { return }
    let window = WindowSpec(
      assigner: .tumbling(sizeMs: 1000, offsetMs: 0), keys: [4], aggregates: [spec])
    let plan = WindowPlan(
      id: "w", spec: window, inputSchema: schema,
      isResultRead: Array(repeating: true, count: window.resultSchema(input: schema).count),
      isLateRead: true)
    func rows() -> Batch {
      var rows = batch(count: 8)
      rows.eventTimeColumn = 7
      // A NULL time would be a dead letter before it came here.
      rows.selection = Selection((0..<8).filter { $0 % 4 != 1 })
      rows.endWatermark = minWatermark
      return rows
    }
    let window1 = WindowOperator(plan: plan, parallelism: 2)
    _ = window1.process([rows()], lanes: SerialLanes())
    let state = window1.freeze().encode()
    let window2 = WindowOperator(plan: plan, parallelism: 2)
    try window2.restore(state)
    try require(window2.freeze().encode() == state, "the state comes back another")
    let (ended1, ended2) = (
      window1.finish(lanes: SerialLanes()), window2.finish(lanes: SerialLanes())
    )
    try require(
      texts(ended1.results) == texts(ended2.results), "other results after a restore")
  }

  private static func texts(_ batch: Batch?) -> [String] {
    guard let batch else { return [] }
    return batch.selectedRows.map { "\(batch.values(at: Int($0)))" }
  }

  /// As the check of a pipeline does it.
  private static func spec(of text: String) -> AggregateSpec? {
    let known = AggregateSpec.Function.allCases.map(\.rawValue)
    guard case .success(let call) = AggregateParser.parse(text, known: known),
      let function = AggregateSpec.Function(rawValue: call.function),
      function.argumentCounts.contains(call.arguments.count),
      !call.isDistinct || function.takesDistinct
    else { return nil }
    let compiled = call.arguments.compactMap {
      try? CompiledExpression.compile($0, text: text, schema: schema)
    }
    var filter: CompiledExpression?
    if let condition = call.filter {
      filter = try? CompiledExpression.compile(condition, text: text, schema: schema)
      guard filter?.type == .boolean else { return nil }
    }
    guard compiled.count == call.arguments.count,
      let type = compiled.isEmpty
        ? .bigint : AggregateSpec.resultType(of: function, argument: compiled[0].type)
    else { return nil }
    let second = compiled.dropFirst().first
    var constant: Value?
    if let second, function.parameter == .decider {
      if second.type.isCollection { return nil }
    } else if let second {
      guard let value = second.constant, function.accepts(value) else { return nil }
      constant = value
    }
    return AggregateSpec(
      name: "v", function: function, isDistinct: call.isDistinct, argument: compiled.first,
      second: constant == nil ? second : nil, constant: constant, filter: filter, type: type)
  }
}
