import Columns
import Pipelines
import Terminal
import VisibleText

/// A test's outcome as people read it: a line where it passed; where it failed, the rows that were
/// expected beside those that came.
struct TestText {
  let outcome: TestOutcome
  let ink: Ink

  private static let widestCell = 44

  static func head(_ file: String, _ ink: Ink) -> ConsoleText {
    ink.paint(ink.safe(file), .strong) + "\n"
  }

  static func nothing(_ count: Int, _ ink: Ink) -> ConsoleText {
    "  " + ink.paint(count == 0 ? "it has no tests" : "none of its tests is meant", .faint) + "\n"
  }

  static func summary(_ count: Int, _ failed: Int, _ ink: Ink) -> ConsoleText {
    let tests = "\(count) test\(count == 1 ? "" : "s")"
    if count == 0 { return "" }
    return failed == 0
      ? ink.paint("\(tests) passed", .good) + "\n"
      : ink.paint("\(failed) of \(tests) failed", .bad) + "\n"
  }

  var text: ConsoleText {
    let ms = Figures.rounded(Double(outcome.elapsedNs) / 1e6, digits: 1)
    let mark =
      outcome.hasPassed
      ? ink.paint(ink.sign("✓", "ok"), .good) : ink.paint(ink.sign("✗", "FAIL"), .bad)
    var lines: [ConsoleText] = [
      "  \(mark) \(ink.safe(outcome.test.name))  \(ink.paint("\(ms) ms", .faint))"
    ]
    if !outcome.hasPassed {
      lines += failures
      lines.append("")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var failures: [ConsoleText] {
    if let error = outcome.error { return ["      \(ink.safe(error))"] }
    let failing = outcome.comparisons.filter { !$0.isAsExpected }
    return failing.flatMap { [head(of: $0)] + table($0) }
      + ["      \(ink.paint(outcome.accounting, .faint))"]
      + outcome.hints.map { ink.wrapped(ink.safe($0), indent: "      ") }
  }

  private func head(of comparison: TestComparison) -> ConsoleText {
    let count: Int
    switch comparison.check.expected {
    case .count(let expected): count = expected
    case .rows(let rows): count = rows.count
    }
    let rows = count == 1 ? "1 row" : "\(count == 0 ? "no" : "\(count)") rows"
    let came = comparison.got.isEmpty ? "none" : "\(comparison.got.count)"
    return "      \(ink.paint(ink.safe(comparison.check.title), .strong)): "
      + "\(rows) expected, \(came) came"
  }

  // MARK: the table

  /// A row of the table: the number of the expected row, a sign, the cells, those that differ.
  private struct Row {
    var number: String
    var sign: String
    var cells: [String]
    var marked: Set<Int> = []
    var tone: Ink.Tone?
    var note = ""
  }

  private func table(_ comparison: TestComparison) -> [ConsoleText] {
    let check = comparison.check
    let columns = check.compared
    var rows: [Row] = []
    for line in folded(comparison.lines) {
      guard let line else {
        rows.append(Row(number: ink.sign("⋮", ":"), sign: "", cells: columns.map { _ in "" }))
        continue
      }
      rows += self.rows(line, comparison, columns)
    }
    if rows.isEmpty { return [] }
    let heads = columns.map { ink.safe(check.columns[$0]) }
    let widths = heads.indices.map { column in
      min(
        Self.widestCell,
        ([heads] + rows.map(\.cells)).map { DisplayWidth.columns(of: $0[column]) }.max() ?? 0)
    }
    let number = rows.map { DisplayWidth.columns(of: $0.number) }.max() ?? 0
    let gutter = String(repeating: " ", count: 8 + number)
    func joined(_ cells: [String]) -> String {
      zip(cells, widths).map { ink.fitted($0, $1) }.joined(separator: "  ").trimmedEnd
    }
    var lines: [ConsoleText] = ["\(gutter)   \(ink.paint(joined(heads), .faint))"]
    for row in rows {
      let whole = widths.reduce(0) { $0 + $1 + 2 } - 2
      let text = row.note.isEmpty ? joined(row.cells) : ink.fitted(joined(row.cells), whole)
      let lead: ConsoleText =
        "        \(Figures.right(row.number, number)) \(ink.fitted(row.sign, 1)) "
      let note: ConsoleText = row.note.isEmpty ? "" : ink.paint("  \(row.note)", .faint)
      let painted = row.tone.map { ink.paint(text, $0) } ?? ConsoleText(text)
      lines.append((lead + painted + note).trimmedEnd)
      guard !row.marked.isEmpty else { continue }
      let carets = columns.indices.map { column in
        row.marked.contains(columns[column])
          ? String(
            repeating: "^",
            count: max(1, min(widths[column], DisplayWidth.columns(of: row.cells[column])))) : ""
      }
      lines.append("\(gutter)   \(ink.paint(joined(carets), .bad))")
    }
    return lines
  }

  private func rows(
    _ line: TestComparison.Line, _ comparison: TestComparison, _ columns: [Int]
  ) -> [Row] {
    func expected(_ index: Int) -> (cells: [String], line: Int) {
      guard case .rows(let rows) = comparison.check.expected else { return ([], 0) }
      return (
        columns.map { rows[index].cells[$0].map { show($0.text) } ?? ink.sign("·", ".") },
        rows[index].line
      )
    }
    func got(_ index: Int) -> [String] {
      columns.map { show(comparison.got[index][$0].description) }
    }
    switch line {
    case .same(let index, let row):
      return [Row(number: "\(index + 1)", sign: "", cells: got(row))]
    case .changed(let index, let row, let marked):
      let (cells, line) = expected(index)
      return [
        Row(
          number: "\(index + 1)", sign: "-", cells: cells, tone: .good,
          note: "expected, line \(line)"),
        Row(number: "", sign: "+", cells: got(row), marked: Set(marked), tone: .bad, note: "came"),
      ]
    case .missing(let index):
      let (cells, line) = expected(index)
      return [
        Row(
          number: "\(index + 1)", sign: "-", cells: cells, tone: .good,
          note: "missing, line \(line)")
      ]
    case .unexpected(let row):
      return [Row(number: "", sign: "+", cells: got(row), tone: .bad, note: "not expected")]
    }
  }

  /// Rows that are right, but for those beside one that is not, are folded away; so is the end of
  /// a long list. Nil stands for what was left out.
  private func folded(_ lines: [TestComparison.Line]) -> [TestComparison.Line?] {
    let isSame = lines.map { if case .same = $0 { true } else { false } }
    var folded: [TestComparison.Line?] = []
    for (index, line) in lines.enumerated() {
      if folded.count >= 60 {
        folded.append(nil)
        break
      }
      let near = max(0, index - 1)...min(lines.count - 1, index + 1)
      if lines.count <= 12 || !isSame[index] || near.contains(where: { !isSame[$0] }) {
        folded.append(line)
      } else if folded.last.map({ $0 != nil }) ?? true {
        folded.append(nil)
      }
    }
    return folded
  }

  /// A value in a cell: a time without milliseconds that are 0.
  private func show(_ text: String) -> String {
    let isTime = text.count == 24 && text.hasSuffix(".000Z")
    return ink.safe(isTime ? "\(text.dropLast(5))Z" : text)
  }
}

extension String {
  /// Without blanks at the end.
  var trimmedEnd: String {
    var text = Substring(self)
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
