extension Descriptor {
  /// `parse: csv`.
  public static let csv = Descriptor(
    name: "csv", kind: .format,
    summary: "Reads comma-separated values (RFC 4180).",
    details: """
      With a header, a column takes the field of its name, wherever it stands; without one, fields \
      are taken in the order in which the columns are declared. An empty field without quotes is \
      NULL.
      """,
    options: FormatOptions.shared() + [
      OptionDescriptor(
        "header", .boolean, default: "true",
        doc: "Whether each file starts with a line of column names."),
      OptionDescriptor(
        "delimiter", .text, default: "\",\"",
        doc: "The character between fields: one ASCII character, or `tab`."),
      OptionDescriptor(
        "null", .text, doc: "A text that stands for NULL, beside the empty field."),
    ],
    example: """
      - parse: csv
        delimiter: ";"
        columns:
          sensor: STRING
          measured_at: { type: TIMESTAMP_LTZ(3), unit: ms }
          temperature: DOUBLE
        event_time: measured_at
        watermark: { out_of_orderness: 2 s }
      """)
}
