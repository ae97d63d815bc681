/// By what windows are sorted.
public enum WindowOrder: Sendable, Hashable {
  /// Open ones first, the next to fire on top; then the latest to have fired, then the purged.
  case state
  /// By end, then key.
  case time
  case key, rows
  /// By an aggregate: a position in ``ReplayView/valueNames``.
  case value(Int)

  /// Windows in this order, which does not depend on how they came.
  public func sorted(_ windows: [WindowView], isReversed: Bool = false) -> [WindowView] {
    let sorted = windows.sorted { isBefore($0, $1) }
    return isReversed ? sorted.reversed() : sorted
  }

  private func isBefore(_ a: WindowView, _ b: WindowView) -> Bool {
    switch self {
    case .state:
      let (left, right) = (a.state == .open, b.state == .open)
      if left != right { return left }
      if left, a.end != b.end { return a.end < b.end }
      let (gone, alsoGone) = (a.state == .purged, b.state == .purged)
      if gone != alsoGone { return !gone }
      if left, a.rows != b.rows { return a.rows > b.rows }
    case .time: break
    case .key: if a.key != b.key { return a.key < b.key }
    case .rows: if a.rows != b.rows { return a.rows > b.rows }
    case .value(let index):
      let (left, right) = (a.number(index), b.number(index))
      if left != right { return left > right }
    }
    return a.end == b.end ? a.key < b.key : a.end > b.end
  }
}

extension WindowView {
  /// An aggregate as a number to sort by; the least where it is none.
  fileprivate func number(_ index: Int) -> Double {
    values.indices.contains(index) ? Double(values[index]) ?? -.infinity : -.infinity
  }
}
