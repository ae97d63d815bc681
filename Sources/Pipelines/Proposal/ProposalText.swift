internal import Columns
internal import Engine

/// Writes a proposal as YAML with its reasons.
struct ProposalText {
  let sample: LogSample
  let choice: PipelineChoice
  let file: String
  let stem: String

  var text: String {
    let seen = "\(sample.records.count) records"
    let unfit =
      sample.unfit > 0
      ? " (\(sample.unfit) line\(sample.unfit == 1 ? "" : "s") did not fit: dead letters)" : ""
    var lines = [
      "# Proposed after looking at the first \(seen)\(unfit).",
      "pipeline: \(Self.name(stem))",
      "",
      "steps:",
      "  - source: file",
      "    path: \(Self.yaml(file))",
    ]
    lines += parse
    if choice.eventTime == nil {
      lines += [
        "  # No column is a time, so there is nothing to cut windows by: rows go straight out."
      ]
    } else {
      lines += key + window + aggregates
    }
    lines += ["  - sink: stdout", ""]
    return lines.joined(separator: "\n")
  }

  /// A pipeline's name made of a file's.
  static func name(_ stem: String) -> String {
    let name = String(stem.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }.prefix(64))
    return PipelineKeys.isName(name) ? name : "log-" + name.prefix(60)
  }

  // MARK: Parse

  /// The step that reads the log's records, with comments.
  var parse: [String] {
    var lines: [String] = []
    switch sample.format {
    case .json: lines.append("  - parse: json")
    case .csv(let delimiter, let hasHeader):
      lines.append("  - parse: csv")
      if !hasHeader { lines.append("    header: false") }
      if delimiter != "," {
        lines.append("    delimiter: \(delimiter == "\t" ? "tab" : Self.quoted(String(delimiter)))")
      }
    case .accessLog: lines.append("  - parse: access_log")
    case .lines(let pattern, _, let remark):
      lines.append("  - parse: regex")
      lines.append("    pattern: \(Self.single(pattern))")
      if let remark { lines.append("    # \(remark)") }
    }
    if sample.format != .accessLog { lines += columns }
    guard let time = choice.eventTime else { return lines }
    if sample.format != .accessLog { lines.append("    event_time: \(Self.yaml(time.name))") }
    lines += [
      "    # \(disorder)"
    ]
    var watermark = "out_of_orderness: \(formatDuration(choice.outOfOrdernessMs))"
    if let future = choice.maxFutureMs {
      let events = "\(choice.farAhead) event\(choice.farAhead == 1 ? " is" : "s are")"
      lines.append(
        "    # \(events) far ahead of all others: a bad clock must not close every window.")
      watermark += ", max_future: \(formatDuration(future))"
    }
    lines.append("    watermark: { \(watermark) }")
    return lines
  }

  private var columns: [String] {
    var lines = ["    columns:"]
    for column in choice.columns {
      if let hindrance = column.hindrance {
        lines.append("      # \(Self.comment(column.name)) \(hindrance): left out")
        continue
      }
      lines.append("      \(Self.yaml(column.name)): \(Self.type(column))")
    }
    if choice.columns.allSatisfy({ $0.hindrance != nil }) { lines.append("      value: STRING") }
    return lines
  }

  private static func type(_ column: ColumnProfile) -> String {
    if case .epoch(let unit) = column.timeFormat {
      return "{ type: \(column.type.name), unit: \(unit.rawValue) }"
    }
    if case .pattern(let pattern) = column.timeFormat {
      return "{ type: \(column.type.name), time_format: \(single(pattern)) }"
    }
    return expression(column.type.name)
  }

  /// In single quotes, in which a backslash is one.
  private static func single(_ text: String) -> String {
    "'\(text.replacing("'", with: "''"))'"
  }

  private var disorder: String {
    let bound = formatDuration(choice.outOfOrdernessMs)
    if choice.disorderMs == 0 {
      return "Times only grew in the sample; \(bound) leaves room for a straggler."
    }
    return "The furthest that an event came behind a newer one was "
      + "\(Self.rough(choice.disorderMs)): \(bound) waits for all of them."
  }

  // MARK: Window

  private var key: [String] {
    guard let key = choice.key else {
      return ["  # No text column has few values, so there is one window over all rows."]
    }
    return [
      "  # \(key.distinct) values in the sample.",
      "  - key_by: [\(Self.yaml(key.name))]",
    ]
  }

  private var window: [String] {
    let count = choice.spanMs / max(1, choice.windowMs)
    let reason =
      choice.spanMs > 0
      ? "The log covers about \(Self.rough(choice.spanMs)): about \(max(1, count)) windows."
      : "All events have one time; change the size when there are more."
    return [
      "  # \(reason)",
      "  - window: tumbling",
      "    size: \(formatDuration(choice.windowMs))",
      "    late: drop # rows behind their window's end go to its late stream",
    ]
  }

  private var aggregates: [String] {
    let taken = Set([choice.key?.name].compactMap { $0 })
    func free(_ name: String) -> String {
      taken.contains(name) || ResultColumns.all.contains(name) ? name + "_result" : name
    }
    var lines = ["  - aggregate:", "      \(free("events")): COUNT(*)"]
    if let number = choice.number {
      let isPlain = Self.isWord(number.name)
      let argument = Self.column(number.name)
      let suffix = isPlain ? number.name : "value"
      for (function, prefix) in [("SUM", "sum"), ("AVG", "avg")] {
        lines.append(
          "      \(free("\(prefix)_\(suffix)")): "
            + Self.expression("\(function)(\(argument))"))
      }
    }
    return lines
  }

  /// `3 h` rather than `10801 s`; times below three minutes to the second.
  private static func rough(_ ms: Int64) -> String {
    for (unit, size) in [("d", msPerDay), ("h", Int64(3_600_000)), ("m", 60_000), ("s", 1000)]
    where ms >= 3 * size {
      return "\((ms + size / 2) / size) \(unit)"
    }
    return formatDuration(ms)
  }

  // MARK: YAML

  /// Whether a name can stand in an expression as it is.
  private static func isWord(_ name: String) -> Bool {
    let reserved = [
      "and", "or", "not", "in", "is", "null", "true", "false", "case", "when", "then", "else",
      "end", "between", "like", "cast", "interval", "distinct", "filter", "where", "timestamp",
      "date", "time", "from", "as", "all", "extract", "floor", "ceil", "position", "trim", "value",
      "values", "count", "sum", "avg", "min", "max", "current_timestamp",
    ]
    guard let first = name.utf8.first, first == 95 || (first | 32 >= 97 && first | 32 <= 122) else {
      return false
    }
    return !reserved.contains(name.lowercased())
      && name.utf8.allSatisfy {
        $0 == 95 || ($0 >= 48 && $0 <= 57) || ($0 | 32 >= 97 && $0 | 32 <= 122)
      }
  }

  /// A column as an expression names it.
  static func column(_ name: String) -> String { isWord(name) ? name : "`\(name)`" }

  private static func expression(_ text: String) -> String {
    text.contains("`") || text.contains(": ") || text.contains(" #") ? quoted(text) : text
  }

  /// A text as a YAML scalar, quoted where it would be read as something else.
  static func yaml(_ text: String) -> String {
    let words = ["true", "false", "yes", "no", "on", "off", "null", "y", "n", "~"]
    let isPlain =
      !text.isEmpty && !words.contains(text.lowercased()) && text.utf8.first != 45
      && text.utf8.allSatisfy {
        $0 == 95 || $0 == 46 || $0 == 47 || $0 == 45 || ($0 >= 48 && $0 <= 57)
          || ($0 | 32 >= 97 && $0 | 32 <= 122)
      } && Double(text) == nil
    return isPlain ? text : quoted(text)
  }

  static func quoted(_ text: String) -> String { JSONText.quoted(text) }

  private static func comment(_ text: String) -> String {
    String(text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : Character($0) })
  }
}
