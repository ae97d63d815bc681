public import Columns
public import Engine

/// A sink that keeps its rows as text: values in order, joined by spaces.
public final class CollectingSink: Sink {
  public let guarantee = Guarantee.exactlyOnce
  public private(set) var rows: [String] = []
  private let columns: [Int]

  public init(columns: [Int]) { self.columns = columns }

  public func open(restoring restored: SinkHandle?) throws {}

  public func write(_ batch: Batch) throws {
    for row in batch.selectedRows {
      let values = columns.map { column in
        batch.columns[column].map { Value($0, Int(row)).description } ?? "?"
      }
      rows.append(values.joined(separator: " "))
    }
  }

  public func prepare(checkpoint: Int64) throws -> SinkHandle { SinkHandle(checkpoint: checkpoint) }
  public func commit(_ handle: SinkHandle) throws {}
  public func abort() throws {}
  public func close() {}
}
