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

  /// Fires every window that is open.
  @discardableResult
  public func finish(lanes: any Lanes) -> Batch? { window.finish(lanes: lanes).results }
}
