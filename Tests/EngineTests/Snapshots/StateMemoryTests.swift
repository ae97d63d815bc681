import Columns
import Expressions
import Glibc
import TestSupport
import Testing

@testable import Engine

/// What an operator says it holds is what the system gave it.
@Suite struct StateMemory {
  private static let schema = Schema([
    Field("ts", .timestampLTZ), Field("key", .string), Field("value", .bigint),
  ])

  struct Case {
    var name: String
    var assigner: WindowAssigner
    var calls: [String]
    /// Rows, and keys that they are spread over.
    var rows: Int
    var keys: Int
    var parallelism = 1
  }

  private static let cases = [
    Case(
      name: "numbers", assigner: .tumbling(sizeMs: 1_000_000, offsetMs: 0),
      calls: ["COUNT(*)", "SUM(value)"], rows: 200_000, keys: 200_000),
    Case(
      name: "slices and subtasks", assigner: .sliding(sizeMs: 50_000, slideMs: 10_000, offsetMs: 0),
      calls: ["AVG(value)"], rows: 200_000, keys: 40_000, parallelism: 2),
    Case(
      name: "sessions", assigner: .session(gapMs: 10), calls: ["COUNT(*)", "LAST_VALUE(key)"],
      rows: 120_000, keys: 60_000),
    Case(
      name: "sets", assigner: .global, calls: ["COUNT(DISTINCT value)"], rows: 200_000,
      keys: 20_000),
    Case(
      name: "sets of texts", assigner: .tumbling(sizeMs: 1_000_000, offsetMs: 0),
      calls: ["COUNT(DISTINCT CAST(value AS STRING))"], rows: 150_000, keys: 500),
    Case(
      name: "lists", assigner: .count(1_000_000), calls: ["LISTAGG(key)"], rows: 200_000,
      keys: 4000),
    Case(
      name: "numbers in order", assigner: .tumbling(sizeMs: 1_000_000, offsetMs: 0),
      calls: ["PERCENTILE(value, 0.5)", "TOP_K(value, 3)"], rows: 200_000, keys: 10_000),
    Case(
      name: "sketches", assigner: .tumbling(sizeMs: 1_000_000, offsetMs: 0),
      calls: ["APPROX_COUNT_DISTINCT(value)", "HISTOGRAM(value)"], rows: 120_000, keys: 200),
  ]

  /// In a process of its own, so that nobody else takes memory meanwhile, and nobody left any free.
  @Test(arguments: cases.indices) func whatIsReportedIsWhatTheSystemGave(_ index: Int) async {
    await #expect(processExitsWith: .success) { [index] in
      let each = Self.cases[index]
      let (reported, given) = try Self.measure(each)
      #expect(
        abs(Double(reported) / Double(given) - 1) < 0.15,
        "\(each.name): \(reported) bytes reported, \(given) given")
    }
  }

  private static func measure(_ each: Case) throws -> (reported: Int, given: Int) {
    let spec = WindowSpec(
      assigner: each.assigner, keys: [1],
      aggregates: try each.calls.enumerated().map {
        try AggregateSpec("c\($0)", call: $1, schema: schema)
      })
    func fill(_ rows: Int) -> WindowStage {
      let stage = WindowStage(spec: spec, inputSchema: schema, parallelism: each.parallelism)
      for start in stride(from: 0, to: rows, by: 1000) {
        stage.process([batch(start, each)], lanes: SerialLanes())
      }
      return stage
    }
    _ = fill(3000)  // what is made once
    let before = residentBytes()
    let stage = fill(each.rows)
    return (stage.memory.bytes, residentBytes() - before)
  }

  private static func batch(_ start: Int, _ each: Case) -> Batch {
    let columns = schema.fields.map { Column($0.type, capacity: 1000) }
    let arena = Arena()
    columns[1].owners = [arena]
    for row in 0..<1000 {
      let number = start + row
      columns[0].integers[row] = Int64(number % 100_000)
      columns[1].bytes[row] = arena.copy("key-\(number * 7919 % each.keys)")
      columns[2].integers[row] = Int64(number * 31 % 100_003)
    }
    return Batch(
      schema: schema, columns: columns, count: 1000, endWatermark: minWatermark,
      firstSequence: Int64(start), eventTimeColumn: 0)
  }

  /// What the system keeps in memory for this process, once what is free was given back to it.
  private static func residentBytes() -> Int {
    if let symbol = dlsym(dlopen(nil, RTLD_NOW), "malloc_trim") {
      _ = unsafeBitCast(symbol, to: (@convention(c) (Int) -> Int32).self)(0)
    }
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var text = [UInt8](repeating: 0, count: 128)
    let count = fread(&text, 1, text.count, file)
    let fields = String(decoding: text[..<count], as: UTF8.self).split(separator: " ")
    return (Int(fields[1]) ?? 0) * Int(getpagesize())
  }
}
