import Engine
import Glibc
import VisibleText

/// Files that a generator fills, one a split.
final class GeneratedFiles {
  private var descriptors: [Int32] = []
  private let paths: [String]
  private var isTerminal = false

  /// Makes the files.
  ///
  /// - Throws: ``ConnectError``: a folder that is not there, a file that is there already.
  init(folder: String, names: [String], overwriting: Bool = true) throws {
    paths = names.map { "\(folder)/\($0)" }
    for path in paths {
      let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (overwriting ? O_TRUNC : O_EXCL)
      let descriptor = open(path, flags, 0o644)
      guard descriptor >= 0 else {
        let reason = errno
        for descriptor in descriptors { Glibc.close(descriptor) }
        if reason == EEXIST {
          throw ConnectError("\(path) is there already", remedy: "give --force to overwrite it")
        }
        throw ConnectError(
          "cannot write \(path): \(String(cString: strerror(reason)))",
          remedy: "check the folder and its permissions")
      }
      descriptors.append(descriptor)
    }
  }

  /// Everything to one open file; a terminal gets it visible, for samples hold what logs hold.
  init(descriptor: Int32) {
    descriptors = [descriptor]
    paths = ["standard output"]
    isTerminal = isatty(descriptor) != 0
  }

  func write(_ split: Int, _ bytes: UnsafeRawBufferPointer) throws {
    guard isTerminal else { return try writeAll(split, bytes) }
    try TerminalBytes.visible(bytes, .lines).withUnsafeBytes { try writeAll(split, $0) }
  }

  private func writeAll(_ split: Int, _ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = Glibc.write(
        descriptors[split], UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if written < 0 {
        if errno == EINTR { continue }
        throw ConnectError(
          "cannot write \(paths[split]): \(String(cString: strerror(errno)))",
          remedy: "free some space or choose another place")
      }
      rest = rest.dropFirst(written)
    }
  }

  func close() throws {
    for (index, descriptor) in descriptors.enumerated() where Glibc.close(descriptor) != 0 {
      throw ConnectError("cannot close \(paths[index]): \(String(cString: strerror(errno)))")
    }
  }
}
