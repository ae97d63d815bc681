import Columns
import Engine
import TestSupport
import Testing

@testable import Runtime

/// What a tuning says of a bound is what the engine counts with that bound, to the row.
@Suite struct Tunings {
  struct Case: Sendable, CustomTestStringConvertible {
    var title: String
    var splits = 1
    var filter: String?
    var maxFutureMs: Int64?
    var allowedLatenessMs: Int64 = 0
    var strays = false
    var hasArrival = false
    var testDescription: String { title }
  }

  static let cases = [
    Case(title: "one split"), Case(title: "three splits", splits: 3),
    Case(title: "a filter before the window", splits: 2, filter: "value > 3"),
    Case(title: "in the order of arrival", splits: 3, hasArrival: true),
    Case(title: "allowed lateness", splits: 2, allowedLatenessMs: 30),
    Case(title: "max_future as given", splits: 2, maxFutureMs: 60_000, strays: true),
    Case(title: "bad clocks that are found", strays: true),
    Case(title: "bad clocks in several splits", splits: 3, strays: true),
  ]

  /// Random lines of some splits: disorder of a few scales, bad lines, events without a time,
  /// clocks that are a day ahead.
  static func texts(_ test: Case, seed: UInt64) -> [(name: String, text: String)] {
    var random = SeededRandom(seed: seed)
    return (0..<test.splits).map { split in
      var lines = ""
      var clock: Int64 = 1_000_000 + Int64(split) * 20
      for index in 0..<240 {
        clock += Int64.random(in: 0...6, using: &random)
        if Int.random(in: 0..<90, using: &random) == 0 { clock += 300 }
        var time = clock
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1: time -= Int64.random(in: 0...10, using: &random)
        case 2: time -= Int64.random(in: 0...200, using: &random)
        default: break
        }
        let number = Int.random(in: 0..<9, using: &random)
        // The splits arrive one after the other, and now and then at once.
        let value = test.hasArrival ? split * 40 + index * 3 + number * 2 : number
        switch index {
        case 50: lines += "broken\n"
        case 60: lines += "{\"key\":\"a\",\"value\":\(value)}\n"
        case 120, 121, 200:
          lines +=
            "{\"ts\":\(time + (test.strays ? 86_400_000 : 0)),\"key\":\"a\",\"value\":\(value)}\n"
        default: lines += "{\"ts\":\(time),\"key\":\"k\(index % 3)\",\"value\":\(value)}\n"
        }
      }
      return ("split-\(split)", lines)
    }
  }

  /// The value stands for the arrival, where there is one.
  private static func graph(
    _ job: WindowJob, _ texts: [(name: String, text: String)], _ test: Case
  ) throws -> JobGraph {
    var graph = try job.graph(MemorySource(texts, blockRecords: job.blockRecords))
    if test.hasArrival, case .ingest(let source, var spec) = graph.nodes[0].logic {
      spec.arrival = 2
      graph.nodes[0].logic = .ingest(source, spec)
    }
    return graph
  }

  @Test(arguments: cases, [UInt64(1), 2]) func aBoundDropsWhatTheEngineDrops(
    _ test: Case, seed: UInt64
  ) throws {
    let texts = Self.texts(test, seed: seed)
    var job = WindowJob()
    job.sizeMs = 40
    job.offsetMs = 7
    job.filter = test.filter
    job.allowedLatenessMs = test.allowedLatenessMs
    job.late = test.allowedLatenessMs > 0 ? .update : .drop
    job.maxFutureMs = test.maxFutureMs
    job.outOfOrdernessMs = 4
    job.blockRecords = Int(seed) * 37
    let graph = try Self.graph(job, texts, test)
    var tuned = try #require(
      TuningJob.of(graph, window: nil, otherwise: .init(sizeMs: 1)))
    tuned.alsoTry = [17]
    let report = try Tuning.run(tuned, lanes: ThreadLanes(width: Int(seed)))
    let proposal = WatermarkProposal.of(report)
    let limit = test.maxFutureMs ?? proposal.maxFutureMs
    #expect((limit == nil) == !test.strays)
    #expect(report.records == Int64(240 * test.splits))
    #expect(report.badClocks.events == (test.strays ? Int64(3 * test.splits) : 0))
    var compared = 0
    for bound in report.bounds where bound.ms <= 1000 || bound.ms == proposal.outOfOrdernessMs {
      guard report.isExact(bound.ms, maxFutureMs: limit) else { continue }
      var engine = job
      engine.outOfOrdernessMs = bound.ms
      engine.maxFutureMs = limit
      let ran = try CapturedRun.run(try Self.graph(engine, texts, test))
      let counters = ran.counters
      #expect(counters.reduce(0) { $0 + $1.late } == bound.dropped, "\(bound), seed \(seed)")
      #expect(
        counters.reduce(0) { $0 + $1.lateUpdates } == bound.late - bound.dropped,
        "\(bound), seed \(seed)")
      #expect(counters.reduce(0) { $0 + $1.bad } == report.bad, "\(bound), seed \(seed)")
      compared += 1
    }
    #expect(compared > 10)
    #expect(report.bound(17) != nil)
    #expect(report.bounds[0].late > 0, "the log has no late row: the test tests nothing")
  }

  @Test func theProposedBoundDropsNoneAndTheOneBelowDropsSome() throws {
    let graph = try WindowJob().graph(MemorySource([("a", WindowJob.lines("a@1000 a@900 a@2000"))]))
    let job = try #require(
      TuningJob.of(graph, window: .init(sizeMs: 1000), otherwise: .init(sizeMs: 1)))
    let report = try Tuning.run(job)
    // [0, 1000) has fired when its last row comes, one millisecond behind.
    #expect(report.bounds.filter { $0.late > 0 }.map(\.ms) == [0])
    #expect(report.leastWithoutLateMs == 1)
    let proposal = WatermarkProposal.of(report)
    #expect(proposal.yaml == "watermark: { out_of_orderness: 1 ms }")
    #expect(
      proposal.reasons == ["1 ms drops none of 3 rows; 0 s would drop 1 of 3 rows (33.33 %)"])
  }

  @Test func aLogInOrderNeedsNoWaiting() throws {
    let report = try tuning("a@1 a@2 a@2 a@500")
    #expect(report.order == .init(inOrder: 4, ties: 1))
    #expect(report.disorder.map(\.events) == [4])
    #expect(WatermarkProposal.of(report).yaml == "watermark: { out_of_orderness: 0 s }")
    #expect(
      WatermarkProposal.of(report).reasons == [
        "no event is behind a newer one: 0 s is enough, and drops none of 4 rows"
      ])
  }

  @Test func barsHoldEveryEventOnce() throws {
    let report = try tuning("a@1000 a@999 a@995 a@400 a@1001 a@1000 a@0")
    #expect(report.disorder.reduce(0) { $0 + $1.events } == 7)
    #expect(report.disorder.map(\.toMs) == [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000])
    #expect(report.disorder.map(\.events) == [2, 2, 0, 1, 0, 0, 0, 0, 0, 0, 1, 1])
    #expect(report.order.furthestStepMs == 1000 && report.order.backwardSteps == 5)
  }

  @Test func aSilenceOfOneSplitWhileOthersGoOnProposesIdleAfter() throws {
    let busy = (0..<600).map { "a@\($0 * 1000)" }.joined(separator: " ")
    let sleepy = (0..<600).filter { $0 < 100 || $0 > 500 }.map { "a@\($0 * 1000)" }
      .joined(separator: " ")
    let texts = [("busy", WindowJob.lines(busy)), ("sleepy", WindowJob.lines(sleepy))]
    let graph = try WindowJob().graph(MemorySource(texts))
    let job = try #require(
      TuningJob.of(graph, window: .init(sizeMs: 60_000), otherwise: .init(sizeMs: 1)))
    let report = try Tuning.run(job)
    #expect(report.silence.count == 1)
    let gap = try #require(report.splits[1].gaps.first)
    #expect(gap.ms == 402_000 && gap.eventsElsewhere == 400)
    let proposal = WatermarkProposal.of(report)
    #expect(proposal.yaml == "watermark: { out_of_orderness: 0 s, idle_after: 12 s }")
    #expect(
      proposal.reasons.last?.hasPrefix("sleepy is silent for 7 m while the others have 400 events")
        == true)
    #expect(WatermarkProposal.of(report, takesIdleAfter: false).idleAfterMs == nil)
  }

  @Test func aLongSilenceIsNoBadClock() throws {
    let night = (0..<200).map { "a@\(($0 < 100 ? 0 : 40_000_000) + $0 * 1000)" }
    let report = try tuning(night.joined(separator: " "))
    #expect(report.badClocks.events == 0 && report.events == 200)
    #expect(WatermarkProposal.of(report).maxFutureMs == nil)
  }

  private func tuning(_ events: String) throws -> TuningReport {
    let graph = try WindowJob().graph(MemorySource([("a", WindowJob.lines(events))]))
    let job = try #require(
      TuningJob.of(graph, window: .init(sizeMs: 60_000), otherwise: .init(sizeMs: 1)))
    return try Tuning.run(job)
  }

  // MARK: parts

  @Test func quantilesAreNeverTooLowAndHardlyTooHigh() {
    var random = SeededRandom(seed: 5)
    var histogram = LogLinearHistogram()
    var values: [Int64] = []
    for _ in 0..<5000 {
      let value =
        Int64.random(in: 0...1, using: &random) << Int64.random(in: 0...40, using: &random)
        + Int64.random(in: 0...63, using: &random)
      values.append(value)
      histogram.add(value)
    }
    values.sort()
    for share in [0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1] {
      let exact = values[max(0, Int((share * 5000).rounded(.up)) - 1)]
      let found = histogram.quantile(share)
      #expect(found >= exact && found <= exact + exact / 32 + 1, "share \(share)")
    }
    #expect(LogLinearHistogram().quantile(0.5) == 0)
    histogram.add(Int64.max)
    #expect(histogram.quantile(1) == Int64.max)
  }

  @Test func countsOverABoundAreExactOnEveryRung() {
    let ladder = BoundLadder(adding: [7])
    var counter = OverCounter(ladder)
    let values: [Int64] = [-5, 0, 1, 2, 2, 6, 7, 8, 1000, 1001, Int64.max]
    for value in values { counter.add(value) }
    for bound in ladder.boundsMs {
      #expect(counter.over(bound) == Int64(values.count { $0 > bound }), "over \(bound)")
    }
    #expect(counter.largest == Int64.max)
    #expect(Set(BoundLadder.edgesMs).isSubset(of: ladder.boundsMs))
  }
}
