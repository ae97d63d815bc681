import Runtime

/// Rows a second through each box, measured over about a second of our time.
struct RateMeter {
  private var mark: (ns: UInt64, rows: [Int64])?
  private(set) var rates: [Double] = []

  mutating func measure(_ view: ReplayView, nowNs: UInt64) {
    let rows = view.boxes.map(\.passed)
    guard let mark, mark.rows.count == rows.count else {
      mark = (nowNs, rows)
      return
    }
    let elapsed = nowNs >= mark.ns ? nowNs - mark.ns : 0
    guard elapsed >= 500_000_000 else { return }
    rates = zip(rows, mark.rows).map { max(0, Double($0 - $1)) / (Double(elapsed) / 1e9) }
    self.mark = (nowNs, rows)
  }

  mutating func reset() {
    mark = nil
    rates = []
  }
}
