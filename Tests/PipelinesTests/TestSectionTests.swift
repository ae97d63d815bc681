import Columns
import Engine
import Foundation
import Testing

@testable import Pipelines

/// The `tests:` of a pipeline: how they are read, what is wrong with them, how events become
/// records and how rows are compared.
@Suite struct TestSections {
  /// A pipeline with two sinks' worth of names, and tests at the margin.
  static func pipeline(_ tests: String, format: String = "json", sinks: String = out) -> String {
    """
    steps:
      - source: file
        path: log.jsonl
      - parse: \(format)
        name: rows
        columns:
          t: TIMESTAMP_LTZ(3)
          at: { type: TIMESTAMP_LTZ(3), unit: ms }
          key: STRING
          cost: DOUBLE
          n: BIGINT
          ok: BOOLEAN
          tags: \(format == "csv" ? "STRING" : "ARRAY<STRING>")
          price: DECIMAL(10, 2)
        event_time: t
        watermark: { out_of_orderness: 1 s }
      - derive: { late_by: at, good: ok }
      - key_by: [key]
      - window: tumbling
        name: minutes
        size: 1 m
      - aggregate: { rows: COUNT(*), cost: SUM(cost), n: MAX(n), last: MAX(late_by) }
    \(sinks)
    tests:
    \(tests)
    """
  }

  static let out = "  - sink: file\n    name: results\n    path: o"
  private static let good = "  - name: a\n    events: [{ key: a }]\n"

  struct Mistake: Sendable, CustomTestStringConvertible {
    var code: String
    /// What the caret stands under.
    var marked: String
    var message: String
    var hint: String?
    var tests: String
    var format = "json"
    var sinks = out
    var testDescription: String { message }
  }

  static let mistakes = [
    Mistake(
      code: "E017", marked: "a",
      message: "'a test' must be a mapping with name, events and expect, this is a text",
      tests: "  - a"),
    Mistake(
      code: "E016", marked: "name", message: "a test needs 'events'",
      hint: "such as `events: [{ ad_id: a1 }]`", tests: "  - name: a\n    expect: []"),
    Mistake(
      code: "E016", marked: "name", message: "a test needs 'expect'",
      hint: "such as `expect: [{ ad_id: a1, clicks: 1 }]`", tests: good),
    Mistake(
      code: "E015", marked: "expects", message: "a test has no option 'expects'",
      hint:
        "did you mean 'expect'? options: name, events, expect, late, dead, order, end_of_input",
      tests: good + "    late: 0\n    expects: []"),
    Mistake(
      code: "E019", marked: "anny", message: "'anny' is no choice for 'order'",
      hint: "did you mean 'any'? choices: exact, any", tests: good + "    late: 0\n    order: anny"
    ),
    Mistake(
      code: "E080", marked: "a", message: "there is a test 'a' already",
      hint: "in line 27; say what is different here",
      tests: good + "    late: 0\n" + good + "    late: 1"),
    Mistake(
      code: "E042", marked: "kee", message: "column 'kee' is not known here",
      hint: "did you mean 'key'? columns: t, at, key, cost, n, ok, tags, price",
      tests: "  - name: a\n    events: [{ kee: a }]\n    late: 0"),
    Mistake(
      code: "E042", marked: "row", message: "column 'row' is not known here",
      tests: good + "    expect: [{ row: 1 }]"),
    Mistake(
      code: "E081", marked: "many", message: "'many' is no BIGINT, the type of 'rows'",
      hint: "such as 5", tests: good + "    expect: [{ rows: many }]"),
    Mistake(
      code: "E081", marked: "noon",
      message: "'noon' is no TIMESTAMP_LTZ(3), the type of 'window_start'",
      hint: "such as 2026-01-31T12:00:00Z, or ms since 1970",
      tests: good + "    expect: [{ window_start: noon }]"),
    Mistake(
      code: "E082", marked: "minute", message: "nothing in this pipeline is named 'minute'",
      hint: "did you mean 'minutes'? names: rows, derive-1, minutes, results",
      tests: good + "    expect: { minute: [] }"),
    Mistake(
      code: "E082", marked: "expect", message: "the pipeline has several sinks of results",
      hint: "say which: `expect: { results: [ … ] }`; names: results, more",
      tests: good + "    expect: []",
      sinks: out + "\n  - sink: file\n    name: more\n    from: minutes\n    path: p"),
    Mistake(
      code: "E026", marked: "rows.late", message: "'rows' has no late rows: it is a parse",
      tests: good + "    expect: { rows.late: [] }"),
    Mistake(
      code: "E026", marked: "rows.lost", message: "'rows' has no output 'lost'",
      tests: good + "    expect: { rows.lost: [] }"),
    Mistake(
      code: "E017", marked: "expect",
      message: "'expect' must be a list of rows, or how many, this is nothing",
      tests: good + "    expect:"),
    Mistake(
      code: "E017", marked: "[1]", message: "'key' must be a single value, this is a list",
      tests: "  - name: a\n    events: [{ key: [1] }]\n    late: 0"),
  ]

  @Test(arguments: mistakes) func eachMistakeHasItsWordsAndItsPlace(_ mistake: Mistake) throws {
    let text = Self.pipeline(mistake.tests, format: mistake.format, sinks: mistake.sinks)
    let found = check(text).diagnostics.filter { $0.severity == .error }
    #expect(found.map(\.code) == [mistake.code], "\(found)")
    let diagnostic = try #require(found.first)
    #expect(diagnostic.message == mistake.message)
    if let hint = mistake.hint { #expect(diagnostic.hint == hint) }
    let line = text.split(separator: "\n", omittingEmptySubsequences: false)[diagnostic.line - 1]
    let marked = Array(String(line)).dropFirst(diagnostic.column - 1).prefix(diagnostic.length)
    #expect(String(marked) == mistake.marked)
  }

  @Test func allMistakesAreSaidAtOnce() {
    let text = Self.pipeline(
      """
        - name: a
          events: [{ kee: a }, { cots: 1 }]
          expect: [{ rows: x }, { row: 1 }]
          late: [{ missed: 1 }]
      """)
    #expect(codes(text).filter { $0.hasPrefix("E") } == ["E042", "E042", "E081", "E042", "E042"])
  }

  @Test func aPipelineWithTestsIsTheSameJob() throws {
    let with = try plan(
      Self.pipeline("  - name: a\n    events: [{ key: a }]\n    expect: { rows: [{ n: 1 }] }"))
    let without = try plan(Self.pipeline("  []"))
    #expect(with.fingerprint == without.fingerprint)
    #expect(with.nodes.map(\.id) == without.nodes.map(\.id))
  }

  // MARK: events

  struct Written: Sendable, CustomTestStringConvertible {
    var format: String
    var columns: String
    var record: String
    var testDescription: String { "\(format) \(columns)" }
  }

  static let written = [
    Written(
      format: "json", columns: "key: 7, cost: 0.5, n: '3', ok: true",
      record: #"{"key":"7","cost":0.5,"n":"3","ok":true}"#),
    Written(
      format: "json", columns: "t: 2026-01-31T12:00:00Z, at: 2026-01-31T12:00:00Z, key: null",
      record: #"{"t":"2026-01-31T12:00:00Z","at":1769860800000,"key":null}"#),
    Written(format: "json", columns: "cost: free, n: 1e5", record: #"{"cost":"free","n":1e5}"#),
    Written(format: "json", columns: #"key: "a\"b\nc""#, record: #"{"key":"a\"b\nc"}"#),
    Written(
      format: "json", columns: "tags: [a, 7, null], price: 1.50",
      record: #"{"tags":["a",7,null],"price":1.50}"#),
    Written(format: "json", columns: "n: 007", record: #"{"n":"007"}"#),
    Written(
      format: "csv", columns: "key: 'a,b', n: 5, at: 1970-01-01T00:00:01Z",
      record: #",1000,"a,b",,5,,,"#),
    Written(
      format: "csv", columns: #"key: 'say "x"', ok: false"#, record: #",,"say ""x""",,,false,,"#),
    Written(format: "csv", columns: "key: ''", record: #",,"",,,,,"#),
  ]

  @Test(arguments: written) func anEventIsWrittenAsItsRecord(_ written: Written) throws {
    let text = Self.pipeline(
      "  - name: a\n    events: [{ \(written.columns) }]\n    late: 0", format: written.format)
    let test = try #require(try check(text).planTests().get().first)
    guard case .ingest(let source, let spec) = test.graph.nodes[0].logic else {
      Issue.record("no source")
      return
    }
    let split = try #require(try source.splits().first)
    let reader = try source.open(split, at: .start, framing: spec.framing)
    let block = try #require(try reader.next(maxRecords: .max, maxBytes: .max))
    let header = written.format == "csv" ? "t,at,key,cost,n,ok,tags,price\n" : ""
    #expect(block.bytes.string == header + written.record + "\n")
    #expect(Int64(block.bytes.count) == split.size && block.end.offset == split.size)
  }

  // MARK: comparing

  struct Diagram: Sendable, CustomTestStringConvertible {
    var expected: String
    var got: String
    /// `=` the same, `~` changed, `-` missing, `+` unexpected.
    var lines: String
    var isOrdered = true
    var testDescription: String { "\(expected) | \(got)\(isOrdered ? "" : ", any order")" }
  }

  /// Rows are a key and a count; `_` is not compared.
  static let diagrams = [
    Diagram(expected: "a1 b2", got: "a1 b2", lines: "=="),
    Diagram(expected: "", got: "", lines: ""),
    Diagram(expected: "", got: "a1", lines: "+"),
    Diagram(expected: "a1", got: "", lines: "-"),
    Diagram(expected: "a1 b2 c3", got: "a1 b9 c3", lines: "=~="),
    Diagram(expected: "a1 c3", got: "a1 b2 c3", lines: "=+="),
    Diagram(expected: "a1 b2 c3", got: "a1 c3", lines: "=-="),
    Diagram(expected: "a1", got: "b2", lines: "-+"),
    Diagram(expected: "a1 b2", got: "b2 a1", lines: "-=+"),
    Diagram(expected: "a_ b2", got: "a7 b2", lines: "=="),
    Diagram(expected: "a1 b2", got: "b2 a1", lines: "==", isOrdered: false),
    Diagram(expected: "a1 a1", got: "a1", lines: "=-", isOrdered: false),
    // The first row fits both: it must leave the one that fits only the second.
    Diagram(expected: "a_ a1", got: "a1 a2", lines: "==", isOrdered: false),
    Diagram(expected: "a1 b2", got: "b2 c3", lines: "-=+", isOrdered: false),
  ]

  @Test(arguments: diagrams) func rowsAreComparedByWhatTheyName(_ diagram: Diagram) throws {
    func rows(_ text: String) -> [[String]] {
      text.split(separator: " ").map { [String($0.prefix(1)), String($0.dropFirst())] }
    }
    let expected = rows(diagram.expected).map { row in
      "{ key: \(row[0])\(row[1] == "_" ? "" : ", rows: \(row[1])") }"
    }
    let text = Self.pipeline(
      """
        - name: a
          events: []
          order: \(diagram.isOrdered ? "exact" : "any")
          expect: [\(expected.joined(separator: ", "))]
      """)
    let test = try #require(try check(text).planTests().get().first)
    let plan = try #require(test.checks.first)
    let got = rows(diagram.got).map { row in
      plan.columns.map { name -> Value in
        name == "key" ? .string(row[0]) : name == "rows" ? .integer(Int64(row[1]) ?? 0) : .null
      }
    }
    let comparison = TestComparison(plan, got: got)
    let lines = comparison.lines.map { line in
      switch line {
      case .same: "="
      case .changed: "~"
      case .missing: "-"
      case .unexpected: "+"
      }
    }.joined()
    #expect(lines == diagram.lines)
    #expect(comparison.isAsExpected == !diagram.lines.contains { $0 != "=" })
  }

  @Test func doublesAreEqualToNineDigitsAndEverythingElseExactly() throws {
    func value(_ text: String, _ type: ColumnType) -> ExpectedValue? {
      let scalar = YamlScalar(text: text, style: .plain, offsets: nil)
      return ExpectedValue(YamlNode(kind: .scalar(scalar), range: 0..<0), type: type)
    }
    let third = try #require(value("0.333333333333", .double))
    #expect(third.matches(.double(1 / 3)) && !third.matches(.double(0.33333)))
    #expect(value("0", .double)?.matches(.double(1e-12)) == false)
    #expect(value(".nan", .double)?.matches(.double(.nan)) == true)
    #expect(value("null", .bigint)?.matches(.null) == true)
    #expect(value("null", .bigint)?.matches(.integer(0)) == false)
    #expect(
      value("2026-01-31T13:00:00+01:00", .timestampLTZ)?.matches(.time(1_769_860_800_000)) == true)
    #expect(value("1769860800000", .timestampLTZ)?.matches(.time(1_769_860_800_000)) == true)
    let decimal = ColumnType.decimal(precision: 10, scale: 2)
    #expect(value("1.5", decimal)?.matches(.decimal(DecimalNumber(150, scale: 2))) == true)
    #expect(value("1.51", decimal)?.matches(.decimal(DecimalNumber(150, scale: 2))) == false)
    #expect(value("1.5", .bigint) == nil && value("yes", .boolean) == nil)
    // Canonically equal, and not the same bytes.
    #expect(value("e\u{301}", .string)?.matches(.string("é")) == false)
  }

  // MARK: documented

  @Test func theSectionIsExplainedAndInTheSchema() throws {
    let text = try #require(Explain.text(for: "tests"))
    for option in PipelineKeys.test { #expect(text.contains("  \(option.name): ")) }
    #expect(Explain.text(for: "tests.order")?.contains("exact, any") == true)
    let schema = try #require(
      JSONSerialization.jsonObject(with: Data(PipelineSchema.generate().utf8)) as? [String: Any])
    let properties = try #require(schema["properties"] as? [String: Any])
    let tests = try #require(properties["tests"] as? [String: Any])
    let items = try #require(tests["items"] as? [String: Any])
    let keys = try #require(items["properties"] as? [String: Any])
    #expect(Set(keys.keys) == Set(PipelineKeys.test.map(\.name)))
  }

  @Test func theExampleOfTheExplanationPassesTheCheck() throws {
    let text = try #require(Explain.text(for: "tests"))
    let example = text.split(separator: "\n", omittingEmptySubsequences: false)
      .drop { $0 != "Example" }.dropFirst().map { String($0.dropFirst(2)) }.joined(separator: "\n")
    let document = check(Examples.clicks + "\n" + example)
    #expect(!document.hasErrors, "\(document.renderedDiagnostics)")
    #expect(try document.planTests().get().count == 1)
  }
}
