extension Descriptor {
  /// `derive: {NAME: EXPRESSION}`.
  public static let derive = Descriptor(
    name: "derive", kind: .operator,
    summary: "Adds a column for each expression.",
    details: """
      The columns stand behind those of the row, in the order they are written; later expressions \
      see earlier ones. A row for which an expression fails goes to the step's dead letters.
      Flink's word: map, or SELECT with an expression.
      """,
    options: [
      OptionDescriptor(
        "derive", .namedExpressions, required: true,
        doc: "Names of new columns, each with its expression.")
    ],
    example: """
      - derive:
          region: UPPER(country)
          cents: CAST(cost * 100 AS BIGINT)
      """)
}
