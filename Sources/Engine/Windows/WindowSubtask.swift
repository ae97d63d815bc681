import Columns

/// One parallel instance of a window operator: the panes of its key groups.
///
/// Rows are judged one by one against the watermark as it stood before each, so the result does not
/// depend on where batches end. Between two moves of the watermark that matter, rows are only
/// looked up; their values are then added aggregate by aggregate.
final class WindowSubtask: @unchecked Sendable {
  // Unchecked: used by one thread at a time; the driver hands it over between rounds.
  let plan: WindowPlan
  /// Live panes by start, rising.
  private(set) var panes: [Pane] = []
  private(set) var watermark = minWatermark
  /// The next watermark at which something is due.
  private var nextDue = Int64.max
  private var lastSequence: Int64 = -1
  private var counts = WindowCounts()
  private var results: ResultBuilder
  private var lateRows: [LateRow] = []
  private var refused: [DeadLetter] = []
  private var events: [WindowEvent] = []
  /// Rows that wait to be added, with their entries.
  private var pendingRows: UnsafeMutablePointer<Int32>
  private var pendingEntries: UnsafeMutablePointer<Entry>
  private var pendingCapacity = 0
  private var pendingCount = 0
  /// Whether it tells what happens, row by row.
  var isObserved = false

  init(plan: WindowPlan) {
    self.plan = plan
    results = ResultBuilder(schema: plan.resultSchema, isRead: plan.isResultRead)
    pendingRows = .allocate(capacity: 1)
    pendingEntries = .allocate(capacity: 1)
  }

  deinit {
    pendingRows.deallocate()
    pendingEntries.deallocate()
  }

  // MARK: rows

  /// Takes the rows of a batch that belong to this subtask, then the batch's last watermark.
  func process(_ prepared: PreparedBatch, subtask: Int) {
    let batch = prepared.batch
    let (positions, count) = prepared.positions(of: subtask)
    reserve(count)
    let rows = prepared.rows
    guard let timeColumn = batch.eventTimeColumn.flatMap({ batch.columns[$0] }) else {
      preconditionFailure("a window without event time")
    }
    let times = timeColumn.integers
    let watermarks = batch.watermarks?.values
    let (size, offset) = plan.sizeAndOffset
    let lateness = plan.spec.allowedLatenessMs
    let isDense = batch.sequences == nil
    var current: Pane?
    var currentStart = Int64.max
    for index in 0..<count {
      let position = positions.map { Int($0[index]) } ?? index
      let row = Int(rows[position])
      let before = watermarks.map { $0[row] } ?? batch.endWatermark
      if before >= nextDue {
        flush(prepared)
        advance(to: before, in: batch)
        current = nil
        currentStart = .max
      }
      let time = times[row]
      if current == nil || UInt64(bitPattern: time &- currentStart) >= UInt64(bitPattern: size) {
        let start = WindowAssigner.start(time, size: size, offset: offset)
        if start + size - 1 + lateness <= before {
          late(prepared, row, position, start: start, watermark: before)
          continue
        }
        current = pane(start, size, watermark: before)
        currentStart = start
      } else if currentStart + size - 1 + lateness <= before {
        late(prepared, row, position, start: currentStart, watermark: before)
        continue
      }
      guard let pane = current else { continue }
      let sequence =
        isDense ? batch.firstSequence + Int64(row) : batch.sequence(of: row)
      let entry = pane.entry(
        prepared.keys[position], prepared.hashes[position], sequence: sequence)
      let hasFired = pane.maxTimestamp <= before
      if isObserved { observeAdded(entry, pane, sequence: sequence, time: time, isLate: hasFired) }
      if !hasFired {
        pendingRows[pendingCount] = Int32(row)
        pendingEntries[pendingCount] = entry
        pendingCount += 1
        continue
      }
      flush(prepared)
      update(entry, pane, prepared, row, sequence: sequence, watermark: before)
    }
    flush(prepared)
    if batch.endWatermark >= nextDue { advance(to: batch.endWatermark, in: batch) }
    watermark = max(watermark, batch.endWatermark)
    if batch.count > 0 { lastSequence = batch.sequence(of: batch.count - 1) }
  }

  private func reserve(_ count: Int) {
    guard count > pendingCapacity else { return }
    pendingRows.deallocate()
    pendingEntries.deallocate()
    pendingRows = .allocate(capacity: count)
    pendingEntries = .allocate(capacity: count)
    pendingCapacity = count
  }

  private func pane(_ start: Int64, _ size: Int64, watermark: Int64) -> Pane {
    var index = panes.count
    while index > 0, panes[index - 1].start >= start {
      index -= 1
      if panes[index].start == start { return panes[index] }
    }
    let pane = Pane(start: start, end: start + size, aggregateWords: plan.aggregateWords)
    panes.insert(pane, at: index)
    // Nothing was due up to here; a pane that opens behind the watermark must not fire again for it.
    self.watermark = max(self.watermark, watermark)
    nextDue = min(nextDue, due(pane, after: watermark))
    return pane
  }

  /// The next watermark at which something happens to a pane: it fires, or is purged.
  private func due(_ pane: Pane, after watermark: Int64) -> Int64 {
    pane.maxTimestamp > watermark
      ? pane.maxTimestamp : pane.maxTimestamp + plan.spec.allowedLatenessMs
  }

  /// Adds the waiting rows, one aggregate after another.
  private func flush(_ prepared: PreparedBatch) {
    guard pendingCount > 0 else { return }
    var run = Accumulator.Run(
      rows: UnsafePointer(pendingRows), entries: UnsafePointer(pendingEntries),
      count: pendingCount, batch: prepared.batch)
    pendingCount = 0
    // Sums that may refuse a row go first, so that a refused row is in no other aggregate.
    for index in plan.failingFirst {
      let accumulator = plan.accumulators[index]
      var newlyRefused: [Int] = []
      accumulator.add(
        run, argument: prepared.arguments[index], second: prepared.seconds[index],
        filter: prepared.filters[index]
      ) { newlyRefused.append($0) }
      for position in newlyRefused {
        refuse(position, run, index, prepared)
        run.refused.insert(position)
      }
    }
    if run.refused.isEmpty {
      for index in 0..<run.count { run.entries[index][EntryWord.rows] &+= 1 }
    } else {
      for index in 0..<run.count where !run.refused.contains(index) {
        run.entries[index][EntryWord.rows] &+= 1
      }
    }
    counts.added += Int64(run.count - run.refused.count)
  }

  private func refuse(
    _ position: Int, _ run: Accumulator.Run, _ failed: Int, _ prepared: PreparedBatch
  ) {
    let row = Int(run.rows[position])
    for earlier in plan.failingFirst.prefix(while: { $0 != failed }) {
      guard plan.accumulators[earlier].canFail, let values = prepared.arguments[earlier],
        !values.isNull(row),
        prepared.filters[earlier].map({ !$0.isNull(row) && $0.integers[row] != 0 }) ?? true
      else { continue }
      plan.accumulators[earlier].remove(run.entries[position], values.integers[row])
    }
    let name = plan.spec.aggregates[failed].name
    refused.append(
      prepared.letter(row, error: "'\(name)': \(Accumulator.overflowMessage)"))
    counts.bad += 1
  }

  /// A row for a window that has fired: it fires again at once.
  private func update(
    _ entry: Entry, _ pane: Pane, _ prepared: PreparedBatch, _ row: Int, sequence: Int64,
    watermark: Int64
  ) {
    let order = ResultBuilder.Order(
      cause: sequence, windowEnd: .min, first: entry[EntryWord.firstSequence])
    let isReplacing = entry[EntryWord.firings] > 0
    let previous = isObserved && isReplacing ? plan.values(entry) : nil
    let retracted = results.count
    if isReplacing, plan.spec.late == .correct {
      emit([entry], pane, kind: .updateBefore, watermark: watermark) { _ in order }
    }
    let refusedBefore = refused.count
    pendingRows[0] = Int32(row)
    pendingEntries[0] = entry
    pendingCount = 1
    flush(prepared)
    if refused.count > refusedBefore {
      if results.count > retracted { results.removeLast() }
      return
    }
    entry[EntryWord.firings] &+= 1
    counts.lateUpdates += 1
    emit([entry], pane, kind: isReplacing ? .updateAfter : .insert, watermark: watermark) { _ in
      order
    }
    if isObserved { events.append(.fired(plan.result(entry, pane), previous: previous)) }
  }

  private func late(
    _ prepared: PreparedBatch, _ row: Int, _ position: Int, start: Int64, watermark: Int64
  ) {
    counts.late += 1
    let end = start + plan.spec.assigner.sizeMs
    let missedBy = watermark - (end - 1) - plan.spec.allowedLatenessMs
    let sequence = prepared.batch.sequence(of: row)
    if plan.isLateRead {
      lateRows.append(
        LateRow(
          batch: prepared.batch, row: row, sequence: sequence, watermark: watermark,
          missedByMs: missedBy))
    }
    if isObserved, let column = prepared.batch.eventTimeColumn {
      events.append(
        .late(
          sequence: sequence, key: plan.keys.text(prepared.keys[position]),
          time: prepared.batch.columns[column]?.integers[row] ?? 0, start: start, end: end,
          watermark: watermark, missedByMs: missedBy))
    }
  }

  private func observeAdded(
    _ entry: Entry, _ pane: Pane, sequence: Int64, time: Int64, isLate: Bool
  ) {
    events.append(
      .added(
        sequence: sequence, key: plan.keys.text(entry.key), time: time, start: pane.start,
        end: pane.end, isLate: isLate))
  }

  // MARK: watermarks

  /// Fires what is due up to a watermark, then purges what is past its lateness.
  ///
  /// - Parameter batch: where the watermark rose: tells after which record each firing comes. Nil
  ///   at the end of the input.
  private func advance(to newWatermark: Int64, in batch: Batch?) {
    for pane in panes where pane.maxTimestamp > watermark && pane.maxTimestamp <= newWatermark {
      fire(pane, in: batch, upTo: newWatermark)
    }
    let lateness = plan.spec.allowedLatenessMs
    watermark = newWatermark
    let isPast = { (pane: Pane) in
      newWatermark == .max || pane.maxTimestamp + lateness <= newWatermark
    }
    let purged = panes.prefix(while: isPast)
    if !purged.isEmpty {
      if isObserved {
        for pane in purged {
          for number in 0..<pane.count where pane.entry(number)[EntryWord.rows] > 0 {
            events.append(.purged(plan.result(pane.entry(number), pane)))
          }
        }
      }
      panes.removeFirst(purged.count)
    }
    nextDue = panes.reduce(.max) { min($0, due($1, after: newWatermark)) }
  }

  private func fire(_ pane: Pane, in batch: Batch?, upTo newWatermark: Int64) {
    let cause: Int64
    var risen = newWatermark
    if let batch, let watermarks = batch.watermarks {
      // The first row that met a watermark which fires the pane; the one before it caused it.
      var (low, high) = (0, batch.count)
      while low < high {
        let middle = (low + high) / 2
        if watermarks[middle] < pane.maxTimestamp { low = middle + 1 } else { high = middle }
      }
      risen = low < batch.count ? watermarks[low] : batch.endWatermark
      cause =
        low > 0
        ? batch.sequence(of: low - 1)
        : batch.sequences == nil ? batch.firstSequence - 1 : lastSequence
    } else {
      cause =
        batch.map { $0.count > 0 ? $0.sequence(of: $0.count - 1) : lastSequence } ?? lastSequence
    }
    var entries: [Entry] = []
    entries.reserveCapacity(pane.count)
    for number in 0..<pane.count where pane.entry(number)[EntryWord.rows] > 0 {
      let entry = pane.entry(number)
      entry[EntryWord.firings] &+= 1
      entries.append(entry)
    }
    counts.firings += Int64(entries.count)
    emit(entries, pane, kind: .insert, watermark: risen) { entry in
      ResultBuilder.Order(
        cause: cause, windowEnd: pane.end, first: entry[EntryWord.firstSequence])
    }
    if isObserved {
      for entry in entries { events.append(.fired(plan.result(entry, pane), previous: nil)) }
    }
  }

  private func emit(
    _ entries: [Entry], _ pane: Pane, kind: RowKind, watermark: Int64,
    order: (Entry) -> ResultBuilder.Order
  ) {
    let first = results.extend(entries.count)
    plan.fill(results, from: first, entries, pane, kind: kind, watermark: watermark)
    for entry in entries { results.appendOrder(order(entry)) }
    counts.emitted += Int64(entries.count)
  }

  /// The end of the input: every window that is open fires.
  func finish() { advance(to: maxWatermark, in: nil) }

  // MARK: hand-over

  /// What has come out since the last call.
  func takeOutput() -> WindowOutput {
    defer {
      results = ResultBuilder(schema: plan.resultSchema, isRead: plan.isResultRead)
      lateRows = []
      refused = []
      events = []
      counts = WindowCounts()
    }
    return WindowOutput(
      results: results, late: lateRows, refused: refused, events: events, counts: counts)
  }

  /// Puts state back: the panes of this subtask's keys.
  func restore(panes: [Pane], watermark: Int64, lastSequence: Int64) {
    self.panes = panes
    self.watermark = watermark
    self.lastSequence = lastSequence
    nextDue = panes.reduce(.max) { min($0, due($1, after: watermark)) }
  }

  var sequenceReached: Int64 { lastSequence }
}

/// What a subtask gave in one round.
struct WindowOutput: Sendable {
  var results: ResultBuilder
  var late: [LateRow]
  var refused: [DeadLetter]
  var events: [WindowEvent]
  var counts: WindowCounts
}

struct WindowCounts: Sendable {
  var added: Int64 = 0
  var late: Int64 = 0
  var bad: Int64 = 0
  var emitted: Int64 = 0
  var firings: Int64 = 0
  var lateUpdates: Int64 = 0
}

/// A row that came too late, still in its batch.
struct LateRow: Sendable {
  var batch: Batch
  var row: Int
  var sequence: Int64
  var watermark: Int64
  var missedByMs: Int64
}

/// What a result row means to one that came before it with the same key and window.
public enum RowKind: String, Sendable {
  case insert = "+I"
  case updateBefore = "-U"
  case updateAfter = "+U"
  case delete = "-D"
}
