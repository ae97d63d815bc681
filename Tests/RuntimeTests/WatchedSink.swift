import Columns
import Engine

/// A sink of which a test sees when it makes a transaction visible, and when it writes.
final class WatchedSink: Sink {
  /// Called with the checkpoint and what makes it visible.
  typealias Commit = @Sendable (Int64, () throws -> Void) throws -> Void

  private let sink: any Sink
  private let visibly: Commit
  /// Called with the last checkpoint that was begun, 0 for none.
  private let writes: @Sendable (Int64) -> Void
  private var last: Int64 = 0

  init(
    _ sink: any Sink, writes: @escaping @Sendable (Int64) -> Void = { _ in },
    visibly: @escaping Commit
  ) {
    self.sink = sink
    self.visibly = visibly
    self.writes = writes
  }

  var guarantee: Guarantee { sink.guarantee }
  func open(restoring restored: [SinkHandle]?) throws { try sink.open(restoring: restored) }

  func write(_ batch: Batch) throws {
    try sink.write(batch)
    writes(last)
  }

  func precommit(checkpoint: Int64) throws -> PrecommittedTransaction {
    var transaction = try sink.precommit(checkpoint: checkpoint)
    let makeVisible = transaction.makeVisible
    last = checkpoint
    transaction.makeVisible = { [visibly] in try visibly(checkpoint) { try makeVisible?() } }
    return transaction
  }

  func commit(_ handle: SinkHandle) throws { try sink.commit(handle) }
  func abort() throws { try sink.abort() }
  func close() { sink.close() }
}
