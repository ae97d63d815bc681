import Connectors
import Engine
import Foundation
import GRDB
import Runtime
import TestSupport

/// One job through crashes, faults, hanging checkpoints, damaged ones, stops, savepoints and other
/// parallelisms, all of it decided by a seed, until it comes to its end.
struct Simulation {
  /// What is wrong, in words; nil where the output is that of a run without any of it.
  private(set) var failure: String?
  private(set) var seen: [SimulatedWorld.Event: Int] = [:]
  private(set) var lives = 0
  let seed: UInt64
  private let own: TemporaryFolder
  private let job: SimulatedJob

  init(seed: UInt64) throws {
    self.seed = seed
    own = try TemporaryFolder()
    var random = SeededRandom(seed: seed)
    job = SimulatedJob(&random)
    let calm = try runCalmly(own.path("calm"))
    try run(own.path("stormy"), expecting: calm, &random)
  }

  /// The output of one record at a time, without checkpoints but the last.
  private func runCalmly(_ folder: String) throws -> [String: String] {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var graph = try job.graph(in: folder, files: FileSystem())
    graph.checkpoint.everyMs = 1_000_000
    var options = JobRunner.Options(checkpointDirectory: "\(folder)/checkpoints")
    options.maxRecords = 1
    _ = try JobRunner(graph: graph, options: options).run()
    return try output(folder)
  }

  private mutating func run(
    _ folder: String, expecting calm: [String: String], _ random: inout SeededRandom
  ) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let world = SimulatedWorld(seed: random.next(), folder: folder)
    defer { seen = world.seen }
    let store = CheckpointStore(directory: "\(folder)/checkpoints", job: "simulated")
    var parallelism = 1
    while lives < 60 {
      lives += 1
      if lives > 25 { world.with { $0.isCalm = true } }
      if lives > 1, damage(store, world, &random) {
        world.saw(.fallback)
        // The rows that they count on are taken back: to go on from one is then refused.
        world.with { $0.savepoints = [] }
      }
      var options = JobRunner.Options(checkpointDirectory: "\(folder)/checkpoints")
      options.maxRecords = [1, 7, 40, Int.max].randomElement(using: &random) ?? 1
      options.blockBytes = Int.random(in: 60...4000, using: &random)
      let savepoints = world.with { $0.savepoints }
      if lives > 1, Int.random(in: 0..<6, using: &random) == 0, let chosen = savepoints.last {
        options.savepoint = chosen
        world.saw(.fromSavepoint)
      }
      world.with { $0.isDead = false }
      var graph = try job.graph(in: folder, files: world.files)
      graph.parallelism = Int.random(in: 1...5, using: &random)
      if lives > 1, graph.parallelism != parallelism { world.saw(.rescaled) }
      parallelism = graph.parallelism
      world.tell("life \(lives), parallelism \(parallelism)")
      graph.checkpoint.keep = 2 + Int(seed % 3)
      graph.checkpoint.toleratedFailures = Int(seed % 4)
      graph.checkpoint.timeoutMs = 400
      graph.restart.attempts = Int(seed % 3)
      var rounds = 0
      do {
        let summary = try JobRunner(
          graph: graph, options: options, clock: SimulatedWorld.Clock(world: world),
          writer: SimulatedWorld.Writer(world: world), files: world.files
        ).run(
          notify: { Self.note($0, world) }, progress: { _ in rounds += 1 },
          control: SimulatedWorld.Control(world))
        look(at: store, world)
        guard summary.accounting.isBalanced else {
          failure = "records are unaccounted for: \(summary.accounting)"
          return
        }
        if summary.accounting.lateUpdates > 0 { world.saw(.lateUpdate) }
        if summary.accounting.late > 0 { world.saw(.late) }
        if summary.wasStopped { continue }
        let found = try output(folder)
        if found != calm { failure = Self.difference(found, calm) }
        return
      } catch {
        if error is SimulatedCrash, rounds == 0, lives > 1 { world.saw(.crashInRecovery) }
        guard SimulatedWorld.isOurs(error) else {
          failure = "life \(lives): \(error)"
          return
        }
        world.tell("life \(lives) ends: \(error)")
        look(at: store, world)
      }
    }
    failure = "it did not come to its end"
  }

  private static func note(_ text: String, _ world: SimulatedWorld) {
    world.tell(text)
    if text.contains("starting again in") { world.saw(.retry) }
    if text.contains(" failed: ") { world.saw(.failedCheckpoint) }
    if text.contains("within its timeout") { world.saw(.timeout) }
  }

  private func look(at store: CheckpointStore, _ world: SimulatedWorld) {
    guard let manifest = try? store.latest().checkpoint?.manifest else { return }
    if manifest.splits.contains(where: { $0.isIdle == true }) { world.saw(.idleSplit) }
    if manifest.handles(of: manifest.sinks.first?.id ?? "").count > 1 { world.saw(.severalHandles) }
  }

  /// Flips a bit of the newest checkpoint, where the one before it can be used.
  private func damage(
    _ store: CheckpointStore, _ world: SimulatedWorld, _ random: inout SeededRandom
  ) -> Bool {
    guard Int.random(in: 0..<5, using: &random) == 0, !world.with({ $0.isCalm }),
      let numbers = try? store.list(), numbers.count >= 2,
      numbers.suffix(2).allSatisfy({ store.verify($0) == nil }), let newest = numbers.last,
      let names = try? FileManager.default.contentsOfDirectory(atPath: store.path(of: newest)),
      let name = names.filter({ $0 != "committed" }).sorted().randomElement(using: &random)
    else { return false }
    let path = "\(store.path(of: newest))/\(name)"
    guard var bytes = FileManager.default.contents(atPath: path), !bytes.isEmpty else {
      return false
    }
    let at = Int.random(in: 0..<bytes.count, using: &random)
    bytes[at] ^= 1 << UInt8.random(in: 0...7, using: &random)
    return FileManager.default.createFile(atPath: path, contents: bytes)
  }

  // MARK: output

  private func output(_ folder: String) throws -> [String: String] {
    var found: [String: String] = [:]
    for name in ["out.csv", "late.csv", "dead.csv"] {
      found[name] = try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    }
    let visible = try FileManager.default.contentsOfDirectory(atPath: folder)
    switch job.target {
    case .file: break
    case .parts:
      let parts = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/parts")) ?? []
      // Each part has a line of column names.
      found["parts"] = try parts.filter { !$0.hasPrefix(".") }.sorted().map {
        try String(contentsOfFile: "\(folder)/parts/\($0)", encoding: .utf8)
          .split(separator: "\n").dropFirst().joined(separator: "\n")
      }.joined(separator: "\n")
    case .append, .upsert:
      let order = job.target == .append ? "rowid" : "1, 2, 3"
      let rows = try DatabaseQueue(path: "\(folder)/out.db").read { database in
        try Row.fetchAll(database, sql: "SELECT * FROM results ORDER BY \(order)")
      }
      found["table"] = rows.map { row in row.map { "\($0.1)" }.joined(separator: " ") }
        .joined(separator: "\n")
    }
    found["left over"] = visible.filter { $0.hasSuffix(".staged") }.joined(separator: " ")
    return found
  }

  private static func difference(_ found: [String: String], _ expected: [String: String]) -> String
  {
    for (name, text) in expected.sorted(by: { $0.key < $1.key }) where found[name] != text {
      let (lines, wanted) = (
        (found[name] ?? "").split(separator: "\n"), text.split(separator: "\n")
      )
      let at = zip(lines, wanted).enumerated().first { $0.1.0 != $0.1.1 }?.offset
      let line = at ?? min(lines.count, wanted.count)
      return "\(name), line \(line + 1): \(lines.dropFirst(line).first ?? "nothing") instead of "
        + "\(wanted.dropFirst(line).first ?? "nothing") (\(lines.count) lines, \(wanted.count) wanted)"
    }
    return "more than was expected: \(found.keys.sorted())"
  }
}
