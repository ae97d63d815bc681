/// The themes that need no file: copies of the files in Themes (a test compares them), so that the
/// program works wherever it was copied to.
enum BuiltInThemes {
  /// In the order in which a person meets them.
  static let names = [
    "dark", "light", "high-contrast", "deuteranopia", "tritanopia",
    "ansi16", "mono-ascii",
  ]

  static func text(_ name: String) -> String? {
    switch name {
    case "dark": dark
    case "light": light
    case "high-contrast": highContrast
    case "deuteranopia": deuteranopia
    case "tritanopia": tritanopia
    case "ansi16": ansi16
    case "mono-ascii": monoAscii
    default: nil
    }
  }

  static func theme(_ name: String) -> Theme {
    do throws(ThemeFaults) {
      return try ThemeCatalog(folders: []).load(named: name)
    } catch {
      preconditionFailure("the built-in theme \(name) has faults:\n\(error)")
    }
  }
}
