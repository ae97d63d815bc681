/// Lengths of time that people say, rising from 0: the bounds that a tuning weighs.
///
/// Every event is counted on all of them at once, so that one pass over a log gives exact numbers
/// for each.
struct BoundLadder: Sendable, Equatable {
  /// Rising, without doubles, the first is 0; ms.
  let boundsMs: [Int64]

  /// - Parameter extra: lengths that somebody asks about, ms.
  init(adding extra: [Int64] = []) {
    boundsMs = Array(Set(Self.standard + extra.filter { $0 >= 0 })).sorted()
  }

  private static let standard: [Int64] = {
    let tens: [Int64] = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500]
    let sixties: [Int64] = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 45, 50]
    let hours: [Int64] = [1, 2, 3, 4, 6, 8, 12]
    let days: [Int64] = [1, 2, 3, 7, 14, 30, 365]
    return [0] + tens + sixties.map { $0 * 1000 } + sixties.map { $0 * 60_000 }
      + hours.map { $0 * 3_600_000 } + days.map { $0 * 86_400_000 }
  }()

  /// The edges of a histogram's bars: a few a decade, all of them bounds of every ladder.
  static let edgesMs: [Int64] = {
    let tens: [Int64] = [1, 2, 5, 10, 20, 50, 100, 200, 500]
    let sixties: [Int64] = [1, 2, 5, 10, 20, 30]
    return tens + sixties.map { $0 * 1000 } + sixties.map { $0 * 60_000 }
      + [1, 2, 6, 12].map { $0 * 3_600_000 } + [1, 7, 30, 365].map { $0 * 86_400_000 }
  }()

  /// The position of the shortest bound that is at least this long; their count where none is.
  func rung(atLeast ms: Int64) -> Int {
    var (low, high) = (0, boundsMs.count)
    while low < high {
      let middle = (low + high) / 2
      if boundsMs[middle] < ms { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The shortest bound that is at least this long; the length itself where none is.
  func bound(atLeast ms: Int64) -> Int64 {
    let rung = rung(atLeast: ms)
    return rung < boundsMs.count ? boundsMs[rung] : ms
  }
}

/// Counts, for each bound of a ladder, how many values are over it.
struct OverCounter: Sendable {
  let ladder: BoundLadder
  /// Values for which this rung is the first that covers them; the last is over all rungs.
  private var first: [Int64]
  private(set) var count: Int64 = 0
  private(set) var largest: Int64 = 0

  init(_ ladder: BoundLadder) {
    self.ladder = ladder
    first = [Int64](repeating: 0, count: ladder.boundsMs.count + 1)
  }

  /// - Parameter value: the shortest bound that would do for it, ms; nothing below 0 matters.
  mutating func add(_ value: Int64) {
    count += 1
    if value <= 0 {
      first[0] += 1
      return
    }
    if value > largest { largest = value }
    first[ladder.rung(atLeast: value)] += 1
  }

  /// How many values are over a bound of the ladder.
  func over(_ boundMs: Int64) -> Int64 {
    let rung = ladder.rung(atLeast: boundMs)
    return first.dropFirst(rung + 1).reduce(0, +)
  }
}
