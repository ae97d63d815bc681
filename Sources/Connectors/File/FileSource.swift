public import Engine
internal import Glibc

/// Recorded logs as a source: each file is a split, read from its start to its end.
///
/// A path may be a pattern for glob(3), such as `logs/*.jsonl`; it stands for the files that match
/// when the job starts. `-` is standard input. A pipe is read once, as it comes, and cannot be
/// resumed.
public struct FileSource: Source {
  /// The paths and patterns, as they were given.
  public let paths: [String]
  /// The folder that relative paths start from.
  public let folder: String
  private let chunkBytes: Int
  private let recordLimit: Int

  /// - Parameters:
  ///   - relativeTo: the folder of the pipeline file.
  ///   - chunkBytes: how much is read at a time.
  ///   - recordLimit: the bytes that a record may have, without its line end.
  public init(
    paths: [String], relativeTo folder: String = ".", chunkBytes: Int = 1 << 20,
    recordLimit: Int = maxRecordBytes
  ) {
    self.paths = paths
    self.folder = folder
    self.chunkBytes = max(chunkBytes, 16)
    self.recordLimit = max(recordLimit, 1)
  }

  /// The files in byte order of their paths, each once.
  public func splits() throws -> [SplitDescription] {
    var found: [String: SplitDescription] = [:]
    for path in paths {
      for name in try expand(path) {
        let key = Self.normalised(name)
        if found[key] == nil { found[key] = try describe(name) }
      }
    }
    if paths.isEmpty {
      throw ConnectError("the source has no path", remedy: "give at least one file")
    }
    return found.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.value)
  }

  public func open(
    _ split: SplitDescription, at position: SplitPosition, framing: Framing
  ) throws -> any SplitReader {
    try FileReader(
      split.name, path: FileSystem.resolve(split.name, in: folder), at: position,
      framing: framing, chunkBytes: chunkBytes, recordLimit: recordLimit)
  }

  // MARK: Names

  private func describe(_ name: String) throws -> SplitDescription {
    if name == "-" { return SplitDescription(name: name) }
    let path = FileSystem.resolve(name, in: folder)
    var status = stat()
    guard stat(path, &status) == 0 else { throw SystemFault.error("read \(name)", code: errno) }
    switch FileSystem.kind(of: status) {
    case .folder: throw SystemFault.error("read \(name)", code: EISDIR)
    case .file: break
    default: return SplitDescription(name: name)
    }
    if access(path, R_OK) != 0 { throw SystemFault.error("read \(name)", code: errno) }
    return SplitDescription(name: name, size: Int64(status.st_size))
  }

  /// The names that a path stands for: itself, or the files that match it.
  private func expand(_ path: String) throws -> [String] {
    let isPattern = path.utf8.contains { $0 == 42 || $0 == 63 || $0 == 91 }
    let literal = FileSystem.resolve(path, in: folder)
    if path == "-" || !isPattern || FileSystem.kind(of: literal) != nil { return [path] }
    // Such a sign leads up and up, and takes a time that doubles with each. A slash with a backslash
    // before it is one to glob, too.
    let parts = path.replacing("\\/", with: "/").split(separator: "/")
    if let part = parts.first(where: Self.matchesParent) {
      throw ConnectError(
        "\(part) in \(path) stands for the folder above, too",
        remedy: "write .. where it is meant, or begin the name with what follows the point")
    }
    // The folder is not a part of the pattern, whatever its name holds.
    let isAbsolute = path.hasPrefix("/") || literal == path
    let prefix = isAbsolute ? "" : String(literal.dropLast(path.count))
    let escaped = prefix.reduce(into: "") { text, character in
      if "*?[]\\".contains(character) { text += "\\" }
      text.append(character)
    }
    var matches = glob_t()
    defer { globfree(&matches) }
    let code = glob(escaped + path, GLOB_NOSORT, nil, &matches)
    if code == GLOB_NOSPACE || code == GLOB_ABORTED {
      throw ConnectError("cannot search \(path): a folder in it cannot be listed")
    }
    let names = (0..<(code == 0 ? Int(matches.gl_pathc) : 0)).compactMap { index in
      matches.gl_pathv[index].map { String(cString: $0) }
    }
    let files = names.filter { FileSystem.kind(of: $0) != .folder }
    if files.isEmpty {
      throw ConnectError(
        "no file matches \(path)",
        remedy: "check the pattern: it is relative to \(folder == "." ? "this folder" : folder)")
    }
    return files.map { String($0.dropFirst(prefix.count)) }
  }

  private static func matchesParent(_ part: Substring) -> Bool {
    part != ".." && fnmatch(String(part), "..", FNM_PERIOD) == 0
  }

  /// The path without `./` and doubled slashes, so that two spellings of one are one split.
  private static func normalised(_ path: String) -> String {
    let parts = path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    return path.hasPrefix("/") ? "/" + parts : parts
  }
}
