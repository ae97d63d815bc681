import Columns
import Engine
import Runtime
import TestSupport
import Testing

@testable import Studio

/// Every situation that can be asked why, and what the answer must say: the rule with its numbers,
/// then Flink's word for it.
@Suite struct WhyTableTests {
  struct Situation: Sendable, CustomTestStringConvertible {
    var name: String
    var says: [String]
    /// Words that would be wrong here.
    var never: [String] = []
    var answer: @Sendable () throws -> [WhyLine]

    var testDescription: String { name }
  }

  @Test(arguments: windows + events + outputs + stalls + steps)
  func theAnswerIsTheRuleWithItsNumbers(situation: Situation) throws {
    let text = try situation.answer().map(\.text).joined(separator: "\n")
    for words in situation.says { #expect(text.contains(words), "\(words)\n---\n\(text)") }
    for words in situation.never { #expect(!text.contains(words), "\(words)\n---\n\(text)") }
  }

  // MARK: a log and a job

  /// Windows of 10 s, the watermark 2 s behind, updates for 5 s; times are seconds after midnight.
  private static func replay(
    _ times: [(Double, String)], _ change: (inout WindowJob) -> Void = { _ in }
  ) throws -> Replay {
    var job = WindowJob()
    job.sizeMs = 10_000
    job.outOfOrdernessMs = 2000
    job.allowedLatenessMs = 5000
    job.late = .update
    change(&job)
    let lines = times.map { time, key in
      key == "bad" ? "broken\n" : "{\"ts\":\(Int(time * 1000)),\"key\":\"\(key)\",\"value\":1}\n"
    }
    return try Replay(graph: try job.graph(MemorySource([(name: "log", text: lines.joined())])))
  }

  /// A window opens, fires, is updated by a late row, is purged; then a row is too late.
  private static let life: [(Double, String)] = [
    (61, "a"), (63, "a"), (72, "a"), (65, "a"), (77, "a"), (66, "a"),
  ]

  /// The window that starts at a second, after so many records.
  private static func window(
    _ replay: Replay, from start: Double, after records: Int64
  ) throws -> [WhyLine] {
    try replay.move(.position(records), isCancelled: { false })
    let view = replay.view
    let window = try #require(view.windows.first { $0.start == Int64(start * 1000) })
    return WindowWhy.explain(window, in: view)
  }

  private static func endless(_ change: (inout WindowJob) -> Void) throws -> [WhyLine] {
    let replay = try Self.replay([(61, "a"), (62, "a"), (63, "a")], change)
    try replay.move(.position(2), isCancelled: { false })
    return WindowWhy.explain(try #require(replay.view.windows.last), in: replay.view)
  }

  private static func event(
    _ position: Int64, _ times: [(Double, String)], _ change: (inout WindowJob) -> Void = { _ in }
  ) throws -> [WhyLine] {
    let replay = try Self.replay(times, change)
    try replay.move(.end, isCancelled: { false })
    guard case .event(let fate)? = try replay.answer(.event(position), isCancelled: { false })
    else { return [] }
    return EventWhy.explain(fate, position: position)
  }

  // MARK: windows

  private static let windows = [
    Situation(
      name: "an open window",
      says: [
        "It fires when watermark ≥ end − 1 ms = 00:01:09.999. The watermark is 00:01:00.999.",
        "That is 9 s of event time away.",
        "stays 2 s behind the newest event, so it needs an event at ≥ 00:01:12.000.",
        "The newest event so far is at 00:01:03.000.", "Flink: EventTimeTrigger",
      ]
    ) { try window(try replay(life), from: 60, after: 2) },
    Situation(
      name: "a fired window",
      says: [
        "The watermark has passed it, so its result was emitted.",
        "kept for late rows until watermark ≥ 00:01:14.999: 5 s more (allowed lateness 5 s).",
        "Flink: allowedLateness",
      ], never: ["early"]
    ) { try window(try replay(life), from: 60, after: 3) },
    Situation(
      name: "a window updated by a late row",
      says: [
        "A row came after it had fired and within the allowed lateness, so it fired again, for the"
          + " 2nd time: 2, 2 → 3, 3.", "total = 3  (was 2)",
      ]
    ) { try window(try replay(life), from: 60, after: 4) },
    Situation(
      name: "a purged window",
      says: [
        "It fired 2×, and its state was dropped when the watermark reached 00:01:14.999 (end − 1 ms"
          + " + allowed lateness 5 s).", "A row that comes for it now is late",
        "Flink: a window is removed at its end plus the allowed lateness.",
      ]
    ) { try window(try replay(life), from: 60, after: 5) },
    Situation(
      name: "a session made of two",
      says: [
        "A session ends 5 s after its newest event",
        "A row joined 2 sessions into this one: [00:01:01, :06), [00:01:08, :13).",
        "Flink: EventTimeSessionWindows is a MergingWindowAssigner",
      ]
    ) {
      let replay = try Self.replay([(61, "a"), (68, "a"), (64, "a")]) {
        $0.assigner = .session(gapMs: 5000)
        $0.outOfOrdernessMs = 60_000
      }
      return try window(replay, from: 61, after: 3)
    },
    Situation(
      name: "a window that fired early",
      says: [
        "It also fires as the watermark passes a multiple of 5 s.",
        "It has fired 1× early, by its trigger: the watermark is not there yet. What came out is the"
          + " result so far.", "That is 4 s of event time away.",
        "Flink: ContinuousEventTimeTrigger fires before the end.",
      ], never: ["The watermark has passed it"]
    ) {
      let replay = try Self.replay([(61, "a"), (68, "a")]) { $0.trigger.earlyMs = 5000 }
      return try window(replay, from: 60, after: 2)
    },
    Situation(
      name: "a window that fired early and was emptied",
      says: [
        "What came out is what came since the firing before.",
        "Flink: CountTrigger fires before the end, in a PurgingTrigger that empties the window.",
      ]
    ) {
      let replay = try Self.replay([(61, "a"), (62, "a"), (63, "a")]) {
        $0.trigger = WindowTrigger(everyRows: 2, isDiscarding: true)
        $0.allowedLatenessMs = 0
        $0.late = .drop
      }
      return try window(replay, from: 60, after: 3)
    },
    Situation(
      name: "a count window",
      says: [
        "It fires with row number 3, whatever the watermark.",
        "It holds 2 rows: 1 more and it fires.", "and does not matter to it.",
        "Flink: countWindow(3): GlobalWindows with PurgingTrigger.of(CountTrigger).",
      ], never: ["end − 1 ms"]
    ) { try endless { $0.assigner = .count(3) } },
    Situation(
      name: "a global window with a trigger",
      says: [
        "It has no end. It fires with every 5 rows.", "It holds 2 rows: with 3 more it fires.",
        "Flink: GlobalWindows with CountTrigger.of(5).",
      ]
    ) {
      try endless {
        $0.assigner = .global
        $0.trigger.everyRows = 5
        $0.allowedLatenessMs = 0
        $0.late = .drop
      }
    },
    Situation(
      name: "a global window without a trigger",
      says: [
        "It holds 2 rows: it fires when the input ends.",
        "Flink: GlobalWindows with a NeverTrigger",
      ]
    ) {
      try endless {
        $0.assigner = .global
        $0.allowedLatenessMs = 0
        $0.late = .drop
      }
    },
  ]

  // MARK: events

  private static let events = [
    Situation(
      name: "an event on time",
      says: [
        "○ window: in window of a", "[00:01:00, :10)",
        "It is on time: the watermark 00:00:58.999 was before end − 1 ms = 00:01:09.999, so the"
          + " window had not fired.", "Flink: WindowAssigner.assignWindows",
        "It moved the watermark to 00:01:00.999.",
      ]
    ) { try event(1, life) },
    Situation(
      name: "a late event that updates",
      says: [
        "◉ window: in window of a, which had fired: its result changes",
        "The watermark 00:01:09.999 ≥ end − 1 ms = 00:01:09.999: it had fired. It is kept until"
          + " watermark ≥ 00:01:14.999 (allowed lateness 5 s), so it fires again with this row.",
        "Flink: allowedLateness", "It did not move the watermark.",
      ], never: ["on time"]
    ) { try event(3, life) },
    Situation(
      name: "a late event that is dropped",
      says: [
        "! window: late for [00:01:00, :10)",
        "A row is late when watermark ≥ end − 1 ms + allowed lateness (5 s) = 00:01:14.999. The"
          + " watermark was 00:01:14.999: it came 0 s too late.",
        "Flink: isWindowLate; the row goes to sideOutputLateData, and counts in"
          + " numLateRecordsDropped.",
      ]
    ) { try event(5, life) },
    Situation(
      name: "a filtered event",
      says: [
        "− filter: value > 5 is not true (false, or NULL), so it goes no further",
        "Flink: DataStream.filter",
      ]
    ) { try event(0, life) { $0.filter = "value > 5" } },
    Situation(
      name: "a line that cannot be read",
      says: [
        "So it is a dead letter: kept with its place, and counted as bad.",
        "Flink: a DeserializationSchema that throws fails the job",
        "It has no event time, and moves no watermark.",
      ]
    ) { try event(1, [(61, "a"), (62, "bad")]) },
    Situation(
      name: "an event between windows",
      says: [
        "− window: between windows, so it is in none",
        "Windows of 5 s start every 10 s: of each 10 s the last 5 s are in no window, and"
          + " 00:01:08.000 is there.", "Flink: SlidingEventTimeWindows with a slide over the size",
      ]
    ) {
      try event(0, [(68, "a")]) {
        $0.assigner = .sliding(sizeMs: 5000, slideMs: 10_000, offsetMs: 0)
      }
    },
    Situation(name: "an event that was not read yet", says: ["Record 9 has not been read here."]) {
      try event(9, life)
    },
  ]

  // MARK: what came out

  /// The answer to `w` on a row of the output, the newest first.
  private static func output(
    _ stream: OutputQuery.Stream, newest: Int, _ times: [(Double, String)],
    _ change: (inout WindowJob) -> Void = { _ in }
  ) throws -> [WhyLine] {
    let replay = try Self.replay(times, change)
    try replay.move(.end, isCancelled: { false })
    var state = try Scene.run()
    state.screen = .output
    state.run?.view = replay.view
    state.run?.output.stream = stream
    guard
      case .output(let page)? = try replay.answer(
        .output(OutputQuery(stream: stream)), isCancelled: { false })
    else { return [] }
    state.run?.output.take(page)
    let ids = try #require(state.run?.output.ids)
    state.run?.output.list.selected = ids.element(at: newest)
    let subject = try #require(state.whySubject)
    let question = try #require(subject.question)
    let answer = try #require(try replay.answer(question, isCancelled: { false }))
    state.run?.whyAnswer = WhyAnswer(query: question, answer: answer)
    return state.explain(subject)
  }

  private static let outputs = [
    Situation(
      name: "a result of a window on time",
      says: [
        "+I, INSERT: the first result of its window", "● window [00:01:00, :10) of a, 2 rows",
        "It fires when watermark ≥ end − 1 ms = 00:01:09.999: record 2 moved the watermark from"
          + " 00:01:00.999 to 00:01:09.999.", "Flink: EventTimeTrigger.onEventTime returns FIRE.",
        "record 2 of log",
      ]
    ) { try output(.results, newest: 2, life) },
    Situation(
      name: "a result that a late row changed",
      says: [
        "+U, UPDATE_AFTER: it stands for the result of before",
        "It had fired, for the watermark 00:01:09.999 ≥ end − 1 ms = 00:01:09.999. record 3 is late"
          + " for it, within the allowed lateness: it fires again.",
      ]
    ) { try output(.results, newest: 1, life) },
    Situation(
      name: "a result of the end of the input",
      says: [
        "At the end of the input the watermark goes to the end of time, so every open window fires",
        "Watermark.MAX_WATERMARK",
      ]
    ) { try output(.results, newest: 0, life) },
    Situation(
      name: "an early result",
      says: [
        "Its trigger fired it early: the watermark 00:01:05.999 is before end − 1 ms ="
          + " 00:01:09.999. It is the result so far.", "Flink: ContinuousEventTimeTrigger",
      ]
    ) { try output(.results, newest: 1, [(61, "a"), (68, "a")]) { $0.trigger.earlyMs = 5000 } },
    Situation(
      name: "a result of a count window",
      says: [
        "No time ends it: record 1 was the row that its trigger waited for.",
        "Flink: GlobalWindows with CountTrigger",
      ]
    ) { try output(.results, newest: 0, [(61, "a"), (62, "a")]) { $0.assigner = .count(2) } },
    Situation(
      name: "a row of the late stream",
      says: ["record 5 of log", "! window: late for [00:01:00, :10)", "sideOutputLateData"]
    ) { try output(.late, newest: 0, life) },
    Situation(
      name: "a dead letter", says: ["record 1 of log", "broken", "So it is a dead letter"]
    ) { try output(.dead, newest: 0, [(61, "a"), (62, "bad")]) },
  ]

  // MARK: stalls

  private static let base: Int64 = 36_000_000

  private static func stall(
    _ splits: [(name: String, newest: Int64?, state: WatermarkStatus.State)], holder: Int?,
    spec: WatermarkSpec = WatermarkSpec(outOfOrdernessMs: 5000), combined: Int64 = base - 2001,
    last: Int64? = nil
  ) -> [WhyLine] {
    let status = WatermarkStatus(
      splits: splits.map { split in
        WatermarkStatus.Split(
          name: split.name, records: 7, newest: split.newest,
          watermark: split.newest.map { $0 - 5001 } ?? minWatermark, state: split.state)
      }, combined: combined, holder: holder, driftMs: nil, now: nil, spec: spec)
    var view = ReplayView()
    view.watermarkStatus = status
    view.watermark = combined
    view.maxEventTime = splits.compactMap(\.newest).max()
    view.lastEventTime = last
    return WatermarkWhy.explain(view)
  }

  private static let stalls = [
    Situation(
      name: "no event yet",
      says: [
        "For the first event: none has given an event time yet, so there is no watermark.",
        "it has given no event time yet",
      ]
    ) { stall([("a", nil, .active)], holder: 0, combined: minWatermark) },
    Situation(
      name: "an event out of order",
      says: [
        "For the log to give an event newer than 10:00:03.000.",
        "The last event, at 10:00:01.000, came out of order: it is behind the newest, 10:00:03.000,"
          + " and moved nothing.",
      ]
    ) { stall([("a", base + 3000, .active)], holder: 0, last: base + 1000) },
    Situation(
      name: "a split that holds it back",
      says: [
        "split b: newest 10:00:03.000 − 5 s − 1 ms",
        "For b to give an event newer than 10:00:03.000.",
        "idle_after is not set: were it silent, it would hold the watermark for ever.",
        "The lowest over the splits that count",
      ]
    ) { stall([("a", base + 9000, .active), ("b", base + 3000, .active)], holder: 1) },
    Situation(
      name: "a split that has given nothing",
      says: [
        "For b: it has given no event yet, and counts with the beginning of time.",
        "idle_after is not set: a split that stays silent holds it for ever.",
      ]
    ) { stall([("a", base, .active), ("b", nil, .active)], holder: 1, combined: minWatermark) },
    Situation(
      name: "an idle split",
      says: [
        "Not for c: it is idle, silent since 10:00:01.000 (longer than idle_after, 30 s), and holds"
          + " nothing back.", "Flink: WatermarkStrategy.withIdleness.",
        "Silent for longer than idle_after (30 s), it would no longer count.",
      ]
    ) {
      stall(
        [("b", base + 3000, .active), ("c", base, .idle(since: base + 1000))], holder: 0,
        spec: WatermarkSpec(outOfOrdernessMs: 5000, idleAfterMs: 30_000))
    },
    Situation(
      name: "a split back from idle",
      says: [
        "Not for c: it is back from idle, and counts once its watermark has reached 09:59:57.999",
        "Flink: WatermarkStatus.ACTIVE",
      ]
    ) { stall([("b", base + 3000, .active), ("c", base, .catchingUp)], holder: 0) },
    Situation(
      name: "an alignment pause",
      says: [
        "a is paused: it is 6 s ahead of b, over max_drift (4 s). It is read on when b has come"
          + " closer; paused is not idle.", "Flink: WatermarkStrategy.withWatermarkAlignment",
      ]
    ) {
      stall(
        [("a", base + 9000, .paused(aheadOf: "b", byMs: 6000)), ("b", base + 3000, .active)],
        holder: 1, spec: WatermarkSpec(outOfOrdernessMs: 5000, maxDriftMs: 4000))
    },
    Situation(
      name: "the end of the input",
      says: [
        "For nothing: the input has ended, the watermark is at the end of time",
        "Watermark.MAX_WATERMARK",
      ], never: ["newer than"]
    ) { stall([("a", base, .ended)], holder: nil, combined: maxWatermark) },
    Situation(
      name: "a clock that is wrong",
      says: [
        "An event more than 60 m ahead of the watermark (max_future) moves nothing: it is a dead"
          + " letter"
      ]
    ) {
      stall(
        [("a", base, .active)], holder: 0,
        spec: WatermarkSpec(outOfOrdernessMs: 5000, maxFutureMs: 3_600_000))
    },
    Situation(
      name: "processing time",
      says: [
        "For the clock: it moves with the time of reading", "Flink: processing time",
        "Event time is the time of reading; the watermark is the clock less 1 ms.",
      ], never: ["newer than"]
    ) {
      stall([("a", nil, .active)], holder: nil, spec: WatermarkSpec(strategy: .processingTime))
    },
  ]

  // MARK: operators, and who holds them up

  private static func step(
    _ index: Int, parallelism: Int = 1, _ load: PipelineLoad? = nil
  ) throws -> [WhyLine] {
    let replay = try Self.replay(life) { $0.parallelism = parallelism }
    try replay.move(.end, isCancelled: { false })
    return StepWhy.explain(index, in: replay.view, load: load)
  }

  private static func load(_ busy: [Double?], _ waited: [Double?], watched: Double) -> PipelineLoad
  {
    PipelineLoad(
      boxes: zip(busy, waited).map { .init(rate: 1, busy: $0, backPressured: $1) },
      watched: watched)
  }

  /// Source, parse, window, aggregate, and three sinks.
  private static let pressed = load(
    [0.02, 0.2, 0.6, nil, 0.05, 0, 0], [0.85, 0.65, 0.05, nil, 0, 0, 0], watched: 0.1)

  private static let steps = [
    Situation(
      name: "an operator that forwards",
      says: [
        "FORWARD: each row is handed on where it is, in order; nothing is sent around.",
        "One subtask, in a run too.", "6 in, 6 out",
        "— Busy and back pressure are measured while it plays.",
      ]
    ) { try step(1) },
    Situation(
      name: "a keyed operator of four subtasks",
      says: [
        "HASH: the key is hashed to a key group", "! 1 late",
        "4 subtasks in a run (the pipeline's parallelism). A replay uses one of each operator",
        "Max parallelism 128", "subtask 1/4  key groups 0–31", "subtask 4/4  key groups 96–127",
      ]
    ) { try step(2, parallelism: 4) },
    Situation(
      name: "key groups that do not divide",
      says: [
        "subtask 1/3  key groups 0–42", "subtask 2/3  key groups 43–85",
        "subtask 3/3  key groups 86–127",
      ]
    ) { try step(2, parallelism: 3) },
    Situation(
      name: "rows that come together",
      says: [
        "REBALANCE: the rows of 4 subtasks of aggregate come together in one, in a fixed order."
      ]
    ) { try step(4, parallelism: 4) },
    Situation(
      name: "rows that are dealt out",
      says: [
        "REBALANCE: the rows of 1 subtask of source are dealt out to 4, a block at a time, whatever"
          + " their keys."
      ]
    ) { try step(1, parallelism: 4) },
    Situation(
      name: "the bottleneck",
      says: [
        "busy 60 %, HIGH: the share of the last second in which it worked.",
        "▲ It is the bottleneck: the busiest operator (60 %), and the source is more back-pressured"
          + " (85 %) than idle (3 %).",
        "Flink: busyTimeMsPerSecond, backPressuredTimeMsPerSecond, idleTimeMsPerSecond",
      ]
    ) { try step(2, pressed) },
    Situation(
      name: "an operator that is held up",
      says: [
        "back-pressured 65 %, HIGH: the share in which its rows waited because operators after it"
          + " worked: window 60 % + sink 5 %",
        "idle 5 %: it had no rows to work on. The other 10 % went to the studio",
        "▲ The bottleneck is window: the busiest operator (60 %)",
      ]
    ) { try step(1, pressed) },
    Situation(
      name: "an aggregate, chained with its window",
      says: ["Its work is measured with that of the window: the two are chained, one operator."]
    ) { try step(3, pressed) },
    Situation(
      name: "a playhead that waits",
      says: [
        "The playhead waits for the log's time: the source is idle, and nothing holds it up. At"
          + " speed max it reads as fast as the operators can.", "idle 97 %",
      ], never: ["bottleneck"]
    ) {
      try step(
        0, load([0, 0.01, 0.01, nil, 0, 0, 0], [0.02, 0.01, 0, nil, 0, 0, 0], watched: 0.01))
    },
    Situation(
      name: "neither",
      says: ["There is no bottleneck: the source is more idle than back-pressured."]
    ) {
      try step(
        0, load([0.1, 0.1, 0.1, nil, 0, 0, 0], [0.2, 0.1, 0, nil, 0, 0, 0], watched: 0.25))
    },
  ]
}
