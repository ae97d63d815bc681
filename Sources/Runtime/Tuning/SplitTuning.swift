import Columns

/// What is learned of one split, record by record.
struct SplitTuning {
  /// The longest silences that are remembered.
  private static let rememberedGaps = 3

  let name: String
  private(set) var records: Int64 = 0
  private(set) var events: Int64 = 0
  private(set) var newest: Int64?
  private(set) var first: Int64?
  private var previous: Int64?
  private(set) var disorderMs: Int64 = 0
  private(set) var behindNewest: Int64 = 0
  private(set) var backwardSteps: Int64 = 0
  private(set) var furthestStepMs: Int64 = 0
  private(set) var ties: Int64 = 0
  private(set) var gaps: [TuningReport.Gap] = []
  /// How far it was behind the split that was ahead of all, at worst.
  private(set) var behindLeaderMs: Int64 = 0

  init(name: String) { self.name = name }

  mutating func count() { records += 1 }

  mutating func fallBehind(by ms: Int64) { behindLeaderMs = max(behindLeaderMs, ms) }

  /// Takes in an event that is no dead letter.
  ///
  /// - Returns: how far it is behind the newest before it, and the silence that it ends.
  mutating func take(_ time: Int64) -> (disorderMs: Int64, gapMs: Int64?) {
    events += 1
    if let previous {
      if time < previous {
        backwardSteps += 1
        furthestStepMs = max(furthestStepMs, previous - time)
      } else if time == previous {
        ties += 1
      }
    }
    previous = time
    guard let newest else {
      self.newest = time
      first = time
      return (0, nil)
    }
    if time > newest {
      self.newest = time
      let gap = time - newest
      if gaps.count < Self.rememberedGaps || gap > gaps[gaps.count - 1].ms {
        remember(TuningReport.Gap(from: newest, to: time, record: records, eventsElsewhere: 0))
      }
      return (0, gap)
    }
    if let first, time < first { self.first = time }
    if time < newest { behindNewest += 1 }
    disorderMs = max(disorderMs, newest - time)
    return (newest - time, nil)
  }

  private mutating func remember(_ gap: TuningReport.Gap) {
    let place = gaps.firstIndex { $0.ms < gap.ms } ?? gaps.count
    gaps.insert(gap, at: place)
    if gaps.count > Self.rememberedGaps { gaps.removeLast() }
  }

  /// An event of another split: it may fall into a silence of this one.
  mutating func hear(_ time: Int64) {
    for index in gaps.indices where gaps[index].from < time && time < gaps[index].to {
      gaps[index].eventsElsewhere += 1
    }
  }
}
