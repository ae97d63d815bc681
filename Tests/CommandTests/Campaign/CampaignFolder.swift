import Foundation
import GRDB
import TestSupport

/// A folder in which a job of the campaign is run, disturbed, and run to its end.
final class CampaignFolder {
  let job: CampaignJob
  /// What the program is started in; beside it stands what is said of the runs.
  let path: String
  private let own: TemporaryFolder
  private var base: String { own.path }
  /// All that was printed, run after run.
  private(set) var printed = ""

  struct Run {
    var outcome: Program.Outcome
    var operations: [FaultShim.Operation]

    /// The operation that was disturbed.
    var disturbed: FaultShim.Operation? { operations.first(where: \.isDisturbed) }
    var wasKilled: Bool { outcome.status == 128 + SIGKILL }
  }

  init(_ job: CampaignJob) throws {
    self.job = job
    own = try TemporaryFolder()
    path = own.path("job")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (name, text) in job.logs + [("p.yaml", job.pipeline)] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }
  }

  /// The same, in a folder of its own.
  init(copying other: CampaignFolder) throws {
    job = other.job
    printed = other.printed
    own = try TemporaryFolder()
    path = own.path("job")
    try FileManager.default.copyItem(atPath: other.path, toPath: path)
  }

  // MARK: runs

  /// Runs the job with the shim.
  func run(
    _ plan: FaultShim.Plan, killAfterMs: Double? = nil, parallelism: Int? = nil
  ) throws -> Run {
    let log = "\(base)/operations"
    try? FileManager.default.removeItem(atPath: log)
    let outcome = try launch(
      environment: try plan.environment(for: job, log: log), killAfterMs: killAfterMs,
      parallelism: parallelism)
    let lines = Program.text(of: log).split(separator: "\n")
    return Run(outcome: outcome, operations: lines.compactMap(FaultShim.Operation.init))
  }

  /// Runs the job alone.
  func run() throws -> Program.Outcome { try launch(environment: [:]) }

  private func launch(
    environment: [String: String], killAfterMs: Double? = nil, parallelism: Int? = nil
  ) throws -> Program.Outcome {
    var arguments = ["run", "p.yaml"]
    if let parallelism { arguments += ["--parallelism", "\(parallelism)"] }
    let outcome = try Program.launch(
      arguments, in: path, files: base, environment: environment, killAfterMs: killAfterMs)
    printed += outcome.output
    return outcome
  }

  // MARK: what it left

  /// Numbers of the checkpoints that look complete, oldest first.
  var checkpoints: [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: checkpointFolder)) ?? []
    return names.filter { $0.hasPrefix("chk-") }.compactMap { Int($0.dropFirst(4)) }.sorted()
  }

  private var checkpointFolder: String { "\(path)/.tidemark/\(CampaignJob.pipelineName)" }

  /// Whether a checkpoint is half-written.
  var hasRunningCheckpoint: Bool {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: checkpointFolder)) ?? []
    return names.contains { $0.hasSuffix(".inprogress") }
  }

  /// Whether the job has noted that everything is committed: a run would start over.
  var isDone: Bool {
    guard let last = checkpoints.last else { return false }
    return FileManager.default.fileExists(atPath: "\(checkpointFolder)/chk-\(last)/committed")
  }

  /// The rows, read as a user would.
  func rows() throws -> [String] {
    let late = job.window.hasLateRows ? Program.text(of: "\(path)/late.csv") : ""
    switch job.output {
    case .file: return [late, Program.text(of: "\(path)/out.jsonl")]
    case .parts:
      let names = try FileManager.default.contentsOfDirectory(atPath: "\(path)/out").sorted()
      let parts = names.filter { !$0.hasPrefix(".") }.map { Program.text(of: "\(path)/out/\($0)") }
      return [late, parts.joined()]
    case .append: return [late] + (try table(order: "rowid"))
    case .upsert: return [late] + (try table(order: "1, 2, 3, 4, 5"))
    case .stdout: return [late] + printed.split(separator: "\n").map(String.init)
    }
  }

  private func table(order: String) throws -> [String] {
    var configuration = Configuration()
    configuration.readonly = true
    let database = try DatabaseQueue(path: "\(path)/out.db", configuration: configuration)
    return try database.read { database in
      let health = try String.fetchAll(database, sql: "PRAGMA integrity_check")
      let count = try Row.fetchAll(database, sql: "PRAGMA table_info(results)").count
      let columns = order == "rowid" ? order : (1...count).map(String.init).joined(separator: ", ")
      return health
        + (try Row.fetchAll(database, sql: "SELECT * FROM results ORDER BY \(columns)").map { row in
          row.map { "\($0.1)" }.joined(separator: " ")
        })
    }
  }

  /// Files that nobody should find after a job has ended.
  func leftovers() -> [String] {
    let files = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    let state = ".tidemark/\(CampaignJob.pipelineName)"
    let named = Set(job.logs.map(\.name)).union([
      "p.yaml", "out.jsonl", "out", "out.db", "late.csv", ".tidemark", state, "\(state)/lock",
    ])
    return files.filter { file in
      !named.contains(file) && !file.hasPrefix("out/part-") && !file.hasPrefix("\(state)/chk-")
    }
  }
}
