public import Columns
public import Expressions

/// One aggregate of a window.
public struct AggregateSpec: Sendable {
  public enum Function: String, Sendable, CaseIterable {
    case count = "COUNT"
    case sum = "SUM"
    case average = "AVG"
    case min = "MIN"
    case max = "MAX"
    case first = "FIRST_VALUE"
    case last = "LAST_VALUE"
    case argMin = "ARG_MIN"
    case argMax = "ARG_MAX"
    case stddevPop = "STDDEV_POP"
    case varPop = "VAR_POP"
    case stddevSamp = "STDDEV_SAMP"
    case varSamp = "VAR_SAMP"
    case percentile = "PERCENTILE"
    case approxCountDistinct = "APPROX_COUNT_DISTINCT"
    case listAgg = "LISTAGG"
    case topK = "TOP_K"
    case histogram = "HISTOGRAM"
  }

  /// The column it fills.
  public var name: String
  public var function: Function
  /// Whether equal values count once: `COUNT(DISTINCT x)`.
  public var isDistinct: Bool
  /// Nil for `COUNT(*)`.
  public var argument: CompiledExpression?
  /// What decides which value of the argument is taken: `y` of `ARG_MIN(x, y)`.
  public var second: CompiledExpression?
  /// A constant of the call: the separator of `LISTAGG`, `p` of `PERCENTILE`, `k` of
  /// `TOP_K`.
  public var constant: Value?
  /// `FILTER (WHERE …)`.
  public var filter: CompiledExpression?
  /// The type of the result.
  public var type: ColumnType

  public init(
    name: String, function: Function, isDistinct: Bool = false, argument: CompiledExpression?,
    second: CompiledExpression? = nil, constant: Value? = nil, filter: CompiledExpression? = nil,
    type: ColumnType
  ) {
    self.name = name
    self.function = function
    self.isDistinct = isDistinct
    self.argument = argument
    self.second = second
    self.constant = constant
    self.filter = filter
    self.type = type
  }

  /// The call as it is written: `COUNT(DISTINCT user) FILTER (WHERE cost > 0)`.
  public var call: String {
    let constant = constant.map { value in
      if case .string(let text) = value {
        "'\(text.replacing("'", with: "''"))'"
      } else {
        value.description
      }
    }
    let arguments = [argument?.text ?? "*", second?.text, constant].compactMap(\.self)
    let distinct = isDistinct ? "DISTINCT " : ""
    let call = "\(function.rawValue)(\(distinct)\(arguments.joined(separator: ", ")))"
    return filter.map { "\(call) FILTER (WHERE \($0.text))" } ?? call
  }

  /// What its state in a checkpoint depends on.
  var shape: String {
    let arguments = [
      argument?.type.name ?? "*", second?.type.name, constant.map { "'\($0.description)'" },
    ].compactMap(\.self)
    let distinct = isDistinct ? " DISTINCT" : ""
    return "\(name):\(function.rawValue)\(distinct):\(arguments.joined(separator: ":"))"
  }

  /// The result's type for an argument's type: nil where the function does not take it.
  ///
  /// As in Flink, with one difference: SUM of INT is INT there; here it is BIGINT so that an hour
  /// of it does not overflow. AVG, STDDEV and VAR of integers are integers, without their fraction.
  public static func resultType(of function: Function, argument: ColumnType?) -> ColumnType? {
    guard let argument else { return function == .count ? .bigint : nil }
    let isComparable = !argument.isCollection
    return switch function {
    case .count, .approxCountDistinct: .bigint
    case .sum:
      switch argument {
      case .int, .bigint: .bigint
      case .double: .double
      case .decimal(_, let scale): .decimal(precision: maxDecimalPrecision, scale: scale)
      default: nil
      }
    case .average:
      argument.isDecimal
        ? .decimal(precision: maxDecimalPrecision, scale: Swift.max(argument.scale, 6))
        : argument.isNumeric ? argument : nil
    case .stddevPop, .stddevSamp, .varPop, .varSamp:
      argument.isNumeric && !argument.isDecimal ? argument : nil
    case .percentile: argument.isNumeric ? .double : nil
    case .listAgg: argument == .string ? .string : nil
    case .min, .max: isComparable ? argument : nil
    case .first, .last, .argMin, .argMax: argument
    case .topK: isComparable ? .array(argument) : nil
    case .histogram: isComparable ? .map(key: .string, value: .bigint) : nil
    }
  }
}

extension AggregateSpec.Function {
  /// What a function takes after the value that it aggregates.
  public enum Parameter: Sendable {
    /// The value that decides: `y` of `ARG_MIN(x, y)`.
    case decider
    /// `p` of `PERCENTILE(x, p)`: a constant from 0 to 1.
    case fraction
    /// The separator of `LISTAGG(x, sep)`: a constant text.
    case separator
    /// `k` of `TOP_K(x, k)`: a constant whole number.
    case limit
  }

  /// The greatest `k` of `TOP_K`.
  public static let maxLimit = 1000

  public var parameter: Parameter? {
    switch self {
    case .argMin, .argMax: .decider
    case .percentile: .fraction
    case .listAgg: .separator
    case .topK: .limit
    default: nil
    }
  }

  /// Whether a constant may be its second argument.
  public func accepts(_ constant: Value) -> Bool {
    switch parameter {
    case .fraction: constant.number.map { (0...1).contains($0) } ?? false
    case .limit:
      if case .integer(let value) = constant {
        (1...Self.maxLimit).contains(Int(value))
      } else {
        false
      }
    case .separator: constant.text != nil
    case .decider, nil: false
    }
  }

  /// How many arguments it takes; none is `COUNT(*)`.
  public var argumentCounts: ClosedRange<Int> {
    switch self {
    case .count: 0...1
    case .argMin, .argMax, .percentile, .topK: 2...2
    case .listAgg: 1...2
    default: 1...1
    }
  }

  /// Whether `DISTINCT` may stand before its argument. To MIN and MAX it means nothing.
  public var takesDistinct: Bool {
    switch self {
    case .count, .sum, .average, .listAgg, .min, .max: true
    default: false
    }
  }
}
