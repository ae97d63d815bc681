import Columns

/// Gives an expression its types and its kernels, and finds what is wrong with it.
struct Checker {
  /// A checked part. A type of nil is that of the literal NULL, which fits everywhere.
  struct Node {
    var kernel: any Kernel
    var type: ColumnType?
    var expression: Expression

    var constant: ConstantKernel? { kernel as? ConstantKernel }
    /// The length of an INTERVAL of months, which only moves dates and times.
    var months: Int64? {
      if case .literal(.months(let count)) = expression.kind { count } else { nil }
    }
    var typeName: String { type?.name ?? "NULL" }
  }

  let schema: Schema
  private(set) var faults: [ExpressionFault] = []
  private(set) var columnsRead: Set<Int> = []
  private(set) var slotCount = 0
  /// How many parts around this one may keep it from being evaluated.
  private var conditions = 0

  init(schema: Schema) { self.schema = schema }

  mutating func fault(_ expression: Expression, _ message: String, hint: String? = nil) {
    faults.append(ExpressionFault(range: expression.range, message: message, hint: hint))
  }

  /// Checks a part that is not evaluated for every row.
  mutating func checkConditionally(_ expression: Expression) -> Node? {
    conditions += 1
    defer { conditions -= 1 }
    return check(expression)
  }

  mutating func newSlot() -> Int {
    slotCount += 1
    return slotCount - 1
  }

  /// The kernel, or its value if it was made from constants alone. A constant part that fails is a
  /// fault if every row would meet it, and is left to fail its rows otherwise.
  mutating func fold(
    _ kernel: any Kernel, _ type: ColumnType?, of nodes: [Node], _ expression: Expression
  ) -> Node {
    guard nodes.allSatisfy({ $0.constant != nil }) else {
      return Node(kernel: kernel, type: type, expression: expression)
    }
    let batch = Batch(schema: Schema(), columns: [], count: 1)
    let evaluation = Evaluation(batch: batch, slotCount: slotCount)
    let vector = kernel.evaluate(evaluation, .all(1))
    if let failure = evaluation.firstFailure {
      if conditions == 0 { fault(expression, failure.message) }
      return Node(kernel: kernel, type: type, expression: expression)
    }
    return Node(kernel: ConstantKernel(vector.column), type: type, expression: expression)
  }

  // MARK: Parts

  mutating func check(_ expression: Expression) -> Node? {
    switch expression.kind {
    case .literal(let literal): return check(literal, expression)
    case .column(let name): return check(column: name, expression)
    case .keyword(let word):
      fault(expression, "'\(word)' is a unit, not a value")
      return nil
    case .negate(let operand):
      guard let node = check(operand) else { return nil }
      guard let type = node.type, type.isNumeric || type == .interval else {
        fault(operand, "'-' needs a number, '\(operand)' is \(node.typeName)")
        return nil
      }
      let kernel: any Kernel =
        if type == .double {
          map(.double, "\(expression)", node.kernel) { (value: Double, _) in -value }
        } else if type.isDecimal {
          map(type, "\(expression)", node.kernel) { (value: Int128, _) in -value }
        } else {
          IntegerArithmeticKernel(
            type: type, operation: .subtract, left: ConstantKernel(type, 0), right: node.kernel,
            text: "\(expression)")
        }
      return fold(kernel, type, of: [node], expression)
    case .not(let operand):
      guard let node = condition(operand, of: "NOT") else { return nil }
      return fold(NotKernel(operand: node.kernel), .boolean, of: [node], expression)
    case .binary(let operation, let left, let right):
      let checked = (addend(left), addend(right))
      guard let left = checked.0, let right = checked.1 else { return nil }
      guard isMonthsInPlace(operation, left, right) else {
        reportMonths(expression)
        return nil
      }
      return check(operation, left, right, expression)
    case .logical(let operation, let operands):
      var nodes: [Node?] = []
      for (index, operand) in operands.enumerated() {
        conditions += index > 0 ? 1 : 0
        nodes.append(condition(operand, of: operation.rawValue))
        conditions -= index > 0 ? 1 : 0
      }
      let known = nodes.compactMap { $0 }
      guard known.count == operands.count else { return nil }
      let kernel = LogicKernel(operation: operation, operands: known.map(\.kernel))
      return fold(kernel, .boolean, of: known, expression)
    case .test(let operand, let test, let isNegated):
      if test.rawValue.hasPrefix("JSON") { return jsonTest(operand, test, isNegated, expression) }
      let isValueTest = test == .null
      guard let node = isValueTest ? check(operand) : condition(operand, of: "IS \(test.rawValue)")
      else { return nil }
      let kernel = TestKernel(test: test, isNegated: isNegated, operand: node.kernel)
      return fold(kernel, .boolean, of: [node], expression)
    case .between(let operand, let low, let high, let isNegated, let isSymmetric):
      return between(operand, low, high, isNegated, isSymmetric, expression)
    case .inList(let operand, let values, let isNegated):
      return inList(operand, values, isNegated, expression)
    case .like(let operand, let pattern, let escape, let isNegated):
      return like(operand, pattern, escape, isNegated, expression)
    case .caseWhen(let operand, let branches, let otherwise):
      return caseWhen(operand, branches, otherwise, expression)
    case .cast(let operand, let type, let isTry):
      guard let node = check(operand) else { return nil }
      return cast(node, to: type, isTry: isTry, expression)
    case .item(let operand, let index): return item(operand, index, expression)
    case .field(let operand, let name): return field(operand, name, expression)
    case .call("-", let arguments):
      return difference(arguments[0], arguments[1], expression)
    case .call("ARRAY", let arguments): return arrayConstructor(arguments, expression)
    case .call("MAP", let arguments): return mapConstructor(arguments, expression)
    case .call("ROW", let arguments): return rowConstructor(arguments, expression)
    case .call(let name, let arguments): return call(name, arguments, expression)
    }
  }

  private mutating func check(_ literal: Literal, _ expression: Expression) -> Node? {
    func node(_ kernel: ConstantKernel) -> Node {
      Node(kernel: kernel, type: kernel.type, expression: expression)
    }
    switch literal {
    case .null: return Node(kernel: ConstantKernel.null(.bigint), type: nil, expression: expression)
    case .boolean(let value): return node(ConstantKernel(.boolean, value ? 1 : 0))
    case .integer(let value):
      return node(ConstantKernel(Int32(exactly: value) == nil ? .bigint : .int, value))
    case .decimal(let value, let precision):
      return node(
        ConstantKernel(.decimal(precision: precision, scale: value.scale), wide: value.unscaled))
    case .double(let value): return node(ConstantKernel(value))
    case .string(let value): return node(ConstantKernel(value))
    case .date(let days): return node(ConstantKernel(.date, days))
    case .timestamp(let ms): return node(ConstantKernel(.timestamp, ms))
    case .interval(let ms): return node(ConstantKernel(.interval, ms))
    case .months:
      reportMonths(expression)
      return nil
    }
  }

  private mutating func check(column name: String, _ expression: Expression) -> Node? {
    guard let position = schema.index(of: name) else {
      fault(
        expression, "column '\(name)' is not known here",
        hint: Suggestion.hint(name, among: schema.fields.map(\.name), called: "columns"))
      return nil
    }
    columnsRead.insert(position)
    let type = schema.fields[position].type
    return Node(
      kernel: ColumnKernel(type: type, position: position), type: type, expression: expression)
  }

  /// An operand, which may also be an INTERVAL of months: it has no value of its own.
  private mutating func addend(_ expression: Expression) -> Node? {
    guard case .literal(.months) = expression.kind else { return check(expression) }
    return Node(kernel: ConstantKernel.null(.interval), type: nil, expression: expression)
  }

  private mutating func reportMonths(_ expression: Expression) {
    fault(
      expression, "an INTERVAL of months or years only moves a date or a time",
      hint: "write d + INTERVAL '1' MONTH, or TIMESTAMPDIFF(MONTH, a, b) to compare")
  }

  private func isMonthsInPlace(_ operation: BinaryOperator, _ left: Node, _ right: Node) -> Bool {
    guard left.months != nil || right.months != nil else { return true }
    let time = left.months == nil ? left : right
    guard let type = time.type, type.isTime || type == .date else { return false }
    return operation == .add || operation == .subtract && left.months == nil
  }

  /// A part that must be BOOLEAN.
  mutating func condition(_ expression: Expression, of what: String) -> Node? {
    guard let node = check(expression) else { return nil }
    if node.type == nil {
      return Node(
        kernel: ConstantKernel.null(.boolean), type: .boolean, expression: expression)
    }
    guard node.type == .boolean else {
      fault(
        expression, "\(what) needs a condition, '\(expression)' is \(node.typeName)",
        hint: "compare it, such as \(expression) \(node.type == .string ? "= 'x'" : "<> 0")")
      return nil
    }
    return node
  }

  private mutating func caseWhen(
    _ operand: Expression?, _ branches: [CaseBranch], _ otherwise: Expression?,
    _ expression: Expression
  ) -> Node? {
    let subject = operand.map { check($0) }
    var conditions: [Node?] = []
    var results: [Node?] = []
    let shared: (slot: Int, node: Node)? =
      if case .some(.some(let node)) = subject, node.constant == nil {
        (newSlot(), node)
      } else { nil }
    for (index, branch) in branches.enumerated() {
      self.conditions += index > 0 ? 1 : 0
      if let operand {
        var left = subject ?? nil
        if let shared, let type = shared.node.type {
          left = Node(
            kernel: SlotKernel(type: type, slot: shared.slot), type: type, expression: operand)
        }
        if let right = check(branch.condition), let left {
          conditions.append(check(.equal, left, right, branch.condition))
        } else {
          conditions.append(nil)
        }
      } else {
        conditions.append(condition(branch.condition, of: "WHEN"))
      }
      self.conditions -= index > 0 ? 1 : 0
      results.append(checkConditionally(branch.result))
    }
    if let otherwise { results.append(checkConditionally(otherwise)) }
    let (whens, thens) = (conditions.compactMap { $0 }, results.compactMap { $0 })
    guard whens.count == branches.count, thens.count == results.count,
      let type = commonType(thens, "the results of CASE")
    else { return nil }
    var kernels = thens.map { coerce($0, to: type ?? .bigint) }
    if otherwise == nil { kernels.append(ConstantKernel.null(type ?? .bigint)) }
    let kernel = CaseKernel(
      type: type ?? .bigint,
      branches: zip(whens, kernels).map { ($0.kernel, $1) },
      otherwise: kernels[kernels.count - 1])
    let wrapped: any Kernel =
      shared.map { LetKernel(slot: $0.slot, value: $0.node.kernel, body: kernel) } ?? kernel
    return fold(wrapped, type, of: whens + thens + (shared.map { [$0.node] } ?? []), expression)
  }
}
