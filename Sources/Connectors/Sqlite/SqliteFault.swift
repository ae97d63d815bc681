internal import Engine
internal import GRDB

/// Turns what SQLite says into faults with a remedy.
enum SqliteFault {
  static func translating<Result>(
    _ path: String, _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw fault(error, path)
    }
  }

  private static func fault(_ error: DatabaseError, _ path: String) -> ConnectError {
    let words = error.message ?? "error \(error.extendedResultCode.rawValue)"
    return ConnectError(
      "cannot write \(path): \(words)", remedy: remedy(error.resultCode),
      isTransient: transient.contains(error.resultCode))
  }

  private static let transient: [ResultCode] = [
    .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_NOMEM,
  ]

  private static func remedy(_ code: ResultCode) -> String? {
    switch code {
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      "another program holds the database: end its transaction, then run again"
    case .SQLITE_NOTADB: "the file is not a SQLite database: choose another path"
    case .SQLITE_CORRUPT: "the database is damaged: restore it from a copy, or recover it"
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN, .SQLITE_AUTH:
      "check the owner and the mode of the database and of its folder"
    case .SQLITE_FULL: "free some space, then run again: nothing committed is lost"
    case .SQLITE_IOERR: "the device failed: check it, then run again from the last checkpoint"
    case .SQLITE_CONSTRAINT:
      "a constraint of the table refuses a row: drop it, or write to another table"
    case .SQLITE_ERROR: "the table may have been changed: drop it, or write to another table"
    default: nil
    }
  }
}
