/// What dies in the crash lab, and when.
public struct CrashPlan: Sendable, Hashable {
  public enum Victim: Sendable, Hashable {
    case job
    /// An operator, by its id. The operators of a job exchange rows as they come, so they are one
    /// region: when one dies, all of them start again.
    case `operator`(String)
  }

  /// How far a checkpoint that begins at ``position`` has come when it happens: the steps of the
  /// two-phase commit.
  public enum Moment: String, CaseIterable, Sendable {
    /// No checkpoint is under way.
    case betweenCheckpoints
    /// Sinks have prepared; the checkpoint is not complete.
    case afterPrecommit
    /// The checkpoint is complete; no sink has committed.
    case beforeCommit
    /// The first sink has committed; the others have not.
    case betweenCommits
    /// All have committed.
    case afterCommit
  }

  public var victim: Victim
  public var moment: Moment
  /// Records read when it happens.
  public var position: Int64
  /// Records read when both runs are compared; nil for the end of the log.
  public var until: Int64?

  public init(victim: Victim = .job, moment: Moment, position: Int64, until: Int64? = nil) {
    self.victim = victim
    self.moment = moment
    self.position = position
    self.until = until
  }
}

/// What the crash lab saw.
public struct CrashReport: Sendable, Equatable {
  /// One sink after both runs.
  public struct SinkOutcome: Sendable, Equatable {
    public var sink: String
    public var guarantee: String
    /// Rows in the open transaction and in prepared ones when the crash came.
    public var stagedRows = 0
    public var preparedRows = 0
    /// Rows of prepared transactions that the restore committed.
    public var recoveredRows = 0
    /// Rows that were rolled back by the restore.
    public var abortedRows = 0
    /// Visible rows of the run that did not crash, and of the one that did, since the checkpoint.
    public var expectedRows = 0
    public var visibleRows = 0
    /// Rows that are visible more often than without the crash; bounded.
    public var duplicated: [OutputPage.Line] = []
    public var duplicatedRows = 0
    /// Rows that are missing or differ: always 0 unless the engine is wrong.
    public var missingRows = 0
    /// Rows that were rolled back, and came again; bounded.
    public var rolledBack: [OutputPage.Line] = []

    public var isEqual: Bool { duplicatedRows == 0 && missingRows == 0 }

    public init(sink: String, guarantee: String) { (self.sink, self.guarantee) = (sink, guarantee) }
  }

  /// A step of the story: what happened, with its numbers.
  public enum Step: Sendable, Equatable {
    /// The run begins from a checkpoint; number 0 is the start of the log.
    case from(checkpoint: Int64, position: Int64)
    case prepared(checkpoint: Int64, rows: Int)
    case completed(checkpoint: Int64, position: Int64, bytes: Int)
    case committed(sink: String, checkpoint: Int64, rows: Int)
    case killed(CrashPlan.Victim, position: Int64, staged: Int, prepared: Int)
    case restored(checkpoint: Int64, position: Int64)
    case recovered(sink: String, rows: Int)
    case aborted(sink: String, rows: Int)
    case readAgain(records: Int64)
    case ranOn(position: Int64, isEnd: Bool)
    case compared(sink: String, rows: Int, duplicated: Int, missing: Int)
  }

  public var plan: CrashPlan
  public var steps: [Step] = []
  public var sinks: [SinkOutcome] = []

  public init(plan: CrashPlan) { self.plan = plan }
}
