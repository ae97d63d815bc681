import Columns
import Connectors
import Engine
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Runtime

/// Faults that may pass: the job starts again from its last checkpoint, later and later.
@Suite struct RestartingJobs {
  /// Fails the given writes of results, counted over all attempts.
  private final class Faults: Sendable {
    private let writes = Guarded(0)
    let failing: @Sendable (Int) -> ConnectError?
    init(_ failing: @escaping @Sendable (Int) -> ConnectError?) { self.failing = failing }

    func pass() throws {
      let number = writes.withLock { writes in
        writes += 1
        return writes
      }
      if let error = failing(number) { throw error }
    }
  }

  private final class FaultySink: Sink {
    private let sink: any Sink
    private let faults: Faults
    init(_ sink: any Sink, _ faults: Faults) { (self.sink, self.faults) = (sink, faults) }
    var guarantee: Guarantee { sink.guarantee }
    func open(restoring restored: [SinkHandle]?) throws { try sink.open(restoring: restored) }
    func write(_ batch: Batch) throws {
      try faults.pass()
      try sink.write(batch)
    }
    func precommit(checkpoint: Int64) throws -> PrecommittedTransaction {
      try sink.precommit(checkpoint: checkpoint)
    }
    func commit(_ handle: SinkHandle) throws { try sink.commit(handle) }
    func abort() throws { try sink.abort() }
    func close() { sink.close() }
  }

  private static let full = SystemFault.error("write out.csv", code: ENOSPC)
  private static let denied = SystemFault.error("write out.csv", code: EACCES)

  private func place(_ faults: Faults, attempts: Int = 3) throws -> RunPlace {
    let place = try RunPlace()
    place.graph.restart = RestartOptions(attempts: attempts, delayMs: 1000, maxDelayMs: 2000)
    place.useFiles { FaultySink($0, faults) }
    return place
  }

  @Test func aFaultThatPassesIsSurvivedWithTheSameOutput() throws {
    let expected = try RunPlace.expected()
    let place = try place(Faults { [2, 3, 9].contains($0) ? Self.full : nil })
    let clock = TickingClock(tickMs: 2)
    let summary = try place.run(clock: clock)
    #expect(summary.restarts == 3)
    #expect(summary.accounting.isBalanced && summary.accounting.read == RunPlace.records)
    #expect(place.output == expected)
    #expect(place.said.contains { $0.contains("starting again in 1 s (1 of 3)") })
  }

  @Test func theDelayGrowsByHalfUpToItsBoundAndTheAttemptsEnd() throws {
    let place = try place(Faults { _ in Self.full }, attempts: 4)
    let clock = TickingClock(tickMs: 2)
    let error = #expect(throws: ConnectError.self) { try place.run(clock: clock) }
    #expect(error == Self.full)
    // The first checkpoint completes before the first result; none does afterwards.
    #expect(clock.slept.suffix(4) == [1000, 1500, 2000, 2000])
  }

  @Test func whatOnlyAPersonCanSetRightIsNotTriedAgain() throws {
    let place = try place(Faults { $0 == 2 ? Self.denied : nil })
    let clock = TickingClock(tickMs: 2)
    let error = #expect(throws: ConnectError.self) { try place.run(clock: clock) }
    #expect(error == Self.denied && clock.slept.isEmpty)
  }

  @Test func aJobThatReadsAPipeIsNotStartedAgain() throws {
    let place = try place(Faults { $0 == 2 ? Self.full : nil })
    for (index, node) in place.graph.nodes.enumerated() {
      guard case .ingest(let source, let spec) = node.logic else { continue }
      place.graph.nodes[index].logic = .ingest(Pipe(source: source), spec)
    }
    let clock = TickingClock(tickMs: 2)
    #expect(throws: ConnectError.self) { try place.run(clock: clock) }
    #expect(clock.slept.isEmpty)
  }

  /// A source whose size nobody knows.
  private struct Pipe: Source {
    let source: any Source
    func splits() throws -> [SplitDescription] {
      try source.splits().map { SplitDescription(name: $0.name) }
    }
    func open(_ split: SplitDescription, at position: SplitPosition, framing: Framing) throws
      -> any SplitReader
    {
      try source.open(split, at: position, framing: framing)
    }
  }

  @Test func aStopWhileItWaitsEndsTheJobWithItsFault() throws {
    let place = try place(Faults { _ in Self.full })
    let clock = TickingClock(tickMs: 2)
    var looks = 0
    let control = ScriptedControl(stops: { count in
      looks = count
      return place.said.contains { $0.contains("starting again") }
    })
    let error = #expect(throws: ConnectError.self) { try place.run(clock: clock, control: control) }
    #expect(error == Self.full && looks > 0 && clock.slept.isEmpty)
  }
}
