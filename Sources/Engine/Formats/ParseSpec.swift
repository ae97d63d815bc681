public import Columns

/// How the records of a source become rows with an event time.
public struct ParseSpec: Sendable {
  public var format: RecordFormat
  /// The columns in the order they were declared.
  public var columns: [ParseColumn]
  /// The column that holds the event time; nil where no operator needs one. In processing time it
  /// is the last one, which stands in no record: it is filled with the time of reading.
  public var eventTime: Int?
  /// The column that says when each record arrived; nil where the log does not know.
  public var arrival: Int?
  public var watermark: WatermarkSpec

  public init(
    format: RecordFormat, columns: [ParseColumn], eventTime: Int?, arrival: Int? = nil,
    watermark: WatermarkSpec = .init()
  ) {
    self.format = format
    self.columns = columns
    self.eventTime = eventTime
    self.arrival = arrival
    self.watermark = watermark
  }

  /// The columns that are read from records.
  var recordColumns: [ParseColumn] { watermark.isProcessingTime ? columns.dropLast() : columns }

  /// How the source cuts records apart for this format.
  public var framing: Framing {
    if case .csv(let options) = format { return .quoted(delimiter: options.delimiter) }
    return .lines
  }
}

public enum RecordFormat: Sendable, Hashable {
  case json
  case csv(CsvOptions)
  /// Named groups of a regular expression; a column takes the group of its name.
  case regex(String)
  /// The common and combined web log. Columns: host, ident, user, time, request, method, path,
  /// protocol, status, bytes, referrer, user_agent.
  case accessLog
}

public struct CsvOptions: Sendable, Hashable {
  /// Whether each split starts with a line of column names. Without one, fields are taken in the
  /// order in which the columns are declared.
  public var hasHeader: Bool
  public var delimiter: UInt8
  /// The text that stands for NULL beside the empty unquoted field.
  public var nullText: String?

  public init(hasHeader: Bool = true, delimiter: UInt8 = 44, nullText: String? = nil) {
    self.hasHeader = hasHeader
    self.delimiter = delimiter
    self.nullText = nullText
  }
}

/// One column that `parse` fills.
public struct ParseColumn: Sendable, Hashable {
  /// The name of the column and of the field it is read from.
  public var name: String
  public var type: ColumnType
  /// How a time is written; ignored for other types.
  public var timeFormat: TimeFormat
  /// False where nobody downstream reads it: it is skipped, not parsed.
  public var isRead: Bool

  public init(
    _ name: String, _ type: ColumnType, timeFormat: TimeFormat = .iso, isRead: Bool = true
  ) {
    self.name = name
    self.type = type
    self.timeFormat = timeFormat
    self.isRead = isRead
  }
}

/// How a time is written in a record.
public enum TimeFormat: Sendable, Hashable {
  /// ISO-8601 with or without fraction and zone (UTC without one); also `2026-01-31 12:00:00`.
  case iso
  case epoch(EpochUnit)
  /// A pattern of Java's DateTimeFormatter: `dd/MMM/yyyy:HH:mm:ss Z`.
  case pattern(String)

  public enum EpochUnit: String, Sendable, CaseIterable { case s, ms, us, ns }
}
