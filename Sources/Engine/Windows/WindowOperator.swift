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
  private let subtasks: [any WindowSubtask]
  /// How many results have come out: the number of the next.
  private var resultCount: Int64 = 0

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
  var stateBytes: Int { subtasks.reduce(0) { $0 + $1.stateBytes } }

  // MARK: snapshots

  private static let format: Int64 = 2

  /// The state of every subtask as bytes. Entries are written by pane, so that any number of
  /// subtasks can take their share.
  func snapshot() -> [UInt8] {
    var writer = StateWriter()
    writer.write(Self.format)
    writer.write(signature)
    writer.write(subtasks[0].work.watermark)
    writer.write(subtasks[0].work.lastCause)
    writer.write(resultCount)
    let panes = subtasks.flatMap(\.savedPanes)
    writer.write(Int64(panes.count))
    for (role, pane) in panes {
      writer.write(role.rawValue)
      writer.write(pane.start)
      writer.write(pane.end)
      let entries = (0..<pane.count).map(pane.entry)
        .filter { role == .keyed ? $0[KeyedWord.isLive] != 0 : true }
      writer.write(Int64(entries.count))
      for entry in entries { write(entry, role, to: &writer) }
    }
    return writer.bytes
  }

  /// What the state's shape depends on.
  private var signature: String {
    let keys = plan.keys.types.map(\.name).joined(separator: ",")
    let aggregates = plan.spec.aggregates.map(\.shape).joined(separator: ", ")
    return "keys \(keys); \(plan.spec.windowText); \(aggregates)"
  }

  private func write(_ entry: Entry, _ role: PaneRole, to writer: inout StateWriter) {
    writer.write(entry.key)
    writer.write(entry[EntryWord.hash])
    writer.write(entry[EntryWord.firstSequence])
    writer.write(entry[EntryWord.rows])
    writer.write(entry[EntryWord.firings])
    for accumulator in plan.accumulators { accumulator.write(entry, to: &writer) }
    guard role == .keyed else { return }
    for word in KeyedWord.saved { writer.write(entry[word]) }
    guard let shadow = entry.shadow else { return writer.write(Int64(0)) }
    writer.write(Int64(1))
    writer.write(shadow[EntryWord.rows])
    writer.write(shadow[EntryWord.firings])
    for accumulator in plan.accumulators { accumulator.write(shadow, to: &writer) }
  }

  /// Puts a snapshot back, whatever the parallelism it was taken at.
  ///
  /// - Throws: ``StateError``.
  func restore(_ bytes: [UInt8]) throws {
    var reader = StateReader(bytes)
    let format = try reader.word()
    guard format == Self.format else { throw StateError.version(format) }
    let written = try reader.text()
    guard written == signature else {
      throw StateError.different(
        operator: plan.id, what: "it was \(written), now it is \(signature)")
    }
    let check = WindowStateCheck(plan: plan)
    let watermark = try check.watermark(try reader.word())
    let lastCause = try reader.word()
    for subtask in subtasks {
      subtask.work.watermark = watermark
      subtask.work.lastCause = lastCause
    }
    resultCount = try reader.amount()
    for _ in 0..<(try reader.count()) {
      let role = try check.role(try reader.word())
      let span = try check.span(try reader.word(), try reader.word())
      for _ in 0..<(try reader.count()) { try readEntry(role, span, &reader) }
    }
    for subtask in subtasks { subtask.finishRestore() }
  }

  private func readEntry(
    _ role: PaneRole, _ span: TimeSpan, _ reader: inout StateReader
  ) throws {
    let arena = Arena(blockSize: 256)
    let check = WindowStateCheck(plan: plan)
    let key = try reader.run(into: arena)
    try check.key(key)
    let hash = UInt64(bitPattern: try reader.word())
    let sequence = try reader.amount()
    let owner = subtask(of: keyGroup(of: hash), parallelism: subtasks.count)
    guard subtasks.indices.contains(owner) else { throw StateError.truncated }
    let entry = withExtendedLifetime(arena) {
      subtasks[owner].makeEntry(role, span, key: key, hash: hash, sequence: sequence)
    }
    entry[EntryWord.rows] = try reader.amount()
    entry[EntryWord.firings] = try reader.amount()
    for accumulator in plan.accumulators { try accumulator.read(&reader, into: entry) }
    guard role == .keyed else { return }
    for word in KeyedWord.saved { entry[word] = try check.keyedWord(word, try reader.word()) }
    guard try reader.word() != 0, let shadow = subtasks[owner].makeShadow(of: entry) else { return }
    shadow[EntryWord.rows] = try reader.amount()
    shadow[EntryWord.firings] = try reader.amount()
    for accumulator in plan.accumulators { try accumulator.read(&reader, into: shadow) }
  }
}
