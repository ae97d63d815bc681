public import Engine

/// A test made into a job: the pipeline's own steps over events in memory, with its sinks, and
/// further ones for streams that no sink reads.
public struct PlannedTest: Sendable {
  public var name: String
  /// Where it stands in the file, from 1.
  public var line: Int
  public var graph: JobGraph
  /// Records after which it stops, where the input does not end.
  public var stopAfter: Int64?
  /// The record that then stands after the last of each split: a split that has given all it has
  /// is not one that has ended.
  public static let endMarker = "(the events of the test end here)"
  public var checks: [TestCheck]
}

/// What is compared of a test's run.
public struct TestCheck: Sendable {
  /// Where its rows are found.
  public enum Rows: Sendable, Hashable {
    /// A sink, by its position in the graph.
    case sink(Int)
    /// The dead letters of an operator, or of all: columns `error`, `position`, `raw`.
    case dead(Int?)
  }

  public enum Expected: Sendable {
    case count(Int)
    case rows([ExpectedRow])
  }

  public struct ExpectedRow: Sendable {
    /// The line of the file, from 1.
    public var line: Int
    /// A value for each column that is compared; nil where the row does not name it.
    public var cells: [ExpectedValue?]
  }

  /// What is compared, in a reader's words: `results`, `late rows of clicks`.
  public var title: String
  public var rows: Rows
  /// Names of all columns of its rows, in order.
  public var columns: [String]
  public var expected: Expected
  public var isOrdered: Bool

  /// The columns that some row names, by position; all where none does.
  public var compared: [Int] {
    guard case .rows(let rows) = expected else { return Array(columns.indices) }
    let named = columns.indices.filter { column in rows.contains { $0.cells[column] != nil } }
    return named.isEmpty ? Array(columns.indices) : named
  }
}

extension PipelineDocument {
  /// The document's tests as jobs.
  ///
  /// - Returns: a failure with the diagnostics where the file has errors.
  public func planTests() -> Result<[PlannedTest], PlanFailure> {
    if hasErrors { return .failure(PlanFailure(diagnostics: diagnostics)) }
    var resolver = TestResolver(analysis: analysis, source: SourceText(text))
    return .success(tests.compactMap { resolver.resolve($0) })
  }
}
