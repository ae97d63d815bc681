import Engine
import Foundation
import Glibc
import Pipelines
import Runtime
import VisibleText

/// Runs whole jobs in processes of their own, in turn with peers, so that what disturbs the machine
/// disturbs all of them.
struct JobBench {
  /// One contestant in one case.
  struct Runs {
    var job: JobCase
    /// Nil for Tidemark itself.
    var peer: String?
    var events: Int
    var runs: [ChildProcess.Ended] = []

    var median: Double { middle(runs.map(\.seconds)) }
    var rate: Double { Double(events) / median }
    var cpu: Double { middle(runs.map(\.cpuSeconds)) }
    var memoryBytes: Int64 { runs.map(\.memoryBytes).max() ?? 0 }
    /// Slowest less fastest, as a share of the median.
    var spread: Double {
      ((runs.map(\.seconds).max() ?? 0) - (runs.map(\.seconds).min() ?? 0)) / median
    }

    /// How many times as many events a second as others did, by the median of the turns.
    func ratio(to other: Runs) -> Double {
      middle(
        zip(runs, other.runs).map {
          Double(events) / $0.seconds / (Double(other.events) / $1.seconds)
        })
    }
  }

  var log: String
  /// The log of ``JobCase/keys``, of as many events.
  var keysLog = ""
  var folder: String
  /// In the log.
  var events: Int
  var parallelism: Int
  /// Processors that all contestants are kept to; nil for all there are.
  var cores: Int?
  var peers: [BenchPeer]
  var say: (String) -> Void

  /// - Returns: for each case its own runs, then those of the peers that have such a job.
  /// - Throws: ``CommandFailure`` for a job that fails, here or at a peer.
  func run(_ cases: [JobCase], repeats: Int) throws -> [Runs] {
    var all: [(runs: Runs, command: [String], peer: BenchPeer?)] = []
    for job in cases {
      let log = try log(of: job)
      let output = "\(folder)/out/\(job.rawValue).csv"
      let events = job == .start ? min(events, Self.fewEvents) : events
      all.append((Runs(job: job, events: events), try command(job, output: output), nil))
      for peer in peers {
        let output = "\(folder)/out/\(peer.name)-\(job.rawValue)"
        if let command = try peer.command(job, log: log, output: output, folder: folder) {
          all.append((Runs(job: job, peer: peer.name, events: events), command, peer))
        }
      }
    }
    for turn in 0...max(repeats, 1) {
      for index in all.indices {
        let contestant = all[index]
        say("\(contestant.runs.peer ?? "tidemark") \(contestant.runs.job.rawValue), run \(turn) …")
        let ended = try measure(contestant.command, contestant.peer)
        if turn > 0 { all[index].runs.runs.append(ended) }  // the first warms up
      }
    }
    return all.map(\.runs)
  }

  private static let fewEvents = 100

  /// The log of a case: the whole one, or its beginning.
  private func log(of job: JobCase) throws -> String {
    if job == .keys { return keysLog }
    guard job == .start else { return log }
    let path = "\(folder)/few.jsonl"
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: log))
    defer { try? file.close() }
    let beginning = try file.read(upToCount: Self.fewEvents * 256) ?? Data()
    let lines = beginning.split(separator: 10).prefix(Self.fewEvents)
    try Data(lines.joined(separator: [10]) + [10]).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func command(_ job: JobCase, output: String) throws -> [String] {
    try command(job.pipeline, log: try log(of: job), output: output)
  }

  private func path(of pipeline: BenchPipeline) -> String { "\(folder)/\(pipeline.name).yaml" }

  /// Writes a pipeline's file.
  ///
  /// - Returns: what runs it.
  private func command(
    _ pipeline: BenchPipeline, log: String, output: String
  ) throws -> [String] {
    let text = pipeline.text(log: log, output: output)
    try FileManager.default.createDirectory(
      atPath: "\(folder)/out", withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path(of: pipeline)))
    return [
      "/proc/\(getpid())/exe", "run", "--fresh", "--quiet", "--parallelism", "\(parallelism)",
      path(of: pipeline),
    ]
  }

  /// Writes the pipeline of a case.
  ///
  /// - Returns: its path.
  func write(_ job: JobCase) throws -> String {
    _ = try command(job, output: "\(folder)/out/\(job.rawValue).csv")
    return path(of: job.pipeline)
  }

  /// Runs a pipeline over a log some times, after once to warm up.
  func run(
    _ pipeline: BenchPipeline, log: String, repeats: Int
  ) throws -> [ChildProcess.Ended] {
    let command = try command(pipeline, log: log, output: "\(folder)/out/\(pipeline.name).csv")
    say("\(pipeline.name) …")
    _ = try measure(command, nil)
    return try (0..<max(repeats, 1)).map { _ in try measure(command, nil) }
  }

  /// Writes the log as CSV with a header.
  func convert(to path: String) throws {
    say("making a log in CSV …")
    let text = """
      pipeline: convert
      steps:
        - source: file
          path: \(BenchPipeline.quoted(log))
        - parse: json
          columns: { ts: BIGINT, ad_id: STRING, user: STRING, page: STRING, country: STRING, value: DOUBLE }
        - sink: file
          path: \(BenchPipeline.quoted(path))

      """
    let file = "\(folder)/convert.yaml"
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    _ = try measure(["/proc/\(getpid())/exe", "run", "--fresh", "--quiet", file], nil)
  }

  private func measure(_ command: [String], _ peer: BenchPeer?) throws -> ChildProcess.Ended {
    let kept = cores.map { ["taskset", "--cpu-list", "0-\($0 - 1)"] } ?? []
    let errors = "\(folder)/errors.txt"
    let ended = try ChildProcess.run(kept + command, errors: errors)
    guard ended.status == 0 else {
      let text = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
      let last = text.split(separator: "\n").suffix(3).joined(separator: "\n")
      let remedy = peer.map { "; \($0.remedy)" } ?? ""
      let fault = "\(peer?.name ?? "a job") ended with status \(ended.status)\(remedy)\n\(last)"
      throw CommandFailure(
        status: ExitStatus.failed, message: "tidemark: error: \(lines: fault)\n")
    }
    return ended
  }

  // MARK: profile

  /// Where the time of a job goes, operator by operator, as shares of the whole.
  struct Profile {
    var job: JobCase
    var shares: [(name: String, share: Double)]
  }

  /// Runs a job once more, in this process, with a stopwatch beside its operators.
  func profile(_ job: JobCase) throws -> Profile {
    let graph = try OpenedJob.pipeline(
      try write(job), options: PlanOptions(parallelism: parallelism)
    ).graph
    let clock = SystemClock()
    let stopwatch = Stopwatch(nodes: graph.nodes.count) { clock.monotonicNs }
    var options = JobRunner.Options(checkpointDirectory: "\(folder)/profile")
    options.isFresh = true
    let summary = try JobRunner(graph: graph, options: options).run(stopwatch: stopwatch)
    let total = Double(max(summary.elapsedNs, 1))
    var shares: [(name: String, share: Double)] = []
    for (index, node) in graph.nodes.enumerated() {
      let work = Double(stopwatch.workNs[index]) / total
      if case .ingest = node.logic {
        shares.append(("read", Double(stopwatch.readNs[index]) / total))
        shares.append(("parse", work))
      } else {
        shares.append((Self.word(node.logic), work))
      }
    }
    let rest = 1 - shares.reduce(0) { $0 + $1.share }
    return Profile(job: job, shares: shares + [("start, checkpoints and end", max(rest, 0))])
  }
}

extension JobBench {
  fileprivate static func word(_ logic: NodeLogic) -> String {
    switch logic {
    case .ingest: "source"
    case .filter: "filter"
    case .derive: "derive"
    case .window: "window and aggregate"
    case .sink: "sink"
    }
  }
}

/// The median; of an even number the mean of the two in the middle.
func middle(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return .nan }
  let half = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}
