public import VisibleText

/// One place of a grid.
public struct Cell: Hashable, Sendable {
  public internal(set) var glyph: Glyph
  public internal(set) var style: Style
  /// Columns: 1, 2 for a wide character, 0 for the place right of a wide character.
  public internal(set) var width: UInt8

  static func blank(_ style: Style) -> Cell { Cell(glyph: .space, style: style, width: 1) }
}

/// A size in cells.
public struct Size: Hashable, Sendable {
  public var width: Int
  public var height: Int

  public init(_ width: Int, _ height: Int) {
    self.width = width
    self.height = height
  }
}
