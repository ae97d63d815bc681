import Columns
import Engine
import TestSupport
import Testing

/// Windows of whole days in a time zone. The days in Berlin and their counts are those of Flink SQL:
/// `TUMBLE(…, INTERVAL '1' DAY)` over a TIMESTAMP_LTZ with `table.local-time-zone` Europe/Berlin.
@Suite struct ZoneWindows {
  private static let hour: Int64 = 3_600_000
  private static let day: Int64 = 24 * hour
  /// Central European time around the days on which clocks changed in 2026.
  static let berlin = ZoneTable(
    name: "Europe/Berlin", initialOffsetMs: hour,
    changes: [
      (at: 1_774_746_000_000, offsetMs: 2 * hour),  // 2026-03-29T01:00Z
      (at: 1_792_890_000_000, offsetMs: hour),  // 2026-10-25T01:00Z
    ])

  /// The windows of the given hours of UTC, as `start/end`.
  private func windows(
    _ assigner: WindowAssigner, _ zone: ZoneTable, _ hours: [String]
  ) throws -> [String] {
    var job = WindowJob()
    job.assigner = assigner
    job.zone = zone
    job.outOfOrdernessMs = 100 * Self.day
    job.aggregates = [("n", .count, nil)]
    let lines = hours.map { "{\"ts\":\"\($0)\",\"key\":\"a\",\"value\":1}\n" }.joined()
    job.timeFormat = .iso
    return try job.run([("log", lines)]).results.map { row in
      let words = row.split(separator: " ")
      return "\(words[1].dropLast(8))/\(words[2].dropLast(8))=\(words[3])"
    }
  }

  @Test func aDayLastsFromMidnightToMidnightThere() throws {
    let found = try windows(
      .tumbling(sizeMs: Self.day, offsetMs: 0), Self.berlin,
      [
        "2026-01-10T22:59:59.999Z", "2026-01-10T23:00:00Z", "2026-03-28T22:59:00Z",
        "2026-03-28T23:00:00Z", "2026-03-29T21:59:59.999Z", "2026-03-29T22:00:00Z",
        "2026-10-24T22:00:00Z", "2026-10-25T22:59:00Z", "2026-10-25T23:00:00Z",
      ])
    #expect(
      found == [
        "2026-01-09T23:00/2026-01-10T23:00=1", "2026-01-10T23:00/2026-01-11T23:00=1",
        "2026-03-27T23:00/2026-03-28T23:00=1",
        "2026-03-28T23:00/2026-03-29T22:00=2",  // 23 hours
        "2026-03-29T22:00/2026-03-30T22:00=1",
        "2026-10-24T22:00/2026-10-25T23:00=2",  // 25 hours
        "2026-10-25T23:00/2026-10-26T23:00=1",
      ])
  }

  @Test func slidingDaysShareDaysOfDifferentLengths() throws {
    let found = try windows(
      .sliding(sizeMs: 2 * Self.day, slideMs: Self.day, offsetMs: 0), Self.berlin,
      ["2026-03-29T12:00:00Z"])
    #expect(
      found == ["2026-03-27T23:00/2026-03-29T22:00=1", "2026-03-28T23:00/2026-03-30T22:00=1"])
  }

  @Test func aDayWhoseMidnightIsSkippedStartsWithTheNextHour() throws {
    // Clocks go from 24:00 to 01:00.
    let zone = ZoneTable(
      name: "skip", initialOffsetMs: 0, changes: [(at: Self.day, offsetMs: Self.hour)])
    let found = try windows(
      .tumbling(sizeMs: Self.day, offsetMs: 0), zone,
      ["1970-01-01T23:59:59.999Z", "1970-01-02T00:00:00Z", "1970-01-02T22:59:00Z"])
    #expect(
      found == ["1970-01-01T00:00/1970-01-02T00:00=1", "1970-01-02T00:00/1970-01-02T23:00=2"])
  }

  @Test func aDayWhoseMidnightComesTwiceStartsWithTheFirst() throws {
    // Clocks go from 00:01 back to 23:01.
    let minute: Int64 = 60_000
    let zone = ZoneTable(
      name: "twice", initialOffsetMs: 0, changes: [(at: Self.day + minute, offsetMs: -Self.hour)])
    let found = try windows(
      .tumbling(sizeMs: Self.day, offsetMs: 0), zone,
      [
        "1970-01-02T00:00:30Z", "1970-01-02T00:30:00Z", "1970-01-03T00:59:00Z",
        "1970-01-03T01:00:00Z",
      ])
    #expect(
      found == ["1970-01-02T00:00/1970-01-03T01:00=3", "1970-01-03T01:00/1970-01-04T01:00=1"])
  }
}
