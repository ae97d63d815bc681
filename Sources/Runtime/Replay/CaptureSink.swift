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

  func open(restoring restored: [SinkHandle]?) throws {}

  func write(_ batch: Batch) throws {
    let kind = batch.column("kind")
    receive(
      batch.selectedRows.map { row in
        OutputRow(
          sink: node, position: 0, kind: kind.map { Value($0, Int(row)).description } ?? "+I",
          text: text(batch, Int(row)))
      })
  }

  /// Values before the window's bounds stand alone (they are the key), those after it by name.
  private func text(_ batch: Batch, _ row: Int) -> String {
    let names = batch.schema.fields.map(\.name)
    let value = { (index: Int) in batch.columns[index].map { Value($0, row) } ?? .null }
    let start = names.firstIndex(of: "window_start")
    return columns.filter { names[$0] != "kind" }.compactMap { index -> String? in
      switch (names[index], value(index)) {
      case ("window_start", .time(let from)):
        guard let end = names.firstIndex(of: "window_end"), case .time(let to) = value(end) else {
          return "from \(clockText(from))"
        }
        return spanText(from, to)
      case ("window_end", _) where start != nil: return nil
      case (let name, let value):
        return index < start ?? 0 ? displayText(value) : "\(name)=\(displayText(value))"
      }
    }.joined(separator: " ")
  }

  func precommit(checkpoint: Int64) throws -> PrecommittedTransaction {
    PrecommittedTransaction(SinkHandle(checkpoint: checkpoint))
  }
  func commit(_ handle: SinkHandle) throws {}
  func abort() throws {}
  func close() {}
}
