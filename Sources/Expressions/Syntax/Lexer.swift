/// A word, number, text or sign of an expression, with its place.
struct Token {
  enum Kind { case word, quotedWord, string, integer, decimal, sign, end }

  var kind: Kind
  /// What it says: a string without quotes, a word as written.
  var text: String
  var range: Range<Int>
  /// A plain word in upper case, for keywords; empty for everything else.
  var keyword = ""
}

/// Cuts the text of an expression into tokens; never recurses, whatever the text.
struct Lexer {
  private let bytes: [UInt8]
  private var at = 0
  private(set) var tokens: [Token] = []
  private(set) var faults: [ExpressionFault] = []

  /// Words that cannot be a column's name without backticks.
  static let reserved: Set<String> = [
    "AND", "AS", "BETWEEN", "CASE", "CAST", "DISTINCT", "ELSE", "END", "ESCAPE", "EXTRACT",
    "FALSE", "FILTER", "FROM", "IN", "INTERVAL", "IS", "LIKE", "NOT", "NULL", "OR", "THEN",
    "TRUE", "TRY_CAST", "UNKNOWN", "WHEN", "WHERE",
  ]

  init(_ text: String) {
    bytes = Array(text.utf8)
    while let token = next() { tokens.append(token) }
    tokens.append(Token(kind: .end, text: "", range: bytes.count..<bytes.count))
  }

  static func startsWord(_ byte: UInt8) -> Bool {
    byte >= 128 || byte == 95 || (byte | 32) >= 97 && (byte | 32) <= 122
  }
  static func continuesWord(_ byte: UInt8) -> Bool {
    startsWord(byte) || isDigit(byte) || byte == 36
  }
  static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }

  private func peek(_ offset: Int = 0) -> UInt8 {
    at + offset < bytes.count ? bytes[at + offset] : 0
  }

  private func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }

  private mutating func skipBlanks() {
    while at < bytes.count {
      switch bytes[at] {
      case 9, 10, 13, 32: at += 1
      case 45 where peek(1) == 45:
        while at < bytes.count, bytes[at] != 10 { at += 1 }
      case 47 where peek(1) == 42:
        let start = at
        at += 2
        while at < bytes.count, !(bytes[at] == 42 && peek(1) == 47) { at += 1 }
        if at >= bytes.count {
          faults.append(
            ExpressionFault(
              range: start..<start + 2, message: "the comment does not end", hint: "end it with */")
          )
        }
        at = min(at + 2, bytes.count)
      default: return
      }
    }
  }

  private mutating func next() -> Token? {
    skipBlanks()
    guard at < bytes.count else { return nil }
    let start = at
    let byte = bytes[at]
    if Self.startsWord(byte) {
      while at < bytes.count, Self.continuesWord(bytes[at]) { at += 1 }
      let word = text(start..<at)
      return Token(kind: .word, text: word, range: start..<at, keyword: word.uppercased())
    }
    if Self.isDigit(byte) || byte == 46 && Self.isDigit(peek(1)) { return number() }
    if byte == 39 { return quoted(39, .string) }
    if byte == 96 { return quoted(96, .quotedWord) }
    if byte == 34 {
      let token = quoted(34, .quotedWord)
      faults.append(
        ExpressionFault(
          range: token.range, message: "double quotes are not used in SQL expressions",
          hint: "a text is '\(token.text)', a column is `\(token.text)`"))
      return token
    }
    return sign()
  }

  private mutating func number() -> Token {
    let start = at
    var isDecimal = false
    while Self.isDigit(peek()) { at += 1 }
    if peek() == 46 {
      isDecimal = true
      at += 1
      while Self.isDigit(peek()) { at += 1 }
    }
    if peek() | 32 == 101 {
      let signed = peek(1) == 43 || peek(1) == 45 ? 1 : 0
      if Self.isDigit(peek(1 + signed)) {
        isDecimal = true
        at += 1 + signed
        while Self.isDigit(peek()) { at += 1 }
      }
    }
    if Self.continuesWord(peek()) {
      while Self.continuesWord(peek()) { at += 1 }
      faults.append(
        ExpressionFault(
          range: start..<at, message: "'\(text(start..<at))' is neither a number nor a name",
          hint: "a name that starts with a digit stands in backticks"))
    }
    return Token(
      kind: isDecimal ? .decimal : .integer, text: text(start..<at), range: start..<at)
  }

  private mutating func quoted(_ quote: UInt8, _ kind: Token.Kind) -> Token {
    let start = at
    var content: [UInt8] = []
    at += 1
    while at < bytes.count {
      if bytes[at] == quote {
        if peek(1) != quote { break }
        at += 1
      }
      content.append(bytes[at])
      at += 1
    }
    if at >= bytes.count {
      faults.append(
        ExpressionFault(
          range: start..<bytes.count, message: "the quote does not end",
          hint: "end it with \(Character(Unicode.Scalar(quote))); inside, write it twice"))
    } else {
      at += 1
    }
    return Token(
      kind: kind, text: String(decoding: content, as: UTF8.self), range: start..<at)
  }

  private mutating func sign() -> Token {
    let start = at
    let pair = start + 1 < bytes.count ? text(start..<start + 2) : ""
    if ["<>", "!=", "<=", ">=", "||"].contains(pair) {
      at += 2
      return Token(kind: .sign, text: pair == "!=" ? "<>" : pair, range: start..<at)
    }
    at += 1
    let character = text(start..<at)
    if !"+-*/%=<>(),.[]".contains(character) {
      let hint =
        switch character {
        case "&": "AND joins two conditions"
        case "|": "OR joins two conditions, || joins two texts"
        case "!": "NOT turns a condition round, <> compares"
        case ";": "an expression has no semicolon"
        default: nil as String?
        }
      faults.append(
        ExpressionFault(
          range: start..<at, message: "'\(character)' does not belong in an expression",
          hint: hint))
    }
    return Token(kind: .sign, text: character, range: start..<at)
  }
}
