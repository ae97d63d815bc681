import Runtime
import Terminal
import Testing

@testable import Studio

/// The checkpoints of the replay, and the crash lab.
@Suite struct CheckpointsScreenTests {
  private let replay = FakeReplay()

  private func press(_ state: inout StudioState, _ actions: StudioAction...) throws {
    for action in actions { try settle(&state, reduce(&state, .action(action))) }
  }

  private func settle(_ state: inout StudioState, _ effects: [StudioEffect]) throws {
    for effect in effects {
      switch effect {
      case .ask(let query):
        let answer = try #require(try replay.answer(query, isCancelled: { false }))
        try settle(&state, reduce(&state, .answered(query, answer)))
      case .move(let move):
        try replay.move(move, isCancelled: { false })
        try settle(&state, reduce(&state, .replayed(ReplayReport(view: replay.view))))
      default: break
      }
    }
  }

  private func opened(at position: Int64 = 143) throws -> StudioState {
    var state = Scene.gallery()
    try replay.move(.position(position), isCancelled: { false })
    try settle(&state, reduce(&state, .opened(Scene.summary(replay.view))))
    try press(&state, .showCheckpoints)
    return state
  }

  private func text(_ state: StudioState) -> String { drawStudio(state, theme: .dark).grid.text }

  @Test func theNewestStandsFirstAndEnterGoesThere() throws {
    var state = try opened(at: 400)
    let known = try #require(state.run?.checkpoints.known)
    #expect(known.count > 1)
    #expect(state.run?.checkpoints.list.selected == known.last?.view.id)
    try press(&state, .reverseList, .first)
    #expect(state.run?.checkpoints.list.selected == known.first?.view.id)
    let first = try #require(known.first)
    let line = try #require(state.run?.checkpoints.selection?.line)
    #expect(reduce(&state, .action(.copy)) == [.copy(line)])
    try press(&state, .accept)
    #expect(state.run?.view.position == first.view.position)
  }

  @Test func theSizeIsUnknownWhereNobodyMeasured() throws {
    var state = try opened()
    let known = try #require(state.run?.checkpoints.known)
    state.run?.checkpoints.take(known.map { CheckpointDetail(view: $0.view, parts: nil) })
    #expect(text(state).contains("only the newest are measured"))
    #expect(state.run?.checkpoints.selection?.line.hasSuffix(unknownText) == true)
  }

  @Test func theLabAsksForWhatWasChosenAndTellsIt() throws {
    var state = try opened()
    try press(&state, .previousTab, .down, .previousPanel, .down)
    #expect(text(state).contains("Nothing is written outside"))
    try press(&state, .accept)
    let report = try #require(state.run?.checkpoints.lab.report)
    #expect(report.plan.moment == .afterPrecommit)
    #expect(report.plan.victim != .job)
    #expect(report.plan.position == 143)
    #expect(text(state).contains("✓ sink: output equal, 42 rows"))
    #expect(text(state).contains("rows that print shows twice (at-least-once), 1:"))
    // The list is asked for again, and the report stays.
    #expect(state.run?.asked?.query == .checkpoints)
    try press(&state, .stepForward)
    #expect(state.run?.checkpoints.lab.report == report)
    try press(&state, .close)
    #expect(state.run?.checkpoints.lab.report == nil)
  }

  @Test func operatorsThatAreCalledAlikeAreToldApart() throws {
    var view = try #require(try opened().run?.view)
    var sink = try #require(view.boxes.last)
    (sink.name, sink.detail) = (nil, "file other.jsonl")
    view.boxes[view.boxes.count - 1].name = nil
    view.boxes.append(sink)
    let victims = CrashLabState.victims(view).map(CrashStory.title)
    #expect(Set(victims).count == victims.count)
    #expect(victims.last == "\(sink.kind) file other.jsonl")
  }

  @Test func anOutcomeThatIsNotWaitedForIsDropped() throws {
    var state = try opened()
    try press(&state, .previousTab)
    let effects = reduce(&state, .action(.accept))
    guard case .ask(let query)? = effects.first else {
      Issue.record("nothing was asked")
      return
    }
    #expect(text(state).contains("running twice"))
    _ = reduce(&state, .action(.close))
    let answer = try #require(try replay.answer(query, isCancelled: { false }))
    _ = reduce(&state, .answered(query, answer))
    #expect(state.run?.checkpoints.lab.report == nil)
  }

  @Test(arguments: [Size(120, 40), Size(80, 24)])
  func theLabIsDrawn(size: Size) throws {
    let state = try Scene.shown(.checkpoints, at: 143, size, .previousTab, .accept)
    let difference = try snapshotDifference(
      drawStudio(state, theme: .dark).grid.styledText, "crash-lab-\(size.width)x\(size.height)")
    #expect(difference == nil)
  }

  // MARK: on disk

  private static func entry(
    _ number: Int64?, _ status: DiskCheckpoints.Entry.Status, isNext: Bool = false
  ) -> DiskCheckpoints.Entry {
    var entry = DiskCheckpoints.Entry(
      CheckpointReport.of("/nowhere/chk-\(number ?? 9)", depth: .sizes), isNext: isNext)
    (entry.number, entry.isSavepoint, entry.status) = (number, number == nil, status)
    entry.path = number.map { "/jobs/clicks/chk-\($0)" } ?? "/jobs/clicks/savepoint-9"
    (entry.takenMs, entry.bytes, entry.records) = (FakeReplay.start, 4700, 1200)
    entry.watermark = FakeReplay.start
    entry.parts = [.init(operatorName: "clicks_per_minute", bytes: 206)]
    return entry
  }

  private static let found: DiskCheckpoints = {
    var disk = DiskCheckpoints(folder: "/jobs")
    disk.entries = [
      entry(nil, .complete), entry(12, .damaged(["0.state: it does not have its checksum"])),
      entry(11, .complete, isNext: true), entry(10, .complete),
    ]
    return disk
  }()

  private func onDisk(_ size: Size = Size(120, 40)) throws -> StudioState {
    var state = try opened()
    state.size = size
    #expect(reduce(&state, .action(.nextTab)) == [.lookOnDisk(verifying: nil)])
    #expect(text(state).contains("looking…"))
    _ = reduce(&state, .onDisk(Self.found))
    return state
  }

  @Test(arguments: [Size(120, 40), Size(80, 24)])
  func whatRunsLeftIsListed(size: Size) throws {
    var state = try onDisk(size)
    _ = reduce(&state, .action(.down))
    let grid = drawStudio(state, theme: .dark).grid.styledText
    #expect(try snapshotDifference(grid, "on-disk-\(size.width)x\(size.height)") == nil)
    for words in ["savepoint-9", "damaged", "it does not have its checksum"] {
      #expect(text(state).contains(words), "\(words)")
    }
  }

  @Test func itIsLookedAtAgainEachTimeTheTabIsShown() throws {
    var state = try onDisk()
    #expect(reduce(&state, .action(.nextTab)).isEmpty)
    #expect(reduce(&state, .action(.previousTab)) == [.lookOnDisk(verifying: nil)])
    #expect(reduce(&state, .click(.listTab(1))) == [.lookOnDisk(verifying: nil)])
  }

  @Test func enterReadsEveryByte() throws {
    var state = try onDisk()
    for _ in 0..<2 { _ = reduce(&state, .action(.down)) }
    #expect(reduce(&state, .action(.accept)) == [.lookOnDisk(verifying: "/jobs/clicks/chk-11")])
    _ = reduce(&state, .verified(Self.entry(11, .complete)))
    #expect(state.notice?.contains("every checksum holds") == true)
    let verified = try #require(state.run?.checkpoints.diskSelection)
    #expect(verified.statusWords == "complete, sound" && verified.isNext)
    _ = reduce(&state, .verified(Self.entry(11, .damaged(["1.state: it is missing"]))))
    #expect(state.notice?.contains("1.state: it is missing") == true)
    #expect(state.run?.checkpoints.diskSelection?.nextWords == nil)
  }

  @Test func theListOnDiskIsFilteredAndTurned() throws {
    var state = try onDisk()
    _ = reduce(&state, .action(.filterList))
    for character in "damaged" { _ = reduce(&state, .text(character)) }
    _ = reduce(&state, .action(.accept))
    #expect(state.run?.checkpoints.shownOnDisk.map(\.number) == [12])
    _ = reduce(&state, .action(.close))
    _ = reduce(&state, .action(.reverseList))
    #expect(state.run?.checkpoints.shownOnDisk.map(\.number) == [10, 11, 12, nil])
    // What was selected stays selected.
    #expect(state.selectedLine?.hasSuffix("\t/jobs/clicks/chk-12") == true)
  }

  @Test func whereThereIsNothingTheRemedyIsSaid() throws {
    var state = try onDisk()
    _ = reduce(&state, .onDisk(DiskCheckpoints(folder: "/jobs")))
    #expect(text(state).contains("No run of this pipeline has left a checkpoint in /jobs."))
    #expect(text(state).contains("R runs it into its sinks"))
    _ = reduce(&state, .onDisk(DiskCheckpoints(folder: "/jobs", fault: "no permission")))
    #expect(text(state).contains("no permission"))
  }

  // MARK: sinks, and why

  @Test(arguments: [Size(120, 40), Size(80, 24)])
  func theSinksSayWhatIsOpenAndWhatIsCommitted(size: Size) throws {
    var state = try opened()
    state.size = size
    for index in state.run?.view.boxes.indices ?? 0..<0
    where state.run?.view.boxes[index].guarantee != nil {
      state.run?.view.boxes[index].stagedRows = 5
    }
    _ = reduce(&state, .action(.nextTab))
    _ = reduce(&state, .action(.nextTab))
    let grid = drawStudio(state, theme: .dark).grid.styledText
    #expect(try snapshotDifference(grid, "sinks-\(size.width)x\(size.height)") == nil)
  }

  @Test func aCheckpointExplainsItself() throws {
    var state = try opened(at: 400)
    _ = reduce(&state, .action(.why))
    for words in ["why here", "what it holds", "a restore from it", "records again to come here"] {
      #expect(text(state).contains(words), "\(words)")
    }
    func words(_ entry: DiskCheckpoints.Entry) -> String {
      CheckpointWhy.explain(entry).map(\.text).joined(separator: " ")
    }
    #expect(words(Self.entry(11, .complete, isNext: true)).contains("goes on from here"))
    #expect(words(Self.entry(10, .complete)).contains("in case a newer one is damaged"))
    #expect(words(Self.entry(nil, .complete)).contains("--from /jobs/clicks/savepoint-9"))
    #expect(
      words(Self.entry(3, .finished(isCommitted: true), isNext: true)).contains("starts over"))
    #expect(words(Self.entry(12, .damaged(["x: it is missing"]))).contains("x: it is missing"))
  }

  @Test func theLabOffersOnlyMomentsThatThereAre() throws {
    var view = try #require(try opened().run?.view)
    #expect(view.boxes.count { $0.guarantee != nil } > 1)
    #expect(CrashLabState.moments(view).contains(.betweenCommits))
    let sinks = view.boxes.indices.filter { view.boxes[$0].guarantee != nil }
    for index in sinks.dropFirst() { view.boxes[index].guarantee = nil }
    #expect(!CrashLabState.moments(view).contains(.betweenCommits))
  }

  @Test func theLabRunsOnAsFarAsIsChosen() throws {
    let view = try #require(try opened().run?.view)
    var lab = CrashLabState()
    #expect(lab.plan(view).until == nil)
    lab.distance = 1
    #expect(lab.plan(view).until == view.position + 1000)
    var long = view
    long.total = 10_000_000
    #expect(CrashLabState().plan(long).until == view.position + 100_000)
  }
}
