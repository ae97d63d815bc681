import Columns

extension ScalarFunction {
  static let conditions: [ScalarFunction] = [
    coalesce("COALESCE", "COALESCE(x, ...)", "the first that is not NULL", 1...64),
    coalesce("IFNULL", "IFNULL(x, y)", "x, or y where x is NULL", 2...2),
    ScalarFunction(
      "NULLIF", .conditional, "NULLIF(x, y)", "NULL where x = y, else x", "NULLIF(1, 2)", 2...2
    ) { checker, call in
      let value = call.nodes[0]
      let type = value.type ?? .bigint
      let slot = checker.newSlot()
      let shared = Checker.Node(
        kernel: value.constant ?? SlotKernel(type: type, slot: slot), type: value.type,
        expression: value.expression)
      guard let equal = checker.check(.equal, shared, call.nodes[1], call.expression) else {
        return nil
      }
      let kernel = CaseKernel(
        type: type, branches: [(equal.kernel, ConstantKernel.null(type))],
        otherwise: shared.kernel)
      return checker.result(
        LetKernel(slot: slot, value: value.kernel, body: kernel), call, type: value.type)
    },
    ScalarFunction(
      "IF", .conditional, "IF(condition, x, y)", "x where the condition is TRUE, else y",
      "IF(1 < 2, 'less', 'more')", 3...3, isConditional: true
    ) { checker, call in
      guard call.nodes[0].type == .boolean || call.nodes[0].type == nil else {
        checker.fault(
          call.nodes[0].expression,
          "IF needs a condition, '\(call.nodes[0].expression)' is \(call.nodes[0].typeName)")
        return nil
      }
      let results = Array(call.nodes.dropFirst())
      guard let common = checker.commonType(results, "the results of IF") else { return nil }
      let type = common ?? .bigint
      let kernel = CaseKernel(
        type: type,
        branches: [
          (checker.coerce(call.nodes[0], to: .boolean), checker.coerce(results[0], to: type))
        ],
        otherwise: checker.coerce(results[1], to: type))
      return checker.fold(kernel, common, of: call.nodes, call.expression)
    },
  ]

  private static func coalesce(
    _ name: String, _ signature: String, _ summary: String, _ arity: ClosedRange<Int>
  ) -> ScalarFunction {
    ScalarFunction(
      name, .conditional, signature, summary, "\(name)(CAST(NULL AS INT), 7)", arity,
      isConditional: true
    ) { checker, call in
      guard let common = checker.commonType(call.nodes, "the arguments of \(name)") else {
        return nil
      }
      let type = common ?? .bigint
      let kernel = CoalesceKernel(
        type: type, operands: call.nodes.map { checker.coerce($0, to: type) })
      return checker.fold(kernel, common, of: call.nodes, call.expression)
    }
  }
}
