/// A screen in memory, for tests: events are a script, the picture can be looked at.
///
/// `nextEvent` gives the scripted events in order, then `.wake` if it was woken, then nil; with no
/// limit and nothing left it says `.hangup`, so a loop under test always ends.
public final class HeadlessScreen: Screen {
  public var size: Size
  public let depth: ColorDepth
  public let showsUnicode: Bool
  public var mouseEnabled = true

  /// The grid shown last.
  public private(set) var grid: CellGrid?
  /// Changed cells of each `draw`, the oldest first.
  public private(set) var changes: [Int] = []
  public private(set) var statistics = ScreenStatistics()
  /// What was copied, the oldest first.
  public private(set) var copied: [String] = []
  /// How often the terminal was suspended and lent.
  public private(set) var suspensions = 0
  public private(set) var isClosed = false

  private var events: [InputEvent]
  private let woken = WakeFlag()

  public init(
    _ size: Size = Size(80, 24), depth: ColorDepth = .truecolor, showsUnicode: Bool = true,
    events: [InputEvent] = []
  ) {
    self.size = size
    self.depth = depth
    self.showsUnicode = showsUnicode
    self.events = events
  }

  /// Adds events to the end of the script.
  public func send(_ more: [InputEvent]) { events += more }

  /// Adds keys by their names: `send("g", "Ctrl-P", "Enter")`.
  public func send(_ names: String...) {
    for name in names {
      guard let key = Key(name) else { preconditionFailure("no key is called \(name)") }
      events.append(.key(key))
    }
  }

  /// Adds the characters of a text as keys.
  public func type(_ text: String) { events += text.map { .key(.character($0)) } }

  @discardableResult
  public func draw(_ grid: CellGrid) -> Int {
    guard !isClosed else { return 0 }
    let count = GridDifference(from: self.grid, to: grid).count
    self.grid = grid
    changes.append(count)
    statistics.frames += 1
    statistics.cells += count
    return count
  }

  public func nextEvent(timeoutMs: Int?) -> InputEvent? {
    if isClosed { return .hangup }
    if !events.isEmpty {
      let event = events.removeFirst()
      if case .resize(let size) = event { self.size = size }
      return event
    }
    if woken.take() { return .wake }
    return timeoutMs == nil ? .hangup : nil
  }

  public nonisolated func wake() { woken.set() }

  public func suspend() {
    suspensions += 1
    events.insert(.resumed, at: 0)
  }

  public func lend<Result>(_ body: () throws -> Result) rethrows -> Result {
    suspensions += 1
    return try body()
  }

  @discardableResult
  public func copy(_ text: String) -> Clipboard.Outcome {
    let bytes = text.utf8.count
    guard bytes <= Clipboard.maxBytes else { return .tooLong(bytes: bytes) }
    copied.append(text)
    return .sent(bytes: bytes)
  }

  public func close() { isClosed = true }

  /// The picture as text, one line a row, no spaces at the ends; empty before the first draw.
  public var text: String { grid?.text ?? "" }

  /// The picture as text followed by where which style stands, for golden files.
  public var styledText: String { grid?.styledText ?? "" }
}
