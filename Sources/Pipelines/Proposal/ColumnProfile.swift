internal import Columns
internal import Engine

/// What a sample says of one column.
struct ColumnProfile {
  var name: String
  var type: ColumnType
  var timeFormat: TimeFormat = .iso
  /// Records that have a value.
  var present = 0
  /// Distinct texts, counted up to a bound.
  var distinct = 0
  /// The times in the order of the log, for time columns.
  var times: [Int64] = []
  /// Why it cannot be read, to follow its name; nil where it can.
  var hindrance: String?

  private static let maxDistinct = 10_000

  static func of(_ name: String, in sample: LogSample) -> ColumnProfile {
    var profile = ColumnProfile(name: name, type: .string)
    let fields = sample.records.compactMap { $0[name] }.filter { $0 != .null }
    profile.present = fields.count
    var numbers: [String] = []
    var texts: [String] = []
    for field in fields {
      if case .number(let text) = field { numbers.append(text) }
      if case .text(let text) = field { texts.append(text) }
    }
    var values: Set<String> = []
    for text in numbers + texts where values.count < maxDistinct { values.insert(text) }
    profile.distinct = values.count
    switch SampledType.of(fields) {
    case .bigint, .double: profile.readNumbers(numbers)
    case .string: profile.readTimes(texts, pattern: sample.timePattern(of: name))
    case let type?: profile.type = type
    case nil:
      if fields.contains(where: { $0.hasParts }) {
        profile.hindrance = "holds values of no one type"
      }
    }
    return profile
  }

  /// Whether nearly all are so.
  static func isMost(_ count: Int, of all: Int) -> Bool {
    count > 0 && count * 50 >= all * 49
  }

  private mutating func readNumbers(_ numbers: [String]) {
    let integers = numbers.compactMap { Int64($0) }
    guard integers.count == numbers.count else {
      type = .double
      return
    }
    type = .bigint
    guard Self.isTimely(name) else { return }
    // 2001 to 2096: a unit fits when nearly all values fall into it.
    let scales: [(TimeFormat.EpochUnit, Int64)] = [
      (.s, 1), (.ms, 1000), (.us, 1_000_000), (.ns, 1_000_000_000),
    ]
    for (unit, scale) in scales {
      let range = 1_000_000_000 * scale...4_000_000_000 * scale
      let timely = integers.filter { range.contains($0) }
      guard Self.isMost(timely.count, of: integers.count) else { continue }
      type = .timestampLTZ
      timeFormat = .epoch(unit)
      times = timely.map { unit == .s ? $0 * 1000 : $0 / (scale / 1000) }
    }
  }

  /// - Parameter pattern: how the column is written, where that is known and not ISO-8601.
  private mutating func readTimes(_ texts: [String], pattern: String?) {
    let known = pattern.flatMap(TimePattern.init)
    let found = texts.compactMap { Self.time(of: $0, known) }
    guard Self.isMost(found.count, of: texts.count) else { return }
    type = .timestampLTZ
    times = found
    if let pattern { timeFormat = .pattern(pattern) }
  }

  /// The time that a text is, ms since the epoch.
  static func time(of text: String, _ pattern: TimePattern? = nil) -> Int64? {
    var text = text
    return text.withUTF8 { buffer in
      guard let start = buffer.baseAddress else { return nil }
      let bytes = Bytes(start: start, count: buffer.count)
      return pattern.map { $0.parse(bytes) } ?? parseTimestamp(bytes)
    }
  }

  /// Whether a name says that the column is a time.
  static func isTimely(_ name: String) -> Bool {
    let lower = name.lowercased()
    return ["time", "date", "stamp", "epoch"].contains { lower.contains($0) }
      || ["ts", "at", "t", "when"].contains(lower)
      || ["_ts", "_at", "_ms", "_us", "_ns", "ts"].contains { lower.hasSuffix($0) }
  }

  /// The times without those of bad clocks: far from where nine in ten stand.
  var plausibleTimes: [Int64] {
    let sorted = times.sorted()
    guard sorted.count >= 20 else { return times }
    let low = sorted[sorted.count / 20]
    let high = sorted[sorted.count * 19 / 20]
    let slack = max(60_000, 2 * (high - low))
    return times.filter { $0 >= low - slack && $0 <= high + slack }
  }
}

extension LogSample {
  /// How a column's times are written, where the format says so.
  fileprivate func timePattern(of column: String) -> String? {
    guard column == "time" else { return nil }
    return switch format {
    case .accessLog: "dd/MMM/yyyy:HH:mm:ss Z"
    case .lines(_, let timeFormat, _): timeFormat
    case .json, .csv: nil
    }
  }
}
