/// One of two variants of a pipeline that read the same log.
public enum PairSide: Sendable, Hashable, CaseIterable {
  /// The pipeline as it is in its file.
  case a
  /// With another value.
  case b

  public var other: PairSide { self == .a ? .b : .a }
}

/// Two variants at one position.
public struct PairView: Sendable, Equatable {
  public var a: ReplayView
  public var b: ReplayView
  /// The one that all other screens show.
  public var shown: PairSide

  public init(a: ReplayView, b: ReplayView, shown: PairSide = .a) {
    self.a = a
    self.b = b
    self.shown = shown
  }
}

/// Results that differ between two variants, newest first.
public struct DifferenceQuery: Sendable, Hashable {
  /// Every word must be in a row, in any case.
  public var filter: String
  public var range: ListRange

  public init(filter: String = "", range: ListRange = ListRange()) {
    self.filter = filter
    self.range = range
  }
}

/// What two variants have given up to a position, and where it differs.
///
/// Results are compared as they stand: one that was taken back or updated counts as it is now.
public struct DifferencePage: Sendable, Equatable {
  /// A result that one variant has, or both with other values.
  public struct Line: Sendable, Equatable {
    public var sink: String
    /// The record after which it last changed.
    public var position: Int64
    /// What the result is about, its key and window: in the order of ``Columns/identity``.
    public var identity: [String]
    /// The other columns, in the order of ``Columns/values``; nil where the variant has no such
    /// result.
    public var a: [String]?
    public var b: [String]?

    public init(
      sink: String, position: Int64, identity: [String], a: [String]?, b: [String]?
    ) {
      self.sink = sink
      self.position = position
      self.identity = identity
      self.a = a
      self.b = b
    }
  }

  /// The columns of a sink's results.
  public struct Columns: Sendable, Equatable {
    public var identity: [String]
    public var values: [String]

    public init(identity: [String], values: [String]) {
      self.identity = identity
      self.values = values
    }
  }

  public var lines: [Line] = []
  public var offset = 0
  /// Lines that the filter lets through.
  public var total = 0
  public var columns: [String: Columns] = [:]
  /// Results that stand in each variant.
  public var resultsA: Int64 = 0
  public var resultsB: Int64 = 0
  /// Results that both have alike.
  public var same: Int64 = 0
  public var onlyA = 0
  public var onlyB = 0
  public var changed = 0
  /// Records that have been compared so far, and whether that is all that was read.
  public var position: Int64 = 0
  public var isComplete = false

  public init() {}
}
