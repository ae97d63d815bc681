import Engine
import Foundation
import Testing

@testable import Connectors

/// The conformance kit's second half: long random lives of a sink, with everything at once that the
/// first half tries one by one. A life is given by its seed.
@Suite struct SinkWalks {
  /// Lives of each sink; more by `TIDEMARK_SINK_SEEDS`.
  private static let seeds =
    ProcessInfo.processInfo.environment["TIDEMARK_SINK_SEEDS"].flatMap { UInt64($0) } ?? 30

  @Test(arguments: sinksUnderTest)
  func aLifeOfCrashesAndRestoresShowsEachCommittedRowOnce(_ sink: SinkCase) throws {
    if try sink.make().makeSink(FileSystem()).guarantee == .atLeastOnce { return }
    var met: [SinkWalk.Event: Int] = [:]
    for seed in 0..<Self.seeds {
      let walk = try SinkWalk(sink, seed: seed)
      do {
        try walk.run(steps: 120)
      } catch {
        Issue.record("seed \(seed): \(error)")
      }
      met.merge(walk.met) { $0 + $1 }
    }
    for event in SinkWalk.Event.allCases {
      #expect(met[event] ?? 0 > 0, "no life met: \(event)")
    }
  }
}

/// One life of a sink, and what a reader must see of it.
final class SinkWalk {
  enum Event: CaseIterable {
    case crashInOpen, crashInPrepare, crashInCommit, committedByRestore, wentBack, refused
    case severalCommitted, aborted, wroteBesideCommit
  }

  private struct Point {
    var id: Int64
    var handles: [SinkHandle]
    var rows: [ConformanceRow]
    var isSavepoint: Bool
  }

  private(set) var met: [Event: Int] = [:]
  private let target: any SinkUnderTest
  private let semantics: SinkSemantics
  private let seed: UInt64
  private var random: SeededGenerator
  private var step = 0

  // What outlives a crash.
  /// Complete checkpoints that led to what is visible, oldest first.
  private var store: [Point] = []
  /// Complete checkpoints that a restore of an older one left aside.
  private var abandoned: [Point] = []
  /// The one of them whose restore a crash cut off: it may have begun, so it is tried again.
  private var begun: Point?
  private var visible: [ConformanceRow] = []
  private var lives = 0
  /// The most rows that a commit was begun of: upserts are right again from there on.
  private var reached = 0

  // What does not.
  private var sink: (any Sink)?
  private var fuse = Fuse()
  private var rows: [ConformanceRow] = []
  private var waiting: [PrecommittedTransaction] = []
  /// The checkpoint whose manifest is being written.
  private var pending: Point?
  private var nextID: Int64 = 1

  /// Counts down to a crash.
  private final class Fuse: @unchecked Sendable {
    // Unchecked: used from one thread.
    var left = Int.max

    var files: FileSystem {
      FileSystem(maxWriteBytes: 48) { [self] _ in
        if left == 0 { throw FaultPoint.Crash() }
        left -= 1
      }
    }
  }

  init(_ sink: SinkCase, seed: UInt64) throws {
    target = try sink.make()
    semantics = sink.semantics
    self.seed = seed
    random = SeededGenerator(seed: seed)
  }

  func run(steps: Int) throws {
    for number in 0..<steps {
      step = number
      if sink == nil {
        try restart()
      } else if random.next() % 100 < 8 {
        fuse.left = Int(random.next() % 8)
      } else {
        try advance()
      }
    }
    try finish()
  }

  // MARK: Steps

  private func advance() throws {
    switch random.next() % 100 {
    case ..<42:
      try call(nil) { sink in try write(1 + Int(random.next() % 4), sink) }
    case ..<70 where pending == nil:
      try call(.crashInPrepare, prepare)
    case ..<90 where pending != nil:
      if random.next() % 4 == 0 {
        // It fails; what was prepared waits for the next.
        pending = nil
      } else {
        try call(.crashInCommit, complete)
      }
    case 90..<94: crash()
    case 94..<96:
      sink?.close()
      crash()
    case 96..<98:
      try call(nil) { sink in
        try sink.abort()
        met[.aborted, default: 0] += 1
        (rows, waiting, pending) = (visible, [], nil)
        try check("abort")
      }
    default: break
    }
  }

  /// Calls the sink; a crash ends the object's life.
  private func call(_ event: Event?, _ body: (any Sink) throws -> Void) throws {
    guard let sink else { return }
    do {
      try body(sink)
    } catch is FaultPoint.Crash {
      if let event { met[event, default: 0] += 1 }
      crash()
    }
  }

  private func write(_ count: Int, _ sink: any Sink) throws {
    // Another life writes other rows, so that none can stand for another's. Not for upserts, which
    // promise to be right where the same rows come again.
    let salt = semantics == .appends ? "/\(lives)" : ""
    let new = (0..<count).map { ConformanceRow(position: rows.count + $0, salt: salt) }
    try sink.write(ConformanceRow.batch(new))
    rows += new
  }

  private func prepare(_ sink: any Sink) throws {
    let id = nextID
    nextID += 1
    let transaction = try sink.precommit(checkpoint: id)
    try transaction.makeDurable?()
    waiting.append(transaction)
    pending = Point(
      id: id, handles: waiting.map(\.handle), rows: rows, isSavepoint: random.next() % 5 == 0)
    try check("prepare \(id)")
  }

  /// The manifest is durable.
  private func complete(_ sink: any Sink) throws {
    guard let point = pending else { return }
    keep(point)
    pending = nil
    let transactions = waiting
    waiting = []
    reached = max(reached, point.rows.count)
    if random.next() % 2 == 0 {
      // Beside the stream, as far as it is one thread's: rows are written between the two halves.
      for makeVisible in transactions.compactMap(\.makeVisible) { try makeVisible() }
      visible = point.rows
      try check("made visible \(point.id)")
      if random.next() % 2 == 0 {
        try write(1 + Int(random.next() % 4), sink)
        met[.wroteBesideCommit, default: 0] += 1
      }
    }
    for handle in transactions.map(\.handle) {
      try sink.commit(handle)
      if random.next() % 3 == 0 { try sink.commit(handle) }
    }
    if transactions.count > 1 { met[.severalCommitted, default: 0] += 1 }
    visible = point.rows
    try check("commit \(point.id)")
  }

  private func keep(_ point: Point) {
    store.append(point)
    if store.count > 3, let oldest = store.firstIndex(where: { !$0.isSavepoint }) {
      store.remove(at: oldest)
    }
  }

  private func crash() {
    // The manifest may have been written to its end.
    if let point = pending, random.next() % 2 == 0 {
      keep(point)
      met[.committedByRestore, default: 0] += 1
    }
    (sink, pending, waiting) = (nil, nil, [])
  }

  // MARK: Restore

  private func restart() throws {
    lives += 1
    fuse = Fuse()
    if random.next() % 5 == 0 { fuse.left = Int(random.next() % 8) }
    let sink = target.makeSink(fuse.files)
    let choice = random.next() % 100
    do {
      if let point = begun ?? (choice < 12 ? abandoned.randomElement(using: &random) : nil) {
        begun = point
        if try !restoreAbandoned(point, sink) { return }
      } else {
        var point = store.last
        if choice < 30, let older = store.indices.randomElement(using: &random) {
          point = store[older]
          if older < store.count - 1 { met[.wentBack, default: 0] += 1 }
          // What came after it is being undone from here on.
          abandoned += store[(older + 1)...]
          store.removeSubrange((older + 1)...)
        }
        // Rows that are restored may not have been committed before.
        reached = max(reached, point?.rows.count ?? 0)
        try sink.open(restoring: point?.handles)
        visible = point?.rows ?? []
      }
    } catch is FaultPoint.Crash {
      met[.crashInOpen, default: 0] += 1
      return
    }
    self.sink = sink
    rows = visible
    nextID = ((store + abandoned).map(\.id).max() ?? 0) + 1
    try check("open")
  }

  /// Restores a checkpoint that another run left aside: that is right, or refused.
  private func restoreAbandoned(_ point: Point, _ sink: any Sink) throws -> Bool {
    reached = max(reached, point.rows.count)
    let before = try target.rows()
    do {
      try sink.open(restoring: point.handles)
    } catch let error as ConnectError {
      #expect(error.remedy != nil, "seed \(seed), step \(step)")
      #expect(try target.rows() == before, "seed \(seed), step \(step), refused: \(error)")
      met[.refused, default: 0] += 1
      begun = nil
      sink.close()
      return false
    }
    begun = nil
    abandoned += store
    store = [point]
    visible = point.rows
    return true
  }

  // MARK: What a reader sees

  private func finish() throws {
    while sink == nil { try restart() }
    fuse.left = .max
    guard let sink else { return }
    try write(max(reached - rows.count, 0) + 3, sink)
    if pending == nil { try prepare(sink) }
    try complete(sink)
    while rows.count > visible.count {
      try prepare(sink)
      try complete(sink)
    }
    sink.close()
    try check("the end")
    #expect(try target.leftovers() == [], "seed \(seed), the end")
  }

  private func check(_ moment: String) throws {
    if semantics == .upserts && visible.count < reached { return }
    let expected = ConformanceRow.visible(visible, semantics)
    #expect(try target.rows() == expected, "seed \(seed), step \(step), \(moment)")
  }
}
