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

extension Descriptor {
  /// `window: tumbling`.
  public static let tumbling = Descriptor(
    name: "tumbling", kind: .window,
    summary: "Cuts event time into windows of one size that neither overlap nor leave gaps.",
    details: """
      A window is [start, start + size); it fires when the watermark reaches its last millisecond. \
      Windows start at multiples of the size since 1970-01-01 UTC, shifted by the offset: a day in \
      UTC+8 is `size: 1 d, offset: -8 h`. A row whose window has fired is late; `late:` says what \
      becomes of it. Rows later than the allowed lateness go to the step's `late` stream.
      Flink's word: TumblingEventTimeWindows, or TUMBLE.
      """,
    options: [
      OptionDescriptor(
        "size", .duration(DurationBounds.positive), required: true,
        doc: "The length of a window."),
      OptionDescriptor(
        "offset", .duration(DurationBounds.shift), default: "0 s",
        doc: "Shifts the starts of windows; shorter than the size."),
      OptionDescriptor(
        "allowed_lateness", .duration(DurationBounds.length), default: "0 s",
        doc: "How long a fired window is kept so that late rows still change its result."),
      OptionDescriptor(
        "late", .choice(LatePolicy.allCases.map(\.rawValue)), default: "drop",
        doc: """
          What happens to a row whose window has fired: `drop` sends it to the late stream; \
          `update` fires the window again as +U; `correct` does so as a pair -U and +U, for sinks \
          that cannot overwrite.
          """),
    ],
    example: """
      - window: tumbling
        size: 1 m
        allowed_lateness: 30 s
        late: update
      """)
}
