import Engine
import TestSupport
import Testing

/// One split or several in, every record with the watermark before it out.
@Suite struct WatermarkStrategies {
  private func read(
    _ splits: [String: String], _ change: (inout WatermarkJob) throws -> Void = { _ in }
  ) throws -> String {
    var job = WatermarkJob()
    try change(&job)
    let texts = splits.sorted { $0.key < $1.key }.map { WatermarkJob.split($0.key, $0.value) }
    return try job.run(texts).joined(separator: ", ")
  }

  @Test func aBoundedWatermarkStaysBehindTheNewestTime() throws {
    let lines = try read(["a": "10 12 11 20"]) { $0.spec = WatermarkSpec(outOfOrdernessMs: 3) }
    #expect(lines == "a 10 -, a 12 6, a 11 8, a 20 8, end 16")
  }

  @Test func aCarriedWatermarkIsTheValueAndNeverGoesBack() throws {
    let lines = try read(["a": "10=4 12 11=9 20=7 21=30 5"]) {
      $0.spec = WatermarkSpec(strategy: try WatermarkJob.carried("wm"))
    }
    #expect(lines == "a 10 -, a 12 4, a 11 4, a 20 9, a 21 9, a 5 30, end 30")
  }

  @Test func anExpressionMayCarryIt() throws {
    let lines = try read(["a": "10 12 11"]) {
      $0.spec = WatermarkSpec(
        strategy: try WatermarkJob.carried("TIMESTAMPADD(SECOND, -1, ts)"))
    }
    #expect(lines == "a 10 -, a 12 -990, a 11 -988, end -988")
  }

  @Test func aCarriedWatermarkTooFarAheadIsRefusedWithItsRow() throws {
    let lines = try read(["a": "10=4 11=105 12=104"]) {
      $0.spec = WatermarkSpec(maxFutureMs: 100, strategy: try WatermarkJob.carried("wm"))
    }
    #expect(
      lines == "a 10 -, bad 4 a:2 the carried watermark 1970-01-01T00:00:00.105Z is 101 ms ahead of"
        + " the watermark; max_future is 100 ms, a 12 4, end 104")
  }

  @Test func aWatermarkIsPassedOnAfterEverySoManyRecords() throws {
    let lines = try read(["a": "1 2 ! 4 5 6 7"]) {
      $0.spec = WatermarkSpec(emission: .everyRecords(3))
    }
    #expect(
      lines.contains("a 1 -, a 2 -, bad - a:3")
        && lines.hasSuffix("a 4 1, a 5 1, a 6 1, a 7 5, end 5"))
  }

  @Test func aPeriodIsMeasuredInArrivals() throws {
    let lines = try read(["a": "1@0 2@3 3@9 4@10 5@11 6@35"]) {
      $0.hasArrival = true
      $0.spec = WatermarkSpec(emission: .everyMs(10))
    }
    // The period ends before the record that arrives with its end.
    #expect(lines == "a 1 -, a 2 -, a 3 -, a 4 2, a 5 2, a 6 4, end 4")
  }

  @Test func aPeriodWithoutArrivalsIsMeasuredByTheClock() throws {
    let lines = try read(["a": "1 2 3 4 5 6"]) {
      $0.clock = { $0 * 4 }
      $0.spec = WatermarkSpec(emission: .everyMs(10))
    }
    #expect(lines == "a 1 -, a 2 -, a 3 -, a 4 2, a 5 2, a 6 4, end 4")
  }

  @Test func inProcessingTimeTheEventTimeIsTheTimeOfReading() throws {
    let times: [Int64] = [100, 100, 107, 90, 120]
    let lines = try read(["a": "1 9 5 7 3"]) {
      $0.clock = { times[Int($0)] }
      $0.spec = WatermarkSpec(strategy: .processingTime)
    }
    // A clock that goes back makes time stand still.
    #expect(lines == "a 100 99, a 100 99, a 107 106, a 107 106, a 120 119, end 119")
  }

  @Test func theRecordedArrivalStandsForTheClock() throws {
    let lines = try read(["a": "1@100 2@130", "b": "3@110 4 5@140"]) {
      $0.hasArrival = true
      $0.clock = { _ in 5_000_000 }
      $0.spec = WatermarkSpec(strategy: .processingTime)
    }
    #expect(lines == "a 100 99, b 110 109, b 110 109, a 130 129, b 140 139, end 139")
  }

  @Test func withoutArrivalsProcessingTimeReadsTheSplitsInTurn() throws {
    let lines = try read(["a": "1 2 3", "b": "4"]) {
      $0.clock = { $0 }
      $0.spec = WatermarkSpec(strategy: .processingTime)
    }
    #expect(lines == "a 0 -1, b 1 0, a 2 1, a 3 2, end 2")
  }

  // MARK: arrivals and silence

  @Test func recordsAreReadInTheOrderOfTheirArrival() throws {
    let lines = try read(["a": "50@1 51@5 52@6", "b": "10@2 11@5 12@9"]) { $0.hasArrival = true }
    #expect(lines == "a 50 -, b 10 -, a 51 9, b 11 9, a 52 10, b 12 10, end 11")
  }

  @Test func aRecordWithoutArrivalCameWithTheOneBeforeIt() throws {
    let lines = try read(["a": "50@1 51 52@6", "b": "10@2 ! 12@3"]) { $0.hasArrival = true }
    #expect(lines.hasPrefix("a 50 -, a 51 -, b 10 -, bad 9 b:2"))
    #expect(lines.hasSuffix("b 12 9, a 52 50, end 51"))
  }

  @Test func anArrivalThatGoesBackIsThatOfTheOneBeforeIt() throws {
    let lines = try read(["a": "50@5 51@1 52@6", "b": "10@5 11@6"]) { $0.hasArrival = true }
    #expect(
      lines
        == "a 50 -, a 51 -, b 10 -, a 52 9, b 11 9, end 10")
  }

  @Test func aSilentSplitStopsHoldingTheWatermark() throws {
    let lines = try read(["a": "100@0 110@5 120@10 130@16 140@17", "b": "50@1 60@40"]) {
      $0.hasArrival = true
      $0.spec = WatermarkSpec(idleAfterMs: 10)
    }
    // b spoke at 1 and is idle from 12 on; a ends, and b comes back behind the watermark.
    #expect(lines == "a 100 -, b 50 -, a 110 49, a 120 49, a 130 119, a 140 129, b 60 139, end 139")
  }

  @Test func aSplitBackFromIdleIsJudgedByTheWatermarkThatWentOnWithoutIt() throws {
    let lines = try read([
      "a": "100@0 110@11 112@13 113@14 114@15", "b": "50@0 60@12 111@13 150@14",
    ]) {
      $0.hasArrival = true
      $0.spec = WatermarkSpec(idleAfterMs: 10)
    }
    // At 11 both have been silent for 11 ms: idle, and the watermark is the highest, 99.
    #expect(
      lines == "a 100 -, b 50 -, a 110 99, b 60 109, a 112 109, b 111 111, a 113 111, b 150 112,"
        + " a 114 112, end 113")
  }

  @Test func aSplitThatNeverSpokeIsSilentFromTheFirstArrivalOn() throws {
    let lines = try read(["a": "1@0 2@10 3@11 4@12", "b": "9@50"]) {
      $0.hasArrival = true
      $0.spec = WatermarkSpec(idleAfterMs: 10)
    }
    #expect(lines == "a 1 -, a 2 -, a 3 1, a 4 2, b 9 3, end 8")
  }

  @Test func deadLettersAreNoSignOfLife() throws {
    let lines = try read(["a": "1@0 2@10 3@11 4@20", "b": "1@0 -@5 -@9 -@11"]) {
      $0.hasArrival = true
      $0.spec = WatermarkSpec(idleAfterMs: 10)
    }
    #expect(lines.contains("a 3 1, bad 2 b:4"))
  }

  @Test func aFileWithoutArrivalsIsNeverSilent() throws {
    let lines = try read(["a": "1 2 3", "b": "1 50 51"]) {
      $0.clock = { $0 * 1000 }
      $0.spec = WatermarkSpec(idleAfterMs: 10)
    }
    #expect(
      lines
        == "a 1 -, b 1 -, a 2 0, b 50 0, a 3 1, b 51 49, end 50")
  }

  // MARK: alignment

  @Test func aSplitThatIsTooFarAheadWaitsThoughItArrivedEarlier() throws {
    let splits = ["a": "0@0 100@1 110@2 111@3", "b": "0@0 50@10 100@11 120@12"]
    let free = try read(splits) { $0.hasArrival = true }
    #expect(
      free
        == "a 0 -, b 0 -, a 100 -1, a 110 -1, a 111 -1, b 50 -1, b 100 49, b 120 99, end 119")
    let aligned = try read(splits) {
      $0.hasArrival = true
      $0.spec = WatermarkSpec(maxDriftMs: 60)
    }
    #expect(
      aligned == "a 0 -, b 0 -, a 100 -1, b 50 -1, a 110 49, a 111 49, b 100 49, b 120 99, end 119")
  }

  @Test func whoWaitsForASilentSplitGoesOnWhenThatIsIdle() throws {
    let lines = try read(["a": "0@0 100@1 101@2 102@30", "b": "0@0 103@31"]) {
      $0.hasArrival = true
      $0.spec = WatermarkSpec(idleAfterMs: 10, maxDriftMs: 50)
    }
    // a waits from 1 on; b is idle at 11, and a's record of 2 is read then.
    #expect(
      lines
        == "a 0 -, b 0 -, a 100 -1, a 101 99, a 102 100, b 103 101, end 102")
  }

  @Test func anEndedSplitNoLongerHoldsTheMinimum() throws {
    let lines = try read(["a": "1 2 3 40 41", "b": "2"])
    #expect(
      lines
        == "a 1 -, b 2 -, a 2 0, a 3 1, a 40 2, a 41 39, end 40")
  }

  @Test func aFileThatGrewAfterItsEndGoesOn() throws {
    let job = WatermarkJob()
    let first = try job.open([WatermarkJob.split("a", "10 20"), WatermarkJob.split("b", "15")])
    while !first.isAtEnd {
      _ = try first.read(maxRecords: .max, maxBytes: 99, lanes: SerialLanes())
    }
    let more = try job.open(
      [WatermarkJob.split("a", "10 20"), WatermarkJob.split("b", "15 16 40")],
      restoring: first.state)
    var lines: [String] = []
    while !more.isAtEnd {
      lines += WatermarkJob.lines(
        try more.read(maxRecords: .max, maxBytes: 99, lanes: SerialLanes()))
    }
    #expect(lines == ["b 16 19", "b 40 19"] && more.watermark == 39)
  }

  @Test func aStateOfVersionOneSaysNothingOfWatermarks() throws {
    var state = Ingest.State(splits: [], watermark: 12)
    for (name, newest) in [("a", Int64(20)), ("b", 18)] {
      state.splits.append(
        Ingest.SplitState(
          name: name, position: SplitPosition(offset: 0, line: 1), maxEventTime: newest))
    }
    var job = WatermarkJob()
    job.spec = WatermarkSpec(outOfOrdernessMs: 5)
    let ingest = try job.open(
      [WatermarkJob.split("a", "21 22"), WatermarkJob.split("b", "30")], restoring: state)
    #expect(ingest.watermarkStatus.splits.map(\.watermark) == [14, 12])
  }
}
