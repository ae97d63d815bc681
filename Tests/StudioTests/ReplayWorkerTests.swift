import Foundation
import Runtime
import Synchronization
import Testing

@testable import Studio

/// The worker on its own thread; tests wait for what it says, never for time.
@Suite struct ReplayWorkerTests {
  /// A clock that a test sets.
  private final class HandClock: StudioClock {
    private let time = Atomic<UInt64>(0)
    var nowNs: UInt64 { time.load(ordering: .relaxed) }
    func advance(_ ms: UInt64) { time.wrappingAdd(ms * 1_000_000, ordering: .relaxed) }
  }

  /// A replay whose long moves end only when they are cancelled.
  private final class EndlessReplay: ReplayControlling {
    var view = ReplayView()
    let workNs: [UInt64?] = []
    func move(_ move: ReplayMove, isCancelled: () -> Bool) throws {
      if case .events(let count) = move {
        view.position += count
        return
      }
      while !isCancelled() { view.position += 1 }
    }
    func play(until playhead: Int64?, maxRecords: Int) throws -> Int { 0 }
    var position: ReplayPosition {
      ReplayPosition(records: view.position, isAtEnd: view.isAtEnd)
    }
    func show(windowNode: Int) {}
    func close() {}
    func answer(_ query: ReplayQuery, isCancelled: () -> Bool) -> ReplayAnswer? {
      .checkpoints([])
    }
  }

  private func events(
    _ worker: ReplayWorker, _ inbox: Inbox, until isDone: (StudioEvent) -> Bool
  ) -> [StudioEvent] {
    var all: [StudioEvent] = []
    repeat {
      guard inbox.wait() else { return all }
      all += worker.takeEvents()
    } while !all.contains(where: isDone)
    return all
  }

  private static func isReport(_ event: StudioEvent, where test: (ReplayReport) -> Bool) -> Bool {
    if case .replayed(let report) = event { test(report) } else { false }
  }

  @Test func opensOnItsThreadAndMoves() {
    let inbox = Inbox()
    let worker = ReplayWorker(
      opener: { _ in Scene.opened() }, clock: HandClock(), wake: { inbox.wake() })
    defer { worker.stop() }
    worker.open(PipelineFile(path: "a.yaml"))
    let opened = events(worker, inbox) { if case .opened = $0 { true } else { false } }
    #expect(opened.count == 1)
    worker.move(.events(5))
    let moved = events(worker, inbox) { Self.isReport($0) { $0.view.position == 5 } }
    #expect(!moved.isEmpty)
  }

  @Test func aKeyCancelsALongMove() {
    let inbox = Inbox()
    let worker = ReplayWorker(
      opener: { _ in OpenedPipeline(name: "e", logName: "e", replay: EndlessReplay()) },
      clock: HandClock(), wake: { inbox.wake() })
    defer { worker.stop() }
    worker.open(PipelineFile(path: "a.yaml"))
    worker.move(.end)
    worker.pause()
    let seen = events(worker, inbox) { Self.isReport($0) { !$0.isMoving && !$0.isPlaying } }
    #expect(!seen.isEmpty)
  }

  @Test func playsToTheEndAndStops() {
    let inbox = Inbox()
    let worker = ReplayWorker(
      opener: { _ in Scene.opened() }, clock: HandClock(), wake: { inbox.wake() })
    defer { worker.stop() }
    worker.open(PipelineFile(path: "a.yaml"))
    worker.play(.max)
    let seen = events(worker, inbox) { Self.isReport($0) { $0.view.isAtEnd && !$0.isPlaying } }
    #expect(!seen.isEmpty)
  }

  /// A replay that never ends; each bite takes a second of the clock, a quarter of it in its box.
  private final class BusyReplay: ReplayControlling {
    private let clock: HandClock
    private(set) var view = ReplayView()
    private(set) var workNs: [UInt64?] = [0]
    let position = ReplayPosition(records: 0, isAtEnd: false)

    init(_ clock: HandClock) {
      self.clock = clock
      view.boxes = [BoxView(kind: "source", detail: "", shipping: .none, input: nil)]
    }

    func play(until playhead: Int64?, maxRecords: Int) -> Int {
      clock.advance(1000)
      workNs = [(workNs[0] ?? 0) + 250_000_000]
      view.boxes[0].rowsOut += 10
      return 10
    }
    func move(_ move: ReplayMove, isCancelled: () -> Bool) {}
    func show(windowNode: Int) {}
    func close() {}
    func answer(_ query: ReplayQuery, isCancelled: () -> Bool) -> ReplayAnswer? { nil }
  }

  @Test func playingMeasuresTheLoadByTheClockAndAPauseForgetsIt() {
    let inbox = Inbox()
    let clock = HandClock()
    let worker = ReplayWorker(
      opener: { _ in OpenedPipeline(name: "b", logName: "b", replay: BusyReplay(clock)) },
      clock: clock, wake: { inbox.wake() })
    defer { worker.stop() }
    worker.open(PipelineFile(path: "a.yaml"))
    worker.play(.max)
    let measured = PipelineLoad(
      boxes: [.init(rate: 10, busy: 0.25, backPressured: 0)], watched: 0.75)
    let playing = events(worker, inbox) { Self.isReport($0) { $0.load == measured } }
    #expect(!playing.isEmpty)
    worker.pause()
    let paused = events(worker, inbox) {
      Self.isReport($0) { !$0.isPlaying && $0.load == PipelineLoad() }
    }
    #expect(!paused.isEmpty)
  }

  @Test func errorsOfTheReplayAreHandedOver() {
    let inbox = Inbox()
    let worker = ReplayWorker(
      opener: { _ in throw ConnectErrorForTest() }, clock: HandClock(), wake: { inbox.wake() })
    defer { worker.stop() }
    worker.open(PipelineFile(path: "gone.yaml"))
    let seen = events(worker, inbox) { if case .openFailed = $0 { true } else { false } }
    #expect(seen == [.openFailed(path: "gone.yaml", text: "no such file")])
  }

  private struct ConnectErrorForTest: Error, CustomStringConvertible {
    var description: String { "no such file" }
  }

  @Test func thePlayheadLosesNothing() {
    let clock = HandClock()
    var pacer = PlayPacer(speed: Speed.ladder[0], nowNs: 0, newest: 1000)
    for step in 1...800 {
      clock.advance(3)
      // An eighth of our time, from where playing began, whatever was read meanwhile.
      #expect(
        pacer.due(nowNs: clock.nowNs, newest: 9000) == .playhead(1000 + Int64(step) * 3 / 8))
    }
    var unlimited = PlayPacer(speed: .max, nowNs: 0, newest: 1000)
    #expect(unlimited.due(nowNs: 5, newest: 1000) == .everything)
  }

  @Test func aSleepOfTheMachineIsNotMadeUpFor() {
    var pacer = PlayPacer(speed: .standard, nowNs: 0, newest: 0)
    #expect(pacer.due(nowNs: 3_600_000_000_000, newest: 0) == .playhead(2500))
  }

  @Test func withoutAnEventTimeRecordsAreReadOneByOneUntilThereIsOne() {
    var pacer = PlayPacer(speed: .standard, nowNs: 0, newest: nil)
    #expect(pacer.due(nowNs: 25_000_000, newest: nil) == .record)
    #expect(pacer.due(nowNs: 50_000_000, newest: 700) == .playhead(950))
  }

  /// A log of an event every 420 ms, played at a tenth of a second a tick: the newest event is never
  /// more than one event ahead of the time that has passed.
  @Test func aSparseLogIsPlayedAtItsOwnPace() throws {
    let replay = FakeReplay()
    try replay.move(.position(10), isCancelled: { false })
    let start = try #require(replay.view.maxEventTime)
    var pacer = PlayPacer(speed: try #require(Speed(label: "×1")), nowNs: 0, newest: start)
    for tick in 1...200 {
      let now = UInt64(tick) * 25_000_000
      let due = pacer.due(nowNs: now, newest: replay.view.maxEventTime)
      guard case .playhead(let time) = due else {
        Issue.record("no playhead")
        return
      }
      _ = try replay.play(until: time, maxRecords: 4096)
    }
    let before = replay.view
    try replay.move(.events(-1), isCancelled: { false })
    #expect(try #require(replay.view.maxEventTime) < start + 5000)
    #expect(try #require(before.maxEventTime) >= start + 5000)
  }
}
