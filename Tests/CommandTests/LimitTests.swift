import Foundation
import Testing

/// Files that are made to break their reader: refused with a code and a place, at once.
@Suite struct Limits {
  struct Case: Sendable, CustomTestStringConvertible {
    var title: String
    var text: String
    var code: String
    var testDescription: String { title }
  }

  private static func filter(_ expression: String) -> String {
    """
    steps:
      - source: file
        path: log.jsonl
      - parse: json
        columns: { a: BIGINT, s: STRING }
      - filter: "\(expression)"
      - sink: file
        path: o.jsonl

    """
  }

  private static func many(_ text: String, _ count: Int = 100_000) -> String {
    String(repeating: text, count: count)
  }

  static let cases: [Case] = [
    Case(title: "over 1 MiB", text: "steps: []\n#" + many("x", 1 << 20), code: "E003"),
    Case(title: "lists in lists", text: many("[", 5000) + many("]", 5000), code: "E007"),
    Case(title: "mappings in mappings", text: many("{a: ", 5000) + many("}", 5000), code: "E007"),
    Case(title: "dashes", text: many("- ", 5000) + "a", code: "E007"),
    Case(title: "questions", text: many("? ", 5000) + "a", code: "E007"),
    Case(
      title: "steps by indentation",
      text: (0..<600).map { many(" ", $0) + "a:\n" }.joined(), code: "E007"),
    Case(
      title: "a billion laughs",
      text: "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "bcdefghij".map { name in
          let before = Character(UnicodeScalar((name.asciiValue ?? 98) - 1))
          return
            "\(name): &\(name) [\((0..<9).map { _ in "*\(before)" }.joined(separator: ", "))]\n"
        }.joined() + "steps: *j\n", code: "E006"),
    Case(
      title: "an anchor behind a tag", text: "a: !!seq &a [x]\nsteps: [*a, *a]\n", code: "E006"),
    Case(
      title: "an anchor on a line of its own", text: "a:\n  &a\n  x: 1\nsteps: *a\n", code: "E006"),
    Case(title: "a merge key", text: "a: &a { x: 1 }\nsteps:\n  <<: *a\n", code: "E006"),
    Case(
      title: "10,000 steps",
      text: "steps:\n" + many("  - filter: TRUE\n", 10_000), code: "E018"),
    Case(title: "100,000 brackets", text: filter(many("(") + "a" + many(")")), code: "E050"),
    Case(title: "100,000 open brackets", text: filter(many("(")), code: "E050"),
    Case(title: "100,000 NOTs", text: filter(many("NOT ") + "TRUE"), code: "E050"),
    Case(title: "100,000 minus signs", text: filter(many("- ") + "a > 0"), code: "E007"),
    Case(title: "100,000 plus signs", text: filter(many("+ ") + "a > 0"), code: "E050"),
    Case(title: "a sum of 100,000", text: filter(many("a + ") + "a > 0"), code: "E050"),
    Case(
      title: "20,000 CASEs", text: filter(many("CASE WHEN a > 0 THEN ", 20_000) + "TRUE"),
      code: "E050"),
    Case(
      title: "50,000 calls", text: filter(many("ABS(", 50_000) + "a" + many(")", 50_000)),
      code: "E050"),
    Case(title: "50,000 casts", text: filter(many("CAST(", 50_000) + "a"), code: "E050"),
    Case(
      title: "50,000 subscripts", text: filter("a" + many("[1]", 50_000) + " > 0"), code: "E050"),
    Case(title: "100,000 ANDs", text: filter(many("TRUE AND ") + "TRUE"), code: "E050"),
    Case(
      title: "a type of types",
      text: filter("TRUE").replacing(
        "a: BIGINT", with: "a: \"\(many("ARRAY<", 50_000))INT\""), code: "E044"),
    Case(
      title: "a type of rows",
      text: filter("TRUE").replacing(
        "a: BIGINT", with: "a: \"\(many("ROW<a ", 50_000))INT\""), code: "E044"),
    Case(
      title: "brackets in a pattern",
      text: filter("TRUE").replacing(
        "parse: json", with: "parse: regex\n    pattern: '\(many("(", 100_000))'"),
      code: "E045"),
  ]

  @Test(arguments: cases) func aBombIsRefusedWithItsCode(_ test: Case) throws {
    let place = try Workplace()
    try place.write("p.yaml", test.text)
    let outcome = try Program.shell("timeout 20 $tidemark check --json p.yaml", in: place.folder)
    #expect(outcome.status == 2, "\(outcome.status) \(outcome.errors.prefix(500))")
    let found = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
    let codes = found.compactMap { $0["code"] as? String }
    #expect(codes.contains(test.code), "\(codes.prefix(5))")
    #expect(found.allSatisfy { ($0["message"] as? String ?? "").utf8.count < 2000 })
  }

  /// Large, and no fault: read in little time, whatever is said of it.
  static let heavy: [(String, String)] = [
    ("a list of 50,000", filter("a IN (\(many("1, ", 50_000))2)")),
    ("a text of 900,000 letters", filter("s = '\(many("x", 900_000))'")),
    ("a LIKE of 200,000 runs", filter("s LIKE '\(many("%a", 200_000))'")),
    ("a path of 100,000 steps", filter("JSON_VALUE(s, '$\(many("[0]"))') = 'x'")),
    ("a path of 100,000 names", filter("JSON_VALUE(s, '$\(many(".a"))') = 'x'")),
    ("a pattern of 100,000 choices", filter("REGEXP(s, '\(many("a|"))b')")),
    (
      "a pattern that repeats repeats",
      filter("REGEXP(s, '((((a{1,999}){1,999}){1,999}){1,999}){1,999}')")
    ),
    ("a pattern of nested groups", filter("REGEXP(s, '\(many("(", 5000))a\(many(")", 5000))')")),
    (
      "a time pattern of 100,000 letters",
      filter("TRUE").replacing(
        "a: BIGINT", with: "a: { type: TIMESTAMP, time_format: '\(many("yyyy", 25_000))' }")
    ),
    (
      "a name of 500,000 letters",
      filter("TRUE").replacing("a: BIGINT", with: "\(many("n", 500_000)): BIGINT")
    ),
    (
      "20,000 columns",
      filter("TRUE").replacing(
        "{ a: BIGINT", with: "{ \((0..<20_000).map { "c\($0): INT, " }.joined())a: BIGINT")
    ),
    (
      "2,000 steps",
      "steps:\n  - source: file\n    path: l\n  - parse: json\n    columns: { a: INT }\n"
        + many("  - filter: a > 0\n", 1990) + "  - sink: file\n    path: o\n"
    ),
    ("20,000 unknown keys", "steps: []\n" + (0..<20_000).map { "k\($0): 1\n" }.joined()),
    ("a key 20,000 times", many("a: 1\n", 20_000)),
    ("100,000 quotes", "a: '" + many("''") + "'\nsteps: []\n"),
    ("a block of 20,000 lines", "description: |\n" + many("  x\n", 20_000) + "steps: []\n"),
  ]

  @Test(arguments: heavy.map(\.0)) func aHeavyFileIsReadInLittleTime(_ title: String) throws {
    let place = try Workplace()
    let text = try #require(Self.heavy.first { $0.0 == title }?.1)
    try place.write("p.yaml", text)
    // A build for debugging takes ten times as long as one that is shipped.
    let outcome = try Program.shell("timeout 30 $tidemark check p.yaml", in: place.folder)
    #expect([0, 2].contains(outcome.status), "\(outcome.status) \(outcome.errors.prefix(300))")
    #expect(outcome.errors.utf8.count < 2 << 20)
  }

  @Test func aPatternThatTakesForEverMakesDeadLetters() throws {
    let place = try Workplace()
    let pattern = Self.filter("REGEXP(s, '^(a+)+$') AND REGEXP_REPLACE(s, '^(a|aa)+$', 'x') <> 'y'")
    try place.write("p.yaml", pattern)
    try place.write(
      "log.jsonl", "{\"s\":\"aaa\"}\n{\"s\":\"\(Self.many("a", 200))b\"}\n{\"s\":\"b\"}\n")
    let outcome = try Program.shell("timeout 30 $tidemark run p.yaml", in: place.folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    for words in ["emitted   1", "filtered  1", "bad       1"] {
      #expect(outcome.errors.contains(words), "\(outcome.errors)")
    }
  }

  static let themes: [(String, String)] = [
    ("too large", "roles:\n" + many("  # x\n", 50_000)),
    ("nested lists", many("[", 30_000)),
    ("nested lists, closed", many("[", 30_000) + many("]", 30_000)),
    ("nested mappings", many("{a: ", 15_000)), ("dashes", many("- ", 30_000) + "a"),
    ("aliases", "a: &a [x, x]\nb: &b [*a, *a]\nroles: { text: { fg: *b } }\n"),
    ("a circle of parents", "inherits: t\n"), ("no roles", "- a\n- b\n"),
    ("another key", "run: rm -rf /\n"), ("a tag", "roles: !!python/object:os.system x\n"),
  ]

  @Test(arguments: themes.map(\.0)) func aThemeIsOnlyColours(_ title: String) throws {
    let place = try Workplace()
    let text = try #require(Self.themes.first { $0.0 == title }?.1)
    try place.write("t.yaml", text)
    let outcome = try Program.shell("timeout 20 $tidemark themes t.yaml", in: place.folder)
    #expect(outcome.status == 2, "\(outcome.status) \(outcome.errors.prefix(300))")
    #expect(outcome.errors.contains("t.yaml"), "\(outcome.errors.prefix(300))")
  }

  /// A record, and a line, of any size.
  @Test func aLineOf64MegabytesIsADeadLetter() throws {
    let place = try Workplace()
    for (format, head, good) in [
      ("json", "{\"key\":\"", "{\"key\":\"b\"}\n"), ("csv", "\"", "b,1,0.5\n"),
      ("regex", "INFO ", "INFO 12\n"), ("access-log", "h - - ", ""),
    ] {
      let path = "\(place.folder)/long.log"
      var bytes = Data(good.utf8) + Data(head.utf8)
      // Over the limit of 16 MiB; once as long as a log may well have it.
      bytes += Data(repeating: UInt8(ascii: "x"), count: format == "json" ? 64 << 20 : 17 << 20)
      bytes += Data(("\n" + good).utf8)
      try bytes.write(to: URL(fileURLWithPath: path))
      try place.write("p.yaml", BadInputCase.pipeline(format, path: "long.log"))
      let outcome = try Program.run("run", "--fresh", "p.yaml", in: place.folder)
      #expect(outcome.status == 0, "\(format): \(outcome.errors)")
      #expect(outcome.errors.contains("bad       1"), "\(format): \(outcome.errors)")
      let dead = place.read("dead.jsonl")
      #expect(
        dead.utf8.count < 40 << 20 && dead.contains("16 MiB"), "\(format): \(dead.prefix(200))")
    }
  }
}
