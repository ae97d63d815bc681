import Columns
import Runtime

/// On which level each window of a key lies, so that windows which overlap do not hide each other.
///
/// Each takes the lowest level that is free from its start on; windows that follow one another are
/// all on level 0.
struct WindowLevels: Equatable {
  private var levels: [WindowView.ID: Int] = [:]
  /// How many levels there are in all.
  private(set) var count = 1

  init(_ windows: [WindowView]) {
    var ends: [String: [Int64]] = [:]
    // Windows of rows without a time are nowhere on the timeline.
    let placed = windows.filter { $0.start != minWatermark }
    for window in placed.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
      var free = ends[window.key, default: []]
      let level = free.firstIndex { $0 <= window.start } ?? free.count
      if level == free.count { free.append(window.end) } else { free[level] = window.end }
      ends[window.key] = free
      levels[window.id] = level
      count = max(count, level + 1)
    }
  }

  subscript(id: WindowView.ID) -> Int { levels[id] ?? 0 }
}
