import Columns
import Engine

@testable import Connectors

/// Records of a log: JSON, CSV, web logs and regular expressions.
let recordTargets: [FuzzTarget] = [
  FuzzTarget(
    name: "json",
    words: [
      "\"i\":", "\"s\":\"", "\"x\":1e5", "\"a\":[1,null]", "\"r\":{\"a\":1,\"b\":\"\"}",
      "\"m\":{\"k\":1.5}", "null", "true", "false", "\\u00e9", "\\ud83d\\ude00", "\\ud800", "1e400",
      "-0", "9223372036854775808", "18446744073709551616", "2026-01-31T12:00:00Z", "\n{", "}\n",
    ],
    seeds: { JsonRecords.seeds }, run: JsonRecords.run),
  FuzzTarget(
    name: "csv",
    words: ["\"\"", "\",\"", "\r\n", "\"\n\"", ",,", ";", "|", "\t", "NULL", "i,s,x\n"],
    seeds: { CsvRecords.seeds }, run: CsvRecords.run),
  FuzzTarget(
    name: "access_log",
    words: ["[31/Jan/2026:12:00:00 +0000]", "\"GET / HTTP/1.1\"", " - - ", "\\\"", " 200 512"],
    seeds: { LineRecords.accessLogs }, run: LineRecords.accessLog),
  FuzzTarget(
    name: "regex", maxBytes: 512,
    words: ["(?<s>", "(?<i>", "\\d+", "[a-z]", "*?", "{1,3}", "(?i)", "\\p{L}", "|", "\\1"],
    seeds: { LineRecords.patterns }, run: LineRecords.regex),
]

enum JsonRecords {
  static let columns = [
    ParseColumn("i", .int), ParseColumn("b", .bigint), ParseColumn("x", .double),
    ParseColumn("s", .string), ParseColumn("ok", .boolean), ParseColumn("d", .date),
    ParseColumn("t", .timestampLTZ), ParseColumn("e", .timestamp, timeFormat: .epoch(.s)),
    ParseColumn("n", .decimal(precision: 38, scale: 10)),
    ParseColumn("a", .array(.int)),
    ParseColumn("r", .row([Field("a", .bigint), Field("b", .string)])),
    ParseColumn("m", .map(key: .string, value: .double)),
    ParseColumn("skipped", .string, isRead: false),
  ]
  static let schema = Schema(columns.map { Field($0.name, $0.type) })
  private static let spec = ParseSpec(format: .json, columns: columns, eventTime: nil)
  private static let free = ParseSpec(
    format: .json, columns: [ParseColumn("s", .string)], eventTime: nil)

  static let seeds: [[UInt8]] = [
    "{\"i\":1,\"b\":2,\"x\":1.5,\"s\":\"a\",\"ok\":true,\"d\":\"2026-01-31\",\"t\":\"2026-01-31T12:00:00Z\"}\n"
      + "{\"i\":2,\"b\":3,\"x\":2.5,\"s\":\"b\",\"ok\":false,\"d\":null,\"t\":\"2026-01-31T12:00:01.5+01:00\"}\n",
    "{\"e\":1769860800,\"n\":\"12.345\",\"a\":[1,2,null],\"r\":{\"a\":1,\"b\":\"x\"},\"m\":{\"k\":1e3}}\n"
      + "{ \"e\" : 0, \"n\" : 1e-3, \"a\" : [], \"r\" : null, \"m\" : {} }\r\n",
    "{\"s\":\"\\u00e9\\n\\\"\",\"i\":null,\"skipped\":[{\"deep\":[[]]}]}\n\n{\"s\":{\"raw\":1}}",
    "{\"s\":1}\n{\"s\":\"\\ud83d\\ude00\"}\n{\"s\":\"\\ud800\"}\n{\"i\":1,\"i\":2}\n",
  ].map { Array($0.utf8) }

  @Sendable static func run(_ bytes: [UInt8]) throws {
    let parser = try spec.makeParser()
    let parsed = parser.parse(InputMemory(bytes).block(), header: nil)
    let seen = SeenRecord.all(of: parsed)
    try readsEachLineAlone(seen, parser)
    try agreesWithFoundation(bytes)
    try readsBackWhatIsWritten(parsed, parser)
  }

  /// The layout that was learned from other lines makes no difference.
  private static func readsEachLineAlone(
    _ seen: [SeenRecord], _ parser: any RecordParser
  ) throws {
    for record in seen {
      let alone = SeenRecord.all(
        of: parser.parse(InputMemory(record.line(ending: [13, 10])).block(), header: nil))
      try require(
        alone.count == 1 && alone[0].fault == record.fault && alone[0].values == record.values,
        "a line alone is read as \(alone), among others as \(record)")
    }
  }

  private static func agreesWithFoundation(_ bytes: [UInt8]) throws {
    let parsed = try free.makeParser().parse(InputMemory(bytes).block(), header: nil)
    for record in SeenRecord.all(of: parsed) {
      let reference = JsonReference(record.raw)
      if record.error == nil {
        try require(
          reference.isObject || reference.mayRefuse,
          "accepted, and Foundation refuses it: \(String(decoding: record.raw, as: UTF8.self).escaped)"
        )
        if case .string(let text) = record.values[0], let expected = reference.text("s") {
          try require(
            Array(text.utf8) == Array(expected.utf8),
            "'\(text.escaped)' where Foundation has '\(expected.escaped)'")
        }
      } else {
        try require(
          !reference.isObject || reference.mayAccept,
          "Foundation accepts \(String(decoding: record.raw, as: UTF8.self).escaped): "
            + (record.error ?? ""))
      }
    }
  }

  private static func readsBackWhatIsWritten(
    _ parsed: ParsedBlock, _ parser: any RecordParser
  ) throws {
    // A time before the year 1 or after 9999 has no ISO text; it is written as milliseconds.
    for position in [6, 7] {
      guard let column = parsed.columns[position] else { continue }
      for row in 0..<parsed.count
      where !column.isNull(row) && !eventTimeRange.contains(column.integers[row]) {
        column.setNull(row)
      }
    }
    // `e` is read as seconds: it cannot be read back as ISO.
    let written = Array(schema.fields.indices).filter { $0 != 7 && $0 != 12 }
    let encoder = RowEncoder(RowFormat(.jsonl), schema: schema, columns: written)
    encoder.append(parsed.batch(schema))
    let first = encoder.output.array
    let again = parser.parse(InputMemory(first).block(), header: nil)
    try require(
      again.bad.isEmpty,
      "what was written is not read: \(again.bad.first.map { "\($0)" } ?? "") "
        + String(decoding: first, as: UTF8.self).escaped)
    let second = RowEncoder(RowFormat(.jsonl), schema: schema, columns: written)
    second.append(again.batch(schema))
    try require(
      second.output.array == first,
      "written \(String(decoding: first, as: UTF8.self).escaped), then "
        + String(decoding: second.output.array, as: UTF8.self).escaped)
  }
}
