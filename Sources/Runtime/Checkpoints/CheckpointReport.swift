internal import Connectors
internal import Engine
internal import Foundation

/// What can be said of a checkpoint's folder without restoring it: what its manifest tells, what is
/// wrong with it, and how large it is.
///
/// Unlike a restore it goes on after the first fault, so that everything is said at once.
public struct CheckpointReport: Sendable {
  public enum Depth: Sendable {
    /// The manifest is verified, and that every file is there with its size.
    case sizes
    /// Every byte is read and every checksum computed.
    case checksums
  }

  /// A file that is not as it should be, and how.
  public struct Fault: Hashable, Sendable {
    /// Its name in the folder; nil where the folder itself is meant.
    public var file: String?
    public var problem: String
  }

  public let path: String
  /// Its number by its folder's name; nil for a savepoint.
  public let number: Int64?
  /// What the checkpoint says of itself; nil where that is damaged or cannot be read.
  public let manifest: CheckpointManifest?
  public let isSavepoint: Bool
  public let faults: [Fault]
  /// Files in the folder that the checkpoint does not know; a restore does not read them.
  public let strangers: [String]
  /// Bytes of all of its files.
  public let bytes: Int64
  /// Whether it notes that the sinks have committed a job's last checkpoint.
  public let isCommitted: Bool

  public var isDamaged: Bool { !faults.isEmpty }

  /// The records that the sources had read; nil without a manifest.
  public var records: Int64? {
    guard let manifest else { return nil }
    let sources = Set(manifest.splits.map(\.source))
    return sources.reduce(0) { $0 &+ (manifest.counters["\($1).numRecordsIn"] ?? 0) }
  }

  /// Looks at a folder.
  public static func of(_ path: String, depth: Depth) -> CheckpointReport {
    CheckpointInspector(path: path, depth: depth).report()
  }
}

/// Looks at every file of a checkpoint's folder.
private struct CheckpointInspector {
  let path: String
  let depth: CheckpointReport.Depth

  private static let manifestName = "manifest.json"
  private static let ownNames: Set = ["manifest.json", "manifest.xxh64", "committed"]

  /// What a manifest of any version may say.
  private struct Words: Decodable {
    var isSavepoint: Bool?
  }

  func report() -> CheckpointReport {
    var faults: [CheckpointReport.Fault] = []
    let names = listing(&faults)
    var manifest: CheckpointManifest?
    if faults.isEmpty {
      do {
        manifest = try CheckpointFolder(path: path).readManifest()
      } catch {
        faults.append(.init(file: Self.manifestName, problem: Self.words(error, path: path)))
      }
    }
    let number = CheckpointStore.number(of: FileSystem.name(of: path))
    for entry in manifest?.operators ?? [] {
      let size = entry.files.reduce(0) { $0 &+ $1.size }
      if size != entry.size {
        faults.append(
          .init(file: entry.file, problem: "its parts have \(size) bytes, not \(entry.size)"))
      }
    }
    for entry in manifest?.operators.flatMap(\.files) ?? [] {
      if let problem = problem(with: entry) {
        faults.append(.init(file: entry.file, problem: problem))
      }
    }
    if let manifest, let number, number != manifest.checkpoint {
      faults.append(
        .init(
          file: nil,
          problem: "it holds checkpoint \(manifest.checkpoint) of \(manifest.job)"))
    }
    let known = Self.ownNames.union(manifest?.operators.flatMap { $0.files.map(\.file) } ?? [])
    let isSavepoint = manifest != nil && (number == nil || saysSavepoint())
    return CheckpointReport(
      path: path, number: number, manifest: manifest, isSavepoint: isSavepoint, faults: faults,
      strangers: manifest == nil ? [] : names.filter { !known.contains($0) },
      bytes: names.reduce(0) { $0 + length(of: $1) }, isCommitted: names.contains("committed"))
  }

  private func listing(_ faults: inout [CheckpointReport.Fault]) -> [String] {
    do {
      if let names = try FileSystem().listing(of: path) {
        if names.isEmpty { faults.append(.init(file: nil, problem: "the folder is empty")) }
        return names
      }
      faults.append(.init(file: nil, problem: "there is no such folder"))
    } catch {
      faults.append(.init(file: nil, problem: Self.words(error, path: path)))
    }
    return []
  }

  private func length(of file: String) -> Int64 {
    guard FileSystem.kind(of: "\(path)/\(file)") == .file else { return 0 }
    return (try? FileSystem.length(of: "\(path)/\(file)")) ?? 0
  }

  /// What is wrong with a file of an operator.
  private func problem(with entry: CheckpointManifest.PartFile) -> String? {
    let place = "\(path)/\(entry.file)"
    if entry.file.contains("/") { return "it is no file of this folder" }
    switch FileSystem.kind(of: place) {
    case nil: return "it is missing"
    case .file: break
    default: return "it is no file"
    }
    let size = length(of: entry.file)
    if size != entry.size { return "it has \(size) bytes and should have \(entry.size)" }
    guard depth == .checksums else { return nil }
    do {
      let bytes = try FileSystem().contents(of: place)
      return XXHash64.hex(of: bytes) == entry.checksum ? nil : "it does not have its checksum"
    } catch {
      return Self.words(error, path: path)
    }
  }

  private func saysSavepoint() -> Bool {
    guard let bytes = try? FileSystem().contents(of: "\(path)/\(Self.manifestName)") else {
      return false
    }
    return (try? JSONDecoder().decode(Words.self, from: Data(bytes)))?.isSavepoint == true
  }

  /// The words of an error, without those that every error of a checkpoint starts with.
  private static func words(_ error: any Error, path: String) -> String {
    let text = (error as? ConnectError)?.message ?? "\(error)"
    let prefix = "the checkpoint \(path) is damaged: "
    return text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
  }
}
