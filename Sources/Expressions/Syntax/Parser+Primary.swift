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
      try expect(sign: ")", "at the end of the part in parentheses")
      return inner
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
    guard let value = Double(text.hasSuffix(".") ? text + "0" : text), value.isFinite else {
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
      "DAY": msPerDay, "HOUR": 3_600_000, "MINUTE": 60_000, "SECOND": 1000,
    ]
    let unit = current
    let word = unit.keyword.hasSuffix("S") ? String(unit.keyword.dropLast()) : unit.keyword
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
  private mutating func columnType() throws(ExpressionFault) -> ColumnType {
    let start = current.range.lowerBound
    guard current.kind == .word else { throw unexpected("a type is missing after AS") }
    var open = 0
    while current.kind != .end {
      if current.kind == .sign {
        if ["(", "<"].contains(current.text) { open += 1 }
        if open == 0 { break }
        if [")", ">"].contains(current.text) { open -= 1 }
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

  // MARK: Calls

  private mutating func call() throws(ExpressionFault) -> Expression {
    let token = advance()
    let start = token.range.lowerBound
    advance()
    let arguments: [Expression]
    var name = token.keyword
    switch name {
    case "CHARACTER_LENGTH": name = "CHAR_LENGTH"
    case "CEILING": name = "CEIL"
    case "POW": name = "POWER"
    case "SUBSTR": name = "SUBSTRING"
    default: break
    }
    switch name {
    case "EXTRACT":
      let unit = try keyword()
      try expect("FROM", after: "the unit of EXTRACT")
      arguments = [unit, try expression()]
    case "TIMESTAMPDIFF", "TIMESTAMPADD":
      var list = [try keyword()]
      while accept(sign: ",") { list.append(try expression()) }
      arguments = list
    case "TRIM": arguments = try trimArguments()
    case "POSITION":
      let part = try expression(Precedence.range + 1)
      if !accept("IN") { throw unexpected("IN is missing in POSITION", hint: "POSITION(x IN y)") }
      arguments = [part, try expression()]
    case "SUBSTRING": arguments = try substringArguments()
    default:
      var list: [Expression] = []
      if current.kind != .sign || current.text != ")" {
        repeat { list.append(try expression()) } while accept(sign: ",")
      }
      if name == "FLOOR" || name == "CEIL", list.count == 1, accept("TO") {
        list.append(try keyword())
      }
      arguments = list
    }
    try expect(sign: ")", "at the end of \(name)")
    return try node(.call(name, arguments), from: start)
  }

  private mutating func keyword() throws(ExpressionFault) -> Expression {
    guard current.kind == .word else {
      throw unexpected("a unit is missing here", hint: "such as HOUR or DAY")
    }
    let token = advance()
    return try node(.keyword(token.keyword), from: token.range.lowerBound)
  }

  /// `TRIM(x)`, `TRIM(chars FROM x)`, `TRIM(LEADING FROM x)`, `TRIM(LEADING chars FROM x)`.
  private mutating func trimArguments() throws(ExpressionFault) -> [Expression] {
    let here = current.range.lowerBound
    let isSide = ["BOTH", "LEADING", "TRAILING"].contains(current.keyword)
    let side =
      isSide ? try keyword() : Expression(.keyword("BOTH"), here..<here)
    let blank = Expression(.literal(.string(" ")), here..<here)
    if accept("FROM") { return [side, blank, try expression()] }
    let first = try expression()
    if accept("FROM") { return [side, first, try expression()] }
    if isSide { throw unexpected("FROM is missing in TRIM", hint: "TRIM(LEADING ' ' FROM x)") }
    return [side, blank, first]
  }

  private mutating func substringArguments() throws(ExpressionFault) -> [Expression] {
    var arguments = [try expression()]
    if accept("FROM") {
      arguments.append(try expression())
      if accept("FOR") { arguments.append(try expression()) }
    } else {
      while accept(sign: ",") { arguments.append(try expression()) }
    }
    return arguments
  }
}
