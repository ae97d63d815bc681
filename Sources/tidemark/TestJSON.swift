import Columns
import Foundation
import Pipelines

/// Tests for programs. The names below are the interface: they are added to, never changed.
enum TestJSON {
  static func text(_ files: [TestedFile]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let all = files.flatMap(\.outcomes)
    let document = Document(
      passed: all.count(where: \.hasPassed), failed: all.count { !$0.hasPassed },
      files: files.map { file in
        File(
          path: file.path, tests: file.outcomes.map(Test.init), diagnostics: file.diagnostics)
      })
    return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
  }

  private struct Document: Encodable {
    var passed: Int
    var failed: Int
    var files: [File]
  }

  private struct File: Encodable {
    var path: String
    var tests: [Test]
    var diagnostics: [Diagnostic]
  }

  private struct Test: Encodable {
    var name: String
    var line: Int
    var passed: Bool
    var ms: Double
    var error: String?
    var accounting: String
    var hints: [String]
    var checks: [Check]

    init(_ outcome: TestOutcome) {
      name = outcome.test.name
      line = outcome.test.line
      passed = outcome.hasPassed
      ms = Double(outcome.elapsedNs / 1000) / 1000
      error = outcome.error
      accounting = outcome.accounting
      hints = outcome.hasPassed ? [] : outcome.hints
      checks = outcome.comparisons.map(Check.init)
    }
  }

  private struct Check: Encodable {
    var title: String
    var passed: Bool
    /// Rows that were expected.
    var expected: Int
    /// Rows that came.
    var got: Int
    var differences: [Difference]

    init(_ comparison: TestComparison) {
      title = comparison.check.title
      passed = comparison.isAsExpected
      got = comparison.got.count
      switch comparison.check.expected {
      case .count(let count):
        expected = count
        differences = []
      case .rows(let rows):
        expected = rows.count
        differences = comparison.lines.compactMap { Difference($0, comparison, rows) }
      }
    }
  }

  private struct Difference: Encodable {
    /// `changed`, `missing` or `unexpected`.
    var kind: String
    /// The line of the expected row.
    var line: Int?
    var expected: [String: String]?
    var got: [String: String]?
    /// Columns that differ.
    var columns: [String]?

    init?(
      _ line: TestComparison.Line, _ comparison: TestComparison, _ rows: [TestCheck.ExpectedRow]
    ) {
      let names = comparison.check.columns
      func wanted(_ index: Int) -> [String: String] {
        var cells: [String: String] = [:]
        for (name, cell) in zip(names, rows[index].cells) { cells[name] = cell?.text }
        return cells
      }
      func came(_ row: Int) -> [String: String] {
        var cells: [String: String] = [:]
        for column in comparison.check.compared {
          cells[names[column]] = comparison.got[row][column].description
        }
        return cells
      }
      switch line {
      case .same: return nil
      case .changed(let index, let row, let changed):
        kind = "changed"
        self.line = rows[index].line
        expected = wanted(index)
        got = came(row)
        columns = changed.map { names[$0] }
      case .missing(let index):
        kind = "missing"
        self.line = rows[index].line
        expected = wanted(index)
      case .unexpected(let row):
        kind = "unexpected"
        got = came(row)
      }
    }
  }
}
