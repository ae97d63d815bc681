#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The log that speed is compared with. It is made with the arithmetic of the C program that other
/// systems are measured with, so that with the default seed and one split the bytes are the same.
struct BenchClicks {
  private static let countries: [StaticString] = [
    "US", "DE", "FR", "GB", "IN", "BR", "JP", "CN", "CA", "AU", "ES", "IT", "NL", "SE", "PL", "MX",
    "KR", "ZA", "NG", "TR",
  ]
  private static let pages: [StaticString] = [
    "/home/landing", "/product/list", "/product/detail", "/cart/items", "/checkout/payment",
    "/search?q=shoes", "/blog/post", "/account/settings",
  ]
  private static let tableSize = 1 << 20
  /// 2023-11-14T22:13:20Z.
  private static let firstMs = 1_700_000_000_000.0

  private let options: GenerateOptions
  private let disorderMs: UInt64
  private var random: XorShift64Star
  /// Ads, each as often as it is clicked.
  private let ads: [Int32]

  init(_ options: GenerateOptions) {
    self.options = options
    disorderMs = UInt64(options.disorderMs ?? 2000)
    var random = XorShift64Star(seed: options.seed)
    ads = Self.skewed(options.keys ?? SampleLog.bench.defaultKeys, &random)
    self.random = random
  }

  /// Zipf with exponent 0.9, by the inverse of its distribution; which ad has which rank is drawn.
  private static func skewed(_ count: Int, _ random: inout XorShift64Star) -> [Int32] {
    var total = 0.0
    let cumulative = (0..<count).map { rank in
      total += pow(Double(rank + 1), -0.9)
      return total
    }
    var names = (0..<Int32(count)).map { $0 }
    for index in stride(from: count - 1, to: 0, by: -1) {
      names.swapAt(index, Int(random.next() % UInt64(index + 1)))
    }
    var rank = 0
    return (0..<tableSize).map { entry in
      let point = (Double(entry) + 0.5) / Double(tableSize) * total
      while rank + 1 < count, cumulative[rank] < point { rank += 1 }
      return names[rank]
    }
  }

  mutating func write(to output: LineOutput) throws {
    let countries = Self.countries
    let pages = Self.pages
    var now = Self.firstMs
    var split = 0
    for _ in 0..<options.events {
      now += -log(1 - random.unit()) * 1.0
      let behind = random.next()
      let ts = Int(now) - (disorderMs > 0 ? Int(behind % disorderMs) : 0)
      let ad = ads[Int(random.next() & UInt64(Self.tableSize - 1))]
      let user = UInt32(random.next() % 1_000_000)
      let value = Int(random.next() % 10_000)
      let country = countries[Int(random.next() % 20)]
      let item = Int(random.next() % 1000)
      let page = pages[Int(random.next() % 8)]

      output.text("{\"ts\":")
      output.number(ts)
      output.text(",\"ad_id\":\"ad-")
      output.number(Int(ad), digits: 5)
      output.text("\",\"user\":\"user-")
      output.number(Int(user), digits: 7)
      output.byte(45)
      output.hex((user &* 2_654_435_761) >> 16, digits: 4)
      output.text("\",\"page\":\"")
      output.text(page)
      output.byte(47)
      output.number(item, digits: 3)
      output.text("\",\"country\":\"")
      output.text(country)
      output.text("\",\"value\":")
      output.hundredths(value)
      output.byte(125)
      try output.endLine(split: split)
      split = split + 1 == options.splits ? 0 : split + 1
    }
  }
}

/// xorshift64* (Vigna 2016).
struct XorShift64Star {
  private static let firstState: UInt64 = 88_172_645_463_325_252
  private var state: UInt64

  /// ``GenerateOptions/defaultSeed`` is the usual first state; other seeds move away from it.
  init(seed: UInt64) {
    let moved = Self.firstState ^ SampleRandom.mix(seed &- GenerateOptions.defaultSeed)
    state = moved == 0 ? Self.firstState : moved
  }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state &* 2_685_821_657_736_338_717
  }

  /// A number in `0..<1` with 53 bits.
  mutating func unit() -> Double {
    Double(next() >> 11) * (1.0 / 9_007_199_254_740_992.0)
  }
}
