/// A question about a replay where it stands, answered without moving what is shown.
public enum ReplayQuery: Sendable, Hashable {
  case windows(WindowsQuery)
  /// The records of a window and what it has fired, at most `limit` of each.
  ///
  /// - `node`: the window operator, as in ``ReplayView/windowNodes``; nil for the one shown.
  case window(WindowView.ID, node: Int?, limit: Int)
  /// What became of a record, by its number from 0.
  case event(Int64)
  case time(TimeQuery)
  /// What bounds of the out-of-orderness would do to the whole log.
  case tuning
  case output(OutputQuery)
  /// Every checkpoint up to the position.
  case checkpoints
  /// What a crash would do to the output: the job runs beside the replay, twice.
  case crash(CrashPlan)
  /// Where the results of two variants differ; answered by a ``PairReplay``.
  case difference(DifferenceQuery)
}

/// A part of a list.
public struct ListRange: Sendable, Hashable {
  public var offset: Int
  public var limit: Int

  public init(offset: Int = 0, limit: Int = 200) {
    self.offset = offset
    self.limit = limit
  }
}

/// Live windows of an operator, and those purged lately.
public struct WindowsQuery: Sendable, Hashable {
  /// The window operator; nil for the one shown.
  public var node: Int?
  public var order: WindowOrder
  /// The other way around than the order's own.
  public var isReversed: Bool
  /// Every word must be in the key, the bounds, the state or a value, in any case.
  public var filter: String
  public var range: ListRange

  public init(
    node: Int? = nil, order: WindowOrder = .state, isReversed: Bool = false, filter: String = "",
    range: ListRange = ListRange()
  ) {
    self.node = node
    self.order = order
    self.isReversed = isReversed
    self.filter = filter
    self.range = range
  }
}

/// What the time screen draws, at the number of dots that it has room for.
public struct TimeQuery: Sendable, Hashable {
  /// The records that are shown, by number; nil for all that have been read.
  public var positions: Range<Int64>?
  /// Points at most; late ones are kept before others.
  public var points: Int

  public init(positions: Range<Int64>? = nil, points: Int = 2000) {
    self.positions = positions
    self.points = points
  }
}

/// What the sinks got, late rows and dead letters, newest first.
public struct OutputQuery: Sendable, Hashable {
  public enum Stream: String, CaseIterable, Sendable { case results, late, dead }

  public var stream: Stream
  /// A sink's id; nil for all.
  public var sink: String?
  public var filter: String
  public var range: ListRange

  public init(
    stream: Stream = .results, sink: String? = nil, filter: String = "",
    range: ListRange = ListRange()
  ) {
    self.stream = stream
    self.sink = sink
    self.filter = filter
    self.range = range
  }
}
