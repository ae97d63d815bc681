extension Descriptor {
  /// `aggregate: {NAME: CALL}`.
  public static let aggregate = Descriptor(
    name: "aggregate", kind: .operator,
    summary: "Computes a row of results for each key and window.",
    details: """
      COUNT(*), COUNT(x), COUNT(DISTINCT x), SUM(x), AVG(x), MIN(x), MAX(x), each with \
      FILTER (WHERE …). Results carry the key's columns, window_start and window_end, then the \
      aggregates as declared. A row for which an argument fails, or that would make a SUM too \
      large for BIGINT, goes to the step's dead letters.
      Flink's word: aggregate, or GROUP BY over a window.
      """,
    options: [
      OptionDescriptor(
        "aggregate", .namedExpressions, required: true,
        doc: "Names of the results' columns, each with the call of an aggregate.")
    ],
    example: """
      - aggregate:
          clicks: COUNT(*)
          spend: SUM(cost) FILTER (WHERE cost > 0)
      """)
}
