public import Columns
public import Engine
import Expressions

/// A small job over `{"ts": …, "key": …, "value": …}` lines: one window with some aggregates, for
/// tests.
public struct WindowJob {
  public var sizeMs: Int64 = 10
  public var offsetMs: Int64 = 0
  /// Instead of tumbling windows of ``sizeMs`` and ``offsetMs``.
  public var assigner: WindowAssigner?
  public var zone: ZoneTable?
  public var trigger = WindowTrigger()
  public var outOfOrdernessMs: Int64 = 0
  public var maxFutureMs: Int64?
  public var allowedLatenessMs: Int64 = 0
  public var late = LatePolicy.drop
  public var parallelism = 1
  public var blockRecords = Int.max
  public var filter: String?
  /// Expressions over ts, key and value.
  public var aggregates: [(name: String, function: AggregateSpec.Function, argument: String?)] = [
    ("n", .count, nil), ("total", .sum, "value"),
  ]
  public var distinctOf: String?
  /// More aggregates, as calls over ts, key and value.
  public var calls: [String] = []
  public var keyed = true
  /// How `ts` is written.
  public var timeFormat = TimeFormat.epoch(.ms)
  /// The columns of results to collect, by name: then times are milliseconds, and the watermarks
  /// before and after all time `none` and `end`. Nil for all but a few, as people read them.
  public var resultColumns: [String]?

  public init() {}

  public struct Output: Equatable {
    /// key, start, end, aggregates, kind, firing.
    public var results: [String]
    /// ts, key, watermark, missed by.
    public var late: [String]
    public var dead: [String]
    public var read: Int64
    public var isBalanced: Bool
    public var accounting: JobAccounting
  }

  public static let schema = Schema([
    Field("ts", .timestampLTZ), Field("key", .string), Field("value", .bigint),
  ])

  public func graph(_ source: any Source) throws -> JobGraph {
    var nodes: [JobNode] = []
    let parse = ParseSpec(
      format: .json,
      columns: [
        ParseColumn("ts", .timestampLTZ, timeFormat: timeFormat), ParseColumn("key", .string),
        ParseColumn("value", .bigint),
      ], eventTime: 0,
      watermark: WatermarkSpec(outOfOrdernessMs: outOfOrdernessMs, maxFutureMs: maxFutureMs))
    nodes.append(
      JobNode(
        id: "source",
        steps: [
          StepSummary(kind: "source", detail: "memory"),
          StepSummary(kind: "parse", detail: "json"),
        ], inputs: [], schema: Self.schema,
        logic: .ingest(source, parse)))
    if let filter {
      nodes.append(
        JobNode(
          id: "filter", steps: [StepSummary(kind: "filter", detail: filter)],
          inputs: [.init(node: 0)], schema: Self.schema,
          logic: .filter(try CompiledExpression.compile(filter, schema: Self.schema))))
    }
    var specs = try aggregates.map { name, function, argument in
      let compiled = try argument.map { try CompiledExpression.compile($0, schema: Self.schema) }
      return AggregateSpec(
        name: name, function: function, argument: compiled,
        type: AggregateSpec.resultType(of: function, argument: compiled?.type) ?? .bigint)
    }
    if let distinctOf {
      specs.append(
        AggregateSpec(
          name: "distinct", function: .count, isDistinct: true,
          argument: try CompiledExpression.compile(distinctOf, schema: Self.schema), type: .bigint))
    }
    for (index, call) in calls.enumerated() {
      specs.append(try AggregateSpec("call\(index)", call: call, schema: Self.schema))
    }
    let window = WindowSpec(
      assigner: assigner ?? .tumbling(sizeMs: sizeMs, offsetMs: offsetMs), zone: zone,
      trigger: trigger, allowedLatenessMs: allowedLatenessMs, late: late, keys: keyed ? [1] : [],
      aggregates: specs)
    let results = window.resultSchema(input: Self.schema)
    let input = nodes.count - 1
    nodes.append(
      JobNode(
        id: "window",
        steps: [
          StepSummary(kind: "key_by", detail: "key"),
          StepSummary(kind: "window", detail: "tumbling"),
          StepSummary(kind: "aggregate", detail: "n"),
        ],
        inputs: [.init(node: input)], schema: results, logic: .window(window)))
    let resultColumns =
      resultColumns.map { $0.compactMap(results.index(of:)) }
      ?? results.fields.indices.filter {
        !["window_time", "watermark"].contains(results.fields[$0].name)
      }
    nodes.append(sink("results", .init(node: nodes.count - 1), results, resultColumns))
    let lateSchema = Schema(
      Self.schema.fields + [Field("watermark", .timestampLTZ), Field("missed_by_ms", .bigint)])
    let windowNode = nodes.count - 2
    nodes.append(sink("late", .init(node: windowNode, port: .late), lateSchema, [0, 1, 3, 4]))
    nodes.append(sink("dead", .init(node: 0, port: .dead), DeadLetter.schema, [0, 1, 2]))
    return JobGraph(name: "test", nodes: nodes, parallelism: parallelism)
  }

  private func sink(
    _ id: String, _ input: StreamReference, _ schema: Schema, _ columns: [Int]
  ) -> JobNode {
    JobNode(
      id: id, steps: [StepSummary(kind: "sink", detail: id)], inputs: [input], schema: schema,
      logic: .sink(
        SinkSpec(
          kind: "memory", target: id, guarantee: .exactlyOnce, columns: columns,
          make: { CollectingSink(columns: columns) })))
  }

  /// The sinks of a graph of this job, by node.
  public static func sinks(
    of graph: JobGraph, millis: Bool = false
  ) throws -> [Int: CollectingSink] {
    var sinks: [Int: CollectingSink] = [:]
    for (index, node) in graph.nodes.enumerated() {
      if case .sink(let spec) = node.logic {
        sinks[index] = CollectingSink(columns: spec.columns, millis: millis)
      }
    }
    return sinks
  }

  /// Runs the job to its end.
  ///
  /// - Parameter maxRecords: records in a round: 1 steps.
  public func run(
    _ texts: [(name: String, text: String)], maxRecords: Int = .max,
    lanes: any Lanes = SerialLanes()
  ) throws -> Output {
    let graph = try graph(MemorySource(texts, blockRecords: blockRecords))
    let sinks = try Self.sinks(of: graph, millis: resultColumns != nil)
    let execution = try Execution(graph: graph, sinks: sinks, lanes: lanes)
    while try execution.round(maxRecords: maxRecords) {}
    return Self.output(execution, sinks)
  }

  public static func output(_ execution: Execution, _ sinks: [Int: CollectingSink]) -> Output {
    let ordered = sinks.sorted { $0.key < $1.key }.map(\.value.rows)
    let accounting = execution.accounting
    return Output(
      results: ordered[0], late: ordered[1], dead: ordered[2], read: accounting.read,
      isBalanced: accounting.isBalanced, accounting: accounting)
  }

  /// Lines for events written as `key@time` or `key@time=value`; value 1 where none is given.
  public static func lines(_ events: String) -> String {
    events.split(whereSeparator: { $0 == " " || $0 == "\n" }).map { event in
      let parts = event.split(separator: "@", maxSplits: 1)
      let rest = parts.count > 1 ? parts[1].split(separator: "=") : []
      let value = rest.count > 1 ? String(rest[1]) : "1"
      return "{\"ts\":\(rest.first ?? "0"),\"key\":\"\(parts[0])\",\"value\":\(value)}\n"
    }.joined()
  }
}
