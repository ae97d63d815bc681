import Engine
import TestSupport
import Testing

@testable import Runtime

/// Time travel: the picture at a tick is the same, however it was reached.
@Suite struct Replays {
  private static let never: @Sendable () -> Bool = { false }

  /// Events of two splits with disorder, late rows and a bad line.
  private static let texts: [(name: String, text: String)] = {
    var random = SeededRandom(seed: 31)
    return ["a", "b"].map { name in
      var lines = ""
      for index in 0..<70 {
        let late = Int.random(in: 0..<8, using: &random) == 0 ? 40 : 0
        let time = index * 4 - Int.random(in: 0...9, using: &random) - late
        lines +=
          index == 33
          ? "broken\n" : "{\"ts\":\(time),\"key\":\"k\(index % 3)\",\"value\":\(index)}\n"
      }
      return (name, lines)
    }
  }()

  private func replay() throws -> Replay {
    var job = WindowJob()
    job.sizeMs = 25
    job.outOfOrdernessMs = 10
    job.allowedLatenessMs = 20
    job.late = .update
    var graph = try job.graph(MemorySource(Self.texts))
    graph.checkpoint.everyMs = 50
    return try Replay(graph: graph, total: 140)
  }

  /// The picture at every tick, taken on the way forward.
  private func pictures(_ replay: Replay) throws -> [ReplayView] {
    var views = [replay.view]
    while !replay.view.isAtEnd {
      try replay.move(.events(1), isCancelled: Self.never)
      views.append(replay.view)
    }
    return views
  }

  /// Where the replay has been is not part of what stands there.
  private func same(_ left: ReplayView, _ right: ReplayView) -> Bool {
    var (left, right) = (left, right)
    (left.furthest, right.furthest, left.total, right.total) = (0, 0, nil, nil)
    return left == right
  }

  @Test func steppingBackShowsWhatStoodThereOnTheWayForward() throws {
    let replay = try replay()
    let views = try pictures(replay)
    #expect(views.count == 142)  // the start, each record, and the end of the input
    #expect(!views.contains { !$0.accounting.isBalanced })
    #expect(views.last?.accounting.bad == 2 && (views.last?.accounting.late ?? 0) > 0)
    for tick in views.indices.reversed().dropFirst() {
      try replay.move(.events(-1), isCancelled: Self.never)
      #expect(same(replay.view, views[tick]), "tick \(tick)")
    }
  }

  @Test func aJumpShowsWhatStepsShow() throws {
    let views = try pictures(try replay())
    let replay = try replay()
    var random = SeededRandom(seed: 8)
    for _ in 0..<60 {
      let tick = Int.random(in: views.indices, using: &random)
      try replay.move(.position(Int64(tick)), isCancelled: Self.never)
      #expect(same(replay.view, views[tick]), "tick \(tick)")
    }
    try replay.move(.end, isCancelled: Self.never)
    let last = try #require(views.last)
    #expect(same(replay.view, last))
  }

  /// The ticks after which a count of the picture grew.
  private func ticks(_ views: [ReplayView], where happened: (ReplayView, ReplayView) -> Bool)
    -> [Int]
  {
    views.indices.dropFirst().filter { happened(views[$0 - 1], views[$0]) }
  }

  @Test func nextAndPreviousFiringStopAtEveryFiring() throws {
    let replay = try replay()
    let views = try pictures(replay)
    let firings = ticks(views) { before, after in
      after.windows.contains { window in
        window.firings > (before.windows.first { $0.id == window.id }?.firings ?? 0)
      }
    }
    #expect(firings.count > 5)
    try replay.move(.position(0), isCancelled: Self.never)
    for tick in firings {
      try replay.move(.nextFiring, isCancelled: Self.never)
      #expect(same(replay.view, views[tick]), "next firing at \(tick)")
    }
    for tick in firings.reversed().dropFirst() {
      try replay.move(.previousFiring, isCancelled: Self.never)
      #expect(same(replay.view, views[tick]), "previous firing at \(tick)")
    }
    try replay.move(.previousFiring, isCancelled: Self.never)
    #expect(replay.view.position == 0)
  }

  @Test func nextAndPreviousWatermarkStopWhereItMoved() throws {
    let replay = try replay()
    let views = try pictures(replay)
    let moves = ticks(views) { $0.watermark != $1.watermark }
    try replay.move(.position(0), isCancelled: Self.never)
    for tick in moves {
      try replay.move(.nextWatermark, isCancelled: Self.never)
      #expect(same(replay.view, views[tick]), "next watermark at \(tick)")
    }
    for tick in moves.reversed().dropFirst() {
      try replay.move(.previousWatermark, isCancelled: Self.never)
      #expect(same(replay.view, views[tick]), "previous watermark at \(tick)")
    }
  }

  @Test func nextLateStopsAfterEachLateRow() throws {
    let replay = try replay()
    let views = try pictures(replay)
    let late = ticks(views) {
      $0.accounting.late + $0.accounting.lateUpdated
        != $1.accounting.late + $1.accounting.lateUpdated
    }
    #expect(late.count > 3)
    try replay.move(.position(0), isCancelled: Self.never)
    for tick in late {
      try replay.move(.nextLate, isCancelled: Self.never)
      #expect(same(replay.view, views[tick]), "late row at \(tick)")
    }
  }

  @Test func goingToATimeStopsJustBeforeItIsReached() throws {
    let replay = try replay()
    let views = try pictures(replay)
    for time in [Int64(20), 150, 90, 0, 260] {
      try replay.move(.eventTime(time), isCancelled: Self.never)
      let expected = views.firstIndex { ($0.maxEventTime ?? .min) >= time }.map { $0 - 1 }
      #expect(replay.view.position == Int64(expected ?? -1), "time \(time)")
    }
  }

  @Test func playingReadsUpToThePlayheadAndNoFurther() throws {
    let replay = try replay()
    #expect(try replay.play(until: nil, maxRecords: 17) == 17)
    let before = try #require(replay.view.maxEventTime)
    let position = replay.view.position
    _ = try replay.play(until: before + 30, maxRecords: 1000)
    let after = try #require(replay.view.maxEventTime)
    #expect(after >= before + 30)
    // The record before the last had not reached it.
    let end = replay.view.position
    try replay.move(.events(-1), isCancelled: Self.never)
    #expect(try #require(replay.view.maxEventTime) < before + 30)
    #expect(end > position)
    try replay.move(.events(1), isCancelled: Self.never)
    #expect(try replay.play(until: before + 30, maxRecords: 1000) == 0)
  }

  @Test func aMoveThatIsCancelledStopsOnTheWay() throws {
    let replay = try replay()
    try replay.move(.end, isCancelled: { true })
    #expect(replay.view.position == 0)
    var looks = 0
    try replay.move(
      .position(1000),
      isCancelled: {
        looks += 1
        return looks > 1
      })
    #expect(replay.view.position > 0 && !replay.view.isAtEnd)
    try replay.move(.end, isCancelled: Self.never)
    #expect(replay.view.isAtEnd)
  }

  @Test func aCountWindowOfRowsWithoutTimeCanBeWatched() throws {
    var job = WindowJob()
    job.assigner = .count(10)
    job.aggregates = [("n", .count, nil)]
    var graph = try job.graph(MemorySource(Self.texts))
    if case .ingest(let source, var spec) = graph.nodes[0].logic {
      spec.eventTime = nil
      graph.nodes[0].logic = .ingest(source, spec)
    }
    let replay = try Replay(graph: graph, total: 140)
    try replay.move(.events(60), isCancelled: Self.never)
    #expect(replay.view.output.map(\.text).contains { $0.contains("n=10") })
    try replay.move(.events(-5), isCancelled: Self.never)
    #expect(replay.view.windows.contains { $0.state == .open && $0.start == .min })
  }

  @Test(arguments: [
    (WindowAssigner.tumbling(sizeMs: 25, offsetMs: 0), WindowTrigger(), String?.none),
    (
      .sliding(sizeMs: 60_000, slideMs: 20_000, offsetMs: 0), WindowTrigger(),
      "Windows of 1 m start every 20 s: an event is in up to 3."
    ),
    (
      .session(gapMs: 30_000), WindowTrigger(everyRows: 1),
      "A session ends 30 s after its newest event: an event before that lengthens it."
        + " It also fires on each row."
    ),
    (.count(5), WindowTrigger(), "It fires with row number 5, whatever the watermark."),
    (
      .global, WindowTrigger(earlyMs: 10_000, isDiscarding: true),
      "It has no end. It fires as the watermark passes a multiple of 10 s, each time with the rows"
        + " since the last firing."
    ),
  ])
  func thePictureSaysWhenWindowsFire(
    _ assigner: WindowAssigner, _ trigger: WindowTrigger, _ rule: String?
  ) throws {
    var job = WindowJob()
    job.assigner = assigner
    job.trigger = trigger
    let replay = try Replay(graph: try job.graph(MemorySource(Self.texts)), total: 140)
    try replay.move(.events(20), isCancelled: Self.never)
    #expect(replay.view.windowRule == rule)
    #expect(replay.view.windowsEndByTime == assigner.needsEventTime)
    #expect((replay.view.nextFiring != nil) == assigner.needsEventTime)
  }
}
