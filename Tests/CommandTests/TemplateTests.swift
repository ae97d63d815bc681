import Engine
import Foundation
import Pipelines
import Runtime
import Testing

/// Every template does its job on the sample that it begins with. The numbers of rows are those of a
/// computation apart from the engine, record by record, which agreed with every row.
@Suite struct Templates {
  private struct Result {
    var rows: [[String: Any]]
    var accounting: JobAccounting
    var document: PipelineDocument

    func sum(_ column: String) -> Int64 {
      rows.reduce(0) { $0 + ((($1[column] as? NSNumber)?.int64Value) ?? 0) }
    }
  }

  /// Runs a template in a copy of the samples.
  private func run(_ name: String) throws -> Result {
    let place = try Workplace()
    let samples = "\(Program.repository)/Samples"
    for folder in ["templates", "ad-clicks", "host-metrics", "visits", "web-access"] {
      try FileManager.default.createDirectory(
        atPath: "\(place.folder)/\(folder)", withIntermediateDirectories: true)
      for file in try FileManager.default.contentsOfDirectory(atPath: "\(samples)/\(folder)")
      where !["out", "expected", ".tidemark"].contains(file) {
        try FileManager.default.copyItem(
          atPath: "\(samples)/\(folder)/\(file)", toPath: "\(place.folder)/\(folder)/\(file)")
      }
    }
    let document = PipelineDocument.load(path: "\(place.folder)/templates/\(name).yaml")
    #expect(document.name == name && document.description?.isEmpty == false)
    let graph = try Planner.plan(document).get()
    let options = JobRunner.Options(checkpointDirectory: "\(place.folder)/checkpoints")
    let summary = try JobRunner(graph: graph, options: options).run()
    #expect(summary.accounting.isBalanced)
    let rows = try place.read("templates/out/\(name).jsonl").split(separator: "\n").map { line in
      try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    #expect(!rows.isEmpty)
    return Result(rows: rows, accounting: summary.accounting, document: document)
  }

  @Test func rollUpCountsEveryReadingOnce() throws {
    let result = try run("roll-up")
    #expect(result.sum("readings") + result.accounting.late == 3000)
  }

  @Test func clicksAreCorrectedAndNoneCountsTwice() throws {
    let result = try run("click-aggregation")
    // What stands in the end is the last word on each window.
    var last: [String: Int64] = [:]
    for row in result.rows {
      let window = "\(row["ad_id"] ?? "") \(row["window_start"] ?? "")"
      last[window] = (row["clicks"] as? NSNumber)?.int64Value
    }
    #expect(result.rows.contains { $0["kind"] as? String == "+U" })
    #expect(last.count == 100 && result.accounting.late == 11)
    #expect(
      last.values.reduce(0, +) + result.accounting.late + result.accounting.bad
        == result.accounting.read)
  }

  @Test func sessionsHoldEveryRequestThatIsCounted() throws {
    let result = try run("sessions")
    let accounting = result.accounting
    #expect(result.rows.count == 189)
    #expect(
      result.sum("requests") + accounting.late + accounting.filtered + accounting.bad
        == accounting.read)
  }

  @Test func alertsAreAboutTheThresholdAndAboveOnly() throws {
    let result = try run("alert")
    #expect(result.rows.count == 26)
    for row in result.rows {
      let errors = try #require((row["errors"] as? NSNumber)?.intValue)
      let requests = try #require((row["requests"] as? NSNumber)?.intValue)
      #expect(errors >= 3 && errors <= requests)
    }
  }

  @Test func whatIsSentAgainIsOneRow() throws {
    let result = try run("dedupe")
    #expect(
      result.sum("sent") + result.accounting.late + result.accounting.bad
        == result.accounting.read)
    #expect(result.rows.count == 2753)
    #expect(result.rows.contains { ($0["sent"] as? NSNumber)?.intValue ?? 0 > 1 })
  }

  @Test func theTopThreeAreInOrder() throws {
    let result = try run("top-n")
    #expect(result.rows.count == 16)
    for row in result.rows {
      let top = try #require(row["top"] as? [String])
      #expect((1...3).contains(top.count) && top == top.sorted(by: >))
      let counts = top.map { Int($0.prefix(6).filter { $0 != " " }) ?? 0 }
      #expect(counts == counts.sorted(by: >) && counts.allSatisfy { $0 > 0 })
    }
  }

  @Test func bothSidesOfTheJoinAreThere() throws {
    let result = try run("join")
    #expect(result.rows.count == 35)
    for row in result.rows {
      let looked = try #require(row["looked_at"] as? String)
      let cart = try #require(row["cart_at"] as? String)
      #expect(looked <= cart && (row["product"] as? String)?.hasPrefix("/products") == true)
    }
  }
}
