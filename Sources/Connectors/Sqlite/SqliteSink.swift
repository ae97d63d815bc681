public import Columns
public import Engine
internal import GRDB
internal import Glibc

/// Writes results to a table of a SQLite database, exactly once.
///
/// Rows are staged in a file beside the database. A commit applies them and the number of the
/// checkpoint in one transaction of the database, so a commit that is repeated finds the number and
/// does nothing: see ``SqliteTable`` and the table `_tidemark_epochs`.
public final class SqliteSink: Sink {
  public enum Mode: String, Sendable, CaseIterable {
    /// Every row is a new row of the table.
    case append
    /// A row replaces the one with the same key and window; `-U` is skipped, `-D` deletes.
    case upsert
  }

  public let guarantee = Guarantee.exactlyOnce
  /// What was repaired while a checkpoint was restored, in words for the user.
  public private(set) var notices: [String] = []

  private let path: String
  private let epochs: SqliteEpochs
  private let table: SqliteTable
  private let names: StagingNames
  private let files: FileSystem
  private var rows: StagedRowWriter
  private var database: DatabaseQueue?
  private var staging: StagingFile?
  private var pending: [SinkHandle] = []

  /// - Parameters:
  ///   - table: created where it is missing.
  ///   - columns: the positions of the columns that are written, in order.
  ///   - keyColumns: for ``Mode/upsert``: with `window_start` and `window_end`, where the rows have
  ///     them, they identify a row of the table.
  ///   - jobID: with `sinkID` finds the job's own number of the last checkpoint again.
  public convenience init(
    path: String, table: String, mode: Mode, schema: Schema, columns: [Int],
    keyColumns: [String] = [], times: TimeStyle = .iso, jobID: String, sinkID: String
  ) {
    self.init(
      path: path, table: table, mode: mode, schema: schema, columns: columns,
      keyColumns: keyColumns, times: times, jobID: jobID, sinkID: sinkID, files: FileSystem())
  }

  package init(
    path: String, table: String, mode: Mode, schema: Schema, columns: [Int],
    keyColumns: [String], times: TimeStyle, jobID: String, sinkID: String, files: FileSystem
  ) {
    self.path = path
    self.files = files
    let fields = columns.map { schema.fields[$0] }
    var keys = keyColumns
    for name in ["window_start", "window_end"]
    where !keys.contains(name) && fields.contains(where: { $0.name == name }) {
      keys.append(name)
    }
    self.table = SqliteTable(
      database: path, name: table, fields: fields, keys: mode == .upsert ? keys : [],
      isUpsert: mode == .upsert, times: times)
    epochs = SqliteEpochs(job: jobID, sink: sinkID)
    names = StagingNames(
      target: FileSystem.name(of: path), folder: FileSystem.folder(of: path), jobID: jobID,
      sinkID: sinkID)
    rows = StagedRowWriter(
      fields: fields, positions: columns, times: times,
      kindPosition: mode == .upsert ? Self.kindPosition(in: schema) : nil)
  }

  private static func kindPosition(in schema: Schema) -> Int? {
    let kinds = schema.fields.indices.filter {
      schema.fields[$0].name == "kind" && schema.fields[$0].type == .string
    }
    return kinds.first { schema.fields[$0].isMeta } ?? kinds.first
  }

  // MARK: Sink

  public func open(restoring restored: [SinkHandle]?) throws {
    try table.checkKeys()
    try files.makeFolders(names.folder)
    database = try SqliteFault.translating(path) {
      var configuration = Configuration()
      configuration.busyMode = .timeout(5)
      return try DatabaseQueue(path: path, configuration: configuration)
    }
    try transaction { database in
      try self.table.prepare(database)
      try self.epochs.createTable(database)
      if restored?.last == nil { try self.epochs.reset(database, to: nil) }
    }
    guard let restored, let last = restored.last else {
      return try names.removeLeftovers(files: files)
    }
    try names.removeLeftovers(except: Set(restored.map(\.checkpoint)), files: files)
    try goBack(to: last.checkpoint)
    for handle in restored { try apply(handle) }
  }

  public func write(_ batch: Batch) throws {
    if batch.selectedCount == 0 { return }
    rows.append(batch)
    if rows.output.count >= 256 * 1024 { try flush() }
  }

  public func prepare(checkpoint: Int64) throws -> SinkHandle {
    var handle = SinkHandle(checkpoint: checkpoint, fields: ["path": path, "table": table.name])
    if rows.output.count > 0 { try flush() }
    if let file = staging {
      let seal = try file.seal()
      staging = nil
      // Named after the checkpoint from here on: the open transaction did not know it yet.
      try files.rename(file.path, to: names.path(checkpoint))
      try files.syncFolder(names.folder)
      handle.fields["length"] = String(seal.length)
      handle.fields["checksum"] = seal.checksum
    }
    pending.append(handle)
    return handle
  }

  public func commit(_ handle: SinkHandle) throws {
    try apply(handle)
    pending.removeAll { $0 == handle }
  }

  public func abort() throws {
    rows.output.removeAll()
    try staging?.abandon()
    staging = nil
    for handle in pending { try files.remove(names.path(handle.checkpoint)) }
    pending = []
  }

  public func close() {
    staging = nil
    try? database?.close()
    database = nil
  }

  // MARK: Transactions

  private func flush() throws {
    // Number 0 is the open transaction: checkpoints start at 1.
    let file = try staging ?? StagingFile(path: names.path(0), files: files)
    staging = file
    try file.write(rows.output.bytes)
    rows.output.removeAll()
  }

  private func transaction<Result>(_ body: (Database) throws -> Result) throws -> Result {
    guard let database else {
      throw ConnectError("the database \(path) is not open", remedy: "open the sink first")
    }
    return try SqliteFault.translating(path) {
      try database.writeWithoutTransaction { database in
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

  /// Undoes what was committed after a checkpoint.
  private func goBack(to checkpoint: Int64) throws {
    let stored = try transaction { try self.epochs.stored($0) }
    if let stored, stored > checkpoint {
      guard table.isUpsert else {
        throw ConnectError(
          "\(path) holds rows of checkpoint \(stored), and checkpoint \(checkpoint) is "
            + "restored: rows that were appended cannot be told from others, and would be doubled",
          remedy: "remove the table \(table.name) and start afresh, or use mode: upsert")
      }
      // Upserts of the same rows give the same table.
      try transaction { try self.epochs.reset($0, to: checkpoint) }
      notices.append(
        "\(path) holds rows of checkpoint \(stored); they are replaced as checkpoint "
          + "\(checkpoint) is replayed")
    }
  }

  private func apply(_ handle: SinkHandle) throws {
    if let other = handle.fields["path"], other != path {
      throw ConnectError(
        "the checkpoint's results are in \(other), and the pipeline now writes to \(path)",
        remedy: "put the path back, or start afresh")
    }
    let staged = names.path(handle.checkpoint)
    let isStaged = FileSystem.kind(of: staged) != nil
    if let checksum = handle.fields["checksum"] {
      let length = handle.fields["length"].flatMap { Int64($0) } ?? -1
      let stored = try transaction { try self.epochs.stored($0) }
      if stored.map({ $0 < handle.checkpoint }) ?? true {
        guard isStaged else {
          throw ConnectError(
            "the rows of checkpoint \(handle.checkpoint) for \(path) are gone: \(staged) is missing",
            remedy: "restore another checkpoint, or start afresh")
        }
        try StagingFile.verify(staged, .init(length: length, checksum: checksum), files: files)
        let reader = try StagedRowReader(path: staged)
        try transaction { database in
          try self.table.apply(reader, to: database)
          try self.epochs.reset(database, to: handle.checkpoint)
        }
      }
    }
    if isStaged {
      try files.remove(staged)
      try files.syncFolder(names.folder)
    }
  }
}
