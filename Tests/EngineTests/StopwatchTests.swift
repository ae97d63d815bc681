import Columns
import Engine
import TestSupport
import Testing

/// How long operators work, by a clock that a test makes.
@Suite struct StopwatchTests {
  /// A clock that is a tick further each time it is read.
  private final class Ticks {
    private(set) var reads: UInt64 = 0
    func read() -> UInt64 {
      reads += 1
      return reads
    }
  }

  private static let text = (0..<500).map {
    "{\"ts\":\($0 * 10),\"key\":\"k\($0 % 7)\",\"value\":1}\n"
  }
  .joined()

  private func graph() throws -> JobGraph {
    try WindowJob().graph(MemorySource([(name: "log", text: Self.text)]))
  }

  private func run(_ stopwatch: Stopwatch?, maxRecords: Int) throws -> (Execution, rounds: Int) {
    let execution = try Execution(
      graph: try graph(), sinks: [:], lanes: SerialLanes(), stopwatch: stopwatch)
    var rounds = 1
    while try execution.round(maxRecords: maxRecords, maxBytes: 1 << 20) { rounds += 1 }
    return (execution, rounds)
  }

  @Test(arguments: [1, 7, 500])
  func theClockIsReadOnceANodeAndRoundHoweverManyRows(maxRecords: Int) throws {
    let ticks = Ticks()
    let nodes = try graph().nodes.count
    let stopwatch = Stopwatch(nodes: nodes, nowNs: ticks.read)
    let (_, rounds) = try run(stopwatch, maxRecords: maxRecords)
    // A round starts the watch and stops it for each node; the log is one block, and its end
    // another, with two looks each.
    #expect(ticks.reads == UInt64(rounds * (1 + nodes) + 2 * 2))
    // Each node but the source took a tick of every round; reading is not in its work.
    #expect(stopwatch.workNs.dropFirst().allSatisfy { $0 == UInt64(rounds) })
    #expect(stopwatch.readNs.dropFirst().allSatisfy { $0 == 0 })
    #expect(stopwatch.readNs[0] == 2)
    #expect(stopwatch.workNs[0] + stopwatch.readNs[0] == UInt64(rounds + 2 * 2))
  }

  @Test func whoMeasuresChangesNothing() throws {
    let ticks = Ticks()
    let nodes = try graph().nodes.count
    let measured = try run(Stopwatch(nodes: nodes, nowNs: ticks.read), maxRecords: 7).0
    let plain = try run(nil, maxRecords: 7).0
    #expect(measured.counters == plain.counters)
    #expect(measured.snapshot() == plain.snapshot())
  }

  @Test func drainingIsWorkToo() throws {
    let ticks = Ticks()
    let graph = try graph()
    let stopwatch = Stopwatch(nodes: graph.nodes.count, nowNs: ticks.read)
    let execution = try Execution(
      graph: graph, sinks: [:], lanes: SerialLanes(), stopwatch: stopwatch)
    try execution.drain()
    #expect(stopwatch.workNs.dropFirst().allSatisfy { $0 == 1 })
    #expect(stopwatch.workNs[0] == 0)
  }
}
