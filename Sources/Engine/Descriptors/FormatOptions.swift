/// Options that every record format has.
enum FormatOptions {
  static let units = TimeFormat.EpochUnit.allCases.map(\.rawValue)

  static let unit = OptionDescriptor(
    "unit", .choice(units),
    doc: "Times are numbers since 1970-01-01 UTC in this unit; without it they are ISO-8601.")

  static let timeFormat = OptionDescriptor(
    "time_format", .text,
    doc: "The pattern that times are written in, such as `dd/MMM/yyyy:HH:mm:ss Z`.")

  static func columns(required: Bool) -> OptionDescriptor {
    OptionDescriptor(
      "columns", .columnTypes, required: required,
      doc: """
        Names of columns, each with its type, or with `{type: …, unit: …}` or \
        `{type: …, time_format: …}` for a time that is written in its own way.
        """)
  }

  static func eventTime(default column: String?) -> OptionDescriptor {
    OptionDescriptor(
      "event_time", .text, default: column,
      doc: "The column that says when the event happened; windows need it.")
  }

  static let watermark = OptionDescriptor(
    "watermark",
    .group([
      OptionDescriptor(
        "out_of_orderness", .duration(DurationBounds.length), default: "0 s",
        doc: """
          How far behind the newest event time the watermark stays: longer waits for more \
          stragglers, shorter gives results sooner.
          """),
      OptionDescriptor(
        "max_future", .duration(DurationBounds.positive),
        doc: """
          An event further than this ahead of the watermark is a dead letter, so that one bad \
          clock does not close every window.
          """),
    ]),
    doc: "When the watermark moves: it promises that no earlier event is expected.")

  /// What a format has beside its own options.
  static func shared(columnsRequired: Bool = true, eventTime: String? = nil) -> [OptionDescriptor] {
    [
      columns(required: columnsRequired), FormatOptions.eventTime(default: eventTime), watermark,
      unit, timeFormat,
    ]
  }
}
