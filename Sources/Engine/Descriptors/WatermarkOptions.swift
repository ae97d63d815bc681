/// The options of a watermark.
enum WatermarkOptions {
  static let strategies = ["bounded", "monotonous", "processing_time"]

  static let watermark = OptionDescriptor(
    "watermark", .group(members), short: "strategy",
    doc: """
      When the watermark moves: it promises that no earlier event is expected. Each split has its \
      own; the lowest of those that count is the operator's. `watermark: processing_time` is short \
      for `watermark: { strategy: processing_time }`.
      """)

  private static let members = [
    OptionDescriptor(
      "strategy", .choice(strategies), default: "bounded",
      doc: """
        `bounded` stays behind the newest event time by out_of_orderness; `monotonous` is the same \
        with 0 s, for logs in order; `processing_time` takes the time of reading (or where the log \
        has it, of arrival) as event time, in a column `processing_time`.
        """),
    OptionDescriptor(
      "out_of_orderness", .duration(DurationBounds.length), default: "0 s",
      doc: """
        How far behind the newest event time the watermark stays: longer waits for more \
        stragglers, shorter gives results sooner.
        """),
    OptionDescriptor(
      "from", .expression,
      doc: """
        A column, or an expression, of type TIMESTAMP_LTZ(3) or TIMESTAMP(3) that carries the \
        watermark: after each row it is that value, never backwards; NULL changes nothing. It is \
        taken at its word: rows behind it are late, however soon they come.
        """),
    OptionDescriptor(
      "max_future", .duration(DurationBounds.positive),
      doc: """
        An event (or a carried watermark) further than this ahead of the watermark is a dead \
        letter, so that one bad clock does not close every window.
        """),
    OptionDescriptor(
      "idle_after", .duration(DurationBounds.positive),
      doc: """
        A split that gives no row for longer than this is idle: it no longer holds the watermark \
        back. It is back with its next row, and counts again when it has caught up. Measured by \
        `arrival:` where the log has it, so that a replay gives what the live job gave; else in \
        processing time, while a split has nothing to read: a file without arrivals is never idle.
        """),
    OptionDescriptor(
      "max_drift", .duration(DurationBounds.positive),
      doc: """
        A split waits while its watermark is further than this ahead of the slowest active one's. \
        It is paused, not idle. Flink's word: watermark alignment.
        """),
    OptionDescriptor(
      "emit", .text, default: "per_event",
      doc: """
        When the watermark is passed on: `per_event`; `every 100 rows`, counted over all records \
        of all splits, which is as deterministic; or `every 1 s`, measured by `arrival:` where the \
        log has it, else in processing time, and then results depend on speed.
        """),
  ]
}
