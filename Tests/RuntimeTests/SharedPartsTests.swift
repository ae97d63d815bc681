import Columns
import Connectors
import Engine
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Runtime

/// Parts of the state that have not changed are not written again: what is read back is the same as
/// if they had been.
@Suite struct SharedPartsOfCheckpoints {
  /// A job at work, with a store of its own that shares panes of every size.
  private final class Place {
    private let own: TemporaryFolder
    var folder: String { own.path }
    let graph: JobGraph
    let execution: Execution
    let store: CheckpointStore
    private var number: Int64 = 0

    init(
      _ job: WindowJob, log: String, keep: Int = 6, minSharedBytes: Int = 1,
      files: FileSystem = FileSystem()
    ) throws {
      own = try TemporaryFolder()
      graph = try job.graph(MemorySource([("log", log)], blockRecords: job.blockRecords))
      execution = try Execution(
        graph: graph, sinks: WindowJob.sinks(of: graph), lanes: ThreadLanes(width: job.parallelism))
      store = CheckpointStore(
        directory: own.path, job: "test", keep: keep, files: files, minSharedBytes: minSharedBytes)
    }

    /// Freezes the job, and saves it when `meanwhile` has run.
    func save(
      isGivenUp: Bool = false, _ meanwhile: () throws -> Void = {}
    ) throws -> CheckpointStore.Saved {
      number += 1
      let frozen = execution.freeze()
      let manifest = JobState.manifest(
        of: frozen.position, graph: graph, checkpoint: number, createdAtMs: 0, ending: nil)
      try meanwhile()
      return try store.save(
        manifest, frozen: frozen, graph: graph, inUse: nil, isGivenUp: { isGivenUp })
    }

    /// The files of a checkpoint's state, by what they are on disk.
    func files(of checkpoint: Int64) throws -> Set<FileIdentity> {
      let entries = try store.read(checkpoint).manifest.operators.flatMap(\.files)
      return Set(
        try entries.compactMap {
          try FileSystem.identity(of: "\(store.path(of: checkpoint))/\($0.file)")
        })
    }
  }

  private static let kinds: [(name: String, assigner: WindowAssigner, shares: Bool)] = [
    ("tumbling", .tumbling(sizeMs: 40, offsetMs: 3), true),
    ("sliding", .sliding(sizeMs: 120, slideMs: 15, offsetMs: 0), true),
    ("cumulating", .cumulating(stepMs: 20, maxMs: 100, offsetMs: -7), true),
    ("session", .session(gapMs: 14), false),
  ]

  private static func log(_ count: Int, _ random: inout SeededRandom) -> String {
    var now: Int64 = 0
    return (0..<count).map { _ in
      now += Int64.random(in: 0...3, using: &random)
      let isLate = Int.random(in: 0...14, using: &random) == 0
      let time = now - Int64.random(in: 0...12, using: &random) - (isLate ? 70 : 0)
      let value = Int.random(in: -50...50, using: &random)
      return
        "{\"ts\":\(time),\"key\":\"k\(Int.random(in: 0..<9, using: &random))\",\"value\":\(value)}\n"
    }.joined()
  }

  private static func job(_ assigner: WindowAssigner, _ random: inout SeededRandom) -> WindowJob {
    var job = WindowJob()
    job.assigner = assigner
    job.outOfOrdernessMs = Int64.random(in: 0...15, using: &random)
    job.late = [.update, .correct].randomElement(using: &random) ?? .update
    job.allowedLatenessMs = Int64.random(in: 40...200, using: &random)
    if Bool.random(using: &random) { job.trigger.earlyMs = 9 }
    job.calls = ["COUNT(DISTINCT value)", "PERCENTILE(value, 0.9)", "LISTAGG(key)"]
    job.parallelism = [1, 2, 3].randomElement(using: &random) ?? 1
    job.blockRecords = [1, 3, 8].randomElement(using: &random) ?? 1
    return job
  }

  @Test(arguments: kinds.indices)
  func whatIsReadBackIsWhatWasFrozen(_ index: Int) throws {
    let kind = Self.kinds[index]
    var linked: Int64 = 0
    for seed in UInt64(1)...6 {
      var random = SeededRandom(seed: seed)
      let job = Self.job(kind.assigner, &random)
      let keep = Int.random(in: 2...6, using: &random)
      let place = try Place(job, log: Self.log(300, &random), keep: keep)
      var hasMore = true
      while hasMore {
        for _ in 0..<Int.random(in: 0...6, using: &random) where hasMore {
          hasMore = try place.execution.round(maxRecords: 3)
        }
        let expected = JobState.states(of: place.execution.snapshot(), graph: place.graph)
        let saved = try place.save {
          // The job goes on before it is written.
          for _ in 0..<Int.random(in: 0...2, using: &random) where hasMore {
            hasMore = try place.execution.round(maxRecords: 2)
          }
        }
        linked += saved.linkedBytes
        let read = try place.store.read(saved.manifest.checkpoint)
        #expect(read.states == expected, "\(kind.name), seed \(seed)")
      }
      let kept = try place.store.list()
      #expect(kept.count == keep)
      let (oldest, newest) = (try #require(kept.first), try #require(kept.last))
      #expect(
        try place.files(of: oldest).isDisjoint(with: try place.files(of: newest)),
        "the oldest that is kept depends on a file of the newest")
      for number in kept { #expect(place.store.verify(number) == nil) }
    }
    #expect((linked > 0) == kind.shares, "\(kind.name): \(linked) bytes were shared")
  }

  /// A job with open windows, some way into its input.
  private func standing(
    keep: Int = 6, minSharedBytes: Int = 1, files: FileSystem = FileSystem()
  ) throws -> Place {
    var random = SeededRandom(seed: 3)
    var job = WindowJob()
    job.assigner = Self.kinds[1].assigner
    job.blockRecords = 50
    let place = try Place(
      job, log: Self.log(200, &random), keep: keep, minSharedBytes: minSharedBytes, files: files)
    try place.execution.round()
    return place
  }

  @Test(arguments: [
    (keep: 1, [false, false, false, false]), (2, [false, false, false, false]),
    (3, [false, true, false, true]), (4, [false, true, true, false]),
  ])
  func aFileIsSharedByOneCheckpointLessThanAreKept(_ keep: Int, _ expected: [Bool]) throws {
    let place = try standing(keep: keep)
    #expect(try (0..<4).map { _ in try place.save().linkedBytes > 0 } == expected)
  }

  @Test func smallPanesStandTogether() throws {
    let place = try standing(minSharedBytes: 1 << 20)
    let first = try place.save()
    #expect(try place.save().linkedBytes == 0)
    #expect(first.manifest.operators.allSatisfy { $0.parts == nil })
  }

  @Test func aCheckpointThatIsGivenUpHoldsNothingToShare() throws {
    let place = try standing()
    #expect(throws: ConnectError.self) { try place.save(isGivenUp: true) }
    #expect(try place.save().linkedBytes == 0)
    #expect(throws: ConnectError.self) { try place.save(isGivenUp: true) }
    #expect(try place.save().linkedBytes > 0)
  }

  @Test func whatCannotBeLinkedIsWrittenAnew() throws {
    let place = try standing()
    let expected = JobState.states(of: place.execution.snapshot(), graph: place.graph)
    let first = try place.save()
    // One file is gone, another was cut.
    let parts = try #require(first.manifest.operators[1].parts)
    let all = try place.save().linkedBytes
    let before = place.store.path(of: 2)
    try FileManager.default.removeItem(atPath: "\(before)/\(parts[1].file)")
    #expect(truncate("\(before)/\(parts[2].file)", 3) == 0)
    let third = try place.save()
    #expect(third.linkedBytes == all - parts[1].size - parts[2].size)
    #expect(try place.store.read(3).states == expected)
    try place.store.removeAll()
    #expect(try place.save().linkedBytes == 0)
    #expect(try place.store.read(4).states == expected)
  }

  @Test func theOnesBeforeCanGoAndASavepointIsWhole() throws {
    let place = try standing()
    let expected = JobState.states(of: place.execution.snapshot(), graph: place.graph)
    _ = try place.save()
    #expect(try place.save().linkedBytes > 0)
    try FileManager.default.removeItem(atPath: place.store.path(of: 1))
    #expect(try place.store.read(2).states == expected)
    let path = "\(place.folder)/mine"
    try place.store.copy(2, toSavepoint: path)
    let savepoint = try CheckpointFolder(path: path).read()
    #expect(savepoint.states == expected)
    #expect(savepoint.manifest.operators.allSatisfy { $0.parts == nil })
  }

  @Test func everyDamagedPartIsNoticedWhereverItIsShared() throws {
    let place = try standing(keep: 3)
    for _ in 0..<3 { try place.execution.round(maxRecords: 1) }
    _ = try place.save()
    #expect(try place.save().linkedBytes > 0)
    _ = try place.save()
    let parts = try #require(try place.store.read(2).manifest.operators[1].parts)
    for part in parts {
      let path = "\(place.store.path(of: 2))/\(part.file)"
      let file = try #require(FileHandle(forUpdatingAtPath: path))
      let byte = try #require(try file.read(upToCount: 1)?.first)
      func put(_ byte: UInt8) throws {
        try file.seek(toOffset: 0)
        try file.write(contentsOf: [byte])
      }
      try put(byte ^ 4)
      #expect(place.store.verify(2)?.message.contains(part.file) == true)
      let report = CheckpointReport.of(place.store.path(of: 2), depth: .checksums)
      #expect(report.faults.map(\.file) == [part.file])
      // The newest is safe from it.
      #expect(place.store.verify(3) == nil)
      try put(byte)
      #expect(place.store.verify(2) == nil)
    }
    let report = CheckpointReport.of(place.store.path(of: 2), depth: .checksums)
    #expect(!report.isDamaged && report.strangers == [])
  }

  @Test func aCheckpointOfFormatThreeIsStillRead() throws {
    let place = try standing()
    let states = JobState.states(of: place.execution.snapshot(), graph: place.graph)
    var manifest = try place.save().manifest
    manifest.formatVersion = 3
    manifest.checkpoint = 9
    try place.store.save(manifest, states: states)
    let path = "\(place.store.path(of: 9))/manifest.json"
    #expect(try !String(contentsOfFile: path, encoding: .utf8).contains("parts"))
    #expect(try place.store.read(9).states == states)
  }

  /// The operations on files of one run, and where it is cut off.
  private final class Operations: Sendable {
    struct Crash: Error {}
    let target: Int
    private let all = Guarded<[FileSystem.Operation]>([])

    init(stopAt target: Int = .max) { self.target = target }

    func take(_ operation: FileSystem.Operation) throws {
      let count = all.withLock { all in
        all.append(operation)
        return all.count
      }
      if count >= target { throw Crash() }
    }

    var seen: [FileSystem.Operation] { all.withLock { $0 } }
  }

  @Test func aRunSaysWhatItsCheckpointsShared() throws {
    let place = try RunPlace { $0.allowedLatenessMs = 300 }
    let alone = try place.run { $0.isFresh = true }
    #expect(alone.sharedBytes == 0 && alone.checkpointBytes > 0)
    place.graph.checkpoint.keep = 4
    let sharing = try place.run { $0.minSharedBytes = 1 }
    #expect(sharing.checkpointBytes == alone.checkpointBytes)
    #expect(sharing.sharedBytes > 0 && sharing.sharedBytes < sharing.checkpointBytes)
  }

  @Test func aRunCutOffAtAnyFileOperationIsCompletedByTheNext() throws {
    let change: (inout WindowJob) -> Void = { $0.allowedLatenessMs = 300 }
    let expected = try RunPlace.expected(change: change)
    func run(_ operations: Operations) throws -> RunPlace {
      let place = try RunPlace(change: change)
      place.graph.checkpoint.keep = 4
      let files = FileSystem { try operations.take($0) }
      do {
        try place.run({ $0.minSharedBytes = 1 }, files: files)
      } catch is Operations.Crash {}
      return place
    }
    let whole = Operations()
    #expect(try run(whole).output == expected)
    let links = whole.seen.count { if case .link = $0 { true } else { false } }
    #expect(links > 20)
    // Every one of a checkpoint with shared parts.
    let stops = whole.seen.indices.filter { "\(whole.seen[$0])".contains("chk-5") }.map { $0 + 1 }
    #expect(stops.count > 20)
    for target in stops {
      let place = try run(Operations(stopAt: target))
      try place.run { $0.minSharedBytes = 1 }
      #expect(place.output == expected, "cut off at operation \(target)")
    }
  }
}
