public import Engine

/// An operator at work on ten events: a small pipeline around it, and what to look at.
public struct OperatorExample: Sendable, Equatable {
  /// `window: tumbling`.
  public var title: String
  /// One line: what the operator does.
  public var summary: String
  /// A paragraph or two: its rules, and Flink's word for it.
  public var details: String
  /// What there is to see, in a sentence.
  public var hint: String
  /// The steps as YAML.
  public var steps: String
  /// The records, as they stand in a log.
  public var events: [String]

  /// How many events each example has.
  public static let eventCount = 10

  /// The example of an operator; nil for one that there is not.
  ///
  /// - Parameter variant: what stands after the operator, where it has kinds.
  public static func of(kind: String, variant: String?) -> OperatorExample? {
    let found = PipelineKeys.all.first { descriptor in
      PipelineKeys.key(of: descriptor) == kind
        && (PipelineKeys.variants(of: kind) == nil || descriptor.name == variant)
    }
    guard let found else { return nil }
    let title = found.kind == .operator ? found.name : "\(kind): \(found.name)"
    let (step, hint, events) = scene(kind, found.name)
    return OperatorExample(
      title: title, summary: found.summary, details: found.details, hint: hint,
      steps: pipeline(kind, step), events: events)
  }

  /// The example as a job over its events in memory.
  public func job() -> JobGraph? {
    let lines = events.map { "      - '\($0.replacing("'", with: "''"))'" }
    let text =
      "\(steps)\ntests:\n  - name: example\n    events:\n\(lines.joined(separator: "\n"))\n"
      + "    expect: 0\n"
    guard
      case .success(let tests) = PipelineDocument.parse(text: text, path: "example.yaml")
        .planTests()
    else { return nil }
    return tests.first?.graph
  }

  // MARK: the scenes

  private static func pipeline(_ kind: String, _ step: String) -> String {
    let source = "  - source: file\n    path: clicks.jsonl"
    let parse = """
        - parse: json
          columns: { at: TIMESTAMP_LTZ(3), user: STRING, cost: BIGINT }
          event_time: at
          watermark: { out_of_orderness: 3 s }
      """
    let window = "  - window: tumbling\n    size: 10 s"
    let aggregate = "  - aggregate: { clicks: COUNT(*), spent: SUM(cost) }"
    let sink = "  - sink: file\n    path: out/clicks.jsonl"
    let parts: [String] =
      switch kind {
      case "source": [step, parse, sink]
      case "parse": [source, step, sink]
      case "filter", "derive": [source, parse, step, sink]
      case "key_by": [source, parse, step, window, aggregate, sink]
      case "window": [source, parse, "  - key_by: [user]", step, aggregate, sink]
      case "aggregate": [source, parse, "  - key_by: [user]", window, step, sink]
      default: [source, parse, step]
      }
    return (["steps:"] + parts).joined(separator: "\n")
  }

  private static func scene(
    _ kind: String, _ name: String
  ) -> (step: String, hint: String, events: [String]) {
    switch (kind, name) {
    case ("source", _):
      ("  - source: file\n    path: clicks.jsonl", "Each line of the file is a record.", clicks)
    case ("parse", let format): parse(format)
    case ("filter", _):
      (
        "  - filter: cost >= 3",
        "Rows for which the condition is FALSE or NULL do not go on; they are counted.", clicks
      )
    case ("derive", _):
      (
        "  - derive: { cents: cost * 100, who: UPPER(user) }",
        "The new columns stand behind those that were there.", clicks
      )
    case ("key_by", _):
      (
        "  - key_by: [user]", "Each user has windows of their own, in a lane of their own.", clicks
      )
    case ("window", let kind): window(kind)
    case ("aggregate", _):
      (
        "  - aggregate: { clicks: COUNT(*), spent: SUM(cost), dearest: MAX(cost) }",
        "A window holds the state of its aggregates, not its rows; it gives a row when it fires.",
        clicks
      )
    case (_, "stdout"): ("  - sink: stdout", "Each row becomes a line as soon as it comes.", clicks)
    case (_, "sqlite"):
      (
        "  - sink: sqlite\n    path: out/clicks.db\n    table: clicks",
        "Rows stand in the table once the checkpoint that holds them is complete.", clicks
      )
    default:
      (
        "  - sink: file\n    path: out/clicks.jsonl",
        "Rows stand in the file once the checkpoint that holds them is complete.", clicks
      )
    }
  }

  private static func parse(_ format: String) -> (step: String, hint: String, events: [String]) {
    let rest = "    event_time: at\n    watermark: { out_of_orderness: 3 s }"
    let columns = "    columns: { at: TIMESTAMP_LTZ(3), user: STRING, cost: BIGINT }"
    let hint = "A line that does not fit is a dead letter, with the reason; nothing is held up."
    switch format {
    case "csv":
      let lines = ["at,user,cost"] + plain.map { "\($0.time),\($0.user),\($0.cost)" }
      var events = Array(lines.dropFirst())
      events[4] = "2026-03-02T12:00:12Z,ada,many"
      return ("  - parse: csv\n    header: false\n\(columns)\n\(rest)", hint, events)
    case "regex":
      var events = plain.map { "\($0.time) \($0.user) paid \($0.cost)" }
      events[4] = "--- the log was turned over ---"
      return (
        "  - parse: regex\n    pattern: (?<at>\\S+) (?<user>\\w+) paid (?<cost>\\d+)\n\(columns)\n"
          + rest, hint, events
      )
    case "access_log":
      var events = plain.enumerated().map { index, row in
        "192.0.2.\(index + 1) - \(row.user) [02/Mar/2026:\(row.time.dropFirst(11).dropLast()) +0000]"
          + " \"GET /\(row.user) HTTP/1.1\" 200 \(row.cost * 100)"
      }
      events[4] = "nginx: worker process exited"
      return ("  - parse: access_log\n    watermark: { out_of_orderness: 3 s }", hint, events)
    default:
      var events = clicks
      events[4] = #"{"at":"2026-03-02T12:00:12Z","user":"ada","cost":"many"}"#
      return ("  - parse: json\n\(columns)\n\(rest)", hint, events)
    }
  }

  private static func window(_ kind: String) -> (step: String, hint: String, events: [String]) {
    let (step, hint): (String, String) =
      switch kind {
      case "sliding":
        (
          "    size: 20 s\n    slide: 10 s",
          "Each click is in two windows: they lie above each other."
        )
      case "cumulating":
        (
          "    max: 20 s\n    step: 10 s",
          "The second window of a pair begins with the first and is twice as long."
        )
      case "session":
        (
          "    gap: 5 s",
          "A window grows with its clicks; one that joins two windows makes one of them."
        )
      case "count": ("    rows: 3", "A window closes with its third click, whatever the time.")
      case "global":
        (
          "    fire: every 2 rows",
          "One window for each user that never closes; each second click"
            + " gives a new result."
        )
      default:
        (
          "    size: 10 s",
          "The window of 12:00:00 fires when the watermark, 3 s behind the newest click, is at"
            + " its end; the click of 12:00:03 comes too late for it."
        )
      }
    return ("  - window: \(kind)\n\(step)", hint, clicks)
  }

  /// Ten clicks of two users: the fourth out of order, the seventh too late.
  private static let plain: [(time: String, user: String, cost: Int)] = [
    (1, "ada", 3), (4, "bob", 2), (9, "ada", 5), (7, "bob", 1), (12, "ada", 4), (16, "bob", 6),
    (3, "ada", 2), (21, "ada", 3), (26, "bob", 7), (33, "ada", 1),
  ].map { second, user, cost in
    ("2026-03-02T12:00:\(second < 10 ? "0" : "")\(second)Z", user, cost)
  }

  private static let clicks = plain.map {
    #"{"at":"\#($0.time)","user":"\#($0.user)","cost":\#($0.cost)}"#
  }
}
