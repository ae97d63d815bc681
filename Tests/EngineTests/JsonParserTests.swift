import Columns
import Foundation
import TestSupport
import Testing

@testable import Engine

@Suite struct JsonParsing {
  static let columns = [
    ParseColumn("ts", .timestampLTZ, timeFormat: .epoch(.ms)), ParseColumn("key", .string),
    ParseColumn("amount", .double), ParseColumn("count", .int), ParseColumn("ok", .boolean),
    ParseColumn("at", .timestampLTZ),
  ]

  /// What a parser makes of a text: a row's values as text, or its error.
  private func rows(_ text: [UInt8], columns: [ParseColumn] = columns) throws -> [String] {
    let source = MemorySource(bytes: text)
    let reader = try source.open(try source.splits()[0], at: .start, framing: .lines)
    var rows: [String] = []
    while let block = try reader.next(maxRecords: .max, maxBytes: .max) {
      let parsed = JsonParser(columns: columns).parse(block, header: nil)
      for row in 0..<parsed.count {
        if let bad = parsed.badRecord(at: row) {
          rows.append("bad: \(bad.error)")
        } else {
          let values = parsed.columns.map { $0.map { Value($0, row).description } ?? "-" }
          rows.append(values.joined(separator: "|"))
        }
      }
    }
    return rows
  }

  private func rows(_ text: String) throws -> [String] { try rows(Array(text.utf8)) }

  @Test(arguments: [
    (
      #"{"ts":1,"key":"a","amount":1.5,"count":2,"ok":true,"at":"2026-01-31T12:00:00Z"}"#,
      "1970-01-01T00:00:00.001Z|a|1.5|2|TRUE|2026-01-31T12:00:00.000Z"
    ),
    (#"{}"#, "NULL|NULL|NULL|NULL|NULL|NULL"),
    (#"  { "key" : "x" , "other" : [1,{"a":"}"}] }  "#, "NULL|x|NULL|NULL|NULL|NULL"),
    (#"{"key":null,"amount":null}"#, "NULL|NULL|NULL|NULL|NULL|NULL"),
    (#"{"key":"first","key":"last"}"#, "NULL|last|NULL|NULL|NULL|NULL"),
    (#"{"\u006bey":"by escape"}"#, "NULL|by escape|NULL|NULL|NULL|NULL"),
    (#"{"key":"\u00e9\n\ud83d\ude00"}"#, "NULL|é\n😀|NULL|NULL|NULL|NULL"),
    (#"{"key":7,"amount":"7.25","count":"3"}"#, "NULL|7|7.25|3|NULL|NULL"),
    (#"{"key":[1, 2]}"#, "NULL|[1, 2]|NULL|NULL|NULL|NULL"),
    (#"{"amount":1e400}"#, "bad: column 'amount' takes a number, not 1e400"),
    (#"{"amount":NaN}"#, "bad: not a JSON value at byte 11"),
    (
      #"{"count":2147483648}"#,
      "bad: column 'count' takes a whole number within INT, not 2147483648"
    ),
    (#"{"count":1.5}"#, "bad: column 'count' takes a whole number within INT, not 1.5"),
    (
      #"{"ts":9223372036854775808}"#,
      "bad: column 'ts' takes a time as whole ms since the epoch, not 9223372036854775808"
    ),
    (#"{"ok":"maybe"}"#, "bad: column 'ok' takes true or false, not \"maybe\""),
    (
      #"{"key":"open"#, "bad: the string is not closed or holds a bad escape or a control at byte 8"
    ),
    (#"{"key":"a"} x"#, "bad: something follows the object at byte 13"),
    (#"[1]"#, "bad: not a JSON object: it must start with {"),
    (#"{"key":01}"#, "bad: ',' or '}' is missing at byte 9"),
    (#"{"key":"a",}"#, "bad: a field name in quotes is missing at byte 12"),
  ])
  func aLineGivesItsValuesOrItsFault(_ line: String, _ expected: String) throws {
    #expect(try rows(line) == [expected])
  }

  static let exactColumns = [
    ParseColumn("price", .decimal(precision: 10, scale: 2)),
    ParseColumn("big", .decimal(precision: 38, scale: 18)),
    ParseColumn("tags", .array(.string)),
    ParseColumn("place", .row([Field("lat", .double), Field("at", .timestamp)])),
    ParseColumn("counts", .map(key: .string, value: .array(.int))),
  ]

  static let exactLines: [(String, String)] = [
    (
      #"{"price":12.345,"big":12345678901234567890.123456789012345678,"tags":["a","b\n"],"place":{"lat":1.5,"at":"2026-01-31T00:00:00Z"},"counts":{"x":[1,2],"y":null}}"#,
      "12.35|12345678901234567890.123456789012345678|[a, b\n]|(1.5, 2026-01-31T00:00:00.000Z)|{x=[1, 2], y=NULL}"
    ),
    (
      #"{"price":7,"big":-0.1,"tags":[],"place":{"extra":[{}],"lat":1e2},"counts":{}}"#,
      "7.00|-0.100000000000000000|[]|(100.0, NULL)|{}"
    ),
    (
      #"{"price":"1e3","tags":[1,null,{"a":1}],"counts":{"x":[ ],"x":[3]}}"#,
      "1000.00|NULL|[1, NULL, {\"a\":1}]|NULL|{x=[3]}"
    ),
    (
      #"{"price":99999999.995}"#,
      "bad: column 'price' takes a number within DECIMAL(10, 2), not 99999999.995"
    ),
    (#"{"tags":"a"}"#, "bad: column 'tags' takes ARRAY<STRING>, not \"a\""),
    (
      #"{"counts":{"x":[1,"two"]}}"#,
      "bad: column 'counts' takes MAP<STRING, ARRAY<INT>>, and holds \"two\" where a whole number within INT belongs"
    ),
    (
      #"{"place":[1]}"#,
      "bad: column 'place' takes ROW<lat DOUBLE, at TIMESTAMP(3)>, and holds [1] where ROW<lat DOUBLE, at TIMESTAMP(3)> belongs"
    ),
  ]

  @Test(arguments: exactLines)
  func exactNumbersAndCollectionsAreRead(_ line: String, _ expected: String) throws {
    #expect(try rows(Array(line.utf8), columns: Self.exactColumns) == [expected])
  }

  @Test func learnedLayoutReadsExactNumbersAndCollectionsAlike() throws {
    let good = Self.exactLines[0].0
    // The first line teaches the layout; a blank keeps the others from having it.
    for (line, expected) in Self.exactLines + [
      (
        good.split(separator: ",\"counts").joined(separator: ",\"counts"), Self.exactLines[0].1
      )
    ] {
      let text = good + "\n" + line + "\n"
      #expect(try rows(Array(text.utf8), columns: Self.exactColumns)[1] == expected)
    }
    var numbers = good + "\n"
    var expected: [String] = []
    for number in ["0", "-0.5", "99999999.99", "99999999.994", "1.005", "12e1", "100000000", "01"] {
      numbers += good.split(separator: "12.345").joined(separator: number) + "\n"
    }
    for row in try rows(Array(numbers.utf8), columns: Self.exactColumns).dropFirst() {
      expected.append(row.hasPrefix("bad") ? "bad" : String(row.prefix { $0 != "|" }))
    }
    #expect(
      expected == [
        "0.00", "-0.50", "99999999.99", "99999999.99", "1.01", "120.00", "bad", "bad",
      ])
  }

  @Test func invalidUTF8IsABadRecordWhereverItStands() throws {
    let good = Array(#"{"key":"abc","skipped":"def"}"#.utf8) + [10]
    var inKey = good
    inKey[9] = 0xFF
    var inSkipped = good
    inSkipped[26] = 0xC0
    let found = try rows(good + inKey + inSkipped + good)
    #expect(found[0] == found[3])
    #expect(found[1] == "bad: invalid UTF-8 at byte 10")
    #expect(found[2] == "bad: invalid UTF-8 at byte 27")
  }

  @Test func nestingBeyondTheLimitIsABadRecord() throws {
    let deep = "{\"x\":" + String(repeating: "[", count: 5000) + "\n{\"key\":\"after\"}"
    let found = try rows(deep)
    #expect(found[0].hasPrefix("bad: nested deeper than 128"))
    #expect(found[1] == "NULL|after|NULL|NULL|NULL|NULL")
  }

  @Test func blankLinesAndCarriageReturnsAreNoRecordsAndALineEnds() throws {
    #expect(
      try rows("\n{\"key\":\"a\"}\r\n\r\n  \n{\"key\":\"b\"}").map { $0.prefix(7) }
        == ["NULL|a|", "NULL|b|"])
  }

  /// The learned layout must accept and give exactly what the general way does: every line alone
  /// goes the general way, in a block it is read against the layout of the lines before.
  @Test(arguments: 0..<10) func numbersOfAllLengthsAreReadAsTheGeneralWayDoes(_ seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    var text = #"{"ts":1,"amount":1.5}"# + "\n"
    var alone: [String] = []
    for _ in 0..<300 {
      // Digits, points and what may stand beside them, in any order; most of it is a number.
      let letters = Array(
        Int.random(in: 0..<4, using: &random) == 0 ? "019.eE-+ }/:" : "0123456789.")
      func token() -> String {
        String(
          (0..<Int.random(in: 1...12, using: &random)).compactMap { _ in
            letters.randomElement(using: &random)
          })
      }
      let line = "{\"ts\":\(token()),\"amount\":\(token())}"
      alone += try rows(line)
      text += line + "\n"
    }
    #expect(try Array(rows(text).dropFirst()) == alone, "seed \(seed)")
    #expect(alone.contains { !$0.hasPrefix("bad") })
  }

  @Test(arguments: 0..<40) func theLearnedLayoutReadsAsTheGeneralWayDoes(_ seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let spacing = [("", ""), (" ", ""), ("", " "), (" ", " ")].randomElement(using: &random)
    var text: [UInt8] = []
    var alone: [String] = []
    for _ in 0..<60 {
      var line = Self.line(spacing ?? ("", ""), &random)
      if Int.random(in: 0..<8, using: &random) == 0 { Self.damage(&line, &random) }
      line.removeAll { $0 == 10 }
      alone += try rows(line)
      text += line + [10]
    }
    #expect(try rows(text) == alone, "seed \(seed)")
  }

  /// Values of one length for some lines, so that the layout expects it, then of another: texts of
  /// all lengths about 16 and 32 bytes with anything anywhere, numbers of all lengths.
  @Test(arguments: 0..<20) func valuesAreReadAlikeWhetherTheyAreAsExpectedOrNot(_ seed: Int) throws
  {
    var random = SeededRandom(seed: UInt64(seed))
    let odd = ["\\n", "\\\"", "\\u00e9", "é", "日", "\u{1}", "\u{7F}", "\\x"]
    func text(_ length: Int) -> String {
      var text = String((0..<length).map { _ in "abc: ,}{19".randomElement(using: &random) ?? "x" })
      if Int.random(in: 0..<6, using: &random) == 0, let odd = odd.randomElement(using: &random) {
        let place = Int.random(in: 0...length, using: &random)
        text.insert(contentsOf: odd, at: text.index(text.startIndex, offsetBy: place))
      }
      return text
    }
    func digits(_ count: Int) -> String {
      String((0..<count).map { _ in "0123456789".randomElement(using: &random) ?? "0" })
    }
    func number(_ whole: Int, _ fraction: Int) -> String {
      let sign = Int.random(in: 0..<8, using: &random) == 0 ? "-" : ""
      return sign + digits(whole) + (fraction > 0 ? "." + digits(fraction) : "")
    }
    var lines: [String] = []
    for _ in 0..<60 {
      let (key, skipped) = (
        Int.random(in: 0...40, using: &random), Int.random(in: 0...40, using: &random)
      )
      let (whole, fraction, ts) = (
        Int.random(in: 1...10, using: &random), Int.random(in: 0...8, using: &random),
        Int.random(in: 1...18, using: &random)
      )
      for _ in 0..<Int.random(in: 1...9, using: &random) {
        lines.append(
          "{\"ts\":\(digits(ts)),\"key\":\"\(text(key))\",\"a long name that is skipped\":"
            + "\"\(text(skipped))\",\"n\":\(number(whole, fraction)),"
            + "\"amount\":\(number(whole, fraction)),\"count\":\(number(min(whole, 4), 0))}")
      }
    }
    // Some logs begin later, and end without a line feed: the last bytes are read with care.
    lines.removeFirst(Int.random(in: 0..<60, using: &random))
    let alone = try lines.flatMap { try rows($0) }
    #expect(try rows(lines.joined(separator: "\n")) == alone, "seed \(seed)")
    #expect(alone.contains { !$0.hasPrefix("bad") } && alone.contains { $0.hasPrefix("bad") })
  }

  private static func line(_ spacing: (String, String), _ random: inout SeededRandom) -> [UInt8] {
    let strings = ["a", "", "ad-00017", "é", "日本", "\\n", "\\u00e9", "\\\"", "x y z 0123456789"]
    func string() -> String { "\"\(strings.randomElement(using: &random) ?? "")\"" }
    func number() -> String {
      [
        "0", "-0", "1", "-17", "3.25", "1e3", "0.1", "123456789012345678", "1234567890123456789",
        "9007199254740993", "1.7976931348623157e308", "5e-324", "0.30000000000000004", "100.00",
      ]
      .randomElement(using: &random) ?? "0"
    }
    var fields = [
      ("ts", "\(Int64.random(in: -5...1_800_000_000_000, using: &random))"), ("key", string()),
      (
        "skip",
        [string(), number(), "null", "true", "[1,{\"k\":\"}\"}]"].randomElement(using: &random)
          ?? "0"
      ),
      ("amount", number()), ("count", "\(Int.random(in: -9...9, using: &random))"),
      ("ok", Bool.random(using: &random) ? "true" : "false"),
      (
        "at",
        "\"2026-02-0\(Int.random(in: 1...9, using: &random))T01:02:03.\(Int.random(in: 0...999, using: &random))Z\""
      ),
    ]
    switch Int.random(in: 0..<12, using: &random) {
    case 0: fields.shuffle(using: &random)
    case 1: fields.removeLast()
    case 2: fields[1].1 = "null"
    case 3: fields[3].1 = string()
    case 4: fields.append(("key", string()))
    default: break
    }
    let members = fields.map { "\"\($0.0)\":\(spacing.0)\($0.1)" }
    return Array("{\(members.joined(separator: ",\(spacing.1)"))}".utf8)
  }

  private static func damage(_ line: inout [UInt8], _ random: inout SeededRandom) {
    let at = Int.random(in: 0..<line.count, using: &random)
    switch Int.random(in: 0..<3, using: &random) {
    case 0: line.removeSubrange(at...)
    case 1: line[at] = UInt8.random(in: 0...255, using: &random)
    default: line.insert(line[at], at: at)
    }
    if line.isEmpty { line = [123] }
  }

  /// Foundation is right about which texts are JSON, but for duplicate names and numbers that do
  /// not fit; the records here have neither.
  @Test func foundationAgreesOnWhichLinesAreJson() throws {
    var random = SeededRandom(seed: 77)
    for _ in 0..<800 {
      var line = Self.line(("", ""), &random)
      if Bool.random(using: &random) { Self.damage(&line, &random) }
      line.removeAll { $0 == 10 || $0 == 0 }
      let text = String(decoding: line, as: UTF8.self)
      guard line.contains(where: { $0 > 32 }), !text.contains("e308") else { continue }
      let isObject =
        (try? JSONSerialization.jsonObject(with: Data(line))) is [String: Any]
      let found = try rows(line, columns: [])
      #expect(found.count == 1)
      let isBad = found[0].hasPrefix("bad:")
      #expect(isBad == !isObject, "\(text): \(found)")
    }
  }
}
