internal import Engine

/// The options that several sinks share.
enum OutputOptions {
  static let times = OptionDescriptor(
    "times", .choice(TimeStyle.allCases.map(\.rawValue)), default: TimeStyle.iso.rawValue,
    doc: "How times are written: iso is 2026-01-31T12:00:00.000Z, millis is ms since the epoch.")

  static let include = OptionDescriptor(
    "include", .list,
    doc: "Columns about the row to write too: kind (+I, -U, +U, -D), firing, window_time, "
      + "watermark. kind is written without being asked for where a result can change.")

  static func format(default defaultText: String?, doc: String) -> OptionDescriptor {
    OptionDescriptor(
      "format", .choice(RowFormat.Kind.allCases.map(\.rawValue)), default: defaultText, doc: doc)
  }
}
