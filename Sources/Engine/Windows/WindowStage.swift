public import Columns

/// A window operator on its own, without a job around it: what a benchmark measures.
public final class WindowStage {
  private let window: WindowOperator

  public init(spec: WindowSpec, inputSchema: Schema, parallelism: Int) {
    let count = spec.resultSchema(input: inputSchema).count
    window = WindowOperator(
      plan: WindowPlan(
        id: "window", spec: spec, inputSchema: inputSchema,
        isResultRead: [Bool](repeating: true, count: count), isLateRead: true),
      parallelism: parallelism)
  }

  /// Takes batches in order.
  ///
  /// - Returns: the results that came out.
  @discardableResult
  public func process(_ batches: [Batch], lanes: any Lanes) -> Batch? {
    window.process(batches, lanes: lanes).results
  }

  /// Its state as it is now, to be written while it goes on.
  public func freeze() -> FrozenState { window.freeze() }

  /// Puts a state back into a stage that has seen nothing.
  ///
  /// - Throws: ``StateError``.
  public func restore(_ bytes: [UInt8]) throws { try window.restore(bytes) }

  public var memory: OperatorMemory { window.memory }

  /// Fires every window that is open.
  @discardableResult
  public func finish(lanes: any Lanes) -> Batch? { window.finish(lanes: lanes).results }
}
