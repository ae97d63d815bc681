extension Descriptor {
  /// `filter: CONDITION`.
  public static let filter = Descriptor(
    name: "filter", kind: .operator,
    summary: "Keeps the rows for which a condition is TRUE.",
    details: """
      Rows for which the condition is FALSE or NULL are counted as filtered. A row for which it \
      has no value at all (a division by zero, a CAST that fails) goes to the step's dead letters.
      Flink's word: filter, or WHERE.
      """,
    options: [
      OptionDescriptor(
        "filter", .expression, required: true,
        doc: "A BOOLEAN expression over the columns of the row.")
    ],
    example: """
      - filter: country IN ('DE', 'FR') AND cost > 0
      """)
}
