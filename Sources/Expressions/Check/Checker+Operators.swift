import Columns

extension Checker {
  mutating func check(
    _ operation: BinaryOperator, _ left: Node, _ right: Node, _ expression: Expression
  ) -> Node? {
    if operation == .concatenate {
      guard let texts = texts([left, right], of: "||") else { return nil }
      let kernel = ConcatKernel(hasSeparator: false, operands: texts)
      return fold(kernel, .string, of: [left, right], expression)
    }
    if operation == .add || operation == .subtract,
      let moved = movedByMonths(operation, left, right, expression)
    {
      return moved
    }
    if operation.isArithmetic { return arithmetic(operation, left, right, expression) }
    guard let (left, right, type) = comparable(left, right, expression) else { return nil }
    let isOrder =
      operation.precedence == Precedence.comparison
      && ![
        .equal, .notEqual, .isDistinctFrom, .isNotDistinctFrom,
      ].contains(operation)
    if isOrder, type.isCollection {
      fault(
        expression, "'\(operation.rawValue)' does not order \(type.name)",
        hint: "only = and <> compare collections")
      return nil
    }
    let (a, b) = (aligned(left, to: type), aligned(right, to: type))
    let kernel: any Kernel
    switch (operation, type.physical) {
    case (.isDistinctFrom, .integer), (.isNotDistinctFrom, .integer):
      kernel = DistinctKernel<Int64>(
        isNegated: operation == .isNotDistinctFrom, left: a, right: b)
    case (.isDistinctFrom, .double), (.isNotDistinctFrom, .double):
      kernel = DistinctKernel<Double>(
        isNegated: operation == .isNotDistinctFrom, left: a, right: b)
    case (.isDistinctFrom, .bytes), (.isNotDistinctFrom, .bytes):
      kernel = DistinctKernel<Bytes>(
        isNegated: operation == .isNotDistinctFrom, left: a, right: b)
    case (.isDistinctFrom, .wide), (.isNotDistinctFrom, .wide):
      kernel = DistinctKernel<Int128>(
        isNegated: operation == .isNotDistinctFrom, left: a, right: b)
    case (_, .wide): kernel = ComparisonKernel<Int128>(operation: operation, left: a, right: b)
    case (_, .integer): kernel = ComparisonKernel<Int64>(operation: operation, left: a, right: b)
    case (_, .double): kernel = ComparisonKernel<Double>(operation: operation, left: a, right: b)
    case (_, .bytes): kernel = ComparisonKernel<Bytes>(operation: operation, left: a, right: b)
    }
    return fold(kernel, .boolean, of: [left, right], expression)
  }

  /// A date or a time plus or minus an INTERVAL of months or years; nil where neither side is one.
  private mutating func movedByMonths(
    _ operation: BinaryOperator, _ left: Node, _ right: Node, _ expression: Expression
  ) -> Node? {
    let isLast = right.months != nil
    guard let months = right.months ?? (operation == .add ? left.months : nil),
      let type = (isLast ? left : right).type, type.isTime || type == .date
    else { return nil }
    let time = isLast ? left : right
    let count = ConstantKernel(.bigint, operation == .subtract ? -months : months)
    return fold(
      moved(time.kernel, type, by: count, .month, "\(expression)"), type, of: [time], expression)
  }

  private mutating func arithmetic(
    _ operation: BinaryOperator, _ left: Node, _ right: Node, _ expression: Expression
  ) -> Node? {
    let (a, b) = (left.type ?? right.type ?? .bigint, right.type ?? left.type ?? .bigint)
    let isSum = operation == .add || operation == .subtract
    func exact(_ type: ColumnType) -> any Kernel {
      IntegerArithmeticKernel(
        type: type, operation: operation, left: coerce(left, to: a), right: coerce(right, to: b),
        text: "\(expression)")
    }
    let type: ColumnType
    let kernel: any Kernel
    switch (a, b) {
    case (_, _) where a.isDecimal && b.isNumeric && b != .double,
      (_, _) where b.isDecimal && a.isNumeric && a != .double:
      guard let exactLeft = DecimalType(a), let exactRight = DecimalType(b) else { return nil }
      type = DecimalType.of(operation, exactLeft, exactRight).columnType
      kernel = DecimalArithmeticKernel(
        type: type, operation: operation, left: coerce(left, to: exactLeft.columnType),
        right: coerce(right, to: exactRight.columnType), leftScale: exactLeft.scale,
        rightScale: exactRight.scale, text: "\(expression)")
    case (_, _) where a.isNumeric && b.isNumeric:
      // The remainder has the type of what it is divided by, as in Flink.
      type = operation == .remainder && a.isInteger && b.isInteger ? b : Self.wider(a, b) ?? .double
      kernel =
        type == .double
        ? DoubleArithmeticKernel(
          operation: operation, left: coerce(left, to: .double), right: coerce(right, to: .double))
        : exact(type)
    case (.interval, .interval) where isSum: (type, kernel) = (.interval, exact(.interval))
    case (_, .interval) where a.isTime && isSum: (type, kernel) = (a, exact(a))
    case (.interval, _) where b.isTime && operation == .add: (type, kernel) = (b, exact(b))
    case (.interval, _) where b.isInteger && (operation == .multiply || operation == .divide):
      (type, kernel) = (.interval, exact(.interval))
    case (_, .interval) where a.isInteger && operation == .multiply:
      (type, kernel) = (.interval, exact(.interval))
    case (.date, .interval) where isSum:
      guard let ms = right.constant?.integer, ms % msPerDay == 0 else {
        fault(
          expression, "a DATE moves by whole days",
          hint: "write CAST(\(left.expression) AS TIMESTAMP(3)) \(operation.rawValue) …")
        return nil
      }
      type = .date
      kernel = IntegerArithmeticKernel(
        type: .date, operation: operation, left: left.kernel,
        right: ConstantKernel(.date, ms / msPerDay), text: "\(expression)")
    default:
      let isDifference =
        operation == .subtract && (a.isTime || a == .date) && (b.isTime || b == .date)
      let hint: String? =
        if isDifference {
          "write (\(left.expression) - \(right.expression)) DAY TO SECOND, or TIMESTAMPDIFF(SECOND, "
            + "\(right.expression), \(left.expression))"
        } else if operation == .add, a == .string || b == .string {
          "texts are joined with ||; a number in a text is CAST(x AS INT)"
        } else { nil }
      fault(
        expression,
        "'\(operation.rawValue)' does not take \(left.typeName) and \(right.typeName)", hint: hint)
      return nil
    }
    return fold(kernel, type, of: [left, right], expression)
  }

  /// Makes the value readable several times while it is computed once.
  private mutating func share(
    _ node: Node, _ body: (inout Checker, Node) -> Node?
  ) -> Node? {
    guard let type = node.type, node.constant == nil, !(node.kernel is ColumnKernel) else {
      return body(&self, node)
    }
    let slot = newSlot()
    let reference = Node(
      kernel: SlotKernel(type: type, slot: slot), type: type, expression: node.expression)
    guard var result = body(&self, reference) else { return nil }
    result.kernel = LetKernel(slot: slot, value: node.kernel, body: result.kernel)
    return result
  }

  mutating func between(
    _ operand: Expression, _ low: Expression, _ high: Expression, _ isNegated: Bool,
    _ isSymmetric: Bool, _ expression: Expression
  ) -> Node? {
    let checked = (check(operand), check(low), check(high))
    guard let value = checked.0, let low = checked.1, let high = checked.2 else { return nil }
    func within(_ checker: inout Checker, _ value: Node, _ low: Node, _ high: Node) -> Node? {
      let above = checker.check(.greaterOrEqual, value, low, expression)
      let below = checker.check(.lessOrEqual, value, high, expression)
      guard let above, let below else { return nil }
      let kernel = LogicKernel(operation: .and, operands: [above.kernel, below.kernel])
      return checker.fold(kernel, .boolean, of: [above, below], expression)
    }
    let inside = share(value) { checker, value in
      guard isSymmetric else { return within(&checker, value, low, high) }
      return checker.share(low) { checker, low in
        checker.share(high) { checker, high in
          guard let one = within(&checker, value, low, high),
            let other = within(&checker, value, high, low)
          else { return nil }
          let kernel = LogicKernel(operation: .or, operands: [one.kernel, other.kernel])
          return checker.fold(kernel, .boolean, of: [one, other], expression)
        }
      }
    }
    guard let inside else { return nil }
    if !isNegated { return inside }
    return fold(NotKernel(operand: inside.kernel), .boolean, of: [inside], expression)
  }

  mutating func inList(
    _ operand: Expression, _ values: [Expression], _ isNegated: Bool, _ expression: Expression
  ) -> Node? {
    let subject = check(operand)
    let checked = values.map { check($0) }
    let items = checked.compactMap { $0 }
    guard let subject, items.count == values.count else { return nil }
    var type = subject.type
    var prepared: [Node] = []
    for item in items {
      guard let (_, right, common) = comparable(subject, item, item.expression) else { return nil }
      prepared.append(right)
      type = type.flatMap { Self.comparisonType($0, common) } ?? common
    }
    guard let type else {
      return Node(kernel: ConstantKernel.null(.boolean), type: .boolean, expression: expression)
    }
    let constants = prepared.compactMap { aligned($0, to: type) as? ConstantKernel }
    if constants.count == prepared.count, Self.alignsExactly(subject, to: type) {
      let operand = aligned(subject, to: type)
      let kernel: any Kernel =
        switch type.physical {
        case .integer: table(Int64.self, constants, operand, isNegated)
        case .double: table(Double.self, constants, operand, isNegated)
        case .wide: table(Int128.self, constants, operand, isNegated)
        case .bytes: table(Bytes.self, constants, operand, isNegated)
        }
      return fold(kernel, .boolean, of: [subject], expression)
    }
    let any = share(subject) { checker, subject in
      var tests: [Node] = []
      for item in prepared {
        guard let test = checker.check(.equal, subject, item, expression) else { return nil }
        tests.append(test)
      }
      let kernel = LogicKernel(operation: .or, operands: tests.map(\.kernel))
      return checker.fold(kernel, .boolean, of: tests, expression)
    }
    guard let any else { return nil }
    if !isNegated { return any }
    return fold(NotKernel(operand: any.kernel), .boolean, of: [any], expression)
  }

  private func table<T: Hashed>(
    _: T.Type, _ items: [ConstantKernel], _ operand: any Kernel, _ isNegated: Bool
  ) -> any Kernel {
    let known = items.filter { !$0.isNull }
    return InListKernel<T>(
      operand: operand, isNegated: isNegated, hasNullItem: known.count < items.count,
      table: ValueTable(
        known.map { T.pointer($0.column)[0] }, owners: known.flatMap(\.column.owners)))
  }

  mutating func like(
    _ operand: Expression, _ pattern: Expression, _ escape: Expression?, _ isNegated: Bool,
    _ expression: Expression
  ) -> Node? {
    let checked = (check(operand), check(pattern), escape.map { check($0) })
    guard let value = checked.0, let pattern = checked.1 else { return nil }
    guard let kernels = texts([value, pattern], of: "LIKE") else { return nil }
    var escapeByte: UInt8?
    if let escape {
      guard let text = checked.2??.constant?.string, text.utf8.count == 1 else {
        fault(escape, "ESCAPE needs one ASCII character", hint: "such as ESCAPE '\\'")
        return nil
      }
      escapeByte = text.utf8.first
    }
    let text = "\(expression)"
    let escapedBy = escapeByte
    let kernel: any Kernel
    if let constant = (kernels[1] as? ConstantKernel)?.string {
      guard let compiled = LikePattern(Array(constant.utf8), escape: escapedBy) else {
        fault(pattern.expression, "the pattern ends or goes wrong after its escape character")
        return nil
      }
      kernel = map(.boolean, text, kernels[0]) { (value: Bytes, _) in
        compiled.matches(value) != isNegated ? 1 : 0 as Int64
      }
    } else {
      kernel = map(.boolean, text, kernels[0], kernels[1]) {
        (value: Bytes, pattern: Bytes, scope) -> Int64? in
        guard let compiled = LikePattern(Array(pattern.buffer), escape: escapedBy) else {
          scope.fail("the pattern goes wrong after its escape character")
          return nil
        }
        return compiled.matches(value) != isNegated ? 1 : 0
      }
    }
    return fold(kernel, .boolean, of: [value, pattern], expression)
  }

  /// The kernels of parts that must be STRING.
  mutating func texts(_ nodes: [Node], of what: String) -> [any Kernel]? {
    var kernels: [any Kernel] = []
    for node in nodes {
      if let type = node.type, type != .string {
        fault(
          node.expression, "\(what) needs a STRING, '\(node.expression)' is \(type.name)",
          hint: "write CAST(\(node.expression) AS STRING)")
      } else {
        kernels.append(coerce(node, to: .string))
      }
    }
    return kernels.count == nodes.count ? kernels : nil
  }
}
