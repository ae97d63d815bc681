import Columns
import Engine

/// A sink that keeps what it gets in memory: what a replay writes to.
final class CaptureSink: Sink {
  let guarantee = Guarantee.exactlyOnce
  private let node: String
  private let columns: [Int]
  private let receive: ([OutputRow]) -> Void

  /// - Parameter columns: the positions of the columns that are shown.
  init(node: String, columns: [Int], receive: @escaping ([OutputRow]) -> Void) {
    self.node = node
    self.columns = columns
    self.receive = receive
  }

  func open(restoring restored: SinkHandle?) throws {}

  func write(_ batch: Batch) throws {
    let kind = batch.column("kind")
    receive(
      batch.selectedRows.map { row in
        let row = Int(row)
        let shown = columns.filter { batch.schema.fields[$0].name != "kind" }
        let text = shown.map { index in
          let value = batch.columns[index].map { displayText(Value($0, row)) } ?? "—"
          return "\(batch.schema.fields[index].name)=\(value)"
        }
        return OutputRow(
          sink: node, position: 0, kind: kind.map { Value($0, row).description } ?? "+I",
          text: text.joined(separator: " "))
      })
  }

  func prepare(checkpoint: Int64) throws -> SinkHandle { SinkHandle(checkpoint: checkpoint) }
  func commit(_ handle: SinkHandle) throws {}
  func abort() throws {}
  func close() {}
}
