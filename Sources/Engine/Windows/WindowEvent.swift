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
  case fired(WindowResult, previous: [Value]?, cause: Int64)
  /// A session gets other bounds: what it was under the old ones is no more.
  case replaced(WindowResult, start: Int64, end: Int64, cause: Int64)
  /// The state of a key's window was dropped.
  case purged(WindowResult, cause: Int64)

  /// The number of the source record after which it happened, whatever it was read together with.
  public var cause: Int64 {
    switch self {
    case .added(let sequence, _, _, _, _, _), .late(let sequence, _, _, _, _, _, _): sequence
    case .fired(_, _, let cause), .replaced(_, _, _, let cause), .purged(_, let cause): cause
    }
  }
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
