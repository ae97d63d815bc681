import Columns
import Engine
import TestSupport
import Testing

@testable import Runtime

/// What a checkpoint keeps of watermarks, and the picture that a replay gives of them.
@Suite struct WatermarkStates {
  private static let texts = [
    WatermarkJob.split("a", "100@0 110@5 120@10 130@16 140@17 200@60"),
    WatermarkJob.split("b", "50@1 60@40 150@41 300@61"), WatermarkJob.split("c", "90@2"),
  ]

  private func graph(_ job: WatermarkJob) -> JobGraph {
    let parse = job.parse
    let schema = Schema(parse.columns.map { Field($0.name, $0.type) })
    return JobGraph(
      name: "test",
      nodes: [
        JobNode(
          id: "source", steps: [StepSummary(kind: "parse", detail: "json")], inputs: [],
          schema: schema, logic: .ingest(MemorySource(Self.texts), parse))
      ])
  }

  private var idleAndAligned: WatermarkJob {
    var job = WatermarkJob()
    job.hasArrival = true
    job.spec = WatermarkSpec(outOfOrdernessMs: 2, idleAfterMs: 10, maxDriftMs: 30)
    return job
  }

  private func checkpoint(_ snapshot: ExecutionSnapshot, _ graph: JobGraph) -> Checkpoint {
    Checkpoint(
      manifest: JobState.manifest(
        of: snapshot, graph: graph, checkpoint: 1, createdAtMs: 0, ending: nil),
      states: JobState.states(of: snapshot, graph: graph))
  }

  @Test func whatSplitsSayOfTheirWatermarksComesBackAfterEveryRecord() throws {
    let graph = graph(idleAndAligned)
    let execution = try Execution(graph: graph, sinks: [:], lanes: SerialLanes())
    var seen: Set<String> = []
    repeat {
      let snapshot = execution.snapshot()
      let restored = try JobState.snapshot(from: checkpoint(snapshot, graph), graph: graph)
      #expect(restored == snapshot)
      for split in snapshot.ingests["source"]?.splits ?? [] {
        if split.isIdle { seen.insert("idle") }
        if split.isPaused { seen.insert("paused") }
        if !split.isIdle, !split.isAligned { seen.insert("catching up") }
        if split.silentBeforePauseMs != nil { seen.insert("held") }
      }
    } while try execution.round(maxRecords: 1)
    #expect(seen == ["idle", "paused", "catching up", "held"])
  }

  @Test func aCheckpointOfFormatOneIsStillRead() throws {
    var job = WatermarkJob()
    job.spec = WatermarkSpec(outOfOrdernessMs: 5)
    let graph = graph(job)
    var writer = StateWriter()
    writer.write(Int64(1))
    writer.write("source")
    writer.write(Int64(84))  // the watermark
    writer.write(Int64(3))
    for (name, newest) in [("a", Int64(120)), ("b", 90), ("c", nil)] as [(String, Int64?)] {
      writer.write(name)
      for value in [0, 1, newest == nil ? 0 : 1, newest ?? 0, 0] as [Int64] { writer.write(value) }
    }
    writer.write(Int64(1))  // counters
    writer.write("source")
    for count in 1...8 { writer.write(Int64(count)) }
    var old = checkpoint(ExecutionSnapshot(counters: []), graph)
    old.manifest.formatVersion = 1
    old.states = [OperatorState(id: "_job", bytes: writer.bytes)]
    let snapshot = try JobState.snapshot(from: old, graph: graph)
    #expect(snapshot.counters[0].rowsIn == 1 && snapshot.counters[0].firings == 8)
    #expect(snapshot.counters[0].partlyLate == 0)
    let state = try #require(snapshot.ingests["source"])
    #expect(state.watermark == 84 && state.splits.map(\.maxEventTime) == [120, 90, nil])
    let ingest = try job.open(Self.texts, restoring: state)
    #expect(ingest.watermarkStatus.splits.map(\.watermark) == [114, 84, minWatermark])
  }

  @Test func theManifestSaysHowEachSplitStood() throws {
    let graph = graph(idleAndAligned)
    let execution = try Execution(graph: graph, sinks: [:], lanes: SerialLanes())
    for _ in 0..<6 { try execution.round(maxRecords: 1) }
    let splits = checkpoint(execution.snapshot(), graph).manifest.splits
    #expect(splits.map(\.name) == ["a", "b", "c"])
    #expect(splits.map(\.isEnded) == [false, false, true])
    #expect(splits.allSatisfy { $0.watermark != nil && $0.isIdle != nil && $0.isPaused != nil })
  }

  // MARK: replay

  private static let never: @Sendable () -> Bool = { false }

  private func pictures(_ replay: Replay) throws -> [ReplayView] {
    var views = [replay.view]
    while !replay.view.isAtEnd {
      try replay.move(.events(1), isCancelled: Self.never)
      views.append(replay.view)
    }
    return views
  }

  @Test(arguments: [true, false])
  func goingBackShowsTheSameWatermarksAndSplits(_ isProcessingTime: Bool) throws {
    var job = idleAndAligned
    if isProcessingTime {
      job = WatermarkJob()
      job.spec = WatermarkSpec(strategy: .processingTime)
    }
    let replay = try Replay(graph: graph(job), startMs: 5000)
    let views = try pictures(replay)
    for tick in views.indices.reversed() {
      try replay.move(.position(Int64(tick)), isCancelled: Self.never)
      if tick == views.count - 1 { continue }
      #expect(replay.view.watermarkStatus == views[tick].watermarkStatus, "tick \(tick)")
      #expect(replay.view.splits == views[tick].splits)
    }
    if isProcessingTime { #expect(views[3].watermark == 5001) }
  }

  @Test func aReplaySaysWhoHoldsTheWatermarkAndWhy() throws {
    let replay = try Replay(graph: graph(idleAndAligned))
    let views = try pictures(replay)
    let reasons = views.compactMap { $0.watermarkStatus?.reason { "\($0)" } }
    #expect(reasons[0] == "split a: it has given no event time yet")
    #expect(reasons[3] == "split b: newest 50 − 2 ms − 1 ms")
    let states = Set(views.flatMap { $0.splits.map(\.state.word) })
    #expect(states == ["active", "idle", "paused", "catching up", "ended"])
    #expect(reasons.last == "every split has ended")
  }
}
