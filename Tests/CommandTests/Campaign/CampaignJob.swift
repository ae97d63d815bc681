import TestSupport

/// A small job of the campaign: what it writes to, what becomes of late rows, and its window.
struct CampaignJob: Sendable, CustomStringConvertible {
  enum Output: String, CaseIterable, Sendable { case file, parts, append, upsert, stdout }
  enum Policy: String, CaseIterable, Sendable { case drop, update, correct }
  enum Window: String, CaseIterable, Sendable {
    case tumbling, sliding, cumulating, session, count, global

    /// Whether rows can be late for it.
    var hasLateRows: Bool { self != .count && self != .global }

    var options: [String] {
      switch self {
      case .tumbling: ["size: 1 s"]
      case .sliding: ["size: 2 s", "slide: 1 s"]
      case .cumulating: ["step: 500 ms", "max: 2 s"]
      case .session: ["gap: 250 ms"]
      case .count: ["rows: 7"]
      case .global: ["fire: [every 5 rows, every 2 s]"]
      }
    }
  }

  var output: Output
  var window: Window
  var policy = Policy.drop
  var parallelism = 1
  var splits = 1
  /// How often the program may start the job again by itself after a fault that may pass.
  var restarts = 0
  /// How many checkpoints in a row may fail.
  var toleratedFailures = 0

  var description: String {
    let lanes = parallelism == 1 ? "" : " parallelism \(parallelism)"
    let logs = splits == 1 ? "" : " splits \(splits)"
    let again = restarts == 0 ? "" : " restarts \(restarts)"
    let tolerated = toleratedFailures == 0 ? "" : " tolerated \(toleratedFailures)"
    return "\(output) \(window) \(policy)\(lanes)\(logs)\(again)\(tolerated)"
  }

  // MARK: which there are

  /// Each window kind and each policy with each output at least once.
  static let covering: [CampaignJob] = Output.allCases.flatMap { output in
    [
      CampaignJob(output: output, window: .tumbling, policy: .update),
      CampaignJob(output: output, window: .sliding, policy: .drop),
      CampaignJob(output: output, window: .cumulating, policy: .correct),
      CampaignJob(output: output, window: .session, policy: .update),
      CampaignJob(output: output, window: .count),
      CampaignJob(output: output, window: .global),
    ]
  }

  /// Several lanes, and several splits.
  static let wide: [CampaignJob] = [.file, .parts, .append, .upsert].flatMap { output in
    [
      CampaignJob(output: output, window: .tumbling, policy: .correct, parallelism: 2),
      CampaignJob(output: output, window: .session, policy: .drop, parallelism: 2, splits: 2),
    ]
  }

  /// Everything with everything.
  static let product: [CampaignJob] = Output.allCases.flatMap { output in
    Window.allCases.flatMap { window in
      (window.hasLateRows ? Policy.allCases : [.drop]).map { policy in
        CampaignJob(output: output, window: window, policy: policy)
      }
    }
  }

  // MARK: its files

  static let pipelineName = "campaign"

  /// A checkpoint at every round.
  private var settings: String {
    """
    checkpoint: { every: 1 ms, keep: 2, tolerated_failures: \(toleratedFailures) }
    restart: { attempts: \(restarts), delay: 1 ms }
    parallelism: \(parallelism)
    """
  }

  var pipeline: String {
    let sink =
      switch output {
      case .file: ["file", "path: out.jsonl"]
      case .parts: ["file", "path: out/"]
      case .append: ["sqlite", "path: out.db", "table: results", "mode: append"]
      case .upsert: ["sqlite", "path: out.db", "table: results", "mode: upsert"]
      case .stdout: ["stdout"]
      }
    var options = window.options
    if window.hasLateRows {
      options.append("late: \(policy)")
      if policy != .drop { options.append("allowed_lateness: 2 s") }
    }
    let late =
      window.hasLateRows
      ? "\n  - sink: file\n    from: w.late\n    path: late.csv" : ""
    return """
      pipeline: \(Self.pipelineName)
      steps:
        - source: file
          path: log*.jsonl
        - parse: json
          columns:
            ts: { type: TIMESTAMP_LTZ(3), unit: ms }
            country: STRING
            value: DOUBLE
          event_time: ts
          watermark: { out_of_orderness: 1 s }
        - key_by: [country]
        - window: \(window)
          name: w
      \(options.map { "    \($0)" }.joined(separator: "\n"))
        - aggregate: { n: COUNT(*), total: SUM(value) }
        - sink: \(sink.joined(separator: "\n    "))\(late)
      \(settings)

      """
  }

  /// The logs by name: rows out of order, some late, a few that no row can be made of.
  var logs: [(name: String, text: String)] {
    if splits == 1 { return [("log.jsonl", Self.oneLog)] }
    return [("log-1.jsonl", Self.twoLogs.0), ("log-2.jsonl", Self.twoLogs.1)]
  }

  /// What a read of a log gives: a round takes a third of ``oneLog``, so three checkpoints and a
  /// last one.
  var sliceBytes: Int { 14_500 / parallelism }
  private static let oneLog = log(records: 800, stepMs: 40, seed: 1)
  /// Records of several splits are taken one by one, some 8,000 a round.
  private static let twoLogs = (
    log(records: 18_000, stepMs: 40, seed: 2), log(records: 17_000, stepMs: 42, seed: 3)
  )

  private static func log(records: Int, stepMs: Int, seed: UInt64) -> String {
    var random = SeededRandom(seed: seed)
    var newest = 1_700_000_000_000
    var text = ""
    for record in 1...records {
      if record % 200 == 0 {
        text += "not a record\n"
        continue
      }
      newest += Int.random(in: 0...stepMs, using: &random)
      // A third comes out of order, one of thirty late.
      let behind =
        switch Int.random(in: 0..<30, using: &random) {
        case 0: Int.random(in: 1_000...9_000, using: &random)
        case 1..<10: Int.random(in: 0...900, using: &random)
        default: 0
        }
      let country = ["DE", "FR", "IT", "NG", "JP"].randomElement(using: &random) ?? "DE"
      // Sums of such numbers show in which order they were added.
      let value = Double(Int.random(in: -5_000...5_000, using: &random)) / 100
      text += "{\"ts\":\(newest - behind),\"country\":\"\(country)\",\"value\":\(value)}\n"
    }
    return text
  }
}
