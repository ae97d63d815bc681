internal import Columns
internal import Engine
internal import Expressions

extension Analyzer {
  /// The aggregate that a text calls; nil where something is wrong with it, which is reported.
  mutating func aggregateSpec(
    _ name: String, _ text: ExpressionText, _ rows: RowStream
  ) -> AggregateSpec? {
    let known = AggregateSpec.Function.allCases.map(\.rawValue)
    let call: AggregateCall
    switch AggregateParser.parse(text.text, known: known) {
    case .failure(let failure):
      report(failure, of: text)
      return nil
    case .success(let parsed): call = parsed
    }
    guard let function = AggregateSpec.Function(rawValue: call.function) else { return nil }
    guard checkShape(call, function, text) else { return nil }
    var filter: CompiledExpression?
    var isSound = true
    if let condition = call.filter {
      filter = compile(condition, text, rows)
      if let filter, filter.type != .boolean {
        report(.aggregateFilterType(filter.type), text.place(of: condition.range))
      }
      isSound = filter?.type == .boolean
    }
    guard let argument = call.arguments.first else {
      return isSound
        ? AggregateSpec(
          name: name, function: function, argument: nil, filter: filter, type: .bigint)
        : nil
    }
    let parameter =
      call.arguments.count > 1 ? parameter(call.arguments[1], of: function, text, rows) : nil
    guard let compiled = compile(argument, text, rows) else { return nil }
    guard let type = AggregateSpec.resultType(of: function, argument: compiled.type) else {
      report(.aggregateType(call.function, compiled.type), text.place(of: argument.range))
      return nil
    }
    if let parameter, parameter.second == nil, parameter.constant == nil { return nil }
    guard isSound else { return nil }
    return AggregateSpec(
      name: name, function: function, isDistinct: call.isDistinct, argument: compiled,
      second: parameter?.second, constant: parameter?.constant, filter: filter, type: type)
  }

  /// How many arguments there are, and DISTINCT.
  private mutating func checkShape(
    _ call: AggregateCall, _ function: AggregateSpec.Function, _ text: ExpressionText
  ) -> Bool {
    let counts = function.argumentCounts
    guard counts.contains(call.arguments.count) else {
      let range =
        call.arguments.count > counts.upperBound
        ? call.arguments[counts.upperBound].range : call.range
      report(
        .aggregateArguments(
          function.signature, name: call.function, most: counts.upperBound,
          count: call.arguments.count), text.place(of: range))
      return false
    }
    if call.isDistinct, !function.takesDistinct {
      report(.aggregateDistinct(call.function), text.place(of: call.range))
      return false
    }
    return true
  }

  /// The second argument: a value of each row, or a constant; neither where it is wrong.
  private mutating func parameter(
    _ argument: Expression, of function: AggregateSpec.Function, _ text: ExpressionText,
    _ rows: RowStream
  ) -> (second: CompiledExpression?, constant: Value?) {
    guard let compiled = compile(argument, text, rows) else { return (nil, nil) }
    let place = text.place(of: argument.range)
    switch function.parameter {
    case .decider:
      if !compiled.type.isCollection { return (compiled, nil) }
      report(.aggregateType(function.rawValue, compiled.type), place)
      return (nil, nil)
    case .fraction, .limit, .separator:
      if let constant = compiled.constant, function.accepts(constant) { return (nil, constant) }
      report(.aggregateParameter(function.rawValue), place)
      return (nil, nil)
    case nil: return (nil, nil)
    }
  }
}
