import Columns

extension Parser {
  /// The arguments of a JSON function: text, path, then its clauses as keywords, each `DEFAULT`
  /// followed by its value: `RETURNING INT`, `DEFAULT ON EMPTY`, `WITH CONDITIONAL WRAPPER`.
  mutating func jsonArguments(_ name: String) throws(ExpressionFault) -> [Expression] {
    var arguments = [try expression()]
    try expect(sign: ",", "before the path of \(name)")
    arguments.append(try expression())
    while current.kind == .word {
      let start = current.range.lowerBound
      switch current.keyword {
      case "RETURNING" where name == "JSON_VALUE":
        advance()
        let type = try columnType(isLast: false)
        arguments.append(try node(.keyword("RETURNING \(type.name)"), from: start))
      case "WITH" where name == "JSON_QUERY", "WITHOUT" where name == "JSON_QUERY":
        arguments.append(try wrapper())
      default:
        var value: Expression?
        var word = advance().keyword
        if word == "DEFAULT", name == "JSON_VALUE" {
          value = try expression()
        } else if word == "EMPTY", name == "JSON_QUERY" {
          word += " \(advance().keyword)"
        }
        try expect("ON", after: word)
        let place = advance()
        guard Self.jsonChoices(name).contains(word),
          place.keyword == "ERROR" || place.keyword == "EMPTY" && name != "JSON_EXISTS"
        else {
          throw ExpressionFault(
            range: start..<lastEnd, message: "'\(word) ON \(place.text)' is no clause of \(name)",
            hint: Self.jsonChoices(name).map { "\($0) ON ERROR" }.joined(separator: ", "))
        }
        arguments.append(try node(.keyword("\(word) ON \(place.keyword)"), from: start))
        if let value { arguments.append(value) }
      }
    }
    return arguments
  }

  private static func jsonChoices(_ name: String) -> [String] {
    switch name {
    case "JSON_VALUE": ["NULL", "ERROR", "DEFAULT"]
    case "JSON_QUERY": ["NULL", "ERROR", "EMPTY ARRAY", "EMPTY OBJECT"]
    default: ["TRUE", "FALSE", "UNKNOWN", "ERROR"]
    }
  }

  private mutating func wrapper() throws(ExpressionFault) -> Expression {
    let start = current.range.lowerBound
    var text = advance().keyword
    if text == "WITH", accept("CONDITIONAL") {
      text += " CONDITIONAL"
    } else if text == "WITH" {
      _ = accept("UNCONDITIONAL")
      text += " UNCONDITIONAL"
    }
    _ = accept("ARRAY")
    try expect("WRAPPER", after: text)
    return try node(.keyword("\(text) WRAPPER"), from: start)
  }
}
