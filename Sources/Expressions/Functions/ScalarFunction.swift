import Columns

/// A function: what it says of itself, and how a call of it becomes a kernel.
struct ScalarFunction: Sendable {
  let descriptor: FunctionDescriptor
  /// How many values it takes, without a unit such as `HOUR`.
  let arity: ClosedRange<Int>
  /// Whether it takes a unit or another word beside its values.
  var takesWord = false
  /// Whether its later arguments are evaluated only for some rows.
  var isConditional = false
  let build: @Sendable (inout Checker, Call) -> Checker.Node?

  /// A call whose arguments are checked.
  struct Call {
    let expression: Expression
    let nodes: [Checker.Node]
    /// The arguments that are words, such as units.
    let words: [Expression]

    var word: Expression? { words.first }
    var text: String { "\(expression)" }
    var wordText: String {
      if case .keyword(let text)? = word?.kind { text } else { "" }
    }
  }

  init(
    _ name: String, _ family: FunctionDescriptor.Family, _ signature: String, _ summary: String,
    _ example: String, _ arity: ClosedRange<Int>, takesWord: Bool = false,
    isConditional: Bool = false,
    build: @escaping @Sendable (inout Checker, Call) -> Checker.Node?
  ) {
    descriptor = FunctionDescriptor(
      name: name, family: family, signature: signature, summary: summary, example: example)
    self.arity = arity
    self.takesWord = takesWord
    self.isConditional = isConditional
    self.build = build
  }

  static let all: [ScalarFunction] =
    strings + moreStrings + patterns + numbers + realNumbers + conditions + times + timeTexts
    + collections + arrays + maps + json + hashes
  static let byName = Dictionary(
    all.map { ($0.descriptor.name, $0) }, uniquingKeysWith: { first, _ in first })
}

extension Checker {
  mutating func call(
    _ name: String, _ arguments: [Expression], _ expression: Expression
  ) -> Node? {
    guard let function = ScalarFunction.byName[name] else {
      for argument in arguments {
        if case .keyword = argument.kind { continue }
        _ = checkConditionally(argument)
      }
      let aggregates = ["COUNT", "SUM", "AVG", "MIN", "MAX", "FIRST_VALUE", "LAST_VALUE"]
      let hint: String? =
        if aggregates.contains(name) {
          "\(name) aggregates rows: it stands in an aggregate step"
        } else if let near = Suggestion.nearest(
          to: name, among: ScalarFunction.byName.keys.sorted())
        {
          "did you mean \(near)?"
        } else { nil }
      fault(expression, "there is no function \(name)", hint: hint)
      return nil
    }
    var nodes: [Node?] = []
    var words: [Expression] = []
    for argument in arguments {
      if case .keyword = argument.kind {
        words.append(argument)
      } else {
        let isConditional = function.isConditional && !nodes.isEmpty
        nodes.append(isConditional ? checkConditionally(argument) : check(argument))
      }
    }
    let signature = function.descriptor.signature
    guard function.arity.contains(nodes.count), words.isEmpty || function.takesWord else {
      fault(
        expression, "\(name) does not take \(nodes.count) arguments", hint: "write \(signature)")
      return nil
    }
    let known = nodes.compactMap { $0 }
    guard known.count == nodes.count else { return nil }
    return function.build(
      &self, ScalarFunction.Call(expression: expression, nodes: known, words: words))
  }

  /// Folds what a function was made into.
  mutating func result(
    _ kernel: any Kernel, _ call: ScalarFunction.Call, type: ColumnType? = nil
  ) -> Node {
    fold(kernel, type ?? kernel.type, of: call.nodes, call.expression)
  }

  /// An argument that must be a text.
  mutating func text(_ call: ScalarFunction.Call, _ index: Int) -> (any Kernel)? {
    texts([call.nodes[index]], of: functionName(call))?.first
  }

  /// An argument that must be a whole number.
  mutating func integer(_ call: ScalarFunction.Call, _ index: Int) -> (any Kernel)? {
    let node = call.nodes[index]
    if let type = node.type, !type.isInteger {
      fault(
        node.expression,
        "\(functionName(call)) needs a whole number, '\(node.expression)' is \(type.name)",
        hint: "write CAST(\(node.expression) AS INT)")
      return nil
    }
    return coerce(node, to: .bigint)
  }

  /// An argument that must be a number, as DOUBLE.
  mutating func double(_ call: ScalarFunction.Call, _ index: Int) -> (any Kernel)? {
    number(call, index).map { _ in coerce(call.nodes[index], to: .double) }
  }

  /// The type of an argument that must be a number.
  mutating func number(_ call: ScalarFunction.Call, _ index: Int) -> ColumnType? {
    let node = call.nodes[index]
    guard let type = node.type else { return .int }
    if type.isNumeric { return type }
    fault(
      node.expression,
      "\(functionName(call)) needs a number, '\(node.expression)' is \(type.name)",
      hint: type == .string ? "write CAST(\(node.expression) AS DOUBLE)" : nil)
    return nil
  }

  /// An argument that must be a date or a time: its values, and whether they are days.
  mutating func time(_ call: ScalarFunction.Call, _ index: Int) -> (any Kernel, ColumnType)? {
    let node = call.nodes[index]
    let type = node.type ?? .timestamp
    if type.isTime || type == .date { return (coerce(node, to: type), type) }
    fault(
      node.expression,
      "\(functionName(call)) needs a time, '\(node.expression)' is \(type.name)",
      hint: type == .string
        ? "write CAST(\(node.expression) AS TIMESTAMP(3))"
        : type.isInteger ? "write TO_TIMESTAMP_LTZ(\(node.expression), 3)" : nil)
    return nil
  }

  /// A text that must be written out, as it is made ready before the first row.
  mutating func literalText(_ call: ScalarFunction.Call, _ index: Int) -> String? {
    let node = call.nodes[index]
    if let text = node.constant?.string { return text }
    fault(node.expression, "\(functionName(call)) needs a literal text here")
    return nil
  }

  func functionName(_ call: ScalarFunction.Call) -> String {
    if case .call(let name, _) = call.expression.kind { name } else { "the function" }
  }
}
