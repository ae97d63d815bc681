import VisibleText

/// A key with its modifiers, as the key map and people name it: "Space", "Ctrl-P", "Alt-Left".
///
/// A character carries its shift in itself: "G" is `g` with Shift, and there is no "Shift-g".
public struct Key: Hashable, Sendable {
  public enum Code: Hashable, Sendable {
    case character(Character)
    case named(Name)
    /// F1...F24.
    case function(Int)
  }

  /// Keys that write no character.
  public enum Name: String, CaseIterable, Sendable {
    case enter = "Enter"
    case escape = "Esc"
    case tab = "Tab"
    case backspace = "Backspace"
    case up = "Up"
    case down = "Down"
    case left = "Left"
    case right = "Right"
    case home = "Home"
    case end = "End"
    case pageUp = "PageUp"
    case pageDown = "PageDown"
    case insert = "Insert"
    case delete = "Delete"
  }

  public struct Modifiers: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let shift = Modifiers(rawValue: 1)
    public static let alt = Modifiers(rawValue: 2)
    public static let control = Modifiers(rawValue: 4)
  }

  public var code: Code
  public var modifiers: Modifiers

  public init(_ code: Code, _ modifiers: Modifiers = []) {
    self.code = code
    self.modifiers = modifiers
  }

  public static func character(_ character: Character, _ modifiers: Modifiers = []) -> Key {
    Key(.character(character), modifiers)
  }

  public static func named(_ name: Name, _ modifiers: Modifiers = []) -> Key {
    Key(.named(name), modifiers)
  }

  public static func control(_ character: Character) -> Key { Key(.character(character), .control) }

  /// The character that a text field should insert; nil for keys that command.
  public var text: Character? {
    guard case .character(let character) = code, modifiers.isEmpty else { return nil }
    return character
  }
}

extension Key: CustomStringConvertible {
  /// The human name: "Space", "Ctrl-P", "Shift-Tab", "F5", "g", "G".
  public var description: String {
    var name = ""
    if modifiers.contains(.control) { name += "Ctrl-" }
    if modifiers.contains(.alt) { name += "Alt-" }
    if modifiers.contains(.shift) { name += "Shift-" }
    switch code {
    case .named(let key): return name + key.rawValue
    case .function(let number): return name + "F\(number)"
    case .character(" "): return name + "Space"
    case .character(let character):
      let letter = String(character)
      return name + (modifiers.contains(.control) ? letter.uppercased() : letter)
    }
  }

  /// Names people write that differ from ours.
  private static let synonyms: [String: Code] = [
    "space": .character(" "), "return": .named(.enter), "cr": .named(.enter),
    "escape": .named(.escape), "bs": .named(.backspace), "bspace": .named(.backspace),
    "pgup": .named(.pageUp), "pgdn": .named(.pageDown), "pgdown": .named(.pageDown),
    "del": .named(.delete), "ins": .named(.insert), "plus": .character("+"),
    "minus": .character("-"), "dash": .character("-"),
  ]

  /// A key by its name; nil when it is none. Modifiers are Ctrl-, Alt- (Meta-, M-), Shift- and C-,
  /// with "-" or "+" between.
  public init?(_ text: String) {
    var rest = Substring(text)
    var modifiers: Modifiers = []
    let prefixes: [(String, Modifiers)] = [
      ("ctrl", .control), ("control", .control), ("c", .control), ("alt", .alt), ("meta", .alt),
      ("m", .alt), ("shift", .shift), ("s", .shift),
    ]
    search: while rest.count > 1 {
      let lower = rest.lowercased()
      for (prefix, modifier) in prefixes {
        guard lower.hasPrefix(prefix + "-") || lower.hasPrefix(prefix + "+"),
          rest.count > prefix.count + 1
        else { continue }
        modifiers.insert(modifier)
        rest = rest.dropFirst(prefix.count + 1)
        continue search
      }
      break
    }
    guard let code = Key.code(rest) else { return nil }
    self.init(code, modifiers)
    normalize()
  }

  private static func code(_ name: Substring) -> Code? {
    if name.count == 1, let character = name.first {
      let safe = character.unicodeScalars.allSatisfy { !SafeText.mustEscape($0) }
      return safe ? .character(character) : nil
    }
    let lower = name.lowercased()
    if let synonym = synonyms[lower] { return synonym }
    if let named = Name.allCases.first(where: { $0.rawValue.lowercased() == lower }) {
      return .named(named)
    }
    if lower.first == "f", let number = Int(lower.dropFirst()), (1...24).contains(number) {
      return .function(number)
    }
    return nil
  }

  /// One spelling for one key: terminals cannot tell Ctrl-p from Ctrl-P, and Shift is in a letter.
  private mutating func normalize() {
    guard case .character(let character) = code else { return }
    if modifiers.contains(.control), let lower = character.lowercased().first {
      code = .character(lower)
      modifiers.remove(.shift)
    } else if modifiers.contains(.shift), let upper = character.uppercased().first,
      character != " "
    {
      code = .character(upper)
      modifiers.remove(.shift)
    }
  }
}
