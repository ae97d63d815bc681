import Columns

/// What one subtask of a window operator has in hand: rows that wait to be added to their entries,
/// and everything that came out since the driver last took it.
///
/// Rows are only looked up one by one; their values are then added aggregate by aggregate.
final class WindowWork: @unchecked Sendable {
  // Unchecked: used by one thread at a time; the driver hands it over between rounds.
  let plan: WindowPlan
  /// The watermark reached.
  var watermark = minWatermark
  /// The record that the last row came from.
  var lastCause: Int64 = -1
  var counts = WindowCounts()
  private var results: ResultBuilder
  private var lateRows: [LateRow] = []
  private var refused: [DeadLetter] = []
  private var failedResults: [DeadLetter] = []
  private(set) var events: [WindowEvent] = []
  /// Rows of this batch that an aggregate refused.
  private var refusedRows: Set<Int64> = []
  /// The row that last updated a window whose time had come.
  private var lastUpdate: Int64 = -1
  private var pendingRows: UnsafeMutablePointer<Int32>
  private var pendingEntries: UnsafeMutablePointer<Entry>
  private var pendingCapacity = 0
  private var pendingCount = 0
  /// Whether it tells what happens, row by row.
  var isObserved = false
  /// The panes of a snapshot under way.
  var captures: [PaneCapture] = [] {
    didSet { isCaptured = !captures.isEmpty }
  }
  /// Whether entries must be preserved before they change.
  private(set) var isCaptured = false

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

  /// Rows that wait at most: their entries stay in the nearest cache until all aggregates have them.
  private static let mostPending = 256

  func begin(_ count: Int) {
    let count = min(count, Self.mostPending)
    guard count > pendingCapacity else { return }
    pendingRows.deallocate()
    pendingEntries.deallocate()
    pendingCapacity = count
    pendingRows = .allocate(capacity: count)
    pendingEntries = .allocate(capacity: count)
  }

  /// After the last row of a batch and its watermark.
  func end(_ batch: Batch) {
    watermark = max(watermark, batch.endWatermark)
    if let last = batch.origins.last?.lastSequence { lastCause = max(lastCause, last) }
    if !refusedRows.isEmpty { refusedRows = [] }
  }

  /// Lets a row wait to be added to an entry.
  @inline(__always)
  func enqueue(_ row: Int, _ entry: Entry, _ prepared: PreparedBatch) {
    if pendingCount == pendingCapacity { flush(prepared) }
    pendingRows[pendingCount] = Int32(truncatingIfNeeded: row)
    pendingEntries[pendingCount] = entry
    pendingCount += 1
  }

  /// Lets rows wait to be added to the entries of their keys in one pane.
  ///
  /// - Parameters:
  ///   - positions: which rows of the batch there are; nil for all.
  ///   - range: which of those.
  func add(
    _ prepared: PreparedBatch, _ positions: UnsafeMutablePointer<Int32>?, _ range: Range<Int>,
    to pane: Pane
  ) {
    let (rows, keys, hashes) = (prepared.rows, prepared.keys, prepared.hashes)
    counts.added += Int64(range.count)
    var from = range.lowerBound
    while from < range.upperBound {
      if pendingCount == pendingCapacity { flush(prepared) }
      let count = min(range.upperBound - from, pendingCapacity - pendingCount)
      let position = { (index: Int) in positions.map { Int($0[from + index]) } ?? from + index }
      pane.entries(
        keys, hashes, count, position: position, into: pendingEntries + pendingCount
      ) { prepared.sequence(of: Int(rows[$0])) }
      for index in 0..<count { pendingRows[pendingCount + index] = rows[position(index)] }
      pendingCount += count
      from += count
    }
  }

  /// Adds the waiting rows, one aggregate after another.
  func flush(_ prepared: PreparedBatch) {
    guard pendingCount > 0 else { return }
    var run = Accumulator.Run(
      rows: UnsafePointer(pendingRows), entries: UnsafePointer(pendingEntries),
      count: pendingCount, batch: prepared.batch)
    pendingCount = 0
    if isCaptured { preserve(run.entries, run.count) }
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
  }

  /// Lets a snapshot under way keep entries that are about to change.
  private func preserve(_ entries: UnsafePointer<Entry>, _ count: Int) {
    var at = 0
    while at < count {
      let pane = entries[at][EntryWord.pane]
      var end = at + 1
      while end < count, entries[end][EntryWord.pane] == pane { end += 1 }
      entries[at].pane.capture?.preserve(entries + at, count: end - at)
      at = end
    }
  }

  /// The same for one entry: every change to an entry's words that a snapshot writes comes after
  /// this.
  @inline(__always)
  func willChange(_ entry: Entry) {
    if isCaptured { entry.pane.willChange(entry) }
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
    // A row of several windows is bad once.
    guard refusedRows.insert(prepared.sequence(of: row)).inserted else { return }
    let name = plan.spec.aggregates[failed].name
    refused.append(
      prepared.letter(row, error: "'\(name)': \(Accumulator.overflowMessage)"))
    counts.bad += 1
    counts.added -= 1
  }

  /// Judges a row of aligned windows by the watermark it met, and counts it.
  ///
  /// - Parameter windows: those that hold its time.
  /// - Returns: the windows that still take it, in their order; none for a row that is late for all
  ///   of them, or that falls between windows.
  func admit(
    _ prepared: PreparedBatch, _ row: Int, _ position: Int, time: Int64, windows: [TimeSpan],
    watermark: Int64
  ) -> [TimeSpan] {
    let latenessMs = plan.spec.allowedLatenessMs
    guard let last = windows.max(by: { $0.end < $1.end }) else {
      // Flink sends a row between windows to the late stream if it is behind the watermark.
      if time + latenessMs <= watermark {
        let none = TimeSpan(start: time, end: time + 1)
        late(prepared, row, position, window: none, watermark: watermark)
      } else {
        counts.unassigned += 1
      }
      return []
    }
    let kept = windows.filter { $0.maxTimestamp + latenessMs > watermark }
    if kept.isEmpty {
      late(prepared, row, position, window: last, watermark: watermark)
      return []
    }
    if kept.count < windows.count { counts.partlyLate += 1 }
    counts.added += 1
    return kept
  }

  /// A row that comes too late for all of its windows.
  ///
  /// - Parameter window: the last of them.
  func late(
    _ prepared: PreparedBatch, _ row: Int, _ position: Int, window: TimeSpan, watermark: Int64
  ) {
    counts.late += 1
    let missedBy = watermark - window.maxTimestamp - plan.spec.allowedLatenessMs
    let sequence = prepared.sequence(of: row)
    if plan.isLateRead {
      lateRows.append(
        LateRow(
          batch: prepared.batch, row: row, sequence: sequence, watermark: watermark,
          missedByMs: missedBy))
    }
    if isObserved, let column = prepared.batch.eventTimeColumn {
      events.append(
        .late(
          sequence: prepared.cause(of: row), key: plan.keys.text(prepared.keys[position]),
          time: prepared.batch.columns[column]?.integers[row] ?? 0, start: window.start,
          end: window.end, watermark: watermark, missedByMs: missedBy))
    }
  }

  // MARK: results

  /// A firing that a row causes: the row is added, and the entry's result comes out at once.
  ///
  /// - Parameters:
  ///   - shadow: the result as it last came out, where rows were added since.
  ///   - isLate: whether the window's time had come before.
  ///   - watermark: as it stood before the row.
  /// - Returns: false where the row was refused, and nothing came out.
  @discardableResult
  func fireAtOnce(
    _ entry: Entry, _ span: TimeSpan, shadow: Entry? = nil, isLate: Bool,
    _ prepared: PreparedBatch, _ row: Int, watermark: Int64
  ) -> Bool {
    let order = ResultBuilder.Order(
      cause: prepared.cause(of: row), due: .min, windowEnd: .min, first: prepared.sequence(of: row))
    let isReplacing = entry.pane.firings(entry) > 0 && !plan.spec.trigger.isDiscarding
    let old = shadow ?? entry
    willChange(entry)
    let previous = isObserved && isReplacing ? plan.values(old) : nil
    flush(prepared)
    let before = results.count
    if isReplacing, plan.spec.late == .correct {
      emit(old, span, kind: .updateBefore, watermark, order)
    }
    let rowsBefore = entry[EntryWord.rows]
    enqueue(row, entry, prepared)
    flush(prepared)
    if entry[EntryWord.rows] == rowsBefore {
      if results.count > before { results.removeLast() }
      return false
    }
    // A row that updates several windows is one late row.
    if isLate, lastUpdate != order.first {
      lastUpdate = order.first
      counts.lateUpdates += 1
    }
    entry[EntryWord.firings] &+= 1
    plan.settle(entry)
    emit(entry, span, kind: isReplacing ? .updateAfter : .insert, watermark, order)
    if isObserved {
      events.append(.fired(plan.result(entry, span), previous: previous, cause: order.cause))
    }
    return true
  }

  /// An entry that fires, with its place in the order, and the watermarks of ``Cause``.
  struct Firing {
    var entry: Entry
    var order: ResultBuilder.Order
    var risen: Int64
    var before: Int64
  }

  /// Writes results out.
  func emit(_ firings: [Firing], _ bounds: WindowPlan.Bounds, kind: RowKind) {
    var firings = firings
    if plan.canOverflow {
      firings.removeAll { firing in
        guard let fault = plan.fault(firing.entry) else { return false }
        let result = plan.result(firing.entry, bounds.span(firing.entry))
        failedResults.append(plan.letter(result, cause: firing.order.cause, error: fault))
        return true
      }
    }
    guard !firings.isEmpty else { return }
    let first = results.extend(firings.count)
    plan.fill(results, from: first, firings, bounds, kind: kind)
    results.append(firings)
    counts.emitted += Int64(firings.count)
  }

  /// Writes one result out, which a row causes that met this watermark.
  private func emit(
    _ entry: Entry, _ span: TimeSpan, kind: RowKind, _ watermark: Int64,
    _ order: ResultBuilder.Order
  ) {
    emit(
      [Firing(entry: entry, order: order, risen: watermark, before: watermark)], .window(span),
      kind: kind)
  }

  /// Takes back what last came out of an entry.
  func retract(_ entry: Entry, _ span: TimeSpan, _ watermark: Int64, _ order: ResultBuilder.Order) {
    emit(entry, span, kind: .delete, watermark, order)
  }

  func observe(_ event: WindowEvent) { events.append(event) }

  func observeAdded(
    _ prepared: PreparedBatch, _ row: Int, _ position: Int, _ span: TimeSpan, isLate: Bool
  ) {
    let batch = prepared.batch
    events.append(
      .added(
        sequence: prepared.cause(of: row), key: plan.keys.text(prepared.keys[position]),
        time: batch.eventTimeColumn.flatMap { batch.columns[$0] }?.integers[row] ?? 0,
        start: span.start, end: span.end, isLate: isLate))
  }

  /// Memory it holds between rounds, bytes.
  var reservedBytes: Int {
    heapBytes(pendingCapacity * MemoryLayout<Int32>.stride)
      + heapBytes(pendingCapacity * MemoryLayout<Entry>.stride)
  }

  // MARK: hand-over

  /// What has come out since the last call.
  func take() -> WindowOutput {
    defer {
      results = ResultBuilder(schema: plan.resultSchema, isRead: plan.isResultRead)
      lateRows = []
      refused = []
      failedResults = []
      events = []
      counts = WindowCounts()
    }
    return WindowOutput(
      results: results, late: lateRows, refused: refused, failedResults: failedResults,
      events: events, counts: counts)
  }
}

/// What a subtask gave in one round.
struct WindowOutput: Sendable {
  var results: ResultBuilder
  var late: [LateRow]
  var refused: [DeadLetter]
  /// Results that no column can hold.
  var failedResults: [DeadLetter]
  var events: [WindowEvent]
  var counts: WindowCounts
}

struct WindowCounts: Sendable {
  var added: Int64 = 0
  /// Rows that fell between windows.
  var unassigned: Int64 = 0
  var late: Int64 = 0
  /// Rows that were late for some of their windows.
  var partlyLate: Int64 = 0
  var bad: Int64 = 0
  var emitted: Int64 = 0
  var firings: Int64 = 0
  var lateUpdates: Int64 = 0

  static func += (left: inout WindowCounts, right: WindowCounts) {
    left.added += right.added
    left.unassigned += right.unassigned
    left.late += right.late
    left.partlyLate += right.partlyLate
    left.bad += right.bad
    left.emitted += right.emitted
    left.firings += right.firings
    left.lateUpdates += right.lateUpdates
  }
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
