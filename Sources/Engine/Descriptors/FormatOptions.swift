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

  static let arrival = OptionDescriptor(
    "arrival", .text,
    doc: """
      The column that says when each record arrived. Several splits are then read in the order of \
      arrival, and it stands for the clock: silence, periods and processing time are measured in it. \
      A record without one arrived with the one before it.
      """)

  /// What a format has beside its own options.
  static func shared(columnsRequired: Bool = true, eventTime: String? = nil) -> [OptionDescriptor] {
    [
      columns(required: columnsRequired), FormatOptions.eventTime(default: eventTime), arrival,
      WatermarkOptions.watermark, unit, timeFormat,
    ]
  }
}
