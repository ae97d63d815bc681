import Columns
import Connectors
import Expressions
import Foundation
import TestSupport

@testable import Engine
@testable import Runtime

/// What a checkpoint holds, with its checksums right: the decoders themselves are meant.
let checkpointTargets: [FuzzTarget] = [
  FuzzTarget(
    name: "manifest",
    words: [
      "\"formatVersion\":", "\"operators\":[", "\"splits\":[", "\"sinks\":[", "\"fields\":{",
      "\"counters\":{", "\"file\":\"", "../", "\"size\":", "\"checksum\":\"", "null", "-1", "1e3",
      "9223372036854775808",
    ],
    seeds: { CheckpointBytes.manifests }, run: CheckpointBytes.manifest),
  FuzzTarget(
    name: "job_state", words: [], seeds: { CheckpointBytes.jobStates },
    run: CheckpointBytes.jobState),
  FuzzTarget(
    name: "window_state", words: [], seeds: { CheckpointBytes.windowStates },
    run: CheckpointBytes.windowState),
]

enum CheckpointBytes {
  /// Jobs with a window of each kind and aggregates whose state is of each shape.
  nonisolated(unsafe) static let jobs: [WindowJob] = {
    var jobs: [WindowJob] = []
    let assigners: [WindowAssigner] = [
      .tumbling(sizeMs: 10, offsetMs: 0), .sliding(sizeMs: 10, slideMs: 5, offsetMs: 0),
      .cumulating(stepMs: 5, maxMs: 20, offsetMs: 0), .session(gapMs: 5), .count(3), .global,
    ]
    for (index, assigner) in assigners.enumerated() {
      var job = WindowJob()
      job.assigner = assigner
      job.parallelism = 2
      job.calls = [
        "AVG(value)", "MIN(key)", "COUNT(DISTINCT value)", "PERCENTILE(value, 0.5)",
        "LISTAGG(key, ',')", "TOP_K(value, 2)", "HISTOGRAM(key)", "ARG_MAX(key, value)",
        "APPROX_COUNT_DISTINCT(value)", "STDDEV_SAMP(value)", "LAST_VALUE(value)",
        "SUM(CAST(value AS DECIMAL(20, 2)))", "MAX(CAST(value AS DOUBLE))",
      ]
      if index % 2 == 0 {
        job.late = .correct
        job.allowedLatenessMs = 20
      }
      if index == 0 { job.trigger = WindowTrigger(everyRows: 2) }
      if case .global = assigner { job.trigger = WindowTrigger(everyRows: 2) }
      jobs.append(job)
    }
    return jobs
  }()

  private static let log = WindowJob.lines("a@1=5 b@2=-7 a@3=9 c@14 a@8=1 b@22=3 a@40=2")

  /// A job that has read a part of its log.
  private static func execution(
    _ job: WindowJob, restoring snapshot: ExecutionSnapshot? = nil
  ) throws -> Execution {
    let graph = try job.graph(MemorySource([("a", log), ("b", log)]))
    return try Execution(
      graph: graph, sinks: try WindowJob.sinks(of: graph), lanes: SerialLanes(),
      restoring: snapshot)
  }

  private static func snapshot(_ job: WindowJob) throws -> (JobGraph, ExecutionSnapshot) {
    let execution = try execution(job)
    for _ in 0..<5 { try execution.round(maxRecords: 1) }
    return (execution.graph, execution.snapshot())
  }

  private static let states: [[OperatorState]] = jobs.map { job in
    guard let (graph, snapshot) = try? snapshot(job) else { return [] }
    return JobState.states(of: snapshot, graph: graph)
  }

  /// The first byte chooses the job.
  static let windowStates: [[UInt8]] = states.enumerated().compactMap { index, states in
    states.first { $0.id == "window" }.map { [UInt8(index)] + $0.bytes }
  }
  static let jobStates: [[UInt8]] = states.compactMap { $0.first?.bytes }

  // MARK: Runs

  @Sendable static func windowState(_ bytes: [UInt8]) throws {
    guard let first = bytes.first else { return }
    let index = Int(first) % jobs.count
    let job = jobs[index]
    guard var states = states.indices.contains(index) ? states[index] : nil,
      let place = states.firstIndex(where: { $0.id == "window" })
    else { throw BrokenProperty("the job has no state") }
    states[place].bytes = Array(bytes.dropFirst())
    try goOn(job, states)
  }

  @Sendable static func jobState(_ bytes: [UInt8]) throws {
    var states = states[0]
    states[0].bytes = bytes
    try goOn(jobs[0], states)
  }

  /// Restores and runs to the end: an error that says why, or a job that goes on.
  private static func goOn(_ job: WindowJob, _ states: [OperatorState]) throws {
    let graph = try job.graph(MemorySource([("a", log), ("b", log)]))
    let manifest = CheckpointManifest(
      job: graph.name, fingerprint: graph.fingerprint, checkpoint: 1, createdAtMs: 0, watermark: 0)
    do {
      let snapshot = try JobState.snapshot(
        from: Checkpoint(manifest: manifest, states: states), graph: graph)
      let execution = try execution(job, restoring: snapshot)
      _ = execution.snapshot()
      while try execution.round(maxRecords: 3) {}
    } catch is StateError {
    } catch is ConnectError {
    }
  }

  // MARK: Manifest

  static let manifests: [[UInt8]] = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return [false, true].compactMap { isEnded -> [UInt8]? in
      var manifest = CheckpointManifest(
        job: "test", fingerprint: "f", checkpoint: 7, createdAtMs: 1_700_000_000_000,
        splits: [
          .init(
            source: "source", name: "logs/a.jsonl", position: .init(offset: .max, line: 7),
            maxEventTime: -5, isEnded: isEnded, watermark: isEnded ? 3 : nil, isIdle: isEnded)
        ],
        watermark: minWatermark,
        sinks: [.init(id: "sink", handle: SinkHandle(checkpoint: 7, fields: ["part": "a\n"]))],
        counters: ["source.numRecordsIn": 3])
      manifest.operators = [.init(id: "window", file: "0-window.state", size: 3, checksum: "x")]
      return (try? encoder.encode(manifest)).map { Array($0) }
    }
  }()

  private static let folder: CheckpointFolder? = {
    let path = ScratchFile("checkpoint").path
    unlink(path)
    try? FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true)
    return CheckpointFolder(path: path)
  }()

  @Sendable static func manifest(_ bytes: [UInt8]) throws {
    guard let folder else { return }
    try put(bytes, "\(folder.path)/manifest.json")
    let sum = "\(XXHash64.hex(of: bytes))  manifest.json\n"
    try put(Array(sum.utf8), "\(folder.path)/manifest.xxh64")
    do {
      let manifest = try folder.readManifest()
      let encoder = JSONEncoder()
      let again = try JSONDecoder().decode(
        CheckpointManifest.self, from: try encoder.encode(manifest))
      try require(again == manifest, "the manifest comes back another")
      _ = try folder.read()
    } catch is ConnectError {
    }
  }

  private static func put(_ bytes: [UInt8], _ path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard file >= 0 else { throw BrokenProperty("\(path) cannot be opened") }
    defer { close(file) }
    guard write(file, bytes, bytes.count) == bytes.count else {
      throw BrokenProperty("\(path) cannot be written")
    }
  }
}
