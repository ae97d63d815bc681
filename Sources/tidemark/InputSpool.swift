import Foundation
import Glibc
import VisibleText

/// A log in a pipe as a file, so that it can be gone through back and forth; of standard input, so
/// that the keyboard is free for the studio.
enum InputSpool {
  /// Files that are kept of earlier times.
  private static let kept = 5
  /// Where the files are.
  static var folder: String { "\(Folders.state)/stdin" }
  private static let maxBytes = 1 << 30
  /// A pipe that has been silent so long has given what there is for now, ms.
  private static let patienceMs: Int32 = 1000

  /// Whether standard input is a pipe or a file while there is a terminal to show something on.
  static var isWaiting: Bool { isatty(0) == 0 && isatty(1) == 1 }

  /// Saves what comes through standard input, and gives that to the terminal.
  ///
  /// - Returns: the file's path.
  static func save() throws -> String {
    let path = try save(from: 0, named: "standard input")
    let terminal = open("/dev/tty", O_RDWR)
    guard terminal >= 0 else {
      throw CommandFailure(
        status: ExitStatus.usage,
        message: "tidemark: error: there is no terminal to show \(path) on")
    }
    dup2(terminal, 0)
    close(terminal)
    return path
  }

  /// Saves what comes through a pipe with a name, such as the shell's `<(…)`.
  ///
  /// - Returns: the file's path; nil for anything but a pipe.
  static func save(pipe: String) throws -> String? {
    var info = stat()
    guard stat(pipe, &info) == 0, info.st_mode & S_IFMT == S_IFIFO else { return nil }
    let input = open(pipe, O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { return nil }
    defer { close(input) }
    return try save(from: input, named: pipe)
  }

  private static func save(from input: Int32, named name: String) throws -> String {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    prune(folder)
    let path = "\(folder)/input-\(Int(Date().timeIntervalSince1970))-\(getpid()).log"
    let bytes = try copy(input, to: path)
    guard bytes > 0 else {
      unlink(path)
      throw CommandFailure(
        status: ExitStatus.usage,
        message: "tidemark: error: \(name) is empty; name a log, or pipe one in")
    }
    return path
  }

  private static func copy(_ source: Int32, to path: String) throws -> Int {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw CommandFailure(
        status: ExitStatus.failed,
        message: "tidemark: error: cannot write \(path): \(String(cString: strerror(errno)))")
    }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var total = 0
    while total < maxBytes {
      var input = pollfd(fd: source, events: Int16(POLLIN), revents: 0)
      // The first bytes may take their time.
      let ready = poll(&input, 1, total == 0 ? -1 : patienceMs)
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { break }
      let count = read(source, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      var written = 0
      while written < count {
        let step = buffer.withUnsafeBytes { bytes in
          write(file, bytes.baseAddress.map { $0 + written }, count - written)
        }
        if step < 0, errno == EINTR { continue }
        guard step > 0 else {
          throw CommandFailure(
            status: ExitStatus.failed,
            message: "tidemark: error: cannot write \(path): \(String(cString: strerror(errno)))")
        }
        written += step
      }
      total += count
    }
    return total
  }

  private static func prune(_ folder: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names.filter({ $0.hasPrefix("input-") }).sorted().dropLast(kept - 1) {
      unlink("\(folder)/\(name)")
    }
  }
}
