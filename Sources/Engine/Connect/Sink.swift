public import Columns

/// Where results go. Two-phase commit: rows are written into an open transaction, `precommit` ends
/// it and returns a handle, and `commit` makes it visible once it is durable and the checkpoint
/// that holds the handle is complete.
///
/// A transaction outlives a checkpoint that fails: it stays prepared, its handle is stored with the
/// next checkpoint beside that checkpoint's own, and both are committed when that one is complete.
/// So a checkpoint may hold several handles of one sink, oldest first.
///
///     open ─ write… ─ prepare 1 ─ write… ─ prepare 2 ─ commit 1 ─ commit 2 ─ write… ─ close
///
/// A `commit` that failed may be repeated. After any other call that failed only `close` may
/// follow; a new object then restores the last complete checkpoint. An object that is dropped
/// without `close` leaves behind what a crash would.
///
/// Used by one thread at a time, but for what a ``PrecommittedTransaction`` says.
public protocol Sink: AnyObject {
  var guarantee: Guarantee { get }

  /// What was repaired when it was opened, in words for the user.
  var notices: [String] { get }

  /// Starts writing. Called once, before anything else.
  ///
  /// - Parameter restored: the handles of the checkpoint that is restored, oldest first. All of
  ///   them are committed (again), in order, and everything written after the last is undone. Nil
  ///   or empty for a fresh start: whatever an unfinished run left uncommitted is aborted.
  func open(restoring restored: [SinkHandle]?) throws

  /// Adds the batch's selected rows to the open transaction.
  func write(_ batch: Batch) throws

  /// Ends the open transaction, without making it visible, and opens the next. What was prepared
  /// before and not committed stays prepared.
  ///
  /// The stream waits for it, so it does not wait for a device: that is left to
  /// ``PrecommittedTransaction/makeDurable``.
  ///
  /// - Parameter checkpoint: the id of the checkpoint it belongs to; grows from call to call.
  func precommit(checkpoint: Int64) throws -> PrecommittedTransaction

  /// Makes a prepared transaction visible. Doing it again changes nothing.
  ///
  /// Handles are committed one by one, in the order in which they were prepared.
  func commit(_ handle: SinkHandle) throws

  /// Drops the open transaction and everything prepared but not committed.
  func abort() throws

  /// Frees what is open. Nothing is committed by it, and what is prepared stays prepared.
  func close()
}

extension Sink {
  public var notices: [String] { [] }

  /// Ends the open transaction and makes it durable.
  public func prepare(checkpoint: Int64) throws -> SinkHandle {
    let transaction = try precommit(checkpoint: checkpoint)
    try transaction.makeDurable?()
    return transaction.handle
  }
}

/// A transaction that is complete, and durable once ``makeDurable`` has returned.
public struct PrecommittedTransaction: Sendable {
  public var handle: SinkHandle
  /// Waits until a crash cannot take it any more: on any thread, once, while the next transaction
  /// is written. Before it has returned the handle must not be stored in a complete checkpoint, nor
  /// committed. Where it throws, the transaction may be lost. Nil where there is nothing to wait
  /// for.
  public var makeDurable: (@Sendable () throws -> Void)?
  /// Does what takes time of ``Sink/commit(_:)``: on any thread, while the next transaction is
  /// written, once the checkpoint is complete; those of one sink one after another, oldest first.
  /// From its beginning to the `commit` that follows where it does not fail, no other call of the
  /// sink than `write` may come. A `commit` does all of it where it was left out. Nil where a
  /// commit takes no time.
  public var makeVisible: (@Sendable () throws -> Void)?

  public init(
    _ handle: SinkHandle, makeDurable: (@Sendable () throws -> Void)? = nil,
    makeVisible: (@Sendable () throws -> Void)? = nil
  ) {
    self.handle = handle
    self.makeDurable = makeDurable
    self.makeVisible = makeVisible
  }
}

/// What a sink needs to find a prepared transaction again after a crash. Stored in the manifest.
public struct SinkHandle: Hashable, Sendable {
  /// The checkpoint that it was prepared for.
  public var checkpoint: Int64
  /// The sink's own words: names, offsets, lengths.
  public var fields: [String: String]

  public init(checkpoint: Int64, fields: [String: String] = [:]) {
    self.checkpoint = checkpoint
    self.fields = fields
  }
}
