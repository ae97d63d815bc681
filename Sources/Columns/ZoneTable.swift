/// When a time zone's clocks stood how far from UTC: what local windows are cut by.
///
/// A value made outside the engine (from the system's time zone database), so that a window is a
/// function of its pipeline alone.
public struct ZoneTable: Sendable, Hashable {
  /// The zone's name, such as `Europe/Berlin`.
  public let name: String
  /// Instants, ms since the epoch and rising, from which each offset holds.
  private let starts: [Int64]
  /// Milliseconds to add to UTC: one more than there are instants, the first for all before them.
  private let offsets: [Int64]

  /// - Parameters:
  ///   - initialOffsetMs: what holds before the first change.
  ///   - changes: rising instants, ms since the epoch, with the offset from then on.
  public init(name: String, initialOffsetMs: Int64, changes: [(at: Int64, offsetMs: Int64)] = []) {
    self.name = name
    starts = changes.map(\.at)
    offsets = [initialOffsetMs] + changes.map(\.offsetMs)
  }

  /// How many changes are no later than an instant.
  private func era(_ instant: Int64) -> Int {
    var (low, high) = (0, starts.count)
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= instant { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Milliseconds to add to UTC at an instant.
  public func offsetMs(at instant: Int64) -> Int64 { offsets[era(instant)] }

  /// What the zone's clocks show at an instant, as milliseconds.
  public func local(_ instant: Int64) -> Int64 { instant + offsetMs(at: instant) }

  /// The first instant at which the clocks show `local` or later: where an hour is skipped, the
  /// moment of the skip; where one comes twice, its first coming.
  public func instant(_ local: Int64) -> Int64 {
    // Clocks are at most a day from UTC: only changes near can matter.
    var era = era(local - 2 * msPerDay)
    while true {
      let earliest = era == 0 ? Int64.min : starts[era - 1]
      let candidate = max(local - offsets[era], earliest)
      if era == starts.count || candidate < starts[era] { return candidate }
      era += 1
    }
  }
}
