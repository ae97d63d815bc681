internal import Engine
internal import Glibc

/// One file that grows by a transaction at a time.
///
/// The first transaction is renamed onto it. For a later one the handle says how long the file was
/// before: a commit cuts the file there, appends the staged bytes, makes them durable, and only
/// then removes the staging file. So a commit that was cut short is repeated from the start, and
/// one without a staging file is complete.
///
/// Whether somebody else has changed the file is seen by its identity while the job runs, which
/// costs one call a commit; only where that differs, and on a restore, are its bytes read and
/// hashed.
final class AppendingTarget: StagedTarget {
  let path: String
  let names: StagingNames
  let files: FileSystem
  let appends = true
  let needsFile = true
  /// The file itself, where the path is a symbolic link.
  private let file: String
  /// How this object left the file.
  private var left: FileIdentity?
  /// Whether an append of this object failed on its way.
  private var isCutShort = false

  init(path: String, jobID: String, sinkID: String, stagedAs: String?, files: FileSystem) {
    self.path = path
    self.files = files
    file = Self.following(path)
    names = StagingNames(
      target: stagedAs ?? FileSystem.name(of: file), folder: FileSystem.folder(of: file),
      jobID: jobID,
      sinkID: sinkID)
  }

  /// Renaming onto a symbolic link would replace the link.
  private static func following(_ path: String) -> String {
    var path = path
    // As many links as the kernel follows.
    for _ in 0..<40 {
      var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
      let count = readlink(path, &buffer, buffer.count)
      guard count > 0, count < buffer.count else { break }
      let link = String(decoding: buffer[..<count], as: UTF8.self)
      path = FileSystem.resolve(link, in: FileSystem.folder(of: path))
    }
    return path
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

  func endTransaction(length: Int64, in content: inout XXHash64) {}

  // MARK: Commit

  func commit(_ handle: TransactionHandle, after committed: TransactionHandle) throws {
    guard let staged = handle.staged else { return }
    let staging = names.path(staged.transaction)
    guard let stagedLength = try FileSystem.length(of: staging) else {
      // An earlier attempt of this object got as far as renaming or removing it.
      if try length() != handle.end { throw changed(try length(), expected: handle.end) }
      _ = try content(upTo: handle.end, expected: handle.content)
      try files.syncFolder(names.folder)
      left = try FileSystem.identity(of: file)
      return
    }
    if stagedLength != staged.seal.length {
      try StagingFile.verify(staging, staged.seal, files: files)
    }
    if handle.isFirst { return try replace(with: staged) }
    try checkUnchanged(since: committed)
    try append(staged)
  }

  private func replace(with staged: TransactionHandle.Staged) throws {
    try files.rename(names.path(staged.transaction), to: file)
    left = try FileSystem.identity(of: file)
    try files.syncFolder(names.folder)
  }

  private func append(_ staged: TransactionHandle.Staged) throws {
    isCutShort = true
    do {
      try write(staged)
    } catch {
      // So that a reader sees whole transactions also while the fault lasts. Where it cannot be
      // done, the next attempt does it.
      try? cut(to: staged.before)
      throw error
    }
    let end = staged.before + staged.seal.length
    if try length() != end { throw changed(try length(), expected: end) }
    left = try FileSystem.identity(of: file)
    isCutShort = false
    try files.remove(names.path(staged.transaction))
    try files.syncFolder(names.folder)
  }

  private func write(_ staged: TransactionHandle.Staged) throws {
    try withFile { descriptor in
      // An attempt that failed, or a run that crashed, may have appended a part of it.
      if try length() > staged.before {
        try files.truncate(descriptor, to: staged.before, path: path)
      }
      if lseek(descriptor, Int(staged.before), SEEK_SET) < 0 {
        throw SystemFault.error("write \(path)", code: errno)
      }
      try files.read(names.path(staged.transaction)) {
        try files.write($0, to: descriptor, path: path)
      }
      try files.sync(descriptor, path: path)
    }
  }

  /// Refuses to append to a file that is not as this object left it.
  private func checkUnchanged(since committed: TransactionHandle) throws {
    let now = try FileSystem.identity(of: file)
    if let now, now == left { return }
    let length = now?.length ?? -1
    if length < committed.end || length > committed.end && !isCutShort {
      throw changed(length, expected: committed.end)
    }
    _ = try content(upTo: committed.end, expected: committed.content)
  }

  // MARK: Restore

  func restore(_ handles: [TransactionHandle]) throws -> RestoredTarget {
    guard let last = handles.last else { return RestoredTarget(content: XXHash64()) }
    let found = try length()
    var replaces = false
    let content: XXHash64
    if let complete = try complete(last) {
      content = complete
      try cut(to: last.end)
    } else {
      let uncommitted = try uncommitted(handles)
      replaces = uncommitted.first?.isFirst ?? false
      content = try commit(uncommitted, of: last)
    }
    // The run before may have been cut off between the renaming and this.
    try files.syncFolder(names.folder)
    left = try FileSystem.identity(of: file)
    if replaces || found <= last.end { return RestoredTarget(content: content) }
    return RestoredTarget(
      content: content,
      notice: "\(path) was cut back from \(found) to \(last.end) bytes: "
        + "the rest was written after the checkpoint that is restored")
  }

  /// The hash of all that was committed, where the file holds it: staging files that stand beside it
  /// are then those of another run, which had gone back and came to the same numbers.
  private func complete(_ last: TransactionHandle) throws -> XXHash64? {
    guard let expected = last.content, try length() >= last.end else { return nil }
    let hash = try hash(upTo: last.end)
    return hash.hex == expected ? hash : nil
  }

  /// - Parameter last: the handle that the file is restored to.
  private func commit(
    _ uncommitted: [TransactionHandle], of last: TransactionHandle
  ) throws -> XXHash64 {
    let isFirst = uncommitted.first?.isFirst ?? false
    let start = uncommitted.first?.staged?.before ?? last.end
    var content = XXHash64()
    if !isFirst {
      content = try self.content(
        upTo: start, expected: uncommitted.isEmpty ? last.content : nil)
    }
    if !(try add(uncommitted, to: &content)) { throw edited(start) }
    for case let staged? in uncommitted.map(\.staged) {
      if isFirst && staged == uncommitted.first?.staged {
        try replace(with: staged)
      } else {
        try append(staged)
      }
    }
    if uncommitted.isEmpty { try cut(to: last.end) }
    return content
  }

  // MARK: The file

  /// -1 where there is none.
  private func length() throws -> Int64 { try FileSystem.length(of: file) ?? -1 }

  /// The hash of the file's bytes up to a length, which must be the expected one.
  private func content(upTo end: Int64, expected: String?) throws -> XXHash64 {
    let length = try length()
    if length < end { throw changed(length, expected: end) }
    let hash = try hash(upTo: end)
    if let expected, hash.hex != expected { throw edited(end) }
    return hash
  }

  private func hash(upTo end: Int64) throws -> XXHash64 {
    var hash = XXHash64()
    try files.read(file, length: end) { hash.update($0) }
    return hash
  }

  private func cut(to end: Int64) throws {
    if try length() <= end { return }
    try withFile { descriptor in
      try files.truncate(descriptor, to: end, path: path)
      try files.sync(descriptor, path: path)
    }
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
      remedy: Self.remedy)
  }

  private func edited(_ end: Int64) -> ConnectError {
    ConnectError(
      "\(path) was changed by somebody else: its first \(end) bytes are not those that this job "
        + "wrote", remedy: Self.remedy)
  }

  private static let remedy =
    "put it back as it was, restore an older checkpoint, write to another path, or start afresh: the "
    + "file is then replaced"
}
