import Foundation
import TestSupport
import Testing

/// Windows, triggers, watermarks and late data against real Apache Flink: every firing with its
/// key, bounds, count, sum, min, max, first, last, number and watermark, and every late row.
///
/// What Flink said is in `Tests/Fixtures/windows`; `TIDEMARK_RECORD=1 swift test --filter
/// OracleTests` asks it again. `TIDEMARK_FLINK_CASES=200` asks it about so many new cases of each
/// kind, drawn from `TIDEMARK_SEED` or else from the time.
@Suite struct WindowOracleTests {
  static let kinds = ["tumbling", "sliding", "cumulating", "session", "count", "global"]
  private static let environment = ProcessInfo.processInfo.environment
  static let freshCount = environment["TIDEMARK_FLINK_CASES"].flatMap { Int($0) } ?? 0
  static let isRecording = environment["TIDEMARK_RECORD"] == "1"

  @Test(arguments: kinds)
  func everyFiringAndLateRowIsFlinks(_ kind: String) throws {
    let file = Flink.fixtures.appendingPathComponent("windows/\(kind).txt")
    if Self.isRecording {
      let count = ["count", "global"].contains(kind) ? 25 : 80
      let drawn = (1...count).map { WindowCase.draw(kind, seed: UInt64($0)) }
      let text = try Flink.answer(drawn).map(\.text).joined(separator: "\n")
      try Data(text.utf8).write(to: file)
    }
    let cases = WindowCase.parse(String(decoding: try Data(contentsOf: file), as: UTF8.self))
    #expect(cases.count >= 25)
    for (index, one) in cases.enumerated() { try compare(one, seed: UInt64(index + 1)) }
  }

  @Test(
    .enabled(
      if: freshCount > 0 && Flink.absence == nil, "asks Flink with TIDEMARK_FLINK_CASES=200"),
    arguments: kinds)
  func newCasesDifferNowhere(_ kind: String) throws {
    let seed =
      Self.environment["TIDEMARK_SEED"].flatMap { UInt64($0) }
      ?? UInt64(Date().timeIntervalSince1970 * 1000)
    let cases = (0..<Self.freshCount).map { WindowCase.draw(kind, seed: seed &+ UInt64($0)) }
    var firings = 0
    var late = 0
    for (index, one) in try Flink.answer(cases).enumerated() {
      try compare(one, seed: seed &+ UInt64(index))
      firings += one.firings.count
      late += one.late.count
    }
    print("\(kind): \(cases.count) cases from seed \(seed), \(firings) firings, \(late) late rows")
  }

  private func compare(_ one: WindowCase, seed: UInt64) throws {
    let ours = try one.run(seed: seed)
    #expect(ours.isBalanced, "seed \(seed): \(one.options)")
    let (expected, got) = (one.byWindow(one.firings), one.byWindow(ours.firings))
    for window in Set(expected.keys).union(got.keys).sorted() where expected[window] != got[window]
    {
      Issue.record(
        """
        seed \(seed): \(one.options)
        events \(one.events.map { "\($0.time)\($0.key)\($0.value)" }.joined(separator: " "))
        Flink \(expected[window] ?? [])
        ours  \(got[window] ?? [])
        """)
    }
    #expect(ours.late == one.late, "seed \(seed): \(one.options)")
  }
}
