import Columns
import Engine
import Testing

@testable import Connectors

/// Going back to an older checkpoint, and what stands in its way.
@Suite struct SqliteRestoreTests {
  @Test func appendedRowsOfLaterCheckpointsAreDeletedAndNoOthers() throws {
    let target = try SqliteTarget(.append)
    let sink = target.makeSink()
    try sink.open(restoring: nil)
    try target.add(1, to: sink, checkpoint: 1)
    let second = try target.add(2, 3, to: sink, checkpoint: 2)
    try target.add(4, 5, to: sink, checkpoint: 3)
    // Somebody else's row in between, and one of the job's own that somebody deleted.
    try target.execute("INSERT INTO \(target.quotedTable) (ad, clicks) VALUES ('else', 100)")
    try target.execute("DELETE FROM \(target.quotedTable) WHERE clicks = 4")
    try target.add(6, to: sink, checkpoint: 5)
    sink.close()

    let again = target.makeSink()
    try again.open(restoring: [second])
    #expect(try target.clicks() == [1, 2, 3, 100])
    #expect(
      again.notices == [
        "2 rows of the table per \"minute\" in \(target.path) were deleted: they were written "
          + "after checkpoint 2, which is restored"
      ])
    try target.add(7, to: again, checkpoint: 6)
    #expect(try target.clicks() == [1, 2, 3, 100, 7])
    again.close()

    // The checkpoint before the first row.
    let first = target.makeSink()
    try first.open(restoring: [SinkHandle(checkpoint: 0, fields: ["last": "0"])])
    #expect(try target.clicks() == [100])
    #expect(try target.query("SELECT * FROM _tidemark_epochs") == [])
  }

  @Test func rowidsThatTheDataGivesAreToldApartToo() throws {
    let target = try SqliteTarget(.append)
    try target.execute(
      """
      CREATE TABLE \(target.quotedTable)
        (ad TEXT, window_start TEXT, clicks INTEGER PRIMARY KEY, spend REAL)
      """)
    let sink = target.makeSink()
    try sink.open(restoring: nil)
    let first = try target.add(10, 20, 21, to: sink, checkpoint: 1)
    try target.execute("INSERT INTO \(target.quotedTable) (clicks) VALUES (7), (17)")
    try target.add(5, 15, 16, 25, to: sink, checkpoint: 2)
    sink.close()
    try target.makeSink().open(restoring: [first])
    #expect(try target.clicks() == [7, 10, 17, 20, 21])
  }

  @Test func aCheckpointOfAnotherBranchIsRefused() throws {
    for mode in SqliteSink.Mode.allCases {
      let target = try SqliteTarget(mode)
      let sink = target.makeSink()
      try sink.open(restoring: nil)
      let first = try target.add(1, to: sink, checkpoint: 1)
      let second = try target.add(2, to: sink, checkpoint: 2)
      sink.close()
      let other = target.makeSink()
      try other.open(restoring: [first])
      try target.add(3, to: other, checkpoint: 3)
      other.close()
      let before = try target.everything()
      let error = #expect(throws: ConnectError.self) {
        try target.makeSink().open(restoring: [second])
      }
      #expect(
        error?.message.hasSuffix(
          "holds rows of checkpoint 3, and checkpoint 2 is restored: what came between is not known "
            + "any more") == true)
      #expect(try target.everything() == before)
    }
  }

  @Test func commitsAreRememberedForSoManyCheckpointsOnly() throws {
    let target = try SqliteTarget(.append)
    let sink = target.makeSink()
    sink.commits.kept = 3
    try sink.open(restoring: nil)
    var handles: [SinkHandle] = []
    for number in 1...6 as ClosedRange<Int64> {
      handles.append(try target.add(number, to: sink, checkpoint: number))
    }
    #expect(try target.query("SELECT checkpoint FROM _tidemark_commits") == ["4", "5", "6"])
    sink.close()
    #expect(throws: ConnectError.self) { try target.makeSink().open(restoring: [handles[1]]) }
    #expect(try target.clicks() == [1, 2, 3, 4, 5, 6])
    try target.makeSink().open(restoring: [handles[2]])
    #expect(try target.clicks() == [1, 2, 3])
  }

  @Test func aTableWithoutRowidsCannotGoBack() throws {
    let target = try SqliteTarget(.append)
    try target.execute(
      """
      CREATE TABLE \(target.quotedTable)
        (ad TEXT PRIMARY KEY, window_start TEXT, clicks BIGINT, spend REAL) WITHOUT ROWID
      """)
    let sink = target.makeSink()
    try sink.open(restoring: nil)
    let first = try target.add(1, to: sink, checkpoint: 1)
    let second = try target.add(2, to: sink, checkpoint: 2)
    sink.close()
    try target.makeSink().open(restoring: [second])
    let error = #expect(throws: ConnectError.self) {
      try target.makeSink().open(restoring: [first])
    }
    #expect(error?.message.hasSuffix("rows that were appended cannot be told from others") == true)
    #expect(error?.remedy == "remove the table and start afresh, or use mode: upsert")
  }

  @Test func upsertsAreReplacedAsTheyComeAgain() throws {
    let target = try SqliteTarget(.upsert)
    let sink = target.makeSink()
    try sink.open(restoring: nil)
    let first = try target.add(1, to: sink, checkpoint: 1)
    try target.add(2, to: sink, checkpoint: 2)
    sink.close()
    let again = target.makeSink()
    try again.open(restoring: [first])
    #expect(
      again.notices == [
        "\(target.path) holds rows of checkpoint 2; they are replaced as what follows checkpoint 1 "
          + "is replayed, and stay where a changed pipeline does not write their keys again"
      ])
    try target.add(2, to: again, checkpoint: 3)
    #expect(try target.clicks() == [1, 2])
  }

  /// Handles of the version before, which do not say what came before them.
  @Test func handlesOfAnEarlierVersionAreRestored() throws {
    let target = try SqliteTarget(.append)
    let sink = target.makeSink()
    try sink.open(restoring: nil)
    var first = try target.add(1, to: sink, checkpoint: 1)
    try sink.write(SqliteTarget.rows(2))
    var second = try sink.prepare(checkpoint: 2)
    for field in ["last", "previous"] {
      first.fields[field] = nil
      second.fields[field] = nil
    }
    try target.makeSink().open(restoring: [second])
    #expect(try target.clicks() == [1, 2])
    let again = target.makeSink()
    try again.open(restoring: [first])
    #expect(try target.clicks() == [1])
    try target.add(3, to: again, checkpoint: 3)
    #expect(try target.clicks() == [1, 3])
    // A database that knows the number of the checkpoint only.
    try target.execute("DROP TABLE _tidemark_commits")
    #expect(throws: ConnectError.self) { try target.makeSink().open(restoring: [first]) }
  }

  @Test func aFreshStartForgetsWhatWasCommitted() throws {
    let target = try SqliteTarget(.append)
    let sink = target.makeSink()
    try sink.open(restoring: nil)
    try target.add(1, to: sink, checkpoint: 1)
    sink.close()
    let fresh = target.makeSink()
    try fresh.open(restoring: nil)
    let first = try fresh.prepare(checkpoint: 1)
    try fresh.commit(first)
    try target.add(2, to: fresh, checkpoint: 2)
    fresh.close()
    try target.makeSink().open(restoring: [first])
    #expect(try target.clicks() == [1])
  }
}
