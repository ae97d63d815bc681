/// A shop's access log in the combined format. Lines are written when an answer is done and carry
/// the time when it was asked for, so slow answers come late. For one minute the shop's back end
/// fails. Two user agents carry terminal escapes, and one line is no request at all.
struct WebAccess {
  private struct Page {
    var method: StaticString
    var path: StaticString
    var weight: Int
    var bytes: Int
    /// Pages that need the back end: they fail with it.
    var needsBackEnd = false
    /// How many different values stand behind the path; 0 for none.
    var items = 0
    var status: StaticString = "200"
  }

  private static let pages: [Page] = [
    Page(method: "GET", path: "/", weight: 150, bytes: 9200),
    Page(method: "GET", path: "/products", weight: 130, bytes: 18_400),
    Page(method: "GET", path: "/product?id=", weight: 190, bytes: 12_800, items: 60),
    Page(method: "GET", path: "/search?page=", weight: 70, bytes: 15_100, items: 5),
    Page(method: "GET", path: "/api/cart", weight: 90, bytes: 640, needsBackEnd: true),
    Page(method: "POST", path: "/api/orders", weight: 40, bytes: 310, needsBackEnd: true),
    Page(method: "GET", path: "/checkout", weight: 60, bytes: 7400, needsBackEnd: true),
    Page(method: "POST", path: "/login", weight: 35, bytes: 420),
    Page(method: "GET", path: "/assets/app.css", weight: 80, bytes: 31_200),
    Page(method: "GET", path: "/assets/app.js", weight: 80, bytes: 88_600),
    Page(method: "GET", path: "/assets/logo.svg", weight: 45, bytes: 2100),
    Page(method: "GET", path: "/healthz", weight: 30, bytes: 2),
    Page(method: "GET", path: "/wp-login.php", weight: 8, bytes: 162, status: "404"),
  ]
  private static let referrers: [StaticString] = [
    "-", "https://shop.example/", "https://shop.example/products", "https://search.example/?q=tent",
    "https://news.example/reviews/tents-2026",
  ]
  private static let agents: [StaticString] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/144.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "Mozilla/5.0 (X11; Linux x86_64; rv:147.0) Gecko/20100101 Firefox/147.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.3 Safari",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/144.0 Mobile",
    "curl/8.11.1",
  ]
  /// A new title, a cleared screen and red text; then a write to the clipboard.
  private static let hostileAgents: [StaticString] = [
    "\u{1B}]0;owned\u{7}\u{1B}[2J\u{1B}[H\u{1B}[31mnot a browser",
    "Mozilla/5.0 \u{1B}]52;c;b3duZWQ=\u{7}",
  ]
  private static let failureMs: Int64 = 60_000
  private static let meanGapMs: Int64 = 300

  private let options: GenerateOptions
  private let visitors: Int
  private let disorderMs: Int64
  private let failure: Range<Int64>
  private var random: SampleRandom

  init(_ options: GenerateOptions) {
    self.options = options
    visitors = options.keys ?? SampleLog.webAccess.defaultKeys
    disorderMs = options.disorderMs ?? 12_000
    let start = SampleLog.firstArrivalMs + Int64(options.events) * Self.meanGapMs * 55 / 100
    failure = start..<start + Self.failureMs
    random = SampleRandom(seed: options.seed)
  }

  mutating func write(to output: LineOutput) throws {
    let pages = Self.pages
    let pageChoice = WeightedChoice(weights: pages.map(\.weight))
    let visitorChoice = WeightedChoice.skewed(visitors)
    var arrivalMs = SampleLog.firstArrivalMs
    for index in 0..<options.events {
      arrivalMs += Int64(random.below(2 * Int(Self.meanGapMs) + 1))
      let page = pages[pageChoice.draw(&random)]
      let visitor = visitorChoice.draw(&random)
      let askedMs = arrivalMs - drawDelay()
      let status = status(of: page, failing: failure.contains(arrivalMs))
      if isNoRequest(index) {
        output.text("nginx: [alert] 4121#4121: worker process 4177 exited on signal 9")
      } else {
        writeVisitor(visitor, to: output)
        output.text(" - - [")
        output.webTime(askedMs)
        output.text("] \"")
        writeRequest(page, to: output)
        output.text("\" ")
        output.text(status.text)
        output.byte(32)
        output.number(bytes(of: page, status))
        output.text(" \"")
        output.text(Self.referrers[min(random.below(8), random.below(Self.referrers.count))])
        output.text("\" \"")
        output.text(hostileAgent(index) ?? Self.agents[(visitor &* 7 + visitor / 5) % 6])
        output.byte(34)
      }
      try output.endLine(split: index % options.splits)
    }
  }

  /// Most answers take a moment; six of a hundred are downloads over a slow line.
  private mutating func drawDelay() -> Int64 {
    if random.chance(perMille: 60) { return random.delay(below: disorderMs) }
    return random.delay(below: disorderMs / 12)
  }

  private func isNoRequest(_ index: Int) -> Bool {
    options.events >= 100 && index == options.events * 63 / 100
  }

  private func hostileAgent(_ index: Int) -> StaticString? {
    guard options.events >= 100 else { return nil }
    switch index {
    case options.events * 27 / 100: return Self.hostileAgents[0]
    case options.events * 74 / 100: return Self.hostileAgents[1]
    default: return nil
    }
  }

  private enum Status {
    case usual(StaticString), notModified, failed(StaticString)

    var text: StaticString {
      switch self {
      case .usual(let text), .failed(let text): text
      case .notModified: "304"
      }
    }
  }

  private mutating func status(of page: Page, failing: Bool) -> Status {
    let draw = random.below(1000)
    if failing, draw < (page.needsBackEnd ? 720 : 60) {
      return .failed(draw % 3 == 0 ? "502" : "503")
    }
    if draw < 3 { return .failed("500") }
    if draw < 90, page.bytes > 2000 { return .notModified }
    if draw < 100, page.items > 0 { return .usual("404") }
    return .usual(page.status)
  }

  private mutating func bytes(of page: Page, _ status: Status) -> Int {
    switch status {
    case .usual: page.bytes + (page.items > 0 ? random.below(4000) : 0)
    case .notModified: 0
    case .failed: 157
    }
  }

  private mutating func writeRequest(_ page: Page, to output: LineOutput) {
    output.text(page.method)
    output.byte(32)
    output.text(page.path)
    if page.items > 0 { output.number(1 + random.below(page.items)) }
    output.text(" HTTP/1.1")
  }

  /// An address of 198.18.0.0/15, which is set aside for tests; 1,000,000 visitors share them.
  private func writeVisitor(_ visitor: Int, to output: LineOutput) {
    // An odd factor, so that neighbours in rank are not neighbours in the network.
    let address = (visitor &+ 1) &* 40_503 & 0x1_FFFF
    output.text("198.")
    output.number(18 + (address >> 16))
    output.byte(46)
    output.number(address >> 8 & 255)
    output.byte(46)
    output.number(address & 255)
  }
}
