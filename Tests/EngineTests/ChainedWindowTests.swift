import Columns
import Engine
import Expressions
import Runtime
import TestSupport
import Testing

/// Windows over the results of windows, and over late rows.
@Suite struct ChainedWindows {
  /// `source → window 10 ms per key → window over its results → sink`; the first window's late rows
  /// go to a window of their own.
  private func graph(
    _ source: any Source, second: WindowAssigner, bound: Int64 = 0, lateness: Int64 = 0,
    secondLateness: Int64 = 0, parallelism: Int = 1
  ) throws -> JobGraph {
    var first = WindowJob()
    first.outOfOrdernessMs = bound
    first.allowedLatenessMs = lateness
    first.late = lateness > 0 ? .update : .drop
    first.parallelism = parallelism
    var graph = try first.graph(source)
    let node = graph.nodes.count - 4
    let results = graph.nodes[node].schema
    func window(_ name: String, _ input: StreamReference, _ schema: Schema, _ what: String) throws {
      let spec = WindowSpec(
        assigner: second, allowedLatenessMs: secondLateness,
        late: secondLateness > 0 ? .update : .drop, keys: [],
        aggregates: [
          AggregateSpec(name: "results", function: .count, argument: nil, type: .bigint),
          AggregateSpec(
            name: "total", function: .sum,
            argument: try CompiledExpression.compile(what, schema: schema), type: .bigint),
        ])
      let output = spec.resultSchema(input: schema)
      graph.nodes.append(
        JobNode(
          id: name, steps: [StepSummary(kind: "window", detail: name)], inputs: [input],
          schema: output, logic: .window(spec)))
      let sink = SinkSpec(
        kind: "memory", target: name, guarantee: .exactlyOnce, columns: [0, 1, 2, 3, 4, 5, 7],
        make: { CollectingSink(columns: []) })
      graph.nodes.append(
        JobNode(
          id: "\(name)-sink", steps: [StepSummary(kind: "sink", detail: name)],
          inputs: [.init(node: graph.nodes.count - 1)], schema: output, logic: .sink(sink)))
    }
    try window("second", .init(node: node), results, "n")
    let late = Schema(
      WindowJob.schema.fields + [Field("watermark", .timestampLTZ), Field("missed_by_ms", .bigint)])
    try window("lates", .init(node: node, port: .late), late, "value")
    return graph
  }

  /// Rows of the second window, of the window over late rows, and whether all are accounted for.
  private func run(
    _ log: String, maxRecords: Int, blockRecords: Int = .max, lanes: any Lanes = SerialLanes(),
    _ make: (any Source) throws -> JobGraph
  ) throws -> (second: [String], lates: [String], isBalanced: Bool) {
    let graph = try make(MemorySource([("log", log)], blockRecords: blockRecords))
    let sinks = try WindowJob.sinks(of: graph, millis: true)
    let execution = try Execution(graph: graph, sinks: sinks, lanes: lanes)
    while try execution.round(maxRecords: maxRecords) {}
    let count = graph.nodes.count
    return (
      sinks[count - 3]?.rows ?? [], sinks[count - 1]?.rows ?? [], execution.accounting.isBalanced
    )
  }

  @Test func theSecondReadsTheFirstsResultsByWindowTime() throws {
    // Windows of 10 ms end at 10, 20, 30, 40: their results are of times 9, 19, 29, 39.
    let log = WindowJob.lines("a@1 b@2 a@11 a@21 b@22 b@23 a@31 a@45")
    for maxRecords in [1, Int.max] {
      let output = try run(log, maxRecords: maxRecords) {
        try graph($0, second: .tumbling(sizeMs: 20, offsetMs: 0))
      }
      #expect(
        output.second == [
          "0 20 3 3 +I 1 20", "20 40 3 4 +I 1 44", "40 60 1 1 +I 1 end",
        ])
      #expect(output.isBalanced)
    }
  }

  @Test func aResultIsNotLateForTheWatermarkThatMadeIt() throws {
    // One event moves the watermark over four windows at once: their results pass before it does.
    let output = try run(WindowJob.lines("a@1 a@11 a@100"), maxRecords: .max) {
      try graph($0, second: .tumbling(sizeMs: 10, offsetMs: 0), bound: 15)
    }
    #expect(output.second == ["0 10 1 1 +I 1 84", "10 20 1 1 +I 1 84", "100 110 1 1 +I 1 end"])
  }

  @Test func anUpdateOfAWindowMayBeLateForTheNext() throws {
    // a@2 updates [0, 10) at watermark 29: its result, of time 9, finds [0, 20) gone.
    let output = try run(WindowJob.lines("a@1 a@30 a@2 a@60"), maxRecords: 1) {
      try graph($0, second: .tumbling(sizeMs: 20, offsetMs: 0), lateness: 50)
    }
    #expect(output.second == ["0 20 1 1 +I 1 29", "20 40 1 1 +I 1 59", "60 80 1 1 +I 1 end"])
    let kept = try run(WindowJob.lines("a@1 a@30 a@2 a@60"), maxRecords: 1) {
      try graph(
        $0, second: .tumbling(sizeMs: 20, offsetMs: 0), lateness: 50, secondLateness: 50)
    }
    #expect(kept.second.prefix(2) == ["0 20 1 1 +I 1 29", "0 20 2 3 +U 2 29"])
  }

  @Test func lateRowsAreAStreamWithTheirOwnTimesAndWatermark() throws {
    let log = WindowJob.lines("a@1 a@25 a@2=5 a@3=6 a@40 a@60")
    let output = try run(log, maxRecords: .max) {
      try graph($0, second: .count(2))
    }
    #expect(output.lates == ["2 4 2 11 +I 1 24"])
  }

  @Test(arguments: [
    WindowAssigner.tumbling(sizeMs: 60, offsetMs: 0),
    .sliding(sizeMs: 60, slideMs: 20, offsetMs: 0), .session(gapMs: 25), .count(3),
  ])
  func theOutputDoesNotDependOnBatchesOrSubtasks(_ second: WindowAssigner) throws {
    let log = Determinism.log(seed: 21, count: 400)
    func output(_ parallelism: Int, _ block: Int, _ round: Int) throws -> [String] {
      let output = try run(
        log, maxRecords: round, blockRecords: block, lanes: ThreadLanes(width: parallelism)
      ) {
        try graph(
          $0, second: second, bound: 8, lateness: 20, secondLateness: 30, parallelism: parallelism)
      }
      #expect(output.isBalanced)
      return output.second + output.lates
    }
    let reference = try output(1, 1, 1)
    #expect(reference.count > 10)
    for (parallelism, block, round) in [(1, 8192, Int.max), (2, 7, 3), (4, 50, Int.max), (3, 1, 2)]
    {
      #expect(
        try output(parallelism, block, round) == reference, "\(parallelism) \(block) \(round)")
    }
  }
}
