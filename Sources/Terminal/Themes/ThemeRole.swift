/// What a colour means. Views ask for roles, themes answer with styles.
public enum ThemeRole: String, CaseIterable, Sendable {
  case background
  case text
  case muted
  case title
  case border
  /// The border of the panel that has the keys.
  case focus
  case accent
  case selection
  case good
  case warning
  case bad
  /// Events behind the watermark.
  case late
  case watermark
  case windowOpen = "window-open"
  case windowFired = "window-fired"
  case windowUpdated = "window-updated"
  case windowPurged = "window-purged"
  /// A key in the footer.
  case key
  /// A value that has just changed.
  case changed
  /// Text or a mark that says which mode is on.
  case badge

  /// How it stands out where there is no colour.
  var monoAttributes: Attributes {
    switch self {
    case .background, .text, .border, .windowOpen, .good: []
    case .muted, .windowPurged: .dim
    case .title, .focus, .accent, .warning, .watermark, .windowFired, .key: .bold
    case .selection, .badge: .reverse
    case .bad: [.bold, .reverse]
    case .late, .changed: .underline
    case .windowUpdated: [.bold, .underline]
    }
  }
}

/// A run of colours for a quantity.
public enum ThemeGradient: String, CaseIterable, Sendable {
  /// How busy: calm to overloaded.
  case load
  /// How far behind: current to late.
  case lag
  /// How much: few to many.
  case rate
}

/// Three colours to blend between.
public struct Gradient: Hashable, Sendable {
  public var start: Color
  public var mid: Color
  public var end: Color

  public init(start: Color, mid: Color, end: Color) {
    self.start = start
    self.mid = mid
    self.end = end
  }

  /// The colour at 0...1; anything outside is the nearer end, NaN the start.
  ///
  /// The terminal's own colours are whatever its user made of them and cannot be blended: with one
  /// among the three, each holds for a third.
  public func color(at fraction: Double) -> Color {
    guard fraction > 0 else { return start }
    if [start, mid, end].contains(where: \.isUsersOwn) {
      return fraction < 1 / 3.0 ? start : fraction < 2 / 3.0 ? mid : end
    }
    if fraction < 0.5 { return start.mixed(with: mid, fraction * 2) }
    return fraction < 1 ? mid.mixed(with: end, fraction * 2 - 1) : end
  }
}
