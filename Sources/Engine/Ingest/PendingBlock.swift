import Columns
import Expressions

/// Parses blocks, and evaluates what their rows say of the watermark. Several threads may use one.
struct BlockParser: Sendable {
  let parser: any RecordParser
  let spec: ParseSpec
  let schema: Schema

  func parse(_ block: RecordBlock, header: CsvHeader?) -> PendingBlock {
    PendingBlock(parser.parse(block, header: header), spec: spec, schema: schema)
  }
}

/// A parsed block of a split that is being read, with what its rows say beside their columns.
final class PendingBlock: Sendable {
  let parsed: ParsedBlock
  /// The watermarks that rows carry; nil where none do.
  private let carried: Column?
  private let carriedFaults: [Int: String]
  private let eventTimes: Column?
  private let arrivals: Column?

  init(_ parsed: ParsedBlock, spec: ParseSpec, schema: Schema) {
    self.parsed = parsed
    eventTimes =
      spec.watermark.isProcessingTime ? nil : spec.eventTime.flatMap { parsed.columns[$0] }
    arrivals = spec.arrival.flatMap { parsed.columns[$0] }
    guard let expression = spec.watermark.carried else {
      carried = nil
      carriedFaults = [:]
      return
    }
    let bad = Set(parsed.bad.map(\.row))
    let batch = Batch(schema: schema, columns: parsed.columns, count: parsed.count)
    let good = Selection((0..<parsed.count).filter { !bad.contains($0) })
    let evaluated = expression.evaluate(batch, rows: good)
    carried = evaluated.column
    carriedFaults = Dictionary(
      evaluated.failures.map { ($0.row, $0.message) }, uniquingKeysWith: { first, _ in first })
  }

  var count: Int { parsed.count }

  /// Why a record cannot be a row, whatever its times.
  func fault(of row: Int) -> String? {
    if let bad = parsed.badRecord(at: row) { return bad.error }
    if !carriedFaults.isEmpty, let fault = carriedFaults[row] { return fault }
    if let arrivals, !arrivals.isNull(row), !eventTimeRange.contains(arrivals.integers[row]) {
      return "the arrival \(arrivals.integers[row]) ms is outside the years 1 to 9999"
    }
    return nil
  }

  func eventTime(_ row: Int) -> Int64? { Self.value(eventTimes, row) }
  func carried(_ row: Int) -> Int64? { Self.value(carried, row) }

  /// When a record arrived; nil where that is not known.
  func arrival(_ row: Int) -> Int64? {
    Self.value(arrivals, row).flatMap { eventTimeRange.contains($0) ? $0 : nil }
  }

  private static func value(_ column: Column?, _ row: Int) -> Int64? {
    guard let column, !column.isNull(row) else { return nil }
    return column.integers[row]
  }
}

extension ParsedBlock {
  /// The fault of a record, by binary search.
  func badRecord(at row: Int) -> BadRecord? {
    if bad.isEmpty { return nil }
    var (low, high) = (0, bad.count)
    while low < high {
      let middle = (low + high) / 2
      if bad[middle].row < row { low = middle + 1 } else { high = middle }
    }
    return low < bad.count && bad[low].row == row ? bad[low] : nil
  }
}
