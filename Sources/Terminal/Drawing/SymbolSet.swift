/// Which characters pictures are drawn with.
public enum SymbolSet: String, CaseIterable, Sendable {
  /// Braille dots: 2 × 4 points a cell.
  case braille
  /// Block elements: eighths of a cell.
  case block
  /// Only ASCII, boxes included.
  case ascii

  /// Levels of a bar of one cell, from empty to full.
  var levels: [String] {
    switch self {
    case .braille: [" ", "⡀", "⣀", "⣄", "⣤", "⣦", "⣶", "⣷", "⣿"]
    case .block: [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    case .ascii: [" ", "_", ".", "-", "=", "+", "*", "#"]
    }
  }

  /// Parts of a horizontal gauge's last cell, from empty to full.
  var gaugeParts: [String] {
    switch self {
    case .braille: ["⣀", "⣄", "⣤", "⣦", "⣶", "⣷", "⣿"]
    case .block: [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"]
    case .ascii: ["-", "#"]
    }
  }

  /// A vertical line at sub-cell positions, from the left edge of a cell to its right one.
  var verticalLine: [String] {
    switch self {
    case .braille: ["⡇", "⢸"]
    case .block: ["▏", "▎", "▍", "▌", "▐", "▕"]
    case .ascii: ["|"]
    }
  }

  /// What fills a shaded cell.
  var shade: String { self == .ascii ? ":" : "░" }

  /// Points of a plot in a cell.
  var dotsPerCell: (width: Int, height: Int) {
    switch self {
    case .braille: (2, 4)
    case .block: (1, 2)
    case .ascii: (1, 1)
    }
  }

  /// The bit of a point, counted from the upper left of a cell.
  func dot(_ x: Int, _ y: Int) -> UInt32 {
    self == .braille ? Braille.bit(x, y) : 1 << UInt32(y)
  }

  private static let halves = [" ", "▀", "▄", "█"]

  /// The character of some points.
  func text(dots: UInt32) -> String {
    switch self {
    case .braille: Braille.text(dots)
    case .block: Self.halves[Int(dots & 3)]
    case .ascii: dots == 0 ? " " : "*"
    }
  }

  /// The points of a character that is a plot's; 0 for any other.
  func dots(in text: String) -> UInt32 {
    switch self {
    case .braille:
      guard let value = text.unicodeScalars.first?.value, (0x2800...0x28FF).contains(value) else {
        return 0
      }
      return value & 0xFF
    case .block: return UInt32(Self.halves.firstIndex(of: text) ?? 0)
    case .ascii: return text == "*" ? 1 : 0
    }
  }

  var ellipsis: String { self == .ascii ? ".." : "…" }
}

/// How a line of a box is drawn.
public enum LineWeight: UInt8, CaseIterable, Sendable {
  case light = 1
  case heavy = 2
  case double = 3
  /// Light, with gaps.
  case dotted = 4
}
