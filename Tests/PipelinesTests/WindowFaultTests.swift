import Columns
import Engine
import Pipelines
import Testing

private let counted = "\n- aggregate: { rows: COUNT(*) }\n- sink: file\n  path: o"

/// Windows with one mistake.
let windowFaults: [FaultCase] = [
  .steps(
    "E060", "9 m", "`max` must be a multiple of the step: 9 m is not one of 2 m",
    "- window: cumulating\n  step: 2 m\n  max: 9 m" + counted),
  .steps(
    "E060", "0 s", "a window must last longer than 0 ms",
    "- window: session\n  gap: 0 s" + counted),
  .steps(
    "E061", "5 m", "the offset must be shorter than the distance between windows",
    "- window: sliding\n  size: 10 m\n  slide: 5 m\n  offset: 5 m" + counted),
  .steps(
    "E063", "sometimes", "'sometimes' is no trigger",
    "- window: tumbling\n  size: 1 m\n  early: sometimes" + counted),
  .steps(
    "E063", "every 20 s", "'every 20 s' is the second trigger of its kind",
    "- window: tumbling\n  size: 1 m\n  early: [every 10 s, every 20 s]\n  firing: discarding"
      + counted),
  .steps(
    "E063", "discarding",
    "`late: correct` takes results back, and with `firing: discarding` none is ever replaced",
    "- window: tumbling\n  size: 1 m\n  allowed_lateness: 5 s\n  late: correct\n"
      + "  firing: discarding" + counted),
  .steps(
    "E063", "discarding",
    "`firing: discarding` changes nothing for a window that fires once",
    "- window: tumbling\n  size: 1 m\n  firing: discarding" + counted),
  .steps(
    "E064", "Europe/Berln", "there is no time zone 'Europe/Berln'",
    "- window: tumbling\n  size: 1 d\n  time_zone: Europe/Berln" + counted),
  .steps(
    "E064", "Europe/Berlin", "a time zone is for windows of whole days, and 1 h is none",
    "- window: tumbling\n  size: 1 h\n  time_zone: Europe/Berlin" + counted),
  .steps(
    "E065", "sliding",
    "a window of these lengths is put together from 86399999 panes; at most 100000 are taken",
    "- window: sliding\n  size: 86399999 ms\n  slide: 1 h" + counted),
  .steps(
    "W111", "10 m",
    "windows of 5 m that start every 10 m leave gaps: rows in them fall into no window",
    "- window: sliding\n  size: 5 m\n  slide: 10 m\n"
      + "- aggregate: { a: MIN(ad_id), c: MAX(country), d: SUM(cost), e: SUM(n) }\n"
      + "- sink: file\n  path: o"),
  .steps(
    "W112", "session",
    "the results this window reads may change, and each change is a row of its own here",
    "- window: tumbling\n  size: 1 m\n  allowed_lateness: 1 m\n  late: update\n"
      + "- aggregate: { a: MIN(ad_id), c: MAX(country), d: SUM(cost), e: SUM(n) }\n"
      + "- window: session\n  gap: 1 m" + counted),
]

/// The window of a pipeline's plan.
private func spec(_ window: String) throws -> WindowSpec {
  let document = check(Examples.afterParse("- key_by: [ad_id]\n" + window + counted))
  #expect(!document.hasErrors, "\(document.renderedDiagnostics)")
  let graph = try Planner.plan(document).get()
  let node = try #require(
    graph.nodes.first { if case .window = $0.logic { true } else { false } })
  guard case .window(let spec) = node.logic else { preconditionFailure("chosen so") }
  return spec
}

@Test func windowsAreReadAsTheyAreWritten() throws {
  #expect(
    try spec("- window: sliding\n  size: 10 m\n  slide: 5 m\n  offset: -1 m").assigner
      == .sliding(sizeMs: 600_000, slideMs: 300_000, offsetMs: -60_000))
  #expect(
    try spec("- window: cumulating\n  step: 1 h\n  max: 1 d").assigner
      == .cumulating(stepMs: 3_600_000, maxMs: 86_400_000, offsetMs: 0))
  #expect(try spec("- window: session\n  gap: 30 m").assigner == .session(gapMs: 1_800_000))
  #expect(try spec("- window: count\n  rows: 100").assigner == .count(100))
  #expect(try spec("- window: global\n  fire: on each row").assigner == .global)
}

@Test func triggersAreReadAsTheyAreWritten() throws {
  let minute = "- window: tumbling\n  size: 1 m\n  early: "
  #expect(try spec(minute + "every 10 s").trigger == WindowTrigger(earlyMs: 10_000))
  #expect(try spec(minute + "every 100 rows").trigger == WindowTrigger(everyRows: 100))
  #expect(try spec(minute + "on each row").trigger == WindowTrigger(everyRows: 1))
  #expect(
    try spec(minute + "[every 10 s, every 5 rows]\n  firing: discarding").trigger
      == WindowTrigger(earlyMs: 10_000, everyRows: 5, isDiscarding: true))
}

@Test func aTimeZoneKnowsWhenItsClocksChange() throws {
  let zone = try #require(
    try spec("- window: tumbling\n  size: 1 d\n  time_zone: Europe/Berlin").zone)
  let hour: Int64 = 3_600_000
  // 2026-03-29T01:00Z and 2026-10-25T01:00Z.
  #expect(zone.offsetMs(at: 1_774_745_999_999) == hour)
  #expect(zone.offsetMs(at: 1_774_746_000_000) == 2 * hour)
  #expect(zone.offsetMs(at: 1_792_889_999_999) == 2 * hour)
  #expect(zone.offsetMs(at: 1_792_890_000_000) == hour)
}

@Test func aWindowReadsTheResultsOfAnotherByTheirTime() {
  let chained =
    "- key_by: [ad_id]\n- window: tumbling\n  size: 1 m\n- aggregate: { clicks: COUNT(*) }\n"
    + "- window: tumbling\n  size: 1 h\n- aggregate: { busiest: MAX(clicks) }\n"
    + "- sink: file\n  path: o"
  #expect(check(Examples.afterParse(chained)).diagnostics.map(\.code) == ["W103"])
}

@Test func aCountWindowNeedsNoEventTime() {
  let text = """
    steps:
      - source: file
        path: a
      - parse: json
        columns: { n: BIGINT }
      - window: count
        rows: 10
      - aggregate: { total: SUM(n) }
      - sink: file
        path: o
    """
  #expect(!check(text).hasErrors)
  #expect(
    check(text.replacing("window: count\n    rows: 10", with: "window: tumbling\n    size: 1 m"))
      .diagnostics.map(\.code) == ["E040"])
}
