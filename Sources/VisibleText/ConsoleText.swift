/// What is said to a person on standard output or standard error: our own words, what was put into
/// them, and the few commands of ours that a terminal may get.
///
/// Safe by construction: whatever is interpolated is data and is made visible as it goes in, line
/// feeds too; lines break only where a literal says so or a text is interpolated as `lines`. There
/// is no way to put a raw escape in: colours are ``TerminalCommand``s.
///
/// ```swift
/// let name = "a\u{1B}[2J\n.csv"
/// let text: ConsoleText = "cannot read \(name)\n"  // cannot read a\x1b[2J\n.csv⏎
/// ```
public struct ConsoleText: Hashable, Sendable {
  private enum Piece: Hashable, Sendable {
    case visible(String)
    case command(TerminalCommand)
  }

  private var pieces: [Piece] = []

  public init() {}

  /// One line of text: line feeds in it are escaped.
  public init(_ text: String) { pieces = [.visible(SafeText.visible(text))] }

  /// Text of several lines, each of which is safe to begin with a place of its own.
  public init(lines text: String) { pieces = [.visible(SafeText.visible(lines: text))] }

  /// Valid JSON: what is invisible in its texts is written as JSON's escapes.
  public init(json text: String) { pieces = [.visible(SafeText.visible(json: text))] }

  public init(_ command: TerminalCommand) { pieces = [.command(command)] }

  /// What is written.
  ///
  /// - Parameters:
  ///   - commands: whether a terminal is there to take them.
  ///   - change: applied to each piece of text, which must stay visible.
  public func rendered(commands: Bool, _ change: (String) -> String = { $0 }) -> String {
    var text = ""
    for piece in pieces {
      switch piece {
      case .visible(let visible): text += change(visible)
      case .command(let command): text += commands ? command.sequence : ""
      }
    }
    return text
  }

  public var isEmpty: Bool {
    pieces.allSatisfy { if case .visible(let text) = $0 { text.isEmpty } else { false } }
  }

  /// Columns of a text of one line.
  public var columns: Int {
    pieces.reduce(0) { sum, piece in
      if case .visible(let text) = piece { sum + DisplayWidth.columns(of: text) } else { sum }
    }
  }

  public func hasSuffix(_ suffix: String) -> Bool {
    if case .visible(let text) = pieces.last { text.hasSuffix(suffix) } else { false }
  }

  /// Without blanks at the end.
  public var trimmedEnd: ConsoleText {
    guard case .visible(let text) = pieces.last else { return self }
    var copy = self
    var kept = Substring(text)
    while kept.last == " " { kept.removeLast() }
    copy.pieces[copy.pieces.count - 1] = .visible(String(kept))
    return copy
  }

  public static func += (left: inout ConsoleText, right: ConsoleText) {
    left.pieces += right.pieces
  }

  public static func + (left: ConsoleText, right: ConsoleText) -> ConsoleText {
    var sum = left
    sum += right
    return sum
  }
}

extension ConsoleText: ExpressibleByStringInterpolation {
  public init(stringLiteral text: String) { self.init(lines: text) }

  public init(stringInterpolation: StringInterpolation) { self = stringInterpolation.text }

  public struct StringInterpolation: StringInterpolationProtocol {
    var text = ConsoleText()

    public init(literalCapacity: Int, interpolationCount: Int) {}

    public mutating func appendLiteral(_ literal: String) { text += ConsoleText(lines: literal) }
    public mutating func appendInterpolation(_ more: ConsoleText) { text += more }
    public mutating func appendInterpolation(_ data: String) { text += ConsoleText(data) }
    public mutating func appendInterpolation(lines data: String) {
      text += ConsoleText(lines: data)
    }
    public mutating func appendInterpolation(json data: String) { text += ConsoleText(json: data) }
    public mutating func appendInterpolation(_ command: TerminalCommand) {
      text += ConsoleText(command)
    }
    public mutating func appendInterpolation(_ value: some Any) {
      text += ConsoleText(String(describing: value))
    }
  }
}

extension Sequence<ConsoleText> {
  public func joined(separator: ConsoleText = "") -> ConsoleText {
    var text = ConsoleText()
    for (index, part) in enumerated() {
      if index > 0 { text += separator }
      text += part
    }
    return text
  }
}

/// The commands that a terminal gets from us outside of the studio.
public enum TerminalCommand: Hashable, Sendable {
  /// Select Graphic Rendition: colours and weights by their numbers; none gives the plain style.
  case style([UInt8])
  /// Back to the start of the line, which is emptied.
  case clearLine

  package var sequence: String {
    switch self {
    case .style(let numbers):
      "\u{1B}[\(numbers.isEmpty ? "0" : numbers.map(String.init).joined(separator: ";"))m"
    case .clearLine: "\r\u{1B}[K"
    }
  }
}
