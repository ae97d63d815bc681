internal import Foundation

/// Where a path leads: absolute, `.` and `..` worked off, every symbolic link followed, the last
/// one too. Parts that are not there yet stay as they are.
///
/// realpath(3) cannot be asked: it refuses a path whose end does not exist, and so a link that
/// leads to a file that a sink would create.
enum ResolvedPath {
  /// As many links as Linux follows.
  private static let maxLinks = 40

  static func of(_ path: String) -> String {
    let start =
      path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
    var waiting = parts(start)
    var resolved: [Substring] = []
    var links = 0
    while let part = waiting.popLast() {
      if part == ".." {
        _ = resolved.popLast()
        continue
      }
      let place = "/" + (resolved + [part]).joined(separator: "/")
      guard links < maxLinks, let link = target(of: place) else {
        resolved.append(part)
        continue
      }
      links += 1
      if link.hasPrefix("/") { resolved = [] }
      waiting += parts(link)
    }
    return "/" + resolved.joined(separator: "/")
  }

  /// Whether a resolved path is a folder, or something in it at any depth.
  static func contains(_ folder: String, _ path: String) -> Bool {
    folder == "/" || path == folder || path.utf8.starts(with: "\(folder)/".utf8)
  }

  /// The parts, the first one last.
  private static func parts(_ path: String) -> [Substring] {
    path.split(separator: "/").filter { $0 != "." }.reversed()
  }

  private static func target(of path: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &buffer, buffer.count)
    return count > 0 && count < buffer.count
      ? String(decoding: buffer[..<count], as: UTF8.self) : nil
  }
}
