import Columns
import Engine

/// What a replay remembers of the past, beside the operators' own state: a value, kept in each
/// memory, so that going back brings the same past back. Everything in it is bounded, and nothing
/// depends on how many records were read at once.
struct ReplayTrace: Sendable {
  private static let lagLimit = 240
  private static let narrationLimit = 200
  private static let outputLimit = 1000
  private static let sideLimit = 500
  private static let checkpointLimit = 2000

  private let checkpointEveryMs: Int64
  /// The window operators, by their node.
  private(set) var windows: [Int: WindowTrace] = [:]
  private(set) var time = TimeTrace()
  private(set) var maxEventTime: Int64?
  private(set) var watermark = minWatermark
  /// The event time of the last record; nil where it had none.
  private(set) var lastEventTime: Int64?
  private var lag = Ring<LagSample>(lagLimit)
  private var lagStride: Int64 = 1
  private var narration = Ring<Narration>(narrationLimit)
  private(set) var results = Ring<OutputPage.Line>(outputLimit)
  private(set) var lateRows = Ring<OutputPage.Line>(sideLimit)
  private(set) var deadRecords = Ring<OutputPage.Line>(sideLimit)
  /// Lines of the output by kind, those that are no longer kept too.
  private(set) var outputCounts: [String: Int64] = [:]
  private(set) var checkpoints = Ring<CheckpointView>(checkpointLimit)
  /// Rows of each sink since the last checkpoint, by its node: of an open transaction.
  private(set) var stagedRows: [Int: Int64] = [:]
  private var checkpointCount: Int64 = 0
  /// Windows that fired after the same record with the same end: told in one line.
  private var firing: FiringLine?

  private struct FiringLine: Sendable {
    var node: Int
    var start: Int64
    var end: Int64
    var keys: Int
    var rows: Int64
  }

  init(graph: JobGraph) {
    checkpointEveryMs = max(graph.checkpoint.everyMs, 1)
    for (index, node) in graph.nodes.enumerated() {
      if case .window = node.logic { windows[index] = WindowTrace() }
    }
  }

  /// About what it takes in memory.
  var byteCount: Int {
    windows.values.reduce(time.byteCount) { $0 + $1.byteCount }
      + (results.count + lateRows.count + deadRecords.count) * 200 + narration.count * 120
      + checkpoints.count * 48
  }

  // MARK: writing

  /// Takes in a round, record by record.
  ///
  /// - Parameter isStepwise: that the round was of one record, whose times are not in its columns.
  mutating func fold(
    _ round: ReplayRound, isStepwise: Bool, noting history: inout ReplayHistory
  ) {
    if round.isEnd || isStepwise {
      lastEventTime = nil
      for item in round.items { take(item, at: round.first, &history) }
      finishLine(at: round.first)
      if !round.isEnd, let newest = round.newest {
        lastEventTime = lastEventTime ?? newest
        if newest > maxEventTime ?? .min {
          time.add(position: round.first, eventTime: newest, newestBefore: maxEventTime)
        }
      }
      read(round.newest, round.watermark, at: round.first, &history)
      history.cover(through: round.first + 1)
      return
    }
    let order = Self.order(of: round.items)
    var next = 0
    for batch in round.batches {
      let times = batch.eventTimeColumn.flatMap { batch.columns[$0] }
      var selected = batch.selectedRows.makeIterator()
      var good = selected.next()
      for row in 0..<batch.count {
        let position = batch.sequence(of: row)
        lastEventTime = nil
        while next < order.count, order[next].cause <= position {
          take(round.items[order[next].index], at: position, &history)
          next += 1
        }
        finishLine(at: position)
        var newest = maxEventTime
        if good.map({ Int($0) == row }) ?? false {
          good = selected.next()
          if let times, !times.isNull(row) {
            let eventTime = times.integers[row]
            lastEventTime = eventTime
            time.add(position: position, eventTime: eventTime, newestBefore: maxEventTime)
            newest = max(newest ?? .min, eventTime)
          }
        }
        read(
          newest,
          row + 1 < batch.count ? batch.watermark(before: row + 1) : batch.endWatermark,
          at: position, &history)
        history.cover(through: position + 1)
      }
    }
  }

  /// What happened after a record stands behind what the record did itself: callbacks come operator
  /// by operator, and a sort keeps that order among those of one record.
  private static func order(of items: [ReplayRound.Item]) -> [(cause: Int64, index: Int)] {
    var order: [(cause: Int64, index: Int)] = []
    order.reserveCapacity(items.count)
    var isSorted = true
    for (index, item) in items.enumerated() {
      let cause = item.cause
      if let last = order.last, last.cause > cause { isSorted = false }
      order.append((cause, index))
    }
    if !isSorted { order.sort { ($0.cause, $0.index) < ($1.cause, $1.index) } }
    return order
  }

  private mutating func take(
    _ item: ReplayRound.Item, at position: Int64, _ history: inout ReplayHistory
  ) {
    switch item {
    case .window(let node, let event):
      windows[node]?.add(event, at: position)
      tell(event, of: node, at: position, &history)
    case .dead(_, let record):
      say(.bad, "\(record.place): \(record.error)", at: position)
      var line = OutputPage.Line(position: position, sink: "", kind: "dead", values: [record.place])
      (line.reason, line.raw) = (record.error, record.raw)
      deadRecords.append(line)
      outputCounts["dead", default: 0] += 1
    case .output(let node, let line):
      stagedRows[node, default: 0] += 1
      // Dead letters are told as they come to be, whether a sink takes them or not.
      guard line.kind != "dead" else { return }
      var line = line
      line.position = position
      if line.kind == "late" { lateRows.append(line) } else { results.append(line) }
      if line.kind != "late" { outputCounts[line.kind, default: 0] += 1 }
    }
  }

  private mutating func tell(
    _ event: WindowEvent, of node: Int, at position: Int64, _ history: inout ReplayHistory
  ) {
    switch event {
    case .added(_, _, let eventTime, _, _, let isLate):
      lastEventTime = eventTime
      guard isLate else { return }
      history.note(.late, at: position + 1)
      time.add(late: position, eventTime: eventTime, kind: .lateUpdated)
    case .late(_, let key, let eventTime, let start, let end, _, let missedBy):
      lastEventTime = eventTime
      history.note(.late, at: position + 1)
      time.add(late: position, eventTime: eventTime, kind: .lateDropped)
      outputCounts["late", default: 0] += 1
      say(
        .late,
        "\(keyName(key)) event at \(clockText(eventTime)) dropped: \(spanText(start, end)) closed"
          + " \(lengthText(missedBy)) before", at: position)
    case .fired(let result, let previous, _):
      history.note(.firing, at: position + 1)
      if let previous {
        finishLine(at: position)
        sayUpdated(result, previous.map(displayText), at: position)
      } else if let line = firing, line.node == node, line.end == result.end,
        line.start == result.start
      {
        firing?.keys += 1
        firing?.rows += result.rows
      } else {
        finishLine(at: position)
        firing = FiringLine(
          node: node, start: result.start, end: result.end, keys: 1, rows: result.rows)
      }
    case .replaced(let result, _, _, _):
      guard result.firings > 0 else { return }
      say(
        .updated,
        "\(keyName(result.key)) \(spanText(result.start, result.end)) taken back: its session goes"
          + " on", at: position)
    case .purged: break
    }
  }

  private mutating func finishLine(at position: Int64) {
    guard let line = firing else { return }
    firing = nil
    let keys = line.keys == 1 ? "1 key" : "\(line.keys) keys"
    let rows = line.rows == 1 ? "1 row" : "\(line.rows) rows"
    say(.fired, "\(spanText(line.start, line.end)) fired: \(keys), \(rows)", at: position)
  }

  private mutating func sayUpdated(
    _ result: WindowResult, _ previous: [String], at position: Int64
  ) {
    let now = result.values.map(displayText)
    let changed = zip(previous, now).first { $0 != $1 }
    let values = changed.map { " \($0) → \($1)" } ?? ""
    let lateness = lastEventTime.map { watermark - $0 }.map {
      " by an event \(lengthText($0)) late"
    }
    say(
      .updated,
      "\(keyName(result.key)) \(spanText(result.start, result.end)) updated\(values)"
        + (lateness ?? ""), at: position)
  }

  private mutating func say(_ kind: Narration.Kind, _ text: String, at position: Int64) {
    narration.append(Narration(position: position, time: maxEventTime, kind: kind, text: text))
  }

  /// After a record: the newest event time and the watermark.
  private mutating func read(
    _ newest: Int64?, _ reached: Int64, at position: Int64, _ history: inout ReplayHistory
  ) {
    let before = maxEventTime
    maxEventTime = newest
    if reached != watermark {
      watermark = reached
      history.note(.watermark, at: position + 1)
      time.add(watermark: reached, after: position)
    }
    if let newest, watermark != minWatermark { sampleLag(newest - watermark, at: position) }
    if let before, let newest { checkpoint(from: before, to: newest, at: position, &history) }
  }

  private mutating func sampleLag(_ ms: Int64, at position: Int64) {
    guard position % lagStride == 0 else { return }
    lag.append(LagSample(position: position, lagMs: ms))
    guard lag.isFull else { return }
    lag.keepEverySecond()
    lagStride *= 2
  }

  /// In a replay the log's own time stands for the clock: a checkpoint is due each time the newest
  /// event time passes a multiple of the interval.
  private mutating func checkpoint(
    from: Int64, to: Int64, at position: Int64, _ history: inout ReplayHistory
  ) {
    guard from / checkpointEveryMs != to / checkpointEveryMs else { return }
    checkpointCount += 1
    stagedRows = [:]
    history.note(.checkpoint, at: position + 1)
    checkpoints.append(
      CheckpointView(
        id: checkpointCount, position: position + 1, eventTime: to, watermark: watermark,
        status: .completed))
  }

  // MARK: reading

  /// The picture, but for what the operators hold.
  func view(of node: Int?) -> ReplayView {
    var view = ReplayView()
    view.watermark = watermark
    view.maxEventTime = maxEventTime
    view.lastEventTime = lastEventTime
    view.lagHistory = lag.elements
    view.narration = narration.elements
    view.checkpoints = checkpoints.elements
    if let node, let windows = windows[node] {
      view.marks = windows.marks.elements
      view.keys = windows.keys()
    }
    return view
  }
}
