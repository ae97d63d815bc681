import Columns
import Expressions
import TestSupport
import Testing

@testable import Engine

/// Which memory a key's next window takes.
@Suite struct KeyedStoreTests {
  private static func plan(_ call: String) throws -> WindowPlan {
    let schema = Schema([
      Field("ts", .timestampLTZ), Field("key", .string), Field("value", .bigint),
    ])
    let spec = WindowSpec(
      assigner: .session(gapMs: 10), keys: [1],
      aggregates: [try AggregateSpec("a", call: call, schema: schema)])
    return WindowPlan(
      id: "w", spec: spec, inputSchema: schema, isResultRead: [], isLateRead: false)
  }

  private let arena = Arena()

  private func begin(_ store: KeyedStore, _ start: Int64, sequence: Int64) -> Entry {
    let key = arena.copy("key")
    return store.insert(
      key, key.hash64, TimeSpan(start: start, end: start + 10), sequence: sequence,
      after: store.newest(key, key.hash64))
  }

  @Test func theLastWindowsEntryIsTakenAgainAndEmpty() throws {
    let store = KeyedStore(plan: try Self.plan("SUM(value)"))
    let first = begin(store, 100, sequence: 7)
    for word in EntryWord.rows..<store.pane.stride where word != EntryWord.pane {
      if word != KeyedWord.next, word != KeyedWord.newer, word != KeyedWord.shadow {
        first[word] = 99
      }
    }
    store.remove(first)
    store.endBatch()
    let second = begin(store, 500, sequence: 8)
    #expect(second == first && store.liveCount == 1 && store.pane.count == 1)
    #expect(second.key.string == "key" && second.span == TimeSpan(start: 500, end: 510))
    #expect(second[EntryWord.firstSequence] == 8 && second[KeyedWord.early] == KeyedWord.noTime)
    for word in [EntryWord.rows, EntryWord.firings, KeyedWord.sinceFiring, KeyedWord.ended]
      + [KeyedWord.firedRows, KeyedWord.ticket, KeyedWord.isArmed]
      + (EntryWord.headerCount + KeyedWord.count..<store.pane.stride)
    {
      #expect(second[word] == 0, "word \(word)")
    }
  }

  /// Its result may wait in it until then.
  @Test func itIsNotTakenBeforeItsBatchHasEnded() throws {
    let store = KeyedStore(plan: try Self.plan("SUM(value)"))
    let first = begin(store, 100, sequence: 7)
    store.remove(first)
    #expect(begin(store, 500, sequence: 8) != first)
  }

  /// What it remembers beyond its words would stay.
  @Test(arguments: ["COUNT(DISTINCT value)", "LAST_VALUE(key)"])
  func oneThatHoldsMoreThanWordsIsLeft(_ call: String) throws {
    let store = KeyedStore(plan: try Self.plan(call))
    let first = begin(store, 100, sequence: 7)
    store.remove(first)
    store.endBatch()
    #expect(begin(store, 500, sequence: 8) != first)
  }

  /// A session that goes on behind it is still found.
  @Test func whatStandsBehindItInTheChainStays() throws {
    let store = KeyedStore(plan: try Self.plan("SUM(value)"))
    let old = begin(store, 100, sequence: 7)
    let head = begin(store, 500, sequence: 8)
    store.remove(head)
    store.endBatch()
    let again = begin(store, 900, sequence: 9)
    #expect(again == head && again.next == old && old.span.start == 100)
    store.remove(old)
    #expect(again.next == nil && store.liveCount == 1)
  }

  @Test func aSnapshotUnderWayDoesNotSeeTheNewWindow() throws {
    let plan = try Self.plan("SUM(value)")
    let store = KeyedStore(plan: plan)
    let first = begin(store, 100, sequence: 7)
    store.remove(first)
    store.endBatch()
    let capture = PaneCapture(store.pane, role: .keyed, savedCount: 0, layout: plan.layout)
    store.pane.capture = capture
    #expect(begin(store, 500, sequence: 8) == first)
    var writer = StateWriter()
    while capture.write(upTo: 1, to: &writer) {}
    #expect(writer.bytes.isEmpty)
  }
}
