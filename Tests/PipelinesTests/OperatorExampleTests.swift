import Engine
import Testing

@testable import Pipelines

/// Every operator can be shown at work.
struct OperatorExampleTests {
  @Test func everyOperatorHasTenEventsAndAJob() throws {
    for descriptor in PipelineKeys.all {
      let kind = PipelineKeys.key(of: descriptor)
      let variant = descriptor.kind == .operator ? nil : descriptor.name
      let example = try #require(OperatorExample.of(kind: kind, variant: variant))
      #expect(example.events.count == OperatorExample.eventCount, "\(example.title)")
      #expect(example.summary == descriptor.summary)
      let graph = try #require(example.job(), "\(example.title)\n\(example.steps)")
      let isThere = graph.nodes.contains { node in
        node.steps.contains {
          $0.kind == kind && (variant == nil || $0.detail.contains(variant ?? ""))
        }
      }
      #expect(isThere, "\(example.title) is not in its example")
    }
  }

  @Test func thereIsNoneOfWhatThereIsNot() {
    #expect(OperatorExample.of(kind: "window", variant: "round") == nil)
    #expect(OperatorExample.of(kind: "shuffle", variant: nil) == nil)
  }
}
