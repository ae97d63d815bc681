public import Engine

/// How far a run has come.
public struct JobProgress: Sendable, Equatable {
  /// Records since the job's beginning, and since this run's.
  public var recordsRead: Int64
  public var bytesRead: Int64
  public var bytesTotal: Int64?
  public var watermark: Int64
  public var maxEventTime: Int64?
  public var elapsedNs: UInt64
  public var recordsThisRun: Int64
  public var checkpoints: Int
  public var failedCheckpoints: Int
  public var sinceCheckpointNs: UInt64?
  public var lastCheckpointNs: UInt64?
  public var lastCheckpointBytes: Int64?
  /// Bytes of state that the operators hold now.
  public var stateBytes: Int
  public var restarts: Int
}

/// What a run did.
public struct JobSummary: Sendable {
  /// Every record since the job's beginning.
  public var accounting: JobAccounting
  /// Whether it was told to stop before the end of the input.
  public var wasStopped: Bool
  /// Whether its windows were fired then.
  public var wasDrained = false
  public var elapsedNs: UInt64
  public var recordsThisRun: Int64
  public var checkpoints: Int
  public var failedCheckpoints = 0
  /// All checkpoints together, and what of it was not written because earlier ones had it, bytes.
  public var checkpointBytes: Int64 = 0
  public var sharedBytes: Int64 = 0
  public var restarts = 0
  public var restoredFrom: Int64?
  public var watermark: Int64
  /// How the watermark of each source stood at the end.
  public var sources: [WatermarkStatus]
  /// The most bytes that the state of each operator held after a round, largest first.
  public var peakState: [OperatorMemory] = []
  /// How long the stream stood still for the last checkpoint, and how long that took, ns.
  public var lastFreezeNs: UInt64?
  public var lastCheckpointNs: UInt64?
  public var lastCheckpointBytes: Int64?
}
