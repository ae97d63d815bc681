internal import Expressions
internal import Foundation

/// Recognises the lines of programs' logs, which begin with a time.
struct TextSketch {
  /// As `parse: regex` takes it, with a group for each column.
  let pattern: String
  let columns: [String]
  /// How the column `time` is written, where that is not ISO-8601.
  let timeFormat: String?
  /// What has to be known about it.
  let remark: String?

  private init(
    _ pattern: String, columns: [String], timeFormat: String? = nil, remark: String? = nil
  ) {
    (self.pattern, self.columns) = (pattern, columns)
    (self.timeFormat, self.remark) = (timeFormat, remark)
  }

  private static let date = #"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d"#
  private static let level = #"\[?(?<level>[A-Z]{4,8})\]?:?"#
  private static let zone = #"(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?"#
  private static let comma = "yyyy-MM-dd HH:mm:ss,SSS"

  /// From the one that tells most to those that take more.
  private static let all = [
    TextSketch(
      #"^\[?(?<time>\#(date)\#(zone))\]?\s+\#(level)\s+(?<message>.*)"#,
      columns: ["time", "level", "message"]),
    TextSketch(
      #"^\[?(?<time>\#(date),\d{3})\]?\s+\#(level)\s+(?<message>.*)"#,
      columns: ["time", "level", "message"], timeFormat: comma),
    TextSketch(
      #"^(?<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) (?<host>\S+) "#
        + #"(?<program>[^:\[ ]+)(?:\[\d+\])?: (?<message>.*)"#,
      columns: ["time", "host", "program", "message"], timeFormat: "MMM ppd HH:mm:ss",
      remark: "The lines do not say the year, so their times are of 1970."),
    TextSketch(
      #"^\[?(?<time>\#(date)\#(zone))\]?[\s:]+(?<message>.*)"#, columns: ["time", "message"]),
    TextSketch(
      #"^\[?(?<time>\#(date),\d{3})\]?[\s:]+(?<message>.*)"#, columns: ["time", "message"],
      timeFormat: comma),
  ]

  /// The one that most of the lines fit, with their fields; nil for a line that it does not fit.
  ///
  /// - Parameter fits: whether so many lines are enough.
  static func of(
    _ lines: [String], fits: (Int) -> Bool
  ) -> (sketch: TextSketch, records: [[String: LogSample.Field]?])? {
    for sketch in all {
      guard let expression = try? BoundedPattern(sketch.pattern) else { continue }
      // The first lines tell soon whether it is worth the look at all of them.
      let beginning = lines.prefix(20)
      guard beginning.contains(where: { sketch.fields($0, expression) != nil }) else { continue }
      let records = lines.map { sketch.fields($0, expression) }
      if fits(records.count { $0 != nil }) { return (sketch, records) }
    }
    return nil
  }

  private func fields(
    _ line: String, _ expression: BoundedPattern
  ) -> [String: LogSample.Field]? {
    guard let match = try? expression.first(in: line) else { return nil }
    let text = line as NSString
    return Dictionary(
      uniqueKeysWithValues: columns.map { column in
        let range = match.range(withName: column)
        return (column, range.location == NSNotFound ? .null : .text(text.substring(with: range)))
      })
  }
}
