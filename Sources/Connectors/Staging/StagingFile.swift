internal import Engine
internal import Glibc
internal import Synchronization

/// A transaction that is being written: a hidden file that is made durable on prepare, and read,
/// moved or removed on commit.
///
/// Used by one thread at a time. An object that is dropped leaves its file behind, as a crash
/// would; ``abandon()`` removes it.
package final class StagingFile {
  package let path: String
  private let files: FileSystem
  private var descriptor: Int32
  private var hash = XXHash64()

  /// What a prepared transaction is recognised by.
  package struct Seal: Hashable, Sendable {
    package var length: Int64
    package var checksum: String

    package init(length: Int64, checksum: String) {
      self.length = length
      self.checksum = checksum
    }
  }

  /// Creates the file; one of that name, left by a run that crashed, is emptied.
  package init(path: String, files: FileSystem) throws {
    self.path = path
    self.files = files
    descriptor = try files.open(path, O_WRONLY | O_CREAT | O_TRUNC)
  }

  deinit { if descriptor >= 0 { _ = Glibc.close(descriptor) } }

  /// Bytes written so far.
  package var length: Int64 { hash.byteCount }

  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    hash.update(bytes)
    try files.write(bytes, to: descriptor, path: path)
  }

  /// Ends it: nothing more is written.
  ///
  /// - Returns: what it is recognised by, and what is left to be done, once, on any thread: making
  ///   the bytes and the name durable, and closing the file.
  package func seal() -> (Seal, makeDurable: @Sendable () throws -> Void) {
    let file = OpenFile(descriptor: descriptor)
    descriptor = -1
    let seal = Seal(length: hash.byteCount, checksum: hash.hex)
    return (
      seal,
      { [path, files] in
        try files.sync(file.descriptor, path: path)
        try files.close(file.take(), path: path)
        try files.syncFolder(FileSystem.folder(of: path))
      }
    )
  }

  /// Closes a descriptor that nobody takes.
  private final class OpenFile: Sendable {
    private let open: Atomic<Int32>

    init(descriptor: Int32) { open = Atomic(descriptor) }

    deinit {
      let descriptor = take()
      if descriptor >= 0 { _ = Glibc.close(descriptor) }
    }

    var descriptor: Int32 { open.load(ordering: .relaxed) }
    func take() -> Int32 { open.exchange(-1, ordering: .relaxed) }
  }

  /// Closes and removes the file.
  package func abandon() throws {
    if descriptor >= 0 {
      _ = Glibc.close(descriptor)
      descriptor = -1
    }
    try files.remove(path)
  }

  /// Checks that a prepared file holds what was sealed.
  ///
  /// - Parameter body: given the bytes on the way, before they are known to be right.
  package static func verify(
    _ path: String, _ seal: Seal, files: FileSystem,
    _ body: (UnsafeRawBufferPointer) -> Void = { _ in }
  ) throws {
    var hash = XXHash64()
    try files.read(path) { bytes in
      hash.update(bytes)
      body(bytes)
    }
    guard hash.byteCount == seal.length, hash.hex == seal.checksum else {
      throw ConnectError(
        "the prepared results in \(path) are damaged: \(hash.byteCount) bytes, checksum \(hash.hex)"
          + "; the checkpoint says \(seal.length) bytes, checksum \(seal.checksum)",
        remedy: "restore an older checkpoint, or start afresh")
    }
  }
}
