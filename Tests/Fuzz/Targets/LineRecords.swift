import Columns
import Engine

/// Web logs, and lines that a regular expression takes apart.
enum LineRecords {
  private static let fields = AccessLogField.allCases.map { ParseColumn($0.rawValue, $0.type) }

  static let accessLogs: [[UInt8]] = [
    "127.0.0.1 - - [31/Jan/2026:12:00:00 +0000] \"GET /a?b=c HTTP/1.1\" 200 512\n",
    "::1 - ada [01/Feb/2026:00:00:00 -0530] \"POST /x HTTP/2\" 404 - \"http://r/\" \"agent \\\" x\"\n",
    "h - - [x] \"\" - -\nh i u [31/Dec/9999:23:59:59 +1800] \"-\" 1 1 \"-\" \"-\" rest\n",
  ].map { Array($0.utf8) }

  @Sendable static func accessLog(_ bytes: [UInt8]) throws {
    let spec = ParseSpec(format: .accessLog, columns: fields, eventTime: nil)
    try sameAlone(
      SeenRecord.all(
        of: try spec.makeParser().parse(
          InputMemory(bytes).block(), header: nil)), spec)
  }

  static let patterns: [[UInt8]] = [
    "(?<s>[a-z]+) (?<i>\\d+)\nabc 12\nx\n", "^(?<s>.*)$\nline é\n", "(?<s>a)?(?<i>1)\n1\na1",
    "(\nx", "(?<s>x\ny",
  ].map { Array($0.utf8) }

  /// The first line is the pattern.
  @Sendable static func regex(_ bytes: [UInt8]) throws {
    let feed = bytes.firstIndex(of: 10) ?? bytes.endIndex
    let pattern = String(decoding: bytes[..<feed].prefix(200), as: UTF8.self)
    let columns = [ParseColumn("s", .string), ParseColumn("i", .int)]
    let spec = ParseSpec(format: .regex(pattern), columns: columns, eventTime: nil)
    guard let parser = try? spec.makeParser() else { return }
    // Patterns are trusted not to take forever on a long line; these lines are short.
    let lines = bytes[feed...].dropFirst().split(separator: 10).prefix(4).map { $0.prefix(8) }
    let rest = InputMemory(Array(lines.joined(separator: [10])))
    try sameAlone(SeenRecord.all(of: parser.parse(rest.block(), header: nil)), spec)
  }

  /// A record is read the same whatever stands around it.
  private static func sameAlone(_ seen: [SeenRecord], _ spec: ParseSpec) throws {
    let parser = try spec.makeParser()
    for record in seen {
      let alone = SeenRecord.all(
        of: parser.parse(InputMemory(record.line(ending: [13, 10])).block(), header: nil))
      // A record of carriage returns alone is a line, and nothing without its ends.
      if record.raw.isEmpty { continue }
      try require(
        alone.count == 1 && alone[0].fault == record.fault && alone[0].values == record.values,
        "a line alone is read as \(alone), among others as \(record)")
    }
  }
}
