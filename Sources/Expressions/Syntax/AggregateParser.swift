/// A call of an aggregate: `COUNT(DISTINCT user) FILTER (WHERE cost > 0)`.
public struct AggregateCall: Hashable, Sendable {
  /// Its upper-case name, such as `SUM`.
  public var function: String
  /// Whether equal values count once.
  public var isDistinct: Bool
  /// What is aggregated; empty for `COUNT(*)`.
  public var arguments: [Expression]
  /// The condition that a row must fulfil to be counted.
  public var filter: Expression?
  /// Where the call stands in its text: UTF-8 bytes.
  public var range: Range<Int>

  public init(
    function: String, isDistinct: Bool = false, arguments: [Expression], filter: Expression? = nil,
    range: Range<Int> = 0..<0
  ) {
    self.function = function
    self.isDistinct = isDistinct
    self.arguments = arguments
    self.filter = filter
    self.range = range
  }

  public static func == (left: AggregateCall, right: AggregateCall) -> Bool {
    left.function == right.function && left.isDistinct == right.isDistinct
      && left.arguments == right.arguments && left.filter == right.filter
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(function)
    hasher.combine(isDistinct)
    hasher.combine(arguments)
    hasher.combine(filter)
  }
}

extension AggregateCall: CustomStringConvertible {
  /// The call as SQL: parsed again, it is equal to this one.
  public var description: String {
    let list =
      arguments.isEmpty ? "*" : arguments.map(\.description).joined(separator: ", ")
    let call = "\(function)(\(isDistinct ? "DISTINCT " : "")\(list))"
    return filter.map { "\(call) FILTER (WHERE \($0))" } ?? call
  }
}

/// Reads the call of an aggregate.
public enum AggregateParser {
  /// - Parameter known: the upper-case names of the aggregates there are.
  public static func parse(
    _ text: String, known: [String]
  ) -> Result<AggregateCall, ExpressionFaults> {
    Parser.run(text) { parser throws(ExpressionFault) in try parser.aggregate(known: known) }
  }
}

extension Parser {
  mutating func aggregate(known: [String]) throws(ExpressionFault) -> AggregateCall {
    let name = current
    guard name.kind == .word, following.kind == .sign, following.text == "(" else {
      throw unexpected("an aggregate is missing here", hint: "such as COUNT(*) or SUM(cost)")
    }
    guard known.contains(name.keyword) else {
      throw ExpressionFault(
        range: name.range, message: "there is no aggregate '\(name.text)'",
        hint: Suggestion.hint(name.keyword, among: known, called: "aggregates"))
    }
    advance()
    advance()
    var call = AggregateCall(function: name.keyword, arguments: [])
    if current.kind == .sign, current.text == "*" {
      guard name.keyword == "COUNT" else {
        throw ExpressionFault(
          range: current.range, message: "only COUNT takes '*'",
          hint: "name what to aggregate: \(name.keyword)(column)")
      }
      advance()
    } else {
      call.isDistinct = accept("DISTINCT")
      if !call.isDistinct { _ = accept("ALL") }
      if current.kind == .sign, current.text == ")" {
        throw unexpected(
          "\(name.keyword) needs an argument", hint: name.keyword == "COUNT" ? "COUNT(*)" : nil)
      }
      repeat { call.arguments.append(try expression()) } while accept(sign: ",")
    }
    try expect(sign: ")", "at the end of \(name.keyword)")
    if accept("FILTER") {
      try expect(sign: "(", "after FILTER")
      try expect("WHERE", after: "FILTER (")
      call.filter = try expression()
      try expect(sign: ")", "at the end of FILTER")
    }
    call.range = name.range.lowerBound..<lastEnd
    return call
  }
}
