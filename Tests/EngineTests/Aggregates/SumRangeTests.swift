import Columns
import TestSupport
import Testing

@testable import Engine

/// Sums at the edge of their type: never a wrapped number.
@Suite struct SumRanges {
  private func rows(_ values: [Int64]) -> [AggregateBench.Row] {
    values.enumerated().map { index, value in
      var row = [Value](repeating: .null, count: AggregateBench.schema.count)
      row[1] = .integer(value)
      return .init(sequence: Int64(index), values: row)
    }
  }

  @Test func aRowThatDoesNotFitIsRefusedAndLeavesTheSumAsItWas() throws {
    let bench = try AggregateBench(["SUM(n)", "AVG(n)"])
    let pane = bench.makePane()
    let entry = bench.makeEntry(pane)
    let refused = bench.add(rows([.max, 1, -5, 6, 5, .max, .min]), to: entry)
    #expect(refused == [0: [1, 3, 5]])
    #expect(bench.results(entry)[0] == .integer(-1))
    // The mean takes them all: its sum has 128 bits.
    #expect(bench.results(entry)[1] == .integer(Int64((Int128(Int64.max) + 6) / 7)))
  }

  @Test func aRefusedRowCanBeTakenOutOfAnEarlierSum() throws {
    let bench = try AggregateBench(["SUM(n)"])
    let pane = bench.makePane()
    let entry = bench.makeEntry(pane)
    bench.add(rows([40, 2]), to: entry)
    bench.accumulators[0].remove(entry, 2)
    #expect(bench.results(entry) == [.integer(40)])
    bench.accumulators[0].remove(entry, 40)
    #expect(bench.results(entry) == [.null])
  }

  @Test(arguments: [Int64.max, .min])
  func twoSumsThatFitMayMergeIntoOneWithoutAResult(_ edge: Int64) throws {
    let bench = try AggregateBench(["SUM(n)", "AVG(n)"])
    let sum = bench.accumulators[0]
    let pane = bench.makePane()
    let entries = (0..<3).map { _ in bench.makeEntry(pane) }
    bench.add(rows([edge]), to: entries[0])
    bench.add(rows([edge]), to: entries[1])
    bench.add(rows([edge < 0 ? .max : .min]), to: entries[2])
    bench.merge(entries[0], into: entries[1])
    #expect(sum.fault(entries[1]) == "the sum is beyond the range of BIGINT")
    #expect(bench.results(entries[1]) == [.null, .integer(edge)])
    // Written and read it has none either.
    let copy = bench.makeEntry(pane)
    #expect(try bench.read(bench.bytes(entries[1]), into: copy))
    #expect(sum.fault(copy) != nil)
    // Others bring it back: nothing was lost.
    bench.merge(entries[2], into: entries[1])
    bench.add(rows([edge < 0 ? 3 : -3]), to: entries[1])
    #expect(sum.fault(entries[1]) == nil)
    #expect(bench.results(entries[1])[0] == .integer(edge < 0 ? .min + 2 : .max - 4))
  }

  @Test func aSumOfDistinctValuesThatIsTooLargeHasNoResult() throws {
    let bench = try AggregateBench(["SUM(DISTINCT n)", "AVG(DISTINCT n)"])
    let pane = bench.makePane()
    let entry = bench.makeEntry(pane)
    #expect(bench.add(rows([.max, .max]), to: entry).isEmpty)
    #expect(bench.results(entry)[0] == .integer(.max))
    #expect(bench.accumulators[0].fault(entry) == nil)
    bench.add(rows([.max - 2]), to: entry)
    #expect(bench.accumulators[0].fault(entry) != nil && bench.results(entry)[0] == .null)
    #expect(bench.results(entry)[1] == .integer(.max - 1))
    bench.add(rows([-100]), to: entry)
    #expect(bench.accumulators[0].fault(entry) != nil)
    bench.add(rows([.min]), to: entry)
    #expect(bench.accumulators[0].fault(entry) == nil)
    #expect(bench.results(entry)[0] == .integer(Int64.max - 2 - 101))
  }

  @Test func decimalsAreAddedExactlyUpToThirtyEightDigits() throws {
    let type = ColumnType.decimal(precision: 38, scale: 2)
    let schema = Schema([Field("m", type)])
    let bench = try AggregateBench(["SUM(m)", "AVG(m)", "SUM(DISTINCT m)"], schema: schema)
    #expect(bench.specs.map(\.type.name) == ["DECIMAL(38, 2)", "DECIMAL(38, 6)", "DECIMAL(38, 2)"])
    let nines = decimalPowers[38] - 1
    func add(_ values: [Int128], to entry: Entry) {
      let rows = values.enumerated().map { index, value in
        AggregateBench.Row(
          sequence: Int64(index), values: [.decimal(DecimalNumber(value, scale: 2))])
      }
      bench.add(rows, to: entry, schema: schema)
    }
    let pane = bench.makePane()
    let entry = bench.makeEntry(pane)
    add([nines], to: entry)
    #expect(bench.results(entry)[0] == .decimal(DecimalNumber(nines, scale: 2)))
    // Its mean would have 42 digits.
    #expect(bench.accumulators[1].fault(entry) == "the mean is beyond the range of DECIMAL(38, 6)")
    add([nines, nines], to: entry)  // beyond 128 bits
    #expect(bench.accumulators[0].fault(entry) == "the sum is beyond the range of DECIMAL(38, 2)")
    #expect(bench.results(entry)[0] == .null && bench.results(entry)[1] == .null)
    add([-nines, -nines, -nines, 7], to: entry)
    #expect(bench.results(entry)[0] == .decimal(DecimalNumber(7, scale: 2)))
    #expect(bench.results(entry)[1] == .decimal(DecimalNumber(10_000, scale: 6)))  // 0.07 / 7
    #expect(bench.accumulators.allSatisfy { $0.fault(entry) == nil })
  }
}
