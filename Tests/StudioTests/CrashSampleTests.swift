import Foundation
import Engine
import Pipelines
import Runtime
import TestSupport
import Testing

/// The samples survive a crash anywhere.
@Suite struct CrashSampleTests {
  @Test(arguments: ["ad-clicks", "host-metrics", "web-access"])
  func aCrashChangesNoOutputOfASample(_ name: String) throws {
    let root = #filePath.components(separatedBy: "/Tests/StudioTests/")[0]
    let document = PipelineDocument.load(path: "\(root)/Samples/\(name)/pipeline.yaml")
    let replay = try Replay(graph: Planner.plan(document).get())
    try replay.move(.position(2000), isCancelled: { false })
    let read = replay.view.position
    var random = SeededRandom(seed: 5)
    var seen: Set<String> = []
    for moment in CrashPlan.Moment.allCases {
      let position = Int64.random(in: 1...read, using: &random)
      let plan = CrashPlan(moment: moment, position: position, until: position + 500)
      guard case .crash(let report)? = try replay.answer(.crash(plan), isCancelled: { false })
      else { continue }
      seen.insert(moment.rawValue)
      for sink in report.sinks {
        #expect(sink.missingRows == 0, "\(sink.sink) \(plan)")
        if sink.guarantee == Guarantee.exactlyOnce.rawValue {
          #expect(sink.isEqual, "\(sink.sink) \(plan)")
        }
      }
    }
    #expect(seen.count == CrashPlan.Moment.allCases.count)
  }
}
