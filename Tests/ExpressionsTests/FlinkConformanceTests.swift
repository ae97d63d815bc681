import Columns
import Engine
import Foundation
import TestSupport
import Testing

@testable import Expressions

/// An expression with what Flink SQL gives for each row of the fixture; `!` where it fails.
struct FlinkCase: CustomTestStringConvertible, Sendable {
  var expression: String
  var type: String
  var values: [String]

  var testDescription: String { expression }
}

/// The fixtures that `Tests/Fixtures/expressions/generate` makes with Flink.
enum FlinkFixture {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/expressions")

  private static func lines(_ name: String) -> [[String]] {
    let text = (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? ""
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }

  static let cases = lines("expected.tsv").map {
    FlinkCase(expression: $0[0], type: $0[1], values: Array($0.dropFirst(2)))
  }

  /// Where Flink contradicts its documentation, or this dialect is stricter on purpose: what is
  /// given here instead, by expression, and why.
  static let differences = Dictionary(
    lines("differences.tsv").map { line in
      (
        line[0],
        FlinkCase(expression: line[0], type: line[2], values: Array(line.dropFirst(3)))
      )
    }, uniquingKeysWith: { first, _ in first })

  static let columns = lines("columns.txt").compactMap { line -> ParseColumn? in
    let parts = line[0].split(separator: " ", maxSplits: 1).map(String.init)
    return ColumnType(name: parts[1]).map { ParseColumn(parts[0], $0) }
  }

  /// The rows, read by the program's own parser.
  static let rows: ParsedBlock? = try? {
    let bytes = try Data(contentsOf: folder.appending(path: "rows.jsonl"))
    let source = MemorySource(bytes: Array(bytes))
    let reader = try source.open(try source.splits()[0], at: .start, framing: .lines)
    let parser = try ParseSpec(format: .json, columns: columns, eventTime: nil).makeParser()
    return try reader.next(maxRecords: .max, maxBytes: .max).map {
      parser.parse($0, header: nil)
    }
  }()

  static let schema = Schema(columns.map { Field($0.name, $0.type) })

  /// What this program gives, written as the fixture is.
  static func evaluate(_ expression: String) -> FlinkCase {
    guard let rows else { return FlinkCase(expression: expression, type: "no rows", values: []) }
    let batch = Batch(schema: schema, columns: rows.columns, count: rows.count)
    do throws(ExpressionFaults) {
      let compiled = try CompiledExpression.compile(expression, schema: schema)
      let evaluated = compiled.evaluate(batch, rows: .all(rows.count))
      let failed = Set(evaluated.failures.map(\.row))
      return FlinkCase(
        expression: expression, type: plainName(compiled.type.name),
        values: (0..<rows.count).map { row in
          failed.contains(row) ? "!" : escaped(text(Value(evaluated.column, row)))
        })
    } catch {
      return FlinkCase(
        expression: expression, type: "!", values: Array(repeating: "!", count: rows.count))
    }
  }

  /// A type's name without what only one of the two has: lengths of texts, precisions of times.
  static func plainName(_ name: String) -> String {
    var name = name.filter { $0 != "`" }
    for (pattern, plain) in [
      ("\\b(VAR)?CHAR\\([0-9]+\\)", "STRING"), ("TIMESTAMP\\([0-9]\\)", "TIMESTAMP(3)"),
      ("TIMESTAMP_LTZ\\([0-9]\\)", "TIMESTAMP_LTZ(3)"), ("INTERVAL .*", "INTERVAL"),
    ] {
      name = name.replacingOccurrences(of: pattern, with: plain, options: .regularExpression)
    }
    return name
  }

  private static func text(_ value: Value) -> String {
    switch value {
    case .double(let number): javaText(number)
    case .array(let values): "[\(values.map(text).joined(separator: ", "))]"
    case .row(let values): "(\(values.map(text).joined(separator: ", ")))"
    case .map(let entries):
      "{\(entries.map { "\(text($0.key))=\(text($0.value))" }.sorted().joined(separator: ", "))}"
    default: value.description
    }
  }

  private static func escaped(_ text: String) -> String {
    String(
      text.unicodeScalars.flatMap { scalar -> [Unicode.Scalar] in
        switch scalar {
        case "\\": ["\\", "\\"]
        case "\t": ["\\", "t"]
        case "\n": ["\\", "n"]
        case "\r": ["\\", "r"]
        default: [scalar]
        }
      }.map(Character.init))
  }

  /// Equal texts, or doubles that differ in no more than their last two bits: libraries round
  /// powers and logarithms differently.
  static func areEqual(_ left: String, _ right: String, type: String) -> Bool {
    if left.utf8.elementsEqual(right.utf8) { return true }
    guard type == "DOUBLE", let a = Double(left), let b = Double(right) else { return false }
    return abs(a - b) <= 2 * max(a.ulp, b.ulp)
  }
}

@Suite struct FlinkConformanceTests {
  @Test(arguments: FlinkFixture.cases)
  func expressionGivesWhatFlinkGives(_ flink: FlinkCase) {
    let expected = FlinkFixture.differences[flink.expression] ?? flink
    let actual = FlinkFixture.evaluate(flink.expression)
    #expect(actual.type == FlinkFixture.plainName(expected.type))
    #expect(actual.values.count == expected.values.count)
    for (row, (ours, theirs)) in zip(actual.values, expected.values).enumerated() {
      #expect(
        FlinkFixture.areEqual(ours, theirs, type: actual.type), "row \(row): \(ours), not \(theirs)"
      )
    }
  }

  @Test func fixtureIsWhole() {
    #expect(FlinkFixture.cases.count >= 500)
    #expect(FlinkFixture.rows?.bad.isEmpty == true)
    let known = Set(FlinkFixture.cases.map(\.expression))
    #expect(FlinkFixture.differences.keys.filter { !known.contains($0) } == [])
    for flink in FlinkFixture.cases {
      guard let ours = FlinkFixture.differences[flink.expression] else { continue }
      let isSame =
        FlinkFixture.plainName(flink.type) == ours.type && flink.values == ours.values
      #expect(!isSame, "\(flink.expression) is no difference any more")
    }
  }

  /// Writes what this program gives, to compare by hand: a file named by EXPRESSIONS_ACTUAL.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["EXPRESSIONS_ACTUAL"] != nil))
  func resultsAreWrittenOut() throws {
    let path = try #require(ProcessInfo.processInfo.environment["EXPRESSIONS_ACTUAL"])
    let lines = FlinkFixture.cases.map { flink in
      let ours = FlinkFixture.evaluate(flink.expression)
      return ([ours.expression, ours.type] + ours.values).joined(separator: "\t") + "\n"
    }
    try lines.joined().write(to: URL(filePath: path), atomically: true, encoding: .utf8)
  }
}
