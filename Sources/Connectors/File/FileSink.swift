public import Columns
public import Engine
internal import Glibc

/// Writes results to a file, or to a folder of part files, exactly once.
///
/// The target holds committed rows only. Rows are written to a hidden staging file beside it; the
/// first commit of a job renames that file onto the target, so that the results of an earlier job
/// stay readable until then; later commits append to it (see ``AppendingTarget``). A path that ends
/// in `/` is a folder, where each commit adds a file (see ``PartsTarget``).
///
/// Any number of transactions may be prepared before the first of them is committed.
public final class FileSink: Sink {
  public let guarantee = Guarantee.exactlyOnce
  /// What was repaired while a checkpoint was restored, in words for the user.
  public private(set) var notices: [String] = []

  private let target: any StagedTarget
  private let encoder: RowEncoder
  private let files: FileSystem
  /// The open transaction; nil while it has no rows.
  private var staging: StagingFile?
  /// The number of the last prepared transaction that had rows.
  private var transaction: Int64 = 0
  private var isFirst = true
  private var pending: [TransactionHandle] = []
  private var committed = TransactionHandle.none

  /// - Parameters:
  ///   - path: the file, or a folder where it ends in `/`. Missing folders are created.
  ///   - columns: the positions of the columns that are written, in order.
  ///   - jobID: with `sinkID` names the staging files, so it must be the same on each run.
  public convenience init(
    path: String, format: RowFormat, schema: Schema, columns: [Int], jobID: String, sinkID: String
  ) {
    self.init(
      path: path, format: format, schema: schema, columns: columns, jobID: jobID, sinkID: sinkID,
      files: FileSystem())
  }

  package init(
    path: String, format: RowFormat, schema: Schema, columns: [Int], jobID: String, sinkID: String,
    files: FileSystem
  ) {
    self.files = files
    encoder = RowEncoder(format, schema: schema, columns: columns)
    if path.hasSuffix("/") {
      target = PartsTarget(
        folder: path, suffix: format.kind.rawValue, jobID: jobID, sinkID: sinkID, files: files)
    } else {
      target = AppendingTarget(path: path, jobID: jobID, sinkID: sinkID, files: files)
    }
  }

  // MARK: Sink

  public func open(restoring restored: [SinkHandle]?) throws {
    try files.makeFolders(target.names.folder)
    try target.check()
    let handles = try (restored ?? []).map { try TransactionHandle($0, path: target.path) }
    guard let last = handles.last else {
      try target.names.removeLeftovers(files: files)
      return
    }
    let staged = Set(handles.compactMap { $0.staged?.transaction })
    try target.names.removeLeftovers(except: staged, files: files)
    if let notice = try target.restore(handles) { notices.append(notice) }
    transaction = last.transaction
    committed = last
    isFirst = false
  }

  public func write(_ batch: Batch) throws {
    if batch.selectedCount == 0 { return }
    let file = try openTransaction()
    encoder.append(batch)
    // Written in large pieces: small batches share one.
    if encoder.output.count >= 256 * 1024 { try flush(to: file) }
  }

  public func prepare(checkpoint: Int64) throws -> SinkHandle {
    var handle = pending.last ?? committed
    handle.checkpoint = checkpoint
    handle.isFirst = isFirst
    handle.staged = nil
    // The first transaction replaces what an earlier job left even when it has no rows.
    if staging != nil || isFirst && target.needsFile {
      let file = try openTransaction()
      try flush(to: file)
      let seal = try file.seal()
      staging = nil
      transaction += 1
      handle.transaction = transaction
      handle.staged = .init(transaction: transaction, before: handle.end, seal: seal)
      handle.end = target.appends ? handle.end + seal.length : 0
    }
    isFirst = false
    pending.append(handle)
    return handle.sinkHandle(path: target.path)
  }

  public func commit(_ handle: SinkHandle) throws {
    let handle = try TransactionHandle(handle, path: target.path)
    // Done already: by `open`, or by an earlier call.
    if handle.checkpoint <= committed.checkpoint { return }
    guard handle == pending.first else {
      throw ConnectError(
        "cannot commit transaction \(handle.transaction) to \(target.path): it is not the next "
          + "that was prepared", remedy: "restore the checkpoint that holds it")
    }
    try target.commit(handle)
    committed = handle
    pending.removeFirst()
  }

  public func abort() throws {
    encoder.output.removeAll()
    try staging?.abandon()
    staging = nil
    for handle in pending {
      if let staged = handle.staged { try files.remove(target.names.path(staged.transaction)) }
      isFirst = isFirst || handle.isFirst
    }
    pending = []
    transaction = committed.transaction
  }

  public func close() { staging = nil }

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
    encoder.output.removeAll()
  }
}
