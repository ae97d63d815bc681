/// The versions of a pipeline while it is edited, to go back and forward through without limit.
public struct EditHistory: Sendable, Equatable {
  public struct Version: Sendable, Equatable {
    public var text: String
    /// What made it, in a few words: `size 1 m → 5 m`.
    public var words: String
  }

  /// Oldest first; never empty.
  public private(set) var versions: [Version]
  /// The place of the one that stands.
  public private(set) var place = 0

  public init(_ text: String) { versions = [Version(text: text, words: "as it was opened")] }

  public var text: String { versions[place].text }
  public var canUndo: Bool { place > 0 }
  public var canRedo: Bool { place + 1 < versions.count }

  /// A new version stands; those that were undone are gone. One with the same text is none.
  public mutating func add(_ text: String, _ words: String) {
    guard text != self.text else { return }
    versions.removeSubrange((place + 1)...)
    versions.append(Version(text: text, words: words))
    place += 1
  }

  /// Lets another version stand; none is gone.
  public mutating func go(to version: Int) {
    place = min(max(0, version), versions.count - 1)
  }

  /// - Returns: false where nothing is left to undo.
  public mutating func undo() -> Bool {
    guard canUndo else { return false }
    place -= 1
    return true
  }

  /// - Returns: false where nothing was undone.
  public mutating func redo() -> Bool {
    guard canRedo else { return false }
    place += 1
    return true
  }
}
