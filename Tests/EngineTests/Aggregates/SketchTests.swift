import Columns
import Glibc
import TestSupport
import Testing

@testable import Engine

/// Sketches: within their stated error, and the same in any order and grouping.
@Suite struct Sketches {
  enum Shape: CaseIterable {
    case uniform, exponential, wide, negative, steps, constant, tiny, whole
  }

  private func values(_ shape: Shape, _ count: Int, seed: UInt64) -> [Double] {
    var random = SeededRandom(seed: seed)
    return (0..<count).map { _ in
      let unit = Double.random(in: 0..<1, using: &random)
      return switch shape {
      case .uniform: unit * 1000
      case .exponential: -log(1 - unit) * 250
      case .wide: exp((unit - 0.5) * 200)  // forty powers of ten on each side of 1
      case .negative: (unit - 0.7) * 5000
      case .steps: (unit * 7).rounded(.down) * 100
      case .constant: 42.42
      case .tiny: unit * 1e-300
      case .whole: (unit * 2_000_000_000).rounded()
      }
    }
  }

  private static let fractions = [0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1]

  @Test(arguments: Shape.allCases)
  func aPercentileOfManyValuesIsOffByAtMostOneIn256(_ shape: Shape) throws {
    let all = values(shape, 50_000, seed: 7)
    let sorted = all.sorted()
    var sketch = BucketSketch()
    for value in all { sketch.add(value, count: 1) }
    for fraction in Self.fractions {
      let rank = Int(Double(all.count - 1) * fraction)
      let (found, exact) = (sketch.value(at: rank), sorted[rank])
      #expect(abs(found - exact) <= abs(exact) / 256, "\(shape) \(fraction): \(found), \(exact)")
    }
    // The least and the greatest are exact.
    #expect(sketch.value(at: 0) == sorted[0])
    #expect(sketch.value(at: all.count - 1) == sorted[all.count - 1])
    #expect(sketch.reservedBytes < 500_000)
  }

  @Test func bucketsRiseWithTheirValuesAndHoldTheirMiddle() {
    var random = SeededRandom(seed: 1)
    var values = [
      0.0, -0.0, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude,
    ]
    for _ in 0..<5000 { values.append(Double(bitPattern: random.next())) }
    values = values.filter { !$0.isNaN }.sorted()
    for (left, right) in zip(values, values.dropFirst()) {
      #expect(BucketSketch.key(left) <= BucketSketch.key(right) || left == right)
    }
    for value in values {
      let middle = BucketSketch.middle(BucketSketch.key(value))
      let isClose = abs(middle - value) <= abs(value) / 256
      #expect(isClose || middle == value || abs(value) < 2.3e-308, "\(value) \(middle)")
    }
    #expect(BucketSketch.middle(BucketSketch.key(.nan)).isNaN)
    #expect(BucketSketch.key(.nan) > BucketSketch.key(.infinity))
    #expect(BucketSketch.key(-.nan) == BucketSketch.key(.nan))
  }

  @Test(arguments: [4095, 4096, 4097, 9000])
  func percentilesDoNotDependOnOrderOrMerges(_ count: Int) throws {
    let bench = try AggregateBench(Self.fractions.map { "PERCENTILE(x, \($0))" })
    let all = values(.negative, count, seed: UInt64(count))
    let pane = bench.makePane()
    func entry(_ values: [Double]) -> Entry {
      let entry = bench.makeEntry(pane)
      bench.add(rows(values.map { .double($0) }, column: 2), to: entry, batches: 1000)
      return entry
    }
    let whole = entry(all)
    let exact = Self.fractions.map { AggregateModel.percentile(all.sorted(), $0) }
    if count <= PercentileState.exactLimit {
      #expect(bench.results(whole) == exact)
    } else {
      for (found, exact) in zip(bench.results(whole), exact) {
        let (found, exact) = (AggregateModel.number(found), AggregateModel.number(exact))
        #expect(abs(found - exact) <= abs(exact) / 200 + 1)
      }
    }
    var random = SeededRandom(seed: 9)
    #expect(bench.bytes(entry(all.shuffled(using: &random))) == bench.bytes(whole))
    // (a + b) + c, a + (b + c), and c + (a + b)
    let parts = [all[..<100], all[100..<(count - 40)], all[(count - 40)...]].map(Array.init)
    for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
      let target = entry(parts[order[0]])
      bench.merge(entry(parts[order[1]]), into: target)
      bench.merge(entry(parts[order[2]]), into: target)
      #expect(bench.bytes(target) == bench.bytes(whole))
    }
  }

  @Test func approximateCountsAreWithinTheirErrorOverAllSizesAndKinds() throws {
    let bench = try AggregateBench([
      "APPROX_COUNT_DISTINCT(n)", "APPROX_COUNT_DISTINCT(x)", "APPROX_COUNT_DISTINCT(s)",
    ])
    let pane = bench.makePane()
    let sequential = bench.makeEntry(pane)
    var random = SeededRandom(seed: 4)
    var errors: [Double] = []
    var count = 0
    for size in [1, 255, 256, 257, 600, 1500, 4000, 8000, 20_000, 60_000, 150_000] {
      let rows = (count..<size).map { number in
        var row = [Value](repeating: .null, count: AggregateBench.schema.count)
        row[1] = .integer(Int64(number))
        row[2] = .double(Double(number) / 10)
        row[4] = .string("user-\(number)")
        return AggregateBench.Row(sequence: Int64(number), values: row)
      }
      bench.add(rows, to: sequential, batches: 8192)
      bench.add(Array(rows.shuffled(using: &random).prefix(50)), to: sequential)  // again
      count = size
      for result in bench.results(sequential) {
        let error = AggregateModel.number(result) / Double(size) - 1
        if size <= DistinctSketch.exactLimit {
          #expect(error == 0)
        } else {
          #expect(abs(error) < 4 * 1.04 / 64, "\(size): \(result)")
          errors.append(error)
        }
      }
    }
    let spread = (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)).squareRoot()
    #expect(spread < 1.5 * 1.04 / 64, "standard error \(spread)")
  }

  /// Many sketches of independent values: the stated error is that of all of them.
  @Test(arguments: [400, 3000, 12_000, 40_000])
  func theErrorOfManyApproximateCountsIsTheStatedOne(_ size: Int) {
    var random = SeededRandom(seed: UInt64(size))
    let pane = Pane(start: 0, end: 1, aggregateWords: 0)
    let errors = (0..<60).map { _ in
      let sketch = DistinctSketch(pane: pane)
      for _ in 0..<size { sketch.add(random.next()) }
      return Double(sketch.estimate) / Double(size) - 1
    }
    let mean = errors.reduce(0, +) / 60
    let spread = (errors.reduce(0) { $0 + $1 * $1 } / 60).squareRoot()
    #expect(abs(mean) < 0.0075 && spread < 0.021, "mean \(mean) spread \(spread)")
  }

  @Test func approximateCountsDoNotDependOnOrderOrMerges() throws {
    let bench = try AggregateBench(["APPROX_COUNT_DISTINCT(n)"])
    let pane = bench.makePane()
    func entry(_ numbers: some Collection<Int>) -> Entry {
      let entry = bench.makeEntry(pane)
      bench.add(rows(numbers.map { .integer(Int64($0)) }, column: 1), to: entry)
      return entry
    }
    var random = SeededRandom(seed: 2)
    let whole = entry(0..<3000)
    let expected = bench.results(whole)
    #expect(bench.bytes(entry((0..<3000).shuffled(using: &random))) == bench.bytes(whole))
    for cut in [100, 250, 300, 2900] {
      let (left, right) = (entry(0..<cut), entry((cut - 50)..<3000))
      let empty = bench.makeEntry(pane)
      bench.merge(right, into: left)
      bench.merge(empty, into: left)
      bench.merge(left, into: empty)
      #expect(bench.bytes(left) == bench.bytes(whole) && bench.results(empty) == expected)
    }
    let (small, other) = (entry(0..<100), entry(50..<180))
    bench.merge(other, into: small)
    #expect(bench.results(small) == [.integer(180)])
  }

  @Test func aHistogramOfTooManyValuesKeepsTheLeastInAnyOrder() throws {
    let bench = try AggregateBench(["HISTOGRAM(n)", "HISTOGRAM(s)"])
    let pane = bench.makePane()
    func entry(_ numbers: some Collection<Int>) -> Entry {
      let entry = bench.makeEntry(pane)
      let rows = numbers.map { number in
        var row = [Value](repeating: .null, count: AggregateBench.schema.count)
        row[1] = .integer(Int64(number % 1500))
        row[4] = .string(String(10_000 + number % 1500))
        return AggregateBench.Row(sequence: 0, values: row)
      }
      bench.add(rows, to: entry)
      return entry
    }
    var random = SeededRandom(seed: 6)
    let whole = entry(0..<4000)
    guard case .map(let entries) = bench.results(whole)[0] else {
      Issue.record("no map")
      return
    }
    #expect(entries.count == 1001)
    #expect(entries[0] == .init(.string("0"), .integer(3)))
    #expect(entries[999] == .init(.string("999"), .integer(3)))
    #expect(entries[1000] == .init(.string("…"), .integer(1000)))
    #expect(bench.bytes(entry((0..<4000).shuffled(using: &random))) == bench.bytes(whole))
    let parts = [entry(0..<1200), entry(1200..<2600), entry(2600..<4000)]
    bench.merge(parts[2], into: parts[0])
    bench.merge(parts[1], into: parts[0])
    #expect(bench.bytes(parts[0]) == bench.bytes(whole))
  }

  private func rows(_ values: [Value], column: Int) -> [AggregateBench.Row] {
    values.enumerated().map { index, value in
      var row = [Value](repeating: .null, count: AggregateBench.schema.count)
      row[column] = value
      return .init(sequence: Int64(index), values: row)
    }
  }
}
