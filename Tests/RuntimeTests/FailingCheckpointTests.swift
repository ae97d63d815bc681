import Columns
import Connectors
import Engine
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Runtime

/// Checkpoints that fail, hang, or cannot be cleaned up after.
@Suite struct FailingCheckpoints {
  /// A file system where writing some checkpoints fails.
  private func failing(_ checkpoints: Set<Int>, code: Int32 = ENOSPC) -> FileSystem {
    FileSystem { operation in
      guard case .write(let path, _) = operation,
        checkpoints.contains(where: { path.contains(".chk-\($0).inprogress") })
      else { return }
      throw SystemFault.error("write \(path)", code: code)
    }
  }

  @Test func whatWasPreparedForAFailedCheckpointIsCommittedWithTheNext() throws {
    let expected = try RunPlace.expected()
    let place = try RunPlace()
    place.graph.checkpoint.toleratedFailures = 2
    let summary = try place.run(files: failing([2, 3, 5]))
    #expect(summary.failedCheckpoints == 3 && summary.restarts == 0)
    #expect(place.output == expected)
    #expect(place.said.filter { $0.contains("no space left on device") }.count == 3)
    #expect(place.said.contains { $0.hasPrefix("checkpoint 3 failed") && $0.contains("2 of 2") })
  }

  @Test func afterACrashTheNextRunCommitsEverythingThatACompleteCheckpointHolds() throws {
    let expected = try RunPlace.expected()
    for (rounds, limit) in (3...6).flatMap({ [($0, $0), ($0, $0 - 1), ($0, $0 - 2)] }) {
      let place = try RunPlace()
      place.graph.checkpoint.toleratedFailures = 9
      struct Crash: Error {}
      // Dies while the checkpoint is complete, and nothing or not all that it holds is committed.
      place.useFiles { sink in
        WatchedSink(sink) { checkpoint, makeVisible in
          if checkpoint >= limit { throw Crash() }
          try makeVisible()
        }
      }
      #expect(throws: Crash.self) {
        try place.run(files: failing([rounds - 1, rounds - 2]))
      }
      place.useFiles()
      let summary = try place.run()
      #expect(summary.restoredFrom == Int64(rounds))
      #expect(place.output == expected, "checkpoint \(rounds)")
    }
  }

  @Test func moreFailuresThanAreToleratedEndTheJobWithTheReason() throws {
    let expected = try RunPlace.expected()
    let place = try RunPlace()
    place.graph.checkpoint.toleratedFailures = 1
    let error = #expect(throws: ConnectError.self) { try place.run(files: failing([3, 4])) }
    #expect(error?.message.contains("no space left on device") == true)
    #expect(try place.store.latest().checkpoint?.manifest.checkpoint == 2)
    try place.run()
    #expect(place.output == expected)
  }

  /// Never gets to write a checkpoint, as on a disk that hangs.
  private struct HangingWriter: CheckpointWriter {
    let hanging: Set<Int>
    private let started = Guarded(0)

    init(hanging: Set<Int>) { self.hanging = hanging }

    struct Hanging: CheckpointWriting { func wait(limitNs: UInt64) -> Bool { false } }
    struct Done: CheckpointWriting { func wait(limitNs: UInt64) -> Bool { true } }

    func start(_ work: @escaping @Sendable () -> Void) -> any CheckpointWriting {
      let number = started.withLock { started in
        started += 1
        return started
      }
      if hanging.contains(number) { return Hanging() }
      work()
      return Done()
    }
  }

  @Test func aCheckpointThatHangsIsGivenUpAtItsTimeout() throws {
    let expected = try RunPlace.expected()
    let place = try RunPlace()
    place.graph.checkpoint.toleratedFailures = 1
    place.graph.checkpoint.timeoutMs = 500
    let summary = try place.run(writer: HangingWriter(hanging: [2, 4]))
    #expect(summary.failedCheckpoints == 2)
    #expect(place.said.contains { $0.contains("not complete within its timeout of 500 ms") })
    #expect(place.output == expected)
  }

  @Test func aWriterThatWakesUpTooLateLeavesNothingBehind() throws {
    let place = try RunPlace()
    try place.run()
    let latest = try #require(try place.store.latest().checkpoint)
    var manifest = latest.manifest
    manifest.checkpoint = 99
    #expect(throws: ConnectError.self) {
      try place.store.save(manifest, states: latest.states, isGivenUp: { true })
    }
    #expect(try !place.store.list().contains(99))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: place.store.folder)
        .filter { $0.hasPrefix(".") } == [])
  }

  @Test func oldCheckpointsThatCannotBeRemovedAreSaidAndTheJobGoesOn() throws {
    let expected = try RunPlace.expected()
    let place = try RunPlace()
    place.graph.checkpoint.keep = 1
    let files = FileSystem { operation in
      guard case .rename(let path, _) = operation, path.hasSuffix("/chk-1") else { return }
      throw SystemFault.error("rename \(path)", code: EIO)
    }
    try place.run(files: files)
    #expect(place.said.contains { $0.hasPrefix("old checkpoints could not be removed") })
    #expect(place.output == expected)
  }
}
