import Testing

@testable import Columns

@Suite struct ColumnTypeTests {
  static let names: [(String, String)] = [
    ("decimal(10,2)", "DECIMAL(10, 2)"), ("DECIMAL", "DECIMAL(10, 0)"),
    ("numeric ( 38 )", "DECIMAL(38, 0)"), ("dec(1, 1)", "DECIMAL(1, 1)"),
    ("array<int>", "ARRAY<INT>"), ("ARRAY < ARRAY<STRING> >", "ARRAY<ARRAY<STRING>>"),
    ("row<a int, b string>", "ROW<a INT, b STRING>"), ("ROW(a INT)", "ROW<a INT>"),
    ("ROW<`x y` INT, `a``b` DATE>", "ROW<`x y` INT, `a``b` DATE>"),
    ("Map<String, BigInt>", "MAP<STRING, BIGINT>"),
    ("MAP<STRING, ROW<a DECIMAL(5, 1), b ARRAY<DOUBLE>>>", nil),
    ("timestamp", "TIMESTAMP(3)"), ("TIMESTAMP(3) WITH LOCAL TIME ZONE", "TIMESTAMP_LTZ(3)"),
    ("double precision", "DOUBLE"), ("varchar(2147483647)", "STRING"), ("text", "STRING"),
  ].map { ($0.0, $0.1 ?? $0.0) }

  @Test(arguments: names)
  func typeIsReadAndPrintedAsFlinkHasIt(_ text: String, _ printed: String) throws {
    let type = try ColumnTypeParser.parse(text)
    #expect(type.name == printed)
    #expect(try ColumnTypeParser.parse(type.name) == type)
  }

  static let faults: [(String, String)] = [
    ("", "0..<0 a type is missing"), ("STRIN", "0..<5 there is no type STRIN here"),
    ("DECIMAL(39, 2)", "0..<14 a DECIMAL has 1 to 38 digits, and at most those after the point"),
    ("DECIMAL(3, 4)", "0..<13 a DECIMAL has 1 to 38 digits, and at most those after the point"),
    ("DECIMAL(a)", "8..<9 a number is missing in the type"),
    ("ARRAY", "5..<5 '<' is missing after ARRAY: ARRAY<INT>"),
    ("ARRAY<INT", "9..<9 '>' is missing at the end of ARRAY"),
    ("MAP<STRING>", "10..<11 ',' is missing between the types of MAP"),
    ("ROW<a INT, a DATE>", "11..<12 the ROW has a field 'a' already"),
    ("ROW<INT>", "7..<8 a type is missing"), ("TINYINT", "0..<7 there is no type TINYINT here"),
    ("TIMESTAMP(6)", "0..<12 times have milliseconds here"),
    ("VARCHAR(20)", "0..<11 a text has no greatest length here"),
    ("INT(3)", "0..<6 INT takes no length"), ("INT x", "4..<5 'x' is not expected after the type"),
    ("ROW<`a INT>", "4..<11 the backtick is not closed"),
    (
      String(repeating: "ARRAY<", count: 20) + "INT" + String(repeating: ">", count: 20),
      "96..<101 the type is nested deeper than 16"
    ),
  ]

  @Test(arguments: faults)
  func faultSaysWhatIsNoTypeAndWhere(_ text: String, _ expected: String) {
    do {
      let type = try ColumnTypeParser.parse(text)
      Issue.record("\(text) was read as \(type.name)")
    } catch {
      #expect("\(error.range) \(error.message)" == expected)
    }
  }

  @Test func randomTextIsATypeOrAFaultInsideIt() {
    var state: UInt64 = 7
    let parts = ["ARRAY", "ROW", "MAP", "<", ">", "(", ")", ",", "`", "a", "INT", "10", " ", "é"]
    for _ in 0..<5000 {
      var text = ""
      for _ in 0..<12 {
        state = foldedMultiply(state &+ 0x9E37_79B9_7F4A_7C15, 0xBF58_476D_1CE4_E5B9)
        text += parts[Int(state % UInt64(parts.count))]
      }
      do {
        let type = try ColumnTypeParser.parse(text)
        #expect(ColumnType(name: type.name) == type)
      } catch { #expect(error.range.upperBound <= text.utf8.count, "\(text)") }
    }
  }
}
