import Engine

/// What two changelogs differ in: how often each row stands in one more than in the other.
///
/// A row that both have weighs nothing and is not kept, so that this is as large as the difference.
/// A value: keeping one brings back what was known at its position.
struct ResultDifference: Sendable {
  private struct Row: Hashable {
    var sink: String
    var identity: [String]
    var values: [String]
  }

  private struct Weight {
    /// Times in A less times in B.
    var count: Int
    var position: Int64
  }

  private struct ResultID: Hashable {
    var sink: String
    var identity: [String]
  }

  /// What was last said of a result in a variant, so that an update takes its place.
  private struct Standing {
    var values: [ResultID: [String]] = [:]
    var order: [ResultID] = []
    var first = 0

    mutating func forgetOldest(beyond limit: Int) {
      while order.count - first > limit {
        values[order[first]] = nil
        first += 1
      }
      if first > limit {
        order.removeFirst(first)
        first = 0
      }
    }
  }

  private var weights: [Row: Weight] = [:]
  private var standing: [PairSide: Standing] = [:]
  private var results: [PairSide: Int64] = [:]

  /// Results whose last values are kept for each variant: beyond, the oldest are taken as final.
  private static let standingLimit = 200_000

  /// Takes a line of a sink.
  ///
  /// - Parameter values: in the order of the sink's columns here: identity, then the others.
  mutating func take(
    _ kind: String, sink: String, identity: [String], values: [String], position: Int64,
    from side: PairSide
  ) {
    let id = ResultID(sink: sink, identity: identity)
    switch kind {
    case "+I": add(1, id, values, position, side)
    case "+U":
      if let before = standing[side]?.values[id] { add(-1, id, before, position, side) }
      add(1, id, values, position, side)
    case "-U", "-D":
      add(-1, id, values, position, side)
      if standing[side]?.values[id] == values { standing[side]?.values[id] = nil }
      return
    default: return
    }
    if !identity.isEmpty { keep(id, values, side) }
  }

  private mutating func keep(_ id: ResultID, _ values: [String], _ side: PairSide) {
    if standing[side, default: Standing()].values.updateValue(values, forKey: id) == nil {
      standing[side]?.order.append(id)
    }
    standing[side]?.forgetOldest(beyond: Self.standingLimit)
  }

  private mutating func add(
    _ count: Int, _ id: ResultID, _ values: [String], _ position: Int64, _ side: PairSide
  ) {
    results[side, default: 0] += Int64(count)
    let row = Row(sink: id.sink, identity: id.identity, values: values)
    let change = side == .a ? count : -count
    let weight = (weights[row]?.count ?? 0) + change
    weights[row] = weight == 0 ? nil : Weight(count: weight, position: position)
  }

  // MARK: reading

  /// The difference as a list: what one result is in both variants stands in one line.
  func page(_ query: DifferenceQuery) -> DifferencePage {
    var groups: [ResultID: (a: [Row], b: [Row])] = [:]
    for (row, weight) in weights {
      // Without an identity each row is a result of its own.
      let identity = row.identity.isEmpty ? row.values : row.identity
      let id = ResultID(sink: row.sink, identity: identity)
      let rows = Array(repeating: row, count: abs(weight.count))
      if weight.count > 0 {
        groups[id, default: ([], [])].a += rows
      } else {
        groups[id, default: ([], [])].b += rows
      }
    }
    var page = DifferencePage()
    let unpaired = weights.values.reduce(Int64(0)) { $0 + Int64(abs($1.count)) }
    (page.resultsA, page.resultsB) = (results[.a] ?? 0, results[.b] ?? 0)
    page.same = (page.resultsA + page.resultsB - unpaired) / 2
    var lines: [DifferencePage.Line] = []
    for rows in groups.values {
      let (a, b) = (sorted(rows.a), sorted(rows.b))
      for index in 0..<max(a.count, b.count) {
        let (left, right) = (
          index < a.count ? a[index] : nil, index < b.count ? b[index] : nil
        )
        guard let row = left ?? right else { continue }
        let position = max(
          left.flatMap { weights[$0]?.position } ?? 0,
          right.flatMap { weights[$0]?.position } ?? 0)
        lines.append(
          DifferencePage.Line(
            sink: row.sink, position: position, identity: row.identity, a: left?.values,
            b: right?.values))
      }
    }
    page.onlyA = lines.count { $0.b == nil }
    page.onlyB = lines.count { $0.a == nil }
    page.changed = lines.count - page.onlyA - page.onlyB
    let words = query.filter.lowercased().split(separator: " ")
    if !words.isEmpty { lines = lines.filter { $0.contains(words) } }
    lines.sort { $0.isBefore($1) }
    (page.offset, page.total) = (query.range.offset, lines.count)
    page.lines = Array(lines.dropFirst(query.range.offset).prefix(query.range.limit))
    return page
  }

  private func sorted(_ rows: [Row]) -> [Row] {
    rows.count < 2 ? rows : rows.sorted { $0.values.lexicographicallyPrecedes($1.values) }
  }
}

extension DifferencePage.Line {
  /// Newest first, then by what it is about.
  fileprivate func isBefore(_ other: DifferencePage.Line) -> Bool {
    if position != other.position { return position > other.position }
    if sink != other.sink { return sink < other.sink }
    if identity != other.identity { return identity.lexicographicallyPrecedes(other.identity) }
    return (a ?? b ?? []).lexicographicallyPrecedes(other.a ?? other.b ?? [])
  }

  fileprivate func contains(_ words: [Substring]) -> Bool {
    let text = ([sink] + identity + (a ?? []) + (b ?? [])).joined(separator: " ").lowercased()
    return words.allSatisfy { text.contains($0) }
  }
}
