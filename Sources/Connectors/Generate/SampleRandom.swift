/// SplitMix64 (Steele, Lea, Flood 2014): one word of state, integers only, so that a log is the
/// same on every machine.
struct SampleRandom {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  /// Spreads the bits of a word; 0 stays 0.
  static func mix(_ word: UInt64) -> UInt64 {
    var word = word
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  /// A number in `0..<bound`; bound > 0.
  mutating func below(_ bound: Int) -> Int {
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A delay in `0..<bound`, or 0 where the bound is.
  mutating func delay(below bound: Int64) -> Int64 {
    bound > 0 ? Int64(below(Int(bound))) : 0
  }

  /// True for so many of a thousand.
  mutating func chance(perMille: Int) -> Bool { below(1000) < perMille }
}

/// Draws indices by weight, from a table of equally likely entries.
struct WeightedChoice {
  private let entries: [UInt32]

  /// Weights of at least 1; an index whose share is below one entry may not be drawn at all.
  init(weights: [Int]) {
    var size = 4096
    while size < weights.count * 16, size < 1 << 20 { size *= 2 }
    let total = weights.reduce(0, +)
    var entries: [UInt32] = []
    entries.reserveCapacity(size)
    var index = 0
    var upTo = weights.first ?? 1
    for entry in 0..<size {
      // The middle of the entry on the scale of the weights, times 2 to stay with integers.
      let point = (2 * entry + 1) * total / (2 * size)
      while point >= upTo, index + 1 < weights.count {
        index += 1
        upTo += weights[index]
      }
      entries.append(UInt32(index))
    }
    self.entries = entries
  }

  /// The first is the most likely: Zipf's law with exponent 1.
  static func skewed(_ count: Int) -> WeightedChoice {
    WeightedChoice(weights: (1...max(1, count)).map { 1_000_000 / $0 })
  }

  func draw(_ random: inout SampleRandom) -> Int { Int(entries[random.below(entries.count)]) }
}
