import Foundation
import Testing

@testable import Connectors

/// The bytes of each split.
private func bytes(_ log: SampleLog, _ options: GenerateOptions) throws -> [[UInt8]] {
  var splits: [[UInt8]] = Array(repeating: [], count: options.splits)
  try log.generate(options) { split, chunk in splits[split].append(contentsOf: chunk) }
  return splits
}

private func lines(_ bytes: [UInt8]) -> [String] {
  bytes.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
}

/// FNV-1a, to name many bytes by a few.
private func fingerprint(_ bytes: [UInt8]) -> UInt64 {
  bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}

private let samplesFolder = URL(filePath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .appending(path: "Samples")

/// `09:00:03.250` as ms of the day.
private func timeOfDay(_ text: Substring) -> Int64? {
  let parts = text.split(separator: ":").compactMap { Double($0) }
  guard parts.count == 3 else { return nil }
  return Int64((parts[0] * 3600 + parts[1] * 60 + parts[2]) * 1000 + 0.5)
}

/// The event time of a line, ms since some day; nil for a malformed one.
private func eventTime(_ log: SampleLog, _ line: String) -> Int64? {
  let start: String
  switch log {
  case .bench: start = "\"ts\":"
  case .hostMetrics: start = "\"time\":"
  case .adClicks: start = "\"click_time\":\"2026-03-02T"
  case .webAccess: start = "[02/Mar/2026:"
  }
  guard let from = line.firstRange(of: start)?.upperBound else { return nil }
  let text = line[from...].prefix { $0.isNumber || $0 == ":" || $0 == "." }
  return Int64(text) ?? timeOfDay(text)
}

/// How far behind the newest event before it each line is, ms; malformed lines are left out.
private func disorder(_ log: SampleLog, _ lines: [String]) -> [Int64] {
  var newest = Int64.min
  return lines.compactMap { eventTime(log, $0) }.map { time in
    newest = max(newest, time)
    return newest - time
  }
}

@Suite struct GenerateTests {
  @Test(arguments: SampleLog.allCases)
  func sameOptionsGiveTheSameBytes(_ log: SampleLog) throws {
    let options = GenerateOptions(for: log, events: 2000, splits: 3, seed: 7)
    #expect(try bytes(log, options) == bytes(log, options))
  }

  @Test(arguments: SampleLog.allCases)
  func anotherSeedGivesAnotherLog(_ log: SampleLog) throws {
    let seven = GenerateOptions(for: log, events: 500, seed: 7)
    let eight = GenerateOptions(for: log, events: 500, seed: 8)
    #expect(try bytes(log, seven) != bytes(log, eight))
  }

  @Test(arguments: [SampleLog.adClicks, .hostMetrics, .webAccess])
  func committedSamplesAreWhatTheDefaultsGenerate(_ log: SampleLog) throws {
    let options = GenerateOptions(for: log)
    let splits = try bytes(log, options)
    for (split, generated) in splits.enumerated() {
      let name = log.fileName(split: split, of: options.splits)
      let file = samplesFolder.appending(path: log.rawValue).appending(path: name)
      #expect(try [UInt8](Data(contentsOf: file)) == generated, "\(name)")
    }
  }

  /// The fingerprint is that of the C program's first 20,000 lines.
  @Test func benchIsTheLogThatOtherSystemsAreMeasuredWith() throws {
    let options = GenerateOptions(for: .bench, events: 20_000)
    let log = try bytes(.bench, options)[0]
    #expect(
      lines(log).first
        == """
        {"ts":1699999998456,"ad_id":"ad-02338","user":"user-0493616-76e3",\
        "page":"/product/detail/460","country":"NG","value":95.07}
        """)
    #expect(log.count == 2_475_467)
    #expect(fingerprint(log) == 0x8EEB_FD4A_8EBF_FD03)
  }

  @Test(arguments: SampleLog.allCases, [0, 1, 99, 1234])
  func asManyLinesAreWrittenAsAskedForOverAllSplits(_ log: SampleLog, _ events: Int) throws {
    for splits in [1, 5] {
      let options = GenerateOptions(for: log, events: events, splits: splits)
      let written = try bytes(log, options)
      #expect(written.map { lines($0).count }.reduce(0, +) == events)
      #expect(written.allSatisfy { $0.isEmpty || $0.last == 10 })
    }
  }

  @Test(arguments: [SampleLog.adClicks, .webAccess, .bench])
  func eventsAreDealtToSplitsInTurn(_ log: SampleLog) throws {
    let whole = try lines(bytes(log, GenerateOptions(for: log, events: 1000, splits: 1))[0])
    let dealt = try bytes(log, GenerateOptions(for: log, events: 1000, splits: 3)).map(lines)
    let again = (0..<1000).map { dealt[$0 % 3][$0 / 3] }
    #expect(again == whole)
  }

  @Test func aHostStaysInItsRack() throws {
    let racks = try bytes(.hostMetrics, GenerateOptions(for: .hostMetrics)).map(lines)
    let hosts = racks.map { rack in Set(rack.compactMap { $0.firstMatch(of: /node-\d+/)?.output }) }
    #expect(hosts[0].count == 4)
    #expect(hosts[1].count == 4)
    #expect(hosts[0].isDisjoint(with: hosts[1]))
  }

  @Test(arguments: SampleLog.allCases, [Int64(0), 700, 2000, 20_000])
  func noEventIsFurtherBehindThanTheDisorderAskedFor(_ log: SampleLog, _ bound: Int64) throws {
    let options = GenerateOptions(for: log, events: 3000, disorderMs: bound, splits: 1)
    let behind = try disorder(log, lines(bytes(log, options)[0]))
    // A web log's times are whole seconds: up to one of them is lost in writing.
    let limit = log == .webAccess ? bound + 999 : bound
    #expect(behind.allSatisfy { $0 <= limit })
    if bound >= 2000 { #expect(behind.contains { $0 > bound / 4 }) }
  }

  @Test func mostClicksAreALittleDisorderedAndTunnelsDelayMobileOnesForLong() throws {
    let log = try lines(bytes(.adClicks, GenerateOptions(for: .adClicks))[0])
    let whole = log.filter { eventTime(.adClicks, $0) != nil }
    let behind = disorder(.adClicks, log)
    let delayed = zip(whole, behind).filter { $0.1 >= 3000 }
    #expect(delayed.count > 30 && delayed.count < log.count / 10)
    #expect(delayed.allSatisfy { $0.0.contains("\"mobile\"") && $0.1 <= 50_000 })
  }

  @Test func threeClicksAreMalformedHoweverLongTheLog() throws {
    for events in [100, 3000, 30_000] {
      let log = try lines(bytes(.adClicks, GenerateOptions(for: .adClicks, events: events))[0])
      #expect(log.filter { !$0.hasSuffix("}") }.count == 1)
      #expect(log.filter { $0.contains("\"free\"") }.count == 1)
      #expect(log.filter { $0.contains("just now") }.count == 1)
    }
  }

  @Test func theHostThatWasCutOffSendsTwoMinutesAtOnce() throws {
    let rack = try lines(bytes(.hostMetrics, GenerateOptions(for: .hostMetrics))[0])
    let behind = zip(rack, disorder(.hostMetrics, rack)).filter { $0.1 > 2000 }
    #expect(behind.allSatisfy { $0.0.contains("node-02") })
    #expect(behind.count >= 58 && behind.count <= 60)
    #expect((115_000...122_000).contains(behind.map(\.1).max() ?? 0))
    let times = rack.filter { $0.contains("node-02") }.compactMap { eventTime(.hostMetrics, $0) }
    #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 < 3000 }, "nothing is lost")
  }

  @Test func theShopFailsForOneMinute() throws {
    let log = try lines(bytes(.webAccess, GenerateOptions(for: .webAccess))[0])
    let failed = log.filter { $0.contains("\" 502 ") || $0.contains("\" 503 ") }
    let times = failed.compactMap { eventTime(.webAccess, $0) }
    #expect(failed.count > 30)
    #expect((times.max() ?? 0) - (times.min() ?? 0) < 75_000)
  }

  @Test func twoUserAgentsCarryTerminalEscapesAndOneLineIsNoRequest() throws {
    let log = try lines(bytes(.webAccess, GenerateOptions(for: .webAccess))[0])
    #expect(log.filter { $0.contains("\u{1B}") }.count == 2)
    #expect(log.filter { $0.hasPrefix("nginx: ") }.count == 1)
  }

  @Test func namesOfSplitsSortInTheirOrder() {
    #expect(SampleLog.adClicks.fileName(split: 0, of: 1) == "ad-clicks.jsonl")
    #expect(SampleLog.hostMetrics.fileName(split: 1, of: 2) == "rack-2.jsonl")
    let names = (0..<12).map { SampleLog.webAccess.fileName(split: $0, of: 12) }
    #expect(names.first == "web-access-01.log")
    #expect(names == names.sorted())
  }

  @Test(arguments: [
    ("events", GenerateOptions(for: .bench, events: -1)),
    ("splits", GenerateOptions(for: .bench, events: 1, splits: 0)),
    ("splits", GenerateOptions(for: .bench, events: 1, splits: 1025)),
    ("disorder", GenerateOptions(for: .bench, events: 1, disorderMs: -1)),
    ("keys", GenerateOptions(for: .bench, events: 1, keys: 0)),
  ])
  func anOptionThatCannotBeIsRefusedByName(_ name: String, _ options: GenerateOptions) {
    #expect { try SampleLog.bench.generate(options) { _, _ in } } throws: { error in
      (error as? GenerateError)?.option == name
    }
  }

  @Test(arguments: SampleLog.allCases, [1, 3, 20_000])
  func anyNumberOfKeysIsServed(_ log: SampleLog, _ keys: Int) throws {
    let options = GenerateOptions(for: log, events: 2000, splits: 2, keys: keys)
    #expect(try bytes(log, options).map { lines($0).count }.reduce(0, +) == 2000)
  }

  @Test func aFailingWriterStopsTheLog() {
    struct DiskIsFull: Error {}
    var calls = 0
    #expect(throws: DiskIsFull.self) {
      try SampleLog.bench.generate(GenerateOptions(for: .bench, events: 100_000)) { _, _ in
        calls += 1
        throw DiskIsFull()
      }
    }
    #expect(calls == 1)
  }
}
