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
