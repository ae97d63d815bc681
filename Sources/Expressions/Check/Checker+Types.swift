import Columns

extension Checker {
  /// The type that all the parts fit into, or nil after a fault; `.some(nil)` if all are NULL.
  mutating func commonType(_ nodes: [Node], _ what: String) -> ColumnType?? {
    var common: ColumnType?
    for node in nodes {
      guard let type = node.type else { continue }
      guard let previous = common else {
        common = type
        continue
      }
      guard let wider = Self.wider(previous, type) else {
        fault(
          node.expression,
          "\(what) must have one type; '\(node.expression)' is \(type.name), before it stands "
            + previous.name,
          hint: "CAST(\(node.expression) AS \(previous.name))")
        return nil
      }
      common = wider
    }
    return .some(common)
  }

  /// The type both fit into without loss of meaning; collections part by part.
  static func wider(_ left: ColumnType, _ right: ColumnType) -> ColumnType? {
    if left == right { return left }
    if left.isNumeric, right.isNumeric {
      if left == .double || right == .double { return .double }
      if left.isInteger, right.isInteger { return .bigint }
      guard let a = DecimalType(left), let b = DecimalType(right) else { return nil }
      return DecimalType.common(a, b).columnType
    }
    if left.isTime, right.isTime { return .timestampLTZ }
    if left == .date, right.isTime { return right }
    if right == .date, left.isTime { return left }
    switch (left, right) {
    case (.array(let a), .array(let b)): return wider(a, b).map { .array($0) }
    case (.map(let aKey, let aValue), .map(let bKey, let bValue)):
      guard let key = wider(aKey, bKey), let value = wider(aValue, bValue) else { return nil }
      return .map(key: key, value: value)
    case (.row(let a), .row(let b)):
      guard a.count == b.count else { return nil }
      let fields = zip(a, b).compactMap { a, b in
        wider(a.type, b.type).map { Field(a.name, $0) }
      }
      return fields.count == a.count ? .row(fields) : nil
    default: return nil
    }
  }

  /// The part's values as `type`, which ``wider(_:_:)`` allows.
  func coerce(_ node: Node, to type: ColumnType) -> any Kernel {
    guard let from = node.type else { return ConstantKernel.null(type) }
    if from == type { return node.kernel }
    let kernel = widened(node.kernel, from, type, "\(node.expression)")
    guard node.constant != nil else { return kernel }
    let evaluation = Evaluation(
      batch: Batch(schema: Schema(), columns: [], count: 1), slotCount: 0)
    return ConstantKernel(kernel.evaluate(evaluation, .all(1)).column)
  }

  private func widened(
    _ kernel: any Kernel, _ from: ColumnType, _ type: ColumnType, _ text: String
  ) -> any Kernel {
    if from.isCollection || type.isDecimal {
      return castKernel(kernel, from, type, true, text) ?? kernel
    }
    if case .decimal(_, let scale) = from {
      return map(.double, text, kernel) { (value: Int128, _) in doubleValue(value, scale: scale) }
    }
    if from == .date, type != .date {
      return map(type, text, kernel) { (days: Int64, _) in days &* msPerDay }
    }
    if from.physical == type.physical { return kernel }
    return map(.double, text, kernel) { (value: Int64, _) in Double(value) }
  }

  // MARK: Comparison

  /// The type two values are compared in; exact numbers keep every digit.
  static func comparisonType(_ left: ColumnType, _ right: ColumnType) -> ColumnType? {
    if left.isDecimal || right.isDecimal, let a = DecimalType(left), let b = DecimalType(right) {
      return .decimal(precision: maxDecimalPrecision, scale: max(a.scale, b.scale))
    }
    return wider(left, right)
  }

  /// The part's values as ``comparisonType(_:_:)`` wants them.
  func aligned(_ node: Node, to type: ColumnType) -> any Kernel {
    if case .map = type { return SortedMapKernel(operand: coerce(node, to: type)) }
    guard case .decimal(_, let scale) = type, let from = node.type, let exact = DecimalType(from)
    else { return coerce(node, to: type) }
    let value = coerce(node, to: exact.columnType)
    if exact.scale == scale { return value }
    let kernel = AlignedKernel(
      type: type, operand: value, factor: decimalPowers[scale - exact.scale])
    guard value is ConstantKernel else { return kernel }
    let evaluation = Evaluation(
      batch: Batch(schema: Schema(), columns: [], count: 1), slotCount: 0)
    return ConstantKernel(kernel.evaluate(evaluation, .all(1)).column)
  }

  /// Whether ``aligned(_:to:)`` never cuts a value: then equality needs no second look.
  static func alignsExactly(_ node: Node, to type: ColumnType) -> Bool {
    guard case .decimal(_, let scale) = type, let exact = node.type.flatMap(DecimalType.init)
    else { return true }
    return exact.precision + scale - exact.scale <= maxDecimalPrecision
  }

  /// Both sides and the type to compare them in. A literal text beside a time is read as one.
  mutating func comparable(
    _ left: Node, _ right: Node, _ expression: Expression
  ) -> (Node, Node, ColumnType)? {
    var (left, right) = (left, right)
    func isText(_ node: Node) -> Bool { node.type == .string && node.constant != nil }
    func isDay(_ node: Node) -> Bool { node.type.map { $0.isTime || $0 == .date } ?? false }
    if isText(left), isDay(right), let type = right.type {
      guard let converted = cast(left, to: type, isTry: false, left.expression) else { return nil }
      left = converted
    } else if isText(right), isDay(left), let type = left.type {
      guard let converted = cast(right, to: type, isTry: false, right.expression) else {
        return nil
      }
      right = converted
    }
    guard let leftType = left.type, let rightType = right.type else {
      return (left, right, left.type ?? right.type ?? .bigint)
    }
    if let type = Self.comparisonType(leftType, rightType) { return (left, right, type) }
    let text = leftType == .string ? left : right
    let other = leftType == .string ? rightType : leftType
    fault(
      expression,
      "'\(left.expression)' (\(leftType.name)) cannot be compared to "
        + "'\(right.expression)' (\(rightType.name))",
      hint: text.type == .string
        ? "write CAST(\(text.expression) AS \(other.name)), or TRY_CAST where it may not convert"
        : nil)
    return nil
  }
}
