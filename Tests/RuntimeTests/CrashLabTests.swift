import Engine
import TestSupport
import Testing

@testable import Runtime

/// A crash anywhere, at any step of the two-phase commit, changes no output of a sink with
/// transactions, and of one without shows again what it had shown since the checkpoint.
@Suite struct CrashLabTests {
  private static let records: Int64 = 180

  private static let cases: [(WindowAssigner, LatePolicy)] = [
    (.tumbling(sizeMs: 25, offsetMs: 0), .drop),
    (.sliding(sizeMs: 40, slideMs: 20, offsetMs: 5), .update),
    (.cumulating(stepMs: 20, maxMs: 60, offsetMs: 0), .correct), (.session(gapMs: 4), .correct),
    (.session(gapMs: 6), .update), (.count(4), .drop),
  ]

  private func graph(
    _ assigner: WindowAssigner, _ late: LatePolicy, splits: Int, plainSink: Bool = false
  ) throws -> JobGraph {
    var random = SeededRandom(seed: 91)
    let texts = (0..<splits).map { split in
      var lines = ""
      for index in 0..<(Int(Self.records) / splits) {
        let back = Int.random(in: 0..<8, using: &random) == 0 ? 40 : 0
        let time = index * 3 * splits - Int.random(in: 0...9, using: &random) - back
        let key = Int.random(in: 0..<4, using: &random)
        lines +=
          index % 41 == 40
          ? "broken\n" : "{\"ts\":\(time),\"key\":\"k\(key)\",\"value\":\(index)}\n"
      }
      return (name: "s\(split)", text: lines)
    }
    var job = WindowJob()
    job.assigner = assigner
    job.late = late
    job.outOfOrdernessMs = 8
    job.allowedLatenessMs = late == .drop ? 0 : 30
    var graph = try job.graph(MemorySource(texts))
    graph.checkpoint.everyMs = 40
    if plainSink, let index = graph.nodes.firstIndex(where: { $0.id == "results" }),
      case .sink(var spec) = graph.nodes[index].logic
    {
      spec.guarantee = .atLeastOnce
      graph.nodes[index].logic = .sink(spec)
    }
    return graph
  }

  private func report(_ replay: Replay, _ plan: CrashPlan) throws -> CrashReport {
    let answer = try replay.answer(.crash(plan), isCancelled: { false })
    guard case .crash(let report)? = answer else { throw NoReport() }
    return report
  }

  private struct NoReport: Error {}

  @Test(arguments: cases.indices)
  func exactlyOnceOutputsAreEqualAfterACrashAnywhere(_ index: Int) throws {
    let (assigner, late) = Self.cases[index]
    let graph = try graph(assigner, late, splits: 1 + index % 3)
    let replay = try Replay(graph: graph)
    try replay.move(.end, isCancelled: { false })
    let victims: [CrashPlan.Victim] = [.job] + graph.nodes.map { .operator($0.id) }
    var random = SeededRandom(seed: UInt64(index + 1))
    var (rolledBack, recovered, compared) = (0, 0, 0)
    for _ in 0..<30 {
      let position = Int64.random(in: 0...Self.records, using: &random)
      let until = Int64.random(in: position...Self.records + 20, using: &random)
      let plan = CrashPlan(
        victim: victims.randomElement(using: &random) ?? .job,
        moment: CrashPlan.Moment.allCases.randomElement(using: &random) ?? .afterPrecommit,
        position: position, until: until > Self.records ? nil : until)
      let report = try report(replay, plan)
      for sink in report.sinks {
        #expect(sink.isEqual, "\(sink.sink) after \(plan)")
        #expect(sink.visibleRows == sink.expectedRows)
        rolledBack += sink.abortedRows
        recovered += sink.recoveredRows
        compared += sink.visibleRows
      }
    }
    #expect(rolledBack > 0 && recovered > 0 && compared > 0)
  }

  @Test func aSinkWithoutTransactionsShowsRowsTwice() throws {
    let graph = try graph(.tumbling(sizeMs: 25, offsetMs: 0), .update, splits: 1, plainSink: true)
    let replay = try Replay(graph: graph)
    try replay.move(.nextCheckpoint, isCancelled: { false })
    let checkpoint = replay.view.position
    try replay.move(.nextFiring, isCancelled: { false })
    let position = replay.view.position
    #expect(position > checkpoint)
    guard
      case .output(let output)? = try replay.answer(.output(OutputQuery()), isCancelled: { false })
    else { throw NoReport() }
    let since = output.lines.filter { $0.sink == "results" && $0.position >= checkpoint }
    let crash = CrashPlan(moment: .betweenCheckpoints, position: position)
    let sink = try #require(try report(replay, crash).sinks.first { $0.sink == "results" })
    #expect(!since.isEmpty)
    #expect(Set(sink.duplicated) == Set(since))
    #expect(sink.duplicatedRows == since.count && sink.missingRows == 0)
    // With the checkpoint complete there is nothing to read again.
    let later = try report(replay, CrashPlan(moment: .beforeCommit, position: position))
    #expect(later.sinks.allSatisfy { $0.isEqual })
    #expect(later.steps.contains(.readAgain(records: 0)))
  }

  @Test func theStoryHasItsStepsInOrder() throws {
    let replay = try Replay(graph: try graph(.tumbling(sizeMs: 25, offsetMs: 0), .drop, splits: 1))
    try replay.move(.nextCheckpoint, isCancelled: { false })
    let from = replay.view.position
    try replay.move(.events(7), isCancelled: { false })
    let position = replay.view.position
    let steps = try report(
      replay, CrashPlan(victim: .operator("window"), moment: .afterPrecommit, position: position)
    ).steps
    #expect(steps.first == .from(checkpoint: 1, position: from))
    #expect(steps.contains(.restored(checkpoint: 1, position: from)))
    #expect(steps.contains(.readAgain(records: 7)))
    #expect(steps.contains(.ranOn(position: Self.records, isEnd: true)))
    guard case .compared? = steps.last else { throw NoReport() }
  }
}
