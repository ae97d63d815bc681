import Columns
import Engine
import Foundation
import TestSupport
import Testing

@testable import Runtime

/// Promise 1 across the drivers: the threaded one with its rounds, threads and checkpoints, and the
/// stepping one at any speed, with pauses and steps back, give the same rows in the same order.
@Suite struct Drivers {
  private static let never: @Sendable () -> Bool = { false }

  static let windows: [WindowAssigner] = [
    .tumbling(sizeMs: 25, offsetMs: 0), .sliding(sizeMs: 40, slideMs: 20, offsetMs: 5),
    .cumulating(stepMs: 20, maxMs: 60, offsetMs: 0), .session(gapMs: 4), .count(4),
  ]

  /// Three splits with disorder, late rows and a broken line; few enough rows that a replay
  /// remembers all of its output.
  private static let texts: [(name: String, text: String)] = {
    var random = SeededRandom(seed: 77)
    return ["a", "b", "c"].map { name in
      var lines = ""
      for index in 0..<30 {
        let late = Int.random(in: 0..<8, using: &random) == 0 ? 40 : 0
        let time = index * 4 - Int.random(in: 0...9, using: &random) - late
        lines +=
          index == 13
          ? "broken\n" : "{\"ts\":\(time),\"key\":\"k\(index % 2)\",\"value\":\(index)}\n"
      }
      return (name, lines)
    }
  }()

  private func graph(_ assigner: WindowAssigner, parallelism: Int = 1) throws -> JobGraph {
    var job = WindowJob()
    job.assigner = assigner
    job.outOfOrdernessMs = 10
    if assigner.needsEventTime {
      job.allowedLatenessMs = 20
      job.late = .correct
    }
    job.parallelism = parallelism
    job.blockRecords = 7
    return try job.graph(MemorySource(Self.texts, blockRecords: job.blockRecords))
  }

  private func run(_ assigner: WindowAssigner, parallelism: Int, maxRecords: Int) throws -> [String]
  {
    var graph = try graph(assigner, parallelism: parallelism)
    graph.checkpoint.everyMs = 1
    let rows = Guarded<[String]>([])
    for index in graph.nodes.indices {
      guard case .sink(var spec) = graph.nodes[index].logic else { continue }
      let isResult = graph.nodes[index].inputs.allSatisfy { $0.port == .main }
      let (id, columns) = (graph.nodes[index].id, spec.columns)
      spec.make = {
        CaptureSink(node: id, columns: columns, port: .main) { captured in
          guard isResult else { return }
          rows.withLock { $0 += captured.map(Self.text) }
        }
      }
      graph.nodes[index].logic = .sink(spec)
    }
    let folder = try TemporaryFolder()
    var options = JobRunner.Options(checkpointDirectory: folder.path)
    options.maxRecords = maxRecords
    let summary = try JobRunner(graph: graph, options: options, clock: TickingClock(tickMs: 2))
      .run()
    #expect(summary.accounting.isBalanced)
    return rows.withLock { $0 }
  }

  private static func text(_ line: OutputPage.Line) -> String {
    "\(line.kind) \(line.values.joined(separator: " "))"
  }

  private func text(_ replay: Replay) throws -> [String] {
    let query = OutputQuery(range: ListRange(limit: 1000))
    guard case .output(let page)? = try replay.answer(.output(query), isCancelled: Self.never)
    else { return [] }
    return page.lines.reversed().map(Self.text)
  }

  @Test(arguments: windows)
  func theSameRowsComeOutOfEveryDriverAtEverySpeed(_ assigner: WindowAssigner) throws {
    let reference = try run(assigner, parallelism: 1, maxRecords: .max)
    #expect((10..<200).contains(reference.count), "\(reference.count)")
    for parallelism in [1, 2, 4] {
      for maxRecords in [1, 5, Int.max] {
        #expect(
          try run(assigner, parallelism: parallelism, maxRecords: maxRecords) == reference,
          "parallelism \(parallelism), \(maxRecords) records a round")
      }
    }

    // Straight to the end.
    let straight = try Replay(graph: try graph(assigner), total: 90)
    try straight.move(.end, isCancelled: Self.never)
    #expect(try text(straight) == reference)

    // Played at changing speeds, with pauses, steps back and jumps.
    let wandering = try Replay(graph: try graph(assigner), total: 90)
    var random = SeededRandom(seed: 5)
    for _ in 0..<60 {
      switch Int.random(in: 0...5, using: &random) {
      case 0: try wandering.move(.events(-4), isCancelled: Self.never)
      case 1: try wandering.move(.events(1), isCancelled: Self.never)
      case 2: try wandering.move(.nextFiring, isCancelled: Self.never)
      case 3: try wandering.move(.previousWatermark, isCancelled: Self.never)
      default:
        let speed = Int64.random(in: 1...30, using: &random)
        let newest = wandering.view.maxEventTime ?? 0
        _ = try wandering.play(until: newest + speed, maxRecords: 20)
      }
    }
    try wandering.move(.end, isCancelled: Self.never)
    #expect(try text(wandering) == reference)
  }
}
