public import Columns
public import Expressions

/// A keyed window with its aggregates.
public struct WindowSpec: Sendable {
  public var assigner: WindowAssigner
  /// How long a fired window is kept for late rows, ms. 0 with ``LatePolicy/drop``.
  public var allowedLatenessMs: Int64
  public var late: LatePolicy
  /// The key columns of the input, by position; empty for one window over all rows.
  public var keys: [Int]
  public var aggregates: [AggregateSpec]

  public init(
    assigner: WindowAssigner, allowedLatenessMs: Int64 = 0, late: LatePolicy = .drop, keys: [Int],
    aggregates: [AggregateSpec]
  ) {
    self.assigner = assigner
    self.allowedLatenessMs = allowedLatenessMs
    self.late = late
    self.keys = keys
    self.aggregates = aggregates
  }

  /// The columns of a result: keys, `window_start`, `window_end`, the aggregates, then columns
  /// about the row: `kind`, `firing`, `window_time`, `watermark`.
  public func resultSchema(input: Schema) -> Schema {
    Schema(
      keys.map { input.fields[$0] }
        + [Field("window_start", .timestampLTZ), Field("window_end", .timestampLTZ)]
        + aggregates.map { Field($0.name, $0.type) }
        + [
          Field("kind", .string, isMeta: true), Field("firing", .bigint, isMeta: true),
          Field("window_time", .timestampLTZ, isMeta: true),
          Field("watermark", .timestampLTZ, isMeta: true),
        ])
  }

  /// Whether a result may be replaced by a later one, so that sinks must show the row kind.
  public var resultsChange: Bool { late != .drop && allowedLatenessMs > 0 }
}

/// Which windows a time falls into.
public enum WindowAssigner: Sendable, Hashable {
  /// `[start, start + size)`, ms; |offset| < size.
  case tumbling(sizeMs: Int64, offsetMs: Int64)
}

/// What happens to a row whose window has fired.
public enum LatePolicy: String, Sendable, CaseIterable {
  /// It goes to the late stream.
  case drop
  /// Within the allowed lateness the window fires again with it, as `+U`.
  case update
  /// The same, as the old result `-U` and the new one `+U`.
  case correct
}

/// One aggregate of a window.
public struct AggregateSpec: Sendable {
  public enum Function: String, Sendable, CaseIterable {
    case count = "COUNT"
    case sum = "SUM"
    case average = "AVG"
    case min = "MIN"
    case max = "MAX"
  }

  /// The column it fills.
  public var name: String
  public var function: Function
  /// `COUNT(DISTINCT x)`.
  public var isDistinct: Bool
  /// Nil for `COUNT(*)`.
  public var argument: CompiledExpression?
  /// `FILTER (WHERE …)`.
  public var filter: CompiledExpression?
  /// The type of the result.
  public var type: ColumnType

  public init(
    name: String, function: Function, isDistinct: Bool = false, argument: CompiledExpression?,
    filter: CompiledExpression? = nil, type: ColumnType
  ) {
    self.name = name
    self.function = function
    self.isDistinct = isDistinct
    self.argument = argument
    self.filter = filter
    self.type = type
  }

  /// The result's type for an argument's type: nil where the function does not take it.
  ///
  /// As in Flink: SUM and AVG keep the type of an integer argument (SUM of INT is INT in Flink;
  /// here it is BIGINT so that an hour of it does not overflow), AVG of integers truncates.
  public static func resultType(of function: Function, argument: ColumnType?) -> ColumnType? {
    switch function {
    case _ where argument?.isDecimal == true || argument?.isCollection == true:
      function == .count ? .bigint : nil
    case .count: .bigint
    case .sum:
      switch argument {
      case .int, .bigint: .bigint
      case .double: .double
      default: nil
      }
    case .average: argument.flatMap { $0.isNumeric ? $0 : nil }
    case .min, .max: argument
    }
  }
}
