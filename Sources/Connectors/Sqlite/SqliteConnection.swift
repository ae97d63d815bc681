internal import Engine
internal import GRDB

/// The connection of a sink to its database: transactions that are durable, and faults with a
/// remedy.
///
/// Used by one thread at a time.
final class SqliteConnection {
  private let path: String
  private let queue: DatabaseQueue
  /// The file that was opened. One that is put in its place is not the one that is written.
  private var file: FileIdentity?

  /// - Parameters:
  ///   - busySeconds: how long another program's transaction is waited for.
  ///   - prepare: called with the connection before anything else.
  init(
    path: String, busySeconds: Double, prepare: @escaping @Sendable (Database) throws -> Void
  ) throws {
    self.path = path
    var configuration = Configuration()
    configuration.busyMode = .timeout(busySeconds)
    configuration.prepareDatabase { database in
      // With FULL a power cut may bring the rollback journal back, and with it undo a commit.
      try database.execute(sql: "PRAGMA synchronous = EXTRA")
      try prepare(database)
    }
    queue = try SqliteFault.translating(path) { [configuration] in
      try DatabaseQueue(path: path, configuration: configuration)
    }
  }

  /// Runs a transaction that holds the write lock from its beginning. Where the body throws, the
  /// database is as before.
  func transaction<Result>(_ body: (Database) throws -> Result) throws -> Result {
    if let file, try FileSystem.identity(of: path)?.isSameFile(as: file) != true {
      throw ConnectError(
        "\(path) was moved away or replaced while the job was writing to it",
        remedy: "put it back, then run again")
    }
    // SQLite creates it when it is first used.
    defer { file = file ?? (try? FileSystem.identity(of: path)) }
    return try SqliteFault.translating(path) {
      try queue.writeWithoutTransaction { database in
        var result: Result?
        try database.inTransaction(.immediate) {
          result = try body(database)
          return .commit
        }
        guard let result else { throw ConnectError("the transaction on \(path) did not run") }
        return result
      }
    }
  }

  func close() {
    // What could fail is a statement that is still running, and there is none.
    try? queue.close()
  }
}
