/// Moves of a replay, as the studio asks for them.
public enum ReplayMove: Sendable, Equatable {
  /// So many records forward (positive) or back (negative).
  case events(Int64)
  case nextFiring, previousFiring
  case nextWatermark, previousWatermark
  case nextLate, previousLate
  case nextCheckpoint, previousCheckpoint
  /// To a position in the log: 0 is the start.
  case position(Int64)
  /// Just before the first record whose event time reaches this.
  case eventTime(Int64)
  /// To the moment before a window fires; where that is past, to before its first event.
  case window(WindowView.ID)
  case end
}

/// Where a replay stands.
public struct ReplayPosition: Sendable, Hashable {
  /// Records read so far.
  public var records: Int64
  /// Whether the input has ended and every window has fired.
  public var isAtEnd: Bool

  public init(records: Int64, isAtEnd: Bool) {
    self.records = records
    self.isAtEnd = isAtEnd
  }
}

/// What the studio needs of a replay; the real one steps the engine, tests use a fake.
///
/// Calls are made from one thread and return when the move is done; a long move looks at
/// `isCancelled` now and then and stops early.
public protocol ReplayControlling: AnyObject {
  var view: ReplayView { get }

  /// How long the operator of each box has worked since the replay was opened, ns of our time; nil
  /// for a box whose work is done in another. Empty where nobody measures.
  ///
  /// No part of ``view``, which is a function of the position.
  var workNs: [UInt64?] { get }

  /// Where it stands, without the cost of a picture.
  var position: ReplayPosition { get }

  /// Carries out a move. Errors (a log that cannot be read) are thrown with place and remedy.
  func move(_ move: ReplayMove, isCancelled: () -> Bool) throws

  /// Plays forward until the newest event time has reached the playhead, or for at most
  /// `maxRecords` records, or to the end.
  ///
  /// - Parameter playhead: an event time; nil for as fast as possible.
  /// - Returns: records read.
  @discardableResult
  func play(until playhead: Int64?, maxRecords: Int) throws -> Int

  /// Chooses the window operator that ``view`` shows: one of its ``ReplayView/windowNodes``.
  func show(windowNode: Int)

  /// Lets go of everything that works beside the caller.
  func close()

  /// Answers a question at the position, without moving what is shown.
  ///
  /// - Returns: nil where `isCancelled` said so before the answer was known.
  func answer(_ query: ReplayQuery, isCancelled: () -> Bool) throws -> ReplayAnswer?
}
