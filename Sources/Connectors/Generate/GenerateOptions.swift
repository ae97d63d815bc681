/// The size and shape of a generated log.
public struct GenerateOptions: Sendable, Hashable {
  /// Lines over all splits, malformed ones included.
  public var events: Int
  /// No event is further than this behind the newest before it, ms; nil for the log's own story.
  ///
  /// It bounds the story too: with 2 s, a tunnel delays clicks by 2 s and no more.
  public var disorderMs: Int64?
  /// Files. Events are dealt to them in turn; hosts belong to one each.
  public var splits: Int
  /// Another seed gives another log of the same kind.
  public var seed: UInt64
  /// Distinct ads, hosts or visitors; nil for ``SampleLog/defaultKeys``.
  public var keys: Int?

  /// The seed of the committed samples: in its log some tunnels are long enough to lose clicks.
  public static let defaultSeed: UInt64 = 4
  /// More files than this are a slip of the keyboard.
  public static let maxSplits = 1024
  /// The largest number of keys; a table of them is held in memory.
  public static let maxKeys = 1_000_000
  /// The largest number of lines: far more than a disk holds, and event times stay in range.
  public static let maxEvents = 100_000_000_000

  /// The log's defaults, but for what is given.
  public init(
    for log: SampleLog, events: Int? = nil, disorderMs: Int64? = nil, splits: Int? = nil,
    seed: UInt64 = GenerateOptions.defaultSeed, keys: Int? = nil
  ) {
    self.events = events ?? log.defaultEvents
    self.disorderMs = disorderMs
    self.splits = splits ?? log.defaultSplits
    self.seed = seed
    self.keys = keys
  }

  func check() throws(GenerateError) {
    func require(
      _ option: String, _ value: Int64, in range: ClosedRange<Int64>
    ) throws(GenerateError) {
      guard range.contains(value) else {
        throw GenerateError(option: option, value: value, allowed: range)
      }
    }
    try require("events", Int64(events), in: 0...Int64(Self.maxEvents))
    try require("splits", Int64(splits), in: 1...Int64(Self.maxSplits))
    // A day of disorder keeps every time of the log after the epoch.
    if let disorderMs { try require("disorder", disorderMs, in: 0...86_400_000) }
    if let keys { try require("keys", Int64(keys), in: 1...Int64(Self.maxKeys)) }
  }
}

/// An option of a generated log that cannot be.
public struct GenerateError: Error, Hashable, CustomStringConvertible {
  /// `events`, `splits`, `disorder` or `keys`.
  public var option: String
  /// What was asked for.
  public var value: Int64
  /// What may be asked for.
  public var allowed: ClosedRange<Int64>

  public var description: String {
    "\(option) cannot be \(value): use \(allowed.lowerBound) to \(allowed.upperBound)"
  }
}
