import Connectors
import Dispatch
import Engine
import TestSupport
import Testing

@testable import Runtime

/// Results become visible beside the stream, once their checkpoint is complete.
@Suite struct CommitBesideTests {
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

  @Test("A commit that is under way at its checkpoint's timeout is waited for: it is complete")
  func timeoutWhileCommitting() throws {
    let expected = try RunPlace.expected()
    let place = try RunPlace()
    // Less than a tick: every look comes too late.
    place.graph.checkpoint.timeoutMs = 1
    let (committing, isWaitedFor) = (Moment(), Moment())
    place.useFiles { sink in
      WatchedSink(sink) { checkpoint, makeVisible in
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
    #expect(place.said.filter { $0.hasPrefix("checkpoint 2 is complete, but") }.count == 1)
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
      WatchedSink(sink) { checkpoint, makeVisible in
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
        WatchedSink(sink) { checkpoint, makeVisible in
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
