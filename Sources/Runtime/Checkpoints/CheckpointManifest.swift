public import Engine

/// What a checkpoint says of itself: where the sources stood, which files hold the operators'
/// state, and what the sinks prepared.
public struct CheckpointManifest: Hashable, Sendable, Codable {
  /// The version that this program writes. Version 2 added what splits say of their watermarks, 3
  /// several handles of one sink, and the shapes of operators, 4 state in several files.
  public static let currentVersion = 4
  /// The versions that it reads.
  static let readableVersions = 1...currentVersion

  public var formatVersion: Int
  /// The job's id: the pipeline's name.
  public var job: String
  /// Changes when the meaning of the pipeline does.
  public var fingerprint: String
  public var checkpoint: Int64
  /// When it was taken, ms since the epoch; given by the caller.
  public var createdAtMs: Int64
  /// Whether the job had come to its end.
  public var isFinished: Bool
  /// Whether that was before the end of its input; nil for no.
  public var isDrained: Bool?
  /// Whether it was copied to a place of the user's; nil for no.
  public var isSavepoint: Bool?
  /// The number it was taken under, where it is a savepoint that a run goes on from; nil for others.
  public var adoptedFrom: Int64?
  /// What each operator was, to say what has changed; nil before version 3.
  public var shapes: [OperatorShape]?
  public var splits: [SplitState]
  public var watermark: Int64
  /// In the order in which the states were given. Filled in by the store.
  public var operators: [OperatorFile]
  public var sinks: [SinkState]
  public var counters: [String: Int64]

  public init(
    job: String, fingerprint: String, checkpoint: Int64, createdAtMs: Int64,
    ending: Ending? = nil, splits: [SplitState] = [], watermark: Int64,
    sinks: [SinkState] = [], shapes: [OperatorShape]? = nil, counters: [String: Int64] = [:]
  ) {
    formatVersion = Self.currentVersion
    self.job = job
    self.fingerprint = fingerprint
    self.checkpoint = checkpoint
    self.createdAtMs = createdAtMs
    isFinished = ending != nil
    isDrained = ending == .drained ? true : nil
    isSavepoint = nil
    adoptedFrom = nil
    self.shapes = shapes
    self.splits = splits
    self.watermark = watermark
    operators = []
    self.sinks = sinks
    self.counters = counters
  }

  /// How a job came to its end.
  public enum Ending: Sendable {
    /// Everything was read.
    case endOfInput
    /// It was told to end: its windows fired before their time.
    case drained
  }

  /// The handles that a sink prepared and may not have committed, oldest first.
  public func handles(of sink: String) -> [SinkHandle] {
    sinks.filter { $0.id == sink }.map(\.handle)
  }

  /// Where one split of a source stood.
  public struct SplitState: Hashable, Sendable, Codable {
    /// The operator that reads it.
    public var source: String
    public var name: String
    public var offset: Int64
    public var line: Int64
    public var maxEventTime: Int64?
    /// Whether everything in it was read.
    public var isEnded: Bool
    /// Its own watermark; nil before the first, and in version 1.
    public var watermark: Int64?
    /// Whether it was silent for too long to hold the watermark back; nil in version 1.
    public var isIdle: Bool?
    /// Whether it waited for slower splits; nil in version 1.
    public var isPaused: Bool?

    public init(
      source: String, name: String, position: SplitPosition, maxEventTime: Int64?, isEnded: Bool,
      watermark: Int64? = nil, isIdle: Bool? = nil, isPaused: Bool? = nil
    ) {
      self.source = source
      self.name = name
      offset = position.offset
      line = position.line
      self.maxEventTime = maxEventTime
      self.isEnded = isEnded
      self.watermark = watermark
      self.isIdle = isIdle
      self.isPaused = isPaused
    }

    public var position: SplitPosition { SplitPosition(offset: offset, line: line) }
  }

  /// The file, or the files, that hold one operator's state.
  public struct OperatorFile: Hashable, Sendable, Codable {
    public var id: String
    /// Its name in the checkpoint's folder; of several the first.
    public var file: String
    /// All of it, bytes.
    public var size: Int64
    /// The 64-bit xxHash of its bytes, in hexadecimal digits; of several files that of their
    /// checksums, joined.
    public var checksum: String
    /// Where there are several files: what put together is the state, in order.
    public var parts: [PartFile]?

    /// Every file, in order.
    public var files: [PartFile] { parts ?? [PartFile(file: file, size: size, checksum: checksum)] }
  }

  /// A file with a part of an operator's state; other checkpoints may share its bytes.
  public struct PartFile: Hashable, Sendable, Codable {
    /// Its name in the checkpoint's folder.
    public var file: String
    public var size: Int64
    /// The 64-bit xxHash of its bytes, in hexadecimal digits.
    public var checksum: String
  }

  /// What one sink prepared.
  public struct SinkState: Hashable, Sendable, Codable {
    public var id: String
    public var checkpoint: Int64
    public var fields: [String: String]

    public init(id: String, handle: SinkHandle) {
      self.id = id
      checkpoint = handle.checkpoint
      fields = handle.fields
    }

    public var handle: SinkHandle { SinkHandle(checkpoint: checkpoint, fields: fields) }
  }
}

/// The state of one operator, opaque to the store.
public struct OperatorState: Hashable, Sendable {
  /// The operator's id: state is found again by it.
  public var id: String
  public var bytes: [UInt8]

  public init(id: String, bytes: [UInt8]) {
    self.id = id
    self.bytes = bytes
  }
}

/// A checkpoint that was read, with every checksum verified.
public struct Checkpoint: Hashable, Sendable {
  public var manifest: CheckpointManifest
  public var states: [OperatorState]

  /// The state of an operator; nil for one that the checkpoint does not know.
  public func state(of id: String) -> [UInt8]? { states.first { $0.id == id }?.bytes }
}
