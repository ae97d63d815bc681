import Columns
import TestSupport
import Testing

@testable import Engine

@Suite struct TextFormats {
  private func rows(_ parser: any RecordParser, _ text: String, header: CsvHeader? = nil) throws
    -> [String]
  {
    let source = MemorySource([("log", text)])
    let reader = try source.open(try source.splits()[0], at: .start, framing: .lines)
    var rows: [String] = []
    while let block = try reader.next(maxRecords: .max, maxBytes: .max) {
      let parsed = parser.parse(block, header: header)
      for row in 0..<parsed.count {
        rows.append(
          parsed.badRecord(at: row).map { "bad: \($0.error)" }
            ?? parsed.columns.map { $0.map { Value($0, row).description } ?? "-" }
            .joined(separator: "|"))
      }
    }
    return rows
  }

  static let csvColumns = [
    ParseColumn("a", .string), ParseColumn("b", .bigint), ParseColumn("c", .double),
  ]

  @Test(arguments: [
    ("x,1,2.5", ["x|1|2.5"]),
    (",,", ["NULL|NULL|NULL"]),
    ("\"\",1,", ["|1|NULL"]),
    ("\"a \"\"b\"\" c\",1,2", ["a \"b\" c|1|2.0"]),
    ("\"two\nlines\",1,2\nnext,3,4", ["two\nlines|1|2.0", "next|3|4.0"]),
    ("x,1,2\r\ny,2,3\r\n", ["x|1|2.0", "y|2|3.0"]),
    ("x,1", ["bad: 2 fields where 3 are expected"]),
    ("x,1,2,3", ["bad: 4 fields where 3 are expected"]),
    ("x,one,2", ["bad: column 'b' takes a whole number within BIGINT, not one"]),
    ("\"open,1,2", ["bad: a quote is not closed"]),
    ("\"x\"y,1,2", ["bad: text follows a closing quote"]),
    ("-,1,2\nx,-,-", ["-|1|2.0", "bad: column 'b' takes a whole number within BIGINT, not -"]),
  ])
  func csvLinesGiveTheirFields(_ text: String, _ expected: [String]) throws {
    let parser = CsvParser(columns: Self.csvColumns, options: CsvOptions(hasHeader: false))
    #expect(try rows(parser, text) == expected)
  }

  @Test func decimalsOfATextAreExact() throws {
    let parser = CsvParser(
      columns: [ParseColumn("a", .decimal(precision: 20, scale: 3))],
      options: CsvOptions(hasHeader: false))
    #expect(
      try rows(parser, "12345678901234567.0005\n-.5\nx\n")
        == [
          "12345678901234567.001", "-0.500",
          "bad: column 'a' takes a number within DECIMAL(20, 3), not x",
        ])
  }

  @Test func aHeaderSaysWhichFieldGoesWhere() throws {
    let options = CsvOptions(hasHeader: true, delimiter: UInt8(ascii: ";"), nullText: "n/a")
    let parser = CsvParser(columns: Self.csvColumns, options: options)
    let text = "c;other;a\n1.5;zzz;x\nn/a;;n/a\n"
    let found = try rows(parser, text, header: CsvHeader(names: ["c", "other", "a"]))
    #expect(found == ["x|NULL|1.5", "NULL|NULL|NULL"])
  }

  @Test(arguments: [
    (
      #"10.0.0.1 - bob [31/Jan/2026:12:00:00 +0100] "GET /a?b=1 HTTP/1.1" 200 512 "https://x/" "Mozilla/5.0 (X)""#,
      "10.0.0.1|bob|2026-01-31T11:00:00.000Z|GET|/a?b=1|200|512|https://x/|Mozilla/5.0 (X)"
    ),
    (
      #"::1 - - [01/Feb/2026:00:00:00 +0000] "POST / HTTP/2" 500 -"#,
      "::1|NULL|2026-02-01T00:00:00.000Z|POST|/|500|NULL|NULL|NULL"
    ),
    (
      #"h - - [01/Feb/2026:00:00:00 +0000] "-" 408 0 "-" "quote \" inside""#,
      #"h|NULL|2026-02-01T00:00:00.000Z|NULL|NULL|408|0|NULL|quote \" inside"#
    ),
    ("nonsense", "bad: ident and user are missing at byte 9"),
    (
      #"h - - [01/Feb/2026:00:00:00 +0000] "GET / HTTP/1.1" abc 1"#,
      "bad: column 'status' takes a whole number within INT, not abc"
    ),
    (
      #"h - - [99/Feb/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 1"#,
      "bad: column 'time' takes a time like dd/MMM/yyyy:HH:mm:ss Z, not 99/Feb/2026:00:00:00 +0000"
    ),
  ])
  func accessLogLinesGiveTheirFields(_ line: String, _ expected: String) throws {
    let names = [
      "host", "user", "time", "method", "path", "status", "bytes", "referrer", "user_agent",
    ]
    let columns = names.compactMap { name in
      AccessLogField(rawValue: name).map { ParseColumn(name, $0.type) }
    }
    // A method of "-" stands for a request that never came.
    let found = try rows(AccessLogParser(columns: columns), line)
    #expect(found == [expected])
  }

  @Test func aRegexFillsColumnsFromItsNamedGroups() throws {
    let parser = try RegexParser(
      columns: [ParseColumn("level", .string), ParseColumn("ms", .bigint)],
      pattern: #"^(?<level>[A-Z]+)(?: took (?<ms>\d+))?$"#)
    #expect(
      try rows(parser, "INFO took 12\nWARN\nnope\n")
        == ["INFO|12", "WARN|NULL", "bad: the line does not match the pattern"])
  }

  @Test func aPatternThatIsNoRegexIsAnErrorWithARemedy() {
    #expect(throws: ConnectError.self) {
      _ = try RegexParser(columns: [ParseColumn("a", .string)], pattern: "(")
    }
  }

  @Test(arguments: [
    ("dd/MMM/yyyy:HH:mm:ss Z", "31/Jan/2026:12:00:00 +0000", Int64(1_769_860_800_000)),
    ("yyyy-MM-dd'T'HH:mm:ss.SSSX", "2026-01-31T12:00:00.250Z", 1_769_860_800_250),
    ("d.M.yyyy h:mm a", "31.1.2026 12:00 PM", 1_769_860_800_000),
    ("MMM ppd yyyy HH", "Jan  1 2026 00", 1_767_225_600_000),
    ("MMM ppd yyyy HH", "Jan 31 2026 12", 1_769_860_800_000),
  ])
  func timePatternsReadTimes(_ pattern: String, _ text: String, _ expected: Int64) throws {
    let compiled = try #require(TimePattern(pattern))
    let arena = Arena()
    #expect(compiled.parse(arena.copy(text)) == expected)
    #expect(compiled.parse(arena.copy(text + "x")) == nil)
  }

  @Test func aPatternWithAnUnknownLetterSaysSo() {
    #expect(TimePattern("yyyy-qq") == nil)
    #expect(TimePattern.fault(in: "yyyy-qq")?.contains("'q'") == true)
  }
}
