import VisibleText

/// Colours and attributes by meaning.
///
/// A theme file names only what it changes:
/// ```yaml
/// inherits: dark
/// roles:
///   accent: "#ff8800"
///   selection: {fg: "#000000", bg: accent, bold: true}
/// gradients:
///   load: {start: good, mid: warning, end: bad}
/// ```
/// `symbols: ascii` asks for drawing in ASCII (or braille, block), `colors: none` for no colours.
public struct Theme: Hashable, Sendable {
  public var name: String
  /// One line for the list of themes.
  public var summary: String
  /// What its colours are mapped to; `resolved(for:)` sets it.
  public private(set) var depth: ColorDepth = .truecolor

  /// What pictures are to be drawn with in this theme; nil leaves it to the user's setting.
  public internal(set) var symbols: SymbolSet?
  /// False for a theme of attributes alone.
  var usesColors = true

  var roles: [ThemeRole: Style]
  /// Attributes for terminals without colours, where the file gives its own.
  var monoAttributes: [ThemeRole: Attributes]
  var gradients: [ThemeGradient: Gradient]

  init(
    name: String, summary: String = "", roles: [ThemeRole: Style] = [:],
    monoAttributes: [ThemeRole: Attributes] = [:], gradients: [ThemeGradient: Gradient] = [:]
  ) {
    self.name = name
    self.summary = summary
    self.roles = roles
    self.monoAttributes = monoAttributes
    self.gradients = gradients
  }

  /// The same theme for a terminal of a depth. Without colours, meaning is kept by bold, dim,
  /// underline and reverse.
  public func resolved(for depth: ColorDepth) -> Theme {
    var copy = self
    copy.depth = usesColors ? depth : .mono
    return copy
  }

  /// The style of a role. A role without a background of its own stands on the theme's background.
  public func style(_ role: ThemeRole) -> Style {
    if depth == .mono || !usesColors {
      let attributes = monoAttributes[role] ?? role.monoAttributes
      return Style(.terminal, on: .terminal, attributes)
    }
    let ground = roles[.background]?.background ?? .terminal
    var style = roles[role] ?? roles[.text] ?? .plain
    if style.background == .terminal { style.background = ground }
    if style.foreground == .terminal { style.foreground = roles[.text]?.foreground ?? .terminal }
    return style
  }

  /// `theme[.accent]`, the same as `style(.accent)`.
  public subscript(_ role: ThemeRole) -> Style { style(role) }

  /// A gradient's colour at 0...1.
  public func color(_ gradient: ThemeGradient, at fraction: Double) -> Color {
    if depth == .mono || !usesColors { return .terminal }
    return gradients[gradient]?.color(at: fraction) ?? style(.accent).foreground
  }

  /// The theme that is always there.
  public static let dark = BuiltInThemes.theme("dark")
  public static let light = BuiltInThemes.theme("light")

  /// A theme by name, from the first folder that has `name.yaml`, else one of the built-in ones.
  ///
  /// - Throws: `ThemeFaults` with every fault of the file and of the files it inherits.
  public static func load(named name: String, searching folders: [String] = [])
    throws(ThemeFaults) -> Theme
  {
    try ThemeCatalog(folders: folders).load(named: name)
  }

  /// The faults of one theme file, none if it is good. Parents are looked for beside it.
  public static func validate(_ path: String) -> [ThemeFault] {
    ThemeCatalog.validate(path)
  }
}

/// One thing wrong in a theme file.
public struct ThemeFault: Hashable, Sendable, CustomStringConvertible {
  public var file: String
  /// Both from 1; 0 when it is about the file as a whole.
  public var line: Int
  public var column: Int
  public var message: String
  public var remedy: String

  /// `dark.yaml:4:11: "#12" is no colour; write #rrggbb, …`
  public var description: String {
    let place = line > 0 ? "\(file):\(line):\(column)" : file
    return SafeText.visible("\(place): \(message); \(remedy)")
  }
}

/// Every fault of a theme at once.
public struct ThemeFaults: Error, Hashable, Sendable, CustomStringConvertible {
  public var faults: [ThemeFault]
  public var description: String { faults.map(\.description).joined(separator: "\n") }
}
