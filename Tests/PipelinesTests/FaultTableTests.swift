import Pipelines
import Testing

/// A pipeline with one mistake, and what is said of it.
struct FaultCase: Sendable, CustomTestStringConvertible {
  var code: String
  /// What the caret must stand under; empty where it stands at a point.
  var marked: String
  var message: String
  var text: String

  var testDescription: String { "\(code) \(message)" }

  /// Steps after a source and a parse.
  static func steps(
    _ code: String, _ marked: String, _ message: String, _ steps: String
  ) -> FaultCase {
    FaultCase(code: code, marked: marked, message: message, text: Examples.afterParse(steps))
  }

  static func file(
    _ code: String, _ marked: String, _ message: String, _ text: String
  ) -> FaultCase {
    FaultCase(code: code, marked: marked, message: message, text: text)
  }
}

private let out = "\n- sink: file\n  path: o"
private let counted = "\n- aggregate: { rows: COUNT(*) }" + out
private let minute = "- window: tumbling\n  size: 1 m"

private func parse(_ options: String, kind: String = "json") -> String {
  "steps:\n  - source: file\n    path: a\n  - parse: \(kind)\n"
    + options.split(separator: "\n").map { "    \($0)\n" }.joined()
    + "  - sink: file\n    path: o\n"
}

/// A window of everything, with tests.
private func tested(_ tests: String) -> String {
  let all =
    "\n- aggregate: { rows: COUNT(*), b: MIN(ad_id), c: MAX(country), d: SUM(cost), e: SUM(n) }"
  return Examples.afterParse(minute + all + out) + "\ntests:\n  \(tests)\n"
}

let faultTable: [FaultCase] = [
  // Shape of the file
  .file("E004", "", "YAML: did not find expected ',' or ']'", "steps: [a\nb: c"),
  .file(
    "E005", "size", "'size' is written twice here",
    Examples.clicks.replacing("    late: update", with: "    size: 2 m\n    late: update")),
  .file(
    "E010", "step", "'step' is not known at the top of a pipeline", Examples.clicks + "\nstep: 1"),
  .file("E010", "- a", "a pipeline file is a mapping, this is a list", "- a"),
  .file("E011", "steps", "the pipeline has no steps", "pipeline: x\nsteps: []"),
  .file(
    "E017", "steps", "'steps' must be a list of steps, each after a `-`, this is a text", "steps: x"
  ),
  .steps("E012", "filtr", "there is no operator 'filtr'", "- filtr: cost > 0" + out),
  .steps("E013", "hello", "a step is a mapping, this is a text", "- hello" + out),
  .steps("E013", "name: x", "this step has no operator", "- name: x" + out),
  .steps(
    "E013", "derive", "a step has one operator, this has 'filter' and 'derive'",
    "- filter: cost > 0\n  derive: { a: 1 }" + out),
  .steps(
    "E013", "parallelism", "'parallelism' belongs to the top of the pipeline, not to a sink",
    "- sink: file\n  path: o\n  parallelism: 2"),
  .steps(
    "E014", "tumblin", "there is no window 'tumblin'", "- window: tumblin\n  size: 1 m" + counted),
  .steps("E014", "sink", "'sink' needs a kind", "- sink:"),
  .steps(
    "E015", "sise", "window tumbling has no option 'sise'", minute + "\n  sise: 2 m" + counted),
  .steps("E016", "window", "window tumbling needs 'size'", "- window: tumbling" + counted),
  .steps(
    "E017", "[1]", "'size' must be a length of time such as 30 s, this is a list",
    "- window: tumbling\n  size: [1]" + counted),
  .steps("E017", "key_by", "'key_by' is empty", "- key_by: []\n" + minute + counted),
  .file(
    "E018", "500", "'parallelism' is out of bounds",
    Examples.clicks.replacing("parallelism: 2", with: "parallelism: 500")),
  .steps("E019", "dropp", "'dropp' is no choice for 'late'", minute + "\n  late: dropp" + counted),
  .steps("E020", "60", "'size' has no unit", "- window: tumbling\n  size: 60" + counted),
  .steps("E020", "1 w", "'w' is not a unit of time", "- window: tumbling\n  size: 1 w" + counted),
  .steps(
    "E020", "soon", "'soon' is not a length of time", "- window: tumbling\n  size: soon" + counted),
  .file(
    "E029", "much", "'much' is no size for 'limit'",
    Examples.clicks.replacing("parallelism: 2", with: "state: { limit: much }")),
  .steps(
    "E021", "${env:X}", "${env:X} stands only in options of sources and sinks",
    "- filter: country = '${env:X}'" + out),
  .steps("E021", "${HOME}/o", "${HOME} is not understood", "- sink: file\n  path: ${HOME}/o"),
  // Names and the graph
  .steps("E022", "a.b", "'a.b' cannot be a name", "- filter: cost > 0\n  name: a.b" + out),
  .steps("E023", "rows", "the name 'rows' is taken", "- filter: cost > 0\n  name: rows" + out),
  .steps(
    "E024", "row", "no step before this one is named 'row'", "- sink: file\n  path: o\n  from: row"),
  .steps(
    "E025", "later", "'later' comes later, in line 12",
    "- sink: file\n  from: later\n  path: p\n- filter: cost > 0\n  from: rows\n  name: later" + out),
  .steps(
    "E026", "rows.late", "'rows' has no late rows: it is a parse",
    "- sink: file\n  from: rows.late\n  path: o"),
  .steps(
    "E026", "rows.early", "'rows' has no output 'early'",
    "- sink: file\n  from: rows.early\n  path: o"),
  .steps(
    "E027", "rows", "filter reads one input", "- filter: cost > 0\n  from: [rows, rows]" + out),
  .file(
    "E028", "sink", "there is nothing for this sink to read", "steps:\n  - sink: file\n    path: o"),
  .steps(
    "E030", "parse", "parse reads the records of a source, not of parse",
    "- parse: json\n  columns: { a: STRING }" + out),
  .file(
    "E030", "source", "a source gives bytes; filter cannot read them",
    "steps:\n  - source: file\n    path: a\n  - filter: a > 0\n  - sink: file\n    path: o"),
  .steps(
    "E031", "key_by", "key_by must be followed by a window, not by sink", "- key_by: ad_id" + out),
  .steps("E032", "window", "a window must be followed by an aggregate, not by sink", minute + out),
  .steps(
    "E033", "aggregate", "aggregate needs a window before it, not key_by",
    "- key_by: ad_id\n- aggregate: { n: COUNT(*) }" + out),
  .steps(
    "E034", "filter", "a sink gives nothing on, this filter has no rows to read",
    "- sink: file\n  path: o\n- filter: cost > 0\n- sink: file\n  from: rows\n  path: p"),
  .steps("E035", "filter", "the pipeline has no sink", "- filter: cost > 0"),
  // Columns and times
  .file(
    "E040", "window", "a window needs event time, and the parse before it names no `event_time`",
    Examples.clicks.replacing("    event_time: click_time\n", with: "")),
  .steps(
    "E040", "window", "dead letters have no event time, so they cannot be windowed",
    "- window: tumbling\n  from: rows.dead\n  size: 1 m" + counted),
  .file(
    "E041", "ad_id", "event_time must be a time, 'ad_id' is STRING",
    Examples.clicks.replacing("event_time: click_time", with: "event_time: ad_id")),
  .file(
    "E042", "click_tme", "column 'click_tme' is not known here",
    Examples.clicks.replacing("event_time: click_time", with: "event_time: click_tme")),
  .steps(
    "E042", "contry", "column 'contry' is not known here",
    "- key_by: [ad_id, contry]\n" + minute + counted),
  .steps(
    "E043", "cost", "there is a column 'cost' already, of the row",
    "- derive: { cost: cost * 2 }" + out),
  .steps(
    "E043", "window_end", "'window_end' is a column that every result of a window has",
    minute + "\n- aggregate: { window_end: COUNT(*) }" + out),
  .steps(
    "E043", "ad_id", "there is a column 'ad_id' already, of the key",
    "- key_by: ad_id\n" + minute + "\n- aggregate: { ad_id: COUNT(*) }" + out),
  .file("E044", "STRIN", "there is no type 'STRIN'", parse("columns: { a: STRIN }")),
  .file(
    "E044", "'DECIMAL(40, 2)'",
    "'DECIMAL(40, 2)' is not a type: a DECIMAL has 1 to 38 digits, and at most those after the point",
    parse("columns: { a: 'DECIMAL(40, 2)' }")),
  .file(
    "E044", "ARRAY<INT>", "a record of csv cannot hold ARRAY<INT>",
    parse("columns: { a: ARRAY<INT> }", kind: "csv")),
  .file(
    "E044", "'MAP<INT, INT>'", "a record of json cannot hold MAP<INT, INT>",
    parse("columns: { a: 'MAP<INT, INT>' }")),
  .file(
    "E045", "'(?<a>x'", "the regular expression is wrong: a '(' is not closed",
    parse("pattern: '(?<a>x'\ncolumns: { a: STRING }", kind: "regex")),
  .file(
    "E045", "b", "the pattern has no group for column 'b'",
    parse("pattern: '(?<a>x)'\ncolumns: { a: STRING, b: STRING }", kind: "regex")),
  .file(
    "E046", "ms", "'unit' is for times, this column is STRING",
    parse("columns:\n  a: { type: STRING, unit: ms }")),
  .file(
    "E046", "'yyyy-QQ'",
    "the time pattern is wrong: the letter 'Q' is not known in a time pattern; quote literal text: 'T'",
    parse("columns:\n  a: { type: TIMESTAMP_LTZ(3), time_format: 'yyyy-QQ' }")),
  .file(
    "E046", "time_format", "a time has a unit or a pattern, not both",
    parse("columns: { a: TIMESTAMP_LTZ(3) }\nunit: ms\ntime_format: yyyy")),
  .file(
    "E047", "adress", "an access log has no column 'adress'",
    parse("columns: { adress: STRING }", kind: "access_log")),
  .file(
    "E047", "DOUBLE", "'status' of an access log is INT, not DOUBLE",
    parse("columns: { status: DOUBLE }", kind: "access_log")),
  .file(
    "E048", "\";;\"", "the delimiter ';;' is not one ASCII character",
    parse("delimiter: \";;\"\ncolumns: { a: STRING }", kind: "csv")),
  // Expressions
  .steps(
    "E050", "UPPR(country)", "there is no function UPPR", "- filter: UPPR(country) = 'DE'" + out),
  .steps(
    "E051", "cost + 1", "a filter must be BOOLEAN, this is DOUBLE", "- filter: cost + 1" + out),
  .steps(
    "E051", "n", "FILTER (WHERE …) must be BOOLEAN, this is BIGINT",
    minute + "\n- aggregate:\n    a: COUNT(*) FILTER (WHERE n)" + out),
  .steps(
    "E052", "country", "SUM does not take STRING",
    minute + "\n- aggregate: { a: SUM(country) }" + out),
  .steps(
    "E053", "n", "SUM takes one argument, this has 2",
    minute + "\n- aggregate: { a: \"SUM(cost, n)\" }" + out),
  .steps(
    "E053", "FIRST_VALUE(DISTINCT n)", "FIRST_VALUE does not take DISTINCT",
    minute + "\n- aggregate: { a: FIRST_VALUE(DISTINCT n) }" + out),
  .steps(
    "E053", "PERCENTILE(n)", "PERCENTILE takes two arguments, this has 1",
    minute + "\n- aggregate: { a: PERCENTILE(n) }" + out),
  .steps(
    "E053", "95", "the second argument of PERCENTILE is a constant from 0 to 1",
    minute + "\n- aggregate: { a: \"PERCENTILE(cost, 95)\" }" + out),
  .steps(
    "E053", "cost", "the second argument of TOP_K is a constant whole number from 1 to 1000",
    minute + "\n- aggregate: { a: \"TOP_K(n, cost)\" }" + out),
  .steps(
    "E053", "0", "the second argument of TOP_K is a constant whole number from 1 to 1000",
    minute + "\n- aggregate: { a: \"TOP_K(n, 0)\" }" + out),
  .steps(
    "E053", "7", "the second argument of LISTAGG is a constant text",
    minute + "\n- aggregate: { a: \"LISTAGG(country, 7)\" }" + out),
  .steps(
    "E052", "n", "LISTAGG does not take BIGINT",
    minute + "\n- aggregate: { a: LISTAGG(n) }" + out),
  .steps(
    "E050", "PERCENTIL", "there is no aggregate 'PERCENTIL'",
    minute + "\n- aggregate: { a: \"PERCENTIL(n, 0.5)\" }" + out),
  // Windows and sinks
  .steps(
    "E060", "0 s", "a window must last longer than 0 ms",
    "- window: tumbling\n  size: 0 s" + counted),
  .steps(
    "E061", "90 s", "the offset must be shorter than the distance between windows",
    minute + "\n  offset: 90 s" + counted),
  .steps(
    "E062", "30 s", "`late: drop` keeps no window for 30 s",
    minute + "\n  allowed_lateness: 30 s" + counted),
  .steps(
    "E070", "./o", "the sink in line 9 writes to o too",
    "- sink: file\n  path: o\n- sink: file\n  from: rows\n  path: ./o"),
  .steps(
    "E071", "upsert",
    "`mode: upsert` needs results of a window: rows here have no key to replace by",
    "- sink: sqlite\n  path: o\n  table: t\n  mode: upsert"),
  // Tests
  .file(
    "E080", "a", "there is a test 'a' already",
    tested("- { name: a, events: [], late: 0 }\n  - { name: a, events: [], late: 0 }")),
  .file(
    "E081", "x", "'x' is no BIGINT, the type of 'rows'",
    tested("- { name: t, events: [], expect: [{ rows: x }] }")),
  .file(
    "E082", "nobody", "nothing in this pipeline is named 'nobody'",
    tested("- { name: t, events: [], expect: { nobody: [] } }")),
  .file(
    "E083", "{ a: 1 }", "this format has no columns to write",
    parse("pattern: '(?<a>x)'\ncolumns: { a: STRING }", kind: "regex")
      + "tests:\n  - { name: t, events: [{ a: 1 }], expect: [] }"),
  // Warnings
  .file(
    "W101", "0 s",
    "`late: drop` with out_of_orderness 0 s drops every row that is behind its window's end",
    Examples.afterParse(
      minute
        + "\n- aggregate: { a: COUNT(*), b: MIN(ad_id), c: MAX(country), d: SUM(cost), e: SUM(n) }"
        + out
    ).replacing("out_of_orderness: 5 s", with: "out_of_orderness: 0 s")),
  .steps(
    "W102", "stdout", "stdout is at-least-once: after a crash it may repeat results",
    "- sink: stdout"),
  .file(
    "W103", "user", "nobody reads column 'user'",
    Examples.clicks.replacing("COUNT(DISTINCT user)", with: "COUNT(*)")),
  .steps(
    "W104", "update", "`late: update` changes nothing without allowed_lateness",
    minute
      + "\n  late: update\n- aggregate: { a: COUNT(*), b: MIN(ad_id), c: MAX(country), d: SUM(cost), e: SUM(n) }"
      + out),
  .steps(
    "W105", "filter", "nobody reads this filter",
    "- filter: cost > 0\n- sink: file\n  from: rows\n  path: o"),
  .file(
    "W106", "window", "without key_by one subtask does all the work, not 2",
    Examples.clicks.replacing("  - key_by: [ad_id]\n", with: "").replacing(
      "COUNT(*)", with: "COUNT(ad_id)")),
  .file(
    "W107", "file",
    "results may change, and this sink cannot overwrite: each change is a row, told apart by `kind`",
    Examples.clicks.replacing(
      "sink: sqlite\n    path: clicks.db\n    table: clicks_per_minute\n    mode: upsert",
      with: "sink: file\n    path: o")),
  .steps("W108", "1 = 2", "this condition lets no row through", "- filter: 1 = 2" + out),
]

@Test(arguments: faultTable + watermarkFaults + windowFaults)
func eachMistakeHasItsWordsAndItsPlace(_ fault: FaultCase) throws {
  let found = check(fault.text).diagnostics
  #expect(found.map(\.code) == [fault.code], "\(found)")
  let diagnostic = try #require(found.first)
  #expect(diagnostic.message == fault.message)
  let lines = fault.text.split(separator: "\n", omittingEmptySubsequences: false)
  let scalars = Array(String(lines[diagnostic.line - 1]).unicodeScalars)
  var marked = String.UnicodeScalarView()
  marked.append(contentsOf: scalars.dropFirst(diagnostic.column - 1).prefix(diagnostic.length))
  #expect(String(marked) == fault.marked)
}

@Test func eachCodeIsInTheTableOrIsTestedByItsBytes() {
  let tested = Set((faultTable + watermarkFaults + windowFaults).map(\.code)).union([
    "E001", "E002", "E003", "E006", "E007", "E008",
    // Found on disk, when it is run: see WriteBoundsTests.
    "E072", "W113",
  ])
  #expect(FaultCode.allCases.map(\.rawValue).filter { !tested.contains($0) } == [])
}
