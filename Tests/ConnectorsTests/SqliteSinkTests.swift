import Columns
import Engine
import GRDB
import Testing

@testable import Connectors

private let schema = Schema([
  Field("ad", .string), Field("window_start", .timestampLTZ), Field("clicks", .bigint),
  Field("spend", .double), Field("kind", .string, isMeta: true),
])

private func row(_ ad: Value, _ start: Int64, _ clicks: Int64, _ kind: String = "+I") -> [Value] {
  [ad, .time(start), .integer(clicks), .double(Double(clicks) / 4), .string(kind)]
}

private final class TableTarget: SinkTarget {
  let folder: TemporaryFolder
  let mode: SqliteSink.Mode
  var path: String { folder.path("out.db") }

  init(_ mode: SqliteSink.Mode) throws {
    folder = try TemporaryFolder()
    self.mode = mode
  }

  func makeSink(_ files: FileSystem) -> any Sink { makeSqliteSink(files) }

  func makeSqliteSink(_ files: FileSystem = FileSystem()) -> SqliteSink {
    SqliteSink(
      path: path, table: "per \"minute\"", mode: mode, schema: schema, columns: [0, 1, 2, 3],
      keyColumns: ["ad"], times: .iso, jobID: "job", sinkID: "sink", files: files)
  }

  func query(_ sql: String) throws -> [String] {
    let database = try DatabaseQueue(path: path)
    return try database.read { database in
      try Row.fetchAll(database, sql: sql).map { row in
        row.databaseValues.map { $0.description }.joined(separator: "|")
      }
    }
  }

  func contents() throws -> String {
    let rows = try query("SELECT * FROM \"per \"\"minute\"\"\" ORDER BY ad, window_start, clicks")
    return "\(try folder.names())\n\(rows.joined(separator: "\n"))"
  }
}

@Suite struct SqliteSinkTests {
  @Test func decimalsAndCollectionsAreExactTexts() throws {
    let folder = try TemporaryFolder()
    let schema = Schema([
      Field("short", .decimal(precision: 15, scale: 2)),
      Field("long", .decimal(precision: 38, scale: 2)), Field("tags", .array(.int)),
    ])
    let sink = SqliteSink(
      path: folder.path("out.db"), table: "t", mode: .append, schema: schema, columns: [0, 1, 2],
      keyColumns: [], times: .iso, jobID: "job", sinkID: "sink", files: FileSystem())
    let long = decimalPowers[38] - 1
    let batch = batch(
      schema,
      [
        [
          .decimal(DecimalNumber(-1050, scale: 2)), .decimal(DecimalNumber(long, scale: 2)),
          .array([.integer(7)]),
        ]
      ])
    try sink.open(restoring: nil)
    try sink.write(batch)
    try sink.commit(try sink.prepare(checkpoint: 1))
    sink.close()
    let database = try DatabaseQueue(path: folder.path("out.db"))
    let row = try database.read { try Row.fetchOne($0, sql: "SELECT * FROM t") }
    #expect(
      row?.databaseValues.map { $0.description }
        == ["-10.5", "\"999999999999999999999999999999999999.99\"", "\"[7]\""])
  }

  @Test(arguments: SqliteSink.Mode.allCases)
  func isExactlyOnce(_ mode: SqliteSink.Mode) throws {
    let transactions = [
      [batch(schema, [row(.string("a"), 0, 1), row(.null, 0, 2)])],
      [],
      [
        batch(schema, [row(.string("a"), 0, 1, "-U"), row(.string("a"), 0, 5, "+U")]),
        batch(schema, [row(.null, 0, 3, "+U"), row(.string("b"), 60_000, 9)]),
      ],
      [batch(schema, [row(.string("b"), 60_000, 9, "-D")])],
    ]
    try checkSinkConformance(transactions) { try TableTarget(mode) }
    try checkSinkConformance(transactions, failing: [1, 3]) { try TableTarget(mode) }
  }

  @Test func upsertKeepsOneRowForEachKeyAndWindow() throws {
    let target = try TableTarget(.upsert)
    let sink = target.makeSqliteSink()
    try sink.open(restoring: nil)
    try sink.write(
      batch(
        schema,
        [
          row(.string("a"), 0, 1), row(.string("a"), 60_000, 2), row(.null, 0, 3),
          row(.string("a"), 0, 1, "-U"), row(.string("a"), 0, 4, "+U"), row(.null, 0, 5, "+U"),
          row(.string("a"), 60_000, 2, "-D"),
        ]))
    try sink.commit(try sink.prepare(checkpoint: 1))
    #expect(
      try target.query("SELECT * FROM \"per \"\"minute\"\"\" ORDER BY ad") == [
        "NULL|\"1970-01-01T00:00:00.000Z\"|5|1.25", "\"a\"|\"1970-01-01T00:00:00.000Z\"|4|1.0",
      ])
  }

  @Test func anOlderCheckpointOfAppendedRowsIsRefused() throws {
    let target = try TableTarget(.append)
    let sink = target.makeSqliteSink()
    try sink.open(restoring: nil)
    let first = try sink.prepare(checkpoint: 1)
    try sink.commit(first)
    try sink.write(batch(schema, [row(.string("a"), 0, 1)]))
    try sink.commit(try sink.prepare(checkpoint: 2))
    sink.close()
    let error = #expect(throws: ConnectError.self) {
      try target.makeSqliteSink().open(restoring: [first])
    }
    #expect(error?.message.contains("holds rows of checkpoint 2") == true)
  }

  @Test func faultsSayWhatToDo() throws {
    let target = try TableTarget(.append)
    try target.folder.write("out.db", String(repeating: "not a database ", count: 100))
    let error = #expect(throws: ConnectError.self) {
      try target.makeSqliteSink().open(restoring: nil)
    }
    #expect(error?.remedy == "the file is not a SQLite database: choose another path")

    let other = try TableTarget(.append)
    let database = try DatabaseQueue(path: other.path)
    try database.write { database in
      try database.execute(
        sql: "CREATE TABLE \"per \"\"minute\"\"\" (ad TEXT, clicks TEXT, x TEXT NOT NULL, spend)")
    }
    try database.close()
    let misfit = #expect(throws: ConnectError.self) {
      try other.makeSqliteSink().open(restoring: nil)
    }
    let words = misfit?.message ?? ""
    #expect(words.contains("its column x must not be NULL"))
    #expect(words.contains("it has no column window_start"))
    #expect(words.contains("its column clicks is TEXT, and BIGINT is written"))
  }
}
