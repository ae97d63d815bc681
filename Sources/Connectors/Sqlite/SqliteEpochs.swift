internal import GRDB

/// The number of the last checkpoint that a sink of a job committed, in the same database as its
/// rows, so that both change in one transaction.
struct SqliteEpochs {
  let job: String
  let sink: String

  func createTable(_ database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE IF NOT EXISTS _tidemark_epochs (
          job TEXT NOT NULL, sink TEXT NOT NULL, checkpoint INTEGER NOT NULL,
          PRIMARY KEY (job, sink)
        )
        """)
  }

  /// The last committed checkpoint; nil where there is none.
  func stored(_ database: Database) throws -> Int64? {
    try Int64.fetchOne(
      database, sql: "SELECT checkpoint FROM _tidemark_epochs WHERE job = ? AND sink = ?",
      arguments: [job, sink])
  }

  /// Sets the number, or forgets it.
  func reset(_ database: Database, to checkpoint: Int64?) throws {
    if let checkpoint {
      try database.execute(
        sql: "INSERT OR REPLACE INTO _tidemark_epochs (job, sink, checkpoint) VALUES (?, ?, ?)",
        arguments: [job, sink, checkpoint])
    } else {
      try database.execute(
        sql: "DELETE FROM _tidemark_epochs WHERE job = ? AND sink = ?", arguments: [job, sink])
    }
  }
}
