import Columns
import Runtime
import Terminal
import Testing

@testable import Studio

@Suite struct FormatTests {
  @Test(arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (12_431, "12,431"), (-5000, "-5,000")])
  func countsAreGrouped(number: Int, text: String) {
    #expect(formatCount(Int64(number)) == text)
  }

  @Test func extremeNumbersAreShown() {
    #expect(formatCount(.min) == "-9,223,372,036,854,775,808")
    #expect(formatCompact(12_400) == "12.4k")
    #expect(formatCompact(.min).hasSuffix("G"))
    #expect(formatRate(.nan) == "—")
    #expect(formatRate(0.25) == "0.3/s")
    #expect(formatPercent(1, of: nil) == "—")
    #expect(formatPercent(12_431, of: 50_000) == "24 %")
    #expect(formatSpan(.min).isEmpty == false)
  }

  @Test(arguments: [
    (0, "0 s"), (350, "350 ms"), (2900, "2.9 s"), (11_000, "11 s"), (200_000, "3 m 20 s"),
    (7_200_000, "2 h"), (172_800_000, "2 d"),
  ])
  func spans(ms: Int, text: String) { #expect(formatSpan(Int64(ms)) == text) }

  @Test func unknownTimesAreNotZero() {
    #expect(formatClock(minWatermark) == "—")
    #expect(formatClock(maxWatermark) == "end")
    #expect(timeBetween(minWatermark, 0) == nil)
    #expect(timeBetween(0, maxWatermark) == nil)
  }

  @Test func boundsSayOnlyWhatDiffers() {
    let noon = FakeReplay.start
    #expect(formatBounds(start: noon, end: noon + 10_000) == "[12:00:00, :10)")
    #expect(formatBounds(start: noon + 50_000, end: noon + 60_000) == "[12:00:50, 12:01:00)")
    #expect(formatBounds(start: noon, end: noon + msPerDay) == "[01-01T12:00, 01-02T12:00)")
  }

  @Test func speedsStepAndSaveByTheirLabels() {
    #expect(Speed.ladder.map(\.label).first == "×1/8")
    #expect(Speed.ladder.map(\.label).suffix(2) == ["×1000", "max"])
    #expect(Speed.max.faster == nil)
    for speed in Speed.ladder { #expect(Speed(label: speed.label) == speed) }
  }

  @Test func goToReadsTimesOffsetsAndWords() {
    let near = FakeReplay.start + 5000
    func move(_ text: String) -> ReplayMove? {
      try? GoToTarget.move(for: text, near: near, total: 1000).get()
    }
    #expect(move("12:00:30") == .eventTime(FakeReplay.start + 30_000))
    #expect(move("12:00:30.25Z") == .eventTime(FakeReplay.start + 30_250))
    #expect(move("2026-01-01 12:01") == .eventTime(FakeReplay.start + 60_000))
    #expect(move("12,431") == .position(12_431))
    #expect(move("25%") == .position(250))
    #expect(move(" LATE ") == .nextLate)
    #expect(move("end") == .end)
    for wrong in ["", "25:00", "12:0:", "-3", "nowhere", "101%", "1:2:3:4", "99999999999999999999"]
    {
      #expect(move(wrong) == nil, "\(wrong)")
    }
  }
}
