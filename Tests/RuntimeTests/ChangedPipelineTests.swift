import Columns
import Connectors
import Engine
import Foundation
import TestSupport
import Testing

@testable import Runtime

/// A checkpoint of one pipeline and the next run of another.
@Suite struct ChangedPipelines {
  /// A job that was stopped in the middle of its log.
  private func stopped() throws -> RunPlace {
    let place = try RunPlace()
    try place.run(control: ScriptedControl(stopsAfter: 3))
    return place
  }

  private func window(_ graph: inout JobGraph, _ change: (inout WindowSpec) -> Void) {
    for (index, node) in graph.nodes.enumerated() {
      guard case .window(var spec) = node.logic else { continue }
      change(&spec)
      graph.nodes[index].logic = .window(spec)
    }
  }

  private func refusal(_ change: (inout JobGraph) -> Void) throws -> String {
    let place = try stopped()
    let before = place.output
    change(&place.graph)
    let error = #expect(throws: ConnectError.self) { try place.run() }
    #expect(place.output == before, "a refused restore must not touch the results")
    return error.map { "\($0)" } ?? ""
  }

  @Test func stateThatDoesNotFitIsRefusedWithWhatChanged() throws {
    let size = try refusal { window(&$0) { $0.assigner = .tumbling(sizeMs: 40, offsetMs: 0) } }
    #expect(size.contains("checkpoint 3 does not fit the pipeline as it is now:\n  - 'window' was "))
    let keys = try refusal { window(&$0) { $0.keys = [] } }
    #expect(keys.contains("'window' was keyed by key STRING, now by nothing"))
    let more = try refusal { window(&$0) { $0.aggregates.append($0.aggregates[0]) } }
    #expect(more.contains("in another order") || more.contains("have no"))
    let fewer = try refusal { window(&$0) { $0.aggregates.removeLast() } }
    #expect(fewer.contains("the open windows hold `"))
  }

  @Test func stateOfAnOperatorThatIsGoneIsNotDroppedSilently() throws {
    let text = try refusal { graph in
      for index in graph.nodes.indices where graph.nodes[index].id == "window" {
        graph.nodes[index].id = "other"
      }
    }
    #expect(text.contains("the checkpoint holds the windows of 'window'"))
    #expect(text.contains("--allow-non-restored-state"))
    let place = try stopped()
    for index in place.graph.nodes.indices where place.graph.nodes[index].id == "window" {
      place.graph.nodes[index].id = "other"
    }
    let summary = try place.run { $0.allowsNonRestoredState = true }
    #expect(summary.accounting.read == RunPlace.records)
    #expect(place.said.contains { $0.contains("dropped, for no operator of that name is left") })
    #expect(place.said.contains { $0.contains("the window 'other' is new: it starts empty") })
  }

  @Test func whatHasNoStateMayChange() throws {
    let place = try stopped()
    window(&place.graph) { $0.allowedLatenessMs = 50 }
    let summary = try place.run()
    #expect(summary.accounting.read == RunPlace.records && summary.accounting.isBalanced)
  }

  @Test func theParallelismMayChange() throws {
    let expected = try RunPlace.expected()
    for parallelism in [1, 3, 7, 128] {
      let place = try stopped()
      place.graph.parallelism = parallelism
      try place.run()
      #expect(place.output == expected, "parallelism \(parallelism)")
    }
  }
}
