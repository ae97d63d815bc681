import Columns

extension Parser {
  /// A function with its arguments, some of which have words between them.
  mutating func call() throws(ExpressionFault) -> Expression {
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
    case "OVERLAY": arguments = try overlayArguments()
    case "JSON_VALUE", "JSON_QUERY", "JSON_EXISTS": arguments = try jsonArguments(name)
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

  /// `OVERLAY(text PLACING other FROM start FOR length)`.
  private mutating func overlayArguments() throws(ExpressionFault) -> [Expression] {
    var arguments = [try expression()]
    try expect("PLACING", after: "the text of OVERLAY")
    arguments.append(try expression())
    try expect("FROM", after: "the new part of OVERLAY")
    arguments.append(try expression())
    if accept("FOR") { arguments.append(try expression()) }
    return arguments
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
