public import Runtime

/// What a real run says of itself.
public enum JobNews: Sendable, Equatable {
  /// It has begun; the job's name.
  case started(String)
  case progress(JobProgress)
  /// What the user should know: a restore, a restart.
  case note(String)
  /// It came to its end, or was stopped; what it did, in lines.
  case ended(String)
  case failed(String)
}

/// A real run as the studio knows it: it goes on while screens and pipelines change.
public struct JobState: Sendable, Equatable {
  public enum Phase: Sendable, Equatable {
    case starting, running
    /// It was asked to stop, and takes a last checkpoint.
    case stopping
    case ended
    case failed
  }

  public var path: String
  public var name: String
  public var phase: Phase = .starting
  public var progress: JobProgress?
  public var notes: [String] = []
  /// What it did, or why it failed, in lines.
  public var summary: String?

  public init(path: String, name: String) {
    self.path = path
    self.name = name
  }

  public var isUnderWay: Bool { phase != .ended && phase != .failed }

  /// How much of the log has been read, 0…1; nil where its size is not known.
  var share: Double? {
    guard let progress, let total = progress.bytesTotal, total > 0 else { return nil }
    return min(1, Double(progress.bytesRead) / Double(total))
  }
}
