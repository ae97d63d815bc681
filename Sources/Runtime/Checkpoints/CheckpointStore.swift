package import Connectors
public import Engine
internal import Glibc

/// The checkpoints of one job, in `<directory>/<job>/chk-<n>/`.
///
/// Used by one thread at a time, and by one process: what an interrupted run left half-written is
/// removed by the next save.
public struct CheckpointStore: Sendable {
  /// The job's folder.
  public let folder: String
  public let job: String
  /// How many are kept.
  public let keep: Int
  private let files: FileSystem
  /// What the next checkpoint can share with the last.
  private let shared: SharedParts

  /// - Parameters:
  ///   - directory: the folder that holds a folder for each job.
  ///   - keep: at least one.
  public init(directory: String, job: String, keep: Int = 3) {
    self.init(directory: directory, job: job, keep: keep, files: FileSystem())
  }

  /// - Parameter minSharedBytes: about how large a part of the state is at least that checkpoints
  ///   share.
  package init(
    directory: String, job: String, keep: Int = 3, files: FileSystem,
    minSharedBytes: Int = 64 << 10
  ) {
    folder = FileSystem.resolve(FileSystem.nameSafe(job), in: directory)
    self.job = job
    self.keep = max(keep, 1)
    self.files = files
    shared = SharedParts(keep: self.keep, minBytes: minSharedBytes)
  }

  /// A checkpoint that could not be used, and why.
  public struct Fault: Hashable, Sendable {
    public var checkpoint: Int64
    public var error: ConnectError
  }

  /// The newest usable checkpoint, and the newer ones that are damaged.
  public struct Latest: Sendable {
    public var checkpoint: Checkpoint?
    public var faults: [Fault]
  }

  // MARK: Saving

  /// Writes a checkpoint durably, then removes the oldest beyond ``keep``.
  ///
  /// - Parameter inUse: a checkpoint that is not removed whatever its age: the one that the job was
  ///   restored from, while it is still read.
  ///   - isGivenUp: asked between files; a checkpoint that is given up leaves nothing behind.
  /// - Returns: the manifest with the operators' files filled in.
  /// - Throws: where the checkpoint is not complete. That older ones could not be removed is told
  ///   by ``Saved/cleaningFault``: nothing is lost by it.
  @discardableResult
  public func save(
    _ manifest: CheckpointManifest, states: [OperatorState], inUse: Int64? = nil,
    isGivenUp: () -> Bool = { false }
  ) throws -> Saved {
    try save(
      manifest, sources: states.map { StateSource($0) }, inUse: inUse, isGivenUp: isGivenUp)
  }

  /// The same for a frozen job: parts of its state that have not changed since the checkpoint before
  /// are not encoded, and its files are shared.
  ///
  /// - Parameter frozen: with what ``JobState`` says of the job beside it.
  func save(
    _ manifest: CheckpointManifest, frozen: FrozenExecution, graph: JobGraph, inUse: Int64?,
    isGivenUp: () -> Bool
  ) throws -> Saved {
    try save(
      manifest, sources: JobState.sources(of: frozen, graph: graph, minBytes: shared.minBytes),
      inUse: inUse, isGivenUp: isGivenUp)
  }

  private func save(
    _ manifest: CheckpointManifest, sources: [StateSource], inUse: Int64?, isGivenUp: () -> Bool
  ) throws -> Saved {
    precondition(manifest.job == job, "a checkpoint of \(manifest.job) in the store of \(job)")
    let written = try checkpointFolder(manifest.checkpoint).write(
      manifest, sources: sources, sharing: shared, isGivenUp: isGivenUp)
    shared.replace(with: written.shareable)
    var saved = Saved(manifest: written.manifest, linkedBytes: written.linkedBytes)
    do {
      try retain(newest: manifest.checkpoint, inUse: inUse)
    } catch {
      saved.cleaningFault = error
    }
    return saved
  }

  /// A checkpoint that is complete.
  public struct Saved: Sendable {
    public var manifest: CheckpointManifest
    /// Of the state, what was not written because an earlier checkpoint has it.
    public var linkedBytes: Int64
    /// Why older ones are still there.
    public var cleaningFault: (any Error)?
  }

  private func retain(newest: Int64, inUse: Int64?) throws {
    // The one just written counts as the newest even where an older run left higher numbers that
    // turned out damaged.
    let others = try list().filter { $0 != newest }
    try remove(others.dropLast(keep - 1).filter { $0 != inUse })
  }

  // MARK: Savepoints

  /// Copies a checkpoint to a place of the user's, where nothing removes it.
  ///
  /// - Parameter path: a folder that is not there yet.
  public func copy(_ checkpoint: Int64, toSavepoint path: String) throws {
    if FileSystem.kind(of: path) != nil {
      throw ConnectError(
        "cannot write the savepoint \(path): it is there already",
        remedy: "name another path; a savepoint is never replaced")
    }
    var read = try self.read(checkpoint)
    read.manifest.isSavepoint = true
    read.manifest.adoptedFrom = nil
    try CheckpointFolder(path: path, files: files).write(read.manifest, states: read.states)
  }

  /// Where a savepoint goes whose user did not say: nothing removes it there either.
  public func savepointPath(of checkpoint: Int64) -> String {
    "\(folder)/\(Self.savepointPrefix)\(checkpoint)"
  }

  static let savepointPrefix = "savepoint-"

  /// Makes a savepoint the newest checkpoint, so that the next restore starts from it.
  ///
  /// - Returns: the number that it has here.
  /// - Throws: ``ConnectError`` where it is damaged, of another job, or of one that has ended.
  public func adopt(savepoint path: String) throws -> Int64 {
    if FileSystem.kind(of: path) == nil {
      throw ConnectError(
        "there is no savepoint \(path)", remedy: "name the folder that holds its manifest.json")
    }
    var read = try CheckpointFolder(path: path, files: files).read()
    guard read.manifest.job == job else {
      throw ConnectError(
        "the savepoint \(path) is of the job \(read.manifest.job), and this one is \(job)",
        remedy: "name the pipeline as it was: `pipeline: \(read.manifest.job)`")
    }
    if read.manifest.isFinished {
      throw ConnectError(
        "the savepoint \(path) is of a job that had come to its end: its windows have fired",
        remedy: "choose one that was taken before, or start over with --fresh")
    }
    read.manifest.isSavepoint = nil
    read.manifest.adoptedFrom = read.manifest.checkpoint
    // Above those that its sinks know of, too.
    read.manifest.checkpoint = max(try nextNumber(), read.manifest.checkpoint + 1)
    try checkpointFolder(read.manifest.checkpoint).write(read.manifest, states: read.states)
    return read.manifest.checkpoint
  }

  // MARK: Removing

  /// Removes what was taken between a savepoint and its adoption. The sinks are about to take back
  /// what came after the savepoint, and nobody could go on from these any more.
  ///
  /// - Parameter adopted: what ``adopt(savepoint:)`` left; of another checkpoint nothing is removed.
  public func removeAbandoned(_ adopted: CheckpointManifest) throws {
    guard let taken = adopted.adoptedFrom else { return }
    try remove(try list().filter { $0 > taken && $0 < adopted.checkpoint })
  }

  /// Removes every checkpoint: a job that starts over must not find the one before.
  public func removeAll() throws { try remove(try list()) }

  private func remove(_ removable: [Int64]) throws {
    for checkpoint in removable {
      // Hidden first: half a checkpoint must never look like one.
      let hidden = "\(folder)/.chk-\(checkpoint).removed"
      try files.removeFolder(hidden)
      try files.rename(path(of: checkpoint), to: hidden)
    }
    if !removable.isEmpty { try files.syncFolder(folder) }
    try removeHidden()
  }

  /// Removes what is half-written or half-removed.
  private func removeHidden() throws {
    for name in try files.listing(of: folder) ?? [] where name.hasPrefix(".chk-") {
      try files.removeFolder("\(folder)/\(name)")
    }
  }

  // MARK: Finding

  /// The numbers of the checkpoints that are there, oldest first; damaged ones too.
  public func list() throws -> [Int64] {
    let names = try files.listing(of: folder) ?? []
    return names.compactMap(Self.number(of:)).sorted()
  }

  /// A number above that of every checkpoint that is there, so that a fresh start is never taken
  /// for something older than what an earlier run left.
  public func nextNumber() throws -> Int64 { (try list().last ?? 0) + 1 }

  /// The newest checkpoint whose checksums hold. The damaged ones that were passed over are to be
  /// reported.
  public func latest() throws -> Latest {
    var faults: [Fault] = []
    for checkpoint in try list().reversed() {
      do {
        return Latest(checkpoint: try read(checkpoint), faults: faults)
      } catch let error as ConnectError {
        faults.append(Fault(checkpoint: checkpoint, error: error))
      }
    }
    return Latest(checkpoint: nil, faults: faults)
  }

  /// Reads one checkpoint and verifies it.
  public func read(_ checkpoint: Int64) throws -> Checkpoint {
    let result = try checkpointFolder(checkpoint).read()
    if result.manifest.job != job || result.manifest.checkpoint != checkpoint {
      throw ConnectError(
        "\(path(of: checkpoint)) holds checkpoint \(result.manifest.checkpoint) of "
          + "\(result.manifest.job)", remedy: "put the folder back where it was")
    }
    return result
  }

  /// What is wrong with a checkpoint; nil where every checksum holds.
  public func verify(_ checkpoint: Int64) -> ConnectError? {
    do {
      _ = try read(checkpoint)
      return nil
    } catch let error as ConnectError {
      return error
    } catch {
      return ConnectError("\(path(of: checkpoint)): \(error)")
    }
  }

  // MARK: The end of a job

  /// Notes that the sinks have committed a job's last checkpoint: from now on a run starts
  /// over. Without the note a run only commits again, for the crash may have come before.
  public func markCommitted(_ checkpoint: Int64) throws {
    guard !isCommitted(checkpoint) else { return }
    // No save comes after this one that would do it. Where it fails nothing is lost but some room.
    try? removeHidden()
    // One operation, and the last of a job: what is killed before it completes its commits in the
    // next run, and nothing is left to be killed in after it. Not made durable for the same reason:
    // a note that is lost costs another commit, which changes nothing.
    let note = "\(path(of: checkpoint))/\(Self.committedName)"
    let file = try files.open(note, O_WRONLY | O_CREAT)
    // Once it is there nothing may fail: a job that is started again would start over.
    _ = Glibc.close(file)
  }

  public func isCommitted(_ checkpoint: Int64) -> Bool {
    FileSystem.kind(of: "\(path(of: checkpoint))/\(Self.committedName)") != nil
  }

  private static let committedName = "committed"

  public func path(of checkpoint: Int64) -> String { "\(folder)/chk-\(checkpoint)" }

  private func checkpointFolder(_ checkpoint: Int64) -> CheckpointFolder {
    CheckpointFolder(path: path(of: checkpoint), files: files)
  }

  static func number(of name: String) -> Int64? {
    guard name.hasPrefix("chk-") else { return nil }
    return Int64(name.dropFirst(4)).flatMap { $0 >= 0 && name == "chk-\($0)" ? $0 : nil }
  }
}
