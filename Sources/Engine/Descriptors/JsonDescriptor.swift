extension Descriptor {
  /// `parse: json`.
  public static let json = Descriptor(
    name: "json", kind: .format,
    summary: "Reads one JSON object a line.",
    details: """
      A column takes the field of its name; a field that is missing or null is NULL; fields that \
      nobody reads are skipped unparsed. A line that is not an object, or a value that does not \
      fit its column, is a dead letter.
      """,
    options: FormatOptions.shared(),
    example: """
      - parse: json
        columns:
          click_time: TIMESTAMP_LTZ(3)
          ad_id: STRING
          cost: DOUBLE
        event_time: click_time
        watermark: { out_of_orderness: 5 s, max_future: 1 h }
      """)
}
