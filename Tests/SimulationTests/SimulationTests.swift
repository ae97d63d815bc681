import Foundation
import Synchronization
import Testing

/// Deterministic simulation: each seed is a job, a log, and everything that goes wrong.
///
/// `TIDEMARK_SEED=42` runs one and tells what happens; `TIDEMARK_SEEDS=10000` as many from the first.
@Suite struct Simulations {
  private static let environment = ProcessInfo.processInfo.environment

  private static let seeds: Range<UInt64> = {
    if let only = environment["TIDEMARK_SEED"].flatMap({ UInt64($0) }) { return only..<(only + 1) }
    return 0..<(environment["TIDEMARK_SEEDS"].flatMap { UInt64($0) } ?? 160)
  }()

  @Test func whateverGoesWrongTheOutputIsThatOfARunWhereNothingDid() throws {
    let totals = Mutex<[SimulatedWorld.Event: Int]>([:])
    let lives = Mutex(0)
    let seeds = Array(Self.seeds)
    DispatchQueue.concurrentPerform(iterations: seeds.count) { index in
      do {
        let simulation = try Simulation(seed: seeds[index])
        if let failure = simulation.failure {
          Issue.record("TIDEMARK_SEED=\(seeds[index]): \(failure)")
        }
        totals.withLock { $0.merge(simulation.seen) { $0 + $1 } }
        lives.withLock { $0 += simulation.lives }
      } catch {
        Issue.record("TIDEMARK_SEED=\(seeds[index]): \(error)")
      }
    }
    let seen = totals.withLock { $0 }
    let list = SimulatedWorld.Event.allCases.map { "\($0.rawValue) \(seen[$0] ?? 0)" }
    print(
      "simulation: \(seeds.count) seeds, \(lives.withLock { $0 }) lives; "
        + list.joined(separator: ", "))
    // A path that no seed took is not tested.
    guard seeds.count >= 100 else { return }
    for event in SimulatedWorld.Event.allCases {
      #expect(seen[event] ?? 0 > 0, "\(event.rawValue) was never reached")
    }
  }

  @Test func aSeedGivesTheSameRunAgain() throws {
    let first = try Simulation(seed: 7)
    let again = try Simulation(seed: 7)
    #expect(first.seen == again.seen && first.lives == again.lives)
  }
}
