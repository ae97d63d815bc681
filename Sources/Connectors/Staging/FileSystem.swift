internal import Engine
internal import Glibc

/// The few file operations that durable writing needs, each complete: short writes and
/// interruptions are handled, and a fault says what failed and what to do.
///
/// Every operation that changes something first asks ``intercept``, so that a test can fail or
/// stop a run at each of them.
package struct FileSystem: Sendable {
  /// An operation that changes something on disk, with the path it is about.
  package enum Operation: Sendable, Hashable {
    case create(String)
    case write(String, byteCount: Int)
    case truncate(String, length: Int64)
    case sync(String)
    case rename(String, to: String)
    case link(String, to: String)
    case remove(String)
    case makeFolder(String)
  }

  /// Called before each operation; what it throws is thrown in its place.
  package var intercept: (@Sendable (Operation) throws -> Void)?
  /// The most bytes that one write takes; lowered by tests to stop in the middle.
  package var maxWriteBytes: Int

  package init(
    maxWriteBytes: Int = 1 << 30, intercept: (@Sendable (Operation) throws -> Void)? = nil
  ) {
    self.maxWriteBytes = maxWriteBytes
    self.intercept = intercept
  }

  // MARK: Open files

  /// Repeats a call that a signal interrupted.
  @inline(__always)
  package static func retrying(_ call: () -> Int) -> Int {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }

  /// Opens a file, creating it where the flags say so.
  package func open(_ path: String, _ flags: Int32) throws -> Int32 {
    if flags & O_CREAT != 0 { try intercept?(.create(path)) }
    let file = Self.retrying { Int(Glibc.open(path, flags | O_CLOEXEC, 0o666)) }
    if file < 0 {
      let action = flags & O_ACCMODE == O_RDONLY ? "read" : "write"
      throw SystemFault.error("\(action) \(path)", code: errno)
    }
    return Int32(file)
  }

  /// Writes all of the bytes at the file's position.
  package func write(_ bytes: UnsafeRawBufferPointer, to file: Int32, path: String) throws {
    var rest = bytes
    while let start = rest.baseAddress, !rest.isEmpty {
      let limit = min(rest.count, maxWriteBytes)
      try intercept?(.write(path, byteCount: limit))
      let written = Self.retrying { Glibc.write(file, start, limit) }
      if written < 0 { throw SystemFault.error("write \(path)", code: errno) }
      if written == 0 { throw SystemFault.error("write \(path)", code: EIO) }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
  }

  package func truncate(_ file: Int32, to length: Int64, path: String) throws {
    try intercept?(.truncate(path, length: length))
    let result = Self.retrying { Int(ftruncate(file, Int(length))) }
    if result < 0 { throw SystemFault.error("truncate \(path)", code: errno) }
  }

  /// Waits until the file's bytes are on the device.
  ///
  /// Never retried: after a failure the kernel may have dropped the bytes and would report
  /// success the second time.
  package func sync(_ file: Int32, path: String) throws {
    try intercept?(.sync(path))
    if fsync(file) != 0 { throw SystemFault.error("make \(path) durable", code: errno) }
  }

  /// Closes a file that was written; a fault of a delayed write is reported here by some systems.
  package func close(_ file: Int32, path: String) throws {
    // Not retried after EINTR: on Linux the descriptor is gone already.
    if Glibc.close(file) != 0 && errno != EINTR {
      throw SystemFault.error("write \(path)", code: errno)
    }
  }

  /// A system call that failed, by its errno.
  package struct Failure: Error { package let code: Int32 }

  /// The beginning of a file, and the size of the whole where that is known: a pipe has none.
  ///
  /// - Parameter limit: the most bytes that are read.
  /// - Throws: ``Failure`` for a file that cannot be opened or read.
  package static func beginning(
    of path: String, limit: Int
  ) throws(Failure) -> (bytes: [UInt8], size: Int64?) {
    let file = Int32(retrying { Int(Glibc.open(path, O_RDONLY | O_CLOEXEC)) })
    if file < 0 { throw Failure(code: errno) }
    defer { _ = Glibc.close(file) }
    var status = stat()
    let isFile = fstat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: min(limit, 1 << 16))
    while bytes.count < limit {
      let count = retrying { Glibc.read(file, &buffer, min(buffer.count, limit - bytes.count)) }
      if count < 0 { throw Failure(code: errno) }
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    return (bytes, isFile ? Int64(status.st_size) : nil)
  }

  // MARK: Names

  /// Makes the names in a folder durable: what was created, renamed or removed there.
  package func syncFolder(_ path: String) throws {
    let folder = try open(path, O_RDONLY | O_DIRECTORY)
    defer { _ = Glibc.close(folder) }
    try sync(folder, path: path)
  }

  /// Renames, replacing a file of that name. The caller syncs the folder.
  package func rename(_ path: String, to target: String) throws {
    try intercept?(.rename(path, to: target))
    if Glibc.rename(path, target) != 0 {
      throw SystemFault.error("rename \(path) to \(target)", code: errno)
    }
  }

  /// Gives a file a second name in the same file system. The caller syncs the folder of the new one.
  ///
  /// - Returns: false where that cannot be, for whatever reason: the bytes can then be written again.
  package func link(_ path: String, to target: String) throws -> Bool {
    try intercept?(.link(path, to: target))
    return Glibc.link(path, target) == 0
  }

  /// Removes a file; one that is gone already is no fault.
  package func remove(_ path: String) throws {
    try intercept?(.remove(path))
    if unlink(path) != 0 && errno != ENOENT {
      throw SystemFault.error("remove \(path)", code: errno)
    }
  }

  /// Removes a folder and everything in it; one that is gone already is no fault. Links are
  /// removed, not followed. A file of that name is removed too: whatever a damaged folder has become
  /// can be cleared away.
  package func removeFolder(_ path: String) throws {
    var status = stat()
    if lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFDIR { return try remove(path) }
    guard let names = try listing(of: path) else { return }
    for name in names { try removeFolder("\(path)/\(name)") }
    try intercept?(.remove(path))
    if rmdir(path) != 0 && errno != ENOENT {
      throw SystemFault.error("remove \(path)", code: errno)
    }
  }

  /// Creates a folder and its parents where they are missing, durably.
  package func makeFolders(_ path: String) throws {
    if path.isEmpty || Self.kind(of: path) == .folder { return }
    let parent = Self.folder(of: path)
    if parent != path { try makeFolders(parent) }
    try intercept?(.makeFolder(path))
    if mkdir(path, 0o777) != 0 {
      let code = errno
      if code == EEXIST && Self.kind(of: path) == .folder { return }
      throw SystemFault.error("create the folder \(path)", code: code)
    }
    try syncFolder(parent)
  }

  /// The names in a folder, in byte order, without `.` and `..`; nil where there is no folder.
  package func listing(of path: String) throws -> [String]? {
    guard let stream = opendir(path) else {
      if errno == ENOENT { return nil }
      throw SystemFault.error("list \(path)", code: errno)
    }
    defer { closedir(stream) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
      errno = 0
    }
    if errno != 0 { throw SystemFault.error("list \(path)", code: errno) }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
