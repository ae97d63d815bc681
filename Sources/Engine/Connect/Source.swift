public import Columns

/// Where records come from: files now, other systems later. A source knows splits and bytes,
/// nothing of columns.
public protocol Source: Sendable {
  /// The independent parts, in a fixed order that is part of the result (for files: by path).
  func splits() throws -> [SplitDescription]

  /// Opens a split at a position that one of its readers gave, or at the start.
  ///
  /// - Parameter framing: how records are told apart.
  func open(_ split: SplitDescription, at position: SplitPosition, framing: Framing) throws
    -> any SplitReader
}

/// How a stream of bytes is cut into records.
public enum Framing: Sendable, Hashable {
  /// A record a line; CR before LF is not part of it; blank lines are not records.
  case lines
  /// RFC 4180: a line, but a quoted field may hold line ends. A field starts with the record, and
  /// after a delimiter: the very one that the parser cuts fields at, else the two would not see the
  /// same records.
  case quoted(delimiter: UInt8)

  /// With commas.
  public static let quotedLines = Framing.quoted(delimiter: 44)
}

/// An independent part of a source, with its own watermark.
public struct SplitDescription: Hashable, Sendable {
  /// What it is called in messages, checkpoints and on screen: for a file, its path as given.
  public var name: String
  /// Bytes it holds now; nil where that cannot be known (a pipe).
  public var size: Int64?

  public init(name: String, size: Int64? = nil) {
    self.name = name
    self.size = size
  }
}

/// A place in a split, at the start of a record.
public struct SplitPosition: Hashable, Sendable {
  /// Bytes before it.
  public var offset: Int64
  /// The number of the line that starts there, from 1.
  public var line: Int64

  public init(offset: Int64 = 0, line: Int64 = 1) {
    self.offset = offset
    self.line = line
  }

  public static let start = SplitPosition()
}

/// Reads one split forwards. Used by one thread at a time.
public protocol SplitReader: AnyObject {
  /// The next whole records: at most `maxRecords` of them, in at most about `maxBytes` bytes (one
  /// longer record still comes whole, up to the reader's stated limit). Nil at the end.
  func next(maxRecords: Int, maxBytes: Int) throws -> RecordBlock?

  func close()
}

/// A run of whole records in memory.
public struct RecordBlock: Sendable {
  /// The records with their line ends; the last may lack one at the end of a split.
  public var bytes: Bytes
  /// What keeps ``bytes`` alive.
  public var owner: any AnyObject & Sendable
  /// Where the first byte stands in the split.
  public var start: SplitPosition
  /// Where the byte after the last stands.
  public var end: SplitPosition
  /// A record of over ``maxRecordBytes`` bytes: ``bytes`` holds its beginning only, and the record
  /// is a dead letter.
  public var isOversized: Bool

  public init(
    bytes: Bytes, owner: any AnyObject & Sendable, start: SplitPosition, end: SplitPosition,
    isOversized: Bool = false
  ) {
    self.bytes = bytes
    self.owner = owner
    self.start = start
    self.end = end
    self.isOversized = isOversized
  }
}

/// The longest record that is read: 16 MiB. A longer one becomes a dead letter.
public let maxRecordBytes = 16 * 1024 * 1024
