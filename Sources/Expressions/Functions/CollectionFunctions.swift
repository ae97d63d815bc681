import Columns

extension ScalarFunction {
  static let collections: [ScalarFunction] = [
    ScalarFunction(
      "CARDINALITY", .collection, "CARDINALITY(array or map)",
      "how many elements or entries it has",
      "CARDINALITY(ARRAY[1, 2])", 1...1
    ) { checker, call in
      let node = call.nodes[0]
      var step = 1
      switch node.type {
      case .array: break
      case .map: step = 2
      default:
        checker.fault(
          node.expression,
          "CARDINALITY needs an ARRAY or a MAP, '\(node.expression)' is "
            + node.typeName)
        return nil
      }
      let size = Int64(step)
      return checker.result(
        map(.int, call.text, node.kernel) { (value: Bytes, _) in
          Int64(NestedValue(value).count) / size
        }, call)
    },
    ScalarFunction(
      "ELEMENT", .collection, "ELEMENT(array)",
      "the only element; NULL of none, and a failure of several", "ELEMENT(ARRAY[7])", 1...1
    ) { checker, call in
      guard let (array, element) = checker.array(call, 0) else { return nil }
      let single = map(array.type, call.text, array) { (value: Bytes, scope) -> Bytes? in
        if NestedValue(value).count <= 1 { return value }
        scope.fail("the ARRAY has \(NestedValue(value).count) elements")
        return nil
      }
      let kernel = ElementKernel(
        type: element, operand: single, place: ConstantKernel(.bigint, 1))
      return checker.result(kernel, call)
    },
  ]
}

extension Checker {
  /// An argument that must be an ARRAY, with the type of its elements.
  mutating func array(
    _ call: ScalarFunction.Call, _ index: Int
  ) -> (any Kernel, element: ColumnType)? {
    let node = call.nodes[index]
    if case .array(let element)? = node.type { return (node.kernel, element) }
    fault(
      node.expression,
      "\(functionName(call)) needs an ARRAY, '\(node.expression)' is \(node.typeName)")
    return nil
  }

  /// Two arguments that must be ARRAYs of one type.
  mutating func arrays(
    _ call: ScalarFunction.Call
  ) -> (any Kernel, any Kernel, element: ColumnType)? {
    guard array(call, 0) != nil, array(call, 1) != nil,
      let type = commonType(call.nodes, "the arguments of \(functionName(call))"),
      case .array(let element)? = type
    else { return nil }
    return (
      coerce(call.nodes[0], to: .array(element)), coerce(call.nodes[1], to: .array(element)),
      element
    )
  }

  /// An ARRAY, and a value that is compared with its elements or becomes one.
  mutating func arrayAndElement(
    _ call: ScalarFunction.Call
  ) -> (array: any Kernel, value: any Kernel, element: ColumnType)? {
    guard let (_, element) = array(call, 0) else { return nil }
    let node = call.nodes[1]
    guard let type = node.type.map({ Self.wider(element, $0) }) ?? element else {
      fault(
        node.expression,
        "the elements are \(element.name), '\(node.expression)' is \(node.typeName)",
        hint: "write CAST(\(node.expression) AS \(element.name))")
      return nil
    }
    return (
      coerce(call.nodes[0], to: .array(type)),
      WrappedKernel(operand: coerce(node, to: type).typed(type)), type
    )
  }
}
