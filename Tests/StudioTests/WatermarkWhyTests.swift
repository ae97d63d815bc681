import Columns
import Engine
import Runtime
import Terminal
import Testing

@testable import Studio

/// "Why does the watermark stand here?", on the health panel.
@Suite struct WatermarkWhyTests {
  private func state() throws -> StudioState {
    var state = try Scene.run(at: 143)
    var splits: [WatermarkStatus.Split] = []
    let base: Int64 = 1_772_445_600_000
    for (name, newest, word) in [
      ("a.jsonl", base + 9000, WatermarkStatus.State.paused(aheadOf: "b.jsonl", byMs: 6000)),
      ("b.jsonl", base + 3000, .active), ("c.jsonl", base, .idle(since: base + 1000)),
      ("d.jsonl", base, .ended),
    ] {
      splits.append(
        WatermarkStatus.Split(
          name: name, records: 7, newest: newest, watermark: newest - 5001, state: word))
    }
    let status = WatermarkStatus(
      splits: splits, combined: base - 2001, holder: 1, driftMs: 6000, now: nil,
      spec: WatermarkSpec(outOfOrdernessMs: 5000))
    state.run?.view.watermarkStatus = status
    state.run?.view.watermark = status.combined
    state.run?.view.splits = splits.enumerated().map { index, split in
      SplitView(
        name: split.name, watermark: split.watermark, maxEventTime: split.newest, recordsRead: 7,
        hasEnded: split.state == .ended, holdsWatermark: index == 1, state: split.state)
    }
    state.run?.focus = .health
    return state
  }

  @Test func itNamesTheSplitThatHoldsItWithTheNumbers() throws {
    let view = try #require(try state().run?.view)
    let text = WatermarkWhy.explain(view).map(\.text).joined(separator: "\n")
    for words in [
      "It stands on split b.jsonl: newest 10:00:03.000 − 5 s − 1 ms.",
      "The fastest active split is 6 s ahead of the slowest.",
      "a.jsonl  paused: ahead of b.jsonl by 6 s", "b.jsonl  active, holds it",
      "c.jsonl  idle since 10:00:01.000", "d.jsonl  ended",
    ] {
      #expect(text.contains(words), "\(words)\n\(text)")
    }
  }

  @Test func theHealthPanelOpensItAndShowsWhoWaits() throws {
    var state = try state()
    let before = drawStudio(state, theme: .dark).grid.text
    for word in ["paused", "holds", "idle", "ended"] {
      #expect(before.contains(word), "\(word)")
    }
    _ = reduce(&state, .action(.why))
    #expect(state.overlay == .why(.watermark, scroll: 0))
    #expect(drawStudio(state, theme: .dark).grid.text.contains("b.jsonl  active, holds it"))
    state.size = Size(80, 12)
    _ = reduce(&state, .action(.down))
    #expect(state.overlay == .why(.watermark, scroll: 1))
    // It does not scroll past its end, so that one line back is seen at once.
    for _ in 0..<9 { _ = reduce(&state, .action(.pageDown)) }
    guard case .why(_, let last)? = state.overlay else { return }
    _ = reduce(&state, .action(.up))
    #expect(state.overlay == .why(.watermark, scroll: last - 1))
    _ = reduce(&state, .action(.close))
    #expect(state.overlay == nil)
  }

  @Test func onOtherPanelsAWindowIsExplained() throws {
    var state = try state()
    state.run?.focus = .windows
    _ = reduce(&state, .action(.why))
    guard case .why = state.overlay else {
      Issue.record("\(String(describing: state.overlay))")
      return
    }
  }
}
