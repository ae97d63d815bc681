import Columns
import Connectors
import Engine
import Expressions
import Glibc

/// Measures the engine's own operators in this process: reading and parsing, aggregating, saving a
/// large state, time travel.
///
/// Each case runs once to warm up and then some times more; the median is what to quote.
public struct Benchmark {
  public enum Case: String, Sendable, CaseIterable {
    case parseJSON = "parse-json"
    case parseCSV = "parse-csv"
    case parseAccessLog = "parse-access-log"
    case aggregate
    case keyed, saved, freeze, encode, restore
    case index, jump, back, firing

    /// What it does, in a line.
    public var summary: String {
      switch self {
      case .parseJSON: "read JSON lines from disk into three columns, watermarks assigned"
      case .parseCSV: "the same of the same events as CSV with a header"
      case .parseAccessLog: "read an access log from disk into six columns, watermarks assigned"
      case .aggregate: "tumbling 1 m COUNT and SUM by 10,000 keys, from columns in memory"
      case .keyed: "COUNT and SUM by 1,000,000 keys (fewer where there are fewer events)"
      case .saved: "the same while a snapshot of them is written beside it, over and over"
      case .freeze: "what a snapshot of these keys stops the stream for"
      case .encode: "their state as bytes"
      case .restore: "their state from bytes"
      case .index: "read a log ahead for time travel, remembering what happened where"
      case .jump: "go to anywhere in that log and take the picture; 50 places"
      case .back: "a step back there, and the picture"
      case .firing: "to the next firing there, and the picture"
      }
    }
  }

  /// A case's times.
  public struct Result: Sendable, Equatable {
    public var benchmark: Case
    public var events: Int64
    public var bytes: Int64
    /// Seconds of each counted run, in order.
    public var seconds: [Double]

    public var median: Double {
      let sorted = seconds.sorted()
      let middle = sorted.count / 2
      return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    public var worst: Double { seconds.max() ?? 0 }
    public var eventsPerSecond: Double { Double(events) / median }
    public var bytesPerSecond: Double { Double(bytes) / median }
    /// Slowest less fastest, as a share of the median.
    public var spread: Double { ((seconds.max() ?? 0) - (seconds.min() ?? 0)) / median }
  }

  /// The logs that are read.
  public struct Logs: Sendable {
    /// A log of the `bench` sample.
    public var json: String
    /// The same events with a header: ts, ad_id, user, page, country, value.
    public var csv: String
    /// A log of the `web-access` sample.
    public var accessLog: String

    public init(json: String, csv: String, accessLog: String) {
      self.json = json
      self.csv = csv
      self.accessLog = accessLog
    }
  }

  private let logs: Logs
  private let parallelism: Int
  private let keys: Int
  private let clock: any RunClock

  /// - Parameters:
  ///   - logs: only those of the cases that are run have to be there.
  ///   - keys: of the state that is saved.
  public init(
    logs: Logs, parallelism: Int = 1, keys: Int = 1_000_000, clock: any RunClock = SystemClock()
  ) {
    self.logs = logs
    self.parallelism = parallelism
    self.keys = keys
    self.clock = clock
  }

  /// Runs a case.
  ///
  /// - Throws: ``ConnectError`` where the log cannot be read or the results not be written.
  public func run(_ benchmark: Case, repeats: Int) throws -> Result {
    if let measured = try TravelBenchmark(graph: graph(), clock: clock).run(benchmark) {
      return measured
    }
    var result = Result(benchmark: benchmark, events: 0, bytes: 0, seconds: [])
    for turn in 0...max(repeats, 1) {
      let measured = try measure(benchmark)
      result.events = measured.events
      result.bytes = measured.bytes
      if turn > 0 { result.seconds.append(Double(measured.ns) / 1e9) }  // the first warms up
    }
    return result
  }

  private struct Measured {
    var events: Int64
    var bytes: Int64
    var ns: UInt64
  }

  private func measure(_ benchmark: Case) throws -> Measured {
    switch benchmark {
    case .parseJSON: try measureParse(logs.json, spec)
    case .parseCSV: try measureParse(logs.csv, csvSpec)
    case .parseAccessLog: try measureParse(logs.accessLog, Self.accessLogSpec)
    case .aggregate: try measureAggregate()
    case .keyed: try measureKeyed { $0.run(isSaved: false) }
    case .saved: try measureKeyed { $0.run(isSaved: true) }
    case .freeze: try measureKeyed { $0.freeze() }
    case .encode: try measureKeyed { $0.encode() }
    case .restore: try measureKeyed { try $0.restore() }
    case .index, .jump, .back, .firing:
      preconditionFailure("measured by TravelBenchmark")
    }
  }

  private var spec: ParseSpec {
    ParseSpec(
      format: .json,
      columns: [
        ParseColumn("ts", .timestampLTZ, timeFormat: .epoch(.ms)), ParseColumn("ad_id", .string),
        ParseColumn("value", .double),
      ], eventTime: 0, watermark: WatermarkSpec(outOfOrdernessMs: 2000))
  }

  private var csvSpec: ParseSpec {
    var csv = spec
    csv.format = .csv(CsvOptions())
    return csv
  }

  private static let accessLogSpec = ParseSpec(
    format: .accessLog,
    columns: [
      ParseColumn("host", .string),
      ParseColumn("time", .timestampLTZ, timeFormat: .pattern("dd/MMM/yyyy:HH:mm:ss Z")),
      ParseColumn("method", .string), ParseColumn("path", .string), ParseColumn("status", .int),
      ParseColumn("bytes", .bigint),
    ], eventTime: 1, watermark: WatermarkSpec(outOfOrdernessMs: 3000))

  private func window(_ schema: Schema) throws -> WindowSpec {
    WindowSpec(
      assigner: .tumbling(sizeMs: 60_000, offsetMs: 0), keys: [1],
      aggregates: [
        AggregateSpec(name: "clicks", function: .count, argument: nil, type: .bigint),
        AggregateSpec(
          name: "spend", function: .sum,
          argument: try CompiledExpression.compile("value", schema: schema), type: .double),
      ])
  }

  private func measureKeyed(
    _ body: (KeyedBenchmark) throws -> KeyedBenchmark.Measured
  ) throws -> Measured {
    let schema = KeyedBenchmark.schema
    let keyed = KeyedBenchmark(
      try window(schema), keys: keys, parallelism: parallelism, clock: clock)
    let measured = try body(keyed)
    return Measured(events: measured.rows, bytes: measured.bytes, ns: measured.ns)
  }

  private func measureParse(_ log: String, _ spec: ParseSpec) throws -> Measured {
    let started = clock.monotonicNs
    let lanes = ThreadLanes(width: parallelism)
    let ingest = try Ingest(source: FileSource(paths: [log]), spec: spec)
    while !ingest.isAtEnd { _ = try ingest.read(maxRecords: .max, maxBytes: 1 << 20, lanes: lanes) }
    return Measured(
      events: ingest.recordsRead, bytes: ingest.progress.read, ns: clock.monotonicNs - started)
  }

  private func measureAggregate() throws -> Measured {
    let lanes = ThreadLanes(width: parallelism)
    let ingest = try Ingest(source: FileSource(paths: [logs.json]), spec: spec)
    var batches: [[Batch]] = []
    while !ingest.isAtEnd, ingest.recordsRead < 2_000_000 {
      batches.append(
        try ingest.read(maxRecords: .max, maxBytes: 1 << 20, lanes: lanes).map(\.batch))
    }
    let stage = WindowStage(
      spec: try window(ingest.schema), inputSchema: ingest.schema, parallelism: parallelism)
    let started = clock.monotonicNs
    for round in batches { stage.process(round, lanes: lanes) }
    stage.finish(lanes: lanes)
    return Measured(
      events: ingest.recordsRead, bytes: ingest.progress.read, ns: clock.monotonicNs - started)
  }

  /// The log by minutes, results to nowhere.
  private func graph() throws -> JobGraph {
    let schema = Schema(spec.columns.map { Field($0.name, $0.type) })
    let window = try window(schema)
    let results = window.resultSchema(input: schema)
    return JobGraph(
      name: "bench",
      nodes: [
        JobNode(
          id: "source", steps: [], inputs: [], schema: schema,
          logic: .ingest(FileSource(paths: [logs.json]), spec)),
        JobNode(
          id: "window", steps: [], inputs: [.init(node: 0)], schema: results,
          logic: .window(window)),
      ], parallelism: parallelism)
  }
}
