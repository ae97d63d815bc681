/// A colour as a theme or a view names it; the screen maps it to what the terminal can show.
public enum Color: Hashable, Sendable {
  /// The terminal's own foreground or background.
  case terminal
  /// An entry of the terminal's palette: 0...15 are the user's own, 16...255 xterm's.
  case ansi(UInt8)
  case rgb(UInt8, UInt8, UInt8)

  /// The colour of `#rrggbb` written as a number: `Color(hex: 0x89B4FA)`.
  public init(hex: UInt32) {
    self = .rgb(
      UInt8(truncatingIfNeeded: hex >> 16), UInt8(truncatingIfNeeded: hex >> 8),
      UInt8(truncatingIfNeeded: hex))
  }

  /// Red, green and blue, 0...255; nil for the terminal's own colour, which nobody can know.
  public var components: (red: Int, green: Int, blue: Int)? {
    switch self {
    case .terminal: nil
    case .rgb(let red, let green, let blue): (Int(red), Int(green), Int(blue))
    case .ansi(let index): Palette.components(of: Int(index))
    }
  }

  /// Whether the terminal's user decides what it looks like.
  var isUsersOwn: Bool {
    switch self {
    case .terminal: true
    case .ansi(let index): index < 16
    case .rgb: false
    }
  }

  /// The colour `fraction` (0...1) of the way to another; colours without components do not mix.
  public func mixed(with other: Color, _ fraction: Double) -> Color {
    guard let from = components, let to = other.components, fraction.isFinite else { return self }
    let part = min(1, max(0, fraction))
    func mix(_ a: Int, _ b: Int) -> UInt8 {
      UInt8(clamping: Int((Double(a) + (Double(b) - Double(a)) * part).rounded()))
    }
    return .rgb(mix(from.red, to.red), mix(from.green, to.green), mix(from.blue, to.blue))
  }

  /// The nearest colour that a terminal of this depth has.
  public func mapped(to depth: ColorDepth) -> Color {
    switch (self, depth) {
    case (_, .mono): return .terminal
    case (.terminal, _), (_, .truecolor): return self
    case (.ansi(let index), .ansi8) where index < 8: return self
    case (.ansi(let index), .ansi16) where index < 16: return self
    case (.ansi, .indexed256): return self
    default: break
    }
    guard let components else { return .terminal }
    let candidates: Range<Int>
    switch depth {
    case .ansi8: candidates = 0..<8
    case .ansi16: candidates = 0..<16
    // The first sixteen are whatever the user made of them, so only the fixed part is matched.
    default: candidates = 16..<256
    }
    return .ansi(UInt8(Palette.nearest(to: components, in: candidates)))
  }
}

/// How many colours a terminal shows.
public enum ColorDepth: String, CaseIterable, Sendable {
  case mono
  case ansi8
  case ansi16
  case indexed256
  case truecolor

  /// The depth to draw in, by the environment and by the number of colours in the terminal's
  /// description. `NO_COLOR` (any non-empty value) wins, then `COLORTERM`, then the description.
  public static func detect(environment: [String: String], terminalColors: Int) -> ColorDepth {
    if refusesColors(environment) { return .mono }
    if promisesTruecolor(environment) || terminalColors >= 1 << 24 { return .truecolor }
    switch terminalColors {
    case ..<8: return .mono
    case ..<16: return .ansi8
    case ..<256: return .ansi16
    default: return .indexed256
    }
  }

  /// Whether the environment asks for no colours (https://no-color.org).
  public static func refusesColors(_ environment: [String: String]) -> Bool {
    environment["NO_COLOR"].map { !$0.isEmpty } ?? false
  }

  /// Whether the environment says that 24-bit colours will be shown.
  public static func promisesTruecolor(_ environment: [String: String]) -> Bool {
    let promise = environment["COLORTERM"]?.lowercased()
    return promise == "truecolor" || promise == "24bit"
  }
}

/// The colours of xterm's palette.
enum Palette {
  private static let basic: [UInt32] = [
    0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
    0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
  ]
  private static let steps = [0, 95, 135, 175, 215, 255]

  static func components(of index: Int) -> (red: Int, green: Int, blue: Int) {
    switch index {
    case ..<16:
      let value = Int(basic[max(0, index)])
      return (value >> 16, value >> 8 & 255, value & 255)
    case ..<232:
      let cube = index - 16
      return (steps[cube / 36], steps[cube / 6 % 6], steps[cube % 6])
    default:
      let gray = 8 + (min(index, 255) - 232) * 10
      return (gray, gray, gray)
    }
  }

  /// The entry with the smallest "redmean" distance, a cheap likeness of how eyes weigh colours
  /// (https://www.compuphase.com/cmetric.htm).
  static func nearest(to color: (red: Int, green: Int, blue: Int), in candidates: Range<Int>)
    -> Int
  {
    var best = candidates.lowerBound
    var bestDistance = Int.max
    for index in candidates {
      let entry = components(of: index)
      let mean = (color.red + entry.red) / 2
      let red = color.red - entry.red
      let green = color.green - entry.green
      let blue = color.blue - entry.blue
      let distance =
        (((512 + mean) * red * red) >> 8) + 4 * green * green + (((767 - mean) * blue * blue) >> 8)
      if distance < bestDistance { (best, bestDistance) = (index, distance) }
    }
    return best
  }
}
