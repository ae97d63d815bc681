public import Columns

/// Expected rows beside those that came: what is the same, what differs and where.
public struct TestComparison: Sendable {
  public enum Line: Sendable, Equatable {
    case same(expected: Int, got: Int)
    /// Rows that belong together and differ in these columns.
    case changed(expected: Int, got: Int, columns: [Int])
    case missing(expected: Int)
    case unexpected(got: Int)
  }

  public var check: TestCheck
  public var got: [[Value]]
  /// In the order in which the rows were expected, and came.
  public var lines: [Line]

  public var isAsExpected: Bool {
    if case .count(let count) = check.expected { return got.count == count }
    return lines.allSatisfy { if case .same = $0 { true } else { false } }
  }

  /// - Parameter got: the rows that came, with the check's columns.
  public init(_ check: TestCheck, got: [[Value]]) {
    self.check = check
    self.got = got
    guard case .rows(let expected) = check.expected else {
      lines = got.indices.map { .unexpected(got: $0) }
      return
    }
    let matcher = RowMatcher(expected: expected, got: got)
    lines = check.isOrdered ? matcher.inOrder() : matcher.inAnyOrder()
  }
}

/// Puts expected and actual rows beside each other.
private struct RowMatcher {
  let expected: [TestCheck.ExpectedRow]
  let got: [[Value]]
  /// Comparisons of a pair of rows that are made at most; beyond, rows are compared by place.
  private static let maxPairs = 4_000_000

  /// The columns in which a row is not what was expected.
  private func differences(_ expected: Int, _ got: Int) -> [Int] {
    self.expected[expected].cells.enumerated().compactMap { column, cell in
      guard let cell, column < self.got[got].count else { return nil }
      return cell.matches(self.got[got][column]) ? nil : column
    }
  }

  private func isMatch(_ expected: Int, _ got: Int) -> Bool { differences(expected, got).isEmpty }

  // MARK: in order

  /// The longest common run of rows stays; what lies between is missing, unexpected or changed.
  func inOrder() -> [TestComparison.Line] {
    var lines: [TestComparison.Line] = []
    var (nextExpected, nextGot) = (0, 0)
    for (index, row) in pairs() + [(expected.count, got.count)] {
      lines += between(nextExpected..<index, nextGot..<row)
      if index < expected.count { lines.append(.same(expected: index, got: row)) }
      (nextExpected, nextGot) = (index + 1, row + 1)
    }
    return lines
  }

  private func pairs() -> [(Int, Int)] {
    let (rows, columns) = (expected.count, got.count)
    guard rows * columns <= Self.maxPairs else {
      return (0..<min(rows, columns)).filter { isMatch($0, $0) }.map { ($0, $0) }
    }
    var lengths = [[Int32]](
      repeating: [Int32](repeating: 0, count: columns + 1), count: rows + 1)
    for row in (0..<rows).reversed() {
      for column in (0..<columns).reversed() {
        lengths[row][column] =
          isMatch(row, column)
          ? lengths[row + 1][column + 1] + 1
          : max(lengths[row + 1][column], lengths[row][column + 1])
      }
    }
    var pairs: [(Int, Int)] = []
    var (row, column) = (0, 0)
    while row < rows, column < columns {
      if isMatch(row, column), lengths[row][column] == lengths[row + 1][column + 1] + 1 {
        pairs.append((row, column))
        row += 1
        column += 1
      } else if lengths[row + 1][column] >= lengths[row][column + 1] {
        row += 1
      } else {
        column += 1
      }
    }
    return pairs
  }

  /// Rows between two that match: those that agree in half of the columns belong together, in order.
  private func between(_ missing: Range<Int>, _ extra: Range<Int>) -> [TestComparison.Line] {
    var lines: [TestComparison.Line] = []
    var rest = extra
    for index in missing {
      let named = expected[index].cells.count { $0 != nil }
      let partner = rest.first { differences(index, $0).count * 2 <= named && named > 1 }
      guard let partner else {
        lines.append(.missing(expected: index))
        continue
      }
      lines += (rest.lowerBound..<partner).map { .unexpected(got: $0) }
      lines.append(
        .changed(expected: index, got: partner, columns: differences(index, partner)))
      rest = (partner + 1)..<rest.upperBound
    }
    return lines + rest.map { .unexpected(got: $0) }
  }

  // MARK: in any order

  /// A row is given to whom it fits, so that as many as can be find theirs (Kuhn's matching).
  func inAnyOrder() -> [TestComparison.Line] {
    var owner = [Int?](repeating: nil, count: got.count)
    if expected.count * got.count <= Self.maxPairs {
      for index in expected.indices {
        var tried = [Bool](repeating: false, count: got.count)
        _ = give(index, &owner, &tried)
      }
    }
    var given = [Int?](repeating: nil, count: expected.count)
    for (row, index) in owner.enumerated() { if let index { given[index] = row } }
    let left = got.indices.filter { owner[$0] == nil }
    let lines = expected.indices.map { index -> TestComparison.Line in
      given[index].map { .same(expected: index, got: $0) } ?? .missing(expected: index)
    }
    return lines + left.map { .unexpected(got: $0) }
  }

  private func give(_ index: Int, _ owner: inout [Int?], _ tried: inout [Bool]) -> Bool {
    for row in got.indices where !tried[row] && isMatch(index, row) {
      tried[row] = true
      if let other = owner[row], !give(other, &owner, &tried) { continue }
      owner[row] = index
      return true
    }
    return false
  }
}
