internal import Columns

/// What to propose for a sample: which columns mean what, and how long things are.
struct PipelineChoice {
  let columns: [ColumnProfile]
  let eventTime: ColumnProfile?
  let key: ColumnProfile?
  let number: ColumnProfile?
  /// The worst disorder that was seen, and the bound made of it, ms.
  let disorderMs: Int64
  let outOfOrdernessMs: Int64
  let windowMs: Int64
  /// Times so far ahead of the others that a clock must be wrong, and the bound against them.
  let farAhead: Int
  let maxFutureMs: Int64?
  /// The time that the whole log covers, as far as its beginning tells.
  let spanMs: Int64

  /// - Parameter share: how many times larger the log is than the sample.
  init(sample: LogSample, share: Double) {
    var columns = sample.columns.map { ColumnProfile.of($0, in: sample) }
    for index in columns.indices where !Self.isNamable(columns[index].name) {
      columns[index].hindrance = "is no name for a column"
    }
    let readable = columns.filter { $0.hindrance == nil }
    let count = sample.records.count
    let time = Self.eventTime(readable, count: count)
    self.columns = columns
    eventTime = time
    key = Self.key(readable, count: count)
    number = Self.number(readable, format: sample.format)
    let shape = TimeShape(time?.plausibleTimes ?? [])
    disorderMs = shape.disorderMs
    farAhead = time?.times.count { $0 > shape.newest } ?? 0
    // Far wider than any gap of the log: after a longer silence it would refuse all that follows.
    maxFutureMs = farAhead > 0 ? Self.nice(atLeast: max(3_600_000, 4 * shape.widestGapMs)) : nil
    outOfOrdernessMs = Self.nice(atLeast: max(1000, disorderMs))
    let span = Double(shape.spanMs) * max(1, share)
    spanMs = Int64(min(span, 3e12))
    // Some windows must fire among the records that are shown first, however long the log is.
    windowMs = min(Self.window(spanMs), Self.window(shape.spanMs * 3))
  }

  /// Whether a column or a field can have a name.
  static func isNamable(_ name: String) -> Bool {
    ColumnNames.isSound(name) && !name.contains("\\") && !name.contains("`")
  }

  /// The column that says when: by its name, then by how well it grows along the log.
  private static func eventTime(_ columns: [ColumnProfile], count: Int) -> ColumnProfile? {
    let times = columns.filter { !$0.times.isEmpty && $0.present * 100 >= count * 95 }
    func rank(_ column: ColumnProfile) -> Int {
      let name = column.name.lowercased()
      if ["event_time", "eventtime", "time", "timestamp", "ts", "@timestamp"].contains(name) {
        return 0
      }
      // When it was stored is not when it happened.
      let isArrival = ["ingest", "receiv", "arriv", "process", "stored", "updated"]
        .contains { name.contains($0) }
      if isArrival { return 3 }
      return ColumnProfile.isTimely(name) ? 1 : 2
    }
    func disorder(_ column: ColumnProfile) -> Int64 {
      TimeShape(column.plausibleTimes).disorderMs
    }
    return times.min { (rank($0), disorder($0)) < (rank($1), disorder($1)) }
  }

  /// A column of few texts: enough to tell groups apart, few enough to look at.
  private static func key(_ columns: [ColumnProfile], count: Int) -> ColumnProfile? {
    let texts = columns.filter {
      $0.type == .string && $0.distinct >= 2 && $0.present * 100 >= count * 95
        && !ResultColumns.all.contains($0.name)
    }
    let handy = texts.filter { $0.distinct <= max(3, min(50, count / 10)) }
    return handy.max { $0.distinct < $1.distinct }
      ?? texts.filter { $0.distinct <= max(2, count / 2) }.min { $0.distinct < $1.distinct }
  }

  /// A column to sum up: measured rather than counted, and no number that is a name.
  private static func number(
    _ columns: [ColumnProfile], format: LogSample.Format
  ) -> ColumnProfile? {
    if format == .accessLog { return columns.first { $0.name == "bytes" && $0.present > 0 } }
    let numbers = columns.filter { column in
      let name = column.name.lowercased()
      let isName =
        name == "id" || name.hasSuffix("_id") || name.hasSuffix("id") && column.type == .bigint
        || ["port", "code", "status", "version", "year", "seq", "offset", "number"]
          .contains { name.contains($0) }
      return column.type.isNumeric && column.times.isEmpty && !isName
        && !ColumnProfile.isTimely(name) && column.distinct > 1
    }
    return numbers.first { $0.type == .double } ?? numbers.first
  }

  // MARK: Lengths

  /// Lengths that people say, ms.
  static let niceLengths: [Int64] =
    [1, 2, 5, 10, 15, 30].map { $0 * 1000 } + [1, 2, 5, 10, 15, 30].map { $0 * 60_000 }
    + [1, 2, 6, 12].map { $0 * 3_600_000 } + [1, 7, 30, 365].map { $0 * msPerDay }

  static func nice(atLeast ms: Int64) -> Int64 {
    niceLengths.first { $0 >= ms } ?? niceLengths.last ?? ms
  }

  /// The length that cuts a span into the nearest to fifteen windows; a minute for no span.
  private static func window(_ spanMs: Int64) -> Int64 {
    guard spanMs > 0 else { return 60_000 }
    func distance(_ size: Int64) -> Double {
      let ratio = Double(spanMs) / Double(size) / 15
      return ratio > 1 ? ratio : 1 / ratio
    }
    return niceLengths.min { distance($0) < distance($1) } ?? 60_000
  }
}

/// How times run along a log.
struct TimeShape {
  /// The furthest that a time stands behind an earlier one, ms.
  private(set) var disorderMs: Int64 = 0
  /// The longest silence, ms.
  private(set) var widestGapMs: Int64 = 0
  private(set) var newest = Int64.min
  private(set) var spanMs: Int64 = 0

  init(_ times: [Int64]) {
    guard let first = times.first else { return }
    var oldest = first
    newest = first
    for time in times {
      widestGapMs = max(widestGapMs, time - newest)
      newest = max(newest, time)
      oldest = min(oldest, time)
      disorderMs = max(disorderMs, newest - time)
    }
    spanMs = newest - oldest
  }
}
