public import Columns
public import Engine
import Expressions

extension AggregateSpec {
  /// The aggregate that a text calls, such as `PERCENTILE(x, 0.9) FILTER (WHERE ok)`.
  public init(_ name: String, call text: String, schema: Schema) throws {
    let known = Function.allCases.map(\.rawValue)
    let call = try AggregateParser.parse(text, known: known).get()
    guard let function = Function(rawValue: call.function) else { throw UnknownCall(text: text) }
    let compiled = try call.arguments.map { try CompiledExpression.compile($0, schema: schema) }
    guard let type = Self.resultType(of: function, argument: compiled.first?.type) else {
      throw UnknownCall(text: text)
    }
    let second = compiled.dropFirst().first
    let isDecided = function.parameter == .decider
    self.init(
      name: name, function: function, isDistinct: call.isDistinct, argument: compiled.first,
      second: isDecided ? second : nil, constant: isDecided ? nil : second?.constant,
      filter: try call.filter.map { try CompiledExpression.compile($0, schema: schema) },
      type: type)
  }
}

/// A call that no aggregate takes.
public struct UnknownCall: Error {
  public var text: String
}
