import Connectors
import Engine
import Foundation
import Glibc
import TestSupport

@testable import Runtime

/// A folder with a small job in it: 200 events, some of them late and one bad, into two files.
final class RunPlace {
  private let own: TemporaryFolder
  var folder: String { own.path }
  var graph: JobGraph

  init(late: LatePolicy = .update, change: (inout WindowJob) -> Void = { _ in }) throws {
    own = try TemporaryFolder()
    var job = WindowJob()
    job.sizeMs = 20
    job.outOfOrdernessMs = 8
    job.allowedLatenessMs = late == .drop ? 0 : 25
    job.late = late
    job.blockRecords = 20
    job.parallelism = 2
    change(&job)
    graph = try job.graph(MemorySource([("log", Self.log)], blockRecords: job.blockRecords))
    graph.checkpoint.everyMs = 1
    graph.restart.attempts = 0
    useFiles()
  }

  private static let log: String = {
    var random = SeededRandom(seed: 21)
    return (0..<200).map { index in
      let late = Int.random(in: 0..<9, using: &random) == 0 ? 30 : 0
      let time = index * 3 - Int.random(in: 0...8, using: &random) - late
      return "{\"ts\":\(time),\"key\":\"k\(index % 4)\",\"value\":\(index)}\n"
    }.joined() + "not json\n"
  }()

  static let records: Int64 = 201

  /// Gives every sink of the graph a file of its own.
  func useFiles(_ wrap: @escaping @Sendable (any Sink) -> any Sink = { $0 }) {
    for (index, node) in graph.nodes.enumerated() {
      guard case .sink(var spec) = node.logic else { continue }
      let (columns, schema, path) = (spec.columns, node.schema, "\(folder)/\(node.id).csv")
      spec.make = {
        wrap(
          FileSink(
            path: path, format: RowFormat(.csv), schema: schema, columns: columns, jobID: "test",
            sinkID: node.id))
      }
      graph.nodes[index].logic = .sink(spec)
    }
  }

  var options: JobRunner.Options {
    var options = JobRunner.Options(checkpointDirectory: "\(folder)/checkpoints")
    options.waitsForCheckpoints = true
    return options
  }

  var store: CheckpointStore {
    CheckpointStore(directory: "\(folder)/checkpoints", job: graph.name, keep: 3)
  }

  /// What a run said.
  private(set) var said: [String] = []

  @discardableResult
  func run(
    _ change: (inout JobRunner.Options) -> Void = { _ in }, clock: TickingClock = .init(tickMs: 2),
    writer: any CheckpointWriter = ThreadedCheckpointWriter(), files: FileSystem = FileSystem(),
    control: (any JobControl)? = nil
  ) throws -> JobSummary {
    var options = options
    change(&options)
    said = []
    return try JobRunner(
      graph: graph, options: options, clock: clock, writer: writer, files: files
    ).run(notify: { self.said.append($0) }, control: control)
  }

  /// What the sinks have committed, by file.
  var output: [String: String] {
    var found: [String: String] = [:]
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where name.hasSuffix(".csv") && !name.hasPrefix(".") {
      found[name] = try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    }
    return found
  }

  /// What a run without any trouble leaves.
  static func expected(
    late: LatePolicy = .update, change: (inout WindowJob) -> Void = { _ in }
  ) throws -> [String: String] {
    let place = try RunPlace(late: late, change: change)
    try place.run()
    return place.output
  }
}
