import Columns
import Engine
import Testing

@testable import Connectors

/// What the kit writes: for each transaction its batches as ranges of positions.
struct SinkScript {
  var transactions: [[Range<Int>]]
  /// The transactions, from 0, whose checkpoint fails: they are committed with the next.
  var failing: Set<Int> = []

  /// The rows of the first transactions.
  func rows(_ count: Int) -> [ConformanceRow] {
    transactions[..<count].joined().joined().map { ConformanceRow(position: $0) }
  }
}

/// A checkpoint that is complete.
struct StoredCheckpoint {
  var id: Int64
  var handles: [SinkHandle]
  /// How many of the script's transactions it covers.
  var covered: Int
}

/// Runs a script into a sink, in the order in which a job's driver calls it, with its checkpoints in
/// memory; asserts after every call that a reader sees what is committed and nothing else.
///
/// The store outlives a run that crashes, as files do.
final class SinkDriver {
  /// The run was to stop here; like ``FaultPoint/Crash``.
  private struct Stop: Error {}

  let target: any SinkUnderTest
  private let script: SinkScript
  private let semantics: SinkSemantics
  private(set) var store: [StoredCheckpoint] = []
  /// Calls of the sink so far, and the writing of manifests.
  private(set) var calls = 0
  /// Whether the last run came further than `open`.
  private(set) var wasOpened = false
  /// Whether the last run came to its end.
  private(set) var hasEnded = false

  init(_ sink: SinkCase, _ script: SinkScript) throws {
    target = try sink.make()
    semantics = sink.semantics
    self.script = script
  }

  struct Options {
    var files = FileSystem()
    /// The checkpoint that is restored; nil for a fresh start.
    var from: StoredCheckpoint?
    /// The run ends before this call, by its number, as by a crash.
    var stopBefore = Int.max
    /// Repeats every commit, restores twice, and writes and aborts after a restore.
    var meddles = false
    /// Repeats a commit that failed, with the same object.
    var retriesCommits = false
    /// Makes what is committed visible beside the stream, before the commits.
    var commitsBeside = false
    /// Told with each assertion.
    var label = ""
  }

  /// Runs what the restored checkpoint does not cover.
  ///
  /// - Throws: what the sink throws but for a crash. The sink is closed then, as a driver does.
  func run(_ options: Options) throws {
    (calls, wasOpened, hasEnded) = (0, false, false)
    if options.meddles && options.from != nil {
      let sink = target.makeSink(options.files)
      do { try sink.open(restoring: options.from?.handles) } catch is FaultPoint.Crash { return }
    }
    let sink = target.makeSink(options.files)
    do {
      try drive(sink, options)
    } catch is FaultPoint.Crash {
      return
    } catch is Stop {
      return
    } catch {
      sink.close()
      throw error
    }
    sink.close()
    try check(sink, script.transactions.count, "the end", options)
    #expect(try target.leftovers() == [], "\(options.label), the end")
    hasEnded = true
  }

  private func drive(_ sink: any Sink, _ options: Options) throws {
    let step = { [self] in
      if calls == options.stopBefore { throw Stop() }
      calls += 1
    }
    try step()
    try sink.open(restoring: options.from?.handles)
    wasOpened = true
    var committed = options.from?.covered ?? 0
    try check(sink, committed, "open", options)
    var id = store.last?.id ?? 0
    if options.meddles { try meddle(sink, committed, id + 1, options) }
    var waiting: [PrecommittedTransaction] = []
    for number in committed..<script.transactions.count {
      for range in script.transactions[number] {
        try step()
        try sink.write(ConformanceRow.batch(range.map { ConformanceRow(position: $0) }))
      }
      try step()
      id += 1
      let transaction = try sink.precommit(checkpoint: id)
      try transaction.makeDurable?()
      waiting.append(transaction)
      try check(sink, committed, "prepare \(id)", options)
      // The manifest, durable or not.
      try step()
      if script.failing.contains(number) { continue }
      let handles = waiting.map(\.handle)
      store.append(StoredCheckpoint(id: id, handles: handles, covered: number + 1))
      let covered = committed...number + 1
      if options.commitsBeside {
        for makeVisible in waiting.compactMap(\.makeVisible) {
          try step()
          try commit(sink, covered, options, makeVisible)
        }
        let isSilent = waiting.contains { $0.makeVisible == nil }
        if !isSilent { try check(sink, number + 1, "made visible \(id)", options) }
      }
      for handle in handles {
        try step()
        try commit(sink, covered, options) { try sink.commit(handle) }
        if options.meddles { try sink.commit(handle) }
      }
      committed = number + 1
      if options.meddles { for handle in handles { try sink.commit(handle) } }
      try check(sink, committed, "commit \(id)", options)
      waiting = []
    }
  }

  /// One step of a commit, again where it fails and may be repeated.
  private func commit(
    _ sink: any Sink, _ covered: ClosedRange<Int>, _ options: Options, _ body: () throws -> Void
  ) throws {
    do {
      try body()
    } catch let error as ConnectError {
      try checkWhole(sink, covered, options)
      if !options.retriesCommits { throw error }
      try body()
    }
  }

  /// What changes nothing.
  private func meddle(
    _ sink: any Sink, _ committed: Int, _ id: Int64, _ options: Options
  ) throws {
    for handle in options.from?.handles ?? [] { try sink.commit(handle) }
    try check(sink, committed, "commits repeated after open", options)
    if sink.guarantee == .atLeastOnce { return }
    let rows = script.rows(script.transactions.count)
    try sink.write(ConformanceRow.batch(rows))
    _ = try sink.prepare(checkpoint: id)
    _ = try sink.prepare(checkpoint: id + 1)
    try sink.write(ConformanceRow.batch(rows))
    try sink.abort()
    try check(sink, committed, "abort after open", options)
    #expect(try target.leftovers() == [], "\(options.label), abort after open")
  }

  /// Asserts that a commit that failed left whole transactions.
  private func checkWhole(
    _ sink: any Sink, _ committed: ClosedRange<Int>, _ options: Options
  ) throws {
    if sink.guarantee == .atLeastOnce { return }
    let seen = try target.rows()
    let isWhole = committed.contains {
      seen == ConformanceRow.visible(script.rows($0), semantics)
    }
    #expect(isWhole, "\(options.label), a commit that failed")
  }

  /// Asserts what a reader sees.
  private func check(
    _ sink: any Sink, _ committed: Int, _ moment: String, _ options: Options
  ) throws {
    let expected = ConformanceRow.visible(script.rows(committed), semantics)
    let seen = try target.rows()
    if sink.guarantee == .atLeastOnce {
      // Each row once or more: without repetitions a prefix of the stream, the committed at least.
      var known: Set<String> = []
      let once = seen.filter { known.insert($0).inserted }
      let all = ConformanceRow.visible(script.rows(script.transactions.count), semantics)
      #expect(once.starts(with: expected), "\(options.label), \(moment)")
      #expect(all.starts(with: once), "\(options.label), \(moment)")
      return
    }
    // An older checkpoint of upserts: right again as soon as the same rows have come again.
    if semantics == .upserts, committed < store.map(\.covered).max() ?? 0 { return }
    #expect(seen == expected, "\(options.label), \(moment)")
  }
}
