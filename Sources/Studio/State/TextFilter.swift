/// What a list is filtered by: every word must be in a line, in any case.
public struct TextFilter: Sendable, Equatable {
  public var text = ""
  /// Whether typed characters go to it.
  public var isTyping = false

  private static let limit = 200

  public init(_ text: String = "") { self.text = text }

  public var isEmpty: Bool { text.isEmpty }

  func lets(_ line: String) -> Bool { text.isEmpty || contains(line, text) }

  /// What a title says of it.
  var note: String { text.isEmpty && !isTyping ? "" : "/\(text)\(isTyping ? "▌" : "")" }

  /// Edits it.
  ///
  /// - Returns: false for an action that has nothing to do with it.
  mutating func edit(_ action: StudioAction) -> Bool {
    switch action {
    case .filterList: isTyping = true
    case .accept where isTyping: isTyping = false
    case .close where isTyping || !text.isEmpty: self = TextFilter()
    case .eraseCharacter where isTyping: text = String(text.dropLast())
    case .eraseAll where isTyping: text = ""
    default: return false
    }
    return true
  }

  /// - Returns: whether the character went to it.
  mutating func type(_ character: Character) -> Bool {
    guard isTyping, text.count < Self.limit else { return isTyping }
    text.append(character)
    return true
  }
}
