import Columns
import Engine
import GRDB
import TestSupport
import Testing

@testable import Connectors

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

  @Test func upsertKeepsOneRowForEachKeyAndWindow() throws {
    let target = try SqliteTarget(.upsert)
    let row = { (ad: Value, start: Int64, clicks: Int64, kind: String) in
      SqliteTarget.row(ad, start, clicks, kind)
    }
    let sink = target.makeSink()
    try sink.open(restoring: nil)
    try sink.write(
      batch(
        SqliteTarget.schema,
        [
          row(.string("a"), 0, 1, "+I"), row(.string("a"), 60_000, 2, "+I"), row(.null, 0, 3, "+I"),
          row(.string("a"), 0, 1, "-U"), row(.string("a"), 0, 4, "+U"), row(.null, 0, 5, "+U"),
          row(.string("a"), 60_000, 2, "-D"),
        ]))
    try sink.commit(try sink.prepare(checkpoint: 1))
    #expect(
      try target.query("SELECT * FROM \"per \"\"minute\"\"\" ORDER BY ad") == [
        "NULL|\"1970-01-01T00:00:00.000Z\"|5|1.25", "\"a\"|\"1970-01-01T00:00:00.000Z\"|4|1.0",
      ])
  }
}
