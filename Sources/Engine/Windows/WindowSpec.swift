public import Columns

/// A keyed window with its aggregates.
public struct WindowSpec: Sendable {
  public var assigner: WindowAssigner
  /// Whose days they are, for windows of whole days; nil for UTC.
  public var zone: ZoneTable?
  /// When a window fires beside its end.
  public var trigger: WindowTrigger
  /// How long a fired window is kept for late rows, ms. 0 with ``LatePolicy/drop``.
  public var allowedLatenessMs: Int64
  public var late: LatePolicy
  /// The key columns of the input, by position; empty for one window over all rows.
  public var keys: [Int]
  public var aggregates: [AggregateSpec]

  public init(
    assigner: WindowAssigner, zone: ZoneTable? = nil, trigger: WindowTrigger = .init(),
    allowedLatenessMs: Int64 = 0, late: LatePolicy = .drop, keys: [Int],
    aggregates: [AggregateSpec]
  ) {
    self.assigner = assigner
    self.zone = zone
    self.trigger = trigger
    self.allowedLatenessMs = allowedLatenessMs
    self.late = late
    self.keys = keys
    self.aggregates = aggregates
  }

  /// What the shape of its state and the meaning of its results depend on, in one line.
  public var windowText: String {
    var words = ["\(assigner)"]
    if let zone { words.append("zone \(zone.name)") }
    if let early = trigger.earlyMs { words.append("early \(early)") }
    if let rows = trigger.everyRows { words.append("every \(rows)") }
    if trigger.isDiscarding { words.append("discarding") }
    return words.joined(separator: " ")
  }

  /// The columns of a result: keys, `window_start`, `window_end`, the aggregates, then columns
  /// about the row: `kind`, `firing`, `window_time`, `watermark`.
  public func resultSchema(input: Schema) -> Schema {
    Schema(
      keys.map { input.fields[$0] }
        + [Field("window_start", .timestampLTZ), Field("window_end", .timestampLTZ)]
        + aggregates.map { Field($0.name, $0.type) }
        + [
          Field("kind", .string, isMeta: true), Field("firing", .bigint, isMeta: true),
          Field("window_time", .timestampLTZ, isMeta: true),
          Field("watermark", .timestampLTZ, isMeta: true),
        ])
  }

  /// Whether a result may be replaced by a later one, so that sinks must show the row kind.
  public var resultsChange: Bool {
    if trigger.isDiscarding || assigner.isCount { return false }
    return late != .drop && allowedLatenessMs > 0 || !trigger.isDefault
  }
}

/// Which windows a time falls into. Lengths are milliseconds.
public enum WindowAssigner: Sendable, Hashable {
  /// `[start, start + size)`; |offset| < size.
  case tumbling(sizeMs: Int64, offsetMs: Int64)
  /// Windows of one size that start every `slide`; |offset| < slide. With a slide over the size,
  /// some times fall into none.
  case sliding(sizeMs: Int64, slideMs: Int64, offsetMs: Int64)
  /// Windows that start together and end `step` apart, up to `max`, a multiple of the step;
  /// |offset| < max.
  case cumulating(stepMs: Int64, maxMs: Int64, offsetMs: Int64)
  /// Rows of a key with no gap between them: each row is `[time, time + gap)`, and what touches or
  /// overlaps is one window.
  case session(gapMs: Int64)
  /// So many rows of a key, whatever their times.
  case count(Int64)
  /// All rows of a key.
  case global

  public var isCount: Bool { if case .count = self { true } else { false } }
  public var isSession: Bool { if case .session = self { true } else { false } }

  /// Whether its windows end by event time.
  public var needsEventTime: Bool {
    switch self {
    case .tumbling, .sliding, .cumulating, .session: true
    case .count, .global: false
    }
  }

  /// The distance between the edges of windows, ms, and by how much they are shifted from the
  /// epoch: the grid to draw them on. Nil where time does not bound them.
  public var edges: (Int64?, offset: Int64) {
    switch self {
    case .tumbling(let size, let offset): (size, offset)
    case .sliding(_, let slide, let offset): (slide, offset)
    case .cumulating(let step, _, let offset): (step, offset % step)
    case .session(let gap): (gap, 0)
    case .count, .global: (nil, 0)
    }
  }

  /// The length of a window, ms; of the longest for those that grow, the gap for sessions, and 0
  /// where time does not bound it.
  public var sizeMs: Int64 {
    switch self {
    case .tumbling(let size, _), .sliding(let size, _, _): size
    case .cumulating(_, let max, _): max
    case .session(let gap): gap
    case .count, .global: 0
    }
  }
}

/// When a window fires beside its end, and whether a firing empties it.
public struct WindowTrigger: Sendable, Hashable {
  /// Fires each time the watermark passes a multiple of this, ms: Flink's
  /// `ContinuousEventTimeTrigger`.
  public var earlyMs: Int64?
  /// Fires with every so many rows of a window: Flink's `CountTrigger`. 1 for each row.
  public var everyRows: Int64?
  /// Whether a firing empties the window, so that results add up instead of replacing each other:
  /// Flink's `PurgingTrigger`.
  public var isDiscarding: Bool

  public init(earlyMs: Int64? = nil, everyRows: Int64? = nil, isDiscarding: Bool = false) {
    self.earlyMs = earlyMs
    self.everyRows = everyRows
    self.isDiscarding = isDiscarding
  }

  /// Whether a window fires at its end only.
  public var isDefault: Bool { earlyMs == nil && everyRows == nil }
}

/// What happens to a row whose window has fired.
public enum LatePolicy: String, Sendable, CaseIterable {
  /// It goes to the late stream.
  case drop
  /// Within the allowed lateness the window fires again with it, as `+U`.
  case update
  /// The same, as the old result `-U` and the new one `+U`.
  case correct
}
