import Columns
import Dispatch
import Engine

/// The state of many keys in memory, and what it costs to save it.
final class KeyedBenchmark {
  static let schema = Schema([
    Field("ts", .timestampLTZ), Field("ad_id", .string), Field("value", .double),
  ])

  struct Measured {
    var rows: Int64
    var bytes: Int64 = 0
    var ns: UInt64
  }

  private let spec: WindowSpec
  private let keys: Int
  private let lanes: ThreadLanes
  private let clock: any RunClock
  private let stage: WindowStage
  /// A row of each key, in an order of no kind.
  private let batches: [Batch]

  /// The state is filled now: a row of each key.
  init(_ spec: WindowSpec, keys: Int, parallelism: Int, clock: any RunClock) {
    self.spec = spec
    self.keys = keys
    self.clock = clock
    lanes = ThreadLanes(width: parallelism)
    stage = WindowStage(spec: spec, inputSchema: Self.schema, parallelism: parallelism)
    batches = stride(from: 0, to: keys, by: 10_000).map {
      Self.batch($0, rows: min(10_000, keys - $0), keys: keys)
    }
    for batch in batches { stage.process([batch], lanes: lanes) }
  }

  private static func batch(_ first: Int, rows: Int, keys: Int) -> Batch {
    let columns = schema.fields.map { Column($0.type, capacity: rows) }
    let arena = Arena()
    columns[1].owners = [arena]
    for row in 0..<rows {
      // A prime that does not divide the number of keys: each comes once.
      let key = (first + row) * 7_368_787 % keys
      columns[0].integers[row] = Int64(key % 60_000)
      columns[1].bytes[row] = arena.copy("key-\(key)")
      columns[2].doubles[row] = Double(key)
    }
    return Batch(
      schema: schema, columns: columns, count: rows, endWatermark: 0,
      firstSequence: Int64(first), eventTimeColumn: 0)
  }

  /// Two more rows of each key.
  ///
  /// - Parameter isSaved: whether a snapshot is being written all the time.
  func run(isSaved: Bool) -> Measured {
    let queue = DispatchQueue(label: "snapshots")
    let group = DispatchGroup()
    let started = clock.monotonicNs
    for _ in 0..<2 {
      for batch in batches {
        if isSaved, group.wait(timeout: .now()) == .success {
          let frozen = stage.freeze()
          queue.async(group: group) { frozen.encode { _ in } }
        }
        stage.process([batch], lanes: lanes)
      }
    }
    let ns = clock.monotonicNs - started
    group.wait()
    return Measured(rows: Int64(2 * keys), ns: ns)
  }

  func freeze() -> Measured {
    let started = clock.monotonicNs
    let frozen = stage.freeze()
    let ns = clock.monotonicNs - started
    withExtendedLifetime(frozen) {}
    return Measured(rows: Int64(keys), ns: ns)
  }

  func encode() -> Measured {
    let frozen = stage.freeze()
    var bytes = 0
    let started = clock.monotonicNs
    frozen.encode { bytes += $0.count }
    return Measured(rows: Int64(keys), bytes: Int64(bytes), ns: clock.monotonicNs - started)
  }

  func restore() throws -> Measured {
    let bytes = stage.freeze().encode()
    let other = WindowStage(spec: spec, inputSchema: Self.schema, parallelism: lanes.width)
    let started = clock.monotonicNs
    try other.restore(bytes)
    return Measured(
      rows: Int64(keys), bytes: Int64(bytes.count), ns: clock.monotonicNs - started)
  }
}
