import GRDB

/// The rows of a table in the order they were written, as text.
enum SqliteRows {
  static func text(path: String, table: String) throws -> String {
    try DatabaseQueue(path: path).read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM \"\(table)\" ORDER BY rowid").map { row in
        row.map { "\($0.0)=\($0.1.description)" }.joined(separator: " ")
      }.joined(separator: "\n")
    }
  }
}
