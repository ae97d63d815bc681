import Columns
import Engine
import GRDB
import TestSupport

@testable import Connectors

/// A database that a sink writes clicks for each ad and window to.
final class SqliteTarget {
  static let schema = Schema([
    Field("ad", .string), Field("window_start", .timestampLTZ), Field("clicks", .bigint),
    Field("spend", .double), Field("kind", .string, isMeta: true),
  ])

  let folder: TemporaryFolder
  let mode: SqliteSink.Mode
  var path: String { folder.path("out.db") }
  /// A name that must be quoted.
  let table = "per \"minute\""
  var quotedTable: String { "\"per \"\"minute\"\"\"" }

  init(_ mode: SqliteSink.Mode) throws {
    folder = try TemporaryFolder()
    self.mode = mode
  }

  func makeSink() -> SqliteSink {
    let sink = SqliteSink(
      path: path, table: table, mode: mode, schema: Self.schema, columns: [0, 1, 2, 3],
      keyColumns: ["ad"], times: .iso, jobID: "job", sinkID: "sink", files: FileSystem())
    // Nothing waits in a test.
    sink.busySeconds = 0
    return sink
  }

  static func row(_ ad: Value, _ start: Int64, _ clicks: Int64, _ kind: String = "+I") -> [Value] {
    [ad, .time(start), .integer(clicks), .double(Double(clicks) / 4), .string(kind)]
  }

  /// Rows of one window, an ad each, whose clicks are these numbers.
  static func rows(_ clicks: Int64...) -> Batch {
    batch(schema, clicks.map { row(.string("ad-\($0)"), 0, $0) })
  }

  /// Writes and commits a transaction of such rows.
  @discardableResult
  func add(_ clicks: Int64..., to sink: SqliteSink, checkpoint: Int64) throws -> SinkHandle {
    try sink.write(batch(Self.schema, clicks.map { Self.row(.string("ad-\($0)"), 0, $0) }))
    let handle = try sink.prepare(checkpoint: checkpoint)
    try sink.commit(handle)
    return handle
  }

  func execute(_ sql: String) throws {
    try DatabaseQueue(path: path).write { try $0.execute(sql: sql) }
  }

  func query(_ sql: String) throws -> [String] {
    try DatabaseQueue(path: path).read { database in
      try Row.fetchAll(database, sql: sql).map { row in
        row.databaseValues.map { $0.description }.joined(separator: "|")
      }
    }
  }

  func clicks() throws -> [Int64] {
    try query("SELECT clicks FROM \(quotedTable) ORDER BY rowid").compactMap { Int64($0) }
  }

  /// Everything that a transaction changes.
  func everything() throws -> [String] {
    try query("SELECT * FROM \(quotedTable)") + query("SELECT * FROM _tidemark_epochs")
      + query("SELECT * FROM _tidemark_commits")
  }
}
