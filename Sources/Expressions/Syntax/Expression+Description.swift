import Columns

extension Expression: CustomStringConvertible {
  /// The expression as SQL: parsed again, it is equal to this one.
  public var description: String {
    var text = ""
    write(to: &text)
    return text
  }

  private func write(to text: inout String, atLeast precedence: Int) {
    let needsParentheses = self.precedence < precedence
    if needsParentheses { text += "(" }
    write(to: &text)
    if needsParentheses { text += ")" }
  }

  private func write(to text: inout String) {
    switch kind {
    case .literal(let literal): text += literal.sql
    case .column(let name): text += quotedIdentifier(name)
    case .keyword(let word): text += word
    case .negate(let operand):
      text += "-"
      // A minus before digits is read as part of the number, and two of them as a comment.
      let isNumber = if case .literal = operand.kind { true } else { false }
      let floor = operand.precedence == Precedence.sign || isNumber
      operand.write(to: &text, atLeast: floor ? Precedence.primary + 1 : Precedence.sign)
    case .not(let operand):
      text += "NOT "
      operand.write(to: &text, atLeast: Precedence.not)
    case .binary(let operation, let left, let right):
      left.write(to: &text, atLeast: operation.precedence)
      text += " \(operation.rawValue) "
      right.write(to: &text, atLeast: operation.precedence + 1)
    case .logical(let operation, let operands):
      for (index, operand) in operands.enumerated() {
        if index > 0 { text += " \(operation.rawValue) " }
        operand.write(to: &text, atLeast: precedence + 1)
      }
    case .test(let operand, let test, let isNegated):
      operand.write(to: &text, atLeast: Precedence.test)
      text += isNegated ? " IS NOT \(test.rawValue)" : " IS \(test.rawValue)"
    case .between(let operand, let low, let high, let isNegated, let isSymmetric):
      operand.write(to: &text, atLeast: Precedence.range)
      text += isNegated ? " NOT BETWEEN " : " BETWEEN "
      if isSymmetric { text += "SYMMETRIC " }
      low.write(to: &text, atLeast: Precedence.range + 1)
      text += " AND "
      high.write(to: &text, atLeast: Precedence.range + 1)
    case .inList(let operand, let values, let isNegated):
      operand.write(to: &text, atLeast: Precedence.range)
      text += isNegated ? " NOT IN (" : " IN ("
      write(list: values, to: &text)
      text += ")"
    case .like(let operand, let pattern, let escape, let isNegated):
      operand.write(to: &text, atLeast: Precedence.range)
      text += isNegated ? " NOT LIKE " : " LIKE "
      pattern.write(to: &text, atLeast: Precedence.range + 1)
      if let escape {
        text += " ESCAPE "
        escape.write(to: &text, atLeast: Precedence.range + 1)
      }
    case .caseWhen(let operand, let branches, let otherwise):
      text += "CASE"
      if let operand {
        text += " "
        operand.write(to: &text)
      }
      for branch in branches {
        text += " WHEN "
        branch.condition.write(to: &text)
        text += " THEN "
        branch.result.write(to: &text)
      }
      if let otherwise {
        text += " ELSE "
        otherwise.write(to: &text)
      }
      text += " END"
    case .cast(let operand, let type, let isTry):
      text += isTry ? "TRY_CAST(" : "CAST("
      operand.write(to: &text)
      text += " AS \(type.name))"
    case .item(let operand, let index):
      operand.write(to: &text, atLeast: Precedence.primary)
      text += "[\(index)]"
    case .field(let operand, let name):
      // A point after digits is read as part of the number.
      let isNumber = if case .literal = operand.kind { true } else { false }
      operand.write(to: &text, atLeast: isNumber ? Precedence.primary + 1 : Precedence.primary)
      text += ".\(quotedIdentifier(name))"
    case .call(let name, let arguments): write(call: name, arguments, to: &text)
    }
  }

  /// `js, '$.a' RETURNING INT DEFAULT 0 ON EMPTY`: a value stands after the clause it belongs to.
  private func write(json arguments: [Expression], to text: inout String) {
    text += "\(arguments[0]), \(arguments[1])"
    for (index, argument) in arguments.enumerated().dropFirst(2) {
      guard case .keyword(let clause) = argument.kind else { continue }
      let isDefault = clause.hasPrefix("DEFAULT")
      text += isDefault ? " DEFAULT \(arguments[index + 1])\(clause.dropFirst(7))" : " \(clause)"
    }
  }

  private func write(list: [Expression], to text: inout String) {
    for (index, item) in list.enumerated() {
      if index > 0 { text += ", " }
      item.write(to: &text)
    }
  }

  private func write(call name: String, _ arguments: [Expression], to text: inout String) {
    if name == "ARRAY" || name == "MAP" {
      text += "\(name)["
      write(list: arguments, to: &text)
      text += "]"
      return
    }
    if name == "-" {  // the difference of two times
      text += "(\(arguments[0]) - "
      arguments[1].write(to: &text, atLeast: Precedence.sum + 1)
      text += ") \(arguments[2])"
      return
    }
    text += "\(name)("
    switch (name, arguments.count) {
    case ("OVERLAY", 3...):
      text += "\(arguments[0]) PLACING \(arguments[1]) FROM \(arguments[2])"
      if arguments.count > 3 { text += " FOR \(arguments[3])" }
    case ("JSON_VALUE", 3...), ("JSON_QUERY", 3...), ("JSON_EXISTS", 3...):
      write(json: arguments, to: &text)
    case ("EXTRACT", 2): text += "\(arguments[0]) FROM \(arguments[1])"
    case ("POSITION", 2):
      // IN would otherwise be read as the operator of a list.
      arguments[0].write(to: &text, atLeast: Precedence.range + 1)
      text += " IN \(arguments[1])"
    case ("TRIM", 3): text += "\(arguments[0]) \(arguments[1]) FROM \(arguments[2])"
    case ("FLOOR", 2), ("CEIL", 2):
      if case .keyword(let unit) = arguments[1].kind {
        text += "\(arguments[0]) TO \(unit)"
      } else {
        write(list: arguments, to: &text)
      }
    default: write(list: arguments, to: &text)
    }
    text += ")"
  }
}

extension Literal {
  /// The literal as SQL.
  var sql: String {
    switch self {
    case .null: "NULL"
    case .boolean(let value): value ? "TRUE" : "FALSE"
    case .integer(let value): String(value)
    case .decimal(let value, let precision): decimalText(value, precision)
    case .double(let value):
      // Without an exponent it would be read as a DECIMAL.
      String(value).contains("e") ? String(value) : "\(value)e0"
    case .string(let value): quotedString(value)
    case .date(let days): "DATE '\(formatDate(days))'"
    case .timestamp(let ms): "TIMESTAMP '\(sqlTimestamp(ms))'"
    case .interval(let ms): sqlInterval(ms)
    case .months(let count): "INTERVAL '\(count)' MONTH"
    }
  }
}

/// The digits with as many zeros before them as were written; at least the scale of them.
private func decimalText(_ value: DecimalNumber, _ precision: Int) -> String {
  let digits = String(value.unscaled.magnitude)
  let padded = String(repeating: "0", count: max(0, precision - digits.utf8.count)) + digits
  return
    "\(value.unscaled < 0 ? "-" : "")\(padded.dropLast(value.scale)).\(padded.suffix(value.scale))"
}

/// `2026-01-31 12:00:00.000`: how Flink prints a TIMESTAMP(3).
func sqlTimestamp(_ ms: Int64) -> String {
  String(formatTimestamp(ms).dropLast().map { $0 == "T" ? " " : $0 })
}

private func sqlInterval(_ ms: Int64) -> String {
  for (unit, size) in [("DAY", msPerDay), ("HOUR", 3_600_000), ("MINUTE", 60_000)]
  where ms != 0 && ms % size == 0 {
    return "INTERVAL '\(ms / size)' \(unit)"
  }
  if ms % 1000 == 0 { return "INTERVAL '\(ms / 1000)' SECOND" }
  let fraction = String(String((ms % 1000).magnitude + 1000).dropFirst())
  return "INTERVAL '\(ms < 0 ? "-" : "")\((ms / 1000).magnitude).\(fraction)' SECOND"
}

func quotedString(_ text: String) -> String {
  "'" + text.unicodeScalars.map { $0 == "'" ? "''" : String($0) }.joined() + "'"
}

/// The name as it must be written in an expression: in backticks where it is not a plain word.
public func quotedIdentifier(_ name: String) -> String {
  let isPlain =
    !name.isEmpty && !Lexer.reserved.contains(name.uppercased())
    && name.utf8.enumerated().allSatisfy { index, byte in
      index == 0 ? Lexer.startsWord(byte) : Lexer.continuesWord(byte)
    }
  if isPlain { return name }
  return "`" + name.unicodeScalars.map { $0 == "`" ? "``" : String($0) }.joined() + "`"
}
