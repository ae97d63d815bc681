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
  /// Pipelines among the recent ones that are kept as drafts and are in no file yet.
  public var drafts: [String]?

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

  /// Notes whether a pipeline is kept as a draft alone.
  mutating func noteDraft(_ path: String, isKept: Bool) {
    var known = drafts ?? []
    guard known.contains(path) != isKept else { return }
    if isKept { known.append(path) } else { known.removeAll { $0 == path } }
    drafts = known.isEmpty ? nil : known
  }

  /// Takes a file that never was from the recent ones.
  mutating func forget(_ path: String) {
    recentFiles.removeAll { $0 == path }
    if lastFile == path { lastFile = nil }
  }

  /// Puts a file first among the recent ones.
  mutating func noteOpened(_ path: String) {
    lastFile = path
    recentFiles.removeAll { $0 == path }
    recentFiles.insert(path, at: 0)
    recentFiles.removeLast(max(0, recentFiles.count - Self.recentLimit))
  }
}
