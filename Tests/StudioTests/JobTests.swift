import Foundation
import Terminal
import Testing

@testable import Runtime
@testable import Studio

/// A run into real sinks from the studio: asked for, seen, stopped, and never mistaken for the
/// replay.
@Suite struct JobTests {
  private static func progress(read: Int64, of total: Int64? = 1000) -> JobProgress {
    JobProgress(
      recordsRead: read, bytesRead: read, bytesTotal: total, watermark: 0, maxEventTime: nil,
      elapsedNs: 1_000_000_000, recordsThisRun: read, checkpoints: 2, failedCheckpoints: 0,
      sinceCheckpointNs: nil, lastCheckpointNs: nil, lastCheckpointBytes: 512, stateBytes: 4096,
      restarts: 0)
  }

  private func started() throws -> StudioState {
    var state = try Scene.run()
    _ = reduce(&state, .action(.runForReal))
    #expect(
      reduce(&state, .action(.accept)) == [.startJob(path: "Samples/ad-clicks/pipeline.yaml")])
    _ = reduce(&state, .job(.started("ad-clicks-per-minute")))
    return state
  }

  private func text(_ state: StudioState) -> String {
    drawStudio(state, theme: .dark).grid.text
  }

  @Test func nothingRunsBeforeItWasConfirmedByName() throws {
    var state = try Scene.run()
    #expect(reduce(&state, .action(.runForReal)).isEmpty)
    guard case .confirm(let question)? = state.overlay else {
      Issue.record("nothing was asked")
      return
    }
    #expect(question.title == "run ad-clicks-per-minute for real?")
    let sink = try #require(state.run?.view.boxes.last { $0.guarantee != nil })
    #expect(question.text.contains("\(sink.detail) (exactly-once)"))
    #expect(reduce(&state, .action(.close)).isEmpty)
    #expect(state.job == nil && state.overlay == nil)
  }

  @Test func theBadgeSaysHowFarItIsOnEveryScreen() throws {
    var state = try started()
    _ = reduce(&state, .job(.progress(Self.progress(read: 420))))
    #expect(text(state).contains("420 records (42 % of the log)"))
    _ = reduce(&state, .action(.close))
    for screen in [StudioAction.showGallery, .showWindows, .showRun] {
      _ = reduce(&state, .action(screen))
      #expect(text(state).split(separator: "\n")[0].contains("REAL RUN 42 %"))
    }
    _ = reduce(&state, .job(.progress(Self.progress(read: 420, of: nil))))
    #expect(text(state).split(separator: "\n")[0].contains(" REAL RUN  "))
  }

  @Test func whatItDidIsShownOnceAndThenGone() throws {
    var state = try started()
    _ = reduce(&state, .job(.note("going on from checkpoint 3")))
    _ = reduce(&state, .job(.ended("done in 1 s\n  read 1,000")))
    #expect(state.job?.isUnderWay == false)
    for words in ["has ended", "read 1,000", "going on from checkpoint 3", "✓ REAL RUN ended"] {
      #expect(text(state).contains(words), "\(words)")
    }
    _ = reduce(&state, .action(.close))
    #expect(state.job == nil && !text(state).contains("REAL RUN"))
    _ = reduce(&state, .action(.runForReal))
    if case .confirm = state.overlay { return }
    Issue.record("a second run is not asked for")
  }

  @Test func anEndDoesNotTakeTheScreenFromWhatIsRead() throws {
    var state = try started()
    _ = reduce(&state, .action(.close))
    _ = reduce(&state, .action(.help))
    _ = reduce(&state, .job(.failed("disk full: /out")))
    #expect(state.overlay == .help(SearchList()))
    _ = reduce(&state, .action(.close))
    #expect(text(state).contains("✗ REAL RUN failed"))
    _ = reduce(&state, .action(.runForReal))
    #expect(text(state).contains("disk full: /out"))
  }

  @Test func enterOnItsPageStopsIt() throws {
    var state = try started()
    #expect(reduce(&state, .action(.accept)) == [.stopJob])
    #expect(state.job?.phase == .stopping)
    #expect(reduce(&state, .action(.accept)) == [.stopJob])
    #expect(text(state).contains("takes a last checkpoint and stops"))
  }

  @Test func leavingStopsARunFirst() throws {
    var state = try started()
    _ = reduce(&state, .action(.close))
    #expect(reduce(&state, .action(.quit)).isEmpty)
    #expect(reduce(&state, .action(.accept)) == [.stopJobAndQuit])
    #expect(state.job?.phase == .stopping)
    // One that does not stop holds nobody.
    #expect(reduce(&state, .action(.quit)).isEmpty)
    #expect(reduce(&state, .action(.accept)) == [.quit])
    var calm = try Scene.run()
    #expect(reduce(&calm, .action(.quit)) == [.quit])
  }

  /// A job that ends when it is told to stop, and not before.
  private final class StoppableJob: JobDriving {
    private var events: [StudioEvent] = []
    private(set) var isClosed = false
    func start(path: String) { events.append(.job(.started("job"))) }
    func stop() { events.append(.job(.ended("stopped after a last checkpoint"))) }
    func takeEvents() -> [StudioEvent] {
      defer { events = [] }
      return events
    }
    func close() { isClosed = true }
  }

  @Test func aRunThatEndedWhileItWasAskedAboutLetsGo() throws {
    var state = try started()
    _ = reduce(&state, .action(.close))
    _ = reduce(&state, .action(.quit))
    _ = reduce(&state, .job(.ended("done")))
    #expect(reduce(&state, .action(.accept)) == [.quit])
  }

  @Test func aRunThatFailsWhileItStopsIsReadFirst() {
    final class FailingJob: JobDriving {
      private var events: [StudioEvent] = []
      func start(path: String) { events.append(.job(.started("job"))) }
      func stop() { events.append(.job(.failed("the last checkpoint: disk full"))) }
      func takeEvents() -> [StudioEvent] {
        defer { events = [] }
        return events
      }
      func close() {}
    }
    let screen = HeadlessScreen(Size(80, 24))
    screen.send("Enter", "R", "Enter", "Esc", "q", "Enter", "Down")
    let open: PipelineOpener = { _ in Scene.opened() }
    let app = StudioApp(
      screen: screen, configuration: .init(entries: Scene.entries, open: open),
      driver: InlineReplayDriver(opener: open), job: FailingJob())
    #expect(app.run() == .hangup)
    #expect(screen.text.contains("disk full") && app.lastRun?.phase == .failed)
  }

  @Test func theStudioLeavesWhenTheRunHasStopped() {
    func ending(_ keys: String...) -> (StudioApp.Ending, StoppableJob) {
      let screen = HeadlessScreen(Size(80, 24))
      for key in ["Enter", "R", "Enter", "Esc"] + keys { screen.send(key) }
      let job = StoppableJob()
      let open: PipelineOpener = { _ in Scene.opened() }
      let app = StudioApp(
        screen: screen, configuration: .init(entries: Scene.entries, open: open),
        driver: InlineReplayDriver(opener: open), job: job)
      return (app.run(), job)
    }
    #expect(ending("q", "Enter").0 == .quit)
    #expect(ending("q", "Esc").0 == .hangup)
    // A terminal that is gone stops it too.
    #expect(ending().1.isClosed)
  }

  @Test func aPipelineThatCannotRunSaysWhy() throws {
    let screen = HeadlessScreen(Size(120, 40))
    screen.send("Enter", "R", "Enter", "Down")
    let open: PipelineOpener = { _ in Scene.opened() }
    let app = StudioApp(
      screen: screen, configuration: .init(entries: Scene.entries, open: open),
      driver: InlineReplayDriver(opener: open), job: InlineJob(opener: { _ in throw NoRun() }))
    #expect(app.run() == .hangup)
    #expect(app.state.job?.phase == .failed)
    #expect(screen.text.contains("tidemark run FILE does"))
  }
}

/// The job on its own thread; tests wait for what it says, never for time.
@Suite struct JobWorkerTests {
  private func news(
    _ worker: JobWorker, _ inbox: Inbox, until isDone: (JobNews) -> Bool
  ) -> [JobNews] {
    var all: [JobNews] = []
    repeat {
      guard inbox.wait() else { return all }
      for case .job(let news) in worker.takeEvents() { all.append(news) }
    } while !all.contains(where: isDone)
    return all
  }

  /// Runs until it is told to stop.
  private static let untilStopped: RunOpener = { _ in
    RealRun(name: "endless") { notify, _, control in
      notify("it runs")
      while !control.isStopAsked { sched_yield() }
      return "stopped"
    }
  }

  @Test func tellsItsBeginningAndItsEnd() {
    let inbox = Inbox()
    let worker = JobWorker(opener: Self.untilStopped, clock: MonotonicClock()) { inbox.wake() }
    worker.start(path: "a")
    #expect(
      news(worker, inbox) { $0 == .note("it runs") } == [.started("endless"), .note("it runs")])
    worker.stop()
    #expect(news(worker, inbox) { $0 == .ended("stopped") }.last == .ended("stopped"))
    // It can be started again.
    worker.start(path: "a")
    #expect(news(worker, inbox) { $0 == .note("it runs") }.contains(.started("endless")))
    worker.close()
  }

  @Test func closingWaitsForTheLastCheckpoint() {
    let inbox = Inbox()
    let worker = JobWorker(opener: Self.untilStopped, clock: MonotonicClock()) { inbox.wake() }
    worker.start(path: "a")
    worker.close()
    let all = worker.takeEvents()
    #expect(all.last == .job(.ended("stopped")))
  }

  @Test func aFaultIsTold() {
    let inbox = Inbox()
    let worker = JobWorker(opener: { _ in throw NoRun() }, clock: MonotonicClock()) {
      inbox.wake()
    }
    worker.start(path: "a")
    #expect(news(worker, inbox) { if case .failed = $0 { true } else { false } }.count == 1)
  }
}
