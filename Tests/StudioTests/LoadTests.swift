import Runtime
import Terminal
import Testing

@testable import Studio

/// How busy operators are: what is measured, what follows from it, and how it is said.
@Suite struct LoadTests {
  private static let second: UInt64 = 1_000_000_000

  /// Source, parse, filter, window with its aggregate, sink, and a sink of late rows.
  private func view(at position: Int64 = 143) throws -> ReplayView {
    let replay = FakeReplay()
    try replay.move(.position(position), isCancelled: { false })
    return replay.view
  }

  /// The load of a second in which boxes worked for so many per cent of it.
  private func load(_ percents: [Int?], rested: Int = 0) throws -> PipelineLoad {
    var meter = LoadMeter()
    meter.measure(
      try view(at: 0), workNs: percents.map { $0.map { _ in 7 } }, restedNs: 5, nowNs: 3)
    meter.measure(
      try view(at: 100),
      workNs: percents.map { $0.map { 7 + Self.second / 100 * UInt64($0) } },
      restedNs: 5 + Self.second / 100 * UInt64(rested), nowNs: 3 + Self.second)
    return meter.load
  }

  @Test func rowsWaitWhileTheOperatorsAfterThemWork() throws {
    let load = try load([1, 30, 2, 50, nil, 5, 3])
    #expect(load.boxes.map(\.busy) == [0.01, 0.3, 0.02, 0.5, nil, 0.05, 0.03])
    // What works downstream adds up: the window holds up all before it, the late sink too.
    let waited = load.boxes.map { $0.backPressured.map { ($0 * 100).rounded() } }
    #expect(waited == [90, 60, 58, 8, nil, 0, 0])
    #expect((load.watched * 100).rounded() == 9)
    #expect(load.idle(0).map { ($0 * 100).rounded() } == 0)
    #expect(load.bottleneck == 3)
    #expect(load.boxes[0].rate == 100)
  }

  @Test(arguments: [
    (0.0, PipelineLoad.Level.ok), (0.1, .ok), (0.11, .low), (0.5, .low), (0.51, .high), (1, .high),
  ])
  func levelsAreFlinks(share: Double, level: PipelineLoad.Level) {
    #expect(PipelineLoad.Level(share) == level)
  }

  @Test func aSourceThatWaitsForTheLogsTimeHasNoBottleneck() throws {
    let load = try load([0, 1, 0, 2, nil, 0, 0], rested: 95)
    #expect(load.bottleneck == nil)
    #expect(load.isWaiting)
    #expect(load.idle(0).map { ($0 * 100).rounded() } == 95)
    #expect(
      LoadWords.note(load, try view().boxes, isShort: false)
        == "idle: the playhead waits for the log's time")
  }

  @Test func theLastSecondCountsNotThePlayBefore() throws {
    var meter = LoadMeter()
    let view = try view()
    for quarter in 0...12 {
      // Two seconds of work, then one of rest.
      let worked = min(UInt64(quarter), 8) * Self.second / 4
      meter.measure(
        view, workNs: [worked], restedNs: 0, nowNs: UInt64(quarter) * Self.second / 4)
      if quarter == 8 { #expect(meter.load.boxes[0].busy == 1) }
    }
    #expect(meter.load.boxes[0].busy == 0)
    meter.reset()
    #expect(meter.load == PipelineLoad())
  }

  @Test func whereNobodyMeasuresWorkRatesAreKnownAlone() throws {
    let load = try load([nil, nil, nil, nil, nil, nil, nil])
    #expect(load.boxes.allSatisfy { $0.busy == nil && $0.backPressured == nil })
    #expect(load.boxes[0].rate == 100)
    #expect(load.bottleneck == nil && load.watched == 0)
    #expect(LoadWords.note(load, try view().boxes, isShort: false).isEmpty)
  }

  /// The run screen while it plays with a window that is the bottleneck.
  static func playing(_ size: Size, _ load: PipelineLoad) throws -> StudioState {
    var state = try Scene.run(at: 143, size)
    for index in [1, 2, 3, 4] { state.run?.view.boxes[index].subtasks = 2 }
    state.run?.isPlaying = true
    state.run?.load = load
    return state
  }

  @Test(arguments: [Size(120, 40), Size(80, 24)])
  func playingShowsWhoHoldsTheOthersUp(size: Size) throws {
    let load = try load([1, 31, 2, 57, nil, 5, 3])
    let drawn = drawStudio(try Self.playing(size, load), theme: .dark).grid
    let difference = try snapshotDifference(
      drawn.styledText, "run-busy-\(size.width)x\(size.height)")
    #expect(difference == nil)
    #expect(drawn.text.contains("▲ bottleneck: window"))
  }

  @Test(arguments: [Size(120, 40), Size(80, 24)])
  func whyOnThePipelineIsAboutTheBottleneck(size: Size) throws {
    var state = try Self.playing(size, try load([1, 31, 2, 57, nil, 5, 3]))
    state.run?.focus = .pipeline
    _ = reduce(&state, .action(.why))
    #expect(state.overlay == .why(.step(3), scroll: 0))
    for _ in 0..<6 { _ = reduce(&state, .action(.down)) }
    let difference = try snapshotDifference(
      drawStudio(state, theme: .dark).grid.text, "why-busy-\(size.width)x\(size.height)")
    #expect(difference == nil)
    state.run?.selectedBox = 1
    #expect(state.whySubject == .step(1))
    state.run?.selectedBox = nil
    state.run?.isPlaying = false
    #expect(state.whySubject == .step(0))
  }

  @Test func atRestNothingIsSaidToBeBusy() throws {
    var state = try Self.playing(Size(120, 40), try load([1, 31, 2, 57, nil, 5, 3]))
    state.run?.isPlaying = false
    let text = drawStudio(state, theme: .dark).grid.text
    #expect(text.contains("busy —"))
    #expect(!text.contains("31 %") && !text.contains("bottleneck"))
    let why = LoadWhy.explain(3, in: try view(), nil).map(\.text)
    #expect(why.first == "— Busy and back pressure are measured while it plays.")
  }

  @Test func plainLinesSayItToo() throws {
    let load = try load([10, 20, 0, 40, nil, 0, 0])
    let text = LinearText.describe(try Self.playing(Size(120, 40), load)).joined(separator: "\n")
    for words in [
      "step 1, source: busy 10 %, OK, back-pressured 60 %, HIGH",
      "step 4, window: busy 40 %, LOW, back-pressured 0 %, OK",
      "bottleneck: window per-ad, busy 40 % LOW, source back-pressured 60 % HIGH",
      "2 subtasks in a run",
    ] {
      #expect(text.contains(words), "\(words)\n\(text)")
    }
  }
}
