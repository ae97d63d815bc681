import Columns
import Dispatch
import Foundation
import Runtime
import TestSupport
import Testing

@testable import Engine

/// A snapshot that is written while the job goes on is the one that was frozen, byte for byte.
@Suite struct Freezing {
  /// When the frozen state is written.
  enum Writing: CaseIterable, Sendable {
    /// A few entries between two rounds, as the seed says.
    case between
    /// When everything has changed.
    case atTheEnd
    /// On another thread, as it comes.
    case beside
  }

  /// Jobs for each kind of window and way of writing: one for each hundred of `TIDEMARK_SEEDS`, at
  /// least 3.
  static let seeds = max(
    3, (UInt64(ProcessInfo.processInfo.environment["TIDEMARK_SEEDS"] ?? "") ?? 0) / 100)

  struct Kind: Sendable, CustomTestStringConvertible {
    var name: String
    var assigner: WindowAssigner
    /// Whether it takes triggers, and late rows.
    var isTimed = true
    var testDescription: String { name }
  }

  static let kinds = [
    Kind(name: "tumbling", assigner: .tumbling(sizeMs: 40, offsetMs: 3)),
    Kind(name: "sliding", assigner: .sliding(sizeMs: 60, slideMs: 15, offsetMs: 0)),
    Kind(name: "sliding with gaps", assigner: .sliding(sizeMs: 10, slideMs: 25, offsetMs: 0)),
    Kind(name: "cumulating", assigner: .cumulating(stepMs: 20, maxMs: 100, offsetMs: -7)),
    Kind(name: "session", assigner: .session(gapMs: 14)),
    Kind(name: "long session", assigner: .session(gapMs: 120)),
    Kind(name: "count", assigner: .count(5), isTimed: false),
    Kind(name: "global", assigner: .global, isTimed: false),
  ]

  static let calls = [
    "COUNT(DISTINCT value)", "FIRST_VALUE(value)", "LAST_VALUE(key) FILTER (WHERE value > 0)",
    "ARG_MAX(key, value)", "VAR_SAMP(value / 3.0e0)", "PERCENTILE(value, 0.9)",
    "APPROX_COUNT_DISTINCT(value)", "LISTAGG(DISTINCT CAST(value AS STRING), '; ')",
    "SUM(DISTINCT value)", "TOP_K(value, 2)", "HISTOGRAM(value)", "MIN(key)",
    "AVG(CAST(value AS DECIMAL(9, 2)))", "LISTAGG(key)",
  ]

  /// Those whose entries are words alone: such an entry is used again for its key's next window.
  static let plainCalls = [
    "FIRST_VALUE(value)", "VAR_SAMP(value / 3.0e0)", "AVG(CAST(value AS DECIMAL(9, 2)))",
  ]

  /// A job drawn by a seed: triggers, late policy, aggregates, subtasks, blocks.
  static func job(_ kind: Kind, _ random: inout SeededRandom) -> WindowJob {
    var job = WindowJob()
    job.assigner = kind.assigner
    job.outOfOrdernessMs = Int64.random(in: 0...20, using: &random)
    job.late = kind.isTimed ? LatePolicy.allCases.randomElement(using: &random) ?? .drop : .drop
    job.allowedLatenessMs = job.late == .drop ? 0 : Int64.random(in: 1...80, using: &random)
    let hasTrigger = !kind.assigner.isCount && Bool.random(using: &random)
    if kind.assigner == .global || hasTrigger {
      job.trigger.everyRows = Bool.random(using: &random) ? 4 : nil
      job.trigger.earlyMs = Bool.random(using: &random) ? 9 : nil
      job.trigger.isDiscarding = !job.trigger.isDefault && Bool.random(using: &random)
    }
    job.calls = calls.shuffled(using: &random)
    job.calls.removeLast(Int.random(in: 0...calls.count, using: &random))
    if Bool.random(using: &random) { job.calls.append("SUM(value * 300000000000000000)") }
    job.parallelism = [1, 1, 2, 4].randomElement(using: &random) ?? 1
    job.blockRecords = [1, 7, 50].randomElement(using: &random) ?? 1
    if Bool.random(using: &random) { job.calls.removeAll { !plainCalls.contains($0) } }
    return job
  }

  static func log(keys: Int, count: Int, _ random: inout SeededRandom) -> String {
    var now: Int64 = 0
    return (0..<count).map { _ in
      now += Int64.random(in: 0...3, using: &random)
      let isLate = Int.random(in: 0...14, using: &random) == 0
      let time = now - Int64.random(in: 0...12, using: &random) - (isLate ? 60 : 0)
      let value = Int.random(in: -50...50, using: &random)
      let key = Int.random(in: 0..<keys, using: &random)
      return "{\"ts\":\(time),\"key\":\"k\(key)\",\"value\":\(value)}\n"
    }.joined()
  }

  @Test(arguments: kinds, Writing.allCases)
  func whatIsWrittenIsWhatWasFrozenWhateverRanMeanwhile(_ kind: Kind, _ writing: Writing) throws {
    var keptMost = 0
    for seed in UInt64(1)...Self.seeds {
      var random = SeededRandom(seed: seed)
      let job = Self.job(kind, &random)
      let texts = [
        ("log", Self.log(keys: [3, 40].randomElement(using: &random) ?? 3, count: 300, &random))
      ]
      let cut = Int.random(in: 0...250, using: &random)
      let rounds = Int.random(in: 1...60, using: &random)
      func start(restoring snapshot: ExecutionSnapshot? = nil) throws -> (
        Execution, [Int: CollectingSink]
      ) {
        let graph = try job.graph(MemorySource(texts, blockRecords: job.blockRecords))
        let sinks = try WindowJob.sinks(of: graph)
        return (
          try Execution(
            graph: graph, sinks: sinks, lanes: ThreadLanes(width: job.parallelism),
            restoring: snapshot), sinks
        )
      }
      func go(_ execution: Execution, _ count: Int) throws {
        for _ in 0..<count { try execution.round(maxRecords: 1) }
      }
      let (still, stillSinks) = try start()
      try go(still, cut)
      let expected = still.snapshot()
      let before = WindowJob.output(still, stillSinks)
      while try still.round() {}
      let whole = WindowJob.output(still, stillSinks)

      let (execution, sinks) = try start()
      try go(execution, cut)
      let frozen = execution.freeze()
      var snapshot = frozen.position
      switch writing {
      case .between:
        var writer = StateWriter()
        let state = frozen.operators[0]
        var hasMore = true
        for _ in 0..<rounds {
          try execution.round(maxRecords: [1, 9].randomElement(using: &random) ?? 1)
          for _ in 0..<Int.random(in: 0...3, using: &random) where hasMore {
            hasMore = state.step(entries: Int.random(in: 1...5, using: &random), to: &writer)
          }
        }
        keptMost = max(keptMost, execution.memory[0].snapshotBytes)
        while hasMore { hasMore = state.step(entries: 3, to: &writer) }
        snapshot.operators[state.id] = writer.bytes
      case .atTheEnd:
        for _ in 0..<rounds { try execution.round(maxRecords: 5) }
        keptMost = max(keptMost, execution.memory[0].snapshotBytes)
        snapshot = frozen.snapshot()
      case .beside:
        let written = Written()
        let group = DispatchGroup()
        DispatchQueue.global().async(group: group) { written.snapshot = frozen.snapshot() }
        for _ in 0..<rounds { try execution.round(maxRecords: 5) }
        group.wait()
        snapshot = try #require(written.snapshot)
      }
      #expect(snapshot == expected, "seed \(seed)")
      while try execution.round() {}
      #expect(WindowJob.output(execution, sinks) == whole, "seed \(seed)")

      let (resumed, resumedSinks) = try start(restoring: snapshot)
      #expect(resumed.snapshot().operators == expected.operators, "seed \(seed)")
      while try resumed.round() {}
      let rest = WindowJob.output(resumed, resumedSinks)
      #expect(before.results + rest.results == whole.results, "seed \(seed)")
      #expect(before.late + rest.late == whole.late, "seed \(seed)")
    }
    if writing == .atTheEnd { #expect(keptMost > 100, "no entry changed while it was frozen") }
  }

  /// What another thread wrote.
  private final class Written: @unchecked Sendable {
    // Unchecked: read when the other thread is done.
    var snapshot: ExecutionSnapshot?
  }

  /// Many keys, so that both threads are in the same panes for long.
  @Test(arguments: kinds)
  func aJobAndItsSnapshotAreAtWorkAtOnce(_ kind: Kind) throws {
    var random = SeededRandom(seed: 77)
    var job = Self.job(kind, &random)
    job.late = kind.isTimed ? .correct : .drop
    job.allowedLatenessMs = kind.isTimed ? 500 : 0
    job.calls = Self.calls
    job.parallelism = 2
    let log = [("log", Self.log(keys: 200, count: 2500, &random))]
    func run(_ each: (Execution) throws -> Void) throws -> [String] {
      let graph = try job.graph(MemorySource(log, blockRecords: 60))
      let sinks = try WindowJob.sinks(of: graph)
      let execution = try Execution(graph: graph, sinks: sinks, lanes: ThreadLanes(width: 2))
      while try execution.round() { try each(execution) }
      return WindowJob.output(execution, sinks).results
    }
    var expected: [ExecutionSnapshot] = []
    let results = try run { if expected.count < 14 { expected.append($0.snapshot()) } }
    var round = 0
    let group = DispatchGroup()
    let snapshots = (0..<14).map { _ in Written() }
    let queue = DispatchQueue(label: "snapshots")
    let besideResults = try run { execution in
      // Now and then one is frozen before the last one was written.
      if round < 14 {
        let (frozen, written) = (execution.freeze(), snapshots[round])
        queue.async(group: group) { written.snapshot = frozen.snapshot() }
        if round % 3 == 0 { group.wait() }
      }
      round += 1
    }
    group.wait()
    #expect(besideResults == results)
    for (index, written) in snapshots.enumerated() where index < expected.count {
      #expect(written.snapshot == expected[index], "snapshot \(index)")
    }
  }

  @Test func oneThatNobodyWritesIsForgotten() throws {
    var random = SeededRandom(seed: 5)
    let job = Self.job(Self.kinds[0], &random)
    let graph = try job.graph(
      MemorySource([("log", Self.log(keys: 30, count: 200, &random))], blockRecords: 10))
    let execution = try Execution(
      graph: graph, sinks: WindowJob.sinks(of: graph), lanes: SerialLanes())
    for _ in 0..<5 { try execution.round() }
    var frozen: FrozenExecution? = execution.freeze()
    try execution.round()
    #expect(frozen != nil && execution.memory[0].snapshotBytes > 0)
    frozen = nil
    try execution.round()
    #expect(execution.memory[0].snapshotBytes == 0)
  }
}
