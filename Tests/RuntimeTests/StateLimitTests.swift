import Engine
import Testing

@testable import Runtime

@Suite struct StateLimits {
  @Test func aJobOverItsLimitEndsWithALastCheckpointAndGoesOnWithAHigherOne() throws {
    let expected = try RunPlace.expected()
    let place = try RunPlace()
    place.graph.checkpoint.everyMs = 1_000_000
    let error = #expect(throws: StateLimitError.self) { try place.run { $0.stateLimitBytes = 1 } }
    #expect(error?.operator == "window" && error?.checkpoint == 1)
    #expect("\(try #require(error))".contains("over its limit of 1 B; 'window' holds most of it"))
    let summary = try place.run { $0.stateLimitBytes = 1_000_000_000 }
    #expect(summary.restoredFrom == 1 && place.output == expected)
    #expect(summary.peakState.first?.id == "window" && (summary.peakState.first?.bytes ?? 0) > 100)
  }
}
