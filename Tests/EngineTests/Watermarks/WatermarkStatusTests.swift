import Engine
import TestSupport
import Testing

/// Who holds the watermark, and why, in words.
@Suite struct WatermarkStatuses {
  private func status(
    after records: Int, of splits: [String: String],
    _ change: (inout WatermarkJob) throws -> Void = { _ in }
  ) throws -> WatermarkStatus {
    var job = WatermarkJob()
    try change(&job)
    let texts = splits.sorted { $0.key < $1.key }.map { WatermarkJob.split($0.key, $0.value) }
    let ingest = try job.open(texts)
    for _ in 0..<records {
      _ = try ingest.read(maxRecords: 1, maxBytes: 1 << 16, lanes: SerialLanes())
    }
    return ingest.watermarkStatus
  }

  private func reason(_ status: WatermarkStatus) -> String { status.reason { "\($0)" } }

  @Test func aBoundedWatermarkIsTheNewestTimeLessTheBound() throws {
    let one = try status(after: 2, of: ["a": "9 7 20"]) { $0.spec.outOfOrdernessMs = 5 }
    #expect(reason(one) == "newest 9 − 5 ms − 1 ms" && one.combined == 3 && one.driftMs == nil)
    let two = try status(after: 2, of: ["a": "9 20", "b": "4 50"])
    #expect(reason(two) == "split b: newest 4 − 1 ms" && two.holder == 1 && two.driftMs == 5)
    #expect(two.splits.map(\.records) == [1, 1] && two.splits.map(\.watermark) == [8, 3])
  }

  @Test func aSplitThatHasSaidNothingHoldsIt() throws {
    let status = try status(after: 1, of: ["a": "9 20", "b": "4"])
    #expect(reason(status) == "split b: it has given no event time yet")
    let carried = try self.status(after: 1, of: ["a": "9 20=4"]) {
      $0.spec.strategy = try WatermarkJob.carried("wm")
    }
    #expect(reason(carried) == "no row of it has carried a watermark yet")
  }

  @Test func aCarriedOneNamesItsExpressionAndProcessingTimeTheClock() throws {
    let carried = try status(after: 1, of: ["a": "9=4 20"]) {
      $0.spec.strategy = try WatermarkJob.carried("wm")
    }
    #expect(reason(carried) == "wm carried 4")
    let clock = try status(after: 1, of: ["a": "9 20"]) {
      $0.spec.strategy = .processingTime
      $0.clock = { _ in 77 }
    }
    #expect(reason(clock) == "the time of reading: 77 − 1 ms" && clock.splits[0].watermark == 76)
  }

  @Test func whatIsNotPassedOnYetSaysWhenItWillBe() throws {
    let status = try status(after: 2, of: ["a": "9 20 30"]) {
      $0.spec.emission = .everyRecords(10)
    }
    #expect(reason(status) == "newest 20 − 1 ms; it is passed on after every 10 records")
  }

  @Test func idlePausedAndReturnedSplitsSaySo() throws {
    let idle = try status(after: 3, of: ["a": "10@0 20@50 21@51", "b": "5@0 6@60"]) {
      $0.hasArrival = true
      $0.spec.idleAfterMs = 20
    }
    #expect(idle.splits.map { $0.state.words { "\($0)" } } == ["active", "idle since 0"])
    #expect(idle.holder == 0 && idle.now == 50)
    let back = try status(after: 4, of: ["a": "10@0 20@50 21@62", "b": "5@0 6@60 7@61"]) {
      $0.hasArrival = true
      $0.spec.idleAfterMs = 20
    }
    #expect(back.splits.map(\.state) == [.active, .catchingUp])
    let paused = try status(after: 3, of: ["a": "10@0 90@1 91@2", "b": "5@0 6@60"]) {
      $0.hasArrival = true
      $0.spec.maxDriftMs = 20
    }
    #expect(paused.splits.map { $0.state.words() }[0] == "paused: ahead of b by 85 ms")
    #expect(paused.driftMs == 85)
  }

  @Test func theEndIsSaid() throws {
    let status = try status(after: 4, of: ["a": "9", "b": "4"])
    #expect(reason(status) == "every split has ended" && status.holder == nil)
    #expect(status.splits.map(\.state) == [.ended, .ended])
  }
}
