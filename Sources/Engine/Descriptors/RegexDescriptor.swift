extension Descriptor {
  /// `parse: regex`.
  public static let regex = Descriptor(
    name: "regex", kind: .format,
    summary: "Reads lines by the named groups of a regular expression.",
    details: """
      A column takes the group of its name; a group that took no part in the match is NULL. A \
      line in which the expression is not found is a dead letter; `^` and `$` bind it to the \
      whole line. The dialect is ICU's, near Java's.
      """,
    options: [
      OptionDescriptor(
        "pattern", .text, required: true,
        doc: "The regular expression, with a group `(?<name>…)` for each column.")
    ] + FormatOptions.shared(),
    example: """
      - parse: regex
        pattern: '(?<at>\\S+ \\S+) (?<level>[A-Z]+) (?<took>\\d+)ms .*'
        columns:
          at: { type: TIMESTAMP_LTZ(3), time_format: "yyyy-MM-dd HH:mm:ss" }
          level: STRING
          took: BIGINT
        event_time: at
      """)
}
