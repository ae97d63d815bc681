import Foundation
import Testing

/// `tidemark test`: events, expected rows, and what is said where they differ.
@Suite struct TestCommands {
  /// The small pipeline with tests.
  private func write(_ tests: String, to place: borrowing Workplace) throws {
    try place.write("p.yaml", Workplace.pipeline + "tests:\n" + tests + "\n")
  }

  private static let tests = """
      - name: two rows of a minute are one result
        events:
          - { ts: 1970-01-01T00:00:01Z, key: a, value: 2 }
          - { ts: 30000, key: a, value: 3 }
          - '{"ts":90000,"key":"b","value":1}'
        expect:
          - { key: a, window_start: 1970-01-01T00:00:00Z, n: 2, total: 5 }
          - { key: b, window_end: 120000, n: 1 }
        late: 0
        dead: []
      - name: a row behind the watermark is late
        events:
          - { ts: 1000, key: a, value: 2 }
          - { ts: 61000, key: a, value: 3 }
          - { ts: 2000, key: a, value: 4 }
        expect: { events: [{ value: 2 }, { value: 3 }, { value: 4 }] }
        late: [{ value: 4, missed_by_ms: 0 }]
    """

  @Test func testsThatHoldEndWithZeroAndWriteNothing() throws {
    let place = try Workplace()
    try write(Self.tests, to: place)
    let outcome = try Program.run(
      "test", "p.yaml", in: place.folder, environment: ["LC_ALL": "C.UTF-8"])
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("  ✓ two rows of a minute are one result"))
    #expect(outcome.output.hasSuffix("2 tests passed\n"))
    let left = try FileManager.default.contentsOfDirectory(atPath: place.folder)
    #expect(left == ["p.yaml"])
  }

  @Test func rowsThatDifferAreShownBesideEachOther() throws {
    let place = try Workplace()
    try write(
      """
        - name: sums
          events:
            - { ts: 1000, key: a, value: 2 }
            - { ts: 1500, key: b, value: 7 }
            - { ts: 62000, key: c, value: 1 }
            - { ts: 2000, key: a, value: 4 }
          expect:
            - { key: a, n: 1, total: 3 }
            - { key: b, n: 1, total: 7 }
            - { key: d, n: 1, total: 7 }
      """, to: place)
    let outcome = try Program.run(
      "test", "--ascii", "p.yaml", in: place.folder, environment: ["LC_ALL": "C.UTF-8"])
    #expect(outcome.status == 1 && outcome.errors.isEmpty)
    let lines = outcome.output.split(separator: "\n").map(String.init)
    #expect(
      Array(lines.dropFirst(2)) == [
        "      results: 3 rows expected, 3 came",
        "            key  n  total",
        "        1 - a    1  3      expected, line 30",
        "          + a    1  2      came",
        "                    ^",
        "        2   b    1  7",
        "        3 - d    1  7      missing, line 32",
        "          + c    1  1      not expected",
        "      read 4: 3 into windows, 1 too late",
        "      a at 00:00:02 missed [00:00:00, 00:01:00) by 1 s; no window is kept for late rows",
        "1 of 1 test failed",
      ], "\(outcome.output)")
    #expect(lines[1].hasPrefix("  FAIL sums  "))
  }

  @Test func rightRowsInAnotherOrderSaySo() throws {
    let place = try Workplace()
    let rows = "expect: [{ key: b }, { key: a }]"
    let events = "events: [{ ts: 1, key: a, value: 1 }, { ts: 2, key: b, value: 1 }]"
    try write("  - { name: order, \(events), \(rows) }", to: place)
    let outcome = try Program.run("test", "p.yaml", in: place.folder)
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("right but for their order; `order: any` compares without it"))
    try write("  - { name: order, \(events), \(rows), order: any }", to: place)
    #expect(try Program.run("test", "p.yaml", in: place.folder).status == 0)
  }

  @Test func withoutTheEndOfInputOnlyTheWatermarkFires() throws {
    let place = try Workplace()
    func test(_ last: Int, _ rows: Int) -> String {
      "  - { name: '\(last)', end_of_input: false, expect: \(rows), "
        + "events: [{ ts: 1, key: a, value: 1 }, { ts: \(last), key: a, value: 1 }] }"
    }
    // The watermark is a second and a millisecond behind, the window's last millisecond is 59999.
    try write(test(60_999, 0) + "\n" + test(61_000, 1), to: place)
    let outcome = try Program.run("test", "p.yaml", in: place.folder)
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  @Test func testsAreChosenByTheirName() throws {
    let place = try Workplace()
    try write(Self.tests, to: place)
    for (pattern, count) in [("late", 1), ("ROWS OF", 1), ("a*late", 1), ("row", 2)] {
      let outcome = try Program.run("test", "--name", pattern, "p.yaml", in: place.folder)
      #expect(outcome.status == 0)
      #expect(outcome.output.hasSuffix("\(count) test\(count == 1 ? "" : "s") passed\n"))
    }
    let none = try Program.run("test", "--name", "nobody", "p.yaml", in: place.folder)
    #expect(none.status == 2 && none.errors.contains("none is named 'nobody'"))
  }

  @Test func aWrongPipelineEndsWithTwo() throws {
    let place = try Workplace()
    try write("  - { name: a, events: [], expect: [{ m: 1 }] }", to: place)
    for command in ["test", "check", "run"] {
      let outcome = try Program.run(command, "p.yaml", in: place.folder)
      #expect(outcome.status == 2)
      #expect(outcome.errors.contains("p.yaml:23:39: error: column 'm' is not known here"))
    }
    try place.writePipeline()
    let none = try Program.run("test", "p.yaml", in: place.folder)
    #expect(none.status == 2 && none.errors.contains("there was no test to run"))
    #expect(try Program.run("test", "nothing.yaml", in: place.folder).status == 2)
  }

  @Test func theNamesOfTheJSONStay() throws {
    let place = try Workplace()
    try write(
      "  - { name: a, events: [{ ts: 1, key: k, value: 1 }], expect: [{ n: 2 }], dead: 1 }",
      to: place)
    let outcome = try Program.run("test", "--json", "p.yaml", in: place.folder)
    #expect(outcome.status == 1)
    let report = try #require(
      JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(report["failed"] as? Int == 1 && report["passed"] as? Int == 0)
    let file = try #require((report["files"] as? [[String: Any]])?.first)
    let test = try #require((file["tests"] as? [[String: Any]])?.first)
    #expect(
      Set(test.keys) == ["name", "line", "passed", "ms", "accounting", "hints", "checks"])
    let checks = try #require(test["checks"] as? [[String: Any]])
    #expect(checks.map { $0["title"] as? String } == ["results", "dead letters"])
    let difference = try #require((checks[0]["differences"] as? [[String: Any]])?.first)
    #expect(
      difference["kind"] as? String == "unexpected" || difference["kind"] as? String == "missing")
    #expect(checks[1]["expected"] as? Int == 1 && checks[1]["got"] as? Int == 0)
  }

  @Test(arguments: Samples.names) func theTestsOfTheSamplesHold(_ sample: String) throws {
    let outcome = try Program.run(
      "test", "pipeline.yaml", in: "\(Program.repository)/Samples/\(sample)")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }
}
