import Columns

extension KeyedWindows {
  /// Takes a row that begins the one session of its key, lengthens it or falls into it: most rows,
  /// where sessions come out at their end alone. What ``takeSession(_:gap:)`` would do.
  ///
  /// - Returns: false for any other row, with nothing done.
  @inline(__always)
  func takesPlainly(
    _ prepared: PreparedBatch, _ row: Int, _ position: Int, _ time: Int64, gap: Int64,
    _ watermark: Int64, in pane: Pane
  ) -> Bool {
    let (key, hash) = (prepared.keys[position], prepared.hashes[position])
    let newest = pane.find(key, hash)
    if let session = newest, session[KeyedWord.isLive] != 0 {
      let end = max(session[KeyedWord.end], time &+ gap)
      guard session[KeyedWord.next] == 0, session[KeyedWord.start] <= time &+ gap,
        session[KeyedWord.end] >= time, session[EntryWord.firings] == 0,
        session[KeyedWord.ended] == 0, session[KeyedWord.ticket] != 0, end - 1 > watermark
      else { return false }
      work.willChange(session)
      session[KeyedWord.start] = min(session[KeyedWord.start], time)
      session[KeyedWord.end] = end
      work.enqueue(row, session, prepared)
    } else {
      guard newest?.next == nil, time &+ gap - 1 > watermark else { return false }
      let session = store.insert(
        key, hash, TimeSpan(start: time, end: time &+ gap), sequence: prepared.sequence(of: row),
        after: newest)
      work.enqueue(row, session, prepared)
      setTimer(session)
    }
    work.counts.added += 1
    return true
  }

  /// A row of a session: `[time, time + gap)`, which takes in every session of its key that it
  /// touches or overlaps.
  ///
  /// As Flink's `MergingWindowSet`; a session that has fired and gets other bounds is taken back
  /// with `-D`, so that its rows are not counted twice downstream.
  func takeSession(_ arrival: Arrival, gap: Int64) {
    guard let time = arrival.time else { preconditionFailure("no event time") }
    let span = TimeSpan(start: time, end: time + gap)
    var touched: [Entry] = []
    var only: Entry?
    let newest = store.newest(arrival.key, arrival.hash)
    var entry = newest
    while let candidate = entry {
      if candidate[KeyedWord.isLive] != 0, candidate[KeyedWord.start] <= span.end,
        candidate[KeyedWord.end] >= span.start
      {
        if let first = only {
          if touched.isEmpty { touched = [first] }
          touched.append(candidate)
        } else {
          only = candidate
        }
      }
      entry = candidate.next
    }
    guard var session = only else {
      if span.maxTimestamp + latenessMs <= arrival.watermark { return late(arrival, span) }
      take(arrival, into: open(span, arrival, after: newest))
      return
    }
    if !touched.isEmpty {
      session = merge(touched, with: span, arrival)
    } else if span.start < session[KeyedWord.start] || span.end > session[KeyedWord.end] {
      work.willChange(session)
      // Most rows lengthen a session that has not come out yet.
      if session[EntryWord.firings] > 0 || work.isObserved { retract(session, arrival, span) }
      session[KeyedWord.start] = min(session[KeyedWord.start], span.start)
      session[KeyedWord.end] = max(session[KeyedWord.end], span.end)
      moved(session, arrival)
      if firesBeforeItsEnd { setTimer(session, always: true) }
    }
    take(arrival, into: session)
  }

  private func take(_ arrival: Arrival, into session: Entry) {
    work.counts.added += 1
    add(session, arrival)
  }

  /// One session of several: the first keeps its entry and takes in the others.
  private func merge(_ sessions: [Entry], with span: TimeSpan, _ arrival: Arrival) -> Entry {
    work.flush(arrival.prepared)
    let ordered = sessions.sorted { $0[KeyedWord.start] < $1[KeyedWord.start] }
    let first = ordered[0]
    let whole = TimeSpan(
      start: min(first[KeyedWord.start], span.start),
      end: max(ordered[ordered.count - 1][KeyedWord.end], span.end))
    for session in ordered {
      work.willChange(session)
      retract(session, arrival, whole)
    }
    first[KeyedWord.start] = whole.start
    first[KeyedWord.end] = whole.end
    for other in ordered.dropFirst() {
      plan.merge(other, into: first)
      first[KeyedWord.sinceFiring] += other[KeyedWord.sinceFiring]
      first[KeyedWord.firedRows] += other[KeyedWord.firedRows]
      first[KeyedWord.early] = min(first[KeyedWord.early], other[KeyedWord.early])
      store.remove(other)
    }
    moved(first, arrival)
    setTimer(first, always: true)
    return first
  }

  /// A session's bounds have changed: if its end lies ahead again, it has not ended.
  private func moved(_ session: Entry, _ arrival: Arrival) {
    session[KeyedWord.ended] = session[KeyedWord.end] - 1 <= arrival.watermark ? 1 : 0
    if session[KeyedWord.early] != KeyedWord.noTime { session[KeyedWord.isArmed] = 1 }
    session[EntryWord.firings] = 0
    session[KeyedWord.shadow] = 0
  }

  /// Takes back the result of a session that ceases to be, where one came out.
  ///
  /// - Parameter span: what it becomes a part of.
  private func retract(_ session: Entry, _ arrival: Arrival, _ span: TimeSpan) {
    let cause = arrival.prepared.cause(of: arrival.row)
    if work.isObserved {
      // Rows of it may still wait to be added.
      work.flush(arrival.prepared)
      work.observe(
        .replaced(
          plan.result(session, session.span), start: min(session[KeyedWord.start], span.start),
          end: max(session[KeyedWord.end], span.end), cause: cause))
    }
    guard session[EntryWord.firings] > 0, !plan.spec.trigger.isDiscarding else { return }
    work.flush(arrival.prepared)
    writeFirings()
    let order = ResultBuilder.Order(
      cause: cause, due: .min, windowEnd: .min, first: arrival.sequence)
    work.retract(session.shadow ?? session, session.span, arrival.watermark, order)
  }
}
