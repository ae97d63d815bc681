import Columns
import Connectors
import Engine
import Foundation
import TestSupport
import Testing

@testable import Runtime

/// The threaded driver's promise: cut off anywhere, the next run ends with the output of a run that
/// was never cut off.
@Suite struct RunningJobs {
  private struct Crash: Error {}

  /// Lets so many calls to sinks pass, then fails for ever: before the call is carried out, or
  /// after.
  private final class Fuse: Sendable {
    private let left: Guarded<Int>
    let failsAfter: Bool

    init(_ calls: Int, failsAfter: Bool) {
      left = Guarded(calls)
      self.failsAfter = failsAfter
    }

    func burn<Result>(_ call: () throws -> Result) throws -> Result {
      let rest = left.withLock { left in
        left -= 1
        return left
      }
      if rest < 0 || rest == 0 && !failsAfter { throw Crash() }
      let result = try call()
      if rest == 0 { throw Crash() }
      return result
    }

    var hasBlown: Bool { left.withLock { $0 <= 0 } }
  }

  private final class FusedSink: Sink {
    private let sink: any Sink
    private let fuse: Fuse

    init(_ sink: any Sink, _ fuse: Fuse) {
      self.sink = sink
      self.fuse = fuse
    }

    var guarantee: Guarantee { sink.guarantee }
    var notices: [String] { sink.notices }
    func open(restoring restored: [SinkHandle]?) throws {
      try fuse.burn { try sink.open(restoring: restored) }
    }
    func write(_ batch: Batch) throws { try fuse.burn { try sink.write(batch) } }
    func precommit(checkpoint: Int64) throws -> PrecommittedTransaction {
      var transaction = try fuse.burn { try sink.precommit(checkpoint: checkpoint) }
      if let makeVisible = transaction.makeVisible {
        transaction.makeVisible = { [fuse] in try fuse.burn(makeVisible) }
      }
      return transaction
    }
    func commit(_ handle: SinkHandle) throws { try fuse.burn { try sink.commit(handle) } }
    func abort() throws { try sink.abort() }
    func close() { sink.close() }
  }

  private enum Kind: String, CaseIterable { case file, parts, sqliteAppend, sqliteUpsert }

  private let own: TemporaryFolder
  private var folder: String { own.path }

  init() throws { own = try TemporaryFolder() }

  private func graph(
    _ kind: Kind, _ name: String, _ wrap: @escaping @Sendable (any Sink) -> any Sink = { $0 }
  ) throws -> JobGraph {
    var job = WindowJob()
    job.sizeMs = 20
    job.outOfOrdernessMs = 8
    job.allowedLatenessMs = 25
    job.late = .update
    job.blockRecords = 40
    job.parallelism = 2
    let log = Self.log
    var graph = try job.graph(MemorySource([("log", log)], blockRecords: 40))
    graph.checkpoint.everyMs = 1
    let out = "\(folder)/\(name)"
    for (index, node) in graph.nodes.enumerated() {
      guard case .sink(var spec) = node.logic else { continue }
      let (columns, schema) = (spec.columns, node.schema)
      let isResult = node.id == "results"
      spec.make = {
        let sink: any Sink =
          switch kind {
          case .sqliteAppend where isResult, .sqliteUpsert where isResult:
            SqliteSink(
              path: "\(out).db", table: "results", mode: kind == .sqliteAppend ? .append : .upsert,
              schema: schema, columns: columns, keyColumns: ["key"], jobID: "test",
              sinkID: node.id)
          case .parts where isResult:
            FileSink(
              path: "\(out)-parts/", format: RowFormat(.jsonl), schema: schema, columns: columns,
              jobID: "test", sinkID: node.id)
          default:
            FileSink(
              path: "\(out)-\(node.id).csv", format: RowFormat(.csv), schema: schema,
              columns: columns, jobID: "test", sinkID: node.id)
          }
        return wrap(sink)
      }
      graph.nodes[index].logic = .sink(spec)
    }
    return graph
  }

  /// 200 events, five blocks: every fourth key, some of them late.
  private static let log: String = {
    var random = SeededRandom(seed: 21)
    return (0..<200).map { index in
      let late = Int.random(in: 0..<9, using: &random) == 0 ? 30 : 0
      let time = index * 3 - Int.random(in: 0...8, using: &random) - late
      return "{\"ts\":\(time),\"key\":\"k\(index % 4)\",\"value\":\(index)}\n"
    }.joined() + "not json\n"
  }()

  private func run(_ graph: JobGraph, _ name: String, waits: Bool = true) throws -> JobSummary {
    var options = JobRunner.Options(checkpointDirectory: "\(folder)/\(name)-checkpoints")
    options.waitsForCheckpoints = waits
    return try JobRunner(graph: graph, options: options, clock: TickingClock(tickMs: 2)).run()
  }

  /// Everything that a run left for others to read, by name.
  private func output(_ kind: Kind, _ name: String) throws -> [String: String] {
    var found: [String: String] = [:]
    for file in try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    where file.hasPrefix("\(name)-") && file.hasSuffix(".csv") {
      found[String(file.dropFirst(name.count))] = try String(
        contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
    }
    switch kind {
    case .parts:
      let parts = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)-parts")
      found["parts"] = try parts.filter { !$0.hasPrefix(".") }.sorted().map {
        try String(contentsOfFile: "\(folder)/\(name)-parts/\($0)", encoding: .utf8)
      }.joined()
    case .sqliteAppend, .sqliteUpsert:
      found["table"] = try SqliteRows.text(path: "\(folder)/\(name).db", table: "results")
    case .file: break
    }
    return found
  }

  @Test(arguments: Kind.allCases, [false, true])
  private func aRunCutOffAtAnyCallToASinkIsCompletedByTheNext(_ kind: Kind, failsAfter: Bool) throws
  {
    _ = try run(try graph(kind, "whole"), "whole")
    let expected = try output(kind, "whole")
    #expect(expected.values.allSatisfy { $0.utf8.count > 20 })
    var crashes = 0
    for calls in 1...400 {
      let name = "cut\(calls)"
      let fuse = Fuse(calls, failsAfter: failsAfter)
      do {
        _ = try run(try graph(kind, name) { FusedSink($0, fuse) }, name)
      } catch is Crash {}
      if !fuse.hasBlown { break }
      let summary = try run(try graph(kind, name), name)
      #expect(summary.accounting.isBalanced && summary.accounting.read == 201)
      #expect(try output(kind, name) == expected, "cut off at call \(calls)")
      crashes += 1
    }
    #expect(crashes > 30, "the run was cut off \(crashes) times only")
  }

  @Test(arguments: Kind.allCases)
  private func rowsAreWrittenWhileThoseBeforeThemBecomeVisible(_ kind: Kind) throws {
    _ = try run(try graph(kind, "whole"), "whole")
    let (commits, writes) = (Moment(), Moment())
    let hasMet = Guarded<Bool?>(nil)
    let watched = try graph(kind, "beside") { sink in
      WatchedSink(
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
    _ = try run(watched, "beside", waits: false)
    #expect(hasMet.withLock { $0 } == true)
    #expect(try output(kind, "beside") == output(kind, "whole"))
  }

  @Test func aJobThatHasFinishedStartsOver() throws {
    let first = try run(try graph(.file, "twice"), "twice")
    let once = try output(.file, "twice")
    let second = try run(try graph(.file, "twice"), "twice")
    #expect(try output(.file, "twice") == once)
    #expect(first.restoredFrom == nil && second.restoredFrom == nil)
    #expect(second.recordsThisRun == 201)
  }

  @Test func aStoppedJobGoesOnFromItsLastCheckpoint() throws {
    _ = try run(try graph(.file, "whole"), "whole")
    let options = JobRunner.Options(checkpointDirectory: "\(folder)/stopped-checkpoints")
    let stopped = try JobRunner(
      graph: try graph(.file, "stopped"), options: options, clock: TickingClock(tickMs: 2)
    ).run(control: ScriptedControl(stopsAfter: 2))
    #expect(stopped.wasStopped && stopped.accounting.read < 201 && stopped.accounting.isBalanced)
    let rest = try run(try graph(.file, "stopped"), "stopped")
    #expect(rest.restoredFrom != nil && rest.accounting.read == 201)
    #expect(try output(.file, "stopped") == (try output(.file, "whole")))
  }

  @Test func aDamagedCheckpointIsSaidAndTheOneBeforeIsUsed() throws {
    _ = try run(try graph(.file, "whole"), "whole")
    var options = JobRunner.Options(checkpointDirectory: "\(folder)/damaged-checkpoints")
    options.maxRecords = 40
    _ = try JobRunner(
      graph: try graph(.file, "damaged"), options: options, clock: TickingClock(tickMs: 2)
    ).run(control: ScriptedControl(stopsAfter: 4))
    let store = CheckpointStore(directory: "\(folder)/damaged-checkpoints", job: "test")
    let newest = try #require(try store.list().last)
    let manifest = "\(store.path(of: newest))/manifest.json"
    var bytes = try #require(FileManager.default.contents(atPath: manifest))
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: URL(fileURLWithPath: manifest))
    var said: [String] = []
    let options2 = JobRunner.Options(checkpointDirectory: "\(folder)/damaged-checkpoints")
    let summary = try JobRunner(
      graph: try graph(.file, "damaged"), options: options2, clock: TickingClock(tickMs: 2)
    ).run(notify: { said.append($0) })
    #expect(said.contains { $0.contains("checkpoint \(newest) cannot be used") })
    #expect(summary.restoredFrom == newest - 1)
    #expect(try output(.file, "damaged") == (try output(.file, "whole")))
  }
}
