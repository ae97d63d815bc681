extension Descriptor {
  /// `key_by: [COLUMNS]`.
  public static let keyBy = Descriptor(
    name: "key_by", kind: .operator,
    summary: "Groups rows by the values of columns; the window after it counts each group apart.",
    details: """
      Rows with equal keys go to the same subtask, by key group. NULL is a key like any other. \
      A window without it has one group: all rows.
      Flink's word: keyBy, or GROUP BY.
      """,
    options: [
      OptionDescriptor(
        "key_by", .columns, required: true, doc: "The key's columns; one alone needs no brackets.")
    ],
    example: """
      - key_by: [ad_id, country]
      """)
}
