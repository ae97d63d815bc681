import Columns

/// Bounds of lengths of time in pipelines.
enum DurationBounds {
  static let longest: Int64 = 36_500 * msPerDay
  /// From nothing up.
  static let length: ClosedRange<Int64> = 0...longest
  /// A length of at least a millisecond.
  static let positive: ClosedRange<Int64> = 1...longest
  /// A shift to either side.
  static let shift: ClosedRange<Int64> = -longest...longest
}

/// Options that several windows have.
enum WindowOptions {
  static let offset = OptionDescriptor(
    "offset", .duration(DurationBounds.shift), default: "0 s",
    doc: "Shifts the starts of windows from the epoch; shorter than the distance between them.")
  static let timeZone = OptionDescriptor(
    "time_zone", .text, default: "UTC",
    doc: """
      Whose days they are, such as `Europe/Berlin`, for windows of whole days: a day lasts from \
      midnight to midnight there, 23 or 25 hours where clocks change.
      """)
  static let allowedLateness = OptionDescriptor(
    "allowed_lateness", .duration(DurationBounds.length), default: "0 s",
    doc: "How long a fired window is kept so that late rows still change its result.")
  static let late = OptionDescriptor(
    "late", .choice(LatePolicy.allCases.map(\.rawValue)), default: "drop",
    doc: """
      What happens to a row whose window has fired: `drop` sends it to the late stream; \
      `update` fires the window again as +U; `correct` does so as a pair -U and +U, for sinks \
      that cannot overwrite.
      """)
  static let early = OptionDescriptor(
    "early", .list,
    doc: """
      Firings before the window's end: `every 10 s` each time the watermark passes a multiple of \
      that, `every 100 rows` with so many rows of the window, `on each row`. A list for several. \
      Flink's ContinuousEventTimeTrigger and CountTrigger, beside the firing at the end.
      """)
  static let firing = OptionDescriptor(
    "firing", .choice(["accumulating", "discarding"]), default: "accumulating",
    doc: """
      Whether each firing gives all rows so far (and replaces the one before it), or only the rows \
      since the one before it, so that results add up: Flink's PurgingTrigger.
      """)

  static let ofEveryWindow = [early, firing, allowedLateness, late]
}
