import Columns
import Engine
import Pipelines

/// Numbers, times, lengths of time and types as they are written.
let scalarTargets: [FuzzTarget] = [
  FuzzTarget(
    name: "numbers", maxBytes: 128,
    words: ["1e", "E+", "-0", "0.", "9223372036854775808", "1e308", "4.9e-324", "e-400", "00"],
    seeds: {
      [
        "0", "-1", "9223372036854775807", "-9223372036854775808", "1.5e3", "1e-400",
        "2.2250738585072014e-308",
        "99999999999999999999999999999999999999", "0.1234567890123456789", "1e99999999999999", ".5",
        "5.",
      ].map { Array($0.utf8) }
    }, run: Scalars.numbers),
  FuzzTarget(
    name: "times", maxBytes: 128,
    words: [
      "2026-01-31", "T12:00:00", ".123", "Z", "+01:00", "yyyy", "MMM", "hh a", "'T'", "\n",
      "9999-12-31",
    ],
    seeds: {
      [
        "2026-01-31T12:00:00.123Z\nx", "2026-01-31\n", "0001-01-01 00:00:00+18:00", "2026-02-29",
        "dd/MMM/yyyy:HH:mm:ss Z\n31/Jan/2026:12:00:00 +0100",
        "yyyy-MM-dd'T'HH:mm:ss.SSSX\n2026-01-31T12:00:00.5Z",
        "h a 'o''clock' E\n12 pm o'clock Sun", "30 s", "1.5 h", "-8 d", "1_000 ms",
      ].map { Array($0.utf8) }
    }, run: Scalars.times),
  FuzzTarget(
    name: "types", maxBytes: 256,
    words: [
      "ARRAY<", "MAP<STRING, ", "ROW<a ", "DECIMAL(38, 38)", ">", "`", "TIMESTAMP_LTZ(3)",
      " WITH LOCAL TIME ZONE",
    ],
    seeds: {
      [
        "INT", "DECIMAL(10, 2)", "MAP<STRING, ARRAY<ROW<a INT, `b c` DOUBLE>>>", "ROW(a INT)",
        "TIMESTAMP(3)", "varchar(10)",
      ]
      .map { Array($0.utf8) }
    }, run: Scalars.types),
]

enum Scalars {
  @Sendable static func numbers(_ bytes: [UInt8]) throws {
    try InputMemory.read(bytes) { try numbers($0, bytes) }
  }

  private static func numbers(_ input: Bytes, _ bytes: [UInt8]) throws {
    let text = String(decoding: bytes, as: UTF8.self)
    let isASCII = bytes.allSatisfy { $0 < 128 }
    let digits = text.drop { $0 == "-" || $0 == "+" }
    if isASCII, bytes.count - digits.count <= 1, digits.allSatisfy({ $0.isNumber }), !digits.isEmpty
    {
      try require(parseInteger(input) == Int64(text), "\(text) is read as another integer")
    } else {
      try require(parseInteger(input) == nil, "\(text.escaped) is read as an integer")
    }
    if let value = parseDouble(input) {
      try require(Double(text)?.bitPattern == value.bitPattern, "\(text.escaped) is \(value)")
    }
    for (precision, scale) in [(38, 0), (38, 38), (10, 2), (1, 1), (38, 19)] {
      guard let value = parseDecimal(input, precision: precision, scale: scale) else { continue }
      let written = DecimalNumber(value, scale: scale).description
      let again = InputMemory.read(written.utf8) {
        parseDecimal($0, precision: precision, scale: scale)
      }
      try require(again == value, "\(text.escaped) is \(written), and that another number")
      if let double = parseDouble(input), abs(double) < 1e15, scale == 2 {
        try require(
          abs(doubleValue(value, scale: scale) - double) <= 0.00501 + abs(double) * 1e-12,
          "\(text.escaped) is \(written)")
      }
    }
  }

  /// The first line is a time, a length of time or a pattern; the second a time for the pattern.
  @Sendable static func times(_ bytes: [UInt8]) throws {
    let parts = bytes.split(separator: 10, maxSplits: 1, omittingEmptySubsequences: false)
    let text = String(decoding: parts[0], as: UTF8.self)
    if let ms = InputMemory.read(parts[0], parseTimestamp), eventTimeRange.contains(ms) {
      let again = InputMemory.read(formatTimestamp(ms).utf8, parseTimestamp)
      try require(again == ms, "\(text.escaped) is written \(formatTimestamp(ms))")
    }
    if let days = InputMemory.read(parts[0], parseDate) {
      try require(formatDate(days) == text, "\(text) is written \(formatDate(days))")
    }
    if let offset = InputMemory.read(parts[0], parseZoneOffset) {
      try require(abs(offset) < 19 * 3_600_000, "\(text) is an offset of \(offset)")
    }
    if let ms = LengthOfTime.milliseconds(text) {
      try require(
        LengthOfTime.milliseconds(formatDuration(ms)) == ms,
        "\(text.escaped) is written \(formatDuration(ms))")
    }
    if let pattern = TimePattern(text), parts.count > 1 {
      if let ms = InputMemory.read(parts[1], pattern.parse) {
        try require(abs(ms) < Int64.max / 2, "\(text.escaped) gives \(ms)")
      }
    } else {
      try require(
        (TimePattern(text) == nil) == (TimePattern.fault(in: text) != nil),
        "the pattern \(text.escaped) has no fault and cannot be used")
    }
  }

  @Sendable static func types(_ bytes: [UInt8]) throws {
    let text = String(decoding: bytes, as: UTF8.self)
    do {
      let type = try ColumnTypeParser.parse(text)
      try require(
        ColumnType(name: type.name) == type, "\(text.escaped) is written \(type.name.escaped)")
    } catch let fault as ColumnTypeFault {
      try require(
        fault.range.lowerBound >= 0 && fault.range.upperBound <= text.utf8.count,
        "'\(fault.message)' is said of \(fault.range)")
    }
  }
}
