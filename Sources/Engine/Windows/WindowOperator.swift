import Columns
import Expressions

/// A keyed window with its aggregates: subtasks that share a plan, their outputs merged in one
/// order.
final class WindowOperator {
  struct Output {
    var results: Batch?
    var late: Batch?
    var dead: [DeadLetter]
    var events: [WindowEvent]
    var counts: WindowCounts
  }

  let plan: WindowPlan
  private let subtasks: [WindowSubtask]

  init(plan: WindowPlan, parallelism: Int) {
    self.plan = plan
    subtasks = (0..<parallelism).map { _ in WindowSubtask(plan: plan) }
  }

  var isObserved = false {
    didSet { for subtask in subtasks { subtask.isObserved = isObserved } }
  }

  func process(_ batches: [Batch], lanes: any Lanes) -> Output {
    let (plan, parallelism) = (plan, subtasks.count)
    let prepared = lanes.map(batches.count) {
      PreparedBatch(batches[$0], plan: plan, parallelism: parallelism)
    }
    let subtasks = subtasks
    let outputs = lanes.map(subtasks.count) { index in
      for batch in prepared { subtasks[index].process(batch, subtask: index) }
      return subtasks[index].takeOutput()
    }
    var output = merge(outputs, endWatermark: batches.last?.endWatermark ?? minWatermark)
    let failed = prepared.flatMap(\.failed)
    output.counts.bad += Int64(failed.count)
    output.dead = (output.dead + failed).sorted { $0.sequence < $1.sequence }
    return output
  }

  func finish(lanes: any Lanes) -> Output {
    let subtasks = subtasks
    let outputs = lanes.map(subtasks.count) { index in
      subtasks[index].finish()
      return subtasks[index].takeOutput()
    }
    return merge(outputs, endWatermark: maxWatermark)
  }

  private func merge(_ outputs: [WindowOutput], endWatermark: Int64) -> Output {
    var counts = WindowCounts()
    for output in outputs {
      counts.added += output.counts.added
      counts.late += output.counts.late
      counts.bad += output.counts.bad
      counts.emitted += output.counts.emitted
      counts.firings += output.counts.firings
      counts.lateUpdates += output.counts.lateUpdates
    }
    let late = outputs.flatMap(\.late).sorted { $0.sequence < $1.sequence }
    return Output(
      results: ResultBuilder.merge(outputs.map(\.results), endWatermark: endWatermark),
      late: late.isEmpty ? nil : lateBatch(late, endWatermark: endWatermark),
      dead: outputs.flatMap(\.refused), events: outputs.flatMap(\.events), counts: counts)
  }

  /// The columns of a late row: those of the input, the watermark it met, and how far that was past
  /// the moment its window was dropped.
  static func lateSchema(_ input: Schema) -> Schema {
    Schema(input.fields + [Field("watermark", .timestampLTZ), Field("missed_by_ms", .bigint)])
  }

  private func lateBatch(_ rows: [LateRow], endWatermark: Int64) -> Batch {
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
    return Batch(
      schema: schema, columns: columns, count: rows.count, endWatermark: endWatermark,
      sequences: Longs(rows.map(\.sequence)))
  }

  // MARK: looking in

  /// Live windows, by start, then by the record that made them: at most `limit` of each pane.
  func inspect(limit: Int) -> [WindowResult] {
    subtasks.flatMap { subtask in
      subtask.panes.flatMap { pane in
        (0..<min(pane.count, limit)).compactMap { number in
          let entry = pane.entry(number)
          return entry[EntryWord.rows] > 0 ? plan.result(entry, pane) : nil
        }
      }
    }.sorted { ($0.start, $0.firstSequence) < ($1.start, $1.firstSequence) }
  }

  var liveWindowCount: Int { subtasks.reduce(0) { $0 + $1.panes.reduce(0) { $0 + $1.count } } }

  var stateBytes: Int { subtasks.reduce(0) { $0 + $1.panes.reduce(0) { $0 + $1.stateBytes } } }

  // MARK: snapshots

  private static let format: Int64 = 2

  /// The state of every subtask as bytes. Entries are written by pane, so that any number of
  /// subtasks can take their share.
  func snapshot() -> [UInt8] {
    var writer = StateWriter()
    writer.write(Self.format)
    writer.write(signature)
    writer.write(subtasks[0].watermark)
    writer.write(subtasks[0].sequenceReached)
    let panes = subtasks.flatMap(\.panes)
    writer.write(Int64(panes.count))
    for pane in panes { write(pane, to: &writer) }
    return writer.bytes
  }

  /// What the state's shape depends on.
  private var signature: String {
    let keys = plan.keys.types.map(\.name).joined(separator: ",")
    let aggregates = plan.spec.aggregates.map(\.shape).joined(separator: ", ")
    return "keys \(keys); \(plan.spec.assigner); \(aggregates)"
  }

  private func write(_ pane: Pane, to writer: inout StateWriter) {
    writer.write(pane.start)
    writer.write(pane.end)
    writer.write(Int64(pane.count))
    for number in 0..<pane.count {
      let entry = pane.entry(number)
      writer.write(entry.key)
      writer.write(entry[EntryWord.hash])
      writer.write(entry[EntryWord.firstSequence])
      writer.write(entry[EntryWord.rows])
      writer.write(entry[EntryWord.firings])
      for accumulator in plan.accumulators { accumulator.write(entry, to: &writer) }
    }
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
    let watermark = try reader.word()
    let lastSequence = try reader.word()
    var saved: [Pane] = []
    for _ in 0..<(try reader.count()) { saved.append(try readPane(&reader)) }
    for (index, subtask) in subtasks.enumerated() {
      subtask.restore(
        panes: panes(from: saved, subtask: index), watermark: watermark,
        lastSequence: lastSequence)
    }
  }

  /// The entries of a pane as they were written, whichever subtasks they belong to now.
  private func readPane(_ reader: inout StateReader) throws -> Pane {
    let pane = Pane(
      start: try reader.word(), end: try reader.word(), aggregateWords: plan.aggregateWords)
    for _ in 0..<(try reader.count()) {
      let entry = pane.insert(
        try reader.run(into: pane.arena), UInt64(bitPattern: try reader.word()),
        sequence: try reader.word())
      entry[EntryWord.rows] = try reader.word()
      entry[EntryWord.firings] = try reader.word()
      for accumulator in plan.accumulators { try accumulator.read(&reader, into: entry) }
    }
    return pane
  }

  private func panes(from saved: [Pane], subtask index: Int) -> [Pane] {
    var panes: [Int64: Pane] = [:]
    let own = saved.flatMap { pane in (0..<pane.count).map { pane.entry($0) } }
      .filter {
        let group = keyGroup(of: UInt64(bitPattern: $0[EntryWord.hash]))
        return subtask(of: group, parallelism: subtasks.count) == index
      }
      .sorted { $0[EntryWord.firstSequence] < $1[EntryWord.firstSequence] }
    for entry in own {
      let from = entry.pane
      let pane =
        panes[from.start]
        ?? Pane(start: from.start, end: from.end, aggregateWords: plan.aggregateWords)
      panes[from.start] = pane
      let new = pane.insert(
        pane.arena.copy(entry.key), UInt64(bitPattern: entry[EntryWord.hash]),
        sequence: entry[EntryWord.firstSequence])
      new[EntryWord.rows] = entry[EntryWord.rows]
      new[EntryWord.firings] = entry[EntryWord.firings]
      for accumulator in plan.accumulators { accumulator.merge(entry, into: new) }
    }
    return panes.values.sorted { $0.start < $1.start }
  }
}
