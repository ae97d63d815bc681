import Engine
import Runtime
import TestSupport
import Testing

/// Promise 1: the same log and pipeline give the same output, whatever the batches and subtasks.
@Suite struct Determinism {
  /// A log with disorder, late rows, bad lines and several keys.
  static func log(seed: UInt64, count: Int, from base: Int64 = 0) -> String {
    var random = SeededRandom(seed: seed)
    var now = base
    var lines = ""
    for _ in 0..<count {
      now += Int64.random(in: 0...6, using: &random)
      let late = Int64.random(in: 0...19, using: &random) == 0 ? 60 : 0
      let time = now - Int64.random(in: 0...12, using: &random) - Int64(late)
      let key = "k\(Int.random(in: 0...6, using: &random))"
      switch Int.random(in: 0...60, using: &random) {
      case 0: lines += "{\"ts\":\(time),\"key\":\"\(key)\",\"val\n"
      case 1: lines += "{\"ts\":\"soon\",\"key\":\"\(key)\",\"value\":1}\n"
      case 2: lines += "{\"key\":\"\(key)\",\"value\":1}\n"
      case 3: lines += "\n"
      case 4: lines += "{\"value\": 7, \"key\": \"\\u006b9\", \"ts\": \(time)}\r\n"
      case 5: lines += "{\"ts\":\(time),\"key\":null,\"value\":null}\n"
      default:
        let value = Int.random(in: -50...50, using: &random)
        lines += "{\"ts\":\(time),\"key\":\"\(key)\",\"value\":\(value)}\n"
      }
    }
    return lines
  }

  @Test(arguments: [LatePolicy.drop, .update, .correct], [UInt64(1), 2, 3])
  func theOutputDoesNotDependOnBatchesSubtasksOrDriver(_ policy: LatePolicy, _ seed: UInt64) throws
  {
    let texts = [("log", Self.log(seed: seed, count: 240))]
    let reference = try job(policy).run(texts, maxRecords: 1)
    #expect(reference.isBalanced)
    #expect(!reference.results.isEmpty && !reference.late.isEmpty && !reference.dead.isEmpty)
    for parallelism in [1, 2, 4] {
      for (blockRecords, maxRecords) in [
        (1, 3), (1, Int.max), (2, Int.max), (7, 1), (8192, 1), (8192, 3), (8192, Int.max),
      ] {
        var job = job(policy)
        job.parallelism = parallelism
        job.blockRecords = blockRecords
        let output = try job.run(
          texts, maxRecords: maxRecords, lanes: ThreadLanes(width: parallelism))
        #expect(
          output == reference,
          "seed \(seed) parallelism \(parallelism) block \(blockRecords) round \(maxRecords)")
      }
    }
  }

  struct Window: Sendable, CustomTestStringConvertible {
    var assigner: WindowAssigner
    var trigger = WindowTrigger()
    var policy = LatePolicy.correct
    var testDescription: String { "\(assigner) \(trigger.earlyMs ?? 0) \(trigger.everyRows ?? 0)" }
  }

  static let windows = [
    Window(assigner: .sliding(sizeMs: 40, slideMs: 15, offsetMs: 3)),
    Window(assigner: .sliding(sizeMs: 10, slideMs: 25, offsetMs: 0), policy: .drop),
    Window(assigner: .cumulating(stepMs: 10, maxMs: 50, offsetMs: -7)),
    Window(assigner: .session(gapMs: 14)),
    Window(assigner: .session(gapMs: 9), trigger: .init(everyRows: 3)),
    Window(assigner: .tumbling(sizeMs: 30, offsetMs: 0), trigger: .init(earlyMs: 8, everyRows: 4)),
    Window(
      assigner: .sliding(sizeMs: 30, slideMs: 10, offsetMs: 0),
      trigger: .init(earlyMs: 7, isDiscarding: true), policy: .update),
    Window(assigner: .count(5), policy: .drop),
    Window(assigner: .global, trigger: .init(earlyMs: 20, everyRows: 6), policy: .drop),
  ]

  @Test(arguments: windows)
  func noWindowDependsOnBatchesSubtasksDriverOrRestores(_ window: Window) throws {
    let texts = [("log", Self.log(seed: 31, count: 200))]
    func job(_ parallelism: Int, _ blockRecords: Int) -> WindowJob {
      var job = self.job(window.policy)
      job.assigner = window.assigner
      job.trigger = window.trigger
      job.parallelism = parallelism
      job.blockRecords = blockRecords
      return job
    }
    let reference = try job(1, 1).run(texts, maxRecords: 1)
    #expect(reference.isBalanced && reference.results.count > 20)
    for (parallelism, blockRecords, maxRecords) in [
      (1, 2, Int.max), (1, 8192, Int.max), (2, 7, 1), (2, 8192, Int.max), (4, 7, Int.max),
      (4, 8192, 3),
    ] {
      let output = try job(parallelism, blockRecords).run(
        texts, maxRecords: maxRecords, lanes: ThreadLanes(width: parallelism))
      #expect(output == reference, "\(parallelism) \(blockRecords) \(maxRecords)")
    }
    for cut in stride(from: 5, to: 200, by: 31) {
      let output = try crashed(
        job(1 + cut % 3, 7), at: cut, goingOnWith: job(1 + cut % 4, 50), texts)
      #expect(output.results == reference.results, "cut at \(cut)")
      #expect(output.late == reference.late && output.isBalanced, "cut at \(cut)")
    }
  }

  /// What a job gave until it was cut off, and what another gave that went on from there.
  private func crashed(
    _ first: WindowJob, at cut: Int, goingOnWith second: WindowJob, _ texts: [(String, String)]
  ) throws -> WindowJob.Output {
    let graph = try first.graph(MemorySource(texts, blockRecords: first.blockRecords))
    let sinks = try WindowJob.sinks(of: graph)
    let execution = try Execution(graph: graph, sinks: sinks, lanes: SerialLanes())
    for _ in 0..<cut { try execution.round(maxRecords: 1) }
    let snapshot = execution.snapshot()
    let rest = try second.graph(MemorySource(texts, blockRecords: second.blockRecords))
    let restSinks = try WindowJob.sinks(of: rest)
    let resumed = try Execution(
      graph: rest, sinks: restSinks, lanes: SerialLanes(), restoring: snapshot)
    while try resumed.round() {}
    let before = WindowJob.output(execution, sinks)
    var after = WindowJob.output(resumed, restSinks)
    after.results = before.results + after.results
    after.late = before.late + after.late
    after.dead = before.dead + after.dead
    return after
  }

  @Test func severalSplitsAreReadInOneOrderWhateverTheBlocks() throws {
    let texts = [
      ("a", Self.log(seed: 11, count: 200)), ("b", Self.log(seed: 12, count: 90, from: 300)),
      ("c", Self.log(seed: 13, count: 150, from: -50)),
    ]
    let reference = try job(.update).run(texts, maxRecords: 1)
    #expect(reference.isBalanced)
    for blockRecords in [1, 5, 8192] {
      for maxRecords in [2, Int.max] {
        var job = job(.update)
        job.blockRecords = blockRecords
        job.parallelism = 2
        let output = try job.run(texts, maxRecords: maxRecords, lanes: ThreadLanes(width: 2))
        #expect(output == reference, "block \(blockRecords) round \(maxRecords)")
      }
    }
  }

  @Test(arguments: [LatePolicy.drop, .update, .correct])
  func aRestoreAtAnyPointAndParallelismGoesOnAsIfNothingHadHappened(_ policy: LatePolicy) throws {
    let texts = [("log", Self.log(seed: 5, count: 300))]
    let whole = try job(policy).run(texts, maxRecords: 1)
    var random = SeededRandom(seed: 99)
    for cut in stride(from: 1, through: 300, by: 23) {
      var first = job(policy)
      first.parallelism = [1, 2, 4].randomElement(using: &random) ?? 1
      first.blockRecords = 7
      var second = job(policy)
      second.parallelism = [1, 2, 3].randomElement(using: &random) ?? 1
      second.blockRecords = 50
      let after = try crashed(first, at: cut, goingOnWith: second, texts)
      #expect(after.results == whole.results, "cut at \(cut)")
      #expect(after.late == whole.late)
      #expect(after.dead == whole.dead)
      #expect(after.accounting.read == whole.accounting.read && after.isBalanced)
    }
  }

  private func job(_ policy: LatePolicy) -> WindowJob {
    var job = WindowJob()
    job.sizeMs = 20
    job.outOfOrdernessMs = 8
    job.allowedLatenessMs = policy == .drop ? 0 : 25
    job.late = policy
    job.aggregates = [
      ("n", .count, nil), ("values", .count, "value"), ("total", .sum, "value"),
      ("mean", .average, "value"), ("least", .min, "value"), ("last", .max, "key"),
      ("half", .sum, "value / 2.0e0"),
    ]
    job.distinctOf = "value"
    job.calls = [
      "FIRST_VALUE(value)", "LAST_VALUE(value) FILTER (WHERE value > 0)", "ARG_MAX(ts, value)",
      "VAR_SAMP(value / 3.0e0)", "PERCENTILE(value, 0.9)", "APPROX_COUNT_DISTINCT(value)",
      "LISTAGG(DISTINCT CAST(value AS STRING), '; ')", "SUM(DISTINCT value)", "TOP_K(value, 2)",
      "HISTOGRAM(value)",
    ]
    return job
  }
}
