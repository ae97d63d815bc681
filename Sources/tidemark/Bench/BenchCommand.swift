import ArgumentParser
import Connectors
import Engine
import Foundation
import Glibc
import Runtime
import VisibleText

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract:
      "Measure this machine: whole jobs, beside other systems if you like, and their parts.",
    discussion: """
      Makes a log of JSON lines (124 bytes an event, 10,000 keys), runs each case once to warm up \
      and then some times more, and prints the median. Whole jobs run in processes of their own, in \
      turn with those they are compared with.
      """)

  @Argument(
    help: """
      Whole jobs: \(JobCase.allCases.map(\.rawValue).joined(separator: ", ")). Parts, in this \
      process: parse-json, parse-csv, parse-access-log, aggregate; keyed, saved, freeze, encode, \
      restore, with the state of 1,000,000 keys; index, jump, back, firing: time travel in the \
      studio; \(StudioBench.Case.allCases.map(\.rawValue).joined(separator: ", ")): what its \
      picture costs. All where none is named.
      """)
  var cases: [String] = []

  @Option(
    help: "Events in the log that is made, such as 500k or 20m.",
    transform: { text in
      guard let count = GenerateCommand.count(text) else {
        throw ValidationError("--events takes a number such as 3000, 50k or 10m, not '\(text)'")
      }
      return count
    })
  var events: Int = 2_000_000

  @Option(help: "Counted runs of each case.")
  var repeats: Int = 5

  @Option(help: "Subtasks.")
  var parallelism: Int = 1

  @Option(help: "Processors that whole jobs and peers are kept to, by taskset; all without it.")
  var cores: Int?

  @Option(help: "A log made by 'tidemark generate bench', in place of making one.")
  var log: String?

  @Option(
    help: """
      Run the same jobs by duckdb, by flink, or by a program that is called with the log, the case \
      and a file for its results; may be given more than once.
      """)
  var against: [String] = []

  @Option(help: "The command that runs a Flink SQL script: 'FLINK/bin/sql-client.sh -f'.")
  var flink = "sql-client.sh -f"

  @Flag(help: "Say where the time of whole jobs goes, operator by operator.")
  var profile = false

  @Flag(help: "How cost grows, in place of cases: with events, keys, open windows and columns.")
  var scaling = false

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard repeats > 0, (1...128).contains(parallelism), (cores ?? 1) > 0 else {
      throw ValidationError(
        "--repeats and --cores are at least 1, --parallelism is 1 to 128")
    }
    if scaling, !cases.isEmpty || !against.isEmpty || profile {
      throw ValidationError("--scaling has cases of its own, and no peers")
    }
    let known =
      JobCase.allCases.map(\.rawValue) + Benchmark.Case.allCases.map(\.rawValue)
      + StudioBench.Case.allCases.map(\.rawValue)
    for name in cases where !known.contains(name) {
      throw ValidationError("'\(name)' is no case; cases: \(known.joined(separator: ", "))")
    }
    for peer in against where self.peer(peer) == nil {
      throw ValidationError("'\(peer)' is neither duckdb nor flink nor a program's path")
    }
  }

  private func peer(_ name: String) -> BenchPeer? {
    switch name {
    case "duckdb": .duckdb(threads: cores ?? parallelism)
    case "flink": .flink(command: flink.split(separator: " ").map(String.init))
    default: access(name, X_OK) == 0 ? .program(name) : nil
    }
  }

  func run() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("tidemark-bench-\(getpid())").path
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let report = try scaling ? measureScaling(in: folder) : measure(in: folder)
      Console.out(json ? ConsoleText(json: try report.json()) : ConsoleText(lines: report.text()))
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure.failed(error)
    }
  }

  // MARK: measuring

  private func measure(in folder: String) throws -> BenchReport {
    let jobs = cases.isEmpty ? JobCase.allCases : cases.compactMap(JobCase.init)
    let parts = cases.isEmpty ? Benchmark.Case.allCases : cases.compactMap(Benchmark.Case.init)
    let studio =
      cases.isEmpty ? StudioBench.Case.allCases : cases.compactMap(StudioBench.Case.init)
    var report = BenchReport(repeats: repeats, parallelism: parallelism, cores: cores)
    let path =
      try log.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
      ?? makeLog(in: folder, events: events)
    let events = try log == nil ? events : Self.lineCount(path)
    var bench = bench(in: folder, log: path, events: events)
    if jobs.contains(.keys) {
      bench.keysLog = try makeLog(
        in: folder, events: events, keys: GenerateOptions.maxKeys, named: "keys.jsonl")
    }
    report.jobs = try bench.run(jobs, repeats: repeats)
    if profile { report.profiles = try jobs.map(bench.profile) }
    let logs = try logs(of: parts, json: path, in: folder, bench)
    let benchmark = Benchmark(
      logs: logs, parallelism: parallelism, keys: min(events, 1_000_000))
    report.parts = try parts.map {
      say("\($0.rawValue) …")
      return try benchmark.run($0, repeats: repeats)
    }
    report.studio = try studio.map {
      say("\($0.rawValue) …")
      return try StudioBench(pipeline: bench.write(.tumbling)).run($0, repeats: repeats)
    }
    return report
  }

  private func measureScaling(in folder: String) throws -> BenchReport {
    var report = BenchReport(repeats: repeats, parallelism: parallelism, cores: cores)
    report.series = try ScalingSeries.all.map { series in
      let points = try series.points(events).map { point in
        let path = try log(point.events, in: folder)
        let runs = try bench(in: folder, log: path, events: point.events).run(
          point.pipeline, log: path, repeats: repeats)
        return ScalingSeries.Measured(point: point, runs: runs)
      }
      return (series, points)
    }
    return report
  }

  private func bench(in folder: String, log: String, events: Int) -> JobBench {
    JobBench(
      log: log, folder: folder, events: events, parallelism: parallelism, cores: cores,
      peers: against.compactMap(peer), say: say)
  }

  private func say(_ text: String) { Console.err("\(lines: text)\n") }

  // MARK: logs

  private func makeLog(
    in folder: String, _ sample: SampleLog = .bench, events: Int, keys: Int? = nil,
    named name: String = "bench.jsonl"
  ) throws -> String {
    say("making \(Figures.grouped(Int64(events))) events …")
    let writer = try GeneratedFiles(folder: folder, names: [name])
    try sample.generate(GenerateOptions(for: sample, events: events, keys: keys)) {
      try writer.write($0, $1)
    }
    try writer.close()
    return "\(folder)/\(name)"
  }

  private static func lineCount(_ path: String) throws -> Int {
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? file.close() }
    var count = 0
    while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
      count += piece.withUnsafeBytes { bytes in bytes.reduce(0) { $0 + ($1 == 10 ? 1 : 0) } }
    }
    return max(count, 1)
  }

  /// A log of so many events; the one before it goes.
  private func log(_ events: Int, in folder: String) throws -> String {
    let path = "\(folder)/\(events).jsonl"
    if access(path, R_OK) == 0 { return path }
    for name in try FileManager.default.contentsOfDirectory(atPath: folder)
    where name.hasSuffix(".jsonl") {
      unlink("\(folder)/\(name)")
    }
    return try makeLog(in: folder, events: events, named: "\(events).jsonl")
  }

  /// The logs that the parts read, made where one does.
  private func logs(
    of parts: [Benchmark.Case], json: String, in folder: String, _ bench: JobBench
  ) throws -> Benchmark.Logs {
    var logs = Benchmark.Logs(json: json, csv: "", accessLog: "")
    if parts.contains(.parseCSV) {
      logs.csv = "\(folder)/bench.csv"
      try bench.convert(to: logs.csv)
    }
    if parts.contains(.parseAccessLog) {
      logs.accessLog = try makeLog(in: folder, .webAccess, events: events, named: "access.log")
    }
    return logs
  }
}
