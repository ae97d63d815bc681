import Columns

/// Windows of which every key has its own: sessions, counts, the global window, and aligned windows
/// with triggers beside their end. Each row is added to every window that holds it, as in Flink's
/// `WindowOperator`.
final class KeyedWindows: WindowSubtask, @unchecked Sendable {
  // Unchecked: used by one thread at a time; the driver hands it over between rounds.
  let work: WindowWork
  let plan: WindowPlan
  private let grid: WindowGrid?
  let latenessMs: Int64
  private let trigger: WindowTrigger
  private let isGlobal: Bool
  private let needsEventTime: Bool
  /// The gap of sessions that come out at their end alone: most rows begin or lengthen one.
  private let plainGap: Int64?
  /// Whether what came out last may differ from what is there when it is replaced.
  private let keepsShadows: Bool
  let store: KeyedStore
  private let timers: TimerQueue
  private var lastTicket: Int64 = 0
  /// Why the last of the firings of a watermark came: those of the moments up to the same rise have
  /// the same cause.
  private var knownCause: (due: Int64, cause: Cause)?
  /// Firings that wait to be written together.
  private var firings: [WindowWork.Firing] = []
  /// Whether an entry that fired at its end is done with, and nothing touches it again: its result
  /// may wait for those of the whole batch.
  private let endsAtFiring: Bool
  /// The windows of the slice that a time was last found in.
  private var known: (slice: TimeSpan, windows: [TimeSpan])?

  init(plan: WindowPlan) {
    self.plan = plan
    grid = WindowGrid(plan.spec.assigner, zone: plan.spec.zone)
    latenessMs = plan.spec.allowedLatenessMs
    trigger = plan.spec.trigger
    isGlobal = plan.spec.assigner == .global
    needsEventTime = plan.spec.assigner.needsEventTime
    switch plan.spec.assigner {
    case .session(let gap):
      plainGap = trigger.isDefault ? gap : nil
      timers = TimerQueue(span: trigger.earlyMs ?? gap)
    case .tumbling(let size, _): (plainGap, timers) = (nil, TimerQueue(span: size))
    default: (plainGap, timers) = (nil, TimerQueue(span: trigger.earlyMs ?? 1000))
    }
    keepsShadows =
      !trigger.isDefault && !trigger.isDiscarding
      && (plan.spec.late == .correct || plan.spec.assigner.isSession)
    endsAtFiring =
      trigger.isDefault && !trigger.isDiscarding && latenessMs == 0 && needsEventTime
    store = KeyedStore(plan: plan)
    work = WindowWork(plan: plan)
  }

  // MARK: rows

  /// Rows whose entries are fetched together before they are taken one by one.
  private static let warmRows = 64

  func process(_ prepared: PreparedBatch, subtask: Int) {
    let batch = prepared.batch
    let (positions, count) = prepared.positions(of: subtask)
    work.begin(count)
    let rows = prepared.rows
    let times = batch.eventTimeColumn.flatMap { batch.columns[$0] }?.integers
    let watermarks = batch.watermarks?.values
    let pane = store.pane
    let gapOfMost = work.isObserved ? nil : plainGap
    for index in 0..<count {
      if index % Self.warmRows == 0 {
        pane.warm(
          prepared.hashes, min(count - index, Self.warmRows), words: KeyedWord.isLive
        ) { position in positions.map { Int($0[index + position]) } ?? index + position }
      }
      let position = positions.map { Int($0[index]) } ?? index
      let row = Int(rows[position])
      let before = watermarks.map { $0[row] } ?? batch.endWatermark
      if before > work.watermark {
        if before >= timers.nextDue {
          work.flush(prepared)
          advance(to: before, in: prepared)
        }
        work.watermark = before
      }
      if let gapOfMost, let times,
        takesPlainly(prepared, row, position, times[row], gap: gapOfMost, before, in: pane)
      {
        continue
      }
      let arrival = Arrival(
        prepared: prepared, row: row, position: position, time: times.map { $0[row] },
        watermark: before)
      switch plan.spec.assigner {
      case .tumbling, .sliding, .cumulating: takeAligned(arrival)
      case .session(let gap): takeSession(arrival, gap: gap)
      case .count(let size): takeCounted(arrival, size: size)
      case .global: takeGlobal(arrival)
      }
    }
    work.flush(prepared)
    if batch.endWatermark > work.watermark, batch.endWatermark >= timers.nextDue {
      advance(to: batch.endWatermark, in: prepared)
    }
    writeFirings()
    store.endBatch()
    work.end(batch)
    if store.isWasteful {
      store.compact()
      setTimers()
    }
  }

  /// A row as it comes in; for as long as its batch is being taken.
  struct Arrival {
    unowned(unsafe) let prepared: PreparedBatch
    let row: Int
    let position: Int
    /// Nil where rows have no event time.
    let time: Int64?
    /// As it stood before the row.
    let watermark: Int64

    var key: Bytes { prepared.keys[position] }
    var hash: UInt64 { prepared.hashes[position] }
    var sequence: Int64 { prepared.sequence(of: row) }
  }

  // MARK: aligned windows

  private func takeAligned(_ arrival: Arrival) {
    guard let grid, let time = arrival.time else { preconditionFailure("no event time") }
    let kept = work.admit(
      arrival.prepared, arrival.row, arrival.position, time: time, windows: windows(grid, time),
      watermark: arrival.watermark)
    let newest = store.newest(arrival.key, arrival.hash)
    for window in kept {
      // The entry of a window before it is newer.
      let entry =
        find(window, from: newest)
        ?? open(window, arrival, after: store.newest(arrival.key, arrival.hash))
      add(entry, arrival)
    }
  }

  private func windows(_ grid: WindowGrid, _ time: Int64) -> [TimeSpan] {
    if let known, known.slice.start <= time, time < known.slice.end { return known.windows }
    let slice = grid.slice(at: time)
    let windows = grid.windows(ofSliceAt: slice.start)
    known = (slice, windows)
    return windows
  }

  private func find(_ span: TimeSpan, from newest: Entry?) -> Entry? {
    var entry = newest
    while let candidate = entry {
      if candidate[KeyedWord.isLive] != 0, candidate.span == span { return candidate }
      entry = candidate.next
    }
    return nil
  }

  /// - Parameter newest: the newest entry of the row's key.
  func open(_ span: TimeSpan, _ arrival: Arrival, after newest: Entry?) -> Entry {
    store.insert(arrival.key, arrival.hash, span, sequence: arrival.sequence, after: newest)
  }

  func late(_ arrival: Arrival, _ window: TimeSpan) {
    work.late(
      arrival.prepared, arrival.row, arrival.position, window: window,
      watermark: arrival.watermark)
  }

  // MARK: count and global windows

  private func takeCounted(_ arrival: Arrival, size: Int64) {
    work.counts.added += 1
    let entry = own(arrival)
    if work.isObserved { observeAdded(arrival, entry, isLate: false) }
    entry[KeyedWord.sinceFiring] += 1
    guard entry[KeyedWord.sinceFiring] >= size else {
      return work.enqueue(arrival.row, entry, arrival.prepared)
    }
    work.flush(arrival.prepared)
    // Rows that were refused before do not fill the window.
    entry[KeyedWord.sinceFiring] = entry[EntryWord.rows] + 1
    guard entry[EntryWord.rows] + 1 >= size else {
      return work.enqueue(arrival.row, entry, arrival.prepared)
    }
    let hasFired = work.fireAtOnce(
      entry, entry.span, isLate: false, arrival.prepared, arrival.row,
      watermark: arrival.watermark)
    if hasFired {
      work.counts.firings += 1
      purge(entry, after: arrival.prepared.cause(of: arrival.row))
    } else {
      entry[KeyedWord.sinceFiring] = entry[EntryWord.rows]
    }
  }

  private func takeGlobal(_ arrival: Arrival) {
    work.counts.added += 1
    add(own(arrival), arrival)
  }

  /// The one window of a key, as long as its rows reach.
  private func own(_ arrival: Arrival) -> Entry {
    let newest = store.newest(arrival.key, arrival.hash)
    var entry = newest
    if let known = entry, known[KeyedWord.isLive] == 0 { entry = nil }
    let span = arrival.time.map { TimeSpan(start: $0, end: $0 + 1) } ?? .unknown
    guard let entry else { return open(span, arrival, after: newest) }
    work.willChange(entry)
    entry[KeyedWord.start] = min(entry[KeyedWord.start], span.start)
    entry[KeyedWord.end] = max(entry[KeyedWord.end], span.end)
    return entry
  }

  // MARK: adding and triggers

  /// Adds a row to a window, and lets the window fire where the row makes it.
  func add(_ entry: Entry, _ arrival: Arrival) {
    work.willChange(entry)
    let isOver = !isGlobal && entry[KeyedWord.end] - 1 <= arrival.watermark
    if isOver { entry[KeyedWord.ended] = 1 }
    if work.isObserved { observeAdded(arrival, entry, isLate: isOver) }
    var fires = isOver
    if !isOver {
      if let interval = trigger.earlyMs, entry[KeyedWord.early] == KeyedWord.noTime,
        let time = arrival.time
      {
        setEarly(entry, after: time - time % interval, interval)
      }
      if let limit = trigger.everyRows {
        entry[KeyedWord.sinceFiring] += 1
        if entry[KeyedWord.sinceFiring] >= limit {
          entry[KeyedWord.sinceFiring] = 0
          fires = true
        }
      }
    }
    guard fires else {
      work.enqueue(arrival.row, entry, arrival.prepared)
      return setTimer(entry)
    }
    let hasFired = work.fireAtOnce(
      entry, entry.span, shadow: entry.shadow, isLate: isOver, arrival.prepared, arrival.row,
      watermark: arrival.watermark)
    if hasFired, !isOver { work.counts.firings += 1 }
    setTimer(hasFired ? afterFiring(entry) : entry)
  }

  private func setEarly(_ entry: Entry, after time: Int64, _ interval: Int64) {
    let next = time + interval
    let last = isGlobal ? Int64.max - 1 : entry[KeyedWord.end] - 1
    entry[KeyedWord.early] = min(next, last)
    entry[KeyedWord.isArmed] = 1
  }

  /// - Returns: the entry that stands for the window from now on.
  private func afterFiring(_ entry: Entry) -> Entry {
    entry[KeyedWord.firedRows] = entry[EntryWord.rows]
    if keepsShadows { store.shadow(entry, as: entry) }
    guard trigger.isDiscarding else { return entry }
    let fresh = store.renew(entry)
    if isGlobal {
      // Its bounds are those of the rows in it, and there are none.
      (fresh[KeyedWord.start], fresh[KeyedWord.end]) = (.max, .min)
    }
    return fresh
  }

  func observeAdded(_ arrival: Arrival, _ entry: Entry, isLate: Bool) {
    work.observeAdded(
      arrival.prepared, arrival.row, arrival.position, entry.span, isLate: isLate)
  }

  // MARK: timers

  /// The next moment at which something is due for an entry.
  private func due(_ entry: Entry) -> Int64 {
    let early = entry[KeyedWord.isArmed] == 0 ? KeyedWord.noTime : entry[KeyedWord.early]
    guard needsEventTime else { return early }
    let end = entry[KeyedWord.end] - 1
    return min(early, entry[KeyedWord.ended] == 0 ? end : end + latenessMs)
  }

  /// Sees to it that an entry's next moment is not missed. One that moved away is found out when
  /// the old one comes.
  func setTimer(_ entry: Entry, always: Bool = false) {
    let due = due(entry)
    guard due != .max else { return }
    if !always, entry[KeyedWord.ticket] != 0, entry[KeyedWord.timer] <= due { return }
    lastTicket += 1
    entry[KeyedWord.ticket] = lastTicket
    entry[KeyedWord.timer] = due
    timers.push(
      TimerHeap.Timer(
        due: due, windowEnd: orderedEnd(entry), first: entry[EntryWord.firstSequence],
        ticket: lastTicket, entry: entry))
  }

  /// Whether a timer is the one of its entry, and that is not due later by now; sets the later one.
  private func isStill(_ timer: TimerHeap.Timer) -> Bool {
    let entry = timer.entry
    guard entry[KeyedWord.ticket] == timer.ticket else { return false }
    if due(entry) <= timer.due { return true }
    entry[KeyedWord.ticket] = 0
    setTimer(entry)
    return false
  }

  /// The end by which firings of one moment are ordered: that of a global window moves with its
  /// rows.
  private func orderedEnd(_ entry: Entry) -> Int64 {
    isGlobal ? .max : entry[KeyedWord.end]
  }

  /// Whether timers may stand in another order once an entry's end has moved.
  var firesBeforeItsEnd: Bool { trigger.earlyMs != nil }

  private func setTimers() {
    timers.removeAll()
    for entry in store.live { setTimer(entry, always: true) }
  }

  /// Does everything that is due up to a watermark.
  private func advance(to newWatermark: Int64, in prepared: PreparedBatch?) {
    knownCause = nil
    while let timer = nextTimer(upTo: newWatermark) {
      let entry = timer.entry
      guard entry[KeyedWord.ticket] == timer.ticket else { continue }
      entry[KeyedWord.ticket] = 0
      let due = due(entry)
      if due > timer.due {
        setTimer(entry)
        continue
      }
      work.willChange(entry)
      let isEnd = needsEventTime && due == entry[KeyedWord.end] - 1
      let isEarly = entry[KeyedWord.isArmed] != 0 && due == entry[KeyedWord.early]
      guard isEarly || isEnd && entry[KeyedWord.ended] == 0 else {
        purge(entry, after: cause(of: due, prepared).record)
        continue
      }
      if isEnd {
        // An early firing of this very moment stays set, as in Flink: should a late row lengthen the
        // session, it comes with the next watermark.
        entry[KeyedWord.ended] = 1
        entry[KeyedWord.isArmed] = 0
      } else if let interval = trigger.earlyMs {
        setEarly(entry, after: due, interval)
      }
      let standing = fire(entry, at: due, in: prepared)
      if isEnd, endsAtFiring {
        purge(standing, after: cause(of: due, prepared).record)
      } else {
        setTimer(standing)
      }
    }
    if !endsAtFiring || work.isObserved { writeFirings() }
    work.watermark = newWatermark
  }

  private func nextTimer(upTo moment: Int64) -> TimerHeap.Timer? {
    if timers.farStart <= moment { timers.bringNear(upTo: moment, isStill: isStill) }
    return timers.pop(upTo: moment)
  }

  /// What made the watermark pass a moment; asked for rising moments while it rises.
  private func cause(of due: Int64, _ prepared: PreparedBatch?) -> Cause {
    if let knownCause, due >= knownCause.due, due <= knownCause.cause.risen {
      return knownCause.cause
    }
    let cause = Cause(of: due, prepared, work)
    knownCause = (due, cause)
    return cause
  }

  /// A window's time has come.
  ///
  /// - Returns: the entry that stands for it from now on.
  private func fire(_ entry: Entry, at due: Int64, in prepared: PreparedBatch?) -> Entry {
    guard entry[EntryWord.rows] > 0 else { return entry }
    work.willChange(entry)
    let cause = cause(of: due, prepared)
    let isReplacing = entry[EntryWord.firings] > 0 && !trigger.isDiscarding
    let order = ResultBuilder.Order(
      cause: cause.record, due: due, windowEnd: orderedEnd(entry),
      first: entry[EntryWord.firstSequence])
    work.counts.firings += 1
    if trigger.isDefault, !trigger.isDiscarding {
      // Nothing touches the entry before all of this watermark's firings are written.
      entry[EntryWord.firings] &+= 1
      firings.append(
        WindowWork.Firing(entry: entry, order: order, risen: cause.risen, before: cause.before))
      return entry
    }
    let old = entry.shadow ?? entry
    let previous = work.isObserved && isReplacing ? plan.values(old) : nil
    if isReplacing, plan.spec.late == .correct {
      let firing = WindowWork.Firing(
        entry: old, order: order, risen: cause.risen, before: cause.before)
      work.emit([firing], .window(entry.span), kind: .updateBefore)
    }
    entry[EntryWord.firings] &+= 1
    plan.settle(entry)
    let firing = WindowWork.Firing(
      entry: entry, order: order, risen: cause.risen, before: cause.before)
    work.emit([firing], .own, kind: isReplacing ? .updateAfter : .insert)
    if work.isObserved {
      work.observe(
        .fired(plan.result(entry, entry.span), previous: previous, cause: cause.record))
    }
    return afterFiring(entry)
  }

  func writeFirings() {
    if firings.isEmpty { return }
    work.emit(firings, .own, kind: .insert)
    if work.isObserved {
      for firing in firings {
        let result = plan.result(firing.entry, firing.entry.span)
        work.observe(.fired(result, previous: nil, cause: firing.order.cause))
      }
    }
    firings.removeAll(keepingCapacity: true)
  }

  /// - Parameter cause: the record after which it is gone; asked only where somebody looks on.
  func purge(_ entry: Entry, after cause: @autoclosure () -> Int64) {
    if work.isObserved, entry[EntryWord.rows] > 0 {
      writeFirings()
      work.observe(.purged(plan.result(entry, entry.span), cause: cause()))
    }
    store.remove(entry)
  }

  func finish() {
    guard isGlobal else {
      advance(to: maxWatermark, in: nil)
      return writeFirings()
    }
    // What has come in since the last firing comes out, so that nothing is held back for ever.
    let entries = store.live.filter { $0[EntryWord.rows] > $0[KeyedWord.firedRows] }
      .sorted { $0[EntryWord.firstSequence] < $1[EntryWord.firstSequence] }
    for entry in entries { _ = fire(entry, at: .max, in: nil) }
    writeFirings()
  }

  // MARK: looking in

  func inspect(limit: Int) -> [WindowResult] {
    store.live.prefix(min(limit, .max / 8) * 8).filter { $0[EntryWord.rows] > 0 }
      .map { plan.result($0, $0.span) }
  }

  var liveWindowCount: Int { store.liveCount }
  var stateBytes: Int {
    store.pane.stateBytes + timers.reservedBytes
      + firings.capacity * MemoryLayout<WindowWork.Firing>.stride
  }

  // MARK: snapshots

  var savedPanes: [(role: PaneRole, pane: Pane, count: Int)] {
    [(.keyed, store.pane, store.liveCount)]
  }

  func makeEntry(_ pane: SavedPane, key: Bytes, hash: UInt64, sequence: Int64) -> Entry {
    if store.liveCount == 0 { store.reserve(pane.share) }
    return store.insert(key, hash, pane.span, sequence: sequence, after: store.newest(key, hash))
  }

  func makeShadow(of entry: Entry) -> Entry? { store.emptyShadow(of: entry) }

  func finishRestore() { setTimers() }
}
