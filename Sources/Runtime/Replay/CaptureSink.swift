import Columns
import Engine

/// A sink that hands over what it gets: what a replay writes to.
final class CaptureSink: Sink {
  let guarantee = Guarantee.exactlyOnce
  private let node: String
  private let columns: [Int]
  private let port: StreamReference.Port
  private let receive: ([OutputPage.Line]) -> Void

  /// - Parameter columns: the positions of the columns that are shown.
  init(
    node: String, columns: [Int], port: StreamReference.Port,
    receive: @escaping ([OutputPage.Line]) -> Void
  ) {
    self.node = node
    self.columns = columns
    self.port = port
    self.receive = receive
  }

  func open(restoring restored: [SinkHandle]?) throws {}

  func write(_ batch: Batch) throws {
    let kind = batch.column("kind")
    let shown = Self.shown(columns, batch.schema)
    receive(
      batch.selectedRows.map { row in
        let row = Int(row)
        var line = OutputPage.Line(
          position: batch.cause(of: row), sink: node,
          kind: port == .late
            ? "late" : port == .dead ? "dead" : kind.map { Value($0, row).description } ?? "+I",
          values: shown.map { displayText(batch.columns[$0].map { Value($0, row) } ?? .null) })
        if port == .late { line.reason = Self.lateReason(batch, row) }
        return line
      })
  }

  /// The columns that are told: not the kind, which stands apart.
  static func shown(_ columns: [Int], _ schema: Schema) -> [Int] {
    columns.filter { schema.fields[$0].name != "kind" }
  }

  private static func lateReason(_ batch: Batch, _ row: Int) -> String? {
    guard let watermark = batch.column("watermark"), let missed = batch.column("missed_by_ms")
    else {
      return nil
    }
    return "\(lengthText(missed.integers[row])) too late: the watermark was"
      + " \(clockText(watermark.integers[row]))"
  }

  func precommit(checkpoint: Int64) throws -> PrecommittedTransaction {
    PrecommittedTransaction(SinkHandle(checkpoint: checkpoint))
  }
  func commit(_ handle: SinkHandle) throws {}
  func abort() throws {}
  func close() {}
}
