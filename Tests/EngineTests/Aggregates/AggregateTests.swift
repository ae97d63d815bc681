import Columns
import TestSupport
import Testing

@testable import Engine

/// Every aggregate over every type, against what it means.
@Suite struct Aggregates {
  /// Whether a result is the same to the last bit in any grouping.
  private func isExact(_ spec: AggregateSpec, merged: Bool) -> Bool {
    switch spec.function {
    case .stddevPop, .stddevSamp, .varPop, .varSamp: false
    case .sum, .average: !merged || spec.type != .double
    default: true
    }
  }

  private func expect(
    _ bench: AggregateBench, _ entry: Entry, _ rows: [AggregateBench.Row], merged: Bool,
    _ comment: Comment
  ) {
    for (spec, found) in zip(bench.specs, bench.results(entry)) {
      let expected = AggregateModel.result(spec, rows)
      #expect(
        AggregateModel.agree(found, expected, exactly: isExact(spec, merged: merged)),
        "\(comment): \(spec.call) of \(rows.count) rows is \(found), not \(expected)")
    }
  }

  @Test func theTableOfCallsHasEveryFunction() throws {
    let bench = try AggregateBench(AggregateBench.everyCall)
    let called = Set(bench.specs.map(\.function))
    #expect(called == Set(AggregateSpec.Function.allCases) && bench.specs.count > 200)
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func everyAggregateIsWhatItMeans(_ seed: UInt64) throws {
    let bench = try AggregateBench(AggregateBench.everyCall)
    var random = SeededRandom(seed: seed)
    for count in [0, 1, 2, 5, 30, 150] {
      let rows = AggregateBench.rows(count, &random)
      let pane = bench.makePane()
      let entry = bench.makeEntry(pane)
      bench.add(rows, to: entry, batches: [1, 7, .max].randomElement(using: &random) ?? 1)
      expect(bench, entry, rows, merged: false, "seed \(seed)")
    }
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func mergedEntriesEqualAllTheirRowsInOne(_ seed: UInt64) throws {
    let bench = try AggregateBench(AggregateBench.everyCall)
    var random = SeededRandom(seed: seed)
    for count in [0, 1, 3, 40, 120] {
      let rows = AggregateBench.rows(count, &random)
      // Rows fall into the parts by chance, so parts overlap in time; some parts are empty.
      var parts = [[AggregateBench.Row]](
        repeating: [], count: Int.random(in: 2...4, using: &random))
      for row in rows { parts[Int.random(in: 0..<parts.count, using: &random)].append(row) }
      let pane = bench.makePane()
      let elsewhere = bench.makePane()
      var entries = parts.enumerated().map { index, part in
        let entry = bench.makeEntry(index % 2 == 0 ? pane : elsewhere)
        bench.add(part, to: entry, batches: 5)
        return entry
      }
      entries.shuffle(using: &random)
      let target = Bool.random(using: &random) ? entries.removeFirst() : bench.makeEntry(pane)
      for source in entries {
        let before = bench.bytes(source)
        bench.merge(source, into: target)
        #expect(bench.bytes(source) == before, "a merge leaves its source as it is")
      }
      expect(bench, target, rows, merged: true, "seed \(seed)")
      // What comes later is added to what was merged.
      var more = AggregateBench.rows(10, &random)
      for index in more.indices { more[index].sequence += rows.last?.sequence ?? 0 }
      bench.add(more, to: target)
      expect(bench, target, rows + more, merged: true, "seed \(seed), and more")
    }
  }

  @Test func mergedIntoAnEmptyEntryItIsACopyByteForByte() throws {
    let bench = try AggregateBench(AggregateBench.everyCall)
    var random = SeededRandom(seed: 5)
    let pane = bench.makePane()
    let entry = bench.makeEntry(pane)
    bench.add(AggregateBench.rows(90, &random), to: entry)
    let other = bench.makePane()
    let target = bench.makeEntry(other)
    bench.merge(entry, into: target)
    #expect(bench.bytes(target) == bench.bytes(entry))
    #expect(bench.bytes(entry) != bench.bytes(bench.makeEntry(other)))
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func writtenReadAndContinuedItIsAsIfNothingHadHappened(_ seed: UInt64) throws {
    let bench = try AggregateBench(AggregateBench.everyCall)
    var random = SeededRandom(seed: seed)
    let rows = AggregateBench.rows(100, &random)
    let whole = bench.makePane()
    let uninterrupted = bench.makeEntry(whole)
    bench.add(rows, to: uninterrupted)
    for cut in [0, 1, Int.random(in: 2..<99, using: &random), 100] {
      let (pane, later) = (bench.makePane(), bench.makePane())
      let first = bench.makeEntry(pane)
      bench.add(Array(rows.prefix(cut)), to: first)
      if Bool.random(using: &random) { _ = bench.results(first) }  // looking changes nothing
      let bytes = bench.bytes(first)
      let second = bench.makeEntry(later)
      #expect(try bench.read(bytes, into: second), "every byte is read")
      #expect(bench.bytes(second) == bytes)
      bench.add(Array(rows.dropFirst(cut)), to: second)
      #expect(bench.bytes(second) == bench.bytes(uninterrupted), "seed \(seed), cut at \(cut)")
      let results = bench.results(second).map(\.description)
      #expect(results == bench.results(uninterrupted).map(\.description))
    }
  }

  @Test func clearedItIsEmptyAndGivesItsMemoryBack() throws {
    let bench = try AggregateBench(AggregateBench.everyCall)
    var random = SeededRandom(seed: 3)
    let pane = bench.makePane()
    let entry = bench.makeEntry(pane)
    let empty = bench.bytes(entry)
    for _ in 0..<3 {
      bench.add(AggregateBench.rows(60, &random), to: entry)
      #expect(pane.stateObjectBytes > 0 && bench.bytes(entry) != empty)
      for accumulator in bench.accumulators { accumulator.clear(entry) }
      #expect(pane.stateObjectBytes == 0 && bench.bytes(entry) == empty)
    }
    let rows = AggregateBench.rows(20, &random)
    bench.add(rows, to: entry)
    expect(bench, entry, rows, merged: false, "after clearing")
  }

  @Test func entriesOfOneKeyInOnePaneDoNotMix() throws {
    let bench = try AggregateBench(AggregateBench.everyCall)
    var random = SeededRandom(seed: 8)
    let pane = bench.makePane()
    let entries = (0..<3).map { _ in bench.makeEntry(pane) }
    let rows = entries.map { _ in AggregateBench.rows(25, &random) }
    for batch in 0..<5 {
      for (entry, rows) in zip(entries, rows) {
        bench.add(Array(rows[(batch * 5)..<(batch * 5 + 5)]), to: entry)
      }
    }
    for (entry, rows) in zip(entries, rows) { expect(bench, entry, rows, merged: false, "mixed") }
  }

  @Test func theLastOfManyTextsTakesTheRoomOfAFew() throws {
    let bench = try AggregateBench(["LAST_VALUE(s)", "MAX(s)", "ARG_MAX(s, n)", "TOP_K(s, 2)"])
    let pane = bench.makePane()
    let entry = bench.makeEntry(pane)
    for number in 0..<20_000 {
      var values = [Value](repeating: .null, count: AggregateBench.schema.count)
      values[1] = .integer(Int64(number))
      values[4] = .string("2026-01-01T00:00:00.0\(100_000 + number)")
      bench.add([.init(sequence: Int64(number), values: values)], to: entry)
    }
    #expect(bench.results(entry)[0] == .string("2026-01-01T00:00:00.0119999"))
    #expect(pane.arena.reservedBytes <= 16 * 1024)
  }
}
