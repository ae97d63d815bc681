import Columns

extension Checker {
  /// `a[1]` or `m['k']`.
  mutating func item(
    _ operand: Expression, _ index: Expression, _ expression: Expression
  ) -> Node? {
    let checked = (check(operand), check(index))
    guard let value = checked.0, let index = checked.1 else { return nil }
    switch value.type {
    case .array(let element):
      guard index.type?.isInteger ?? true else {
        fault(
          index.expression,
          "an ARRAY is indexed by a whole number, '\(index.expression)' is "
            + index.typeName)
        return nil
      }
      if let place = index.constant?.integer, place < 1 {
        fault(index.expression, "the first element of an ARRAY has index 1")
        return nil
      }
      let kernel = ElementKernel(
        type: element, operand: value.kernel, place: coerce(index, to: .bigint))
      return fold(kernel, element, of: [value, index], expression)
    case .map(let key, let item):
      guard let indexType = index.type, Self.wider(indexType, key) == key else {
        fault(
          index.expression,
          "the keys of '\(value.expression)' are \(key.name), '\(index.expression)' is "
            + index.typeName)
        return nil
      }
      let kernel = LookupKernel(
        type: item, operand: value.kernel, key: WrappedKernel(operand: coerce(index, to: key)))
      return fold(kernel, item, of: [value, index], expression)
    default:
      fault(
        expression, "'\(value.expression)' is \(value.typeName) and has no items",
        hint: "only ARRAY and MAP have items: a[1], m['k']")
      return nil
    }
  }

  /// `r.f`
  mutating func field(
    _ operand: Expression, _ name: String, _ expression: Expression
  ) -> Node? {
    if case .column(let column) = operand.kind, schema.index(of: column) == nil,
      schema.index(of: "\(column).\(name)") != nil
    {
      fault(
        expression, "column '\(column)' is not known here",
        hint: "a name with a dot stands in backticks: `\(column).\(name)`")
      return nil
    }
    guard let value = check(operand) else { return nil }
    guard case .row(let fields) = value.type else {
      fault(
        expression, "'\(value.expression)' is \(value.typeName) and has no fields",
        hint: "only a ROW has fields")
      return nil
    }
    guard let place = fields.firstIndex(where: { $0.name == name }) else {
      fault(
        expression, "'\(value.expression)' has no field '\(name)'",
        hint: Suggestion.hint(name, among: fields.map(\.name), called: "fields"))
      return nil
    }
    let type = fields[place].type
    return fold(
      FieldKernel(type: type, operand: value.kernel, place: place), type, of: [value], expression)
  }

  // MARK: Constructors

  private mutating func checked(_ parts: [Expression]) -> [Node]? {
    let nodes = parts.map { check($0) }
    let known = nodes.compactMap { $0 }
    return known.count == nodes.count ? known : nil
  }

  /// The type of several parts; a fault where they have none.
  private mutating func typed(
    _ nodes: [Node], _ what: String, _ expression: Expression
  ) -> ColumnType? {
    guard let common = commonType(nodes, what) else { return nil }
    if common == nil {
      fault(
        expression, "\(what) have no type", hint: "write CAST(NULL AS INT), or another type")
    }
    return common
  }

  mutating func arrayConstructor(_ parts: [Expression], _ expression: Expression) -> Node? {
    guard let nodes = checked(parts),
      let element = typed(nodes, "the elements of ARRAY", expression)
    else { return nil }
    let kernel = ConstructorKernel(
      type: .array(element), kind: .array,
      parts: nodes.map { coerce($0, to: element).typed(element) })
    return fold(kernel, .array(element), of: nodes, expression)
  }

  mutating func mapConstructor(_ parts: [Expression], _ expression: Expression) -> Node? {
    guard parts.count % 2 == 0, !parts.isEmpty else {
      fault(expression, "a MAP needs a value for each key", hint: "MAP['a', 1, 'b', 2]")
      return nil
    }
    guard let nodes = checked(parts) else { return nil }
    let isKey = { (index: Int) in index % 2 == 0 }
    let keys = nodes.indices.filter(isKey).map { nodes[$0] }
    let values = nodes.indices.filter { !isKey($0) }.map { nodes[$0] }
    guard let key = typed(keys, "the keys of MAP", expression),
      let value = typed(values, "the values of MAP", expression)
    else { return nil }
    let type = ColumnType.map(key: key, value: value)
    let kernels = nodes.indices.map {
      isKey($0) ? coerce(nodes[$0], to: key).typed(key) : coerce(nodes[$0], to: value).typed(value)
    }
    return fold(
      ConstructorKernel(type: type, kind: .map, parts: kernels), type, of: nodes, expression)
  }

  mutating func rowConstructor(_ parts: [Expression], _ expression: Expression) -> Node? {
    guard let nodes = checked(parts) else { return nil }
    var fields: [Field] = []
    for (index, node) in nodes.enumerated() {
      guard let type = node.type else {
        fault(node.expression, "a field of a ROW needs a type", hint: "write CAST(NULL AS INT)")
        return nil
      }
      fields.append(Field("EXPR$\(index)", type))
    }
    let type = ColumnType.row(fields)
    let kernel = ConstructorKernel(
      type: type, kind: .row, parts: zip(nodes, fields).map { $0.kernel.typed($1.type) })
    return fold(kernel, type, of: nodes, expression)
  }

  // MARK: Times

  /// `(a - b) DAY TO SECOND`
  mutating func difference(
    _ left: Expression, _ right: Expression, _ expression: Expression
  ) -> Node? {
    let checked = (check(left), check(right))
    guard let left = checked.0, let right = checked.1 else { return nil }
    for node in [left, right] {
      guard let type = node.type, !type.isTime, type != .date else { continue }
      fault(
        node.expression, "the difference is one of times, '\(node.expression)' is \(type.name)")
      return nil
    }
    let kernel = IntegerArithmeticKernel(
      type: .interval, operation: .subtract, left: coerce(left, to: .timestampLTZ),
      right: coerce(right, to: .timestampLTZ), text: "\(expression)")
    return fold(kernel, .interval, of: [left, right], expression)
  }
}
