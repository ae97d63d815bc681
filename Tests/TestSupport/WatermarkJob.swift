import Columns
public import Engine
import Expressions

/// Splits of `{"ts": …, "at": …, "wm": …}` lines read by an ingest alone, for tests of watermarks:
/// what comes out in which order, and the watermark before each record.
public struct WatermarkJob: Sendable {
  public var spec = WatermarkSpec()
  /// Whether `at` is the arrival.
  public var hasArrival = false
  /// Records in a block of the source.
  public var blockRecords = Int.max
  public var clock: ProcessingClock = { _ in 0 }

  public init() {}

  public static let columns = [
    ParseColumn("split", .string), ParseColumn("ts", .timestampLTZ, timeFormat: .epoch(.ms)),
    ParseColumn("at", .timestampLTZ, timeFormat: .epoch(.ms)),
    ParseColumn("wm", .timestampLTZ, timeFormat: .epoch(.ms)),
  ]

  /// An expression over the columns that carries the watermark.
  public static func carried(_ text: String) throws -> WatermarkSpec.Strategy {
    let schema = Schema(columns.map { Field($0.name, $0.type) })
    return .carried(try CompiledExpression.compile(text, schema: schema))
  }

  /// The lines of a split written as `ts`, `ts@at`, `ts@at=wm`, `ts=wm`; `-` for no time, `!` for a
  /// line that cannot be read, `!@at`.
  public static func split(_ name: String, _ events: String) -> (name: String, text: String) {
    let lines = events.split(separator: " ").map { event -> String in
      let carried = event.split(separator: "=", maxSplits: 1)
      let times = carried[0].split(separator: "@", maxSplits: 1)
      if times[0] == "!" { return "{\"ts\":\n" }
      var fields = ["\"split\":\"\(name)\""]
      if times[0] != "-" { fields.append("\"ts\":\(times[0])") }
      if times.count > 1 { fields.append("\"at\":\(times[1])") }
      if carried.count > 1 { fields.append("\"wm\":\(carried[1])") }
      return "{\(fields.joined(separator: ","))}\n"
    }
    return (name, lines.joined())
  }

  public var parse: ParseSpec {
    var columns = Self.columns
    var eventTime = 1
    if spec.isProcessingTime {
      eventTime = columns.count
      columns.append(ParseColumn("processing_time", .timestampLTZ))
    }
    return ParseSpec(
      format: .json, columns: columns, eventTime: eventTime, arrival: hasArrival ? 2 : nil,
      watermark: spec)
  }

  public func open(
    _ splits: [(name: String, text: String)], restoring state: Ingest.State? = nil
  ) throws -> Ingest {
    try Ingest(
      source: MemorySource(splits, blockRecords: blockRecords), spec: parse, restoring: state,
      clock: clock)
  }

  /// A line for each record: `split ts wm` with the watermark before it, or the fault; last the
  /// watermark at the end.
  public func run(
    _ splits: [(name: String, text: String)], maxRecords: Int = .max,
    lanes: any Lanes = SerialLanes()
  ) throws -> [String] {
    let ingest = try open(splits)
    var lines: [String] = []
    while !ingest.isAtEnd {
      lines += Self.lines(
        try ingest.read(maxRecords: maxRecords, maxBytes: 1 << 20, lanes: lanes))
    }
    return lines + ["end \(Self.text(ingest.watermark))"]
  }

  public static func lines(_ readings: [Ingest.Reading]) -> [String] {
    readings.flatMap { reading -> [String] in
      let batch = reading.batch
      let good = Set(batch.selectedRows.map(Int.init))
      return (0..<batch.count).map { row in
        let watermark = text(batch.watermark(before: row))
        guard good.contains(row) else {
          let sequence = batch.sequence(of: row)
          let letter = reading.dead.first { $0.sequence == sequence }
          return "bad \(watermark) \(letter?.position ?? "?") \(letter?.error ?? "?")"
        }
        let name = batch.columns[0].map { "\(Value($0, row))" } ?? "?"
        let time = batch.eventTimeColumn.flatMap { batch.columns[$0] }.map { $0.integers[row] }
        return "\(name) \(time ?? -1) \(watermark)"
      }
    }
  }

  /// `-` before the first watermark.
  public static func text(_ watermark: Int64) -> String {
    watermark == minWatermark ? "-" : "\(watermark)"
  }
}
