package import Connectors
import Engine
import Glibc

/// Sees to it that one process at a time runs a job: two would overwrite each other's checkpoints.
///
/// An advisory lock on a file in the job's folder; the kernel lets it go when the process ends,
/// however it ends.
package final class JobLock {
  private static let name = "lock"
  private let descriptor: Int32

  /// - Parameter folder: the job's folder; created where it is missing.
  /// - Throws: ``ConnectError`` that names the process that holds it.
  package init(folder: String, job: String, files: FileSystem) throws {
    try files.makeFolders(folder)
    let path = "\(folder)/\(Self.name)"
    descriptor = try files.open(path, O_RDWR | O_CREAT)
    if FileSystem.retrying({ Int(flock(descriptor, LOCK_EX | LOCK_NB)) }) != 0 {
      let code = errno
      let holder = Self.holder(folder)
      // The descriptor is closed by deinit, also here: twice would close one that another thread
      // has opened meanwhile.
      guard code == EWOULDBLOCK else { throw SystemFault.error("lock \(path)", code: code) }
      throw ConnectError(
        "the job \(job) is running already" + (holder.map { ", as process \($0)" } ?? ""),
        remedy: "wait for it, end it, or give this run a folder of its own with --checkpoints")
    }
    // For people, and for those who send it requests; that it cannot be written is no fault.
    ftruncate(descriptor, 0)
    let text = "\(getpid())\n"
    _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
  }

  /// The process that runs a job; nil where none does.
  package static func holder(_ folder: String) -> Int32? {
    let file = Glibc.open("\(folder)/\(name)", O_RDONLY | O_CLOEXEC)
    if file < 0 { return nil }
    defer { close(file) }
    if flock(file, LOCK_SH | LOCK_NB) == 0 { return nil }
    var buffer = [UInt8](repeating: 0, count: 16)
    let count = read(file, &buffer, buffer.count)
    guard count > 0 else { return nil }
    return Int32(String(decoding: buffer[..<count], as: UTF8.self).prefix { $0.isNumber })
  }

  deinit {
    // Closing alone would leave it to a child that was forked meanwhile and has not started yet.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
