public import Columns
public import Engine

/// A sink that keeps its rows as text: values in order, joined by spaces.
public final class CollectingSink: Sink {
  public let guarantee = Guarantee.exactlyOnce
  public private(set) var rows: [String] = []
  private let columns: [Int]

  private let millis: Bool

  /// - Parameter millis: whether times are written as milliseconds, the watermarks before and after
  ///   all time as `none` and `end`.
  public init(columns: [Int], millis: Bool = false) {
    self.columns = columns
    self.millis = millis
  }

  private func text(_ value: Value) -> String {
    guard millis, case .time(let ms) = value else { return value.description }
    return ms == maxWatermark ? "end" : ms == minWatermark ? "none" : String(ms)
  }

  public func open(restoring restored: [SinkHandle]?) throws {}

  public func write(_ batch: Batch) throws {
    for row in batch.selectedRows {
      let values = columns.map { column in
        batch.columns[column].map { text(Value($0, Int(row))) } ?? "?"
      }
      rows.append(values.joined(separator: " "))
    }
  }

  public func precommit(checkpoint: Int64) throws -> PrecommittedTransaction {
    PrecommittedTransaction(SinkHandle(checkpoint: checkpoint))
  }
  public func commit(_ handle: SinkHandle) throws {}
  public func abort() throws {}
  public func close() {}
}
