import Columns

extension Checker {
  /// A CAST; one that cannot convert a value fails its row, or with `isTry` gives NULL.
  mutating func cast(
    _ node: Node, to type: ColumnType, isTry: Bool, _ expression: Expression
  ) -> Node? {
    guard let from = node.type else {
      return Node(kernel: ConstantKernel.null(type), type: type, expression: expression)
    }
    guard let kernel = castKernel(node.kernel, from, type, isTry, "\(expression)") else {
      let hint: String? =
        from.isTime && type.isNumeric
        ? "write TIMESTAMPDIFF(SECOND, TIMESTAMP '1970-01-01 00:00:00', \(node.expression))"
        : type == .timestampLTZ && from.isInteger
          ? "write TO_TIMESTAMP_LTZ(\(node.expression), 3)" : nil
      fault(expression, "\(from.name) cannot be cast to \(type.name)", hint: hint)
      return nil
    }
    return fold(kernel, type, of: [node], expression)
  }

  /// The kernel that converts; nil where the types have nothing to do with each other.
  func castKernel(
    _ kernel: any Kernel, _ from: ColumnType, _ type: ColumnType, _ isTry: Bool, _ text: String
  ) -> (any Kernel)? {
    if from == type { return kernel }
    if case .decimal(_, let scale) = type {
      return toDecimal(kernel, from, type, scale, isTry, text)
    }
    if case .decimal(_, let scale) = from { return fromDecimal(kernel, scale, type, isTry, text) }
    if from.isCollection { return collectionCast(kernel, from, type, isTry, text) }
    switch (from, type) {
    case (.int, .bigint), (.timestamp, .timestampLTZ), (.timestampLTZ, .timestamp),
      (.boolean, .int), (.boolean, .bigint):
      return kernel.typed(type)
    case (.bigint, .int):
      return map(type, text, kernel) { (value: Int64, scope) -> Int64? in
        if Int32(exactly: value) != nil { return value }
        if !isTry { scope.fail("\(value) is not INT") }
        return nil
      }
    case (.int, .double), (.bigint, .double), (.boolean, .double):
      return map(type, text, kernel) { (value: Int64, _) in Double(value) }
    case (.double, .int), (.double, .bigint):
      let isNarrow = type == .int
      return map(type, text, kernel) { (value: Double, scope) -> Int64? in
        if let whole = Int64(exactly: value.rounded(.towardZero)),
          !isNarrow || Int32(exactly: whole) != nil
        {
          return whole
        }
        if !isTry { scope.fail("\(javaText(value)) is not \(type.name)") }
        return nil
      }
    case (.int, .boolean), (.bigint, .boolean):
      return map(type, text, kernel) { (value: Int64, _) in value != 0 ? 1 : 0 as Int64 }
    case (.double, .boolean):
      return map(type, text, kernel) { (value: Double, _) in value != 0 ? 1 : 0 as Int64 }
    case (.date, .timestamp), (.date, .timestampLTZ):
      return map(type, text, kernel) { (days: Int64, _) in days &* msPerDay }
    case (.timestamp, .date), (.timestampLTZ, .date):
      return map(type, text, kernel) { (ms: Int64, _) in floorDivide(ms, msPerDay) }
    case (.string, .double):
      return map(type, text, kernel) { (value: Bytes, scope) -> Double? in
        if let number = CastText.double(value) { return number }
        if !isTry { scope.fail("\(CastText.quoted(value)) is not DOUBLE") }
        return nil
      }
    case (.string, .interval): return nil
    case (.string, _) where !type.isCollection:
      return map(type, text, kernel) { (value: Bytes, scope) -> Int64? in
        if let number = CastText.held(value, as: type) { return number }
        if !isTry { scope.fail("\(CastText.quoted(value)) is not \(type.name)") }
        return nil
      }
    case (.double, .string):
      return map(type, text, kernel) { (value: Double, scope) in scope.arena.copy(javaText(value)) }
    case (_, .string):
      return map(type, text, kernel) { (value: Int64, scope) in
        switch from {
        case .boolean: scope.arena.copy(value != 0 ? "TRUE" : "FALSE")
        case .date: scope.arena.copy(formatDate(value))
        case .timestamp, .timestampLTZ: scope.arena.copy(sqlTimestamp(value))
        case .interval: scope.arena.copy(CastText.interval(value))
        default: scope.arena.copy(String(value))
        }
      }
    default: return nil
    }
  }

  /// Too many digits give NULL even without TRY, as in Flink; only a text that is no number fails.
  private func toDecimal(
    _ kernel: any Kernel, _ from: ColumnType, _ type: ColumnType, _ scale: Int, _ isTry: Bool,
    _ text: String
  ) -> (any Kernel)? {
    let factor = decimalPowers[scale]
    switch from {
    case .int, .bigint, .boolean:
      return ToDecimalKernel<Int64>(type: type, operand: kernel) { value in
        let (product, overflow) = Int128(value).multipliedReportingOverflow(by: factor)
        return overflow ? nil : product
      }
    case .decimal(_, let old):
      let shift = scale - old
      return ToDecimalKernel<Int128>(type: type, operand: kernel) {
        rescaleDecimal($0, by: shift)
      }
    case .double:
      let limit = type.decimalLimit
      return map(type, text, kernel) { (value: Double, scope) -> Int128? in
        if !value.isFinite {
          if !isTry { scope.fail("\(javaText(value)) is not \(type.name)") }
          return nil
        }
        let digits = decimalDigits(of: value, scale: scale)
        return digits.flatMap { $0 < limit && $0 > -limit ? $0 : nil }
      }
    case .string:
      let precision = if case .decimal(let precision, _) = type { precision } else { 0 }
      return map(type, text, kernel) { (value: Bytes, scope) -> Int128? in
        let trimmed = CastText.trimmed(value)
        if let number = parseDecimal(trimmed, precision: precision, scale: scale) { return number }
        if !isTry, DecimalText(trimmed) == nil {
          scope.fail("\(CastText.quoted(value)) is not \(type.name)")
        }
        return nil
      }
    default: return nil
    }
  }

  private func fromDecimal(
    _ kernel: any Kernel, _ scale: Int, _ type: ColumnType, _ isTry: Bool, _ text: String
  ) -> (any Kernel)? {
    switch type {
    case .int, .bigint:
      let factor = decimalPowers[scale]
      let isNarrow = type == .int
      return map(type, text, kernel) { (value: Int128, scope) -> Int64? in
        if let whole = Int64(exactly: value / factor), !isNarrow || Int32(exactly: whole) != nil {
          return whole
        }
        if !isTry { scope.fail("\(DecimalNumber(value, scale: scale)) is not \(type.name)") }
        return nil
      }
    case .double:
      return map(type, text, kernel) { (value: Int128, _) in doubleValue(value, scale: scale) }
    case .boolean:
      return map(type, text, kernel) { (value: Int128, _) in value != 0 ? 1 : 0 as Int64 }
    case .string:
      return map(type, text, kernel) { (value: Int128, scope) in
        let target = scope.arena.allocate(maxDecimalBytes).assumingMemoryBound(to: UInt8.self)
        return Bytes(
          start: UnsafePointer(target), count: writeDecimal(value, scale: scale, to: target))
      }
    default: return nil
    }
  }
}

/// The digits of a double's shortest decimal text at a scale, as Java's BigDecimal.valueOf has them.
private func decimalDigits(of value: Double, scale: Int) -> Int128? {
  // Most numbers have few decimals: then a product and a look back tell the digits.
  let scaled = (value * 1e6).rounded()
  if scaled.magnitude < 1e15, scaled / 1e6 == value {
    return rescaleDecimal(Int128(Int64(scaled)), by: scale - 6)
  }
  var text = value.description
  return text.withUTF8 { utf8 in
    utf8.baseAddress.flatMap {
      parseDecimal(
        Bytes(start: $0, count: utf8.count), precision: maxDecimalPrecision, scale: scale)
    }
  }
}
