internal import Connectors
internal import Engine

/// The checkpoints that are found at a place.
public struct CheckpointPlaces: Sendable {
  /// The checkpoints of one job, oldest first.
  public struct Job: Sendable {
    /// The job's folder; nil for a checkpoint that stands by itself, such as a savepoint.
    public var folder: String?
    public var reports: [CheckpointReport]
    /// Savepoints in the job's folder; those that were written elsewhere are not known.
    public var savepoints: [CheckpointReport] = []
    /// Folders of checkpoints that were not finished, or not removed to the end.
    public var leftovers: [String] = []

    /// The name of the job, by its newest readable checkpoint, else by its folder.
    public var name: String {
      reports.last { $0.manifest != nil }?.manifest?.job
        ?? FileSystem.name(of: folder ?? reports.first?.path ?? "")
    }

    /// Checkpoints, then savepoints.
    public var all: [CheckpointReport] { reports + savepoints }

    /// The one that the next run goes on from; nil where there is none.
    public var next: CheckpointReport? {
      folder == nil ? nil : reports.last { !$0.isDamaged }
    }
  }

  public var jobs: [Job]

  /// Looks for checkpoints at a path, which is a checkpoint's folder, a job's, the one that holds
  /// those of all jobs, or one with a `.tidemark` in it.
  ///
  /// - Throws: a `ConnectError` for a path that is no folder, or cannot be listed.
  public static func find(
    at path: String, depth: CheckpointReport.Depth = .sizes
  ) throws -> CheckpointPlaces {
    let files = FileSystem()
    switch FileSystem.kind(of: path) {
    case .folder: break
    case nil: throw ConnectError("there is no \(path)", remedy: "give a pipeline or a folder")
    default: throw ConnectError("\(path) is no folder", remedy: "give a pipeline or a folder")
    }
    let names = try files.listing(of: path) ?? []
    if names.contains("manifest.json")
      || CheckpointStore.number(of: FileSystem.name(of: path)) != nil
    {
      return CheckpointPlaces(jobs: [Job(reports: [.of(path, depth: depth)])])
    }
    if names.contains(where: { CheckpointStore.number(of: $0) != nil }) {
      return CheckpointPlaces(jobs: [job(path, names, depth)])
    }
    var jobs: [Job] = []
    for name in names where name != ".tidemark" {
      let place = "\(path)/\(name)"
      guard FileSystem.kind(of: place) == .folder,
        let inner = try? files.listing(of: place)
      else { continue }
      if inner.contains(where: { CheckpointStore.number(of: $0) != nil }) {
        jobs.append(job(place, inner, depth))
      } else if inner.contains("manifest.json"), inner.contains("manifest.xxh64") {
        jobs.append(Job(reports: [.of(place, depth: depth)]))
      }
    }
    if jobs.isEmpty, names.contains(".tidemark") {
      return try find(at: path == "." ? ".tidemark" : "\(path)/.tidemark", depth: depth)
    }
    return CheckpointPlaces(jobs: jobs)
  }

  /// The checkpoints of one job, whose folder need not be there yet.
  public static func find(
    job name: String, in directory: String, depth: CheckpointReport.Depth = .sizes
  ) throws -> CheckpointPlaces {
    let folder = CheckpointStore(directory: directory, job: name).folder
    guard let names = try FileSystem().listing(of: folder) else {
      return CheckpointPlaces(jobs: [])
    }
    return CheckpointPlaces(jobs: [job(folder, names, depth)])
  }

  private static func job(
    _ folder: String, _ names: [String], _ depth: CheckpointReport.Depth
  ) -> Job {
    let numbers = names.compactMap(CheckpointStore.number(of:)).sorted()
    let savepoints = names.filter { $0.hasPrefix(CheckpointStore.savepointPrefix) }
      .sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    return Job(
      folder: folder, reports: numbers.map { .of("\(folder)/chk-\($0)", depth: depth) },
      savepoints: savepoints.map { .of("\(folder)/\($0)", depth: depth) },
      leftovers: names.filter { $0.hasPrefix(".chk-") })
  }
}
