internal import Columns
internal import Engine
internal import GRDB
internal import GRDBSQLite

/// The table that results are written to: its definition, its check, and applying staged rows.
struct SqliteTable {
  let database: String
  let name: String
  let fields: [Field]
  /// What identifies a row, for upserts.
  let keys: [String]
  let isUpsert: Bool
  let times: TimeStyle

  private var quotedName: String { Self.quoted(name) }

  private static func quoted(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }

  // MARK: Definition

  /// Upserts need to know which row is meant.
  func checkKeys() throws {
    if fields.isEmpty {
      throw ConnectError(
        "no column is written to the table \(name)", remedy: "give the result a column")
    }
    if !isUpsert { return }
    if keys.isEmpty {
      throw ConnectError(
        "mode: upsert of the table \(name) needs a key: the rows have neither key columns nor a "
          + "window", remedy: "add key_by or a window, or use mode: append")
    }
    for key in keys where !fields.contains(where: { $0.name == key }) {
      throw ConnectError(
        "mode: upsert of the table \(name) needs the key column \(key), which is not written",
        remedy: "keep \(key) in the result")
    }
  }

  /// Creates the table and the index of its key, or checks the table that is there.
  func prepare(_ database: Database) throws {
    let columns = fields.map { "\(Self.quoted($0.name)) \(declaredType($0.type))" }
    try check(database)
    try database.execute(
      sql: "CREATE TABLE IF NOT EXISTS \(quotedName) (\(columns.joined(separator: ", ")))")
    if isUpsert { try createKeyIndex(database) }
    // Where rows cannot be written, better now than at the first commit.
    _ = try database.makeStatement(sql: insertSQL(replacing: isUpsert))
  }

  private func createKeyIndex(_ database: Database) throws {
    do {
      let list = keys.map(Self.quoted).joined(separator: ", ")
      try database.execute(
        sql: """
          CREATE UNIQUE INDEX IF NOT EXISTS \(Self.quoted("_tidemark_\(name)_key"))
          ON \(quotedName) (\(list))
          """)
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
      throw ConnectError(
        "the table \(name) in \(self.database) holds several rows with the same key "
          + keys.joined(separator: ", "),
        remedy: "remove all but one of each, or write to another table")
    }
  }

  private func declaredType(_ type: ColumnType) -> String {
    switch type {
    case .boolean: "BOOLEAN"
    case .int, .bigint, .interval: "INTEGER"
    case .double: "REAL"
    case .string, .date, .array, .row, .map: "TEXT"
    // SQLite's numbers hold 15 digits exactly: a longer DECIMAL stays a text.
    case .decimal(let precision, _): precision <= 15 ? "NUMERIC" : "TEXT"
    case .timestamp, .timestampLTZ: times == .iso ? "TEXT" : "INTEGER"
    }
  }

  private func check(_ database: Database) throws {
    let rows = try Row.fetchAll(database, sql: "PRAGMA table_info(\(quotedName))")
    if rows.isEmpty { return }
    var declared: [String: String] = [:]
    var faults: [String] = []
    for row in rows {
      let column: String = row["name"]
      declared[column.lowercased()] = row["type"]
      let isWritten = fields.contains { $0.name.lowercased() == column.lowercased() }
      let isRequired = row["notnull"] == 1 && row["dflt_value"] == DatabaseValue.null
      if !isWritten && isRequired && row["pk"] == 0 {
        faults.append("its column \(column) must not be NULL, and is not written")
      }
    }
    for field in fields {
      guard let type = declared[field.name.lowercased()] else {
        faults.append("it has no column \(field.name)")
        continue
      }
      // A number in a TEXT column would come back as text, and a text in a number's as a number.
      let isText = Self.isText(type)
      if isText != Self.isText(declaredType(field.type)) && !type.isEmpty {
        faults.append("its column \(field.name) is \(type), and \(field.type.name) is written")
      }
    }
    if faults.isEmpty { return }
    throw ConnectError(
      "the table \(name) in \(self.database) does not fit: \(faults.joined(separator: "; "))",
      remedy: "write to another table, or drop this one")
  }

  /// Whether SQLite gives a column declared so the affinity of texts.
  private static func isText(_ declared: String) -> Bool {
    let upper = declared.uppercased()
    return !upper.contains("INT")
      && ["CHAR", "CLOB", "TEXT"].contains { upper.contains($0) }
  }

  // MARK: Rows

  /// Applies staged rows in order, in the open transaction.
  ///
  /// - Returns: the rowids of the rows that were appended; none for upserts, and where the table
  ///   has no rowids.
  func apply(_ rows: StagedRowReader, to database: Database) throws -> [ClosedRange<Int64>] {
    var added: [ClosedRange<Int64>] = []
    let keepsRowids = try !isUpsert && rowid(database) != nil
    let insert = try database.makeStatement(sql: insertSQL(replacing: isUpsert))
    let plainInsert = try database.makeStatement(sql: insertSQL(replacing: false))
    let delete = isUpsert ? try database.makeStatement(sql: deleteSQL) : nil
    let keyPositions = keys.compactMap { key in fields.firstIndex { $0.name == key } }
    var values = [StagedValue](repeating: .null, count: fields.count)
    while let kind = try rows.next(&values) {
      // NULLs are distinct in a unique index, but one key here.
      let hasNullKey = keyPositions.contains { values[$0] == .null }
      if let delete, kind == .delete || hasNullKey {
        try run(delete, keyPositions, values)
      }
      if kind == .delete { continue }
      try run(hasNullKey ? plainInsert : insert, fields.indices, values)
      // A trigger may have dropped the row.
      if keepsRowids, let connection = database.sqliteConnection, sqlite3_changes(connection) > 0 {
        Self.add(sqlite3_last_insert_rowid(connection), to: &added)
      }
    }
    return added
  }

  private static func add(_ rowid: Int64, to ranges: inout [ClosedRange<Int64>]) {
    if let last = ranges.last, last.upperBound < rowid, last.upperBound + 1 == rowid {
      ranges[ranges.count - 1] = last.lowerBound...rowid
    } else {
      ranges.append(rowid...rowid)
    }
  }

  /// Deletes the rows with these rowids that are still there.
  ///
  /// - Returns: how many were.
  func delete(_ rowids: ClosedRange<Int64>, from database: Database) throws -> Int {
    guard let rowid = try rowid(database) else { return 0 }
    try database.execute(
      sql: "DELETE FROM \(quotedName) WHERE \(rowid) BETWEEN ? AND ?",
      arguments: [rowids.lowerBound, rowids.upperBound])
    return database.changesCount
  }

  /// The name that a row's number goes by; nil where rows have none, or columns took every name.
  func rowid(_ database: Database) throws -> String? {
    let columns = try Row.fetchAll(database, sql: "PRAGMA table_info(\(quotedName))")
    let taken = Set(columns.map { ($0["name"] as String).lowercased() })
    return ["rowid", "_rowid_", "oid"].first { candidate in
      // A table WITHOUT ROWID knows none of them.
      let sql = "SELECT \(candidate) FROM \(quotedName)"
      return !taken.contains(candidate) && (try? database.makeStatement(sql: sql)) != nil
    }
  }

  /// Whether the table is there.
  func exists(in database: Database) throws -> Bool { try database.tableExists(name) }

  private func insertSQL(replacing: Bool) -> String {
    let columns = fields.map { Self.quoted($0.name) }
    let marks = fields.map { _ in "?" }.joined(separator: ", ")
    var sql = "INSERT INTO \(quotedName) (\(columns.joined(separator: ", "))) VALUES (\(marks))"
    if replacing {
      let keyList = keys.map(Self.quoted).joined(separator: ", ")
      let others = fields.filter { !keys.contains($0.name) }.map { Self.quoted($0.name) }
      let sets = others.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
      sql += " ON CONFLICT (\(keyList)) DO "
      sql += others.isEmpty ? "NOTHING" : "UPDATE SET \(sets)"
    }
    return sql
  }

  private var deleteSQL: String {
    let conditions = keys.map { "\(Self.quoted($0)) IS ?" }.joined(separator: " AND ")
    return "DELETE FROM \(quotedName) WHERE \(conditions)"
  }

  /// Binds and runs by SQLite's own calls: an array of arguments a row would cost more than the row.
  private func run(
    _ statement: Statement, _ positions: some Sequence<Int>, _ values: [StagedValue]
  ) throws {
    let raw = statement.sqliteStatement
    var index: Int32 = 1
    var code = SQLITE_OK
    for position in positions where code == SQLITE_OK {
      switch values[position] {
      case .null: code = sqlite3_bind_null(raw, index)
      case .integer(let value): code = sqlite3_bind_int64(raw, index, value)
      case .double(let value): code = sqlite3_bind_double(raw, index, value)
      case .text(let text):
        // No copy: the bytes stay where they are until the row is done.
        code = text.start.withMemoryRebound(to: CChar.self, capacity: text.count) {
          sqlite3_bind_text(raw, index, $0, Int32(text.count), nil)
        }
      }
      index += 1
    }
    if code == SQLITE_OK { code = sqlite3_step(raw) }
    // The reset repeats the code of a step that failed.
    sqlite3_reset(raw)
    guard code == SQLITE_DONE else {
      let message = sqlite3_db_handle(raw).flatMap { sqlite3_errmsg($0) }.map {
        String(cString: $0)
      }
      throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
    }
  }
}
