package import Glibc

extension FileSystem {
  package enum Kind: Sendable { case file, folder, pipe, other }

  /// What stands at a path, after symbolic links; nil where there is nothing.
  package static func kind(of path: String) -> Kind? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return kind(of: status)
  }

  package static func kind(of status: stat) -> Kind {
    switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    case S_IFIFO, S_IFCHR, S_IFSOCK: .pipe
    default: .other
    }
  }

  /// The length of a file in bytes; nil where there is none.
  package static func length(of path: String) throws -> Int64? {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw SystemFault.error("read \(path)", code: errno)
    }
    return Int64(status.st_size)
  }

  /// How a file stands now, after symbolic links; nil where there is none.
  package static func identity(of path: String) throws -> FileIdentity? {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw SystemFault.error("read \(path)", code: errno)
    }
    return FileIdentity(status)
  }

  /// The folder part of a path: `.` for a bare name.
  package static func folder(of path: String) -> String {
    var trimmed = path[...]
    while trimmed.count > 1 && trimmed.hasSuffix("/") { trimmed = trimmed.dropLast() }
    guard let slash = trimmed.lastIndex(of: "/") else { return "." }
    return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
  }

  /// The last part of a path.
  package static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// A path as seen from a folder; one that starts with `/` stays as it is.
  package static func resolve(_ path: String, in folder: String) -> String {
    if path.hasPrefix("/") || folder.isEmpty || folder == "." { return path }
    return folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)"
  }

  /// Text that is safe as a part of a file name: all but letters, digits, `-` and `_` as %XX.
  package static func nameSafe(_ text: String) -> String {
    var safe = ""
    for byte in text.utf8 {
      switch byte {
      case 48...57, 65...90, 97...122, 45, 95: safe.unicodeScalars.append(Unicode.Scalar(byte))
      default: safe += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    // A name may have 255 bytes; the hash keeps long ones apart.
    if safe.utf8.count <= 80 { return safe }
    return String(safe.prefix(60)) + "-" + XXHash64.hex(of: Array(text.utf8))
  }

  /// Reads a range of a file piece by piece, until its end or `length` bytes.
  package func read(
    _ path: String, from start: Int64 = 0, length: Int64 = .max,
    _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let file = try open(path, O_RDONLY)
    defer { _ = Glibc.close(file) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 16)
    defer { buffer.deallocate() }
    var offset = start
    var left = length
    while left > 0 {
      let wanted = Int(min(Int64(buffer.count), left))
      let count = Self.retrying { pread(file, buffer.baseAddress, wanted, Int(offset)) }
      if count < 0 { throw SystemFault.error("read \(path)", code: errno) }
      if count == 0 { return }
      try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      offset += Int64(count)
      left -= Int64(count)
    }
  }

  /// The bytes of a small file.
  package func contents(of path: String) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try read(path) { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// Writes a new file and makes its bytes durable. The caller syncs the folder.
  package func writeNew(_ bytes: [UInt8], to path: String) throws {
    try writeNew(to: path) { write in try bytes.withUnsafeBytes { try write($0) } }
  }

  /// The same for bytes that come piece by piece.
  package func writeNew(
    to path: String, _ body: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    let file = try open(path, O_WRONLY | O_CREAT | O_TRUNC)
    var isOpen = true
    defer { if isOpen { _ = Glibc.close(file) } }
    try body { try write($0, to: file, path: path) }
    try sync(file, path: path)
    isOpen = false
    try close(file, path: path)
  }
}
