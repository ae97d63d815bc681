import Columns
import Runtime
import Terminal
import Testing

@testable import Studio

@Suite struct TimelineScaleTests {
  private func view(_ watermark: Int64, size: Int64 = 10_000, offset: Int64 = 0) -> ReplayView {
    var view = ReplayView()
    view.watermark = watermark
    view.windowSizeMs = size
    view.windowOffsetMs = offset
    return view
  }

  @Test func windowsAreAllOfOneWidth() {
    for size: Int64 in [7, 1000, 10_000, 86_400_000] {
      let scale = TimelineScale(
        view(FakeReplay.start, size: size, offset: size / 3), TimelineState(), width: 105)
      for window in 0..<6 {
        let start = size / 3 + (FakeReplay.start / size + Int64(window)) * size
        #expect(scale.column(of: start + size) - scale.column(of: start) == scale.cells)
      }
    }
  }

  @Test func timesBeforeTheEpochStandInOrder() {
    let scale = TimelineScale(view(-5000), TimelineState(), width: 80)
    let columns = stride(from: Int64(-40_000), through: 40_000, by: 500).map(scale.column)
    #expect(columns == columns.sorted())
  }

  @Test func followingKeepsTheWatermarkInSightAndTheWindowsStill() {
    var lefts: Set<Int64> = []
    for ms in stride(from: Int64(0), to: 100_000, by: 100) {
      let scale = TimelineScale(view(FakeReplay.start + ms), TimelineState(), width: 105)
      #expect((0..<105).contains(scale.column(of: FakeReplay.start + ms)))
      lefts.insert(scale.left)
    }
    #expect(lefts.count <= 11)
  }

  @Test func aCellAndItsTimeAgree() {
    let scale = TimelineScale(view(FakeReplay.start), TimelineState(zoom: 3), width: 90)
    for cell in scale.left..<scale.left + 90 {
      #expect(scale.cell(of: scale.time(atCell: cell)) == cell)
    }
  }

  @Test func ticksAreRoundAndApart() {
    for zoom in -20...20 {
      for size: Int64 in [1, 250, 10_000, 3_600_000, 86_400_000 * 30] {
        let scale = TimelineScale(
          view(FakeReplay.start, size: size), TimelineState(zoom: zoom), width: 105)
        let ticks = scale.ticks()
        for (a, b) in zip(ticks, ticks.dropFirst()) { #expect(b.column - a.column >= 9) }
      }
    }
  }

  @Test func extremesDoNotTrap() {
    for time: Int64 in [minWatermark, maxWatermark, 0, .min + 1, .max - 1] {
      for left: Int64? in [nil, .min, .max, 0] {
        var view = view(time)
        view.maxEventTime = time
        let scale = TimelineScale(view, TimelineState(zoom: 99, left: left), width: 50)
        _ = scale.ticks()
        _ = scale.position(of: time)
      }
    }
  }
}
