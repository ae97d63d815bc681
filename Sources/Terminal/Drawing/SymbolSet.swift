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
