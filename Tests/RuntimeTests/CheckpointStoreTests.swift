import Columns
import Connectors
import Engine
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Runtime

extension TemporaryFolder {
  fileprivate func store(keep: Int = 3, files: FileSystem = FileSystem()) -> CheckpointStore {
    CheckpointStore(directory: path, job: "ad clicks", keep: keep, files: files)
  }
}

private func manifest(_ checkpoint: Int64) -> CheckpointManifest {
  CheckpointManifest(
    job: "ad clicks", fingerprint: "f1", checkpoint: checkpoint, createdAtMs: 1_700_000_000_000,
    splits: [
      .init(
        source: "source", name: "logs/a.jsonl", position: .init(offset: .max, line: 7),
        maxEventTime: -5, isEnded: true),
      .init(source: "source", name: "b", position: .start, maxEventTime: nil, isEnded: false),
    ],
    watermark: minWatermark,
    sinks: [.init(id: "sink", handle: SinkHandle(checkpoint: checkpoint, fields: ["a": "é\n"]))],
    counters: ["late": 3, "read": .max])
}

private let states = [
  OperatorState(id: "window/1", bytes: [0, 255, 10]), OperatorState(id: "empty", bytes: []),
]

@Suite struct CheckpointStoreTests {
  @Test func aCheckpointComesBackAsItWas() throws {
    let folder = try TemporaryFolder()
    let store = folder.store()
    #expect(try store.latest().checkpoint == nil)
    let saved = try store.save(manifest(4), states: states)
    let latest = try store.latest()
    #expect(latest.faults == [])
    #expect(latest.checkpoint == Checkpoint(manifest: saved.manifest, states: states))
    #expect(latest.checkpoint?.state(of: "window/1") == [0, 255, 10])
    #expect(latest.checkpoint?.manifest.splits[0].position.offset == .max)
    #expect(try store.nextNumber() == 5)
  }

  @Test func everyFlippedBitAndEveryTruncationIsNoticed() throws {
    let folder = try TemporaryFolder()
    let store = folder.store()
    try store.save(manifest(1), states: states)
    try store.save(manifest(2), states: states)
    let path = store.path(of: 2)
    let files = FileSystem()
    for name in try #require(try files.listing(of: path)) {
      let file = "\(path)/\(name)"
      let bytes = try files.contents(of: file)
      for bit in 0..<bytes.count * 8 {
        var damaged = bytes
        damaged[bit / 8] ^= 1 << UInt8(bit % 8)
        try damaged.withUnsafeBytes { try overwrite(file, $0) }
        if store.verify(2) == nil { Issue.record("bit \(bit) of \(name) went unnoticed") }
      }
      for length in 0..<bytes.count {
        try bytes[..<length].withUnsafeBytes { try overwrite(file, $0) }
        if store.verify(2) == nil { Issue.record("\(name) cut to \(length) went unnoticed") }
      }
      try files.remove(file)
      let latest = try store.latest()
      #expect(latest.checkpoint?.manifest.checkpoint == 1)
      #expect(latest.faults.map(\.checkpoint) == [2])
      try bytes.withUnsafeBytes { try overwrite(file, $0) }
      #expect(store.verify(2) == nil)
    }
  }

  /// Without fsync: a thousand of them would take a minute.
  private func overwrite(_ path: String, _ bytes: UnsafeRawBufferPointer) throws {
    let files = FileSystem()
    let file = try files.open(path, O_WRONLY | O_CREAT | O_TRUNC)
    defer { close(file) }
    try files.write(bytes, to: file, path: path)
  }

  @Test func theOldestGoAndTheOneInUseStays() throws {
    let folder = try TemporaryFolder()
    let store = folder.store(keep: 2)
    for number in 1...4 as ClosedRange<Int64> {
      try store.save(manifest(number), states: states, inUse: 1)
    }
    #expect(try store.list() == [1, 3, 4])
    try store.save(manifest(5), states: states)
    #expect(try store.list() == [4, 5])
  }

  @Test func aSaveThatIsCutShortLeavesTheOneBefore() throws {
    struct Crash: Error {}
    final class Count: @unchecked Sendable { var left = 0 }
    var wasSaved = false
    for operation in 0..<100 where !wasSaved {
      let folder = try TemporaryFolder()
      try folder.store(keep: 1).save(manifest(1), states: states)
      let count = Count()
      count.left = operation
      let files = FileSystem { _ in
        if count.left == 0 { throw Crash() }
        count.left -= 1
      }
      do {
        try folder.store(keep: 1, files: files).save(manifest(2), states: states)
        wasSaved = true
      } catch is Crash {}
      let latest = try folder.store().latest()
      #expect(latest.checkpoint != nil && latest.faults.isEmpty, "stopped at \(operation)")
      // The next save clears away what was left.
      try folder.store(keep: 1).save(manifest(3), states: states)
      let names = try FileSystem().listing(of: "\(folder.path)/ad%20clicks")
      #expect(names == ["chk-3"])
    }
    #expect(wasSaved)
  }

  @Test func whatACrashLeftHalfRemovedIsGoneWhenTheJobHasEnded() throws {
    let folder = try TemporaryFolder()
    let store = folder.store()
    try store.save(manifest(4), states: states)
    for name in [".chk-2.removed", ".chk-5.inprogress"] {
      try FileManager.default.copyItem(
        atPath: store.path(of: 4), toPath: "\(store.folder)/\(name)")
    }
    try store.markCommitted(4)
    #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder) == ["chk-4"])
  }

  /// The sinks take back what came after the savepoint: to fall back to one of these would lose it.
  @Test func whatWasTakenAfterASavepointIsRemovedBeforeARunGoesOnFromIt() throws {
    let folder = try TemporaryFolder()
    let store = folder.store(keep: 4)
    for number in 1...4 as ClosedRange<Int64> { try store.save(manifest(number), states: states) }
    try store.copy(2, toSavepoint: folder.path("mine"))
    #expect(try store.adopt(savepoint: folder.path("mine")) == 5)
    #expect(try store.list() == [1, 2, 3, 4, 5])
    let adopted = try #require(try store.latest().checkpoint)
    #expect(adopted.states == states && adopted.manifest.adoptedFrom == 2)
    try store.removeAbandoned(adopted.manifest)
    #expect(try store.list() == [1, 2, 5])
    try store.removeAbandoned(manifest(5))
    #expect(try store.list() == [1, 2, 5])
  }

  @Test func anotherFormatVersionIsNamed() throws {
    let folder = try TemporaryFolder()
    let store = folder.store()
    var newer = manifest(1)
    newer.formatVersion = CheckpointManifest.currentVersion + 1
    try store.save(newer, states: [])
    #expect(store.verify(1)?.message.contains("has format \(newer.formatVersion)") == true)
  }
}
