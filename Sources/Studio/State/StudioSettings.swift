/// What the studio remembers from one time to the next.
public struct StudioSettings: Sendable, Hashable, Codable {
  /// The theme's name; nil for the first one.
  public var theme: String?
  /// The pipeline that was open last.
  public var lastFile: String?
  /// Pipelines opened lately, newest first; at most ``recentLimit``.
  public var recentFiles: [String]
  /// ``Speed/label``.
  public var speed: String?
  /// The screen of the pipeline that was open last; nil for Run.
  public var lastScreen: String?
  public var isMouseOn: Bool
  /// Whether the tour was begun once.
  public var hasToured: Bool?
  /// ``SymbolSet``'s name; nil for what the terminal can.
  public var symbols: String?

  public static let recentLimit = 8

  public init(
    theme: String? = nil, lastFile: String? = nil, recentFiles: [String] = [],
    speed: String? = nil, lastScreen: String? = nil, isMouseOn: Bool = true, symbols: String? = nil
  ) {
    self.theme = theme
    self.lastFile = lastFile
    self.recentFiles = recentFiles
    self.speed = speed
    self.lastScreen = lastScreen
    self.isMouseOn = isMouseOn
    self.symbols = symbols
  }

  /// Puts a file first among the recent ones.
  mutating func noteOpened(_ path: String) {
    lastFile = path
    recentFiles.removeAll { $0 == path }
    recentFiles.insert(path, at: 0)
    recentFiles.removeLast(max(0, recentFiles.count - Self.recentLimit))
  }
}
