/// What a replay answers to a ``ReplayQuery``: a function of the log, the pipeline and the position.
public enum ReplayAnswer: Sendable, Equatable {
  case windows(WindowsPage)
  /// Nil for a window that is not known at this position.
  case window(WindowDetail?)
  /// Nil for a record that has not been read.
  case event(EventFate?)
  case time(TimePicture)
  /// Nil where no bound could be weighed: there is no event time, or no window.
  case tuning(TuningReport?)
  case output(OutputPage)
  case checkpoints([CheckpointDetail])
  case crash(CrashReport)
  case difference(DifferencePage)
}

/// A part of a list of windows.
public struct WindowsPage: Sendable, Equatable {
  public var windows: [WindowView] = []
  /// The place of the first in the whole list.
  public var offset = 0
  /// Windows that the filter lets through.
  public var total = 0
  /// Windows by state, whatever the filter says.
  public var counts: [WindowView.State: Int] = [:]

  public init() {}
}

/// A record with its columns.
public struct RecordRow: Sendable, Equatable {
  public var position: Int64
  public var eventTime: Int64?
  /// In the order of the columns beside it.
  public var values: [String]
  public var isLate: Bool

  public init(position: Int64, eventTime: Int64?, values: [String], isLate: Bool) {
    self.position = position
    self.eventTime = eventTime
    self.values = values
    self.isLate = isLate
  }
}

/// What is in a window and what came of it.
public struct WindowDetail: Sendable, Equatable {
  public struct Firing: Sendable, Equatable {
    public var position: Int64
    public var watermark: Int64
    public var rows: Int64
    public var values: [String]
    /// `on time`, `early`, `late`, `taken back`.
    public var kind: String

    public init(position: Int64, watermark: Int64, rows: Int64, values: [String], kind: String) {
      self.position = position
      self.watermark = watermark
      self.rows = rows
      self.values = values
      self.kind = kind
    }
  }

  public var window: WindowView
  public var columns: [String] = []
  /// Oldest first, bounded.
  public var events: [RecordRow] = []
  public var eventCount = 0
  /// Oldest first, bounded.
  public var firings: [Firing] = []

  public init(window: WindowView) { self.window = window }
}

/// What became of a record on its way.
public struct EventFate: Sendable, Equatable {
  public enum Step: Sendable, Equatable {
    /// Read as these columns.
    case parsed(operatorName: String, columns: [String], values: [String])
    /// Could not be read or computed: a dead letter.
    case bad(operatorName: String, reason: String)
    /// Let through, by a filter's condition or unchanged.
    case passed(operatorName: String, rule: String?)
    case filtered(operatorName: String, rule: String)
    /// Taken into these windows; `updates` where one of them had fired.
    case assigned(
      operatorName: String, windows: [WindowView.ID], updates: Bool, allowedLatenessMs: Int64)
    /// Between windows that start every `slideMs` and are shorter than that.
    case unassigned(operatorName: String, sizeMs: Int64, slideMs: Int64)
    /// Too late for this window: the watermark was `missedByMs` past its last moment.
    case late(
      operatorName: String, window: WindowView.ID, watermark: Int64, missedByMs: Int64,
      allowedLatenessMs: Int64)
    case sent(sink: String)
  }

  public var position: Int64
  /// The split it came from.
  public var split: String
  /// The record as it was in the log.
  public var raw: String
  public var eventTime: Int64?
  /// The watermark that it met.
  public var watermark: Int64
  /// The watermark after it.
  public var watermarkAfter: Int64
  /// In the order of the operators; of branches one after the other.
  public var steps: [Step] = []
  /// What windows fired after it, because it moved the watermark or because it fell into them.
  public var firings: [Firing] = []

  /// A window's result that came out.
  public struct Firing: Sendable, Equatable {
    public enum Cause: String, Sendable {
      /// The watermark reached its end.
      case onTime
      /// Its trigger, before that.
      case early
      /// A late row, after that.
      case late
      /// Its trigger, where time does not end it.
      case trigger
    }

    public var operatorName: String
    public var window: WindowView.ID
    public var rows: Int64
    /// The aggregates as text.
    public var values: [String]
    public var cause: Cause

    public init(
      operatorName: String, window: WindowView.ID, rows: Int64, values: [String], cause: Cause
    ) {
      self.operatorName = operatorName
      self.window = window
      self.rows = rows
      self.values = values
      self.cause = cause
    }
  }

  public init(
    position: Int64, split: String, raw: String, eventTime: Int64?, watermark: Int64,
    watermarkAfter: Int64
  ) {
    self.position = position
    self.split = split
    self.raw = raw
    self.eventTime = eventTime
    self.watermark = watermark
    self.watermarkAfter = watermarkAfter
  }
}

/// Event time against arrival, and how far out of order events came.
public struct TimePicture: Sendable, Equatable {
  public struct Point: Sendable, Equatable {
    public var position: Int64
    public var eventTime: Int64
    public var kind: EventMark.Kind

    public init(position: Int64, eventTime: Int64, kind: EventMark.Kind) {
      self.position = position
      self.eventTime = eventTime
      self.kind = kind
    }
  }

  /// A step of the watermark's staircase: from this record on.
  public struct Step: Sendable, Equatable {
    public var position: Int64
    public var watermark: Int64

    public init(position: Int64, watermark: Int64) {
      self.position = position
      self.watermark = watermark
    }
  }

  /// Events by how far they came behind the newest before them.
  public struct Bar: Sendable, Equatable {
    /// Up to this, ms; 0 for those that came in order.
    public var toMs: Int64
    public var events: Int64

    public init(toMs: Int64, events: Int64) {
      self.toMs = toMs
      self.events = events
    }
  }

  public var positions: Range<Int64> = 0..<0
  /// By position.
  public var points: [Point] = []
  /// By position, thinned out where there are more than points.
  public var watermark: [Step] = []
  public var disorder: [Bar] = []

  public init() {}
}

/// A part of what came out.
public struct OutputPage: Sendable, Equatable {
  public struct Line: Sendable, Hashable {
    public var position: Int64
    /// The sink that got it; empty for a dead letter or late row that no sink takes.
    public var sink: String
    /// `+I`, `-U`, `+U`, `-D`; `late`; `dead`.
    public var kind: String
    /// In the order of the columns of its sink.
    public var values: [String]
    /// Of a late row or a dead letter.
    public var reason: String?
    /// Of a dead letter: the record as it was in the log.
    public var raw: String?

    public init(
      position: Int64, sink: String, kind: String, values: [String], reason: String? = nil,
      raw: String? = nil
    ) {
      self.position = position
      self.sink = sink
      self.kind = kind
      self.values = values
      self.reason = reason
      self.raw = raw
    }
  }

  /// Newest first.
  public var lines: [Line] = []
  public var offset = 0
  /// Lines that the filter lets through.
  public var total = 0
  /// The columns of each sink.
  public var columns: [String: [String]] = [:]
  /// Rows of all sinks by kind, late rows and dead letters, whatever the filter says.
  public var counts: [String: Int64] = [:]

  public init() {}
}

/// A checkpoint with what is in it.
public struct CheckpointDetail: Sendable, Equatable {
  public struct Part: Sendable, Equatable {
    public var operatorName: String
    public var bytes: Int

    public init(operatorName: String, bytes: Int) {
      self.operatorName = operatorName
      self.bytes = bytes
    }
  }

  public var view: CheckpointView
  /// Of operators with state, in the order of the graph; nil where nobody has measured yet.
  public var parts: [Part]?
  public var bytes: Int? { parts.map { $0.reduce(0) { $0 + $1.bytes } } }

  public init(view: CheckpointView, parts: [Part]?) {
    self.view = view
    self.parts = parts
  }
}
