import Engine
import TestSupport
import Testing

@testable import Runtime

/// The picture at a tick and every answer there are the same, whatever was read together and
/// wherever the replay was before: random walks against single steps from the start.
@Suite struct TimeTravel {
  private static let never: @Sendable () -> Bool = { false }

  struct Case: CustomTestStringConvertible {
    var assigner: WindowAssigner
    var late: LatePolicy
    var trigger = WindowTrigger()
    var splits = 1
    var testDescription: String { "\(assigner) \(late) \(trigger), \(splits) splits" }
  }

  private static let cases: [Case] =
    [
      WindowAssigner.tumbling(sizeMs: 25, offsetMs: 0),
      .sliding(sizeMs: 40, slideMs: 20, offsetMs: 5),
      .sliding(sizeMs: 10, slideMs: 30, offsetMs: 0),
      .cumulating(stepMs: 20, maxMs: 60, offsetMs: 0), .session(gapMs: 4),
    ].enumerated().flatMap { index, assigner in
      [LatePolicy.drop, .update, .correct].enumerated().map { number, late in
        Case(assigner: assigner, late: late, splits: 1 + (index + number) % 3)
      }
    } + [
      Case(assigner: .count(4), late: .drop, splits: 2),
      Case(assigner: .global, late: .drop, trigger: WindowTrigger(earlyMs: 30)),
      Case(
        assigner: .session(gapMs: 6), late: .correct, trigger: WindowTrigger(everyRows: 2),
        splits: 2),
      Case(
        assigner: .tumbling(sizeMs: 50, offsetMs: 0), late: .update,
        trigger: WindowTrigger(earlyMs: 10, isDiscarding: true)),
    ]

  private func replay(_ test: Case, isIndexed: Bool = false) throws -> Replay {
    var random = SeededRandom(seed: 91)
    let texts = (0..<test.splits).map { split in
      var lines = ""
      for index in 0..<(180 / test.splits) {
        let late = Int.random(in: 0..<8, using: &random) == 0 ? 40 : 0
        let time = index * 3 * test.splits - Int.random(in: 0...9, using: &random) - late
        let key = Int.random(in: 0..<4, using: &random)
        lines +=
          index % 41 == 40
          ? "broken\n" : "{\"ts\":\(time),\"key\":\"k\(key)\",\"value\":\(index)}\n"
      }
      return (name: "s\(split)", text: lines)
    }
    var job = WindowJob()
    job.assigner = test.assigner
    job.trigger = test.trigger
    job.outOfOrdernessMs = 8
    job.late = test.late
    job.allowedLatenessMs = test.late == .drop ? 0 : 30
    job.filter = "value % 7 <> 3"
    var graph = try job.graph(MemorySource(texts))
    graph.checkpoint.everyMs = 40
    return try Replay(graph: graph, isIndexed: isIndexed)
  }

  /// What stands at a tick: the picture and the answers, without what depends on the way there.
  private struct Moment: Equatable {
    var view: ReplayView
    var answers: [ReplayAnswer?]

    init(_ replay: Replay) throws {
      view = replay.view
      (view.furthest, view.total) = (0, nil)
      answers = try [
        .windows(WindowsQuery(order: .key)), .output(OutputQuery()),
        .output(OutputQuery(stream: .late)), .output(OutputQuery(stream: .dead)),
        .time(TimeQuery()),
      ].map { try replay.answer($0, isCancelled: TimeTravel.never) }
    }
  }

  @Test(arguments: cases)
  func aWalkShowsWhatStepsShow(_ test: Case) throws {
    let steps = try replay(test)
    var moments = [try Moment(steps)]
    while !steps.view.isAtEnd {
      try steps.move(.events(1), isCancelled: Self.never)
      moments.append(try Moment(steps))
    }
    let walker = try replay(test)
    var random = SeededRandom(seed: 17)
    var tick = 0
    for _ in 0..<40 {
      let move: ReplayMove =
        switch Int.random(in: 0..<9, using: &random) {
        case 0: .events(Int64.random(in: -20...20, using: &random))
        case 1: .position(Int64.random(in: 0..<Int64(moments.count), using: &random))
        case 2: .nextFiring
        case 3: .previousFiring
        case 4: .nextLate
        case 5: .previousLate
        case 6: .nextCheckpoint
        case 7: .previousCheckpoint
        default: .eventTime(Int64.random(in: 0...600, using: &random))
        }
      try walker.move(move, isCancelled: Self.never)
      tick = Int(walker.view.position) + (walker.view.isAtEnd ? 1 : 0)
      let moment = try Moment(walker)
      #expect(moment == moments[tick], "tick \(tick) after \(move)")
      if moment != moments[tick] { return }
    }
  }

  @Test func anIndexKnowsWhatWasNotReadYet() throws {
    let test = Self.cases[1]
    let plain = try replay(test)
    let indexed = try replay(test, isIndexed: true)
    // Whether or not the index is there already, every move leads to the same place.
    var random = SeededRandom(seed: 3)
    for _ in 0..<40 {
      let move: ReplayMove =
        [.nextFiring, .previousFiring, .nextLate, .previousLate, .nextCheckpoint]
        .randomElement(using: &random) ?? .nextFiring
      try plain.move(move, isCancelled: Self.never)
      try indexed.move(move, isCancelled: Self.never)
      #expect(try Moment(indexed) == Moment(plain), "\(move)")
    }
    indexed.close()
  }

  @Test(arguments: cases)
  func whatIsInAWindowIsWhatItCounts(_ test: Case) throws {
    let replay = try replay(test)
    try replay.move(.position(90), isCancelled: Self.never)
    let windows = replay.view.windows
    #expect(!windows.isEmpty)
    for window in windows where !test.trigger.isDiscarding {
      let query = ReplayQuery.window(window.id, node: nil, limit: 1000)
      guard case .window(let detail?)? = try replay.answer(query, isCancelled: Self.never) else {
        Issue.record("nothing is known of \(window.id)")
        continue
      }
      // A count window begins anew under the bounds of its rows, and so may share them with another.
      if test.assigner != .count(4), test.assigner != .global {
        #expect(detail.eventCount == Int(window.rows), "\(window)")
        let positions = detail.events.map(\.position)
        #expect(positions == positions.sorted() && Set(positions).count == positions.count)
        // Early firings before the bounds grew are another session's.
        if case .session = test.assigner { continue }
        #expect(detail.firings.count == window.firings, "\(window)")
        if let last = detail.firings.last { #expect(last.values == window.values) }
      }
    }
  }

  /// What the fates of all records say, added up, is what the account says.
  @Test(arguments: [cases[1], cases[7], cases[13], cases[15]])
  func theFatesOfAllRecordsMakeTheAccount(_ test: Case) throws {
    let replay = try replay(test)
    try replay.move(.position(180), isCancelled: Self.never)
    let account = replay.view.accounting
    var (taken, filtered, late, bad, between) = (0, 0, 0, 0, 0)
    var firings: Int64 = 0
    for position in 0..<replay.view.position {
      guard case .event(let fate?)? = try replay.answer(.event(position), isCancelled: Self.never)
      else {
        Issue.record("record \(position) has no fate")
        return
      }
      #expect(fate.raw.hasPrefix("{\"ts\":") || fate.raw == "broken")
      firings += Int64(fate.firings.count)
      switch fate.steps.last {
      case .bad: bad += 1
      case .unassigned: between += 1
      case .filtered: filtered += 1
      case .late: late += 1
      case .assigned: taken += 1
      default: Issue.record("record \(position) ends at \(String(describing: fate.steps.last))")
      }
    }
    #expect(
      [taken, filtered, late, bad, between].map(Int64.init) == [
        account.emitted, account.filtered, account.late, account.bad, account.unassigned,
      ])
    #expect(account.isBalanced)
    guard
      case .output(let page)? = try replay.answer(.output(OutputQuery()), isCancelled: Self.never)
    else { return }
    #expect(firings == (page.counts["+I"] ?? 0) + (page.counts["+U"] ?? 0))
  }

  /// What a sink wrote since the last checkpoint is open, all before it is committed.
  @Test func rowsAreOpenUntilACheckpoint() throws {
    let replay = try replay(Self.cases[0])
    var (written, atCheckpoint, checkpoints) = (Int64(0), Int64(0), 0)
    var mostOpen: Int64 = 0
    while true {
      let before = written
      try replay.move(.events(1), isCancelled: Self.never)
      let view = replay.view
      let sink = try #require(view.boxes.first { $0.guarantee == .exactlyOnce })
      if view.isAtEnd {
        #expect(sink.stagedRows == 0 && sink.rowsIn > before)
        break
      }
      written = sink.rowsIn
      // Its barrier passes behind the record that made it due.
      if view.checkpoints.count > checkpoints { atCheckpoint = written }
      checkpoints = view.checkpoints.count
      #expect(sink.stagedRows == written - atCheckpoint)
      mostOpen = max(mostOpen, sink.stagedRows)
    }
    #expect(checkpoints > 3 && mostOpen > 1)
  }

  @Test func goingToAWindowStandsBeforeItFires() throws {
    let replay = try replay(Self.cases[0])
    try replay.move(.position(60), isCancelled: Self.never)
    let open = try #require(replay.view.windows.first { $0.state == .open })
    try replay.move(.window(open.id), isCancelled: Self.never)
    #expect(replay.view.watermark < open.end - 1)
    try replay.move(.events(1), isCancelled: Self.never)
    #expect(replay.view.watermark >= open.end - 1)
    // Now it is past: its beginning is meant.
    try replay.move(.window(open.id), isCancelled: Self.never)
    #expect(!replay.view.windows.contains { $0.id == open.id })
    #expect((replay.view.maxEventTime ?? .min) < open.start)
  }

  @Test func checkpointsAreMeasuredByOperator() throws {
    let replay = try replay(Self.cases[0])
    try replay.move(.position(120), isCancelled: Self.never)
    let answer = try replay.answer(.checkpoints, isCancelled: Self.never)
    guard case .checkpoints(let list)? = answer else {
      Issue.record("no answer")
      return
    }
    #expect(list.count > 3)
    #expect(list.allSatisfy { ($0.bytes ?? 0) > 0 })
    #expect(list.map(\.view) == replay.view.checkpoints)
  }

  @Test func historyFindsTheNearestOnBothSides() {
    var history = ReplayHistory()
    let ticks: [Int64] = [1, 63, 64, 65, 200, 4096]
    for tick in ticks { history.note(.late, at: tick) }
    for tick in Int64(0)...4100 {
      #expect(history.next(.late, after: tick) == ticks.first { $0 > tick })
      #expect(history.previous(.late, before: tick) == ticks.last { $0 < tick })
    }
    #expect(history.next(.firing, after: 0) == nil && history.previous(.firing, before: 9) == nil)
  }
}

/// Sessions that a row joins.
@Suite struct MergingSessions {
  @Test func whatASessionWasMadeOfIsRemembered() throws {
    var job = WindowJob()
    job.assigner = .session(gapMs: 10)
    job.outOfOrdernessMs = 100
    let lines = [0, 20, 22, 10, 60].map { "{\"ts\":\($0),\"key\":\"k\",\"value\":1}\n" }
    let source = MemorySource([(name: "s", text: lines.joined())])
    let replay = try Replay(graph: try job.graph(source))
    // A session that grows has merged with none.
    try replay.move(.position(3), isCancelled: { false })
    #expect(replay.view.windows.map(\.mergedFrom) == [[], []])
    try replay.move(.position(4), isCancelled: { false })
    let merged = try #require(replay.view.windows.first)
    #expect(merged.start == 0 && merged.end == 32 && merged.rows == 4)
    #expect(merged.mergedFrom == [.init(start: 0, end: 10), .init(start: 20, end: 32)])
    try replay.move(.events(-1), isCancelled: { false })
    #expect(replay.view.windows.count == 2)
  }
}
