import Columns
import Connectors
import Dispatch
import Engine
import TestSupport
import Testing

@testable import Runtime

/// Results become visible beside the stream, once their checkpoint is complete.
@Suite struct CommitBesideTests {
  /// A sink of which a test sees when it makes a transaction visible, and when it writes.
  private final class Watched: Sink {
    /// Called with the checkpoint and what makes it visible.
    typealias Commit = @Sendable (Int64, () throws -> Void) throws -> Void

    private let sink: any Sink
    private let visibly: Commit
    /// Called with the last checkpoint that was begun, 0 for none.
    private let writes: @Sendable (Int64) -> Void
    private var last: Int64 = 0

    init(
      _ sink: any Sink, writes: @escaping @Sendable (Int64) -> Void = { _ in },
      visibly: @escaping Commit
    ) {
      self.sink = sink
      self.visibly = visibly
      self.writes = writes
    }

    var guarantee: Guarantee { sink.guarantee }
    func open(restoring restored: [SinkHandle]?) throws { try sink.open(restoring: restored) }

    func write(_ batch: Batch) throws {
      try sink.write(batch)
      writes(last)
    }

    func precommit(checkpoint: Int64) throws -> PrecommittedTransaction {
      var transaction = try sink.precommit(checkpoint: checkpoint)
      let makeVisible = transaction.makeVisible
      last = checkpoint
      transaction.makeVisible = { [visibly] in try visibly(checkpoint) { try makeVisible?() } }
      return transaction
    }

    func commit(_ handle: SinkHandle) throws { try sink.commit(handle) }
    func abort() throws { try sink.abort() }
    func close() { sink.close() }
  }

  /// A moment that one thread comes to and another waits for.
  private struct Moment: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    func come() { semaphore.signal() }
    /// - Returns: whether it came; it does not where what is tested is broken.
    func wait() -> Bool { semaphore.wait(timeout: .now() + .seconds(60)) == .success }
  }

  /// Writes on other threads. The first look at the checkpoint `number` finds it not done, at the
  /// moment `looks`.
  private struct MeetingWriter: CheckpointWriter {
    let number: Int
    let looks: Moment
    /// Called where its end is waited for, whatever time it takes.
    var waitsForEnd: @Sendable () -> Void = {}
    /// Called before the next one is started.
    var startsNext: @Sendable () -> Void = {}
    private let all = Guarded<[DispatchGroup]>([])

    init(number: Int, looks: Moment) { (self.number, self.looks) = (number, looks) }

    private struct Writing: CheckpointWriting {
      let group: DispatchGroup
      let meeting: MeetingWriter?

      func wait(limitNs: UInt64) -> Bool {
        if let meeting {
          if limitNs < .max { return !meeting.looks.wait() }
          meeting.waitsForEnd()
        }
        group.wait()
        return true
      }
    }

    func start(_ work: @escaping @Sendable () -> Void) -> any CheckpointWriting {
      let group = DispatchGroup()
      let earlier = all.withLock { all in
        all.append(group)
        return Array(all.dropLast())
      }
      if earlier.count == number {
        startsNext()
        earlier.last?.wait()
      }
      DispatchQueue.global().async(group: group, execute: work)
      return Writing(group: group, meeting: earlier.count + 1 == number ? self : nil)
    }
  }

  @Test("Rows are written while those before them become visible")
  func beside() throws {
    let expected = try RunPlace.expected()
    let place = try RunPlace()
    let (commits, writes) = (Moment(), Moment())
    let hasMet = Guarded<Bool?>(nil)
    place.useFiles { sink in
      Watched(
        sink,
        writes: { checkpoint in
          guard checkpoint == 1, hasMet.withLock({ $0 == nil }) else { return }
          hasMet.withLock { $0 = commits.wait() }
          writes.come()
        },
        visibly: { checkpoint, makeVisible in
          if checkpoint == 1 {
            commits.come()
            #expect(writes.wait())
            writes.come()
          }
          try makeVisible()
        })
    }
    try place.run { $0.waitsForCheckpoints = false }
    #expect(hasMet.withLock { $0 } == true)
    #expect(place.output == expected)
  }

  @Test("A commit that is under way at its checkpoint's timeout is waited for: it is complete")
  func timeoutWhileCommitting() throws {
    let expected = try RunPlace.expected()
    let place = try RunPlace()
    // Less than a tick: every look comes too late.
    place.graph.checkpoint.timeoutMs = 1
    let (committing, isWaitedFor) = (Moment(), Moment())
    place.useFiles { sink in
      Watched(sink) { checkpoint, makeVisible in
        if checkpoint == 2 {
          committing.come()
          #expect(isWaitedFor.wait())
          isWaitedFor.come()
        }
        try makeVisible()
      }
    }
    var writer = MeetingWriter(number: 2, looks: committing)
    writer.waitsForEnd = { isWaitedFor.come() }
    let summary = try place.run(writer: writer)
    #expect(summary.failedCheckpoints == 0 && summary.restarts == 0)
    #expect(place.output == expected)
  }

  @Test("What was given up before it was saved becomes visible with the next, and not before")
  func givenUpWhileSaving() throws {
    let expected = try RunPlace.expected()
    let place = try RunPlace()
    place.graph.checkpoint.timeoutMs = 1
    place.graph.checkpoint.toleratedFailures = 1
    let (saving, isGivenUp) = (Moment(), Moment())
    let events = Guarded<[String]>([])
    place.useFiles { sink in
      Watched(sink) { checkpoint, makeVisible in
        events.withLock { $0.append("\(checkpoint) is visible") }
        try makeVisible()
      }
    }
    let files = FileSystem { operation in
      guard case .rename(_, let path) = operation, let number = path.split(separator: "-").last
      else { return }
      if path.hasSuffix("/chk-2") {
        // In its last step: nothing asks any more whether it is given up.
        saving.come()
        #expect(isGivenUp.wait())
      }
      if path.contains("/chk-") { events.withLock { $0.append("\(number) is saved") } }
    }
    var writer = MeetingWriter(number: 2, looks: saving)
    writer.startsNext = { isGivenUp.come() }
    let summary = try place.run(writer: writer, files: files)
    #expect(summary.failedCheckpoints == 1 && summary.restarts == 0)
    #expect(place.output == expected)
    let seen = events.withLock { $0 }
    let saved = try #require(seen.firstIndex(of: "3 is saved"))
    #expect(try saved < #require(seen.firstIndex(of: "2 is visible")))
    #expect(seen.contains("2 is saved"))
  }

  @Test("A commit that fails beside the stream ends the run, and the next completes it")
  func faults() throws {
    let expected = try RunPlace.expected()
    for limit: Int64 in 1...4 {
      let place = try RunPlace()
      place.graph.checkpoint.toleratedFailures = 9
      place.useFiles { sink in
        Watched(sink) { checkpoint, makeVisible in
          if checkpoint == limit { throw ConnectError("the disk is gone") }
          try makeVisible()
        }
      }
      let error = #expect(throws: ConnectError.self) { try place.run() }
      #expect(error?.message == "the disk is gone")
      #expect(try place.store.latest().checkpoint?.manifest.checkpoint == limit)
      place.useFiles()
      #expect(try place.run().restoredFrom == limit)
      #expect(place.output == expected, "checkpoint \(limit)")
    }
  }
}
