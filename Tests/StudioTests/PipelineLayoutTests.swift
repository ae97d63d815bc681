import Engine
import Foundation
import Runtime
import Terminal
import Testing

@testable import Studio

/// Where boxes, arrows and branches stand, at every width.
@Suite struct PipelineLayoutTests {
  /// Two windows one after the other, and a branch from four of the steps.
  private static let boxes: [BoxView] = {
    func box(
      _ kind: String, _ input: Int?, _ shipping: BoxView.Shipping = .forward,
      port: StreamReference.Port = .main, losses: [String: Int64] = [:], subtasks: Int = 4
    ) -> BoxView {
      BoxView(
        kind: kind, detail: "\(kind) of something", shipping: shipping, rowsIn: 12_345,
        rowsOut: 12_000, losses: losses, input: input, inputPort: port,
        guarantee: kind == "sink" ? .exactlyOnce : nil, subtasks: subtasks,
        isChained: kind == "aggregate")
    }
    return [
      box("source", nil, .none, subtasks: 1), box("parse", 0, .rebalance, losses: ["bad": 345]),
      box("filter", 1, losses: ["filtered": 2000]), box("window", 2, .hash, losses: ["late": 17]),
      box("aggregate", 3), box("window", 4, .hash), box("aggregate", 5),
      box("sink", 6, .rebalance, subtasks: 1), box("sink", 4, .rebalance, subtasks: 1),
      box("sink", 3, port: .late, subtasks: 1), box("sink", 1, port: .dead, subtasks: 1),
    ]
  }()

  private func run(playing: Bool) throws -> RunState {
    var run = try #require(try Scene.run().run)
    run.view.boxes = Self.boxes
    run.isPlaying = playing
    run.load = PipelineLoad(
      boxes: Self.boxes.map {
        .init(rate: 18_300, busy: $0.isChained ? nil : 0.571, backPressured: 0.3)
      })
    return run
  }

  @Test(arguments: [78, 80, 96, 109, 110, 120, 160, 240])
  func branchesHangBelowTheBoxThatTheyLeave(width: Int) throws {
    for rows in [3, 4, 5, 7] {
      let area = Rect(1, 3, width - 4, rows)
      let layout = PipelineLayout(
        run: try run(playing: true), area: area, isCompact: width < 110)
      #expect(layout.branches.count + layout.hidden == 3)
      if rows - layout.boxRows >= 3 { #expect(layout.hidden == 0) }
      for branch in layout.branches {
        let parent = try #require(Self.boxes[branch.index].input)
        let placed = try #require(layout.placed.first { $0.index == parent })
        #expect(branch.anchor == placed.x + 2, "\(width)×\(rows): \(branch.pieces)")
        #expect(branch.x >= branch.anchor && branch.x + branch.width <= area.right)
        let others = layout.branches.filter { $0.row == branch.row && $0.x > branch.x }
        #expect(others.allSatisfy { $0.x > branch.x + branch.width })
      }
    }
  }

  @Test(arguments: [78, 80, 96, 109, 110, 120, 160, 240])
  func everyKeyedArrowSaysHash(width: Int) throws {
    for playing in [true, false] {
      var state = try Scene.run(at: 143, Size(width, 40))
      state.run = try run(playing: playing)
      let text = drawStudio(state, theme: .dark).grid.text
      #expect(text.components(separatedBy: "HASH").count == 3, "\(width)\n\(text)")
      #expect(text.contains("source") && text.contains("sink"))
    }
  }

  @Test(arguments: [78, 110, 160])
  func boxesStandApartAndInside(width: Int) throws {
    let area = Rect(1, 3, width - 4, 6)
    let placed = PipelineLayout(
      run: try run(playing: true), area: area, isCompact: width < 110
    ).placed
    #expect(placed.map(\.index) == Array(0...7))
    for (before, next) in zip(placed, placed.dropFirst()) {
      #expect(before.x + before.width < next.x)
    }
    #expect(placed.last.map { $0.x + $0.width <= area.right } == true)
  }

  @Test func branchesThatFindNoPlaceAreCounted() throws {
    var run = try run(playing: false)
    // Seven branches of the window, and one row for them.
    let late = Self.boxes[9]
    run.view.boxes += Array(repeating: late, count: 6)
    let area = Rect(2, 3, 76, 3)
    let layout = PipelineLayout(run: run, area: area, isCompact: true)
    #expect(layout.hidden > 0)
    var state = try Scene.run(at: 143, Size(80, 24))
    state.run = run
    let text = drawStudio(state, theme: .dark).grid.text
    #expect(text.contains("+\(layout.hidden) branch"), "\(text)")
  }
}
