import Columns
import Engine
import Foundation
import GRDB
import Glibc
import Testing

@testable import Connectors

/// What can go wrong with a database: each with a name and a remedy, and nothing half done.
@Suite struct SqliteFaultTests {
  /// A sink with one committed row, and a second prepared.
  private struct Prepared {
    let target: SqliteTarget
    let sink: SqliteSink
    let first: SinkHandle
    let second: SinkHandle

    init(
      _ mode: SqliteSink.Mode = .append,
      connection: @escaping @Sendable (Database) throws -> Void = { _ in }
    ) throws {
      target = try SqliteTarget(mode)
      sink = target.makeSink()
      sink.prepareConnection = connection
      try sink.open(restoring: nil)
      first = try target.add(1, to: sink, checkpoint: 1)
      try sink.write(SqliteTarget.rows(2, 3, 4))
      second = try sink.prepare(checkpoint: 2)
    }

    /// The commit fails, changes nothing, and leaves what it needs to be repeated.
    func failsToCommit(_ message: String, remedy: String) throws {
      let before = try target.everything()
      let error = #expect(throws: ConnectError.self) { try sink.commit(second) }
      #expect(error?.message == "cannot write \(target.path): \(message)")
      #expect(error?.remedy == remedy)
      #expect(try target.everything() == before)
    }

    func commits() throws {
      try sink.commit(second)
      #expect(try target.clicks() == [1, 2, 3, 4])
      #expect(try target.query("SELECT checkpoint FROM _tidemark_epochs") == ["2"])
    }
  }

  @Test(arguments: SqliteSink.Mode.allCases)
  func aRowThatIsRefusedTakesTheWholeTransactionBack(_ mode: SqliteSink.Mode) throws {
    let prepared = try Prepared(mode)
    try prepared.target.execute(
      """
      CREATE TRIGGER picky BEFORE INSERT ON \(prepared.target.quotedTable) WHEN NEW.clicks = 4
      BEGIN SELECT RAISE(ABORT, 'no fours'); END
      """)
    try prepared.failsToCommit(
      "no fours",
      remedy: "a constraint of the table refuses a row: drop it, or write to another table")
    try prepared.target.execute("DROP TRIGGER picky")
    try prepared.commits()
  }

  @Test(arguments: ["_tidemark_epochs", "_tidemark_commits"])
  func rowsAreTakenBackWhereTheirCheckpointCannotBeNoted(_ table: String) throws {
    let prepared = try Prepared()
    try prepared.target.execute(
      """
      CREATE TRIGGER broken BEFORE INSERT ON \(table)
      BEGIN SELECT RAISE(ABORT, 'not now'); END
      """)
    try prepared.failsToCommit(
      "not now",
      remedy: "a constraint of the table refuses a row: drop it, or write to another table")
    try prepared.target.execute("DROP TRIGGER broken")
    try prepared.commits()
  }

  @Test func goingBackIsAllOrNothingToo() throws {
    let prepared = try Prepared()
    try prepared.commits()
    prepared.sink.close()
    try prepared.target.execute(
      """
      CREATE TRIGGER picky BEFORE DELETE ON \(prepared.target.quotedTable) WHEN OLD.clicks = 4
      BEGIN SELECT RAISE(ABORT, 'no fours'); END
      """)
    let before = try prepared.target.everything()
    #expect(throws: ConnectError.self) {
      try prepared.target.makeSink().open(restoring: [prepared.first])
    }
    #expect(try prepared.target.everything() == before)
    try prepared.target.execute("DROP TRIGGER picky")
    try prepared.target.makeSink().open(restoring: [prepared.first])
    #expect(try prepared.target.clicks() == [1])
  }

  @Test func aRowThatATriggerDropsIsNobodys() throws {
    let prepared = try Prepared()
    try prepared.target.execute(
      """
      CREATE TRIGGER picky BEFORE INSERT ON \(prepared.target.quotedTable) WHEN NEW.clicks <> 3
      BEGIN SELECT RAISE(IGNORE); END
      """)
    try prepared.sink.commit(prepared.second)
    #expect(try prepared.target.clicks() == [1, 3])
    prepared.sink.close()
    try prepared.target.execute("DROP TRIGGER picky")
    try prepared.target.makeSink().open(restoring: [prepared.first])
    #expect(try prepared.target.clicks() == [1])
  }

  @Test func anotherProgramsTransactionIsNamed() throws {
    let prepared = try Prepared()
    let other = try DatabaseQueue(path: prepared.target.path)
    try other.writeWithoutTransaction { database in
      try database.execute(sql: "BEGIN IMMEDIATE")
      let remedy = "another program holds the database: end its transaction, then run again"
      try prepared.failsToCommit("database is locked", remedy: remedy)
      let error = #expect(throws: ConnectError.self) {
        try prepared.target.makeSink().open(restoring: [prepared.first])
      }
      #expect(error?.remedy == remedy)
      try database.execute(sql: "COMMIT")
    }
    try prepared.commits()
  }

  @Test func aFullDiskIsNamed() throws {
    let prepared = try Prepared { try $0.execute(sql: "PRAGMA max_page_count = 20") }
    try prepared.commits()
    let many = (0..<3000).map { SqliteTarget.row(.string("ad-\($0)"), 0, 5) }
    try prepared.sink.write(batch(SqliteTarget.schema, many))
    let third = try prepared.sink.prepare(checkpoint: 3)
    let before = try prepared.target.everything()
    let error = #expect(throws: ConnectError.self) { try prepared.sink.commit(third) }
    #expect(error?.message == "cannot write \(prepared.target.path): database or disk is full")
    #expect(error?.remedy == "free some space, then run again: nothing committed is lost")
    #expect(try prepared.target.everything() == before)
    prepared.sink.close()
    // There is space again.
    try prepared.target.makeSink().open(restoring: [prepared.second, third])
    #expect(try prepared.target.clicks().count == 3004)
  }

  @Test(arguments: [
    (ResultCode.SQLITE_BUSY, "another program holds the database", true),
    (.SQLITE_LOCKED, "another program holds the database", true),
    (.SQLITE_PROTOCOL, "another program holds the database's log", false),
    (.SQLITE_NOTADB, "the file is not a SQLite database", false),
    (.SQLITE_CORRUPT, "the database is damaged", false),
    (.SQLITE_READONLY, "check the owner and the mode", false),
    (.SQLITE_CANTOPEN, "check the owner and the mode", false),
    (.SQLITE_FULL, "free some space", true),
    (.SQLITE_IOERR, "the device failed", true),
    (.SQLITE_NOMEM, "give the process more memory", true),
    (.SQLITE_CONSTRAINT, "a constraint of the table refuses a row", false),
    (.SQLITE_MISMATCH, "a column of the table takes another type", false),
    (.SQLITE_TOOBIG, "a row is larger than SQLite takes", false),
    (.SQLITE_ERROR, "the table may have been changed", false),
  ])
  func eachCodeHasARemedy(_ code: ResultCode, _ remedy: String, _ isTransient: Bool) {
    let fault = SqliteFault.fault(DatabaseError(resultCode: code, message: "words"), "out.db")
    #expect(fault.message == "cannot write out.db: words")
    #expect(fault.remedy?.hasPrefix(remedy) == true)
    #expect(fault.isTransient == isTransient)
  }

  @Test func aDatabaseThatMayNotBeWrittenIsNamed() throws {
    let target = try SqliteTarget(.append)
    let sink = target.makeSink()
    sink.prepareConnection = { try $0.execute(sql: "PRAGMA query_only = 1") }
    let error = #expect(throws: ConnectError.self) { try sink.open(restoring: nil) }
    #expect(error?.message.hasSuffix("attempt to write a readonly database") == true)
    #expect(error?.remedy == "check the owner and the mode of the database and of its folder")
  }

  @Test func aDamagedDatabaseIsNamed() throws {
    let prepared = try Prepared()
    prepared.sink.close()
    var bytes = try FileSystem().contents(of: prepared.target.path)
    // Every page but the first, which holds the schema.
    for index in 4096..<bytes.count { bytes[index] = 0x5A }
    try prepared.target.folder.write("out.db", bytes)
    let error = #expect(throws: ConnectError.self) {
      try prepared.target.makeSink().open(restoring: [prepared.first, prepared.second])
    }
    #expect(error?.message.hasSuffix("database disk image is malformed") == true)
    #expect(error?.remedy == "the database is damaged: restore it from a copy, or recover it")
    #expect(try FileSystem().contents(of: prepared.target.path) == bytes)
  }

  @Test func aFileThatIsNoDatabaseIsLeftAlone() throws {
    let target = try SqliteTarget(.append)
    let text = String(repeating: "not a database ", count: 100)
    try target.folder.write("out.db", text)
    let error = #expect(throws: ConnectError.self) { try target.makeSink().open(restoring: nil) }
    #expect(error?.remedy == "the file is not a SQLite database: choose another path")
    #expect(try target.folder.text("out.db") == text)
  }

  @Test(arguments: [
    (
      "(ad TEXT, clicks TEXT, x TEXT NOT NULL, spend REAL)",
      [
        "its column x must not be NULL", "it has no column window_start",
        "its column clicks is TEXT, and BIGINT is written",
      ], "write to another table, or drop this one"
    ),
    (
      "(ad TEXT, window_start TEXT, clicks INTEGER AS (1), spend REAL)",
      ["it has no column clicks"], "write to another table, or drop this one"
    ),
  ])
  func aTableThatDoesNotFitIsDescribed(
    _ columns: String, _ words: [String], _ remedy: String
  ) throws {
    let target = try SqliteTarget(.append)
    try target.execute("CREATE TABLE \(target.quotedTable) \(columns)")
    let error = #expect(throws: ConnectError.self) { try target.makeSink().open(restoring: nil) }
    for word in words { #expect(error?.message.contains(word) == true) }
    #expect(error?.remedy == remedy)
  }

  @Test func upsertsNeedOneRowForEachKey() throws {
    let target = try SqliteTarget(.upsert)
    try target.execute(
      """
      CREATE TABLE \(target.quotedTable) (ad TEXT, window_start TEXT, clicks BIGINT, spend REAL);
      INSERT INTO \(target.quotedTable) VALUES ('a', '1', 1, 1), ('a', '1', 2, 2)
      """)
    let error = #expect(throws: ConnectError.self) { try target.makeSink().open(restoring: nil) }
    #expect(
      error?.message == "the table per \"minute\" in \(target.path) holds several rows with the "
        + "same key ad, window_start")
    #expect(try target.query("SELECT count(*) FROM sqlite_schema") == ["1"])
  }

  @Test func aDatabaseThatSomebodyElseChangedIsRefused() throws {
    let prepared = try Prepared()
    let path = prepared.target.path
    let copy = try FileSystem().contents(of: path)
    try prepared.commits()
    let words = { (error: ConnectError?) in error?.message.components(separatedBy: path).last }

    // Moved away while the job writes to it.
    try prepared.sink.write(SqliteTarget.rows(5))
    let third = try prepared.sink.prepare(checkpoint: 3)
    rename(path, path + ".away")
    #expect(
      words(#expect(throws: ConnectError.self) { try prepared.sink.commit(third) })
        == " was moved away or replaced while the job was writing to it")
    prepared.sink.close()

    // Gone when it is restored; then an older copy; then one without the table.
    let restored = [prepared.second, third]
    func refusal() -> String? {
      words(
        #expect(throws: ConnectError.self) {
          try prepared.target.makeSink().open(restoring: restored)
        })
    }
    #expect(refusal() == " was changed by somebody else: it is gone")
    #expect(FileSystem.kind(of: path) == nil)
    try prepared.target.folder.write("out.db", copy)
    #expect(refusal()?.hasSuffix("2.staged is missing") == true)
    try prepared.target.execute("UPDATE _tidemark_epochs SET checkpoint = 7")
    #expect(
      refusal() == " holds rows of checkpoint 7, and checkpoint 3 is restored: what came "
        + "between is not known any more")
    try prepared.target.execute("DROP TABLE \(prepared.target.quotedTable)")
    #expect(refusal() == " was changed by somebody else: the table per \"minute\" is gone")

    // Put back: what was prepared is still there.
    rename(path + ".away", path)
    try prepared.target.makeSink().open(restoring: restored)
    #expect(try prepared.target.clicks() == [1, 2, 3, 4, 5])
  }

  @Test func anotherPathOrTableThanTheCheckpointsIsRefused() throws {
    let prepared = try Prepared()
    for (field, other) in [("path", "else.db"), ("table", "else")] {
      var handle = prepared.first
      handle.fields[field] = other
      let error = #expect(throws: ConnectError.self) {
        try prepared.target.makeSink().open(restoring: [handle])
      }
      #expect(error?.message.hasPrefix("the checkpoint's results are in \(other)") == true)
      #expect(error?.remedy == "put the \(field) back, or start afresh")
    }
  }
}
