import Columns

/// Reads the text of an expression; what it means is checked when it is compiled.
public enum ExpressionParser {
  /// The longest text that is read, in bytes.
  public static let maxTextBytes = 64 * 1024
  /// How deep an expression may be nested.
  public static let maxDepth = 200

  public static func parse(_ text: String) -> Result<Expression, ExpressionFaults> {
    Parser.run(text) { parser throws(ExpressionFault) in try parser.expression() }
  }
}

/// A Pratt parser over the tokens of one text.
struct Parser {
  private let tokens: [Token]
  private let text: [UInt8]
  private var at = 0
  private var depth = 0

  /// Parses the whole text with `body`, or says everything that is wrong with it.
  static func run<T>(
    _ text: String, _ body: (inout Parser) throws(ExpressionFault) -> T
  ) -> Result<T, ExpressionFaults> {
    let size = text.utf8.count
    guard size <= ExpressionParser.maxTextBytes else {
      let fault = ExpressionFault(
        range: 0..<0, message: "the expression has \(size) bytes",
        hint: "at most \(ExpressionParser.maxTextBytes) are read")
      return .failure(ExpressionFaults(text: "", faults: [fault]))
    }
    let lexer = Lexer(text)
    guard lexer.faults.isEmpty else {
      return .failure(ExpressionFaults(text: text, faults: lexer.faults))
    }
    var parser = Parser(tokens: lexer.tokens, text: Array(text.utf8))
    do throws(ExpressionFault) {
      let result = try body(&parser)
      try parser.expectEnd()
      return .success(result)
    } catch {
      return .failure(ExpressionFaults(text: text, faults: [error]))
    }
  }

  private init(tokens: [Token], text: [UInt8]) {
    self.tokens = tokens
    self.text = text
  }

  // MARK: Tokens

  var current: Token { tokens[at] }
  var following: Token { tokens[min(at + 1, tokens.count - 1)] }
  var lastEnd: Int { at > 0 ? tokens[at - 1].range.upperBound : 0 }

  /// The text as it was written.
  func source(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }

  @discardableResult
  mutating func advance() -> Token {
    defer { at = min(at + 1, tokens.count - 1) }
    return tokens[at]
  }

  mutating func accept(_ keyword: String) -> Bool {
    guard current.keyword == keyword else { return false }
    advance()
    return true
  }

  mutating func accept(sign: String) -> Bool {
    guard current.kind == .sign, current.text == sign else { return false }
    advance()
    return true
  }

  mutating func expect(_ keyword: String, after what: String) throws(ExpressionFault) {
    if !accept(keyword) { throw unexpected("\(keyword) is missing after \(what)") }
  }

  mutating func expect(sign: String, _ why: String) throws(ExpressionFault) {
    if !accept(sign: sign) { throw unexpected("'\(sign)' is missing \(why)") }
  }

  func token(after count: Int) -> Token { tokens[min(at + count, tokens.count - 1)] }

  func unexpected(_ message: String, hint: String? = nil) -> ExpressionFault {
    let found = current.kind == .end ? "the expression ends" : "found '\(current.text)'"
    return ExpressionFault(range: current.range, message: "\(message); \(found)", hint: hint)
  }

  private func expectEnd() throws(ExpressionFault) {
    if current.kind == .end { return }
    let hint: String? =
      switch (current.kind, current.text) {
      case (.sign, "."): "a name with a dot stands in backticks: `a.b`"
      case (.sign, ")"): "there is no '(' for it"
      default: nil
      }
    throw ExpressionFault(
      range: current.range, message: "'\(current.text)' is not expected here", hint: hint)
  }

  /// A node from `start` to the last token read; refuses what would be too deep.
  func node(_ kind: Expression.Kind, from start: Int) throws(ExpressionFault) -> Expression {
    let expression = Expression(kind, start..<lastEnd)
    if expression.depth > ExpressionParser.maxDepth { throw tooDeep(start..<lastEnd) }
    return expression
  }

  private func tooDeep(_ range: Range<Int>) -> ExpressionFault {
    ExpressionFault(
      range: range, message: "the expression is nested too deeply",
      hint: "at most \(ExpressionParser.maxDepth) levels are read")
  }

  // MARK: Operators

  mutating func expression(_ floor: Int = Precedence.lowest) throws(ExpressionFault) -> Expression {
    depth += 1
    defer { depth -= 1 }
    if depth > ExpressionParser.maxDepth { throw tooDeep(current.range) }
    let start = current.range.lowerBound
    var left = try prefix()
    while let next = try infix(left, start, floor) { left = next }
    return left
  }

  private mutating func prefix() throws(ExpressionFault) -> Expression {
    let start = current.range.lowerBound
    if accept("NOT") {
      let operand = try expression(Precedence.not)
      return try node(.not(operand), from: start)
    }
    if accept(sign: "+") { return try expression(Precedence.sign) }
    if accept(sign: "-") {
      if current.kind == .integer || current.kind == .decimal {
        let number = advance()
        return try node(.literal(numberLiteral(number, isNegative: true)), from: start)
      }
      let operand = try expression(Precedence.sign)
      return try node(.negate(operand), from: start)
    }
    return try postfix(primary(), start)
  }

  /// The parts of a value that follow it: `[1]`, `.field`.
  private mutating func postfix(
    _ value: Expression, _ start: Int
  ) throws(ExpressionFault) -> Expression {
    var value = value
    while current.kind == .sign {
      if accept(sign: "[") {
        let index = try expression()
        try expect(sign: "]", "after the index")
        value = try node(.item(value, index), from: start)
      } else if current.text == ".",
        following.kind == .quotedWord
          || following.kind == .word && !Lexer.reserved.contains(following.keyword)
      {
        advance()
        let name = advance().text
        value = try node(.field(value, name), from: start)
      } else {
        break
      }
    }
    return value
  }

  /// The expression that continues `left` with an operator binding at least as `floor`; nil when
  /// none follows.
  private mutating func infix(
    _ left: Expression, _ start: Int, _ floor: Int
  ) throws(ExpressionFault) -> Expression? {
    if current.kind == .sign, let operation = BinaryOperator(rawValue: current.text) {
      guard operation.precedence >= floor else { return nil }
      advance()
      let right = try expression(operation.precedence + 1)
      return try node(.binary(operation, left, right), from: start)
    }
    switch current.keyword {
    case "OR" where Precedence.or >= floor: return try logical(.or, Precedence.or, left, start)
    case "AND" where Precedence.and >= floor: return try logical(.and, Precedence.and, left, start)
    case "IS": return try test(left, start, floor)
    case "NOT" where ["IN", "LIKE", "BETWEEN"].contains(following.keyword):
      guard Precedence.range >= floor else { return nil }
      advance()
      return try range(left, start, isNegated: true)
    case "IN", "LIKE", "BETWEEN":
      guard Precedence.range >= floor else { return nil }
      return try range(left, start, isNegated: false)
    default: return nil
    }
  }

  private mutating func logical(
    _ operation: LogicalOperator, _ precedence: Int, _ left: Expression, _ start: Int
  ) throws(ExpressionFault) -> Expression {
    var operands: [Expression] = []
    func add(_ operand: Expression) {
      if case .logical(operation, let inner) = operand.kind {
        operands += inner
      } else {
        operands.append(operand)
      }
    }
    add(left)
    while accept(operation.rawValue) { add(try expression(precedence + 1)) }
    return try node(.logical(operation, operands), from: start)
  }

  private mutating func test(
    _ left: Expression, _ start: Int, _ floor: Int
  ) throws(ExpressionFault) -> Expression? {
    let isNegated = following.keyword == "NOT"
    let word = tokens[min(at + (isNegated ? 2 : 1), tokens.count - 1)]
    if word.keyword == "DISTINCT" {
      guard Precedence.comparison >= floor else { return nil }
      at += isNegated ? 3 : 2
      try expect("FROM", after: "DISTINCT")
      let right = try expression(Precedence.comparison + 1)
      return try node(
        .binary(isNegated ? .isNotDistinctFrom : .isDistinctFrom, left, right), from: start)
    }
    guard Precedence.test >= floor else { return nil }
    at += isNegated ? 2 : 1
    guard var test = TestOperator(rawValue: word.keyword) else {
      throw unexpected("NULL, TRUE, FALSE, UNKNOWN, JSON or DISTINCT FROM is missing after IS")
    }
    advance()
    if test == .json, !accept("VALUE"),
      let narrower = TestOperator(rawValue: "JSON \(current.keyword)")
    {
      advance()
      test = narrower
    }
    return try node(.test(left, test, isNegated: isNegated), from: start)
  }

  private mutating func range(
    _ left: Expression, _ start: Int, isNegated: Bool
  ) throws(ExpressionFault) -> Expression {
    switch advance().keyword {
    case "IN":
      try expect(sign: "(", "after IN")
      var values: [Expression] = []
      repeat { values.append(try expression()) } while accept(sign: ",")
      try expect(sign: ")", "at the end of the list")
      return try node(.inList(left, values, isNegated: isNegated), from: start)
    case "LIKE":
      let pattern = try expression(Precedence.range + 1)
      let escape = accept("ESCAPE") ? try expression(Precedence.range + 1) : nil
      return try node(
        .like(left, pattern: pattern, escape: escape, isNegated: isNegated), from: start)
    default:
      let isSymmetric = accept("SYMMETRIC")
      if !isSymmetric { _ = accept("ASYMMETRIC") }
      let low = try expression(Precedence.range + 1)
      try expect("AND", after: "the lower bound of BETWEEN")
      let high = try expression(Precedence.range + 1)
      return try node(
        .between(left, low: low, high: high, isNegated: isNegated, isSymmetric: isSymmetric),
        from: start)
    }
  }
}
