public import Columns
public import Engine
internal import Glibc

/// Writes results to a file, or to a folder of part files, exactly once.
///
/// The target holds committed rows only. A path is one file that grows (see ``AppendingTarget``);
/// one that ends in `/` is a folder, where each commit adds a file (see ``PartsTarget``). A
/// transaction goes through the states of Flink's file sink:
///
/// - *in-progress*: the hidden file `.target.job.sink.N.staged` beside the target is being written.
///   No checkpoint knows it; a restore removes it.
/// - *pending*: the same file, durable, and its handle given out. A restore commits it, after
///   verifying its bytes, where the checkpoint has the handle, and removes it otherwise.
/// - *committed*: its bytes are in the target and the staging file is gone. A restore verifies what
///   the checkpoint knows of, and takes back what was written after it.
///
/// The first transaction of a job is renamed onto the target, so that the results of an earlier job
/// stay readable until then; and so is every part. Between pending and committed there is nothing
/// for them. A later transaction of one file is appended, and the staging file removed after that:
/// a restore that finds both cuts the file off where the handle says, and appends again.
///
/// Each handle carries an xxHash of all that the target holds once it is committed. So a target
/// that somebody else has changed is refused on a restore, whatever its length, for one reading of
/// it. While the job runs, a commit asks only for the file's identity; see ``FileIdentity``.
///
/// Any number of transactions may be pending.
public final class FileSink: Sink {
  public let guarantee = Guarantee.exactlyOnce
  /// What was repaired while a checkpoint was restored, in words for the user.
  public private(set) var notices: [String] = []

  /// A transaction with the hash of the target's bytes after it.
  private struct Transaction {
    var handle: TransactionHandle
    var content: XXHash64
  }

  private let target: any StagedTarget
  private let encoder: RowEncoder
  private let files: FileSystem
  /// The open transaction; nil while it has no rows.
  private var staging: StagingFile?
  /// The hash of the target's bytes once all that was written is committed.
  private var content = XXHash64()
  /// The number of the last prepared transaction that had rows.
  private var transaction: Int64 = 0
  private var isFirst = true
  private var pending: [(transaction: Transaction, commit: StagedCommit)] = []
  private var committed = Transaction(handle: .none, content: XXHash64())

  /// - Parameters:
  ///   - path: the file, or a folder where it ends in `/`. Missing folders are created.
  ///   - columns: the positions of the columns that are written, in order.
  ///   - jobID: with `sinkID` names the staging files, so it must be the same on each run.
  ///   - stagedAs: what staging files are called after; the target's name where it is nil.
  public convenience init(
    path: String, format: RowFormat, schema: Schema, columns: [Int], jobID: String, sinkID: String,
    stagedAs: String? = nil
  ) {
    self.init(
      path: path, format: format, schema: schema, columns: columns, jobID: jobID, sinkID: sinkID,
      stagedAs: stagedAs, files: FileSystem())
  }

  package init(
    path: String, format: RowFormat, schema: Schema, columns: [Int], jobID: String, sinkID: String,
    stagedAs: String? = nil, files: FileSystem
  ) {
    self.files = files
    encoder = RowEncoder(format, schema: schema, columns: columns)
    if path.hasSuffix("/") {
      target = PartsTarget(
        folder: path, suffix: format.kind.rawValue, jobID: jobID, sinkID: sinkID, files: files)
    } else {
      target = AppendingTarget(
        path: path, jobID: jobID, sinkID: sinkID, stagedAs: stagedAs, files: files)
    }
  }

  // MARK: Sink

  public func open(restoring restored: [SinkHandle]?) throws {
    try files.makeFolders(target.names.folder)
    try target.check()
    let handles = try (restored ?? []).map { try TransactionHandle($0, path: target.path) }
    if var last = handles.last {
      let restored = try target.restore(handles)
      if let notice = restored.notice { notices.append(notice) }
      transaction = last.transaction
      last.content = restored.content.hex
      committed = Transaction(handle: last, content: restored.content)
      content = restored.content
      isFirst = false
    }
    // After it: a restore that is refused takes nothing away.
    try target.names.removeLeftovers(files: files)
  }

  public func write(_ batch: Batch) throws {
    if batch.selectedCount == 0 { return }
    let file = try openTransaction()
    encoder.append(batch)
    // Written in large pieces: small batches share one.
    if encoder.output.count >= 256 * 1024 { try flush(to: file) }
  }

  public func precommit(checkpoint: Int64) throws -> PrecommittedTransaction {
    var makeDurable: (@Sendable () throws -> Void)?
    let before = (pending.last?.transaction ?? committed).handle
    var handle = before
    handle.checkpoint = checkpoint
    handle.isFirst = isFirst
    handle.staged = nil
    // The first transaction replaces what an earlier job left even when it has no rows.
    if staging != nil || isFirst && target.needsFile {
      let file = try openTransaction()
      try flush(to: file)
      let (seal, durably) = file.seal()
      makeDurable = durably
      staging = nil
      target.endTransaction(length: seal.length, in: &content)
      transaction += 1
      handle.transaction = transaction
      handle.staged = .init(transaction: transaction, before: handle.end, seal: seal)
      handle.end = target.appends ? handle.end + seal.length : 0
      handle.content = content.hex
    }
    isFirst = false
    let commit = StagedCommit { [target, handle] in try target.commit(handle, after: before) }
    pending.append((Transaction(handle: handle, content: content), commit))
    return PrecommittedTransaction(
      handle.sinkHandle(path: target.path), makeDurable: makeDurable,
      makeVisible: { try commit.complete() })
  }

  public func commit(_ handle: SinkHandle) throws {
    let handle = try TransactionHandle(handle, path: target.path)
    // Done already: by `open`, or by an earlier call.
    if handle.checkpoint <= committed.handle.checkpoint { return }
    guard let next = pending.first, next.transaction.handle == handle else {
      throw ConnectError(
        "cannot commit transaction \(handle.transaction) to \(target.path): it is not the next "
          + "that was prepared", remedy: "restore the checkpoint that holds it")
    }
    try next.commit.complete()
    committed = next.transaction
    pending.removeFirst()
  }

  public func abort() throws {
    encoder.output.removeAll()
    try staging?.abandon()
    staging = nil
    for handle in pending.map(\.transaction.handle) {
      if let staged = handle.staged { try files.remove(target.names.path(staged.transaction)) }
      isFirst = isFirst || handle.isFirst
    }
    pending = []
    transaction = committed.handle.transaction
    content = committed.content
  }

  public func close() {
    // In progress, so no checkpoint knows it; and if that fails, the next run removes it.
    try? staging?.abandon()
    staging = nil
  }

  // MARK: The open transaction

  private func openTransaction() throws -> StagingFile {
    if let staging { return staging }
    let file = try StagingFile(path: target.names.path(transaction + 1), files: files)
    staging = file
    if isFirst || !target.appends { encoder.appendHeader() }
    return file
  }

  private func flush(to file: StagingFile) throws {
    try file.write(encoder.output.bytes)
    content.update(encoder.output.bytes)
    encoder.output.removeAll()
  }
}
