extension Descriptor {
  /// `aggregate: {NAME: CALL}`.
  public static let aggregate = Descriptor(
    name: "aggregate", kind: .operator,
    summary: "Computes a row of results for each key and window.",
    details: """
      Results carry the key's columns, window_start and window_end, then the aggregates as \
      declared. Each call may have FILTER (WHERE …): only rows for which that is TRUE count. Rows \
      with x NULL do not count, as in SQL. A row for which an argument fails, or that would make a \
      SUM too large for BIGINT, goes to the step's dead letters and is in no aggregate.
      Flink's word: aggregate, or GROUP BY over a window.

      Aggregates
      \(functions)
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

  private static let functions = AggregateSpec.Function.allCases.map {
    "\($0.signature): \($0.summary) \($0.notes)"
  }.joined(separator: "\n")
}
