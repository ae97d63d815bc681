/// The way of a prepared transaction into its target: gone once, and again where that failed.
///
/// `@unchecked Sendable`: used by one thread at a time, as ``PrecommittedTransaction/makeVisible``
/// demands.
final class StagedCommit: @unchecked Sendable {
  private var work: (() throws -> Void)?

  init(_ work: @escaping () throws -> Void) { self.work = work }

  /// Does nothing where it was done.
  func complete() throws {
    try work?()
    work = nil
  }
}
