public import Columns

/// What happened in a window operator, for those who watch: the studio, the narrator, tests.
public enum WindowEvent: Sendable, Equatable {
  /// A row was added to its window. `isLate`: the window had fired and fires again.
  case added(sequence: Int64, key: String, time: Int64, start: Int64, end: Int64, isLate: Bool)
  /// A row came too late for its window.
  case late(
    sequence: Int64, key: String, time: Int64, start: Int64, end: Int64, watermark: Int64,
    missedByMs: Int64)
  /// A window's result came out; `previous` is the result it replaces.
  case fired(WindowResult, previous: [Value]?)
  /// A session gets other bounds: what it was under the old ones is no more.
  case replaced(WindowResult)
  /// The state of a key's window was dropped.
  case purged(WindowResult)
}

/// A window of one key as it stands.
public struct WindowResult: Sendable, Equatable {
  public var key: String
  public var start: Int64
  public var end: Int64
  public var rows: Int64
  public var firings: Int64
  /// The aggregates, in their order.
  public var values: [Value]
  /// The number of the record that made it.
  public var firstSequence: Int64
}
