internal import Columns
internal import Engine

extension PipelineDocument {
  /// A step to begin with, made for the place where it goes: its columns are those that come there.
  ///
  /// - Parameters:
  ///   - choice: one of ``operators(at:)``.
  ///   - lines: the first records of the log, of which `parse` makes its columns.
  ///   - files: logs that a source could read.
  /// - Returns: the item of the list as YAML.
  public func starter(
    of choice: OperatorChoice, at place: Int, lines: [String] = [], files: [String] = []
  ) -> String {
    let head = "- \(choice.title)"
    let columns = place > 0 ? self.columns(from: place - 1) : []
    switch (choice.kind, choice.variant) {
    case ("source", "file"):
      return "\(head)\n  path: \(ProposalText.yaml(files.first ?? "log.jsonl"))"
    case ("parse", let format): return parse(format ?? "json", lines)
    case ("filter", _):
      let number = columns.first { ColumnKind(type: $0.type) == .number }
      let condition =
        number.map { "\(ProposalText.column($0.name)) > 0" }
        ?? columns.first.map { "\(ProposalText.column($0.name)) IS NOT NULL" } ?? "TRUE"
      return "\(head): \(condition)"
    case ("derive", _):
      let column = columns.first.map { ProposalText.column($0.name) } ?? "1"
      return "\(head):\n    new_column: \(column)"
    case ("key_by", _):
      let text = columns.first { ColumnKind(type: $0.type) == .text } ?? columns.first
      return "\(head): [\(ProposalText.yaml(text?.name ?? "column"))]"
    case ("window", let kind): return window(kind ?? "tumbling")
    case ("aggregate", _): return "\(head):\n    rows: COUNT(*)"
    case ("sink", "file"): return "\(head)\n  path: out/\(name).jsonl"
    default: return choice.example
    }
  }

  /// What a type is like, for choosing a column.
  private enum ColumnKind {
    case number, text, other

    init(type: String) {
      let name = type.prefix { $0 != "(" }
      self =
        ["INT", "BIGINT", "DOUBLE", "DECIMAL", "FLOAT", "SMALLINT", "TINYINT"].contains(name)
        ? .number : name == "STRING" ? .text : .other
    }
  }

  private func parse(_ format: String, _ lines: [String]) -> String {
    if let sample = LogSample.read(Array(lines.joined(separator: "\n").utf8), isWhole: true),
      sample.format.name == format
    {
      let choice = PipelineChoice(sample: sample, share: 1)
      let written = ProposalText(sample: sample, choice: choice, file: "", stem: "").parse
      return written.filter { !$0.drop { $0 == " " }.hasPrefix("#") }.joined(separator: "\n")
    }
    switch format {
    case "regex": return "- parse: regex\n  pattern: (?<line>.*)\n  columns:\n    line: STRING"
    case "access_log": return "- parse: access_log\n  watermark: { out_of_orderness: 5 s }"
    default: return "- parse: \(format)\n  columns:\n    value: STRING"
    }
  }

  private func window(_ kind: String) -> String {
    switch kind {
    case "sliding": "- window: sliding\n  size: 5 m\n  slide: 1 m"
    case "cumulating": "- window: cumulating\n  max: 1 h\n  step: 5 m"
    case "session": "- window: session\n  gap: 1 m"
    case "count": "- window: count\n  rows: 100"
    case "global": "- window: global\n  fire: on each row"
    default: "- window: \(kind)\n  size: 1 m"
    }
  }
}

extension LogSample.Format {
  /// What stands after `parse:`.
  var name: String {
    switch self {
    case .json: "json"
    case .csv: "csv"
    case .accessLog: "access_log"
    case .lines: "regex"
    }
  }
}
