import Columns
import Testing

@testable import Expressions

@Suite struct ParserTests {
  static let printed: [(String, String)] = [
    ("a+b*2", "a + b * 2"), ("(a+b)*2", "(a + b) * 2"), ("a-(b-2)", "a - (b - 2)"),
    ("not a=b and ok", "NOT a = b AND ok"), ("not (a=b and ok)", "NOT (a = b AND ok)"),
    ("a or b and ok", "a OR b AND ok"), ("(a or b) and ok", "(a OR b) AND ok"),
    ("- a", "-a"), ("-(-a)", "-(-a)"), ("-(5)", "-(5)"), ("a - -5", "a - -5"),
    ("a = b is null", "a = b IS NULL"), ("a = (b is null)", "a = (b IS NULL)"),
    ("trim(s)", "TRIM(BOTH ' ' FROM s)"), ("`my col` = 'it''s'", "`my col` = 'it''s'"),
    ("position('a' in s)", "POSITION('a' IN s)"), ("floor(t to hour)", "FLOOR(t TO HOUR)"),
    ("interval '90' minute", "INTERVAL '90' MINUTE"), ("a -- note\n+ 1", "a + 1"),
    ("cast(s as varchar(2147483647))", "CAST(s AS STRING)"),
    ("ARRAY[1,2] [ 1 ]", "ARRAY[1, 2][1]"), ("map['k',1]['k']", "MAP['k', 1]['k']"),
    ("(a, s)", "ROW(a, s)"), ("row(1, 'x').`a b`", "ROW(1, 'x').`a b`"), ("-a[1]", "-a[1]"),
    ("1.50", "1.50"), ("-0.05", "-0.05"), (".5", ".5"), ("5.", "5"), ("1e3", "1000.0e0"),
    ("(t - d) day to second > interval '1' hour", "(t - d) DAY TO SECOND > INTERVAL '1' HOUR"),
    ("d + interval '2' year", "d + INTERVAL '24' MONTH"), ("(t - d) * 2", "(t - d) * 2"),
    ("s is not json object", "s IS NOT JSON OBJECT"), ("s is json value", "s IS JSON"),
    ("overlay(s placing 'x' from 1 for 2)", "OVERLAY(s PLACING 'x' FROM 1 FOR 2)"),
    (
      "json_value(s, '$.a' returning int default 0 + 1 on empty null on error)",
      "JSON_VALUE(s, '$.a' RETURNING INT DEFAULT 0 + 1 ON EMPTY NULL ON ERROR)"
    ),
    (
      "json_query(s, '$.a' with conditional array wrapper empty array on error)",
      "JSON_QUERY(s, '$.a' WITH CONDITIONAL WRAPPER EMPTY ARRAY ON ERROR)"
    ),
    ("cast(s as array<row<a int>>)", "CAST(s AS ARRAY<ROW<a INT>>)"),
    ("try_cast(s as decimal(10,2))", "TRY_CAST(s AS DECIMAL(10, 2))"),
    ("case a when 1 then 'x' end", "CASE a WHEN 1 THEN 'x' END"),
  ]

  @Test(arguments: printed)
  func expressionIsPrintedAgainAndReadAgain(_ text: String, _ expected: String) throws {
    let expression = try ExpressionParser.parse(text).get()
    #expect(expression.description == expected)
    #expect(try ExpressionParser.parse(expression.description).get() == expression)
  }

  static let faults: [(String, [String])] = [
    ("contry = 'DE'", ["0..<6 column 'contry' is not known here"]),
    (
      "contry = 'DE' AND bb > 1",
      ["0..<6 column 'contry' is not known here", "18..<20 column 'bb' is not known here"]
    ),
    ("s = 1", ["0..<5 's' (STRING) cannot be compared to '1' (INT)"]),
    ("UPER(s)", ["0..<7 there is no function UPER"]),
    ("a +", ["3..<3 a value is missing here; the expression ends"]),
    ("s + 1", ["0..<5 '+' does not take STRING and INT"]),
    ("'abc", ["0..<4 the quote does not end"]),
    ("a AND ok", ["0..<1 AND needs a condition, 'a' is INT"]),
    ("NULL", ["0..<4 the expression is always NULL and has no type"]),
    ("ABS(a, b)", ["0..<9 ABS does not take 2 arguments"]),
    ("a[1]", ["0..<4 'a' is INT and has no items"]),
    ("s.f", ["0..<3 's' is STRING and has no fields"]),
    ("ARRAY[1, 2][0]", ["12..<13 the first element of an ARRAY has index 1"]),
    ("MAP['a', 1][2]", ["12..<13 the keys of 'MAP['a', 1]' are STRING, '2' is INT"]),
    ("ROW(1, 2).f", ["0..<11 'ROW(1, 2)' has no field 'f'"]),
    ("ARRAY[1] < ARRAY[2]", ["0..<19 '<' does not order ARRAY<INT>"]),
    (
      "ARRAY[1, 'x']",
      ["9..<12 the elements of ARRAY must have one type; ''x'' is STRING, before it stands INT"]
    ),
    ("ARRAY[]", ["0..<7 the elements of ARRAY have no type"]),
    (
      "CAST(s AS DECIMAL(40, 1))",
      ["10..<24 a DECIMAL has 1 to 38 digits, and at most those after the point"]
    ),
    ("CAST(s AS STRIN)", ["10..<15 there is no type STRIN here"]),
    ("JSON_VALUE(s, 'a.b')", ["14..<19 a JSON path starts with $"]),
    (
      "JSON_VALUE(s, '$.a[last]')",
      ["14..<25 in brackets stand a number, * or a name in quotes: $[0], $['x y']"]
    ),
    ("JSON_QUERY(s, '$' DEFAULT 1 ON ERROR)", ["26..<27 ON is missing after DEFAULT; found '1'"]),
    ("JSON_VALUE(s, '$' RETURNING ARRAY<INT>)", ["0..<39 JSON_VALUE does not return ARRAY<INT>"]),
    ("t - d", ["0..<5 '-' does not take TIMESTAMP(3) and DATE"]),
    (
      "INTERVAL '1' MONTH * 2",
      ["0..<22 an INTERVAL of months or years only moves a date or a time"]
    ),
    (
      "COALESCE(INTERVAL '1' MONTH, t)",
      ["9..<27 an INTERVAL of months or years only moves a date or a time"]
    ),
    ("CAST(d AS DECIMAL(3, 1))", ["0..<24 DATE cannot be cast to DECIMAL(3, 1)"]),
    ("SHA2(s, 100)", ["8..<11 the bits of SHA2 are 224, 256, 384 or 512"]),
  ]

  @Test(arguments: faults)
  func faultsNameTheirPlace(_ text: String, _ expected: [String]) {
    do {
      _ = try CompiledExpression.compile(text, schema: Rows.schema)
      Issue.record("no fault in \(text)")
    } catch {
      #expect(error.faults.map { "\($0.range) \($0.message)" } == expected)
    }
  }

  @Test func faultIsShownWithCaretsAndAHint() {
    do {
      _ = try CompiledExpression.compile("ok AND contry = 'DE'", schema: Rows.schema)
    } catch {
      #expect(
        error.description == """
          error: column 'contry' is not known here
            ok AND contry = 'DE'
                   ^^^^^^ did you mean 'country'? columns: a, b, n, x, s, country, ok, t, d
          """)
    }
  }

  @Test(arguments: [
    String(repeating: "(", count: 30_000), String(repeating: "NOT ", count: 16_000) + "ok",
    "1" + String(repeating: "+1", count: 30_000),
    String(repeating: "-", count: 1) + "a" + String(repeating: " ", count: 70_000),
    String(repeating: "CASE WHEN ", count: 6000), String(repeating: "f(", count: 30_000),
    String(repeating: "+ ", count: 30_000) + "a",
  ])
  func hostileTextIsRefused(_ text: String) {
    #expect(throws: ExpressionFaults.self) { try ExpressionParser.parse(text).get() }
  }

  @Test func deepestAcceptedTextCompiles() throws {
    let text = String(repeating: "(", count: 190) + "a" + String(repeating: ")", count: 190)
    _ = try CompiledExpression.compile(text, schema: Rows.schema)
    let sum = "a" + String(repeating: " + 1", count: 190)
    #expect(try Rows.evaluate(sum, Rows.sample)[0] == "197")
  }

  @Test func aggregateCallsAreRead() throws {
    let known = ["COUNT", "SUM"]
    for text in ["COUNT(*)", "COUNT(DISTINCT s)", "SUM(x * 2) FILTER (WHERE a > 3)"] {
      let call = try AggregateParser.parse(text, known: known).get()
      #expect(call.description == text)
    }
    guard case .failure(let faults) = AggregateParser.parse("SUN(x)", known: known) else {
      Issue.record("SUN was accepted")
      return
    }
    #expect(faults.faults[0].hint == "did you mean 'SUM'? aggregates: COUNT, SUM")
  }
}
