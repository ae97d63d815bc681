import Columns
import Engine
import TestSupport
import Testing

@testable import Runtime

/// The boxes of the picture: how rows reach them, how many there are in a run, and who worked.
@Suite struct ReplayBoxesTests {
  private static let lines = (0..<60).map { "{\"ts\":\($0),\"key\":\"k\($0 % 5)\",\"value\":1}\n" }
    .joined()

  private func replay(
    parallelism: Int, splits: Int = 1, keyed: Bool = true, clock: (() -> UInt64)? = nil
  ) throws -> Replay {
    var job = WindowJob()
    job.parallelism = parallelism
    job.keyed = keyed
    job.filter = "value > 0"
    let source = MemorySource((0..<splits).map { (name: "split\($0)", text: Self.lines) })
    return try Replay(graph: try job.graph(source), workClock: clock)
  }

  private func words(_ replay: Replay) -> [String] {
    replay.view.boxes.map { "\($0.kind) ×\($0.subtasks) \($0.shipping.rawValue)" }
  }

  @Test func aRunWithOneSubtaskForwardsAllButTheKey() throws {
    #expect(
      words(try replay(parallelism: 1)) == [
        "source ×1 none", "parse ×1 forward", "filter ×1 forward", "window ×1 hash",
        "aggregate ×1 forward", "sink ×1 forward", "sink ×1 forward", "sink ×1 forward",
      ])
  }

  @Test func parallelismSpreadsWhatTheEngineSpreads() throws {
    // Blocks of one split are parsed side by side and stay in their lane up to the key; results
    // come together in one sink.
    #expect(
      words(try replay(parallelism: 4)) == [
        "source ×1 none", "parse ×4 rebalance", "filter ×4 forward", "window ×4 hash",
        "aggregate ×4 forward", "sink ×1 rebalance", "sink ×1 rebalance", "sink ×1 rebalance",
      ])
    // Records of two splits are put in order one by one.
    #expect(
      words(try replay(parallelism: 4, splits: 2)).prefix(4) == [
        "source ×1 none", "parse ×1 forward", "filter ×1 forward", "window ×4 hash",
      ])
    #expect(words(try replay(parallelism: 4, keyed: false))[3] == "window ×1 rebalance")
  }

  @Test func sideOutputsLeaveTheBoxThatMakesThem() throws {
    let boxes = try replay(parallelism: 1).view.boxes
    let late = try #require(boxes.first { $0.inputPort == .late })
    let dead = try #require(boxes.first { $0.inputPort == .dead })
    #expect(late.input.map { boxes[$0].kind } == "window")
    #expect(dead.input.map { boxes[$0].kind } == "parse")
  }

  @Test func workIsToldOfTheBoxThatDoesIt() throws {
    var ticks: UInt64 = 0
    let replay = try replay(parallelism: 1) {
      ticks += 1
      return ticks
    }
    #expect(replay.workNs.count == replay.view.boxes.count)
    _ = try replay.play(until: nil, maxRecords: 60)
    let work = replay.workNs
    // Reading is the source's, parsing the parse's; a window and its aggregate are one operator.
    // The block, and after it that there is no more.
    #expect(work[0] == 2)
    #expect((work[1] ?? 0) > 0 && work[2] == 1 && work[3] == 1)
    #expect(work[4] == nil)
    #expect(work[5...] == [1, 1, 1])
    // Going back is work as well, and takes nothing away.
    try replay.move(.position(0), isCancelled: { false })
    try replay.move(.position(20), isCancelled: { false })
    #expect(zip(work, replay.workNs).allSatisfy { ($0 ?? 0) <= ($1 ?? 0) })
  }

  @Test func whereNobodyMeasuresNothingIsKnownOfWork() throws {
    #expect(try replay(parallelism: 1).workNs.isEmpty)
  }
}
