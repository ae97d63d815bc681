import Columns

extension Parser {
  /// A literal, a column, a call or a part in parentheses.
  mutating func primary() throws(ExpressionFault) -> Expression {
    let token = current
    let start = token.range.lowerBound
    switch token.kind {
    case .integer, .decimal:
      advance()
      return try node(.literal(numberLiteral(token, isNegative: false)), from: start)
    case .string:
      advance()
      return try node(.literal(.string(token.text)), from: start)
    case .quotedWord:
      advance()
      return try node(.column(token.text), from: start)
    case .sign where token.text == "(":
      advance()
      let inner = try expression()
      if current.kind == .sign, current.text == "," {
        var parts = [inner]
        while accept(sign: ",") { parts.append(try expression()) }
        try expect(sign: ")", "at the end of the ROW")
        return try node(.call("ROW", parts), from: start)
      }
      try expect(sign: ")", "at the end of the part in parentheses")
      return try difference(inner, start) ?? inner
    case .word: return try word()
    case .sign, .end: throw unexpected("a value is missing here")
    }
  }

  private mutating func word() throws(ExpressionFault) -> Expression {
    let token = current
    let start = token.range.lowerBound
    let isCall = following.kind == .sign && following.text == "("
    switch token.keyword {
    case "NULL", "UNKNOWN", "TRUE", "FALSE":
      advance()
      let isNull = token.keyword == "NULL" || token.keyword == "UNKNOWN"
      return try node(.literal(isNull ? .null : .boolean(token.keyword == "TRUE")), from: start)
    case "DATE" where following.kind == .string, "TIMESTAMP" where following.kind == .string:
      advance()
      let text = advance()
      return try node(.literal(timeLiteral(token, text)), from: start)
    case "INTERVAL": return try interval()
    case "CASE": return try caseWhen()
    case "ARRAY" where following.kind == .sign && following.text == "[",
      "MAP" where following.kind == .sign && following.text == "[":
      return try constructor()
    case "CAST" where isCall, "TRY_CAST" where isCall: return try cast()
    default: break
    }
    if isCall { return try call() }
    if Lexer.reserved.contains(token.keyword) {
      throw unexpected("a value is missing here", hint: "a column of this name is `\(token.text)`")
    }
    advance()
    return try node(.column(token.text), from: start)
  }

  /// `ARRAY[1, 2]` and `MAP['a', 1]`.
  private mutating func constructor() throws(ExpressionFault) -> Expression {
    let name = advance()
    advance()
    var parts: [Expression] = []
    if current.kind != .sign || current.text != "]" {
      repeat { parts.append(try expression()) } while accept(sign: ",")
    }
    try expect(sign: "]", "at the end of \(name.keyword)")
    return try node(.call(name.keyword, parts), from: name.range.lowerBound)
  }

  /// `(a - b) DAY TO SECOND`: the difference of two times; nil where no unit follows.
  private mutating func difference(
    _ inner: Expression, _ start: Int
  ) throws(ExpressionFault) -> Expression? {
    guard case .binary(.subtract, let left, let right) = inner.kind,
      ["DAY", "HOUR", "MINUTE", "SECOND"].contains(current.keyword)
    else { return nil }
    let unit = advance()
    var text = unit.keyword
    if accept("TO") {
      guard ["HOUR", "MINUTE", "SECOND"].contains(current.keyword) else {
        throw unexpected("a unit is missing after TO", hint: "DAY TO SECOND")
      }
      text += " TO \(advance().keyword)"
    }
    let word = try node(.keyword(text), from: unit.range.lowerBound)
    return try node(.call("-", [left, right, word]), from: start)
  }

  func numberLiteral(_ token: Token, isNegative: Bool) throws(ExpressionFault) -> Literal {
    let text = isNegative ? "-" + token.text : token.text
    if token.kind == .integer {
      guard let value = Int64(text) else {
        throw ExpressionFault(
          range: token.range, message: "\(text) does not fit in a BIGINT",
          hint: "write it as a DOUBLE: \(text)e0")
      }
      return .integer(value)
    }
    if text.hasSuffix(".") {  // 5. is 5
      var whole = token
      whole.text.removeLast()
      whole.kind = .integer
      return try numberLiteral(whole, isNegative: isNegative)
    }
    if !text.utf8.contains(where: { $0 | 32 == 101 }) {
      let digits = token.text.filter { $0 != "." }
      let fraction = token.text.drop { $0 != "." }.dropFirst()
      guard digits.utf8.count <= maxDecimalPrecision, let unscaled = Int128(digits) else {
        throw ExpressionFault(
          range: token.range, message: "\(text) has more than 38 digits",
          hint: "write it as a DOUBLE: \(text)e0")
      }
      return .decimal(
        DecimalNumber(isNegative ? -unscaled : unscaled, scale: fraction.utf8.count),
        precision: digits.utf8.count)
    }
    guard let value = Double(text), value.isFinite else {
      throw ExpressionFault(range: token.range, message: "\(text) does not fit in a DOUBLE")
    }
    return .double(value)
  }

  private func timeLiteral(_ keyword: Token, _ text: Token) throws(ExpressionFault) -> Literal {
    if keyword.keyword == "DATE" {
      if let days = parseSQLDate(text.text) { return .date(days) }
      throw ExpressionFault(
        range: text.range, message: "'\(text.text)' is not a date", hint: "write '2026-01-31'")
    }
    if let ms = parseSQLTimestamp(text.text) { return .timestamp(ms) }
    throw ExpressionFault(
      range: text.range, message: "'\(text.text)' is not a time",
      hint: "write '2026-01-31 12:00:00.000'")
  }

  private mutating func interval() throws(ExpressionFault) -> Expression {
    let start = advance().range.lowerBound
    let isNegative = accept(sign: "-")
    guard current.kind == .string else {
      throw unexpected("a text is missing after INTERVAL", hint: "write INTERVAL '5' MINUTE")
    }
    let text = advance()
    let sizes: [String: Int64] = [
      "WEEK": 7 * msPerDay, "DAY": msPerDay, "HOUR": 3_600_000, "MINUTE": 60_000, "SECOND": 1000,
    ]
    let unit = current
    let word = unit.keyword.hasSuffix("S") ? String(unit.keyword.dropLast()) : unit.keyword
    if let months = ["MONTH": 1, "YEAR": 12, "QUARTER": 3][word], let count = Int64(text.text),
      count.magnitude < 1_000_000
    {
      advance()
      let total = count * Int64(months)
      return try node(.literal(.months(isNegative ? -total : total)), from: start)
    }
    guard let size = sizes[word] else {
      let isMonth = word == "MONTH" || word == "YEAR" || word == "QUARTER" || word == "WEEK"
      throw unexpected(
        isMonth ? "an INTERVAL has no \(word) here" : "the unit of the INTERVAL is missing",
        hint: isMonth
          ? "write TIMESTAMPADD(\(word), \(text.text), t)" : "SECOND, MINUTE, HOUR or DAY")
    }
    advance()
    var last = word
    if current.keyword == "TO", sizes[following.keyword] != nil {
      advance()
      last = advance().keyword
    }
    guard let ms = parseInterval(text.text, unit: word, size: size, last: last) else {
      throw ExpressionFault(
        range: text.range, message: "'\(text.text)' is not a number of \(word.lowercased())s",
        hint: "write INTERVAL '5' \(word)")
    }
    return try node(.literal(.interval(isNegative ? -ms : ms)), from: start)
  }

  private mutating func caseWhen() throws(ExpressionFault) -> Expression {
    let start = advance().range.lowerBound
    let operand = current.keyword == "WHEN" ? nil : try expression()
    var branches: [CaseBranch] = []
    while accept("WHEN") {
      let condition = try expression()
      try expect("THEN", after: "the condition of WHEN")
      branches.append(CaseBranch(condition: condition, result: try expression()))
    }
    if branches.isEmpty { throw unexpected("WHEN is missing after CASE") }
    let otherwise = accept("ELSE") ? try expression() : nil
    try expect("END", after: "CASE")
    return try node(
      .caseWhen(operand: operand, branches: branches, otherwise: otherwise), from: start)
  }

  private mutating func cast() throws(ExpressionFault) -> Expression {
    let token = advance()
    advance()
    let operand = try expression()
    try expect("AS", after: "the value of \(token.keyword)")
    let type = try columnType()
    try expect(sign: ")", "after the type")
    return try node(
      .cast(operand, type, isTry: token.keyword == "TRY_CAST"), from: token.range.lowerBound)
  }

  /// A type: everything up to the bracket or the comma that does not belong to it.
  ///
  /// - Parameter isLast: false where words may follow that are no part of it.
  mutating func columnType(isLast: Bool = true) throws(ExpressionFault) -> ColumnType {
    let start = current.range.lowerBound
    guard current.kind == .word else { throw unexpected("a type is missing after AS") }
    var open = 0
    while current.kind != .end {
      if current.kind == .sign {
        if ["(", "<"].contains(current.text) { open += 1 }
        if open == 0 { break }
        if [")", ">"].contains(current.text) { open -= 1 }
      } else if !isLast, open == 0, current.range.lowerBound > start {
        break
      }
      if current.kind == .sign, current.text == "<>" { break }
      advance()
    }
    do throws(ColumnTypeFault) {
      return try ColumnTypeParser.parse(source(start..<lastEnd))
    } catch {
      throw ExpressionFault(
        range: start + error.range.lowerBound..<start + error.range.upperBound,
        message: error.message, hint: error.hint)
    }
  }
}
