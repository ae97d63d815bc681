package import Connectors
internal import Engine
internal import Foundation

/// One checkpoint on disk: a folder with a file or several for each operator, `manifest.json`, and
/// its checksum in `manifest.xxh64`, which `xxhsum -c` understands too.
///
/// Nothing in it refers to another folder: a file whose bytes an earlier checkpoint holds too is
/// linked, so that either can be removed without a thought for the other.
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
    try write(manifest, sources: states.map { StateSource($0) }, isGivenUp: isGivenUp).manifest
  }

  /// A checkpoint that was written.
  struct Written {
    var manifest: CheckpointManifest
    /// Of the state, what it shares with earlier checkpoints.
    var linkedBytes: Int64 = 0
    /// Its files that later checkpoints may share, by identity.
    var shareable: [UInt64: SharedParts.File] = [:]
  }

  /// The same for state that is encoded as it is written.
  ///
  /// - Parameter shared: the files that it can link. What it wrote itself is for the caller to add.
  func write(
    _ manifest: CheckpointManifest, sources: [StateSource], sharing shared: SharedParts? = nil,
    isGivenUp: () -> Bool
  ) throws -> Written {
    let parent = FileSystem.folder(of: path)
    let name = FileSystem.name(of: path)
    let temporary = FileSystem.resolve(".\(name).inprogress", in: parent)
    try files.makeFolders(parent)
    try files.removeFolder(temporary)
    try files.makeFolders(temporary)
    var result = Written(manifest: manifest)
    result.manifest.operators = []
    for (index, source) in sources.enumerated() {
      let stem = FileSystem.nameSafe("\(index)-\(source.id)")
      var parts: [CheckpointManifest.PartFile] = []
      for (number, part) in source.parts.enumerated() {
        try stop(isGivenUp(), temporary)
        let file = source.parts.count == 1 ? "\(stem).state" : "\(stem).\(number).state"
        parts.append(try put(part, file, in: temporary, sharing: shared, &result))
      }
      result.manifest.operators.append(.init(id: source.id, parts: parts))
    }
    let bytes = try Self.encode(result.manifest)
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
    return result
  }

  /// Writes one part, or links the file that holds it already.
  private func put(
    _ part: StateSource.Part, _ file: String, in temporary: String, sharing shared: SharedParts?,
    _ result: inout Written
  ) throws -> CheckpointManifest.PartFile {
    let place = "\(temporary)/\(file)"
    if let identity = part.identity, let known = shared?.file(of: identity),
      try files.link(known.path, to: place)
    {
      if try FileSystem.length(of: place) == known.part.size {
        part.skip()
        let linked = CheckpointManifest.PartFile(
          file: file, size: known.part.size, checksum: known.part.checksum)
        result.linkedBytes += linked.size
        result.shareable[identity] = .init(
          path: "\(path)/\(file)", part: linked, uses: known.uses + 1)
        return linked
      }
      // Somebody has cut it. Never written through: other checkpoints hold it.
      try files.remove(place)
    }
    var hash = XXHash64()
    try files.writeNew(to: place) { write in
      try part.encode { bytes in
        hash.update(bytes)
        try write(bytes)
      }
    }
    let written = CheckpointManifest.PartFile(
      file: file, size: hash.byteCount, checksum: hash.hex)
    if let identity = part.identity {
      result.shareable[identity] = .init(path: "\(path)/\(file)", part: written)
    }
    return written
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
      var state: [UInt8] = []
      for part in entry.files {
        let bytes = try contents(of: part.file)
        if Int64(bytes.count) != part.size {
          throw damaged("\(part.file) has \(bytes.count) bytes and should have \(part.size)")
        }
        if XXHash64.hex(of: bytes) != part.checksum {
          throw damaged("\(part.file) does not have its checksum")
        }
        if state.isEmpty { state = bytes } else { state.append(contentsOf: bytes) }
      }
      if Int64(state.count) != entry.size {
        throw damaged("the state of \(entry.id) does not have its \(entry.size) bytes")
      }
      return OperatorState(id: entry.id, bytes: state)
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

extension CheckpointManifest.OperatorFile {
  /// - Parameter files: in order, at least one.
  fileprivate init(id: String, parts files: [CheckpointManifest.PartFile]) {
    let isOne = files.count == 1
    let sums = files.map(\.checksum).joined()
    self.init(
      id: id, file: files.first?.file ?? "", size: files.reduce(0) { $0 + $1.size },
      checksum: isOne ? sums : XXHash64.hex(of: Array(sums.utf8)), parts: isOne ? nil : files)
  }
}
