import Columns
import Engine

/// The rows that the conformance kit writes: what a row holds is given by its position in the
/// stream, and a word that tells one run's rows from another's.
struct ConformanceRow: Hashable {
  var position: Int
  var salt = ""

  static let schema = Schema([
    Field("ad", .string), Field("window_start", .timestampLTZ), Field("clicks", .bigint),
    Field("spend", .double), Field("kind", .string, isMeta: true),
  ])
  /// The columns that are written.
  static let columns = [0, 1, 2, 3]

  private var ad: String? { position % 9 == 8 ? nil : "ad-\(position % 4)\(salt)" }
  private var windowStart: Int64 { Int64(position / 12) * 60_000 }
  private var kind: String { ["+I", "+U", "+U", "-U", "+U", "-D"][position % 6] }

  static func batch(_ rows: [ConformanceRow]) -> Batch {
    ConnectorsTests.batch(
      schema,
      rows.map { row in
        [
          row.ad.map { .string($0) } ?? .null, .time(row.windowStart),
          .integer(Int64(row.position)), .double(Double(row.position) / 4), .string(row.kind),
        ]
      })
  }

  /// What a reader sees once these rows are committed.
  static func visible(_ rows: [ConformanceRow], _ semantics: SinkSemantics) -> [String] {
    let text = { (row: ConformanceRow) in "\(row.ad ?? "NULL") \(row.position)" }
    if semantics == .appends { return rows.map(text) }
    var newest: [String: ConformanceRow] = [:]
    for row in rows where row.kind != "-U" {
      newest["\(row.ad ?? "NULL") \(row.windowStart)"] = row.kind == "-D" ? nil : row
    }
    return newest.values.sorted { $0.position < $1.position }.map(text)
  }
}
