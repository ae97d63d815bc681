import Columns
import Engine
import TestSupport
import Testing

/// One line of events in (`key@time`, out of order as they stand), one line of firings out
/// (`key[start,end)=count`, `+U` and `-U` where a result is replaced, `-D` where it is taken back).
@Suite struct WindowDiagrams {
  struct Diagram: Sendable, CustomTestStringConvertible {
    var title: String
    var events: String
    var window: WindowAssigner = .tumbling(sizeMs: 10, offsetMs: 0)
    var trigger = WindowTrigger()
    var bound: Int64 = 0
    var lateness: Int64 = 0
    var policy = LatePolicy.drop
    /// Sums the values rather than counting the rows.
    var sums = false
    var fires: String
    var late = ""
    var testDescription: String { title }
  }

  @Test(arguments: tumbling + sliding + cumulating + sessions + triggers + counts)
  func theEventsGiveTheFirings(_ diagram: Diagram) throws {
    var job = WindowJob()
    job.aggregates =
      diagram.sums ? [("total", .sum, "value")] : [("n", .count, nil)]
    job.assigner = diagram.window
    job.trigger = diagram.trigger
    job.outOfOrdernessMs = diagram.bound
    job.allowedLatenessMs = diagram.lateness
    job.late = diagram.policy
    for step in [1, Int.max] {
      let output = try job.run([("log", WindowJob.lines(diagram.events))], maxRecords: step)
      #expect(firings(output.results) == diagram.fires, "records in a round: \(step)")
      #expect(late(output.late) == diagram.late)
      #expect(output.isBalanced)
    }
  }

  private func firings(_ rows: [String]) -> String {
    rows.map { row in
      let parts = row.split(separator: " ").map(String.init)
      let kind = parts[4] == "+I" ? "" : parts[4]
      return "\(kind)\(parts[0])[\(ms(parts[1])),\(ms(parts[2])))=\(parts[3])"
    }.joined(separator: " ")
  }

  private func late(_ rows: [String]) -> String {
    rows.map { row in
      let parts = row.split(separator: " ").map(String.init)
      return "\(parts[1])@\(ms(parts[0]))"
    }.joined(separator: " ")
  }

  /// The milliseconds of a time near the epoch.
  private func ms(_ time: String) -> Int64 { parseTimestamp(time) ?? .min }

  private func parseTimestamp(_ text: String) -> Int64? {
    let parts = text.dropLast().split { "-T:.".contains($0) }.compactMap { Int64($0) }
    guard parts.count == 7 else { return nil }
    let days: Int64 = parts[0] == 1969 ? -1 : parts[2] - 1
    return (((days * 24 + parts[3]) * 60 + parts[4]) * 60 + parts[5]) * 1000 + parts[6]
  }
}

// MARK: - Tumbling

extension WindowDiagrams {
  static let tumbling = [
    Diagram(
      title: "a window fires when the watermark reaches its last millisecond",
      events: "a@1 a@9 a@10 b@11", fires: "a[0,10)=2 a[10,20)=1 b[10,20)=1"),
    Diagram(
      title: "an event one millisecond before the edge belongs to the window before it",
      events: "a@9 a@10 a@19 a@20", fires: "a[0,10)=1 a[10,20)=2 a[20,30)=1"),
    Diagram(
      title: "the watermark is the newest time less the bound less one",
      events: "a@0 a@12 a@9 a@13 a@9", bound: 3, fires: "a[0,10)=2 a[10,20)=2", late: "a@9"),
    Diagram(
      title: "an event at the bound is in time, one later is not",
      events: "a@5 a@10 a@9 a@11 a@9", bound: 1, fires: "a[0,10)=2 a[10,20)=2", late: "a@9"),
    Diagram(
      title: "windows that one watermark fires come out by their end, then by first arrival",
      events: "b@21 a@1 b@2 a@11 a@50", bound: 30,
      fires:
        "a[0,10)=1 b[0,10)=1 a[10,20)=1 b[20,30)=1 a[50,60)=1"),
    Diagram(
      title: "negative times have windows that start below them",
      events: "a@-1 a@-10 a@-11 a@5", bound: 100, fires: "a[-20,-10)=1 a[-10,0)=2 a[0,10)=1"),
    Diagram(
      title: "an offset moves every edge", events: "a@3 a@4 a@13 a@14",
      window: .tumbling(sizeMs: 10, offsetMs: 4), fires: "a[-6,4)=1 a[4,14)=2 a[14,24)=1"),
    Diagram(
      title: "a negative offset does so too", events: "a@3 a@7 a@8",
      window: .tumbling(sizeMs: 10, offsetMs: -2), fires: "a[-2,8)=2 a[8,18)=1"),
    Diagram(
      title: "drop: a row for a window that has fired is late",
      events: "a@1 a@15 a@2", fires: "a[0,10)=1 a[10,20)=1", late: "a@2"),
    Diagram(
      title: "update: each late row fires its window again, accumulating",
      events: "a@1 a@15 a@2 a@3", lateness: 20, policy: .update,
      fires: "a[0,10)=1 +Ua[0,10)=2 +Ua[0,10)=3 a[10,20)=1"),
    Diagram(
      title: "update: a row is late once the watermark has passed the allowed lateness",
      events: "a@1 a@14 a@2 a@15 a@3", lateness: 5, policy: .update,
      fires: "a[0,10)=1 +Ua[0,10)=2 a[10,20)=2", late: "a@3"),
    Diagram(
      title: "update: a key that is new to a fired window fires at once, as an insert",
      events: "a@1 a@15 b@2 b@3", lateness: 20, policy: .update,
      fires: "a[0,10)=1 b[0,10)=1 +Ub[0,10)=2 a[10,20)=1"),
    Diagram(
      title: "update: a window that nobody had opened may be opened late",
      events: "a@15 a@1", lateness: 20, policy: .update, fires: "a[0,10)=1 a[10,20)=1"),
    Diagram(
      title: "update: a window that is opened late fires once, not again with the next watermark",
      events: "a@15 a@1 a@30", lateness: 40, policy: .update,
      fires: "a[0,10)=1 a[10,20)=1 a[30,40)=1"),
    Diagram(
      title: "correct: the old result is taken back before the new one",
      events: "a@1 a@15 a@2", lateness: 20, policy: .correct,
      fires: "a[0,10)=1 -Ua[0,10)=1 +Ua[0,10)=2 a[10,20)=1"),
    Diagram(title: "no event, no window", events: "", fires: ""),
  ]

  /// Flink's documentation: prices at 08:05 and so on, a minute being 6 ms here.
  static let prices = "a@5=4 a@7=2 a@9=5 a@11=3 a@13=1 a@17=6"
}

// MARK: - Sliding and cumulating

extension WindowDiagrams {
  static let sliding = [
    Diagram(
      title: "Flink's documentation: tumbling 10 m", events: prices, bound: 10, sums: true,
      fires: "a[0,10)=11 a[10,20)=10"),
    Diagram(
      title: "Flink's documentation: sliding 10 m by 5 m", events: prices,
      window: .sliding(sizeMs: 10, slideMs: 5, offsetMs: 0), bound: 10, sums: true,
      fires: "a[0,10)=11 a[5,15)=15 a[10,20)=10 a[15,25)=6"),
    Diagram(
      title: "a row is in every window that holds it", events: "a@7 a@30",
      window: .sliding(sizeMs: 10, slideMs: 4, offsetMs: 0),
      fires: "a[0,10)=1 a[4,14)=1 a[24,34)=1 a[28,38)=1"),
    Diagram(
      title: "a row late for some of its windows is taken into the others",
      events: "a@3 a@11 a@7 a@21", window: .sliding(sizeMs: 10, slideMs: 5, offsetMs: 0),
      fires: "a[-5,5)=1 a[0,10)=1 a[5,15)=2 a[10,20)=1 a[15,25)=1 a[20,30)=1"),
    Diagram(
      title: "a row late for all of its windows is late",
      events: "a@3 a@21 a@3", window: .sliding(sizeMs: 10, slideMs: 5, offsetMs: 0),
      fires: "a[-5,5)=1 a[0,10)=1 a[15,25)=1 a[20,30)=1", late: "a@3"),
    Diagram(
      title: "update: a late row fires each window that is kept, the latest first",
      events: "a@3 a@14 a@4", window: .sliding(sizeMs: 10, slideMs: 5, offsetMs: 0), lateness: 20,
      policy: .update,
      fires:
        "a[-5,5)=1 a[0,10)=1 +Ua[0,10)=2 +Ua[-5,5)=2 a[5,15)=1 a[10,20)=1"),
    Diagram(
      title: "correct: each of them is taken back first",
      events: "a@3 a@10 a@4", window: .sliding(sizeMs: 10, slideMs: 5, offsetMs: 0), lateness: 20,
      policy: .correct,
      fires:
        "a[-5,5)=1 a[0,10)=1 -Ua[0,10)=1 +Ua[0,10)=2 -Ua[-5,5)=1 +Ua[-5,5)=2 a[5,15)=1 a[10,20)=1"),
    Diagram(
      title: "a slide over the size leaves gaps, and rows in them fall into no window",
      events: "a@1 a@7 a@11", window: .sliding(sizeMs: 5, slideMs: 10, offsetMs: 0),
      fires: "a[0,5)=1 a[10,15)=1"),
  ]

  static let cumulating = [
    Diagram(
      title: "Flink's documentation: cumulating 10 m by 2 m", events: prices,
      window: .cumulating(stepMs: 2, maxMs: 10, offsetMs: 0), bound: 10, sums: true,
      fires:
        "a[0,6)=4 a[0,8)=6 a[0,10)=11 a[10,12)=3 a[10,14)=4 a[10,16)=4 a[10,18)=10 a[10,20)=10"),
    Diagram(
      title: "a late row is in the windows that have not fired",
      events: "a@1 a@5 a@2 a@20", window: .cumulating(stepMs: 2, maxMs: 10, offsetMs: 0),
      fires:
        "a[0,2)=1 a[0,4)=1 a[0,6)=3 a[0,8)=3 a[0,10)=3 a[20,22)=1 a[20,24)=1 a[20,26)=1 a[20,28)=1 a[20,30)=1"
    ),
    Diagram(
      title: "a key that starts late starts with the window that is open",
      events: "a@5 b@1 a@7", window: .cumulating(stepMs: 4, maxMs: 8, offsetMs: 0),
      fires: "a[0,8)=2 b[0,8)=1"),
    Diagram(
      title: "update: fired windows of the row fire again, the shortest first",
      events: "a@1 a@5 a@0 a@8", window: .cumulating(stepMs: 2, maxMs: 8, offsetMs: 0),
      lateness: 20, policy: .update,
      fires:
        "a[0,2)=1 a[0,4)=1 +Ua[0,2)=2 +Ua[0,4)=2 a[0,6)=3 a[0,8)=3 a[8,10)=1 a[8,12)=1 a[8,14)=1 a[8,16)=1"
    ),
  ]
}

// MARK: - Sessions

extension WindowDiagrams {
  static let sessions = [
    Diagram(
      title: "rows less than a gap apart are one session, also those exactly one apart",
      events: "a@1 a@4 a@14 a@25 b@60", window: .session(gapMs: 10),
      fires: "a[1,24)=3 a[25,35)=1 b[60,70)=1"),
    Diagram(
      title: "a row between two sessions makes them one",
      events: "a@1 a@21 a@11 a@40", window: .session(gapMs: 10), bound: 30,
      fires: "a[1,31)=3 a[40,50)=1"),
    Diagram(
      title: "keys have sessions of their own", events: "a@1 b@5 a@12 b@40",
      window: .session(gapMs: 10), bound: 5, fires: "a[1,11)=1 b[5,15)=1 a[12,22)=1 b[40,50)=1"),
    Diagram(
      title: "a row for a session that is gone opens none: it is late",
      events: "a@1 b@30 a@2", window: .session(gapMs: 10), fires: "a[1,11)=1 b[30,40)=1",
      late: "a@2"),
    Diagram(
      title: "a row behind the watermark still joins a session that is open",
      events: "a@20 a@12 a@50", window: .session(gapMs: 10), fires: "a[12,30)=2 a[50,60)=1"),
    Diagram(
      title: "update: a late row within a fired session fires it again",
      events: "a@1 a@5 b@20 a@3 b@40", window: .session(gapMs: 10), lateness: 15, policy: .update,
      fires: "a[1,15)=2 +Ua[1,15)=3 b[20,30)=1 b[40,50)=1"),
    Diagram(
      title: "update: a late row that moves a fired session's bounds takes the old result back",
      events: "a@1 b@15 a@8 b@60", window: .session(gapMs: 10), lateness: 15, policy: .update,
      fires: "a[1,11)=1 -Da[1,11)=1 a[1,18)=2 b[15,25)=1 b[60,70)=1"),
    Diagram(
      title: "update: a late row bridges two sessions that have fired",
      events: "a@1 a@16 b@30 a@9 b@60", window: .session(gapMs: 10), lateness: 30, policy: .update,
      fires:
        "a[1,11)=1 a[16,26)=1 -Da[1,11)=1 -Da[16,26)=1 a[1,26)=3 b[30,40)=1 b[60,70)=1"),
    Diagram(
      title: "update: a bridge from a fired session to an open one waits for the new end",
      events: "a@1 a@16 a@9 b@40", window: .session(gapMs: 10), lateness: 30, policy: .update,
      fires: "a[1,11)=1 -Da[1,11)=1 a[1,26)=3 b[40,50)=1"),
    Diagram(
      title: "correct: within the same bounds the old result is taken back by -U",
      events: "a@1 a@5 b@20 a@3", window: .session(gapMs: 10), lateness: 15, policy: .correct,
      fires: "a[1,15)=2 -Ua[1,15)=2 +Ua[1,15)=3 b[20,30)=1"),
  ]
}

// MARK: - Triggers, counts, the global window

extension WindowDiagrams {
  static let triggers = [
    Diagram(
      title: "early: fires as the watermark passes each multiple, and at the end",
      events: "a@1 a@4 a@7 a@11", trigger: .init(earlyMs: 3),
      fires:
        "a[0,10)=2 +Ua[0,10)=3 +Ua[0,10)=3 a[10,20)=1 +Ua[10,20)=1 +Ua[10,20)=1 +Ua[10,20)=1"
    ),
    Diagram(
      title: "every 2 rows, and at the end", events: "a@1 a@2 a@3 a@11",
      trigger: .init(everyRows: 2), fires: "a[0,10)=2 +Ua[0,10)=3 a[10,20)=1"),
    Diagram(
      title: "on each row, with what was there before taken back", events: "a@1 a@2 a@11",
      trigger: .init(everyRows: 1), policy: .correct,
      fires:
        "a[0,10)=1 -Ua[0,10)=1 +Ua[0,10)=2 a[10,20)=1 -Ua[0,10)=2 +Ua[0,10)=2 -Ua[10,20)=1 +Ua[10,20)=1"
    ),
    Diagram(
      title: "correct: what is taken back is what came out, not what came in since",
      events: "a@1 a@2 a@3 a@4 a@11", trigger: .init(everyRows: 2), policy: .correct,
      fires:
        "a[0,10)=2 -Ua[0,10)=2 +Ua[0,10)=4 -Ua[0,10)=4 +Ua[0,10)=4 a[10,20)=1"),
    Diagram(
      title: "discarding: each firing gives the rows since the last",
      events: "a@1 a@2 a@3 a@11", trigger: .init(everyRows: 2, isDiscarding: true),
      fires: "a[0,10)=2 a[0,10)=1 a[10,20)=1"),
    Diagram(
      title: "discarding: a firing without rows since the last gives nothing",
      events: "a@1 a@2 a@11", trigger: .init(everyRows: 2, isDiscarding: true),
      fires: "a[0,10)=2 a[10,20)=1"),
    Diagram(
      title: "discarding: a late row comes out alone", events: "a@1 a@15 a@2",
      trigger: .init(isDiscarding: true), lateness: 20, policy: .update,
      fires: "a[0,10)=1 a[0,10)=1 a[10,20)=1"),
    Diagram(
      title: "sliding windows with a trigger fire each for themselves",
      events: "a@6 a@7 a@30", window: .sliding(sizeMs: 10, slideMs: 5, offsetMs: 0),
      trigger: .init(everyRows: 2),
      fires:
        "a[5,15)=2 a[0,10)=2 +Ua[0,10)=2 +Ua[5,15)=2 a[25,35)=1 a[30,40)=1"),
    Diagram(
      title: "a session that fired early and grows takes its early result back",
      events: "a@1 a@2 a@9 a@40", window: .session(gapMs: 10), trigger: .init(everyRows: 2),
      fires: "a[1,12)=2 -Da[1,12)=2 a[1,19)=3 a[40,50)=1"),
  ]

  static let counts = [
    Diagram(
      title: "count: fires with its last row; rows of a window that is not full stay",
      events: "a@1 b@2 a@9 a@4 b@3 a@5 a@6", window: .count(2),
      fires: "a[1,10)=2 b[2,4)=2 a[4,6)=2"),
    Diagram(
      title: "global: fires as its trigger says, and at the end if rows came since",
      events: "a@1 a@2 a@3 b@9", window: .global, trigger: .init(everyRows: 2),
      fires: "a[1,3)=2 +Ua[1,4)=3 b[9,10)=1"),
    Diagram(
      title: "global, discarding: only the rows since the last firing",
      events: "a@1 a@2 a@3", window: .global, trigger: .init(everyRows: 2, isDiscarding: true),
      fires: "a[1,3)=2 a[3,4)=1"),
    Diagram(
      title: "global: fires as the watermark passes each multiple", events: "a@1 a@12 a@13 b@25",
      window: .global, trigger: .init(earlyMs: 10), fires: "a[1,13)=2 +Ua[1,14)=3 b[25,26)=1"),
  ]
}
