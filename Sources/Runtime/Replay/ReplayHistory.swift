/// After which ticks something happened, as far as the log was ever read: a bit for each kind and
/// tick, so that the next and the previous are found without reading.
struct ReplayHistory: Sendable, Equatable {
  enum Kind: Int, CaseIterable, Sendable { case firing, watermark, late, checkpoint }

  /// Ticks below this are known.
  private(set) var covered: Int64 = 0
  /// Words of 64 ticks, by kind.
  private var words: [[UInt64]] = Kind.allCases.map { _ in [] }

  /// Notes that something happened at a tick.
  mutating func note(_ kind: Kind, at tick: Int64) {
    let (word, bit) = (Int(tick >> 6), UInt64(1) << UInt64(tick & 63))
    if word >= words[kind.rawValue].count {
      words[kind.rawValue] += Array(
        repeating: 0, count: word + 1 - words[kind.rawValue].count)
    }
    words[kind.rawValue][word] |= bit
  }

  /// Everything up to and with a tick is known from now on.
  mutating func cover(through tick: Int64) { covered = max(covered, tick + 1) }

  /// The first tick after `tick` at which it happened, among those that are known.
  func next(_ kind: Kind, after tick: Int64) -> Int64? {
    let words = words[kind.rawValue]
    var word = Int((tick + 1) >> 6)
    guard word < words.count else { return nil }
    var bits = words[word] & (~0 << UInt64((tick + 1) & 63))
    while bits == 0 {
      word += 1
      guard word < words.count else { return nil }
      bits = words[word]
    }
    return Int64(word) << 6 + Int64(bits.trailingZeroBitCount)
  }

  /// The last tick before `tick` at which it happened.
  func previous(_ kind: Kind, before tick: Int64) -> Int64? {
    let words = words[kind.rawValue]
    guard tick > 0, !words.isEmpty else { return nil }
    var word = Int(tick >> 6)
    var bits: UInt64
    if word >= words.count {
      word = words.count - 1
      bits = words[word]
    } else {
      bits = words[word] & ((1 << UInt64(tick & 63)) - 1)
    }
    while bits == 0 {
      word -= 1
      guard word >= 0 else { return nil }
      bits = words[word]
    }
    return Int64(word) << 6 + Int64(63 - bits.leadingZeroBitCount)
  }

  /// How often it happened, as far as is known.
  func count(_ kind: Kind) -> Int { words[kind.rawValue].reduce(0) { $0 + $1.nonzeroBitCount } }
}
