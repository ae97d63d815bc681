import Columns
import Testing

@testable import Expressions

@Suite struct ConformanceTests {
  static let constants: [(String, String)] = [
    ("1 + 2 * 3", "7"), ("(1 + 2) * 3", "9"), ("7 / 2", "3"), ("-7 / 2", "-3"), ("-7 % 3", "-1"),
    ("7 / 2.0", "3.500000"), ("7 / 2e0", "3.5"), ("1e0 / 0", "inf"),
    ("1.0 / 0", "fault: division by zero in '1.0 / 0'"), ("1 = 1.0", "TRUE"), ("'a' || 'b'", "ab"),
    ("1 < 2 AND 2 < 1", "FALSE"), ("NULL AND FALSE", "FALSE"), ("NULL OR TRUE", "TRUE"),
    ("NOT NULL IS NULL", "FALSE"), ("2 BETWEEN 1 AND 3", "TRUE"),
    ("2 NOT BETWEEN 1 AND 3", "FALSE"),
    ("2 BETWEEN SYMMETRIC 3 AND 1", "TRUE"), ("2 BETWEEN 3 AND 1", "FALSE"),
    ("1 IN (1, 2)", "TRUE"), ("3 NOT IN (1, NULL)", "NULL"), ("'b' IN ('a', 'b')", "TRUE"),
    ("'stream' LIKE 's%m'", "TRUE"), ("'a_c' LIKE 'a\\_c' ESCAPE '\\'", "TRUE"),
    ("'abc' LIKE 'a\\_c' ESCAPE '\\'", "FALSE"), ("'ä' LIKE '_'", "TRUE"),
    ("NULL IS DISTINCT FROM 1", "TRUE"), ("1 IS NOT DISTINCT FROM 1", "TRUE"),
    ("CAST(NULL AS INT) IS NOT DISTINCT FROM NULL", "TRUE"),
    ("CASE WHEN 1 = 2 THEN 'x' ELSE 'y' END", "y"),
    ("CASE 2 WHEN 1 THEN 'x' WHEN 2 THEN 'z' END", "z"),
    ("CAST('12' AS INT) + 1", "13"), ("TRY_CAST('x' AS INT)", "NULL"),
    ("CAST(1.9 AS INT)", "1"), ("CAST(1e10 AS STRING)", "1.0E10"),
    ("CAST(0.001 AS STRING)", "0.001"),
    ("CAST(123456.5 AS STRING)", "123456.5"), ("CAST(TRUE AS STRING)", "TRUE"),
    ("CAST(TIMESTAMP '2026-01-31 12:00:00' AS STRING)", "2026-01-31 12:00:00.000"),
    ("CAST(12 AS BIGINT)", "12"), ("CAST('yes' AS BOOLEAN)", "TRUE"),
    ("TIMESTAMP '2026-01-31 12:00:00' + INTERVAL '5' MINUTE", "2026-01-31T12:05:00.000Z"),
    ("DATE '2026-01-31' + INTERVAL '1' DAY", "2026-02-01"), ("INTERVAL '2' HOUR / 2", "3600000"),
    ("UPPER('aß')", "ASS"), ("LOWER('AB')", "ab"), ("TRIM('  a ')", "a"),
    ("TRIM(LEADING 'x' FROM 'xax')", "ax"), ("LTRIM(' a ')", "a "), ("RTRIM('ab', 'b')", "a"),
    ("SUBSTRING('stream', 2, 3)", "tre"), ("SUBSTRING('stream' FROM -3)", "eam"),
    ("CHAR_LENGTH('äö')", "2"), ("POSITION('ö' IN 'äö')", "2"),
    ("REPLACE('a-b-', '-', '+')", "a+b+"),
    ("SPLIT_INDEX('a,b', ',', 1)", "b"), ("SPLIT_INDEX('a,b', ',', 2)", "NULL"),
    ("CONCAT('a', NULL)", "NULL"), ("CONCAT_WS('-', 'a', NULL, 'b')", "a-b"),
    ("LPAD('7', 3, '0')", "007"), ("RPAD('abc', 2, 'x')", "ab"),
    ("REGEXP_EXTRACT('ab12', '([a-z]+)([0-9]+)', 2)", "12"),
    ("REGEXP_REPLACE('a1b2', '[0-9]', '#')", "a#b#"),
    ("ABS(-3)", "3"), ("FLOOR(1.5e0)", "1.0"), ("CEIL(1.5)", "2"), ("ROUND(2.675, 2)", "2.68"),
    ("ROUND(-2.5)", "-3"), ("ROUND(15, -1)", "20"), ("MOD(7, 3)", "1"),
    ("POWER(2, 10)", "1024.0"),
    ("SQRT(9)", "3.0"), ("LN(1)", "0.0"), ("LOG10(1000)", "3.0"), ("EXP(0)", "1.0"),
    ("SIGN(-5)", "-1"),
    ("GREATEST(1, 3, 2)", "3"), ("LEAST('b', 'a')", "a"), ("GREATEST(1, NULL)", "NULL"),
    ("COALESCE(NULL, 2)", "2"), ("NULLIF(1, 1)", "NULL"), ("IF(1 > 2, 'a', 'b')", "b"),
    ("IFNULL(NULL, 'x')", "x"),
    ("EXTRACT(DOW FROM DATE '2026-01-31')", "7"), ("EXTRACT(WEEK FROM DATE '2027-01-01')", "53"),
    ("EXTRACT(QUARTER FROM DATE '2026-05-01')", "2"),
    ("HOUR(TIMESTAMP '1969-12-31 23:59:59')", "23"),
    ("FLOOR(TIMESTAMP '2026-01-31 12:34:56' TO HOUR)", "2026-01-31T12:00:00.000Z"),
    ("CEIL(TIMESTAMP '2026-01-31 12:34:56' TO MONTH)", "2026-02-01T00:00:00.000Z"),
    (
      "DATE_FORMAT(TIMESTAMP '2026-01-31 13:04:05', 'EEE dd MMM yyyy h:mm a')",
      "Sat 31 Jan 2026 1:04 PM"
    ),
    ("TO_TIMESTAMP_LTZ(0, 3)", "1970-01-01T00:00:00.000Z"),
    ("TIMESTAMPDIFF(MONTH, DATE '2026-01-31', DATE '2026-02-28')", "1"),
    ("TIMESTAMPDIFF(HOUR, TIMESTAMP '2026-01-01 00:00:00', TIMESTAMP '2026-01-02 00:30:00')", "24"),
    ("TIMESTAMPADD(MONTH, 1, DATE '2026-01-31')", "2026-02-28"),
    ("-9223372036854775808", "-9223372036854775808"), ("TRUE OR 1 / 0 = 1", "TRUE"),
    ("CASE WHEN FALSE THEN 1 / 0 ELSE 2 END", "2"), ("1 / 0", "fault: division by zero in '1 / 0'"),
    ("2147483647 + 1", "fault: INT overflow in '2147483647 + 1'"),
    ("TIMESTAMP '2026-01-31 12:00:00' > '2026-01-31'", "TRUE"),
  ]

  @Test(arguments: constants)
  func constantExpressionGivesItsValue(_ text: String, _ expected: String) {
    #expect(Rows.constant(text) == expected, "\(text)")
  }

  static let rows: [(String, [String])] = [
    ("a / b", ["3", "NULL", "! division by zero in 'a / b'"]),
    ("CASE WHEN b <> 0 THEN a / b END", ["3", "NULL", "NULL"]),
    ("b <> 0 AND a / b > 1", ["TRUE", "NULL", "FALSE"]),
    ("b = 0 OR a / b > 1", ["TRUE", "NULL", "TRUE"]),
    ("COALESCE(b, a / 0)", ["2", "NULL", "0"]),
    ("IF(b = 0, 0, a / b)", ["3", "NULL", "0"]),
    ("a + n", ["5000000007", "NULL", "-4"]), ("a + x", ["8.5", "NULL", "-3.5"]),
    ("-a", ["-7", "NULL", "3"]), ("s || '!'", ["Straße!", "NULL", "!"]),
    ("UPPER(s)", ["STRASSE", "NULL", ""]), ("country IN ('DE', 'FR')", ["TRUE", "NULL", "TRUE"]),
    ("country NOT IN ('DE')", ["FALSE", "NULL", "TRUE"]),
    ("ok IS NOT TRUE", ["FALSE", "TRUE", "TRUE"]),
    ("ok IS UNKNOWN", ["FALSE", "TRUE", "FALSE"]), ("a IS NULL", ["FALSE", "TRUE", "FALSE"]),
    ("FLOOR(t TO DAY)", ["2026-01-31T00:00:00.000Z", "NULL", "1969-12-31T00:00:00.000Z"]),
    ("NULLIF(a + 0, 7)", ["NULL", "NULL", "-3"]),
    ("a * 1 BETWEEN 0 AND 9", ["TRUE", "NULL", "FALSE"]),
    ("CASE a + 0 WHEN 7 THEN 'seven' ELSE 'other' END", ["seven", "other", "other"]),
    (
      "CAST(s AS INT)",
      ["! 'Straße' is not INT in 'CAST(s AS INT)'", "NULL", "! '' is not INT in 'CAST(s AS INT)'"]
    ),
    ("CAST(a AS BIGINT)", ["7", "NULL", "-3"]), ("d < t", ["TRUE", "NULL", "TRUE"]),
  ]

  @Test(arguments: rows)
  func expressionGivesAValueOrAFailureForEachRow(_ text: String, _ expected: [String]) throws {
    let values = try Rows.evaluate(text, Rows.sample)
    #expect(values == expected)
  }

  @Test func everyFunctionsExampleCompiles() throws {
    #expect(FunctionDescriptor.all.count == ScalarFunction.byName.count)
    for function in FunctionDescriptor.all {
      #expect(!Rows.constant(function.example).hasPrefix("fault"), "\(function.name)")
    }
  }

  @Test func threeValuedLogicFollowsItsTables() throws {
    let names = ["TRUE", "FALSE", "NULL"]
    let and = [
      ["TRUE", "FALSE", "NULL"], ["FALSE", "FALSE", "FALSE"], ["NULL", "FALSE", "NULL"],
    ]
    let or = [["TRUE", "TRUE", "TRUE"], ["TRUE", "FALSE", "NULL"], ["TRUE", "NULL", "NULL"]]
    for (row, left) in names.enumerated() {
      for (column, right) in names.enumerated() {
        #expect(Rows.constant("CAST(\(left) AS BOOLEAN) AND \(right)") == and[row][column])
        #expect(Rows.constant("CAST(\(left) AS BOOLEAN) OR \(right)") == or[row][column])
      }
    }
  }
}
