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
    try press(&state, .nextTab, .down, .previousPanel, .down)
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
    try press(&state, .nextTab)
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
    let state = try Scene.shown(.checkpoints, at: 143, size, .nextTab, .accept)
    let difference = try snapshotDifference(
      drawStudio(state, theme: .dark).grid.styledText, "crash-lab-\(size.width)x\(size.height)")
    #expect(difference == nil)
  }
}
