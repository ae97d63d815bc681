import Foundation

/// How much of the campaign is run: a little of everything by default, so that `swift test` stays
/// quick, a third of it in CI, other operations for each commit.
///
/// - `TIDEMARK_KILLS`: `all` kills the jobs of the covering array at every operation, a number at
///   every so manieth, `full` every job of the full product at every operation.
/// - `TIDEMARK_FAULTS`: the same for injected faults.
/// - `TIDEMARK_RANDOM_KILLS`: kills at random moments for each output.
/// - `TIDEMARK_OUTPUTS`: these only, as `file,append`.
/// - `TIDEMARK_SEED`: another seed.
enum CampaignScale {
  private static func setting(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name]
  }

  private static func stride(_ name: String, otherwise: Int) -> Int {
    switch setting(name) {
    case "all", "full": 1
    case let text?: max(Int(text) ?? otherwise, 1)
    case nil: otherwise
    }
  }

  static let isFull = setting("TIDEMARK_KILLS") == "full"
  /// Whether more was asked for than the little of everything.
  static let isThorough = setting("TIDEMARK_KILLS") != nil
  /// Every so manieth operation is one to be killed at.
  static let killStride = stride("TIDEMARK_KILLS", otherwise: 250)
  /// The same for what takes many times as long: the second of two kills, and large jobs.
  static let sideStride = isFull ? 1 : isThorough ? 4 * killStride : killStride
  static let faultStride = stride("TIDEMARK_FAULTS", otherwise: 150)
  static let randomKills = Int(setting("TIDEMARK_RANDOM_KILLS") ?? "") ?? 6
  static let seed = UInt64(setting("TIDEMARK_SEED") ?? "") ?? 4

  /// Where to begin with every so manieth: with the next seed at the next place.
  static func first(of stride: Int, _ job: CampaignJob) -> Int {
    Int((seed &+ UInt64(job.description.utf8.count)) % UInt64(stride))
  }

  static let outputs = CampaignJob.Output.allCases.filter { output in
    setting("TIDEMARK_OUTPUTS")?.split(separator: ",").contains { $0 == output.rawValue } ?? true
  }

  /// Jobs with several lanes and splits: larger, so only some where it must be quick.
  static let wide = (isThorough ? CampaignJob.wide : Array(CampaignJob.wide.suffix(2)))
    .filter { outputs.contains($0.output) }

  static func jobs(_ output: CampaignJob.Output) -> [CampaignJob] {
    (isFull ? CampaignJob.product : CampaignJob.covering).filter { $0.output == output }
  }
}

/// What a part of the campaign did, for the line it prints at its end.
struct CampaignTally {
  private let name: String
  private let started = ContinuousClock.now
  private var counts: [(what: String, count: Int)] = []
  private(set) var differences = 0

  init(_ name: String) { self.name = name }

  mutating func add(_ what: String, _ count: Int = 1) {
    if let index = counts.firstIndex(where: { $0.what == what }) {
      counts[index].count += count
    } else {
      counts.append((what, count))
    }
  }

  subscript(_ what: String) -> Int { counts.first { $0.what == what }?.count ?? 0 }

  mutating func differ() { differences += 1 }

  func report() {
    let seconds = ((ContinuousClock.now - started) / .milliseconds(100)).rounded() / 10
    let parts = counts.map { "\($0.count) \($0.what)" } + ["\(differences) differences"]
    print("campaign: \(name): \(parts.joined(separator: ", ")), \(seconds) s")
  }
}
