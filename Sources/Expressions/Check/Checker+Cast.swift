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
        from.isTime && type.isInteger
        ? "write TIMESTAMPDIFF(SECOND, TIMESTAMP '1970-01-01 00:00:00', \(node.expression))"
        : type == .timestampLTZ && from.isInteger
          ? "write TO_TIMESTAMP_LTZ(\(node.expression), 3)" : nil
      fault(expression, "\(from.name) cannot be cast to \(type.name)", hint: hint)
      return nil
    }
    return fold(kernel, type, of: [node], expression)
  }

  private func castKernel(
    _ kernel: any Kernel, _ from: ColumnType, _ type: ColumnType, _ isTry: Bool, _ text: String
  ) -> (any Kernel)? {
    if from == type { return kernel }
    let isNarrow = type == .int
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
        if let number = parseDouble(value) { return number }
        if !isTry { scope.fail("\(quoted(value)) is not DOUBLE") }
        return nil
      }
    case (.string, .interval): return nil
    case (.string, _):
      return map(type, text, kernel) { (value: Bytes, scope) -> Int64? in
        if let number = parseHeld(value, as: type) { return number }
        if !isTry { scope.fail("\(quoted(value)) is not \(type.name)") }
        return nil
      }
    case (.double, .string):
      return map(type, text, kernel) { (value: Double, scope) in scope.arena.copy(javaText(value)) }
    case (.interval, .string): return nil
    case (_, .string):
      return map(type, text, kernel) { (value: Int64, scope) in
        switch from {
        case .boolean: scope.arena.copy(value != 0 ? "TRUE" : "FALSE")
        case .date: scope.arena.copy(formatDate(value))
        case .timestamp, .timestampLTZ: scope.arena.copy(sqlTimestamp(value))
        default: scope.arena.copy(String(value))
        }
      }
    default: return nil
    }
  }
}

/// The text for a message: cut where it is long.
private func quoted(_ value: Bytes) -> String {
  let shown = Bytes(start: value.start, count: min(value.count, 60)).string
  return "'\(shown)\(value.count > 60 ? "…" : "")'"
}

/// Division that rounds down, so that times before 1970 stay on their day.
func floorDivide(_ value: Int64, _ size: Int64) -> Int64 {
  let quotient = value / size
  return value % size < 0 ? quotient - 1 : quotient
}

/// A BOOLEAN, integer, date or time out of a text, as Flink reads them; blanks around are ignored.
private func parseHeld(_ value: Bytes, as type: ColumnType) -> Int64? {
  let text = trimmed(value)
  switch type {
  case .boolean:
    switch text.string.lowercased() {
    case "t", "true", "y", "yes", "1": return 1
    case "f", "false", "n", "no", "0": return 0
    default: return nil
    }
  case .int, .bigint:
    guard let number = parseInteger(text) else { return nil }
    return type == .int && Int32(exactly: number) == nil ? nil : number
  case .date:
    return parseSQLDate(text.string)
      ?? parseSQLTimestamp(text.string).map { floorDivide($0, msPerDay) }
  case .timestamp, .timestampLTZ: return parseSQLTimestamp(text.string)
  default: return nil
  }
}

private func trimmed(_ value: Bytes) -> Bytes {
  var (low, high) = (0, value.count)
  while low < high, value[low] <= 32 { low += 1 }
  while high > low, value[high - 1] <= 32 { high -= 1 }
  return value.slice(low..<high)
}

/// Digits with a sign; digits after a point are cut.
private func parseInteger(_ text: Bytes) -> Int64? {
  var at = 0
  let isNegative = text.count > 0 && text[0] == 45
  if text.count > 0, isNegative || text[0] == 43 { at = 1 }
  let start = at
  var value: Int64 = 0
  while at < text.count, Lexer.isDigit(text[at]) {
    let (shifted, first) = value.multipliedReportingOverflow(by: 10)
    let digit = Int64(text[at] - 48)
    let (next, second) = shifted.subtractingReportingOverflow(digit)
    if first || second { return nil }
    value = next
    at += 1
  }
  if at == start { return nil }
  if at < text.count, text[at] == 46 {
    at += 1
    while at < text.count, Lexer.isDigit(text[at]) { at += 1 }
  }
  guard at == text.count else { return nil }
  if isNegative { return value }
  return value == .min ? nil : -value
}

private func parseDouble(_ value: Bytes) -> Double? {
  let text = trimmed(value)
  let isPlain = text.buffer.allSatisfy {
    Lexer.isDigit($0) || [43, 45, 46, 69, 101].contains($0)
  }
  let string = text.string
  if isPlain { return Double(string) }
  switch string {
  case "NaN": return .nan
  case "Infinity", "+Infinity": return .infinity
  case "-Infinity": return -.infinity
  default: return nil
  }
}

/// A DOUBLE as Java prints it, which is how Flink casts it to STRING: `1.0`, `1.0E10`, `0.001`.
func javaText(_ value: Double) -> String {
  if value.isNaN { return "NaN" }
  if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
  let magnitude = value.magnitude
  let sign = value.sign == .minus ? "-" : ""
  if magnitude == 0 { return sign + "0.0" }
  // The shortest digits that give the value back, and the power of ten of the first.
  let parts = magnitude.description.split(separator: "e")
  let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
  let whole = String(mantissa[0])
  let fraction = mantissa.count > 1 ? String(mantissa[1]) : ""
  var digits = Array((whole + fraction).utf8)
  var exponent = whole.utf8.count - 1 + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
  while digits.count > 1, digits.first == 48 {
    digits.removeFirst()
    exponent -= 1
  }
  while digits.count > 1, digits.last == 48 { digits.removeLast() }
  let all = String(decoding: digits, as: UTF8.self)
  if magnitude >= 1e-3, magnitude < 1e7 {
    if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + all }
    let padded =
      all + String(repeating: "0", count: max(0, exponent + 2 - all.utf8.count))
    return sign + padded.prefix(exponent + 1) + "." + padded.dropFirst(exponent + 1)
  }
  let rest = all.dropFirst()
  return "\(sign)\(all.prefix(1)).\(rest.isEmpty ? "0" : rest)E\(exponent)"
}
