import Engine
import Foundation
import Glibc

/// Reads a log ahead on a thread of its own, so that a replay knows where something happened and
/// has memories over the whole log.
///
/// `@unchecked Sendable`: what two threads touch is only read and written while `gate` is held; the
/// machine is made and used by its thread alone.
final class ReplayIndexer: @unchecked Sendable {
  private let graph: JobGraph
  private let clock: ProcessingClock
  private let gate = NSLock()
  // MARK: held under the gate
  private var memories: SnapshotIndex
  private var known = ReplayHistory()
  private var counted: Int64?
  private var isStopping = false

  init(graph: JobGraph, clock: @escaping ProcessingClock, start: ReplayMemory) {
    self.graph = graph
    self.clock = clock
    memories = SnapshotIndex(start: start, interval: 4096)
    let thread = Thread { [self] in run() }
    thread.name = "tidemark index"
    thread.stackSize = 8 << 20
    thread.start()
  }

  func stop() { gate.withLock { isStopping = true } }

  /// Where something happened, as far as was read.
  var history: ReplayHistory { gate.withLock { known } }

  /// Records in the log; nil before the end was seen.
  var total: Int64? { gate.withLock { counted } }

  /// Whether it has memories on both sides of a tick.
  func surrounds(_ tick: Int64) -> Bool {
    gate.withLock { memories.sparse.last.map { $0.tick > tick } ?? false }
  }

  func nearest(to tick: Int64) -> ReplayMemory { gate.withLock { memories.nearest(to: tick) } }

  func last(where isBefore: (ReplayMemory) -> Bool) -> ReplayMemory {
    gate.withLock { memories.last(where: isBefore) }
  }

  /// Reads to the end. What cannot be read is told by the replay when it comes there.
  private func run() {
    // The player and the screen go first.
    setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
    guard let machine = try? ReplayMachine(graph: graph, clock: clock) else { return }
    var history = ReplayHistory()
    var published: Int64 = 0
    while (try? machine.forward(atMost: .max, noting: &history)) ?? false {
      let isDue = gate.withLock { memories.wants(machine.tick) }
      let memory = isDue ? machine.memory : nil
      let isPublished = machine.tick - published >= 1 << 16 || machine.execution.hasFinished
      if isPublished { published = machine.tick }
      let goesOn = gate.withLock {
        if let memory { memories.add(memory) }
        if isPublished { known = history }
        if machine.execution.hasFinished { counted = machine.execution.recordsRead }
        return !isStopping
      }
      if !goesOn { return }
    }
  }
}
