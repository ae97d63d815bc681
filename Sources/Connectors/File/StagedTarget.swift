internal import Engine

/// Where a file sink's staged rows go when they are committed.
///
/// Used by one thread at a time, but for what never changes: its names, and what it is like.
protocol StagedTarget: AnyObject {
  /// As the pipeline says it.
  var path: String { get }
  var names: StagingNames { get }
  var files: FileSystem { get }
  /// Whether commits go to the end of one file.
  var appends: Bool { get }
  /// Whether a job without a row still leaves a file.
  var needsFile: Bool { get }

  /// Refuses a target that cannot be written like this.
  func check() throws

  /// Notes in the hash of the target's bytes that a transaction ends here.
  func endTransaction(length: Int64, in content: inout XXHash64)

  /// Makes a transaction visible that this object prepared.
  ///
  /// - Parameter committed: the one before it: what the target must hold.
  func commit(_ handle: TransactionHandle, after committed: TransactionHandle) throws

  /// Makes the target hold exactly what it held when the last of the handles was committed, which
  /// commits those that were not. Refuses, before it changes anything, a target that somebody else
  /// has changed.
  ///
  /// - Parameter handles: those of one checkpoint, oldest first; at least one.
  func restore(_ handles: [TransactionHandle]) throws -> RestoredTarget
}

struct RestoredTarget {
  /// The hash of the target's bytes, to go on with.
  var content: XXHash64
  /// What had to be undone, for the user.
  var notice: String?
}

extension StagedTarget {
  func isStaged(_ staged: TransactionHandle.Staged) -> Bool {
    FileSystem.kind(of: names.path(staged.transaction)) != nil
  }

  /// The transactions of a checkpoint that are still to be committed.
  ///
  /// They are committed in order, and a commit ends with the staging file gone: so the first that
  /// has its file may have been cut short, and those after it must have theirs.
  func uncommitted(_ handles: [TransactionHandle]) throws -> [TransactionHandle] {
    let withRows = handles.filter { $0.staged != nil }
    guard let first = withRows.firstIndex(where: { $0.staged.map(isStaged) ?? false }) else {
      return []
    }
    for handle in withRows[first...] {
      guard let staged = handle.staged, !isStaged(staged) else { continue }
      throw ConnectError(
        "the results of checkpoint \(handle.checkpoint) for \(path) are gone: "
          + "\(names.path(staged.transaction)) is missing",
        remedy: "restore another checkpoint, or start afresh")
    }
    return Array(withRows[first...])
  }

  /// Adds the bytes of staged transactions to the hash of what the target holds before them.
  ///
  /// - Throws: ``ConnectError`` for a staging file that is damaged.
  /// - Returns: whether the outcome is what the checkpoint says, so that the target is too.
  func add(_ handles: [TransactionHandle], to content: inout XXHash64) throws -> Bool {
    for handle in handles {
      guard let staged = handle.staged else { continue }
      try StagingFile.verify(names.path(staged.transaction), staged.seal, files: files) {
        content.update($0)
      }
      endTransaction(length: staged.seal.length, in: &content)
      if let expected = handle.content, expected != content.hex { return false }
    }
    return true
  }
}
