import Engine
import Runtime
import TestSupport
import Testing

/// Promise 1 for every strategy: blocks, rounds and restores change nothing.
@Suite struct WatermarkDeterminism {
  struct Case: Sendable, CustomTestStringConvertible {
    var title: String
    var carried: String?
    var spec = WatermarkSpec()
    var hasArrival = false
    var testDescription: String { title }

    func job(blockRecords: Int) throws -> WatermarkJob {
      var job = WatermarkJob()
      job.spec = spec
      if let carried { job.spec.strategy = try WatermarkJob.carried(carried) }
      job.hasArrival = hasArrival
      job.blockRecords = blockRecords
      // Uneven, and sometimes back: a function of the record's number alone.
      job.clock = { 1000 + $0 * 7 - ($0 * $0) % 11 }
      return job
    }
  }

  static let cases = [
    Case(title: "bounded", spec: WatermarkSpec(outOfOrdernessMs: 4)),
    Case(title: "bounded, limited", spec: WatermarkSpec(outOfOrdernessMs: 4, maxFutureMs: 60)),
    Case(title: "carried", carried: "wm"),
    Case(
      title: "carried by an expression that fails for some",
      carried: "TIMESTAMPADD(SECOND, -100 / (EXTRACT(MILLISECOND FROM ts) - 17), ts)"),
    Case(title: "processing time", spec: WatermarkSpec(strategy: .processingTime)),
    Case(
      title: "processing time by arrivals", spec: WatermarkSpec(strategy: .processingTime),
      hasArrival: true),
    Case(title: "every seven records", spec: WatermarkSpec(emission: .everyRecords(7))),
    Case(title: "a period of the clock", spec: WatermarkSpec(emission: .everyMs(13))),
    Case(
      title: "a period of arrivals", spec: WatermarkSpec(idleAfterMs: 9, emission: .everyMs(13)),
      hasArrival: true),
    Case(title: "arrivals", hasArrival: true),
    Case(title: "idle", spec: WatermarkSpec(outOfOrdernessMs: 2, idleAfterMs: 9), hasArrival: true),
    Case(title: "idle at once", spec: WatermarkSpec(idleAfterMs: 1), hasArrival: true),
    Case(title: "aligned", spec: WatermarkSpec(maxDriftMs: 12), hasArrival: true),
    Case(
      title: "aligned and idle", spec: WatermarkSpec(idleAfterMs: 15, maxDriftMs: 12),
      hasArrival: true),
    Case(
      title: "aligned, idle and periodic",
      spec: WatermarkSpec(
        outOfOrdernessMs: 3, maxFutureMs: 200, idleAfterMs: 15, maxDriftMs: 12,
        emission: .everyRecords(5)), hasArrival: true),
    Case(title: "carried and aligned", carried: "wm", spec: WatermarkSpec(maxDriftMs: 20)),
  ]

  static func log(seed: UInt64, splits: Int) -> [(name: String, text: String)] {
    var random = SeededRandom(seed: seed)
    return (0..<splits).map { index in
      var arrival = Int64.random(in: 0...20, using: &random)
      var time = Int64.random(in: 0...40, using: &random)
      let events = (0..<Int.random(in: 20...60, using: &random)).map { _ -> String in
        arrival += Int64.random(
          in: 0...(Int.random(in: 0...9, using: &random) == 0 ? 40 : 4), using: &random)
        time += Int64.random(in: -4...9, using: &random)
        switch Int.random(in: 0...20, using: &random) {
        case 0: return "!"
        case 1: return "-@\(arrival)"
        case 2: return "\(time)"
        case 3: return "\(time + 500)@\(arrival)=\(time + 400)"
        case 4...12: return "\(time)@\(arrival)=\(time - 6)"
        default: return "\(time)@\(arrival)"
        }
      }
      return WatermarkJob.split("s\(index)", events.joined(separator: " "))
    }
  }

  @Test(arguments: cases, [1, 2, 3])
  func blocksAndRoundsChangeNothing(_ test: Case, _ splits: Int) throws {
    let log = Self.log(seed: UInt64(splits) + 40, splits: splits)
    let reference = try test.job(blockRecords: .max).run(log, maxRecords: 1)
    #expect(reference.contains { !$0.hasPrefix("bad") && !$0.contains(" -") })
    for blockRecords in [1, 3, Int.max] {
      for maxRecords in [1, 2, 5, Int.max] {
        let lines = try test.job(blockRecords: blockRecords).run(
          log, maxRecords: maxRecords, lanes: ThreadLanes(width: blockRecords == 3 ? 3 : 1))
        #expect(lines == reference, "blocks of \(blockRecords), rounds of \(maxRecords)")
      }
    }
  }

  @Test(arguments: cases, [1, 3])
  func aRestoreAfterAnyRecordGoesOnAsIfNothingHadHappened(_ test: Case, _ splits: Int) throws {
    let log = Self.log(seed: UInt64(splits) + 7, splits: splits)
    let reference = try test.job(blockRecords: .max).run(log)
    let first = try test.job(blockRecords: 4).open(log)
    var before: [String] = []
    while true {
      let resumed = try test.job(blockRecords: 9).open(log, restoring: first.state)
      #expect(resumed.state == first.state, "after \(before.count)")
      var after: [String] = []
      while !resumed.isAtEnd {
        after += WatermarkJob.lines(
          try resumed.read(maxRecords: .max, maxBytes: 1 << 20, lanes: SerialLanes()))
      }
      after.append("end \(WatermarkJob.text(resumed.watermark))")
      #expect(before + after == reference, "after \(before.count)")
      if first.isAtEnd { break }
      before += WatermarkJob.lines(
        try first.read(maxRecords: 1, maxBytes: 1 << 20, lanes: SerialLanes()))
    }
  }
}
