import Columns
import Engine

/// Kills a job where one wishes, restores it, and compares what it wrote with a run that did not
/// crash. Both go on from the same checkpoint; nothing is written outside of the process.
struct CrashLab {
  /// Rows that a report names of each kind.
  private static let namedRows = 200

  private let graph: JobGraph
  private let clock: ProcessingClock
  private let start: CrashedJob.Saved?

  /// - Parameter start: the last complete checkpoint before the crash, with its number; nil for the
  ///   start of the log.
  init(
    _ graph: JobGraph, from start: (snapshot: ExecutionSnapshot, id: Int64, position: Int64)?,
    clock: @escaping ProcessingClock
  ) {
    var graph = graph
    graph.parallelism = 1
    self.graph = graph
    self.clock = clock
    self.start = start.map {
      CrashedJob.save($0.snapshot, graph: graph, id: $0.id, position: $0.position)
    }
  }

  /// - Returns: nil where `isCancelled` said so before it was done.
  /// - Throws: ``ConnectError`` for a log that cannot be read, ``StateError`` for state that cannot
  ///   be restored.
  func run(_ plan: CrashPlan, isCancelled: () -> Bool = { false }) throws -> CrashReport? {
    let steady = try CrashedJob(graph, from: start, clock: clock)
    try steady.run(to: plan.position, isCancelled: isCancelled)
    try steady.run(to: plan.until, isCancelled: isCancelled)
    try finish(steady)

    var report = CrashReport(plan: plan)
    report.steps.append(.from(checkpoint: start?.id ?? 0, position: start?.position ?? 0))
    let job = try CrashedJob(graph, from: start, clock: clock)
    try job.run(to: plan.position, isCancelled: isCancelled)
    try bring(job, to: plan.moment, &report)
    try crash(job, plan, &report)
    // The same rounds as in the other run, so that rows come in the same order.
    try job.run(to: plan.position, isCancelled: isCancelled)
    try job.run(to: plan.until, isCancelled: isCancelled)
    report.steps.append(.ranOn(position: job.position, isEnd: job.hasFinished))
    try finish(job)
    if isCancelled() { return nil }
    compare(job, with: steady, &report)
    return report
  }

  /// Carries a checkpoint as far as the moment says.
  private func bring(
    _ job: CrashedJob, to moment: CrashPlan.Moment, _ report: inout CrashReport
  ) throws {
    if moment == .betweenCheckpoints { return }
    let pending = try job.precommit()
    let prepared = job.rows.values.reduce(0) { $0 + $1.preparedRows }
    report.steps.append(.prepared(checkpoint: pending.saved.id, rows: prepared))
    if moment == .afterPrecommit { return }
    job.complete(pending)
    report.steps.append(
      .completed(
        checkpoint: pending.saved.id, position: pending.saved.position,
        bytes: pending.saved.byteCount))
    let commits =
      moment == .beforeCommit ? 0 : moment == .betweenCommits ? 1 : pending.handles.count
    for transaction in pending.handles.prefix(commits) {
      report.steps.append(
        .committed(
          sink: graph.nodes[transaction.sink].id, checkpoint: pending.saved.id,
          rows: try job.commit(transaction)))
    }
  }

  private func crash(_ job: CrashedJob, _ plan: CrashPlan, _ report: inout CrashReport) throws {
    let position = job.position
    let nodes = job.rows.keys.sorted()
    report.sinks = nodes.map { index in
      var outcome = CrashReport.SinkOutcome(
        sink: graph.nodes[index].id,
        guarantee: (job.rows[index]?.isTransactional == true
          ? Guarantee.exactlyOnce : .atLeastOnce).rawValue)
      outcome.stagedRows = job.rows[index]?.open.count ?? 0
      outcome.preparedRows = job.rows[index]?.preparedRows ?? 0
      return outcome
    }
    report.steps.append(
      .killed(
        plan.victim, position: position, staged: report.sinks.reduce(0) { $0 + $1.stagedRows },
        prepared: report.sinks.reduce(0) { $0 + $1.preparedRows }))
    try job.crashAndRestore()
    report.steps.append(.restored(checkpoint: job.saved?.id ?? 0, position: job.position))
    for (place, index) in nodes.enumerated() {
      guard let rows = job.rows[index] else { continue }
      report.sinks[place].recoveredRows = rows.recovered
      report.sinks[place].abortedRows = rows.aborted.count
      report.sinks[place].rolledBack = Array(rows.aborted.prefix(Self.namedRows))
      let sink = report.sinks[place].sink
      if rows.recovered > 0 { report.steps.append(.recovered(sink: sink, rows: rows.recovered)) }
      if !rows.aborted.isEmpty {
        report.steps.append(.aborted(sink: sink, rows: rows.aborted.count))
      }
    }
    report.steps.append(.readAgain(records: position - job.position))
  }

  /// Lets everything that was written become visible.
  private func finish(_ job: CrashedJob) throws {
    let pending = try job.precommit()
    job.complete(pending)
    for transaction in pending.handles { _ = try job.commit(transaction) }
  }

  private func compare(_ job: CrashedJob, with steady: CrashedJob, _ report: inout CrashReport) {
    for (place, index) in job.rows.keys.sorted().enumerated() {
      let expected = steady.rows[index]?.visible ?? []
      let visible = job.rows[index]?.visible ?? []
      var rest: [OutputPage.Line: Int] = [:]
      for line in expected { rest[line, default: 0] += 1 }
      var duplicated: [OutputPage.Line] = []
      for line in visible {
        if let count = rest[line], count > 0 {
          rest[line] = count - 1
        } else {
          duplicated.append(line)
        }
      }
      let missing = rest.values.reduce(0, +)
      report.sinks[place].expectedRows = expected.count
      report.sinks[place].visibleRows = visible.count
      report.sinks[place].duplicatedRows = duplicated.count
      report.sinks[place].duplicated = Array(duplicated.prefix(Self.namedRows))
      report.sinks[place].missingRows = missing
      report.steps.append(
        .compared(
          sink: report.sinks[place].sink, rows: visible.count, duplicated: duplicated.count,
          missing: missing))
    }
  }
}
