/// A job's state as it stood between two rounds, not yet written down: made in an instant, encoded
/// on any thread while the job goes on.
///
/// ```swift
/// let frozen = execution.freeze()
/// queue.async { store.save(frozen.snapshot()) }
/// try execution.round()  // changes nothing of what is saved
/// ```
public struct FrozenExecution: Sendable {
  /// Where the sources stood, and the counters; without the operators' state.
  public let position: ExecutionSnapshot
  /// The state of the operators, in the order of the graph.
  public let operators: [FrozenState]

  /// Everything as bytes: the same as ``Execution/snapshot()`` would have given at the time.
  ///
  /// Once: what was preserved of the past is given back as it is read.
  public func snapshot() -> ExecutionSnapshot {
    var snapshot = position
    for state in operators { snapshot.operators[state.id] = state.encode() }
    return snapshot
  }
}
