extension AggregateSpec.Function {
  /// How a call is written.
  public var signature: String {
    switch self {
    case .count: "COUNT(*), COUNT([DISTINCT] x)"
    case .sum: "SUM([DISTINCT] x)"
    case .average: "AVG([DISTINCT] x)"
    case .argMin, .argMax: "\(rawValue)(x, y)"
    case .percentile: "PERCENTILE(x, p)"
    case .listAgg: "LISTAGG([DISTINCT] x [, separator])"
    case .topK: "TOP_K(x, k)"
    default: "\(rawValue)(x)"
    }
  }

  /// One line: what it computes.
  public var summary: String {
    switch self {
    case .count: "How many rows, or how many (different) values that are not NULL."
    case .sum: "The sum of the (different) values."
    case .average: "The mean of the (different) values."
    case .min: "The least value."
    case .max: "The greatest value."
    case .first: "The value that came first."
    case .last: "The value that came last."
    case .argMin: "The x of the row with the least y."
    case .argMax: "The x of the row with the greatest y."
    case .stddevPop: "The standard deviation of all values."
    case .stddevSamp: "The standard deviation, estimated from a sample."
    case .varPop: "The variance of all values."
    case .varSamp: "The variance, estimated from a sample."
    case .percentile: "The value below which the part p of the values lies."
    case .approxCountDistinct: "About how many different values there are."
    case .listAgg: "The texts in the order of arrival, joined by a separator, ',' by default."
    case .topK: "The k greatest values, the greatest first."
    case .histogram: "How often each value comes."
    }
  }

  /// Types, NULL, order, error and memory.
  public var notes: String {
    switch self {
    case .count:
      "BIGINT, never NULL. DISTINCT is exact and keeps every different value: about 30 bytes for "
        + "each, and its text. 0 and -0 are one value, and every NaN is one."
    case .sum:
      """
      Of INT and BIGINT a BIGINT: a row that would make it too large goes to the dead letters. \
      Of DOUBLE a DOUBLE, added in the order of arrival for each key and pane; of DECIMAL(p, s) a \
      DECIMAL(38, s). NULL without a value. A SUM(DISTINCT) or a sum of decimals that is too \
      large has no result.
      """
    case .average:
      """
      The type of x; of integers without its fraction (CAST x to DOUBLE to keep it); of \
      DECIMAL(p, s) a DECIMAL with 38 digits, at least 6 of them after the point. The sum inside \
      cannot overflow. NULL without a value.
      """
    case .min, .max:
      "The type of x. Texts are compared by code points; NaN is the greatest number. NULL without "
        + "a value."
    case .first, .last:
      "The type of x, by the number of the record, not by event time: for that take "
        + "\(self == .first ? "ARG_MIN" : "ARG_MAX")(x, time). NULLs are passed over, as in Flink."
    case .argMin, .argMax:
      "The type of x, which may be NULL. Rows with y NULL are passed over; of equal y the first to "
        + "arrive counts. Not in Flink."
    case .stddevPop, .varPop:
      "The type of x, as in Flink; of integers without its fraction (CAST x to DOUBLE to keep it). "
        + "Welford's way: nothing cancels. NULL without a value."
    case .stddevSamp, .varSamp:
      "The type of x, as in Flink; of integers without its fraction (CAST x to DOUBLE to keep it). "
        + "Welford's way: nothing cancels. NULL for fewer than two values."
    case .percentile:
      """
      DOUBLE; p is a constant from 0 to 1. The value at rank (n - 1) · p, between two neighbours \
      where the rank is, as in Flink. Exact up to \(PercentileState.exactLimit) values for a key \
      and window; beyond that each neighbour is off by at most 1/256 of itself, in 12 bytes for \
      each of 128 buckets for each factor of two (at most 6 MB). The same in any order of the rows.
      """
    case .approxCountDistinct:
      """
      BIGINT, never NULL. Exact up to \(DistinctSketch.exactLimit) values for a key and window; \
      beyond that a HyperLogLog of 4 kB: two results of three are within 1.6 % (1.04/√4096), 99 of \
      100 within 4.2 %. The same in any order of the rows.
      """
    case .listAgg:
      "STRING; NULL without a value. DISTINCT keeps the first of equal texts. It holds every text "
        + "of the window in memory."
    case .topK:
      "ARRAY of the type of x; equal values count each; k is a constant from 1 to "
        + "\(Self.maxLimit). NULL without a value. As ksqlDB's TOPK; not in Flink."
    case .histogram:
      """
      MAP<STRING, BIGINT> from each value as text to its count, the least value first. Of more \
      than \(HistogramState.limit) different values it keeps the least, and counts all others \
      under '…'. NULL without a value. As ksqlDB's HISTOGRAM; not in Flink.
      """
    }
  }

  /// A call that passes the check, over the columns of the descriptor's example.
  public var example: String {
    switch self {
    case .count: "visitors: COUNT(DISTINCT user)"
    case .sum: "spend: SUM(cost) FILTER (WHERE cost > 0)"
    case .argMin, .argMax: "dearest_ad: \(rawValue)(ad_id, cost)"
    case .percentile: "p95: PERCENTILE(cost, 0.95)"
    case .approxCountDistinct: "visitors: APPROX_COUNT_DISTINCT(user)"
    case .listAgg: "users: LISTAGG(DISTINCT user, '; ')"
    case .topK: "dearest: TOP_K(cost, 3)"
    case .histogram: "devices: HISTOGRAM(device)"
    default: "result: \(rawValue)(cost)"
    }
  }
}

extension AggregateSpec {
  /// What it keeps for each key and window beyond a few numbers: nil for nothing.
  public var memory: String? {
    switch function {
    case .listAgg: isDistinct ? "every distinct text" : "every text"
    case .count, .sum, .average: isDistinct ? "every distinct value" : nil
    case .percentile: "up to \(PercentileState.exactLimit) values, then a sketch"
    case .approxCountDistinct: "up to 4 kB"
    case .topK: constant.map { "up to \($0) values" }
    case .histogram: "up to \(HistogramState.limit) distinct values"
    default: nil
    }
  }
}
