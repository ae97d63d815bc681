package import Connectors
internal import Engine
internal import Foundation

/// One checkpoint on disk: a folder with a file for each operator, `manifest.json`, and its
/// checksum in `manifest.xxh64`, which `xxhsum -c` understands too.
///
/// The folder appears complete or not at all: it is written under a hidden name, made durable, and
/// renamed. A savepoint is the same at a path of the user's.
public struct CheckpointFolder: Sendable {
  public let path: String
  private let files: FileSystem

  public init(path: String) { self.init(path: path, files: FileSystem()) }

  package init(path: String, files: FileSystem) {
    self.path = path
    self.files = files
  }

  private static let manifestName = "manifest.json"
  private static let sumName = "manifest.xxh64"

  // MARK: Writing

  /// Writes a checkpoint durably; one that stands at the path is replaced.
  ///
  /// - Parameter isGivenUp: asked between files; a checkpoint that is given up leaves nothing behind.
  /// - Returns: the manifest with the operators' files filled in.
  @discardableResult
  public func write(
    _ manifest: CheckpointManifest, states: [OperatorState], isGivenUp: () -> Bool = { false }
  ) throws -> CheckpointManifest {
    let parent = FileSystem.folder(of: path)
    let name = FileSystem.name(of: path)
    let temporary = FileSystem.resolve(".\(name).inprogress", in: parent)
    try files.makeFolders(parent)
    try files.removeFolder(temporary)
    try files.makeFolders(temporary)
    var manifest = manifest
    manifest.operators = []
    for (index, state) in states.enumerated() {
      try stop(isGivenUp(), temporary)
      let file = "\(FileSystem.nameSafe("\(index)-\(state.id)")).state"
      try files.writeNew(state.bytes, to: "\(temporary)/\(file)")
      manifest.operators.append(
        .init(
          id: state.id, file: file, size: Int64(state.bytes.count),
          checksum: XXHash64.hex(of: state.bytes)))
    }
    let bytes = try Self.encode(manifest)
    try files.writeNew(bytes, to: "\(temporary)/\(Self.manifestName)")
    try files.writeNew(Self.sum(of: bytes), to: "\(temporary)/\(Self.sumName)")
    try files.syncFolder(temporary)
    try stop(isGivenUp(), temporary)
    if FileSystem.kind(of: path) != nil {
      // A folder cannot be renamed onto one that is not empty.
      let replaced = FileSystem.resolve(".\(name).replaced", in: parent)
      try files.removeFolder(replaced)
      try files.rename(path, to: replaced)
      try files.rename(temporary, to: path)
      try files.syncFolder(parent)
      try files.removeFolder(replaced)
    } else {
      try files.rename(temporary, to: path)
      try files.syncFolder(parent)
    }
    return manifest
  }

  private func stop(_ isGivenUp: Bool, _ temporary: String) throws {
    guard isGivenUp else { return }
    try files.removeFolder(temporary)
    throw ConnectError("the checkpoint \(path) was given up", isTransient: true)
  }

  private static func encode(_ manifest: CheckpointManifest) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return try Array(encoder.encode(manifest)) + [10]
  }

  private static func sum(of manifest: [UInt8]) -> [UInt8] {
    Array("\(XXHash64.hex(of: manifest))  \(manifestName)\n".utf8)
  }

  // MARK: Reading

  /// Reads a checkpoint and verifies every checksum.
  ///
  /// - Throws: a `ConnectError` that says what is damaged.
  public func read() throws -> Checkpoint {
    let manifest = try readManifest()
    let states = try manifest.operators.map { entry in
      let bytes = try contents(of: entry.file)
      if Int64(bytes.count) != entry.size {
        throw damaged("\(entry.file) has \(bytes.count) bytes and should have \(entry.size)")
      }
      if XXHash64.hex(of: bytes) != entry.checksum {
        throw damaged("\(entry.file) does not have its checksum")
      }
      return OperatorState(id: entry.id, bytes: bytes)
    }
    return Checkpoint(manifest: manifest, states: states)
  }

  /// Reads the manifest alone, verified.
  public func readManifest() throws -> CheckpointManifest {
    let bytes = try contents(of: Self.manifestName)
    if try contents(of: Self.sumName) != Self.sum(of: bytes) {
      throw damaged("\(Self.manifestName) does not have its checksum")
    }
    // The version first: another one may have other fields.
    struct Version: Decodable { var formatVersion: Int }
    let version = try decode(Version.self, bytes).formatVersion
    let readable = CheckpointManifest.readableVersions
    if !readable.contains(version) {
      throw ConnectError(
        "the checkpoint \(path) has format \(version); this program reads formats "
          + "\(readable.lowerBound) to \(readable.upperBound)",
        remedy: "run it with the version of tidemark that wrote it")
    }
    return try decode(CheckpointManifest.self, bytes)
  }

  private func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch {
      throw damaged("\(Self.manifestName) cannot be understood")
    }
  }

  private func contents(of file: String) throws -> [UInt8] {
    // A manifest is data: it cannot have files elsewhere read.
    if file.contains("/") { throw damaged("\(file) is no file of its folder") }
    let place = "\(path)/\(file)"
    switch FileSystem.kind(of: place) {
    case .file: return try files.contents(of: place)
    case nil: throw damaged("\(file) is missing")
    default: throw damaged("\(file) is no file")
    }
  }

  private func damaged(_ what: String) -> ConnectError {
    ConnectError(
      "the checkpoint \(path) is damaged: \(what)",
      remedy: "put a copy of it back, or restore another")
  }
}
