import Columns

/// Tumbling, sliding and cumulating windows that fire at their end: rows are added to slices, and a
/// window is put together from its slices once, when it fires.
///
/// A fired window that is kept for late rows has a pane of its own from then on. Growing windows
/// take their slices into one running pane as they fire, so that each slice is merged once.
final class SlicedWindows: WindowSubtask, @unchecked Sendable {
  // Unchecked: used by one thread at a time; the driver hands it over between rounds.
  let work: WindowWork
  private let plan: WindowPlan
  private let grid: WindowGrid
  private let latenessMs: Int64

  private struct Slice {
    var pane: Pane
    /// The ends of the first and the last window that hold it.
    var ends: ClosedRange<Int64>
  }

  /// By start, rising.
  private var slices: [Slice] = []
  /// What has fired of growing windows that have not ended, by start.
  private var running: [Pane] = []
  /// Fired windows that late rows may still change, by end, then start.
  private var fired: [Pane] = []
  /// The pane that is being read back.
  private var restoring: (role: PaneRole, pane: Pane)?
  /// The next watermark at which something is due.
  private var nextDue = Int64.max

  init(plan: WindowPlan, grid: WindowGrid) {
    self.plan = plan
    self.grid = grid
    latenessMs = plan.spec.allowedLatenessMs
    work = WindowWork(plan: plan)
  }

  // MARK: rows

  func process(_ prepared: PreparedBatch, subtask: Int) {
    let batch = prepared.batch
    let (positions, count) = prepared.positions(of: subtask)
    work.begin(count)
    let rows = prepared.rows
    guard let timeColumn = batch.eventTimeColumn.flatMap({ batch.columns[$0] }) else {
      preconditionFailure("a window without event time")
    }
    let times = timeColumn.integers
    let watermarks = batch.watermarks?.values
    var index = 0
    while index < count {
      let position = positions.map { Int($0[index]) } ?? index
      let row = Int(rows[position])
      let before = watermarks.map { $0[row] } ?? batch.endWatermark
      if before >= nextDue {
        work.flush(prepared)
        advance(to: before, in: prepared)
      }
      work.watermark = max(work.watermark, before)
      let slice = findSlice(times[row])
      guard let slice, before < slice.ends.lowerBound - 1 else {
        takeLate(prepared, row, position, times[row], watermark: before)
        index += 1
        continue
      }
      // The rows that follow it into the slice, until something is due.
      let (start, due) = (slice.pane.start, nextDue)
      let length = UInt64(bitPattern: slice.pane.end &- start)
      let first = index
      repeat {
        index += 1
        if index == count { break }
        let row = Int(rows[positions.map { Int($0[index]) } ?? index])
        if UInt64(bitPattern: times[row] &- start) >= length { break }
        if let watermarks, watermarks[row] >= due { break }
      } while true
      slice.pane.isChanged = true
      work.add(prepared, positions, first..<index, to: slice.pane)
      if work.isObserved {
        let windows = grid.windows(ofSliceAt: start)
        for index in first..<index {
          let position = positions.map { Int($0[index]) } ?? index
          for window in windows {
            work.observeAdded(prepared, Int(rows[position]), position, window, isLate: false)
          }
        }
      }
    }
    work.flush(prepared)
    if batch.endWatermark >= nextDue { advance(to: batch.endWatermark, in: prepared) }
    work.end(batch)
  }

  /// The slice that a time falls into, made now if none of its windows has fired; nil where one has
  /// and the slice is not there, or where no window holds it.
  private func findSlice(_ time: Int64) -> Slice? {
    var index = slices.count
    while index > 0, slices[index - 1].pane.start > time { index -= 1 }
    if index > 0, time < slices[index - 1].pane.end { return slices[index - 1] }
    let span = grid.slice(at: time)
    let ends = grid.windows(ofSliceAt: span.start).map(\.end)
    guard let first = ends.min(), let last = ends.max(), work.watermark < first - 1 else {
      return nil
    }
    return insertSlice(span, first...last, at: index)
  }

  private func insertSlice(
    _ span: TimeSpan, _ ends: ClosedRange<Int64>, at index: Int
  ) -> Slice {
    let slice = Slice(pane: plan.pane(span), ends: ends)
    // It will have about as many keys as the one before it, once that is full.
    if index > 0 { slice.pane.reserve(slices[index - 1].pane.count) }
    slices.insert(slice, at: index)
    if let end = grid.end(ofSliceAt: span.start, ends, after: work.watermark) {
      nextDue = min(nextDue, end - 1)
    }
    return slice
  }

  /// A row for which at least one window has fired, or none exists.
  private func takeLate(
    _ prepared: PreparedBatch, _ row: Int, _ position: Int, _ time: Int64, watermark: Int64
  ) {
    let (key, hash) = (prepared.keys[position], prepared.hashes[position])
    let sequence = prepared.sequence(of: row)
    let span = grid.slice(at: time)
    let windows = grid.windows(ofSliceAt: span.start)
    let kept = work.admit(
      prepared, row, position, time: time, windows: windows, watermark: watermark)
    for window in kept where window.maxTimestamp <= watermark {
      let pane = firedWindow(window)
      pane.isChanged = true
      let entry = pane.entry(key, hash, sequence: sequence)
      if work.isObserved { work.observeAdded(prepared, row, position, window, isLate: true) }
      work.fireAtOnce(entry, window, isLate: true, prepared, row, watermark: watermark)
    }
    let open = kept.filter { $0.maxTimestamp > watermark }
    guard !open.isEmpty else { return }
    if work.isObserved {
      for window in open { work.observeAdded(prepared, row, position, window, isLate: false) }
    }
    let pane = openPane(span, windows, watermark)
    pane.isChanged = true
    let entry = pane.entry(key, hash, sequence: sequence)
    work.enqueue(row, entry, prepared)
  }

  /// Where rows of a slice go for windows that have not fired, though others of it have.
  private func openPane(_ span: TimeSpan, _ windows: [TimeSpan], _ watermark: Int64) -> Pane {
    if grid.isCumulating, let base = windows.first?.start {
      // The slice has been taken into the running pane.
      let pane = running[runningIndex(base)]
      schedule(after: watermark)
      return pane
    }
    var index = slices.count
    while index > 0, slices[index - 1].pane.start > span.start { index -= 1 }
    if index > 0, slices[index - 1].pane.start == span.start { return slices[index - 1].pane }
    let ends = windows.map(\.end)
    return insertSlice(span, (ends.min() ?? span.end)...(ends.max() ?? span.end), at: index).pane
  }

  /// Where the running pane of windows with this start stands, made now if there is none.
  private func runningIndex(_ start: Int64) -> Int {
    let index = running.firstIndex { $0.start >= start } ?? running.count
    if index == running.count || running[index].start != start {
      let span = TimeSpan(start: start, end: grid.lastEnd(ofWindowsAt: start))
      running.insert(plan.pane(span), at: index)
    }
    return index
  }

  /// Where a fired window stands, or would stand.
  private func firedIndex(_ window: TimeSpan) -> Int {
    fired.firstIndex { ($0.end, $0.start) >= (window.end, window.start) } ?? fired.count
  }

  private func firedWindow(_ window: TimeSpan) -> Pane {
    let index = firedIndex(window)
    if index < fired.count, fired[index].span == window {
      return fired[index]
    }
    fired.insert(plan.pane(window), at: index)
    nextDue = min(nextDue, window.maxTimestamp + latenessMs)
    return fired[index]
  }

  // MARK: watermarks

  /// Fires what is due up to a watermark, then purges what is past its lateness.
  ///
  /// - Parameter prepared: where the watermark rose: tells after which record each firing comes.
  ///   Nil at the end of the input.
  private func advance(to newWatermark: Int64, in prepared: PreparedBatch?) {
    var reached = work.watermark
    while let end = nextEnd(after: reached), end - 1 <= newWatermark {
      fire(grid.window(ending: end), Cause(of: end - 1, prepared, work))
      reached = end - 1
    }
    let kept = fired.firstIndex {
      newWatermark != .max && $0.maxTimestamp + latenessMs > newWatermark
    }
    let purged = fired.prefix(kept ?? fired.count)
    if work.isObserved {
      for pane in purged {
        observePurged(
          pane, pane.span, Cause(of: pane.maxTimestamp + latenessMs, prepared, work))
      }
    }
    fired.removeFirst(purged.count)
    work.watermark = newWatermark
    schedule(after: newWatermark)
  }

  /// The end of the first window with rows that has not fired.
  private func nextEnd(after watermark: Int64) -> Int64? {
    var next = Int64.max
    for slice in slices {
      if let end = grid.end(ofSliceAt: slice.pane.start, slice.ends, after: watermark) {
        next = min(next, end)
      }
    }
    for pane in running {
      let ends = grid.firstEnd(ofWindowsAt: pane.start)...pane.end
      if let end = grid.end(ofSliceAt: pane.start, ends, after: watermark) {
        next = min(next, end)
      }
    }
    return next == .max ? nil : next
  }

  private func schedule(after watermark: Int64) {
    nextDue = nextEnd(after: watermark).map { $0 - 1 } ?? .max
    if let oldest = fired.first { nextDue = min(nextDue, oldest.maxTimestamp + latenessMs) }
  }

  private func fire(_ window: TimeSpan, _ cause: Cause) {
    let pane = assemble(window)
    var firings: [WindowWork.Firing] = []
    firings.reserveCapacity(pane.count)
    var isSorted = true
    var last = Int64.min
    for number in 0..<pane.count {
      let entry = pane.entry(number)
      guard entry[EntryWord.rows] > 0 else { continue }
      let first = entry[EntryWord.firstSequence]
      if last > first { isSorted = false }
      last = first
      let order = ResultBuilder.Order(
        cause: cause.record, due: window.maxTimestamp, windowEnd: window.end, first: first)
      firings.append(
        WindowWork.Firing(entry: entry, order: order, risen: cause.risen, before: cause.before))
    }
    pane.setFired()
    if !isSorted { firings.sort { $0.order.first < $1.order.first } }
    work.counts.firings += Int64(firings.count)
    work.emit(firings, .window(window), kind: .insert)
    if work.isObserved {
      for firing in firings {
        work.observe(.fired(plan.result(firing.entry, window), previous: nil, cause: cause.record))
      }
    }
    keep(pane, window, cause)
  }

  /// A window's pane at the time it fires.
  private func assemble(_ window: TimeSpan) -> Pane {
    let first = slices.firstIndex { $0.pane.start >= window.start } ?? slices.count
    var end = first
    while end < slices.count, slices[end].pane.start < window.end { end += 1 }
    if grid.isTumbling, first < end {
      defer { slices.remove(at: first) }
      return slices[first].pane
    }
    let target: Pane
    if grid.isCumulating {
      let index = runningIndex(window.start)
      target = running[index]
      if target.end == window.end { running.remove(at: index) }
    } else {
      target = plan.pane(window)
      target.reserve(slices[first..<end].map(\.pane.count).max() ?? 0)
    }
    // A pane that is not kept for late rows is gone once its results are written.
    let isBorrowing = latenessMs == 0 && !grid.isCumulating
    for slice in slices[first..<end] {
      plan.merge(slice.pane, into: target, isBorrowing: isBorrowing)
    }
    // What no window needs any more goes.
    slices.removeSubrange(
      first..<(grid.isCumulating ? end : max(first, lastOver(first..<end, by: window.end))))
    return target
  }

  /// Up to where in a range slices have no window that ends later.
  private func lastOver(_ range: Range<Int>, by end: Int64) -> Int {
    range.first { slices[$0].ends.upperBound > end } ?? range.upperBound
  }

  /// Keeps a window that has fired for late rows, or says that it is gone.
  private func keep(_ pane: Pane, _ window: TimeSpan, _ cause: Cause) {
    let isRunningOn = grid.isCumulating && pane.end != window.end
    guard latenessMs > 0 else {
      if work.isObserved { observePurged(pane, window, cause) }
      return
    }
    let own: Pane
    if isRunningOn {
      own = plan.pane(window)
      plan.merge(pane, into: own)
      own.setFired()
    } else {
      own = pane
    }
    fired.insert(own, at: firedIndex(window))
  }

  private func observePurged(_ pane: Pane, _ span: TimeSpan, _ cause: Cause) {
    for number in 0..<pane.count where pane.entry(number)[EntryWord.rows] > 0 {
      work.observe(.purged(plan.result(pane.entry(number), span), cause: cause.record))
    }
  }

  func finish() {
    advance(to: maxWatermark, in: nil)
    fired = []
    running = []
    slices = []
    nextDue = .max
  }

  // MARK: looking in

  func inspect(limit: Int) -> [WindowResult] {
    var results: [WindowResult] = []
    for pane in fired { append(pane, pane.span, limit, to: &results) }
    guard !grid.isTumbling else {
      for slice in slices { append(slice.pane, slice.pane.span, limit, to: &results) }
      return results
    }
    for window in openWindows {
      let whole = plan.pane(window)
      for pane in running where pane.start == window.start {
        plan.merge(pane, into: whole, limit: limit)
      }
      for slice in slices
      where slice.pane.start >= window.start && slice.pane.start < window.end {
        plan.merge(slice.pane, into: whole, limit: limit)
      }
      append(whole, window, limit, to: &results)
    }
    return results
  }

  /// Windows with rows that have not fired, by end: at most a screen's worth.
  private var openWindows: [TimeSpan] {
    var ends: Set<Int64> = []
    for start in slices.map(\.pane.start) + running.map(\.start) {
      for window in grid.windows(ofSliceAt: start) where window.maxTimestamp > work.watermark {
        ends.insert(window.end)
      }
      if ends.count > 1000 { break }
    }
    return ends.sorted().prefix(200).map(grid.window(ending:))
  }

  private func append(
    _ pane: Pane, _ span: TimeSpan, _ limit: Int, to results: inout [WindowResult]
  ) {
    for number in 0..<min(pane.count, limit) where pane.entry(number)[EntryWord.rows] > 0 {
      results.append(plan.result(pane.entry(number), span))
    }
  }

  /// Exact while there are few; beyond that each key of a slice counts once for each of its windows.
  var liveWindowCount: Int {
    let kept = fired.reduce(0) { $0 + $1.count }
    let open = slices.reduce(0) { $0 + $1.pane.count } + running.reduce(0) { $0 + $1.count }
    if grid.isTumbling { return kept + open }
    let perSlice = Int(clamping: max(1, grid.size / grid.step))
    let atMost = open.multipliedReportingOverflow(by: perSlice)
    if atMost.overflow || atMost.partialValue > 2000 { return kept + atMost.partialValue }
    return inspect(limit: .max).count
  }

  var stateBytes: Int {
    (slices.map(\.pane) + running + fired).reduce(0) { $0 + $1.stateBytes }
  }

  // MARK: snapshots

  var savedPanes: [(role: PaneRole, pane: Pane, count: Int)] {
    slices.map { (.slice, $0.pane, $0.pane.count) } + running.map { (.running, $0, $0.count) }
      + fired.map { (.fired, $0, $0.count) }
  }

  func makeEntry(_ saved: SavedPane, key: Bytes, hash: UInt64, sequence: Int64) -> Entry {
    if let restoring, restoring.role == saved.role, restoring.pane.span == saved.span {
      return restoring.pane.entry(key, hash, sequence: sequence)
    }
    let pane = pane(saved.role, saved.span)
    pane.reserve(saved.share)
    restoring = (saved.role, pane)
    return pane.entry(key, hash, sequence: sequence)
  }

  func makeShadow(of entry: Entry) -> Entry? { nil }

  private func pane(_ role: PaneRole, _ span: TimeSpan) -> Pane {
    switch role {
    case .fired, .keyed: return firedWindow(span)
    case .running:
      if let known = running.first(where: { $0.start == span.start }) { return known }
      running.append(plan.pane(span))
      return running[running.count - 1]
    case .slice:
      if let known = slices.first(where: { $0.pane.start == span.start }) { return known.pane }
      let ends = grid.windows(ofSliceAt: span.start).map(\.end)
      slices.append(
        Slice(
          pane: plan.pane(span), ends: (ends.min() ?? span.end)...(ends.max() ?? span.end)))
      return slices[slices.count - 1].pane
    }
  }

  func finishRestore() {
    restoring = nil
    slices.sort { $0.pane.start < $1.pane.start }
    running.sort { $0.start < $1.start }
    schedule(after: work.watermark)
  }
}
