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
  /// Whether it can be read at all: nested values cannot.
  var isReadable = true

  private static let maxDistinct = 10_000

  static func of(_ name: String, in sample: LogSample) -> ColumnProfile {
    var profile = ColumnProfile(name: name, type: .string)
    var kinds: Set<Kind> = []
    var numbers: [String] = []
    var texts: [String] = []
    var values: Set<String> = []
    for record in sample.records {
      switch record[name] ?? .null {
      case .null: continue
      case .boolean: kinds.insert(.boolean)
      case .number(let text):
        kinds.insert(.number)
        numbers.append(text)
        if values.count < maxDistinct { values.insert(text) }
      case .text(let text):
        kinds.insert(.text)
        texts.append(text)
        if values.count < maxDistinct { values.insert(text) }
      case .nested: kinds.insert(.nested)
      }
      profile.present += 1
    }
    profile.distinct = values.count
    if kinds.contains(.nested) {
      profile.isReadable = false
    } else if kinds == [.boolean] {
      profile.type = .boolean
    } else if kinds == [.number] {
      profile.readNumbers(numbers)
    } else if kinds == [.text] {
      profile.readTimes(texts, isAccessLog: sample.format == .accessLog && name == "time")
    }
    return profile
  }

  private enum Kind { case boolean, number, text, nested }

  private mutating func readNumbers(_ numbers: [String]) {
    let integers = numbers.compactMap { Int64($0) }
    guard integers.count == numbers.count else {
      type = .double
      return
    }
    type = .bigint
    guard Self.isTimely(name) else { return }
    // 2001 to 2096: a unit fits when all values fall into it.
    for (unit, scale) in [
      (TimeFormat.EpochUnit.s, Int64(1)), (.ms, 1000), (.us, 1_000_000), (.ns, 1_000_000_000),
    ] where integers.allSatisfy({ (1_000_000_000 * scale...4_000_000_000 * scale).contains($0) }) {
      type = .timestampLTZ
      timeFormat = .epoch(unit)
      times = integers.map { unit == .s ? $0 * 1000 : $0 / (scale / 1000) }
    }
  }

  private mutating func readTimes(_ texts: [String], isAccessLog: Bool) {
    let pattern = isAccessLog ? TimePattern("dd/MMM/yyyy:HH:mm:ss Z") : nil
    var found: [Int64] = []
    for text in texts {
      let time = text.utf8.withContiguousStorageIfAvailable { buffer -> Int64? in
        guard let start = buffer.baseAddress else { return nil }
        let bytes = Bytes(start: start, count: buffer.count)
        return pattern.map { $0.parse(bytes) } ?? parseTimestamp(bytes)
      }
      guard let time = time ?? nil else {
        // A date alone would be a time too, but one odd text makes it a column of texts.
        if isAccessLog { continue }
        return
      }
      found.append(time)
    }
    type = .timestampLTZ
    times = found
  }

  /// Whether a name says that the column is a time.
  static func isTimely(_ name: String) -> Bool {
    let lower = name.lowercased()
    return ["time", "date", "stamp", "epoch"].contains { lower.contains($0) }
      || ["ts", "at", "t", "when"].contains(lower)
      || ["_ts", "_at", "_ms", "_us", "_ns", "ts"].contains { lower.hasSuffix($0) }
  }

  /// The furthest that a time stands behind an earlier one, ms.
  var disorderMs: Int64 {
    var newest = Int64.min
    var worst: Int64 = 0
    for time in times {
      newest = max(newest, time)
      worst = max(worst, newest - time)
    }
    return worst
  }

  var spanMs: Int64 { (times.max() ?? 0) - (times.min() ?? 0) }
}
