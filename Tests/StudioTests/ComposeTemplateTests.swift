import Foundation
import Pipelines
import Testing

@testable import Studio

/// Every template can be built from nothing with keys alone, to the last byte of its file.
@Suite struct ComposeTemplates {
  private static func file(_ name: String) throws -> String {
    try String(contentsOfFile: "\(Composing.samples)/templates/\(name).yaml", encoding: .utf8)
  }

  /// A pipeline with its name, what it is for, and a log that it reads.
  private static func begin(_ name: String, log: String, format: String) throws -> Composing {
    let description = try #require(
      PipelineDocument.parse(text: try file(name), path: "a.yaml").description)
    let studio = Composing()
    try studio.set("pipeline", name)
    try studio.set("description", description)
    studio.add("source: file")
    try studio.set("path", "../\(log)")
    studio.add("parse: \(format)")
    return studio
  }

  /// Fills in the aggregates, of which the first is there already.
  private static func aggregate(_ studio: Composing, _ calls: [String]) throws {
    studio.add("aggregate")
    try studio.set("aggregate.rows", try #require(calls.first))
    for call in calls.dropFirst() { try studio.set("aggregate.+", call) }
  }

  @Test func rollUp() throws {
    let studio = try Self.begin("roll-up", log: "host-metrics/rack-*.jsonl", format: "json")
    try studio.remove("columns.mem")
    try studio.set("watermark.out_of_orderness", "2 s")
    studio.add("key_by")
    studio.add("window: tumbling")
    try Self.aggregate(
      studio,
      [
        "readings: COUNT(*)", "cpu_avg: AVG(cpu)", "cpu_max: MAX(cpu)", "requests: SUM(requests)",
      ])
    studio.add("sink: file")
    #expect(studio.compose.text == (try Self.file("roll-up")))
    #expect(studio.compose.document.diagnostics.isEmpty)
  }

  @Test func clickAggregation() throws {
    let studio = try Self.begin(
      "click-aggregation", log: "ad-clicks/ad-clicks.jsonl", format: "json")
    try studio.set("watermark.out_of_orderness", "5 s")
    studio.add("key_by")
    studio.add("window: tumbling")
    try studio.set("name", "per_minute")
    try studio.set("allowed_lateness", "30 s")
    try studio.set("late", "update")
    try Self.aggregate(
      studio, ["clicks: COUNT(*)", "visitors: COUNT(DISTINCT user)", "spend: SUM(cost)"])
    studio.add("sink: file")
    studio.select(3)
    studio.press("b", "Down", "Enter")
    studio.type("sink: file")
    studio.press("Enter")
    try studio.set("path", "out/too-late.jsonl")
    #expect(studio.compose.text == (try Self.file("click-aggregation")))
    #expect(!studio.compose.document.hasErrors)
  }

  @Test func sessions() throws {
    let studio = try Self.begin("sessions", log: "visits/visits.log", format: "access_log")
    try studio.set("watermark.out_of_orderness", "10 s")
    studio.add("filter")
    try studio.set("filter", "path NOT LIKE '/assets/%'")
    studio.add("key_by")
    studio.add("window: session")
    try Self.aggregate(
      studio,
      [
        "requests: COUNT(*)", "landing: FIRST_VALUE(path)", "exit: LAST_VALUE(path)",
        "bytes: SUM(bytes)",
      ])
    studio.add("sink: file")
    #expect(studio.compose.text == (try Self.file("sessions")))
    #expect(!studio.compose.document.hasErrors)
  }

  @Test func alert() throws {
    let studio = try Self.begin("alert", log: "web-access/web-access.log", format: "access_log")
    try studio.set("watermark.out_of_orderness", "5 s")
    studio.add("derive")
    try studio.set("derive.new_column", "page: SPLIT_INDEX(path, '?', 0)")
    studio.add("key_by")
    try studio.set("key_by", "[page]")
    studio.add("window: sliding")
    try Self.aggregate(
      studio, ["requests: COUNT(*)", "errors: COUNT(*) FILTER (WHERE status >= 500)"])
    studio.add("filter")
    try studio.set("filter", "errors >= 3")
    studio.add("sink: file")
    #expect(studio.compose.text == (try Self.file("alert")))
    #expect(studio.compose.document.diagnostics.isEmpty)
  }

  @Test func dedupe() throws {
    let studio = try Self.begin("dedupe", log: "ad-clicks/ad-clicks.jsonl", format: "json")
    try studio.remove("columns.device")
    try studio.set("watermark.out_of_orderness", "5 s")
    studio.add("key_by")
    try studio.set("key_by", "[user, ad_id]")
    studio.add("window: session")
    try studio.set("gap", "30 s")
    try Self.aggregate(
      studio,
      [
        "first_at: MIN(click_time)", "country: FIRST_VALUE(country)", "cost: FIRST_VALUE(cost)",
        "sent: COUNT(*)",
      ])
    studio.add("sink: file")
    #expect(studio.compose.text == (try Self.file("dedupe")))
    #expect(studio.compose.document.diagnostics.isEmpty)
  }

  @Test func topN() throws {
    let studio = try Self.begin("top-n", log: "web-access/web-access.log", format: "access_log")
    try studio.set("watermark.out_of_orderness", "5 s")
    studio.add("filter")
    try studio.set("filter", "path NOT LIKE '/assets/%'")
    studio.add("derive")
    try studio.set("derive.new_column", "page: SPLIT_INDEX(path, '?', 0)")
    studio.add("key_by")
    try studio.set("key_by", "[page]")
    studio.add("window: tumbling")
    try Self.aggregate(studio, ["requests: COUNT(*)"])
    studio.add("derive")
    try studio.set(
      "derive.new_column", "entry: LPAD(CAST(requests AS STRING), 6, ' ') || ' ' || page")
    studio.add("window: tumbling")
    try Self.aggregate(studio, ["top: TOP_K(entry, 3)"])
    studio.add("sink: file")
    #expect(studio.compose.text == (try Self.file("top-n")))
    #expect(studio.compose.document.diagnostics.isEmpty)
  }

  @Test func join() throws {
    let studio = try Self.begin("join", log: "web-access/web-access.log", format: "access_log")
    try studio.set("watermark.out_of_orderness", "5 s")
    studio.add("key_by")
    studio.add("window: session")
    try studio.set("gap", "2 m")
    try Self.aggregate(
      studio,
      [
        "product: FIRST_VALUE(path) FILTER (WHERE path LIKE '/products%')",
        "looked_at: MIN(time) FILTER (WHERE path LIKE '/products%')",
        "cart_at: MAX(time) FILTER (WHERE path LIKE '/api/cart%')",
      ])
    studio.add("filter")
    try studio.set("filter", "looked_at IS NOT NULL AND cart_at >= looked_at")
    studio.add("sink: file")
    #expect(studio.compose.text == (try Self.file("join")))
    #expect(studio.compose.document.diagnostics.isEmpty)
  }

  @Test func eachTemplateHasATest() throws {
    let names = try FileManager.default.contentsOfDirectory(
      atPath: "\(Composing.samples)/templates"
    ).filter { $0.hasSuffix(".yaml") }.sorted()
    #expect(
      names == [
        "alert.yaml", "click-aggregation.yaml", "dedupe.yaml", "join.yaml", "roll-up.yaml",
        "sessions.yaml", "top-n.yaml",
      ])
  }
}
