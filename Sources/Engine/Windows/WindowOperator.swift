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

  private static let format: Int64 = 1

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
    let aggregates = plan.spec.aggregates.map { aggregate in
      "\(aggregate.name):\(aggregate.function.rawValue)\(aggregate.isDistinct ? " DISTINCT" : "")"
        + ":\(aggregate.argument?.type.name ?? "*")"
    }
    return "keys \(keys); \(plan.spec.assigner); \(aggregates.joined(separator: ", "))"
  }

  private func write(_ pane: Pane, to writer: inout StateWriter) {
    writer.write(pane.start)
    writer.write(pane.end)
    let distinct = pane.distinct.map { $0.valuesByEntry() }
    writer.write(Int64(pane.count))
    for number in 0..<pane.count {
      let entry = pane.entry(number)
      writer.write(entry.key)
      writer.write(entry[EntryWord.hash])
      writer.write(entry[EntryWord.firstSequence])
      writer.write(entry[EntryWord.rows])
      writer.write(entry[EntryWord.firings])
      for accumulator in plan.accumulators {
        let words = entry + accumulator.offset
        if accumulator.holdsBytes {
          writer.write(words[2])
          writer.write(words[2] == 0 ? .empty : accumulator.bytes(words))
        } else {
          for word in 0..<accumulator.wordCount { writer.write(words[word]) }
        }
        if accumulator.kind == .countDistinct {
          let values = distinct[accumulator.distinctIndex][entry] ?? []
          writer.write(Int64(values.count))
          for value in values { writer.write(value) }
        }
      }
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
    var saved: [SavedPane] = []
    for _ in 0..<(try reader.count()) { saved.append(try readPane(&reader)) }
    for (index, subtask) in subtasks.enumerated() {
      subtask.restore(
        panes: panes(from: saved, subtask: index), watermark: watermark,
        lastSequence: lastSequence)
    }
  }

  private struct SavedEntry {
    var key: Bytes
    var hash: UInt64
    var firstSequence: Int64
    var rows: Int64
    var firings: Int64
    var words: [Int64]
    var texts: [Int: Bytes] = [:]
    var distinct: [Int: [Bytes]] = [:]
  }

  private struct SavedPane {
    var start: Int64
    var end: Int64
    var entries: [SavedEntry] = []
    let arena = Arena()
  }

  private func readPane(_ reader: inout StateReader) throws -> SavedPane {
    var pane = SavedPane(start: try reader.word(), end: try reader.word())
    for _ in 0..<(try reader.count()) {
      var entry = SavedEntry(
        key: try reader.run(into: pane.arena), hash: UInt64(bitPattern: try reader.word()),
        firstSequence: try reader.word(), rows: try reader.word(), firings: try reader.word(),
        words: [])
      for (index, accumulator) in plan.accumulators.enumerated() {
        if accumulator.holdsBytes {
          entry.words += [0, 0, try reader.word()]
          entry.texts[index] = try reader.run(into: pane.arena)
        } else {
          for _ in 0..<accumulator.wordCount { entry.words.append(try reader.word()) }
        }
        if accumulator.kind == .countDistinct {
          var values: [Bytes] = []
          for _ in 0..<(try reader.count()) { values.append(try reader.run(into: pane.arena)) }
          entry.distinct[accumulator.distinctIndex] = values
        }
      }
      pane.entries.append(entry)
    }
    return pane
  }

  private func panes(from saved: [SavedPane], subtask index: Int) -> [Pane] {
    var panes: [Int64: Pane] = [:]
    let own = saved.flatMap { pane in pane.entries.map { (pane, $0) } }
      .filter { subtask(of: keyGroup(of: $0.1.hash), parallelism: subtasks.count) == index }
      .sorted { $0.1.firstSequence < $1.1.firstSequence }
    for (from, entry) in own {
      let pane =
        panes[from.start]
        ?? Pane(
          start: from.start, end: from.end, aggregateWords: plan.aggregateWords,
          distinctCount: plan.distinctCount)
      panes[from.start] = pane
      let new = pane.insert(
        pane.arena.copy(entry.key), entry.hash, sequence: entry.firstSequence)
      new[EntryWord.rows] = entry.rows
      new[EntryWord.firings] = entry.firings
      for (word, value) in entry.words.enumerated() { new[EntryWord.headerCount + word] = value }
      for (aggregate, text) in entry.texts where plan.accumulators[aggregate].holdsBytes {
        plan.accumulators[aggregate].setBytes(
          new + plan.accumulators[aggregate].offset, pane.arena.copy(text))
      }
      for (set, values) in entry.distinct {
        for value in values { _ = pane.distinct[set].insert(new, value) }
      }
    }
    return panes.values.sorted { $0.start < $1.start }
  }
}
