public import Columns
public import Engine

/// Everything the studio shows of a replay at one moment: an immutable picture of the job.
///
/// It is a function of the log, the pipeline and the position alone: coming back to a position
/// gives the same picture.
public struct ReplayView: Sendable, Equatable {
  // MARK: position

  /// Records read so far; the number of the next one.
  public var position: Int64 = 0
  /// Records in the log, where it has been counted.
  public var total: Int64?
  /// The furthest position reached in this session.
  public var furthest: Int64 = 0
  /// Whether the input has ended and every window has fired.
  public var isAtEnd = false

  // MARK: time

  /// The combined watermark; ``minWatermark`` before the first event.
  public var watermark: Int64 = minWatermark
  /// The newest event time seen; nil before the first event.
  public var maxEventTime: Int64?
  /// The event time of the last record that was read; nil where it had none.
  public var lastEventTime: Int64?
  /// Each split with its own watermark.
  public var splits: [SplitView] = []
  /// Why the watermark stands where it does; nil before anything is known of it.
  public var watermarkStatus: WatermarkStatus?
  /// Newest event time minus watermark, ms, sampled as the log was read: oldest first, bounded.
  public var lagHistory: [LagSample] = []

  // MARK: the job

  /// The window operators; what follows is of ``windowNode``.
  public var windowNodes: [WindowNodeView] = []
  /// The position in the graph of the one that is shown.
  public var windowNode: Int?
  public var boxes: [BoxView] = []
  /// Live windows, and those purged lately: by start, then key order of arrival.
  public var windows: [WindowView] = []
  /// Live windows in all, also those left out of ``windows``.
  public var liveWindowCount = 0
  /// Names of the aggregates, in order: the heads of ``WindowView/values``.
  public var valueNames: [String] = []
  /// Keys in order of their first arrival among those shown, most active first.
  public var keys: [KeyView] = []
  /// Events of the recent past: oldest first, bounded.
  public var marks: [EventMark] = []
  /// Size of each window, ms: the grid of the timeline; nil without a window.
  public var windowSizeMs: Int64?
  public var windowOffsetMs: Int64 = 0
  public var allowedLatenessMs: Int64 = 0
  /// What is particular about when windows begin, end and fire, in words; nil for plain ones.
  public var windowRule: String?
  /// How windows are assigned; nil without a window.
  public var windowShape: WindowAssigner?
  /// When windows fire beside their end.
  public var windowTrigger = WindowTrigger()
  /// Whose days windows are, where that is not UTC.
  public var windowZone: ZoneTable?
  /// Whether windows end, and so fire, by event time; false for counts and the global window.
  public var windowsEndByTime = true
  /// What fires next and when: nil where nothing is open.
  public var nextFiring: NextFiring?
  public var checkpoints: [CheckpointView] = []
  public var accounting = Accounting()

  // MARK: words

  /// What happened, newest last, bounded.
  public var narration: [Narration] = []
  /// The latest output rows as they would reach the sink, newest last, bounded.
  public var output: [OutputRow] = []

  public init() {}
}

public struct SplitView: Sendable, Equatable {
  public var name: String
  public var watermark: Int64
  public var maxEventTime: Int64?
  public var recordsRead: Int64
  public var hasEnded: Bool
  /// Whether its watermark is the one that holds the combined watermark back.
  public var holdsWatermark: Bool
  public var state: WatermarkStatus.State

  public init(
    name: String, watermark: Int64, maxEventTime: Int64?, recordsRead: Int64, hasEnded: Bool,
    holdsWatermark: Bool, state: WatermarkStatus.State = .active
  ) {
    self.name = name
    self.watermark = watermark
    self.maxEventTime = maxEventTime
    self.recordsRead = recordsRead
    self.hasEnded = hasEnded
    self.holdsWatermark = holdsWatermark
    self.state = state
  }
}

public struct LagSample: Sendable, Equatable {
  public var position: Int64
  public var lagMs: Int64

  public init(position: Int64, lagMs: Int64) {
    self.position = position
    self.lagMs = lagMs
  }
}

/// A step of the pipeline with what passed it.
public struct BoxView: Sendable, Equatable {
  /// How rows reach it, in Flink's words.
  public enum Shipping: String, Sendable {
    /// A source: nobody before it.
    case none
    /// From each subtask to the one beside it.
    case forward
    /// By the key group of the row's key.
    case hash
    /// Spread over another number of subtasks, whatever the key.
    case rebalance
  }

  public var kind: String
  public var name: String?
  public var detail: String
  public var shipping: Shipping
  public var rowsIn: Int64
  public var rowsOut: Int64
  /// Rows dropped on purpose (filter), late or bad here, by name: `filtered`, `late`, `bad`.
  public var losses: [String: Int64]
  /// Which box it reads: the position in ``ReplayView/boxes``; nil for a source.
  public var input: Int?
  /// `late` or `dead` where it reads a side output.
  public var inputPort: StreamReference.Port
  /// For sinks: what they promise.
  public var guarantee: Guarantee?
  /// For exactly-once sinks: rows of the open transaction, which nobody sees yet.
  public var stagedRows: Int64 = 0
  /// Its parallel instances in a run; a replay has one of each.
  public var subtasks: Int
  /// Whether its work is done in the box before it: an aggregate runs inside of its window.
  public var isChained: Bool

  public init(
    kind: String, name: String? = nil, detail: String, shipping: Shipping, rowsIn: Int64 = 0,
    rowsOut: Int64 = 0, losses: [String: Int64] = [:], input: Int?,
    inputPort: StreamReference.Port = .main, guarantee: Guarantee? = nil, subtasks: Int = 1,
    isChained: Bool = false
  ) {
    self.subtasks = subtasks
    self.isChained = isChained
    self.kind = kind
    self.name = name
    self.detail = detail
    self.shipping = shipping
    self.rowsIn = rowsIn
    self.rowsOut = rowsOut
    self.losses = losses
    self.input = input
    self.inputPort = inputPort
    self.guarantee = guarantee
  }
}

public struct WindowView: Sendable, Equatable, Identifiable {
  public enum State: String, Sendable {
    /// Rows are being added; it has not fired.
    case open
    /// It has fired once and is kept for late rows.
    case fired
    /// It has fired again for a late row.
    case updated
    /// Its state is gone.
    case purged
  }

  /// Bounds.
  public struct Span: Hashable, Sendable {
    public var start: Int64
    public var end: Int64

    public init(start: Int64, end: Int64) {
      self.start = start
      self.end = end
    }
  }

  public struct ID: Hashable, Sendable {
    public var key: String
    public var start: Int64
    public var end: Int64

    public init(key: String, start: Int64, end: Int64) {
      self.key = key
      self.start = start
      self.end = end
    }
  }

  public var key: String
  public var start: Int64
  public var end: Int64
  public var state: State
  /// Rows in it.
  public var rows: Int64
  /// The aggregates as text, in the order of ``ReplayView/valueNames``.
  public var values: [String]
  /// The values of the firing before, where it has fired more than once.
  public var previousValues: [String]?
  /// Times it has fired.
  public var firings: Int
  /// It fires when the watermark reaches this: `end - 1`.
  public var firesAt: Int64 { end - 1 }
  /// It is purged when the watermark reaches this.
  public var purgedAt: Int64
  /// The position at which it last changed.
  public var changedAt: Int64
  /// The sessions that it was made of when a row last joined some; empty where none did.
  public var mergedFrom: [Span]
  public var id: ID { ID(key: key, start: start, end: end) }

  public init(
    key: String, start: Int64, end: Int64, state: State, rows: Int64, values: [String],
    previousValues: [String]? = nil, firings: Int, purgedAt: Int64, changedAt: Int64,
    mergedFrom: [Span] = []
  ) {
    self.mergedFrom = mergedFrom
    self.key = key
    self.start = start
    self.end = end
    self.state = state
    self.rows = rows
    self.values = values
    self.previousValues = previousValues
    self.firings = firings
    self.purgedAt = purgedAt
    self.changedAt = changedAt
  }
}

/// A window operator of the pipeline.
public struct WindowNodeView: Sendable, Equatable {
  /// Its position in the graph.
  public var node: Int
  public var name: String

  public init(node: Int, name: String) {
    self.node = node
    self.name = name
  }
}

public struct KeyView: Sendable, Equatable {
  public var key: String
  /// Events of it among the recent marks.
  public var events: Int64

  public init(key: String, events: Int64) {
    self.key = key
    self.events = events
  }
}

/// One event on the timeline.
public struct EventMark: Sendable, Equatable {
  public enum Kind: String, Sendable {
    case onTime
    /// Behind its fired window, taken in and the window fired again.
    case lateUpdated
    /// Too late for its window.
    case lateDropped
  }

  public var position: Int64
  public var key: String
  public var time: Int64
  public var kind: Kind

  public init(position: Int64, key: String, time: Int64, kind: Kind) {
    self.position = position
    self.key = key
    self.time = time
    self.kind = kind
  }
}

public struct NextFiring: Sendable, Equatable {
  public struct Candidate: Sendable, Equatable {
    public var key: String
    public var rows: Int64

    public init(key: String, rows: Int64) {
      self.key = key
      self.rows = rows
    }
  }

  /// The watermark that fires it: `end - 1`.
  public var watermark: Int64
  public var start: Int64
  public var end: Int64
  /// An event with at least this time would fire it; nil where the watermark does not follow
  /// event times.
  public var eventTimeNeeded: Int64?
  /// The keys with most rows; bounded.
  public var candidates: [Candidate]
  public var keyCount: Int

  public init(
    watermark: Int64, start: Int64, end: Int64, eventTimeNeeded: Int64?, candidates: [Candidate],
    keyCount: Int
  ) {
    self.watermark = watermark
    self.start = start
    self.end = end
    self.eventTimeNeeded = eventTimeNeeded
    self.candidates = candidates
    self.keyCount = keyCount
  }
}

public struct CheckpointView: Sendable, Equatable {
  public enum Status: String, Sendable { case completed, failed }

  public var id: Int64
  public var position: Int64
  /// The newest event time when it was taken.
  public var eventTime: Int64
  /// The watermark when it was taken.
  public var watermark: Int64
  public var status: Status

  public init(id: Int64, position: Int64, eventTime: Int64, watermark: Int64, status: Status) {
    self.id = id
    self.position = position
    self.eventTime = eventTime
    self.watermark = watermark
    self.status = status
  }
}

/// Where every record that was read is now. In a pipeline of one chain
/// `read = emitted + filtered + late + unassigned + bad`.
public struct Accounting: Sendable, Equatable {
  public var read: Int64 = 0
  /// Rows that reached a window or, without a window, a sink.
  public var emitted: Int64 = 0
  public var filtered: Int64 = 0
  public var late: Int64 = 0
  public var bad: Int64 = 0
  /// Rows that fell between windows.
  public var unassigned: Int64 = 0
  /// Of the emitted: rows that came after their window had fired and updated it.
  public var lateUpdated: Int64 = 0

  public init() {}

  /// Whether every record is accounted for.
  public var isBalanced = true
}

public struct Narration: Sendable, Equatable {
  public enum Kind: String, Sendable { case fired, updated, late, bad, checkpoint, purged, info }

  public var position: Int64
  /// The event time at which it happened; nil before any.
  public var time: Int64?
  public var kind: Kind
  public var text: String

  public init(position: Int64, time: Int64?, kind: Kind, text: String) {
    self.position = position
    self.time = time
    self.kind = kind
    self.text = text
  }
}

/// A row as it reaches a sink.
public struct OutputRow: Sendable, Equatable {
  /// The sink's id.
  public var sink: String
  public var position: Int64
  /// `+I`, `-U`, `+U`, `-D`.
  public var kind: String
  public var text: String

  public init(sink: String, position: Int64, kind: String, text: String) {
    self.sink = sink
    self.position = position
    self.kind = kind
    self.text = text
  }
}
