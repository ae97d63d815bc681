import Columns
import Expressions

/// A keyed window with its aggregates: subtasks that share a plan, their outputs merged in one
/// order.
final class WindowOperator {
  struct Output {
    var results: Batch?
    var late: Batch?
    /// Rows that could not be taken.
    var dead: [DeadLetter]
    /// Results that could not be given.
    var failedResults: [DeadLetter]
    var events: [WindowEvent]
    var counts: WindowCounts
  }

  let plan: WindowPlan
  let subtasks: [any WindowSubtask]
  /// How many results have come out: the number of the next.
  var resultCount: Int64 = 0

  init(plan: WindowPlan, parallelism: Int) {
    self.plan = plan
    subtasks = (0..<parallelism).map { _ in plan.makeSubtask() }
  }

  var isObserved = false {
    didSet { for subtask in subtasks { subtask.work.isObserved = isObserved } }
  }

  func process(_ batches: [Batch], lanes: any Lanes) -> Output {
    let (plan, parallelism) = (plan, subtasks.count)
    let prepared = lanes.map(batches.count) {
      PreparedBatch(batches[$0], plan: plan, parallelism: parallelism)
    }
    let subtasks = subtasks
    let outputs = lanes.map(subtasks.count) { index in
      subtasks[index].endCapture()
      for batch in prepared { subtasks[index].process(batch, subtask: index) }
      return subtasks[index].work.take()
    }
    var output = merge(
      outputs, endWatermark: batches.last?.endWatermark ?? minWatermark, of: batches)
    let failed = prepared.flatMap(\.failed)
    output.counts.bad += Int64(failed.count)
    output.dead = (output.dead + failed).sorted { $0.sequence < $1.sequence }
    return output
  }

  func finish(lanes: any Lanes) -> Output {
    let subtasks = subtasks
    let outputs = lanes.map(subtasks.count) { index in
      subtasks[index].finish()
      return subtasks[index].work.take()
    }
    return merge(outputs, endWatermark: maxWatermark, of: [])
  }

  private func merge(
    _ outputs: [WindowOutput], endWatermark: Int64, of inputs: [Batch]
  ) -> Output {
    var counts = WindowCounts()
    for output in outputs { counts += output.counts }
    let late = outputs.flatMap(\.late).sorted { $0.sequence < $1.sequence }
    let results = ResultBuilder.merge(
      outputs.map(\.results), firstSequence: resultCount, endWatermark: endWatermark, of: inputs)
    resultCount += Int64(results?.count ?? 0)
    return Output(
      results: results,
      late: late.isEmpty ? nil : lateBatch(late, endWatermark: endWatermark, of: inputs),
      dead: outputs.flatMap(\.refused),
      failedResults: outputs.flatMap(\.failedResults).sorted { $0.sequence < $1.sequence },
      events: outputs.flatMap(\.events), counts: counts)
  }

  /// The columns of a late row: those of the input, the watermark it met, and how far that was past
  /// the moment its window was dropped.
  static func lateSchema(_ input: Schema) -> Schema {
    Schema(input.fields + [Field("watermark", .timestampLTZ), Field("missed_by_ms", .bigint)])
  }

  private func lateBatch(
    _ rows: [LateRow], endWatermark: Int64, of inputs: [Batch]
  ) -> Batch {
    let schema = Self.lateSchema(plan.inputSchema)
    let columns = schema.fields.enumerated().map { index, field -> Column? in
      let result = Column(field.type, capacity: rows.count)
      if index >= plan.inputSchema.count {
        let isWatermark = index == plan.inputSchema.count
        for (row, late) in rows.enumerated() {
          result.integers[row] = isWatermark ? late.watermark : late.missedByMs
        }
        return result
      }
      for (row, late) in rows.enumerated() {
        guard let source = late.batch.columns[index] else { return nil }
        result.retain(ownersOf: source)
        result.copyValue(row, from: source, late.row)
      }
      return result
    }
    var batch = Batch(
      schema: schema, columns: columns, count: rows.count,
      watermarks: Longs(rows.map(\.watermark)), endWatermark: endWatermark,
      sequences: Longs(rows.map(\.sequence)),
      eventTimeColumn: rows.first?.batch.eventTimeColumn)
    batch.causes = Longs(rows.map { $0.batch.cause(of: $0.row) })
    batch.carriedOrigins = inputs.flatMap(\.origins)
    return batch
  }

  /// No rows, but a watermark that operators downstream must know of.
  static func quiet(_ schema: Schema, eventTime: Int?, of inputs: [Batch]) -> Batch {
    var batch = Batch(
      schema: schema, columns: schema.fields.map { Column($0.type, capacity: 0) }, count: 0,
      watermarks: Longs(count: 0), endWatermark: inputs.last?.endWatermark ?? maxWatermark,
      eventTimeColumn: eventTime)
    batch.carriedOrigins = inputs.flatMap(\.origins)
    return batch
  }

  // MARK: looking in

  /// Live windows, by start, then by the record that made them: at most `limit` keys of each.
  func inspect(limit: Int) -> [WindowResult] {
    subtasks.flatMap { $0.inspect(limit: limit) }
      .sorted { ($0.start, $0.end, $0.firstSequence) < ($1.start, $1.end, $1.firstSequence) }
  }

  var liveWindowCount: Int { subtasks.reduce(0) { $0 + $1.liveWindowCount } }

  /// Memory it holds.
  var memory: OperatorMemory {
    var memory = OperatorMemory(id: plan.id)
    for subtask in subtasks {
      let snapshot = subtask.captureBytes
      memory.snapshotBytes += snapshot
      memory.bytes += subtask.stateBytes + subtask.work.reservedBytes + snapshot
      memory.entries += subtask.savedPanes.reduce(0) { $0 + $1.count }
    }
    return memory
  }
}
