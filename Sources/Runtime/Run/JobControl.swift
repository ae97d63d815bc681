/// What a running job is asked from outside; looked at between rounds.
public protocol JobControl: AnyObject {
  /// Whether it shall take a last checkpoint and end.
  var isStopAsked: Bool { get }

  /// The next request for a savepoint.
  func takeRequest() -> SavepointRequest?

  /// What became of a request.
  func answer(_ request: SavepointRequest, _ answer: SavepointAnswer)
}

/// Asks a job for a savepoint.
public struct SavepointRequest: Sendable, Hashable, Codable {
  /// What the job does then.
  public enum Then: String, Sendable, Codable {
    case goOn
    /// It ends; the next run goes on from there.
    case stop
    /// It fires every open window, as at the end of the input, and ends.
    case drain
  }

  /// Tells its answer from others'.
  public var id: String
  /// Where it is written; nil for a folder beside the checkpoints.
  public var path: String?
  public var then: Then

  public init(id: String, path: String? = nil, then: Then = .goOn) {
    self.id = id
    self.path = path
    self.then = then
  }
}

/// What became of a request.
public struct SavepointAnswer: Sendable, Hashable, Codable {
  /// Where the savepoint is; nil where there is none.
  public var path: String?
  /// The checkpoint that it is a copy of.
  public var checkpoint: Int64?
  public var recordsRead: Int64?
  /// Why there is none.
  public var fault: String?

  public init(
    path: String? = nil, checkpoint: Int64? = nil, recordsRead: Int64? = nil, fault: String? = nil
  ) {
    self.path = path
    self.checkpoint = checkpoint
    self.recordsRead = recordsRead
    self.fault = fault
  }
}
