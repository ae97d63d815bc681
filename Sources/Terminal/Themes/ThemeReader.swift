import Yams

/// Reads one theme file into words with positions, then into styles; collects every fault.
struct ThemeReader {
  struct Word {
    var text: String
    var line: Int
    var column: Int
  }

  private struct RoleSource {
    var foreground: Word?
    var background: Word?
    /// Attributes that the file turns on or off.
    var attributes: [(Attributes, Bool)] = []
    var mono: Attributes?
  }

  let file: String
  var faults: [ThemeFault] = []
  private(set) var inherits: Word?
  private var summary: Word?
  private var symbols: SymbolSet?
  private var usesColors: Bool?
  private var roles: [(role: ThemeRole, source: RoleSource)] = []
  private var gradients: [(gradient: ThemeGradient, stops: [String: Word])] = []

  init(file: String) { self.file = file }

  // MARK: Reading

  mutating func read(_ text: String) {
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      faults.append(syntaxFault(error, text))
      return
    }
    guard let root else { return }
    guard case .mapping = root else {
      fault(root, "a theme is a mapping", "write keys such as \"roles:\" at the left edge")
      return
    }
    for (key, value) in pairs(root) {
      switch key.text {
      case "inherits": inherits = word(value, "a theme's name")
      case "summary": summary = word(value, "a line of text")
      case "symbols":
        let sets = SymbolSet.allCases.map(\.rawValue)
        symbols = choice(value, "a set of symbols", among: sets).flatMap(SymbolSet.init(rawValue:))
      case "colors":
        usesColors = choice(value, "the use of colours", among: ["all", "none"]).map { $0 == "all" }
      case "roles": readRoles(value)
      case "gradients": readGradients(value)
      default: unknown(key, "key", among: ThemeReader.keys)
      }
    }
  }

  private static let keys = ["inherits", "summary", "symbols", "colors", "roles", "gradients"]

  /// One of a few words.
  private mutating func choice(_ node: Node, _ expected: String, among known: [String]) -> String? {
    guard let word = word(node, expected) else { return nil }
    if known.contains(word.text) { return word.text }
    fault(
      word, "\"\(word.text)\" is not \(expected)", "write " + known.joined(separator: " or "))
    return nil
  }

  private mutating func readRoles(_ node: Node) {
    for (key, value) in pairs(node) {
      guard let role = ThemeRole(rawValue: key.text) else {
        unknown(key, "role", among: ThemeRole.allCases.map(\.rawValue))
        continue
      }
      var source = RoleSource()
      if case .scalar = value {
        // The short form is the one colour that the role is about.
        if role == .background {
          source.background = word(value, "a colour")
        } else {
          source.foreground = word(value, "a colour")
        }
      } else {
        readStyle(value, into: &source)
      }
      roles.append((role, source))
    }
  }

  private mutating func readStyle(_ node: Node, into source: inout RoleSource) {
    for (key, value) in pairs(node) {
      switch key.text {
      case "fg": source.foreground = word(value, "a colour")
      case "bg": source.background = word(value, "a colour")
      case "mono": source.mono = readMono(value)
      default:
        guard let named = Attributes.named.first(where: { $0.name == key.text }) else {
          unknown(key, "key", among: ["fg", "bg", "mono"] + Attributes.named.map(\.name))
          continue
        }
        guard let flag = word(value, "true or false") else { continue }
        switch flag.text {
        case "true": source.attributes.append((named.attribute, true))
        case "false": source.attributes.append((named.attribute, false))
        default: fault(flag, "\"\(flag.text)\" is not true or false", "write true or false")
        }
      }
    }
  }

  /// Attributes for terminals without colours: words, or `none`.
  private mutating func readMono(_ node: Node) -> Attributes? {
    guard let list = word(node, "attributes such as \"bold reverse\"") else { return nil }
    var attributes: Attributes = []
    for name in list.text.split(separator: " ") where name != "none" {
      guard let named = Attributes.named.first(where: { $0.name == name }) else {
        unknown(
          Word(text: String(name), line: list.line, column: list.column), "attribute",
          among: ["none"] + Attributes.named.map(\.name))
        continue
      }
      attributes.insert(named.attribute)
    }
    return attributes
  }

  private mutating func readGradients(_ node: Node) {
    for (key, value) in pairs(node) {
      guard let gradient = ThemeGradient(rawValue: key.text) else {
        unknown(key, "gradient", among: ThemeGradient.allCases.map(\.rawValue))
        continue
      }
      var stops: [String: Word] = [:]
      for (stop, color) in pairs(value) {
        guard ["start", "mid", "end"].contains(stop.text) else {
          unknown(stop, "stop", among: ["start", "mid", "end"])
          continue
        }
        stops[stop.text] = word(color, "a colour")
      }
      gradients.append((gradient, stops))
    }
  }

  // MARK: Making the theme

  /// The theme over its parent; what is wrong is left out and added to `faults`.
  mutating func theme(named name: String, over parent: Theme?) -> Theme {
    var theme = parent ?? Theme(name: name)
    theme.name = name
    theme.summary = summary?.text ?? (parent?.summary ?? "")
    theme.symbols = symbols ?? theme.symbols
    theme.usesColors = usesColors ?? theme.usesColors
    // Colours before references to them: "bg: accent" means the accent of this very file.
    for pass in [false, true] {
      for (role, source) in roles {
        var style = theme.roles[role] ?? .plain
        for (word, path) in [
          (source.foreground, \Style.foreground), (source.background, \Style.background),
        ] {
          guard let word, (ThemeRole(rawValue: word.text) != nil) == pass,
            let color = color(word, in: theme, for: path)
          else { continue }
          style[keyPath: path] = color
        }
        for (attribute, isOn) in source.attributes {
          if isOn { style.attributes.insert(attribute) } else { style.attributes.remove(attribute) }
        }
        theme.roles[role] = style
        if let mono = source.mono { theme.monoAttributes[role] = mono }
      }
    }
    for (gradient, stops) in gradients {
      let base = theme.gradients[gradient]
      let path = \Style.foreground
      let start = stops["start"].flatMap { color($0, in: theme, for: path) } ?? base?.start
      let end = stops["end"].flatMap { color($0, in: theme, for: path) } ?? base?.end
      guard let start, let end else { continue }
      let mid = stops["mid"].flatMap { color($0, in: theme, for: path) } ?? base?.mid
      theme.gradients[gradient] = Gradient(
        start: start, mid: mid ?? start.mixed(with: end, 0.5), end: end)
    }
    return theme
  }

  private static let names = [
    "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
  ]

  /// `#rgb`, `#rrggbb`, `default`, `ansi N`, the names of the palette, or the foreground of another
  /// role (of `background`: its background).
  private mutating func color(_ word: Word, in theme: Theme, for path: KeyPath<Style, Color>)
    -> Color?
  {
    let text = word.text
    if text == "default" { return .terminal }
    if text.hasPrefix("#"), let color = ThemeReader.hex(text.dropFirst()) { return color }
    if let index = ThemeReader.names.firstIndex(of: text) { return .ansi(UInt8(index)) }
    if text.hasPrefix("bright-"),
      let index = ThemeReader.names.firstIndex(of: String(text.dropFirst(7)))
    {
      return .ansi(UInt8(index + 8))
    }
    if text.hasPrefix("ansi "), let index = UInt8(text.dropFirst(5)) { return .ansi(index) }
    if let role = ThemeRole(rawValue: text) {
      return role == .background
        ? theme.roles[.background]?.background : theme.roles[role]?.foreground
    }
    let near = Suggestion.nearest(
      to: text, among: ThemeRole.allCases.map(\.rawValue) + ThemeReader.names + ["default"])
    fault(
      word, "\"\(text)\" is no colour",
      (near.map { "did you mean \"\($0)\"? Or " } ?? "")
        + "write \"#rrggbb\" (in quotes), \"ansi 0\" to \"ansi 255\", a name such as bright-blue,"
        + " default, or a role")
    return nil
  }

  private static func hex(_ digits: Substring) -> Color? {
    guard digits.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
    let full = digits.count == 3 ? digits.map { "\($0)\($0)" }.joined() : String(digits)
    guard full.count == 6, let value = UInt32(full, radix: 16) else { return nil }
    return Color(hex: value)
  }

  // MARK: Nodes and faults

  private mutating func pairs(_ node: Node) -> [(key: Word, value: Node)] {
    guard case .mapping(let mapping) = node else {
      fault(node, "this is not a mapping", "write \"name: value\" lines, indented below it")
      return []
    }
    return mapping.compactMap { key, value in
      word(key, "a name").map { ($0, value) }
    }
  }

  private mutating func word(_ node: Node, _ expected: String) -> Word? {
    guard case .scalar(let scalar) = node, !(scalar.string.isEmpty && scalar.style == .plain) else {
      fault(
        node, "\(expected) is missing",
        "write \(expected) here; a colour that starts with # needs quotes")
      return nil
    }
    return Word(
      text: scalar.string, line: node.mark?.line ?? 0, column: node.mark?.column ?? 0)
  }

  private mutating func unknown(_ word: Word, _ kind: String, among known: [String]) {
    let near = Suggestion.nearest(to: word.text, among: known)
    fault(
      word, "there is no \(kind) \"\(word.text)\"",
      near.map { "did you mean \"\($0)\"?" } ?? "there are: " + known.joined(separator: ", "))
  }

  private mutating func fault(_ word: Word, _ message: String, _ remedy: String) {
    faults.append(
      ThemeFault(
        file: file, line: word.line, column: word.column, message: message, remedy: remedy))
  }

  private mutating func fault(_ node: Node, _ message: String, _ remedy: String) {
    let word = Word(text: "", line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    fault(word, message, remedy)
  }

  private func syntaxFault(_ error: any Error, _ text: String) -> ThemeFault {
    func make(_ mark: Mark?, _ problem: String, _ remedy: String) -> ThemeFault {
      ThemeFault(
        file: file, line: mark?.line ?? 1, column: mark?.column ?? 1, message: problem,
        remedy: remedy)
    }
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return make(mark, "YAML: " + problem, "check quotes, colons and indentation here")
    case .duplicatedKeysInMapping(let names, let context):
      let list = names.map { "\"\($0)\"" }.joined(separator: ", ")
      return make(context.mark, "the key \(list) is here twice", "take one of them out")
    case .reader(let problem, let offset, _, _):
      let before = text.prefix(offset ?? 0)
      let line = before.reduce(1) { $1.isNewline ? $0 + 1 : $0 }
      let column =
        (before.lastIndex(where: \.isNewline).map {
          before.distance(from: $0, to: before.endIndex)
        } ?? before.count + 1)
      let fault = make(nil, "YAML: " + problem, "take the control characters out")
      return ThemeFault(
        file: file, line: line, column: max(1, column), message: fault.message,
        remedy: fault.remedy)
    default: return make(nil, "YAML: cannot be read", "check that it is plain YAML")
    }
  }
}
