import Columns
import Engine

/// Judges every record of a log against all bounds at once, as the engine would.
///
/// With a bound *b* the watermark before a row is `M - b - 1`, where *M* is the lowest of the
/// newest event times of the splits that have not ended, never falling. The order in which splits
/// are read, and so *M*, does not depend on *b*: a row is late for its window exactly if
/// `b <= M - window_end`. One number a row, counted on a ladder of bounds, tells all of them.
struct TuningAnalysis {
  /// An event this far ahead of what comes after it has a wrong clock, ms.
  static let badClockMs: Int64 = 3_600_000

  let job: TuningJob
  private let ladder: BoundLadder
  private var splits: [SplitTuning]
  /// *M*; nil before every split has given an event.
  private var lowestNewest: Int64?
  /// The newest event time of all splits.
  private var leader = Int64.min

  private var judged: Int64 = 0
  private var unparsed: Int64 = 0
  private var timeless: Int64 = 0
  private var behind: OverCounter
  private var late: OverCounter
  private var lost: OverCounter
  private var disorder: OverCounter
  private var disorders = LogLinearHistogram()
  private var gaps: OverCounter
  private var gapLengths = LogLinearHistogram()
  private var clocks = TuningReport.BadClocks()
  private var widestLead: Int64 = 0
  private var driftMs: Int64 = 0

  init(_ job: TuningJob, splits names: [String]) {
    self.job = job
    let ladder = BoundLadder(adding: job.alsoTry + [job.spec.watermark.outOfOrdernessMs])
    self.ladder = ladder
    splits = names.map { SplitTuning(name: $0) }
    (behind, late, lost) = (OverCounter(ladder), OverCounter(ladder), OverCounter(ladder))
    (disorder, gaps) = (OverCounter(ladder), OverCounter(ladder))
  }

  /// Reads a log to its end.
  ///
  /// - Parameter progress: bytes read, and bytes there are where that is known.
  mutating func read(
    _ log: inout TuningLog, progress: (Int64, Int64?) -> Void
  ) throws {
    try log.fill()
    var untilReport = 0
    while let next = nextSplit(log) {
      var run = 0
      // A split alone is read in runs: nothing has to be chosen.
      repeat {
        let record = log.take(next)
        take(record.time, passes: record.passes, from: next, log)
        // The last record of a split still moves the watermark, before its end lets it go.
        combine(log, keeping: next)
        run += 1
        if log.splits[next].hasEnded { break }
        try log.fill(next)
      } while splits.count == 1 && run < 4096
      try log.fill(next)
      combine(log)
      untilReport -= run
      if untilReport <= 0 {
        let (read, total) = log.progress
        progress(read, total)
        untilReport = 65_536
      }
    }
  }

  /// The engine's rule: the split whose newest event time is lowest, one without any first.
  private func nextSplit(_ log: TuningLog) -> Int? {
    if splits.count == 1 { return log.splits[0].hasEnded ? nil : 0 }
    var best: Int?
    var lowest = Int64.max
    for index in splits.indices where !log.splits[index].hasEnded {
      let newest = splits[index].newest ?? Int64.min
      if best == nil || newest < lowest {
        best = index
        lowest = newest
      }
    }
    return best
  }

  private mutating func combine(_ log: TuningLog, keeping taken: Int? = nil) {
    if splits.count == 1 { return }
    var lowest = Int64.max
    for index in splits.indices where index == taken || !log.splits[index].hasEnded {
      guard let newest = splits[index].newest else { return }
      lowest = min(lowest, newest)
    }
    if lowest != Int64.max { lowestNewest = max(lowestNewest ?? lowest, lowest) }
  }

  private mutating func take(_ time: Int64, passes: Bool, from split: Int, _ log: TuningLog) {
    splits[split].count()
    guard time > TuningLog.missing, eventTimeRange.contains(time) else {
      if time == TuningLog.bad { unparsed += 1 } else { timeless += 1 }
      return
    }
    if let base = lowestNewest, isRefused(time, base: base, split, log) { return }
    if splits.count > 1 {
      if leader != .min {
        splits[split].fallBehind(by: leader - (splits[split].newest ?? leader))
        if let base = lowestNewest { driftMs = max(driftMs, leader - base) }
      }
      for other in splits.indices where other != split { splits[other].hear(time) }
    }
    if passes { judge(time) }
    let (disorderMs, gapMs) = splits[split].take(time)
    disorders.add(disorderMs)
    disorder.add(disorderMs)
    if let gapMs {
      gapLengths.add(gapMs)
      gaps.add(gapMs)
    }
    leader = max(leader, time)
    if splits.count == 1 { lowestNewest = splits[0].newest }
  }

  private mutating func judge(_ time: Int64) {
    judged += 1
    guard let base = lowestNewest, time < base else {
      behind.add(0)
      late.add(0)
      lost.add(0)
      return
    }
    behind.add(base - time)
    let (size, slide) = (job.window.sizeMs, job.window.slideMs)
    let rest = (time - job.window.offsetMs) % slide
    let end = time - (rest < 0 ? rest + slide : rest) + size
    if time >= end {  // between windows that slide by more than their size
      late.add(0)
      lost.add(0)
      return
    }
    late.add(base - end + 1)
    lost.add(base - end + 1 - job.window.allowedLatenessMs)
  }

  // MARK: clocks

  /// Whether an event is so far ahead that it is a dead letter, or, where the parse has no
  /// `max_future`, that it should be one.
  private mutating func isRefused(_ time: Int64, base: Int64, _ split: Int, _ log: TuningLog)
    -> Bool
  {
    let lead = time - base
    if lead <= 0 { return false }
    let isRefused: Bool
    if let limit = job.spec.watermark.maxFutureMs {
      isRefused = lead + job.spec.watermark.outOfOrdernessMs + 1 > limit
    } else {
      isRefused =
        job.looksForBadClocks && lead > Self.badClockMs
        && log.isStray(time, in: split, aheadBy: Self.badClockMs)
    }
    guard isRefused else {
      widestLead = max(widestLead, lead)
      return false
    }
    clocks.events += 1
    if clocks.first == nil {
      clocks.first = .init(
        split: splits[split].name, record: splits[split].records, time: time, leadMs: lead)
      clocks.eventsBefore = disorders.count
    }
    clocks.leastLeadMs = min(clocks.leastLeadMs ?? lead, lead)
    clocks.mostLeadMs = max(clocks.mostLeadMs ?? lead, lead)
    return true
  }

  // MARK: the report

  func report(elapsedNs: UInt64, bytes: Int64) -> TuningReport {
    var report = TuningReport(window: job.window, configured: job.spec.watermark)
    report.records = splits.reduce(0) { $0 + $1.records }
    report.unparsed = unparsed
    report.timeless = timeless
    report.events = disorders.count
    report.judged = judged
    report.bytes = bytes
    report.elapsedNs = elapsedNs
    report.badClocks = clocks
    report.widestLeadMs = widestLead
    report.driftMs = driftMs
    report.order = .init(
      inOrder: disorders.count - splits.reduce(0) { $0 + $1.behindNewest },
      behindNewest: splits.reduce(0) { $0 + $1.behindNewest },
      backwardSteps: splits.reduce(0) { $0 + $1.backwardSteps },
      furthestStepMs: splits.map(\.furthestStepMs).max() ?? 0,
      ties: splits.reduce(0) { $0 + $1.ties })
    report.disorder = bars
    report.quantiles = TuningReport.Quantile.shares.map { name, share in
      TuningReport.Quantile(
        name: name, share: share,
        ms: share == 1 ? disorders.largest : disorders.quantile(share))
    }
    report.bounds = ladder.boundsMs.map { bound in
      TuningReport.Bound(
        ms: bound, behind: behind.over(bound), late: late.over(bound), dropped: lost.over(bound))
    }
    report.leastWithoutLateMs = late.largest
    report.silence = silence
    report.splits = splits.map { split in
      TuningReport.Split(
        name: split.name, records: split.records, events: split.events, first: split.first,
        newest: split.newest, disorderMs: split.disorderMs, behindLeaderMs: split.behindLeaderMs,
        gaps: split.gaps)
    }
    return report
  }

  /// Events by how far they are behind, from those in order to the furthest.
  private var bars: [TuningReport.Bar] {
    var bars = [
      TuningReport.Bar(overMs: nil, toMs: 0, events: disorder.count - disorder.over(0))
    ]
    var low: Int64 = 0
    for edge in BoundLadder.edgesMs {
      let events = disorder.over(low) - disorder.over(edge)
      bars.append(TuningReport.Bar(overMs: low, toMs: edge, events: events))
      low = edge
    }
    if disorder.over(low) > 0 {
      bars.append(
        TuningReport.Bar(overMs: low, toMs: disorder.largest, events: disorder.over(low)))
    }
    let last = bars.lastIndex { $0.events > 0 } ?? 0
    let first = bars.indices.first { $0 > 0 && bars[$0].events > 0 } ?? last
    return [bars[0]] + (first > last || last == 0 ? [] : Array(bars[max(1, first)...last]))
  }

  /// A silence is a gap ten times as long as nearly all others are.
  private var silence: TuningReport.Silence {
    let usual = gapLengths.quantile(0.99)
    let threshold = ladder.bound(atLeast: max(1000, min(usual, Int64.max / 10) * 10))
    return TuningReport.Silence(
      usualMs: usual, longerThanMs: threshold, count: gaps.over(threshold),
      longestMs: gapLengths.largest)
  }
}
