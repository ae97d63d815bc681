public import Runtime

/// A pipeline that was opened for the studio.
public struct OpenedPipeline {
  public var name: String
  public var logName: String
  /// Moves through the log; used only by the thread that opened it.
  public var replay: any ReplayControlling
  /// Records in the log where that is known.
  public var sizeHint: Int64?

  public init(
    name: String, logName: String, replay: any ReplayControlling, sizeHint: Int64? = nil
  ) {
    self.name = name
    self.logName = logName
    self.replay = replay
    self.sizeHint = sizeHint
  }
}

/// Opens a pipeline file. Called on the replay's thread; what it throws is shown as it describes
/// itself, with line breaks kept.
public typealias PipelineOpener = @Sendable (_ path: String) throws -> OpenedPipeline
