import Connectors
import Engine
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Runtime

/// Three checkpoints in a folder of their own.
private final class DamagedStore {
  private let own: TemporaryFolder
  var directory: String { own.path }
  let store: CheckpointStore

  init() throws {
    own = try TemporaryFolder()
    store = CheckpointStore(directory: own.path, job: "job")
    for number in 1...3 as ClosedRange<Int64> {
      let manifest = CheckpointManifest(
        job: "job", fingerprint: "f", checkpoint: number, createdAtMs: 1_700_000_000_000,
        splits: [
          .init(
            source: "source", name: "a.jsonl", position: .init(offset: 100 * number, line: 7),
            maxEventTime: 5, isEnded: false)
        ],
        watermark: 3,
        sinks: [.init(id: "sink", handle: SinkHandle(checkpoint: number, fields: ["n": "1"]))],
        counters: ["source.numRecordsIn": 10 * number])
      try store.save(
        manifest,
        states: [
          OperatorState(id: "_job", bytes: [UInt8](repeating: UInt8(number), count: 24)),
          OperatorState(id: "window", bytes: [UInt8](0..<24)),
          OperatorState(id: "empty", bytes: []),
        ])
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  func path(_ file: String, of number: Int64 = 3) -> String { "\(store.path(of: number))/\(file)" }

  /// Without fsync: a thousand of them would take a minute.
  func put(_ bytes: some Sequence<UInt8>, _ path: String) throws {
    let bytes = Array(bytes)
    let file = try FileSystem().open(path, O_WRONLY | O_CREAT | O_TRUNC)
    defer { close(file) }
    try bytes.withUnsafeBytes { try FileSystem().write($0, to: file, path: path) }
  }
}

/// Whatever happens to a checkpoint's files, it is noticed, the one before it is used, and that is
/// said.
@Suite struct CheckpointDamage {
  private func expectFallback(_ damaged: DamagedStore, _ what: String) throws {
    let latest = try damaged.store.latest()
    #expect(latest.checkpoint?.manifest.checkpoint == 2, "\(what)")
    #expect(latest.faults.map(\.checkpoint) == [3], "\(what)")
    let fault = latest.faults.first?.error
    #expect(
      fault?.message.contains("chk-3") == true && fault?.remedy != nil, "\(what): \(fault as Any)")
    let report = CheckpointReport.of(damaged.store.path(of: 3), depth: .checksums)
    #expect(report.isDamaged, "\(what)")
    let places = try CheckpointPlaces.find(at: damaged.directory, depth: .checksums)
    #expect(places.jobs.first?.next?.number == 2, "\(what)")
  }

  @Test func everyFlippedBitAndEveryLengthOfEveryFileIsNoticed() throws {
    let damaged = try DamagedStore()
    let names = try #require(try FileSystem().listing(of: damaged.store.path(of: 3)))
    #expect(names.count == 5)
    for name in names {
      let path = damaged.path(name)
      let bytes = try FileSystem().contents(of: path)
      for bit in 0..<bytes.count * 8 {
        var flipped = bytes
        flipped[bit / 8] ^= 1 << UInt8(bit % 8)
        try damaged.put(flipped, path)
        let report = CheckpointReport.of(damaged.store.path(of: 3), depth: .checksums)
        #expect(report.isDamaged && damaged.store.verify(3) != nil, "bit \(bit) of \(name)")
      }
      for length in 0..<bytes.count {
        try damaged.put(bytes.prefix(length), path)
        let report = CheckpointReport.of(damaged.store.path(of: 3), depth: .sizes)
        #expect(report.isDamaged && damaged.store.verify(3) != nil, "\(name) cut to \(length)")
      }
      try damaged.put(bytes + [0], path)
      try expectFallback(damaged, "\(name) with a byte more")
      try damaged.put(bytes, path)
      #expect(damaged.store.verify(3) == nil)
    }
  }

  @Test func aFileThatIsGoneOrNoFileIsNoticed() throws {
    let files = FileManager.default
    for name in [
      "manifest.json", "manifest.xxh64", "0-_job.state", "1-window.state", "2-empty.state",
    ] {
      let damaged = try DamagedStore()
      let path = damaged.path(name)
      try files.removeItem(atPath: path)
      try expectFallback(damaged, "\(name) is gone")
      try files.createDirectory(atPath: path, withIntermediateDirectories: false)
      try expectFallback(damaged, "\(name) is a folder")
      try files.removeItem(atPath: path)
      // A pipe that nobody writes to would hold up whoever reads it.
      #expect(mkfifo(path, 0o600) == 0)
      try expectFallback(damaged, "\(name) is a pipe")
      try files.removeItem(atPath: path)
      try files.createSymbolicLink(atPath: path, withDestinationPath: "nowhere")
      try expectFallback(damaged, "\(name) leads nowhere")
    }
  }

  @Test func filesInEachOthersPlaceAreNoticed() throws {
    let files = FileManager.default
    let swapped = try DamagedStore()
    try files.moveItem(atPath: swapped.path("0-_job.state"), toPath: swapped.path("x"))
    try files.moveItem(atPath: swapped.path("1-window.state"), toPath: swapped.path("0-_job.state"))
    try files.moveItem(atPath: swapped.path("x"), toPath: swapped.path("1-window.state"))
    try expectFallback(swapped, "two operators swapped")

    let mixed = try DamagedStore()
    try files.removeItem(atPath: mixed.path("0-_job.state"))
    try files.copyItem(
      atPath: mixed.path("0-_job.state", of: 1), toPath: mixed.path("0-_job.state"))
    try expectFallback(mixed, "state of another checkpoint")

    let renamed = try DamagedStore()
    try files.removeItem(atPath: renamed.store.path(of: 3))
    try files.copyItem(atPath: renamed.store.path(of: 1), toPath: renamed.store.path(of: 3))
    try expectFallback(renamed, "another checkpoint under this name")
  }

  @Test func anEmptyFolderAndAFileInItsPlaceAreNoticed() throws {
    let damaged = try DamagedStore()
    let path = damaged.store.path(of: 3)
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    try expectFallback(damaged, "an empty folder")
    try FileManager.default.removeItem(atPath: path)
    try damaged.put([1], path)
    try expectFallback(damaged, "a file")
  }

  @Test func aFileMoreIsNamedAndDoesNoHarm() throws {
    let damaged = try DamagedStore()
    try damaged.put([1], damaged.path("notes.txt"))
    #expect(try damaged.store.latest().checkpoint?.manifest.checkpoint == 3)
    let report = CheckpointReport.of(damaged.store.path(of: 3), depth: .checksums)
    #expect(!report.isDamaged && report.strangers == ["notes.txt"])
  }

  @Test func aManifestThatNamesFilesElsewhereIsRefused() throws {
    let damaged = try DamagedStore()
    let text = String(
      decoding: try FileSystem().contents(of: damaged.path("manifest.json")), as: UTF8.self)
    for place in ["../chk-2/1-window.state", "/etc/hostname", "..", "."] {
      let changed = Array(text.replacing("1-window.state", with: place).utf8)
      try damaged.put(changed, damaged.path("manifest.json"))
      try damaged.put(
        Array("\(XXHash64.hex(of: changed))  manifest.json\n".utf8), damaged.path("manifest.xxh64"))
      try expectFallback(damaged, place)
    }
  }

  @Test func theManifestOfALaterVersionIsRead() throws {
    let damaged = try DamagedStore()
    let text = String(
      decoding: try FileSystem().contents(of: damaged.path("manifest.json")), as: UTF8.self)
    let changed = Array(
      text.replacing("\"job\" :", with: "\"isSavepoint\" : true, \"new\" : [{}],\n  \"job\" :").utf8
    )
    try damaged.put(changed, damaged.path("manifest.json"))
    try damaged.put(
      Array("\(XXHash64.hex(of: changed))  manifest.json\n".utf8), damaged.path("manifest.xxh64"))
    let report = CheckpointReport.of(damaged.store.path(of: 3), depth: .checksums)
    #expect(report.faults == [] && report.isSavepoint)
    #expect(report.records == 30 && report.manifest?.splits[0].offset == 300)
  }

  @Test func savepointsAndJobsAreFoundWhereTheyStand() throws {
    let damaged = try DamagedStore()
    let files = FileManager.default
    try files.copyItem(atPath: damaged.store.path(of: 2), toPath: "\(damaged.directory)/before")
    let all = try CheckpointPlaces.find(at: damaged.directory)
    #expect(all.jobs.map(\.reports.count) == [1, 3])
    #expect(all.jobs[0].reports[0].isSavepoint && all.jobs[0].next == nil)
    #expect(all.jobs[1].name == "job" && all.jobs[1].next?.number == 3)
    // One beside the checkpoints is listed behind them, and is nothing that a run goes on from.
    try files.copyItem(
      atPath: damaged.store.path(of: 1), toPath: damaged.store.savepointPath(of: 1))
    let job = try CheckpointPlaces.find(job: "job", in: damaged.directory).jobs[0]
    #expect(job.all.map(\.number) == [1, 2, 3, nil] && job.next?.number == 3)
    #expect(job.savepoints.map(\.isSavepoint) == [true])
    let one = try CheckpointPlaces.find(at: "\(damaged.directory)/before")
    #expect(one.jobs[0].reports[0].manifest?.checkpoint == 2)
    #expect(throws: ConnectError.self) { try CheckpointPlaces.find(at: "\(damaged.directory)/no") }
    try files.createDirectory(
      atPath: "\(damaged.store.folder)/.chk-4.inprogress", withIntermediateDirectories: false)
    #expect(try CheckpointPlaces.find(at: damaged.store.folder).jobs[0].leftovers.count == 1)
  }
}
