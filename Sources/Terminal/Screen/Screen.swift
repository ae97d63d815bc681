import VisibleText

/// The back end of everything drawn: shows grids and reads events.
///
/// A screen belongs to the main thread; only `wake()` may be called from others.
public protocol Screen: AnyObject {
  /// The size to draw for; a `resize` event says when it changed.
  var size: Size { get }

  /// The colours it shows: resolve the theme for it.
  var depth: ColorDepth { get }

  /// Whether it can show more than ASCII.
  var showsUnicode: Bool { get }

  /// Shows a grid; only cells that differ from the grid before are sent.
  ///
  /// Never waits for a slow line: while the terminal has not taken the grid before, this one is
  /// kept, replaces another that was kept, and is shown by `nextEvent` as soon as there is room.
  ///
  /// - Returns: how many cells were sent.
  @discardableResult
  func draw(_ grid: CellGrid) -> Int

  /// What drawing has cost since the screen was opened.
  var statistics: ScreenStatistics { get }

  /// The next event, or nil when none came in `timeoutMs`; nil waits without limit, and costs
  /// nothing while it waits.
  func nextEvent(timeoutMs: Int?) -> InputEvent?

  /// Makes a waiting or the next `nextEvent` return `.wake`. Safe from any thread.
  nonisolated func wake()

  /// Gives the terminal back and stops the process as Ctrl-Z does in a shell; returns when it was
  /// continued, with everything drawn again.
  func suspend()

  /// Gives the terminal back while `body` runs, for an editor.
  func lend<Result>(_ body: () throws -> Result) rethrows -> Result

  /// Whether mouse events are asked for; off, the terminal selects text by itself.
  var mouseEnabled: Bool { get set }

  /// Asks the terminal to put text on the clipboard (OSC 52).
  @discardableResult
  func copy(_ text: String) -> Clipboard.Outcome

  /// Gives the terminal back for good. Closing twice is harmless.
  func close()
}

/// What drawing has cost since a screen was opened.
public struct ScreenStatistics: Hashable, Sendable {
  /// Grids shown, and grids that another replaced before the terminal had room for them.
  public var frames = 0
  public var skippedFrames = 0
  /// Cells sent because they were different.
  public var cells = 0
  /// Bytes that the terminal took, whatever they were for.
  public var bytes = 0

  public init() {}
}

/// Why a screen cannot be opened, with what to do about it.
public enum ScreenError: Error, Hashable, Sendable, CustomStringConvertible {
  case inputNotATerminal
  case outputNotATerminal
  case termUnset
  case termUnknown(String)
  case termTooSimple(String)
  case alreadyOpen
  case noResources

  public var description: String {
    switch self {
    case .inputNotATerminal:
      "standard input is not a terminal; start it without a pipe or \"<\", and name the log as an"
        + " argument"
    case .outputNotATerminal:
      "standard output is not a terminal; start it without a pipe or \">\""
    case .termUnset:
      "TERM is not set, so the kind of terminal is unknown; try TERM=xterm-256color"
    case .termUnknown(let name):
      "no description of the terminal TERM=\(SafeText.visible(name)); install ncurses-term, or try"
        + " TERM=xterm-256color"
    case .termTooSimple(let name):
      "the terminal TERM=\(SafeText.visible(name)) cannot place text on the screen; use another"
        + " terminal, or try TERM=xterm-256color"
    case .alreadyOpen: "the terminal is already open in this process; close the other screen first"
    case .noResources: "the terminal cannot be opened: too many open files; raise \"ulimit -n\""
    }
  }
}
