import Columns
import Engine

/// What stands outside of a job and survives its crash: rows of one sink by how far they have come.
/// Nothing leaves the process.
final class StagedRows {
  typealias Line = OutputPage.Line

  private(set) var open: [Line] = []
  /// Oldest first.
  private(set) var prepared: [(handle: SinkHandle, rows: [Line])] = []
  private(set) var visible: [Line] = []
  /// What the last restore did.
  private(set) var recovered = 0
  private(set) var aborted: [Line] = []
  /// Rows of a sink without transactions are visible at once.
  let isTransactional: Bool

  init(isTransactional: Bool) { self.isTransactional = isTransactional }

  var preparedRows: Int { prepared.reduce(0) { $0 + $1.rows.count } }

  fileprivate func write(_ lines: [Line]) {
    if isTransactional { open += lines } else { visible += lines }
  }

  fileprivate func prepare(_ handle: SinkHandle) {
    prepared.append((handle, open))
    open = []
  }

  fileprivate func commit(_ handle: SinkHandle) {
    guard let index = prepared.firstIndex(where: { $0.handle == handle }) else { return }
    visible += prepared.remove(at: index).rows
  }

  fileprivate func abort() {
    aborted += prepared.flatMap(\.rows) + open
    (prepared, open) = ([], [])
  }

  fileprivate func restore(_ handles: [SinkHandle]) {
    let before = visible.count
    for handle in handles { commit(handle) }
    recovered = visible.count - before
    aborted = []
    abort()
  }
}

/// A sink of the crash lab: it dies with its job, its ``StagedRows`` do not.
final class StagedSink: Sink {
  let guarantee: Guarantee
  private let rows: StagedRows
  private let capture: CaptureSink

  /// - Parameter columns: the positions of the columns that are compared.
  init(
    node: String, columns: [Int], port: StreamReference.Port, guarantee: Guarantee,
    into rows: StagedRows
  ) {
    self.guarantee = guarantee
    self.rows = rows
    capture = CaptureSink(node: node, columns: columns, port: port) { rows.write($0) }
  }

  func open(restoring restored: [SinkHandle]?) throws { rows.restore(restored ?? []) }

  func write(_ batch: Batch) throws { try capture.write(batch) }

  func precommit(checkpoint: Int64) throws -> PrecommittedTransaction {
    let handle = SinkHandle(checkpoint: checkpoint)
    rows.prepare(handle)
    return PrecommittedTransaction(handle)
  }

  func commit(_ handle: SinkHandle) throws { rows.commit(handle) }
  func abort() throws { rows.abort() }
  func close() {}
}
