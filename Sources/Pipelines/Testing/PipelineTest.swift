internal import Engine

/// A test of a pipeline as it is written: events, and the rows that must come of them.
public struct PipelineTest: Sendable {
  public var name: Located<String>
  var events: [TestEvents] = []
  var expectations: [TestExpectation] = []
  /// Whether rows must come in the order in which they are expected.
  public var isOrdered = true
  /// Whether the input ends after the events.
  public var endsInput = true
}

/// The events of a split.
struct TestEvents: Sendable {
  /// The names under which they stand: of a source, of a split, of both, or none.
  var path: [Located<String>]
  var records: [TestRecord]
}

struct TestRecord: Sendable {
  enum Content: Sendable {
    case line(String)
    case columns([YamlPair])
  }

  var content: Content
  var range: Range<Int>
}

/// Rows that a stream must give.
struct TestExpectation: Sendable {
  enum Target: Sendable, Hashable {
    /// The sink of results, or the late rows, or all dead letters, of a job that has one such.
    case results
    case late
    case dead
    /// `NAME`, `NAME.late`, `NAME.dead`.
    case named(String, StreamReference.Port)
  }

  enum Content: Sendable {
    case count(Int)
    case rows([TestRow])
  }

  var target: Target
  /// Where the target is named.
  var range: Range<Int>
  var content: Content
}

struct TestRow: Sendable {
  var cells: [YamlPair]
  var range: Range<Int>
}
