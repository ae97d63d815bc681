internal import Engine
internal import Glibc

/// One file that grows by a transaction at a time.
///
/// The first transaction is renamed onto it. For a later one the handle says how long the file was
/// before: a commit cuts the file there, appends the staged bytes, makes them durable, and only
/// then removes the staging file. So a commit that was cut short is repeated from the start, and
/// one without a staging file is complete.
struct AppendingTarget: StagedTarget {
  let path: String
  let names: StagingNames
  let appends = true
  let needsFile = true
  private let files: FileSystem
  /// The file itself, where the path is a symbolic link.
  private let file: String

  init(path: String, jobID: String, sinkID: String, files: FileSystem) {
    self.path = path
    self.files = files
    file = Self.following(path)
    names = StagingNames(
      target: FileSystem.name(of: file), folder: FileSystem.folder(of: file), jobID: jobID,
      sinkID: sinkID)
  }

  /// Renaming onto a symbolic link would replace the link.
  private static func following(_ path: String) -> String {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &buffer, buffer.count)
    guard count > 0, count < buffer.count else { return path }
    let link = String(decoding: buffer[..<count], as: UTF8.self)
    return FileSystem.resolve(link, in: FileSystem.folder(of: path))
  }

  func check() throws {
    switch FileSystem.kind(of: file) {
    case .folder:
      throw ConnectError(
        "cannot write \(path): it is a folder", remedy: "end the path in / for part files")
    case .pipe, .other:
      throw ConnectError(
        "cannot write \(path) exactly once: it is not a file",
        remedy: "use the sink stdout for a pipe or a device")
    case .file, nil: break
    }
  }

  func commit(_ handle: TransactionHandle) throws {
    guard let staged = handle.staged else { return }
    try apply(staged, isFirst: handle.isFirst, isRepeated: false)
  }

  func restore(_ handles: [TransactionHandle]) throws -> String? {
    guard let handle = handles.last else { return nil }
    // Only the first that still has its staging file can have been cut short.
    var isRepeated = true
    for handle in handles {
      guard let staged = handle.staged,
        FileSystem.kind(of: names.path(staged.transaction)) != nil
      else { continue }
      try StagingFile.verify(names.path(staged.transaction), staged.seal, files: files)
      try apply(staged, isFirst: handle.isFirst, isRepeated: isRepeated)
      isRepeated = false
    }
    let length = try FileSystem.length(of: file) ?? -1
    if length == handle.end { return nil }
    if length < handle.end { throw changed(length, expected: handle.end) }
    try withFile { descriptor in
      try files.truncate(descriptor, to: handle.end, path: path)
      try files.sync(descriptor, path: path)
    }
    return "\(path) was cut back from \(length) to \(handle.end) bytes: "
      + "the rest was written after the checkpoint that is restored"
  }

  /// - Parameter isRepeated: an earlier attempt may have been cut short.
  private func apply(
    _ staged: TransactionHandle.Staged, isFirst: Bool, isRepeated: Bool
  ) throws {
    let staging = names.path(staged.transaction)
    guard let stagedLength = try FileSystem.length(of: staging) else {
      // An earlier attempt of this object got as far as removing it.
      let length = try FileSystem.length(of: file) ?? -1
      if length != staged.before + staged.seal.length {
        throw changed(length, expected: staged.before + staged.seal.length)
      }
      return
    }
    guard stagedLength == staged.seal.length else {
      return try StagingFile.verify(staging, staged.seal, files: files)
    }
    if isFirst {
      try files.rename(staging, to: file)
      try files.syncFolder(names.folder)
      return
    }
    let length = try FileSystem.length(of: file) ?? -1
    let end = staged.before + staged.seal.length
    // An attempt that failed, or a run that crashed, may have appended a part of it.
    if length < staged.before || !isRepeated && length > end {
      throw changed(length, expected: staged.before)
    }
    try withFile { descriptor in
      if length > staged.before {
        try files.truncate(descriptor, to: staged.before, path: path)
      }
      if lseek(descriptor, Int(staged.before), SEEK_SET) < 0 {
        throw SystemFault.error("write \(path)", code: errno)
      }
      try files.read(staging) { try files.write($0, to: descriptor, path: path) }
      try files.sync(descriptor, path: path)
    }
    if try FileSystem.length(of: file) != end {
      throw changed(try FileSystem.length(of: file) ?? -1, expected: end)
    }
    try files.remove(staging)
    try files.syncFolder(names.folder)
  }

  private func withFile(_ body: (Int32) throws -> Void) throws {
    let descriptor = try files.open(file, O_WRONLY)
    var isOpen = true
    defer { if isOpen { _ = Glibc.close(descriptor) } }
    try body(descriptor)
    isOpen = false
    try files.close(descriptor, path: path)
  }

  private func changed(_ length: Int64, expected: Int64) -> ConnectError {
    let found = length < 0 ? "it is gone" : "it has \(length) bytes"
    return ConnectError(
      "\(path) was changed by somebody else: \(found), and this job left it with \(expected)",
      remedy: "write to another path, or start afresh: the file is then replaced")
  }
}
