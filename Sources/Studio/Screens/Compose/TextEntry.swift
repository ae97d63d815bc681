/// A line of text that is being typed, with its cursor.
public struct TextEntry: Sendable, Equatable {
  public var text: String
  /// Characters before the cursor.
  public var cursor: Int

  private static let limit = 2000

  /// The cursor stands at the end.
  public init(_ text: String = "") {
    self.text = text
    cursor = text.count
  }

  mutating func type(_ character: Character) {
    guard text.count < Self.limit else { return }
    replace(cursor..<cursor, with: String(character))
  }

  /// Puts a text in the place of characters; the cursor stands behind it.
  mutating func replace(_ range: Range<Int>, with new: String) {
    var characters = Array(text)
    let range = range.clamped(to: 0..<characters.count)
    characters.replaceSubrange(range, with: new)
    text = String(characters)
    cursor = min(range.lowerBound + new.count, text.count)
  }

  /// - Returns: false for an action that has nothing to do with it.
  mutating func edit(_ action: StudioAction) -> Bool {
    switch action {
    case .cursorLeft: cursor = max(0, cursor - 1)
    case .cursorRight: cursor = min(text.count, cursor + 1)
    case .cursorStart: cursor = 0
    case .cursorEnd: cursor = text.count
    case .eraseCharacter: if cursor > 0 { replace((cursor - 1)..<cursor, with: "") }
    case .eraseNext:
      let old = cursor
      if cursor < text.count { replace(cursor..<(cursor + 1), with: "") }
      cursor = old
    case .eraseAll: self = TextEntry()
    default: return false
    }
    return true
  }
}
