public import Columns
public import Engine
internal import GRDB
internal import Glibc

/// Writes results to a table of a SQLite database, exactly once.
///
/// Rows are staged in a file beside the database. A commit applies them and the number of the
/// checkpoint in one transaction of the database, so a commit that is repeated finds the number and
/// does nothing: see ``SqliteTable`` and ``SqliteEpochs``. What each commit added is noted in the
/// same transaction, so that it can be taken back when an older checkpoint is restored: see
/// ``SqliteCommits``.
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
  private let table: SqliteTable
  private let epochs: SqliteEpochs
  var commits: SqliteCommits
  private let names: StagingNames
  private let files: FileSystem
  private var rows: StagedRowWriter
  /// How long another program's transaction is waited for.
  var busySeconds = 5.0
  /// Called with the connection when it is opened: for tests.
  var prepareConnection: @Sendable (Database) throws -> Void = { _ in }
  private var connection: SqliteConnection?
  private var staging: StagingFile?
  private var pending: [(handle: SqliteHandle, commit: StagedCommit)] = []
  /// The newest checkpoint with rows that was prepared, and that was committed.
  private var lastPrepared: Int64 = 0
  private var lastCommitted: Int64 = 0

  /// - Parameters:
  ///   - table: created where it is missing.
  ///   - columns: the positions of the columns that are written, in order.
  ///   - keyColumns: for ``Mode/upsert``: with `window_start` and `window_end`, where the rows have
  ///     them, they identify a row of the table.
  ///   - jobID: with `sinkID` finds the job's own number of the last checkpoint again.
  ///   - stagedAs: what staging files are called after; the database's name where it is nil.
  public convenience init(
    path: String, table: String, mode: Mode, schema: Schema, columns: [Int],
    keyColumns: [String] = [], times: TimeStyle = .iso, jobID: String, sinkID: String,
    stagedAs: String? = nil
  ) {
    self.init(
      path: path, table: table, mode: mode, schema: schema, columns: columns,
      keyColumns: keyColumns, times: times, jobID: jobID, sinkID: sinkID, stagedAs: stagedAs,
      files: FileSystem())
  }

  package init(
    path: String, table: String, mode: Mode, schema: Schema, columns: [Int],
    keyColumns: [String], times: TimeStyle, jobID: String, sinkID: String,
    stagedAs: String? = nil, files: FileSystem
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
    commits = SqliteCommits(job: jobID, sink: sinkID)
    names = StagingNames(
      target: stagedAs ?? FileSystem.name(of: path), folder: FileSystem.folder(of: path),
      jobID: jobID, sinkID: sinkID)
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
    let handles = try (restored ?? []).map {
      try SqliteHandle($0, path: path, table: table.name)
    }
    // Something must be there already: an empty database in its place would only look right.
    let mustExist = (handles.first?.before ?? 0) > 0
    if mustExist && FileSystem.kind(of: path) == nil { throw gone("it is gone") }
    try files.makeFolders(names.folder)
    connection = try SqliteConnection(
      path: path, busySeconds: busySeconds, prepare: prepareConnection)
    try transaction { database in
      if try mustExist && !self.table.exists(in: database) {
        throw self.gone("the table \(self.table.name) is gone")
      }
      try self.table.prepare(database)
      try self.epochs.createTable(database)
      try self.commits.createTable(database)
      if handles.isEmpty {
        try self.epochs.reset(database, to: nil)
        try self.commits.forget(after: 0, in: database)
      }
    }
    if let last = handles.last {
      try goBack(to: last)
      for handle in handles { try apply(handle) }
      try checkEpoch(of: last)
    }
    // After it: a restore that is refused takes nothing away.
    try names.removeLeftovers(files: files)
  }

  public func write(_ batch: Batch) throws {
    if batch.selectedCount == 0 { return }
    rows.append(batch)
    if rows.output.count >= 256 * 1024 { try flush() }
  }

  public func precommit(checkpoint: Int64) throws -> PrecommittedTransaction {
    var makeDurable: (@Sendable () throws -> Void)?
    var handle = SqliteHandle(checkpoint: checkpoint, last: lastPrepared, staged: nil)
    if rows.output.count > 0 { try flush() }
    if let file = staging {
      let (seal, durably) = file.seal()
      makeDurable = durably
      staging = nil
      // Named after the checkpoint from here on: the open transaction did not know it yet.
      try files.rename(file.path, to: names.path(checkpoint))
      handle.staged = .init(previous: lastPrepared, seal: seal)
      handle.last = checkpoint
      lastPrepared = checkpoint
    }
    // A sink that is gone commits nothing: the next run restores the checkpoint.
    let commit = StagedCommit { [weak self, handle] in try self?.apply(handle) }
    pending.append((handle, commit))
    return PrecommittedTransaction(
      handle.sinkHandle(path: path, table: table.name), makeDurable: makeDurable,
      makeVisible: { try commit.complete() })
  }

  public func commit(_ handle: SinkHandle) throws {
    let handle = try SqliteHandle(handle, path: path, table: table.name)
    guard let index = pending.firstIndex(where: { $0.handle == handle }) else {
      // Done already, as far as the database knows: by `open`, or by an earlier call.
      return try apply(handle)
    }
    try pending[index].commit.complete()
    pending.remove(at: index)
  }

  public func abort() throws {
    rows.output.removeAll()
    try staging?.abandon()
    staging = nil
    for (handle, _) in pending { try files.remove(names.path(handle.checkpoint)) }
    pending = []
    lastPrepared = lastCommitted
  }

  public func close() {
    // In progress, so no checkpoint knows it; and if that fails, the next run removes it.
    try? staging?.abandon()
    staging = nil
    connection?.close()
    connection = nil
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
    guard let connection else {
      throw ConnectError("the database \(path) is not open", remedy: "open the sink first")
    }
    return try connection.transaction(body)
  }

  private func apply(_ handle: SqliteHandle) throws {
    guard let staged = handle.staged else { return }
    let file = names.path(handle.checkpoint)
    try transaction { database in
      let epoch = try self.epochs.stored(database) ?? 0
      if epoch >= handle.checkpoint { return }
      guard FileSystem.kind(of: file) != nil else {
        throw ConnectError(
          "the rows of checkpoint \(handle.checkpoint) for \(path) are gone: \(file) is missing",
          remedy: "restore another checkpoint, or start afresh")
      }
      if let previous = staged.previous, previous != epoch {
        throw self.changed(epoch, expected: previous)
      }
      try StagingFile.verify(file, staged.seal, files: self.files)
      let rowids = try self.table.apply(try StagedRowReader(path: file), to: database)
      try self.epochs.reset(database, to: handle.checkpoint)
      try self.commits.record(
        .init(checkpoint: handle.checkpoint, previous: epoch, rowids: rowids), in: database)
    }
    lastCommitted = max(lastCommitted, handle.checkpoint)
    if FileSystem.kind(of: file) != nil {
      try files.remove(file)
      try files.syncFolder(names.folder)
    }
  }

  // MARK: Restore

  /// Undoes what was committed after a checkpoint.
  private func goBack(to handle: SqliteHandle) throws {
    let last = handle.last ?? handle.checkpoint
    let notice: String? = try transaction { database in
      guard let epoch = try self.epochs.stored(database), epoch > last else { return nil }
      let entries = try self.commits.entries(after: last, in: database)
      // Each commit names the one before it: so none is missing in between, and the restored
      // checkpoint is one of those that led to what the table holds.
      let isKnown = entries.first.map { $0.previous == last || handle.last == nil } ?? false
      if !isKnown && !(self.table.isUpsert && entries.isEmpty) {
        throw self.unknownRows(handle, epoch)
      }
      var notice =
        "\(self.path) holds rows of checkpoint \(epoch); they are replaced as what follows "
        + "checkpoint \(handle.checkpoint) is replayed, and stay where a changed pipeline does not "
        + "write their keys again"
      if !self.table.isUpsert {
        if entries.contains(where: \.rowids.isEmpty), try self.table.rowid(database) == nil {
          throw self.withoutRowids(handle, epoch)
        }
        var deleted = 0
        for range in entries.flatMap(\.rowids) {
          deleted += try self.table.delete(range, from: database)
        }
        notice =
          "\(deleted) rows of the table \(self.table.name) in \(self.path) were deleted: they were "
          + "written after checkpoint \(handle.checkpoint), which is restored"
      }
      try self.commits.forget(after: last, in: database)
      try self.epochs.reset(database, to: last > 0 ? last : nil)
      return notice
    }
    if let notice { notices.append(notice) }
  }

  /// The database must now say what the checkpoint says.
  private func checkEpoch(of handle: SqliteHandle) throws {
    let epoch = try transaction { try self.epochs.stored($0) ?? 0 }
    if let last = handle.last, last != epoch { throw changed(epoch, expected: last) }
    lastPrepared = epoch
    lastCommitted = epoch
  }

  // MARK: Faults

  private func changed(_ epoch: Int64, expected: Int64) -> ConnectError {
    gone("it holds the rows up to checkpoint \(epoch), and this job left it with \(expected)")
  }

  private func gone(_ what: String) -> ConnectError {
    ConnectError(
      "\(path) was changed by somebody else: \(what)",
      remedy: "put it back as it was, restore an older checkpoint, or start afresh")
  }

  private func unknownRows(_ handle: SqliteHandle, _ epoch: Int64) -> ConnectError {
    ConnectError(
      "\(path) holds rows of checkpoint \(epoch), and checkpoint \(handle.checkpoint) is restored: "
        + "what came between is not known any more",
      remedy: "restore a newer checkpoint, or remove the table \(table.name) and start afresh")
  }

  private func withoutRowids(_ handle: SqliteHandle, _ epoch: Int64) -> ConnectError {
    ConnectError(
      "\(path) holds rows of checkpoint \(epoch), and checkpoint \(handle.checkpoint) is restored: "
        + "the table \(table.name) has no rowids, so rows that were appended cannot be told from "
        + "others", remedy: "remove the table and start afresh, or use mode: upsert")
  }
}
