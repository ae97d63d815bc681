/// Clicks in the order in which they arrive. Most are up to 2.5 s old; a phone that leaves a tunnel
/// sends a few at once that are 5 to 50 s old. Three lines of the log are malformed.
struct AdClicks {
  private static let ads: [StaticString] = [
    "ad-sneakers", "ad-espresso", "ad-headphones", "ad-tent", "ad-bicycle", "ad-novel", "ad-piano",
    "ad-kayak",
  ]
  private static let countries: [StaticString] = ["DE", "FR", "US", "GB", "PL", "NL", "ES", "JP"]
  private static let users = 400
  private static let tunnelMs: ClosedRange<Int64> = 5000...50_000

  private let options: GenerateOptions
  private let keys: Int
  private let disorderMs: Int64
  private var random: SampleRandom
  /// The clicks that a phone still has to send.
  private var buffered = 0
  private var bufferedDelayMs: Int64 = 0
  private var bufferedUser = 0

  init(_ options: GenerateOptions) {
    self.options = options
    keys = options.keys ?? SampleLog.adClicks.defaultKeys
    disorderMs = options.disorderMs ?? 2500
    random = SampleRandom(seed: options.seed)
  }

  /// What is wrong with a line.
  private enum Flaw { case none, cutShort, costIsText, timeIsText }

  /// Three flaws in the whole log, however long: they are to be noticed, not to be counted.
  private func flaw(_ index: Int) -> Flaw {
    guard options.events >= 100 else { return .none }
    switch index {
    case options.events * 31 / 100: return .cutShort
    case options.events * 58 / 100: return .costIsText
    case options.events * 83 / 100: return .timeIsText
    default: return .none
    }
  }

  mutating func write(to output: LineOutput) throws {
    let ads = Self.ads
    let countries = Self.countries
    let adChoice = WeightedChoice.skewed(keys)
    let homes = homeCountries()
    var arrivalMs = SampleLog.firstArrivalMs
    for index in 0..<options.events {
      arrivalMs += Int64(random.below(buffered > 0 ? 60 : 620))
      let fromTunnel = takeBuffered()
      let isMobile = fromTunnel != nil || random.chance(perMille: 420)
      let delayMs = fromTunnel ?? random.delay(below: isMobile ? disorderMs : disorderMs / 3)
      let user = fromTunnel == nil ? random.below(Self.users) : bufferedUser
      let ad = adChoice.draw(&random)
      let isAbroad = random.chance(perMille: 15)
      let country = countries[(homes[user] + (isAbroad ? 1 : 0)) % countries.count]
      let hasCost = !random.chance(perMille: 20)
      let cost = 5 + 7 * (ad % 16) + random.below(60)
      let flaw = flaw(index)

      output.text("{\"click_time\":\"")
      if flaw == .timeIsText {
        output.text("just now")
      } else {
        output.isoTime(arrivalMs - delayMs)
      }
      output.text("\",\"ad_id\":\"")
      if ad < ads.count {
        output.text(ads[ad])
      } else {
        output.text("ad-")
        output.number(ad + 1, digits: 6)
      }
      output.text("\",\"user\":\"u-")
      output.number(user, digits: 4)
      output.text("\",\"country\":\"")
      output.text(country)
      output.text("\",\"device\":\"")
      output.text(isMobile ? "mobile" : "web")
      output.text("\",\"cost\":")
      if flaw == .costIsText {
        output.text("\"free\"")
      } else if hasCost {
        output.hundredths(cost)
      } else {
        output.text("null")
      }
      output.byte(125)
      if flaw == .cutShort { output.cut(to: 61) }
      try output.endLine(split: index % options.splits)
    }
  }

  /// The country of each user; drawn apart, so that it does not depend on the clicks.
  private func homeCountries() -> [Int] {
    var random = SampleRandom(seed: ~options.seed)
    let choice = WeightedChoice.skewed(Self.countries.count)
    return (0..<Self.users).map { _ in choice.draw(&random) }
  }

  /// The delay of the next click out of a tunnel; nil where the next click is an ordinary one.
  private mutating func takeBuffered() -> Int64? {
    if buffered == 0 {
      guard random.chance(perMille: 10) else { return nil }
      buffered = 2 + random.below(5)
      bufferedUser = random.below(Self.users)
      // The larger of two draws: long tunnels are the ones to learn from.
      let range = Self.tunnelMs
      let width = range.upperBound - range.lowerBound + 1
      bufferedDelayMs =
        range.lowerBound + max(random.delay(below: width), random.delay(below: width))
    }
    buffered -= 1
    let delayMs = bufferedDelayMs
    // The oldest comes first: the clicks after it are younger.
    bufferedDelayMs = max(Self.tunnelMs.lowerBound, delayMs - Int64(random.below(4000)))
    return options.disorderMs.map { min($0, delayMs) } ?? delayMs
  }
}
