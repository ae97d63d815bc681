import Foundation
import Testing

/// Watermark options through the program itself.
@Suite struct WatermarkRuns {
  private static let splits = (
    a: """
    {"ts":100000,"at":0,"key":"a","value":1}
    {"ts":165000,"at":20000,"key":"a","value":1}
    {"ts":300000,"at":90000,"key":"a","value":1}

    """,
    b: """
    {"ts":50000,"at":1000,"key":"b","value":1}
    {"ts":60000,"at":88000,"key":"b","value":1}

    """
  )

  private func run(_ watermark: String) throws -> (outcome: Program.Outcome, late: Bool) {
    let place = try Workplace()
    try place.write("a.jsonl", Self.splits.a)
    try place.write("b.jsonl", Self.splits.b)
    try place.writePipeline([
      ("path: log.jsonl", "path: [a.jsonl, b.jsonl]"),
      ("key: STRING", "at: { type: TIMESTAMP_LTZ(3), unit: ms }\n      key: STRING"),
      ("event_time: ts\n", "event_time: ts\n    arrival: at\n"),
      ("watermark: { out_of_orderness: 1 s, max_future: 1 d }", "watermark: \(watermark)"),
    ])
    let outcome = try Program.run("run", "p.yaml", in: place.folder)
    return (outcome, outcome.errors.contains("late      1"))
  }

  @Test func aSilentSplitMakesItsLateRowLate() throws {
    let waiting = try run("{ out_of_orderness: 1 s }")
    #expect(waiting.outcome.status == 0 && !waiting.late)
    let idle = try run("{ out_of_orderness: 1 s, idle_after: 30 s }")
    #expect(idle.outcome.status == 0 && idle.late)
  }

  @Test func theSummarySaysHowFarEachOfSeveralSplitsWasRead() throws {
    let errors = try run("{ out_of_orderness: 1 s }").outcome.errors
    #expect(errors.contains("split 3 records   a.jsonl, newest 1970-01-01T00:05:00.000Z, ended"))
    #expect(errors.contains("split 2 records   b.jsonl, newest 1970-01-01T00:01:00.000Z, ended"))
  }

  @Test func processingTimeIsTheRecordedArrival() throws {
    let place = try Workplace()
    try place.write("a.jsonl", Self.splits.a)
    try place.writePipeline([
      ("path: log.jsonl", "path: a.jsonl"),
      ("key: STRING", "at: { type: TIMESTAMP_LTZ(3), unit: ms }\n      key: STRING"),
      ("event_time: ts\n", "arrival: at\n"),
      ("watermark: { out_of_orderness: 1 s, max_future: 1 d }", "watermark: processing_time"),
    ])
    let outcome = try Program.run("run", "p.yaml", in: place.folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let rows = place.read("out.jsonl").split(separator: "\n")
    #expect(rows.count == 2 && rows[0].contains("\"n\":2") && rows[1].contains("00:01:00.000Z"))
  }

  @Test func processingTimeIsTheClockAndTheCheckSaysSo() throws {
    let place = try Workplace()
    try place.write("log.jsonl", Self.splits.a)
    try place.writePipeline([
      (
        "event_time: ts\n    watermark: { out_of_orderness: 1 s, max_future: 1 d }",
        "watermark: processing_time"
      )
    ])
    let check = try Program.run("check", "p.yaml", in: place.folder)
    #expect(check.status == 0 && (check.output + check.errors).contains("results depend on when"))
    let before = Date()
    let run = try Program.run("run", "p.yaml", in: place.folder)
    #expect(run.status == 0, "\(run.errors)")
    let year = Calendar(identifier: .gregorian).component(.year, from: before)
    #expect(place.read("out.jsonl").contains("\"window_start\":\"\(year)"))
  }
}
