/// Ways to draw a character apart from its colours.
public struct Attributes: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let bold = Attributes(rawValue: 1)
  public static let dim = Attributes(rawValue: 2)
  public static let underline = Attributes(rawValue: 4)
  public static let reverse = Attributes(rawValue: 8)
  public static let italic = Attributes(rawValue: 16)

  /// Names as themes write them, in the order of the bits.
  static let named: [(name: String, attribute: Attributes)] = [
    ("bold", .bold), ("dim", .dim), ("underline", .underline), ("reverse", .reverse),
    ("italic", .italic),
  ]
}

/// The look of a cell: two colours and attributes.
public struct Style: Hashable, Sendable {
  public var foreground: Color
  public var background: Color
  public var attributes: Attributes

  public init(
    _ foreground: Color = .terminal, on background: Color = .terminal,
    _ attributes: Attributes = []
  ) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }

  /// The terminal's own colours, no attribute.
  public static let plain = Style()

  public var bold: Style { adding(.bold) }
  public var dim: Style { adding(.dim) }
  public var underline: Style { adding(.underline) }
  public var reverse: Style { adding(.reverse) }
  public var italic: Style { adding(.italic) }

  public func adding(_ more: Attributes) -> Style {
    Style(foreground, on: background, attributes.union(more))
  }

  public func foreground(_ color: Color) -> Style { Style(color, on: background, attributes) }
  public func background(_ color: Color) -> Style { Style(foreground, on: color, attributes) }

  /// What a terminal of this depth can show of it. In mono only the attributes remain; a theme
  /// resolved for mono (`Theme.resolved(for:)`) has put meaning into them already.
  public func mapped(to depth: ColorDepth) -> Style {
    guard depth != .truecolor else { return self }
    var mapped = Style(foreground.mapped(to: depth), on: background.mapped(to: depth), attributes)
    // Two colours that were apart must stay apart, or the text vanishes.
    if mapped.foreground == mapped.background, mapped.foreground != .terminal,
      foreground != background
    {
      mapped.foreground = Style.contrast(to: mapped.background)
    }
    return mapped
  }

  private static func contrast(to color: Color) -> Color {
    guard let (red, green, blue) = color.components else { return .terminal }
    return 299 * red + 587 * green + 114 * blue > 127_500 ? .ansi(0) : .ansi(7)
  }
}
