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

  /// Every function with what it computes; what is said of several is said once.
  private static let functions: String = {
    var paragraphs: [(heads: [String], notes: String)] = []
    for function in AggregateSpec.Function.allCases {
      let head = "\(function.signature): \(function.summary)"
      if paragraphs.last?.notes == function.notes {
        paragraphs[paragraphs.count - 1].heads.append(head)
      } else {
        paragraphs.append(([head], function.notes))
      }
    }
    return paragraphs.map { ($0.heads + [$0.notes]).joined(separator: "\n") }
      .joined(separator: "\n\n")
  }()
}
