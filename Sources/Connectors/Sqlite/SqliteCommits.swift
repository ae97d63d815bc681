internal import GRDB

/// What each of a sink's commits added to its table, so that it can be taken back when an older
/// checkpoint is restored. In the same database as the rows, and changed in the same transaction.
///
/// A commit without rows leaves no entry. The newest ``kept`` checkpoints are remembered: about
/// 50 bytes each, and eleven days at one every ten seconds.
struct SqliteCommits {
  let job: String
  let sink: String
  /// How many checkpoints back rows can be told from others.
  var kept: Int64 = 100_000

  struct Entry: Equatable {
    var checkpoint: Int64
    /// The commit before it; 0 for the first.
    var previous: Int64
    /// The rowids of the rows it added; empty for upserts and tables without rowids.
    var rowids: [ClosedRange<Int64>]
  }

  func createTable(_ database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE IF NOT EXISTS _tidemark_commits (
          job TEXT NOT NULL, sink TEXT NOT NULL, checkpoint INTEGER NOT NULL,
          part INTEGER NOT NULL, previous INTEGER NOT NULL,
          first_rowid INTEGER, last_rowid INTEGER,
          PRIMARY KEY (job, sink, checkpoint, part)
        ) WITHOUT ROWID
        """)
  }

  func record(_ entry: Entry, in database: Database) throws {
    let statement = try database.makeStatement(
      sql: "INSERT INTO _tidemark_commits VALUES (?, ?, ?, ?, ?, ?, ?)")
    let parts: [ClosedRange<Int64>?] = entry.rowids.isEmpty ? [nil] : entry.rowids
    for (part, range) in parts.enumerated() {
      try statement.execute(arguments: [
        job, sink, entry.checkpoint, part, entry.previous, range?.lowerBound, range?.upperBound,
      ])
    }
    try database.execute(
      sql: "DELETE FROM _tidemark_commits WHERE job = ? AND sink = ? AND checkpoint <= ?",
      arguments: [job, sink, entry.checkpoint - kept])
  }

  /// The commits after a checkpoint, oldest first.
  func entries(after checkpoint: Int64, in database: Database) throws -> [Entry] {
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT checkpoint, previous, first_rowid, last_rowid FROM _tidemark_commits
        WHERE job = ? AND sink = ? AND checkpoint > ? ORDER BY checkpoint, part
        """, arguments: [job, sink, checkpoint])
    var entries: [Entry] = []
    while let row = try rows.next() {
      let number: Int64 = row[0]
      if entries.last?.checkpoint != number {
        entries.append(Entry(checkpoint: number, previous: row[1], rowids: []))
      }
      if let first: Int64 = row[2], let last: Int64 = row[3], first <= last {
        entries[entries.count - 1].rowids.append(first...last)
      }
    }
    return entries
  }

  /// Forgets the commits after a checkpoint; all of them after 0.
  func forget(after checkpoint: Int64, in database: Database) throws {
    try database.execute(
      sql: "DELETE FROM _tidemark_commits WHERE job = ? AND sink = ? AND checkpoint > ?",
      arguments: [job, sink, checkpoint])
  }
}
