import CNcurses
import Foundation
import VisibleText

/// A real terminal. The only Swift that calls ncurses.
///
/// At most one is open in a process. While it is open, crashes and requests to end are caught: a
/// crash gives the terminal back first, a request becomes an event.
public final class NcursesScreen: Screen {
  public private(set) var size: Size
  public let depth: ColorDepth
  public let showsUnicode: Bool
  public var mouseEnabled: Bool {
    didSet { if isOpen, mouseEnabled != oldValue { tmk_set_mouse(mouseEnabled) } }
  }

  /// How long an escape byte may wait for the rest of its sequence.
  static let escapeTimeoutMs = 40
  /// Events not yet asked for; more are dropped, which only a flood of pasted keys reaches.
  static let maxPendingEvents = 10_000

  private let environment: [String: String]
  private let showsDefaultColors: Bool
  private var isOpen = true
  private var isHungUp = false
  private var shown: CellGrid?
  /// The newest grid that the terminal had no room for.
  private var kept: CellGrid?
  private var counted = ScreenStatistics()
  private var pairs: [ColorPair: Int32] = [:]
  private var decoder = InputDecoder()
  private var pending: [InputEvent] = []

  private struct ColorPair: Hashable {
    var foreground: Int32
    var background: Int32
  }

  /// Opens the terminal of two file descriptors (standard input and output by default).
  ///
  /// - Parameter environment: read for NO_COLOR, COLORTERM, TMUX; the process's own by default, where
  ///   TERM is always read.
  /// - Throws: `ScreenError`, with the terminal untouched.
  public init(
    input: Int32 = 0, output: Int32 = 1, mouse: Bool = true,
    environment: [String: String]? = nil
  ) throws(ScreenError) {
    let environment = environment ?? ProcessInfo.processInfo.environment
    let wanted = ColorDepth.detect(environment: environment, terminalColors: 0)
    let options = tmk_options(
      colors: !ColorDepth.refusesColors(environment), direct_color: wanted == .truecolor,
      mouse: mouse)
    let status = tmk_open(input, output, options)
    if let error = NcursesScreen.error(status) { throw error }
    let capabilities = tmk_capabilities_now()
    self.environment = environment
    mouseEnabled = mouse
    showsUnicode = capabilities.utf8
    showsDefaultColors = capabilities.default_colors
    let colors = capabilities.direct_color ? 1 << 24 : min(256, Int(capabilities.colors))
    // What the environment promises holds only if ncurses took it.
    var told = environment
    if !capabilities.direct_color { told["COLORTERM"] = nil }
    depth = ColorDepth.detect(environment: told, terminalColors: colors)
    size = NcursesScreen.currentSize() ?? Size(80, 24)
  }

  deinit { close() }

  private static func error(_ status: tmk_status) -> ScreenError? {
    let term = ProcessInfo.processInfo.environment["TERM"] ?? ""
    switch status {
    case TMK_OPENED: return nil
    case TMK_INPUT_NOT_A_TERMINAL: return .inputNotATerminal
    case TMK_OUTPUT_NOT_A_TERMINAL: return .outputNotATerminal
    case TMK_TERM_UNSET: return .termUnset
    case TMK_TERM_UNKNOWN: return .termUnknown(term)
    case TMK_TERM_TOO_SIMPLE: return .termTooSimple(term)
    case TMK_ALREADY_OPEN: return .alreadyOpen
    default: return .noResources
    }
  }

  private static func currentSize() -> Size? {
    var columns: Int32 = 0
    var rows: Int32 = 0
    return tmk_size(&columns, &rows) ? Size(Int(columns), Int(rows)) : nil
  }

  // MARK: Drawing

  public var statistics: ScreenStatistics {
    var statistics = counted
    statistics.bytes = Int(clamping: tmk_bytes_sent())
    return statistics
  }

  @discardableResult
  public func draw(_ grid: CellGrid) -> Int {
    guard isOpen else { return 0 }
    guard tmk_is_line_free() else {
      if kept != nil { counted.skippedFrames += 1 }
      kept = grid
      return 0
    }
    kept = nil
    return show(grid)
  }

  private func show(_ grid: CellGrid) -> Int {
    var difference = GridDifference(from: shown, to: grid)
    guard difference.count > 0 else { return 0 }
    if !send(difference, of: grid) {
      // All colour pairs are in use: start over, every cell with a pair of the new generation.
      pairs.removeAll(keepingCapacity: true)
      difference = GridDifference(from: nil, to: grid)
      _ = send(difference, of: grid)
    }
    tmk_flush()
    shown = grid
    counted.frames += 1
    counted.cells += difference.count
    return difference.count
  }

  /// False when a colour pair was needed and none was free.
  private func send(_ difference: GridDifference, of grid: CellGrid) -> Bool {
    var run: [tmk_cell] = []
    var lastStyle: Style?
    var lastPair: Int32 = 0
    var lastAttributes: UInt8 = 0
    for piece in difference.runs {
      run.removeAll(keepingCapacity: true)
      for column in piece.columns {
        let cell = grid[column, piece.row]
        if cell.style != lastStyle {
          let style = cell.style.mapped(to: depth)
          guard let pair = pair(for: style) else { return false }
          (lastStyle, lastPair, lastAttributes) = (cell.style, pair, style.attributes.rawValue)
          if brightens(style) { lastAttributes |= Attributes.bold.rawValue }
        }
        run.append(
          tmk_cell(
            scalars: cell.glyph.codePoints, pair: lastPair, attributes: lastAttributes,
            width: cell.width))
      }
      tmk_write_cells(Int32(piece.columns.lowerBound), Int32(piece.row), run, Int32(run.count))
    }
    return true
  }

  /// With eight colours, black on black is how bright black would look; bold makes it grey.
  private func brightens(_ style: Style) -> Bool {
    depth == .ansi8 && style.foreground == .ansi(0) && style.background == .terminal
  }

  private func pair(for style: Style) -> Int32? {
    guard depth != .mono else { return 0 }
    let wanted = ColorPair(
      foreground: number(style.foreground, orElse: 7),
      background: number(style.background, orElse: 0)
    )
    if wanted.foreground == -1, wanted.background == -1 { return 0 }
    if let pair = pairs[wanted] { return pair }
    // ncurses reports no limit (0, or 65536 cut to 16 bits) for terminals with direct colours.
    let reported = tmk_pair_limit()
    let limit = reported > 0 ? min(reported, 32_767) : 32_767
    let next = Int32(pairs.count + 1)
    guard next < limit, tmk_define_pair(next, wanted.foreground, wanted.background) else {
      return pairs.isEmpty ? 0 : nil
    }
    pairs[wanted] = next
    return next
  }

  private func number(_ color: Color, orElse fallback: Int32) -> Int32 {
    switch color {
    case .terminal: return showsDefaultColors ? -1 : fallback
    case .ansi(let index) where depth != .truecolor || index < 16: return Int32(index)
    default:
      guard let (red, green, blue) = color.components else { return fallback }
      // 0...15 mean the palette there, so the darkest blues are one step greener.
      let value = Int32(red << 16 | green << 8 | blue)
      return value < 16 ? (value == 0 ? 0x00_0100 : value | 0x00_0100) : value
    }
  }

  // MARK: Reading

  public func nextEvent(timeoutMs: Int?) -> InputEvent? {
    let deadline = timeoutMs.map { ContinuousClock.now + .milliseconds($0) }
    while true {
      if !pending.isEmpty { return pending.removeFirst() }
      guard isOpen, !isHungUp else { return .hangup }
      let remaining = deadline.map { NcursesScreen.milliseconds(until: $0) }
      let escape = decoder.isWaiting ? NcursesScreen.escapeTimeoutMs : nil
      let wait = [remaining, escape].compactMap { $0 }.min()
      let silent = read(timeoutMs: wait)
      if silent, escape != nil, wait == escape { pending += decoder.flush() }
      if silent, pending.isEmpty, let deadline, ContinuousClock.now >= deadline { return nil }
    }
  }

  private static func milliseconds(until deadline: ContinuousClock.Instant) -> Int {
    let left = (deadline - ContinuousClock.now).components
    let milliseconds = Int(left.seconds) * 1000 + Int(left.attoseconds / 1_000_000_000_000_000)
    return max(0, min(milliseconds, 1_000_000_000))
  }

  /// Reads once; true when nothing came.
  private func read(timeoutMs: Int?) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let input = tmk_read(&bytes, Int32(bytes.count), Int32(timeoutMs ?? -1))
    add(decoder.feed(bytes.prefix(Int(input.count))))
    add(signals: input.signals)
    if input.hangup {
      isHungUp = true
      add([.hangup])
    }
    // Last, so that keys are never behind data.
    if input.woken { add([.wake]) }
    if input.sent, let grid = kept { draw(grid) }
    return input.count == 0 && !input.woken && input.signals == 0 && !input.hangup && !input.sent
  }

  private func add(_ events: [InputEvent]) {
    pending += events.prefix(max(0, NcursesScreen.maxPendingEvents - pending.count))
  }

  private func add(signals: UInt32) {
    guard signals != 0 else { return }
    func arrived(_ signal: tmk_signal) -> Bool { signals & signal.rawValue != 0 }
    if arrived(TMK_SIGNAL_HANGUP) { add([.hangup]) }
    if arrived(TMK_SIGNAL_TERMINATE) { add([.terminate(.terminate)]) }
    if arrived(TMK_SIGNAL_INTERRUPT) { add([.terminate(.interrupt)]) }
    if arrived(TMK_SIGNAL_STOP) {
      suspend()
    } else if arrived(TMK_SIGNAL_CONTINUE) {
      // Stopped by SIGSTOP, which cannot be seen coming: the shell has changed the modes.
      takeBack()
      add([.resumed])
    } else if arrived(TMK_SIGNAL_RESIZE) {
      resize()
    }
  }

  private func resize() {
    guard let now = NcursesScreen.currentSize() else { return }
    tmk_resize(Int32(now.width), Int32(now.height))
    let last = kept ?? shown
    (shown, kept) = (nil, nil)
    guard now != size else {
      // There and back: nobody else knows that the terminal may have moved its lines.
      if let last { draw(last) }
      return
    }
    size = now
    pending.removeAll { if case .resize = $0 { true } else { false } }
    add([.resize(now)])
  }

  public nonisolated func wake() { tmk_wake() }

  // MARK: Giving the terminal back

  public func suspend() {
    guard isOpen else { return }
    tmk_release()
    tmk_stop()
    takeBack()
    add([.resumed])
  }

  public func lend<Result>(_ body: () throws -> Result) rethrows -> Result {
    guard isOpen else { return try body() }
    tmk_release()
    defer { takeBack() }
    return try body()
  }

  private func takeBack() {
    tmk_reclaim()
    resize()
  }

  @discardableResult
  public func copy(_ text: String) -> Clipboard.Outcome {
    let count = text.utf8.count
    guard let bytes = Clipboard.sequence(text, environment: environment) else {
      return .tooLong(bytes: count)
    }
    return isOpen && tmk_send(bytes, Int32(bytes.count)) ? .sent(bytes: count) : .notTaken
  }

  public func close() {
    guard isOpen else { return }
    isOpen = false
    tmk_close()
  }
}
