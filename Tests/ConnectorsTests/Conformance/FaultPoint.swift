import Engine
import Glibc

@testable import Connectors

/// Ends a run at the n-th operation that changes something on disk, or fails that operation only.
final class FaultPoint: @unchecked Sendable {
  // Unchecked: used from one thread.

  /// What a process that was killed throws: nothing of it runs any more, so neither may `close`.
  struct Crash: Error {}

  enum Kind: Sendable, CaseIterable {
    /// It and all after it do not happen.
    case crash
    /// It fails, the disk is full.
    case refused
    /// It happens and is reported as failed: as far as the device came.
    case unsure
  }

  private(set) var operations = 0
  private let kind: Kind
  private let target: Int

  init(_ kind: Kind = .crash, at operation: Int = .max) {
    self.kind = kind
    target = operation
  }

  /// Whether the operation was reached.
  var wasReached: Bool { operations > target }

  /// Writes are small, so that one can fail in the middle of an append.
  var files: FileSystem { FileSystem(maxWriteBytes: 48) { [self] in try meet($0) } }

  private func meet(_ operation: FileSystem.Operation) throws {
    defer { operations += 1 }
    if operations < target { return }
    switch kind {
    case .crash: throw Crash()
    case .refused where operations == target:
      throw SystemFault.error("do \(operation)", code: ENOSPC)
    case .unsure where operations == target:
      Self.perform(operation)
      throw SystemFault.error("do \(operation)", code: EIO)
    case .refused, .unsure: return
    }
  }

  private static func perform(_ operation: FileSystem.Operation) {
    switch operation {
    case .create(let path): _ = Glibc.close(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o666))
    case .truncate(let path, let length): _ = truncate(path, Int(length))
    case .rename(let path, let target): _ = rename(path, target)
    case .link(let path, let target): _ = link(path, target)
    case .remove(let path): _ = unlink(path)
    case .makeFolder(let path): _ = mkdir(path, 0o777)
    // The bytes are not known here; a write that fails in the middle is one of the small ones.
    case .write, .sync: break
    }
  }
}
