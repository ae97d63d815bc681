/// What an operator holds in memory between two rounds.
public struct OperatorMemory: Sendable, Equatable {
  /// That of its node.
  public var id: String
  /// All of it, bytes: entries and their tables, keys and texts, sets, sketches and lists, timers,
  /// and what a snapshot under way needs.
  public var bytes = 0
  /// Of these, what a snapshot under way needs: entries as they were before they changed, and
  /// windows that are gone but not written yet.
  public var snapshotBytes = 0
  /// Keys of windows: a key counts once for each window, or slice of windows, that has rows of it.
  public var entries = 0

  public init(id: String) { self.id = id }
}
