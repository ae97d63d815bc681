public import Columns

/// Where results go. Two-phase commit: rows are written into an open transaction, `prepare` makes
/// it durable and returns a handle, and `commit` makes it visible once the checkpoint that holds
/// the handle is complete.
///
/// Used by one thread at a time.
public protocol Sink: AnyObject {
  var guarantee: Guarantee { get }

  /// What was repaired when it was opened, in words for the user.
  var notices: [String] { get }

  /// Starts writing.
  ///
  /// - Parameter restored: the handle of the checkpoint that is restored: it is committed (again),
  ///   and everything written after it is aborted. Nil for a fresh start: whatever an unfinished
  ///   run left uncommitted is aborted.
  func open(restoring restored: SinkHandle?) throws

  /// Adds the batch's selected rows to the open transaction.
  func write(_ batch: Batch) throws

  /// Makes the open transaction durable but not visible, and opens the next.
  ///
  /// - Parameter checkpoint: the id of the checkpoint it belongs to; grows from call to call.
  func prepare(checkpoint: Int64) throws -> SinkHandle

  /// Makes a prepared transaction visible. Doing it again changes nothing.
  func commit(_ handle: SinkHandle) throws

  /// Drops the open transaction and everything prepared but not committed.
  func abort() throws

  /// Frees what is open. Nothing is committed by it.
  func close()
}

extension Sink {
  public var notices: [String] { [] }
}

/// What a sink needs to find a prepared transaction again after a crash. Stored in the manifest.
public struct SinkHandle: Hashable, Sendable {
  /// The checkpoint it belongs to.
  public var checkpoint: Int64
  /// The sink's own words: names, offsets, lengths.
  public var fields: [String: String]

  public init(checkpoint: Int64, fields: [String: String] = [:]) {
    self.checkpoint = checkpoint
    self.fields = fields
  }
}
