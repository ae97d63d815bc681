import Engine
import TestSupport
import Testing

/// One line of events in (`key@time`, out of order as they stand), one line of firings out
/// (`key[start,end)=count`, `+U` and `-U` where a result is replaced).
@Suite struct WindowDiagrams {
  struct Diagram: Sendable, CustomTestStringConvertible {
    var title: String
    var events: String
    var bound: Int64 = 0
    var lateness: Int64 = 0
    var policy = LatePolicy.drop
    var size: Int64 = 10
    var offset: Int64 = 0
    var fires: String
    var late = ""
    var testDescription: String { title }
  }

  static let diagrams = [
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
      events: "b@21 a@1 b@2 a@11 a@50", bound: 30, fires:
        "a[0,10)=1 b[0,10)=1 a[10,20)=1 b[20,30)=1 a[50,60)=1"),
    Diagram(
      title: "negative times have windows that start below them",
      events: "a@-1 a@-10 a@-11 a@5", bound: 100, fires: "a[-20,-10)=1 a[-10,0)=2 a[0,10)=1"),
    Diagram(
      title: "an offset moves every edge",
      events: "a@3 a@4 a@13 a@14", size: 10, offset: 4, fires: "a[-6,4)=1 a[4,14)=2 a[14,24)=1"),
    Diagram(
      title: "a negative offset does so too",
      events: "a@3 a@7 a@8", size: 10, offset: -2, fires: "a[-2,8)=2 a[8,18)=1"),
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

  @Test(arguments: diagrams)
  func theEventsGiveTheFirings(_ diagram: Diagram) throws {
    var job = WindowJob()
    job.aggregates = [("n", .count, nil)]
    job.sizeMs = diagram.size
    job.offsetMs = diagram.offset
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
  private func ms(_ time: String) -> Int {
    let seconds = Int(time.suffix(7).prefix(2)) ?? 0
    let rest = Int(time.dropLast().suffix(3)) ?? 0
    let value = seconds * 1000 + rest
    return time.hasPrefix("1969") ? value - 60_000 : value
  }
}
