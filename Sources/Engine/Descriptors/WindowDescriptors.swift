import Columns

extension Descriptor {
  /// `window: tumbling`.
  public static let tumbling = Descriptor(
    name: "tumbling", kind: .window,
    summary: "Cuts event time into windows of one size that neither overlap nor leave gaps.",
    details: """
      A window is [start, start + size); it fires when the watermark reaches its last millisecond. \
      Windows start at multiples of the size since 1970-01-01 UTC, shifted by the offset: a day in \
      UTC+8 is `size: 1 d, offset: -8 h`; a day with summer time is `size: 1 d, time_zone: \
      Europe/Berlin`. A row whose window has fired is late; `late:` says what \
      becomes of it. Rows later than the allowed lateness go to the step's `late` stream.
      Flink's word: TumblingEventTimeWindows, or TUMBLE.
      """,
    options: [
      OptionDescriptor(
        "size", .duration(DurationBounds.positive), required: true,
        doc: "The length of a window."),
      WindowOptions.offset, WindowOptions.timeZone,
    ] + WindowOptions.ofEveryWindow,
    example: """
      - window: tumbling
        size: 1 m
        allowed_lateness: 30 s
        late: update
      """)

  /// `window: sliding`.
  public static let sliding = Descriptor(
    name: "sliding", kind: .window,
    summary: "Windows of one size that start again and again, so that they overlap.",
    details: """
      A window of `size` starts every `slide`: with 10 m and 5 m every row is in two of them. Rows \
      are added once, to a pane as long as the greatest common divisor of the two, and a window is \
      put together from its panes when it fires. A row that is late for some of its windows is \
      taken into the others, and counted as partly late. A slide over the size leaves gaps; rows \
      in them fall into no window, and are counted.
      Flink's word: SlidingEventTimeWindows, or HOP.
      """,
    options: [
      OptionDescriptor(
        "size", .duration(DurationBounds.positive), required: true,
        doc: "The length of a window."),
      OptionDescriptor(
        "slide", .duration(DurationBounds.positive), required: true,
        doc: "From the start of a window to the start of the next."),
      WindowOptions.offset, WindowOptions.timeZone,
    ] + WindowOptions.ofEveryWindow,
    example: """
      - window: sliding
        size: 10 m
        slide: 5 m
      """)

  /// `window: cumulating`.
  public static let cumulating = Descriptor(
    name: "cumulating", kind: .window,
    summary: "Windows that start together and grow by a step up to a greatest length.",
    details: """
      With `step: 2 m` and `max: 10 m` the windows of 08:00 end at 08:02, 08:04 … 08:10; then they \
      start again. So the day so far is `step: 1 m, max: 1 d`. A window comes out at each step even \
      if no row came since the one before it.
      Flink's word: CUMULATE.
      """,
    options: [
      OptionDescriptor(
        "step", .duration(DurationBounds.positive), required: true,
        doc: "How much longer each window is than the one before it."),
      OptionDescriptor(
        "max", .duration(DurationBounds.positive), required: true,
        doc: "The length of the longest: a multiple of the step."),
      WindowOptions.offset, WindowOptions.timeZone,
    ] + WindowOptions.ofEveryWindow,
    example: """
      - window: cumulating
        step: 1 h
        max: 1 d
      """)

  /// `window: session`.
  public static let session = Descriptor(
    name: "session", kind: .window,
    summary: "Rows of a key with no gap between them: a window as long as the activity lasts.",
    details: """
      A row is [time, time + gap), and rows of a key whose stretches touch or overlap are one \
      session: two rows exactly one gap apart still are. A late row may join a session that has \
      fired, or bridge two of them: a result whose bounds no longer hold is taken back with -D, and \
      the session fires again under its new bounds.
      Flink's word: EventTimeSessionWindows, or SESSION.
      """,
    options: [
      OptionDescriptor(
        "gap", .duration(DurationBounds.positive), required: true,
        doc: "How long a key must be silent for its session to end.")
    ] + WindowOptions.ofEveryWindow,
    example: """
      - window: session
        gap: 30 m
      """)

  /// `window: count`.
  public static let count = Descriptor(
    name: "count", kind: .window,
    summary: "So many rows of a key, in the order in which they arrive.",
    details: """
      It fires with its last row, whatever the event times; window_start and window_end span those \
      of its rows where there are any. Rows of a window that is not full when the input ends stay \
      in it: as in Flink, they do not come out.
      Flink's word: countWindow.
      """,
    options: [
      OptionDescriptor(
        "rows", .integer(1...1_000_000_000), required: true, doc: "The number of rows in a window.")
    ],
    example: """
      - window: count
        rows: 100
      """)

  /// `window: global`.
  public static let global = Descriptor(
    name: "global", kind: .window,
    summary: "All rows of a key in one window, which fires when a trigger says so.",
    details: """
      It has no end, so `fire` is needed: `every 100 rows`, `on each row`, or `every 10 s` of event \
      time. State grows with the number of keys and is never dropped. At the end of the input it \
      fires what has come since the last firing.
      Flink's word: GlobalWindows with a trigger.
      """,
    options: [
      OptionDescriptor(
        "fire", .list, required: true,
        doc: """
          When it fires: `every 10 s` each time the watermark passes a multiple of that, `every \
          100 rows`, or `on each row`. A list for several.
          """),
      WindowOptions.firing,
    ],
    example: """
      - window: global
        fire: on each row
      """)
}
