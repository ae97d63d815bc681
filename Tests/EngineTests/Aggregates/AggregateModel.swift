import Columns
import Expressions

@testable import Engine

/// What each aggregate means, computed the plain way from all of its rows at once.
enum AggregateModel {
  static func result(_ spec: AggregateSpec, _ rows: [AggregateBench.Row]) -> Value {
    let schema = AggregateBench.schema
    func column(_ name: String?) -> Int? { name.flatMap(schema.index(of:)) }
    let counted = rows.filter { row in
      spec.filter.map { row.values[column($0.text) ?? 0] == .boolean(true) } ?? true
    }
    guard let argument = column(spec.argument?.text) else { return .integer(Int64(counted.count)) }
    if let second = column(spec.second?.text) {
      return decided(spec, counted.map { ($0.values[argument], $0.values[second]) })
    }
    var values = counted.map { $0.values[argument] }.filter { $0 != .null }
    if spec.isDistinct { values = distinct(values) }
    switch spec.function {
    case .count: return .integer(Int64(values.count))
    case .approxCountDistinct: return .integer(Int64(distinct(values).count))
    default: return values.isEmpty ? .null : result(spec, values)
    }
  }

  private static func result(_ spec: AggregateSpec, _ values: [Value]) -> Value {
    let sorted = values.sorted(by: isLess)
    return switch spec.function {
    case .count, .approxCountDistinct, .argMin, .argMax: .null
    case .sum: sum(values)
    case .average: average(spec, values)
    case .min: sorted[0]
    case .max: sorted[sorted.count - 1]
    case .first: values[0]
    case .last: values[values.count - 1]
    case .varPop, .varSamp, .stddevPop, .stddevSamp: deviation(spec, values.map(number))
    case .percentile: percentile(sorted.map(number), spec.constant.map(number) ?? 0)
    case .listAgg:
      .string(
        values.map(\.description).joined(separator: spec.constant.map(\.description) ?? ","))
    case .topK:
      .array(sorted.reversed().prefix(Int(spec.constant.map(number) ?? 0)).map(withoutSign))
    case .histogram:
      .map(
        distinct(sorted).map { value in
          .init(
            .string(value.description),
            .integer(Int64(sorted.filter { isEqual($0, value) }.count)))
        })
    }
  }

  private static func sum(_ values: [Value]) -> Value {
    switch values[0] {
    case .double: .double(values.reduce(0) { $0 + number($1) })
    case .decimal(let first):
      .decimal(DecimalNumber(values.reduce(0) { $0 + unscaled($1) }, scale: first.scale))
    default: .integer(values.reduce(0) { $0 + Int64(unscaled($1)) })
    }
  }

  private static func average(_ spec: AggregateSpec, _ values: [Value]) -> Value {
    let count = Int128(values.count)
    switch sum(values) {
    case .double(let sum): return .double(sum / Double(values.count))
    case .decimal(let sum):
      // Half away from zero: twice the sum and one more count, then down.
      let scaled = sum.unscaled * 10_000
      let rounded = (abs(scaled) * 2 + count) / (count * 2)
      return .decimal(DecimalNumber(scaled < 0 ? -rounded : rounded, scale: 6))
    case .integer(let sum): return .integer(Int64(Int128(sum) / count))
    default: return .null
    }
  }

  private static func deviation(_ spec: AggregateSpec, _ values: [Double]) -> Value {
    let isSample = spec.function == .varSamp || spec.function == .stddevSamp
    if isSample, values.count < 2 { return .null }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let variance = squares / Double(values.count - (isSample ? 1 : 0))
    let isRoot = spec.function == .stddevPop || spec.function == .stddevSamp
    return .double(isRoot ? variance.squareRoot() : variance)
  }

  static func percentile(_ sorted: [Double], _ fraction: Double) -> Value {
    let rank = Double(sorted.count - 1) * fraction
    let (low, high) = (Int(rank.rounded(.down)), Int(rank.rounded(.up)))
    if low == high || sorted[low] == sorted[high] { return .double(sorted[low]) }
    return .double((Double(high) - rank) * sorted[low] + (rank - Double(low)) * sorted[high])
  }

  private static func decided(_ spec: AggregateSpec, _ rows: [(x: Value, y: Value)]) -> Value {
    var best: (x: Value, y: Value)?
    for row in rows where row.y != .null {
      guard let held = best else {
        best = row
        continue
      }
      if spec.function == .argMin ? isLess(row.y, held.y) : isLess(held.y, row.y) { best = row }
    }
    return best?.x ?? .null
  }

  // MARK: values

  static func number(_ value: Value) -> Double { value.number ?? .nan }

  private static func unscaled(_ value: Value) -> Int128 {
    switch value {
    case .integer(let value): Int128(value)
    case .decimal(let value): value.unscaled
    default: 0
    }
  }

  static func isLess(_ left: Value, _ right: Value) -> Bool {
    switch (left, right) {
    case (.double(let left), .double(let right)): left.isNaN ? false : right.isNaN || left < right
    case (.string(let left), .string(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
    case (.boolean(let left), .boolean(let right)): !left && right
    case (.integer(let left), .integer(let right)), (.time(let left), .time(let right)),
      (.date(let left), .date(let right)):
      left < right
    default: unscaled(left) < unscaled(right)
    }
  }

  private static func isEqual(_ left: Value, _ right: Value) -> Bool {
    if case .double = left { return !isLess(left, right) && !isLess(right, left) }
    return left == right
  }

  /// The first of each value; the numbers as DISTINCT keeps them, without the sign of zero.
  private static func distinct(_ values: [Value]) -> [Value] {
    var found: [Value] = []
    for value in values where !found.contains(where: { isEqual($0, value) }) {
      found.append(withoutSign(value))
    }
    return found
  }

  /// One zero for two.
  private static func withoutSign(_ value: Value) -> Value {
    value == .double(0) ? .double(0) : value
  }

  /// Whether two results are one: doubles to within rounding where their order of addition may
  /// differ, integers made of doubles without their fraction.
  static func agree(_ found: Value, _ expected: Value, exactly: Bool) -> Bool {
    guard let right = expected.number, case .double = expected else {
      return found.description == expected.description  // NaN is equal to itself
    }
    guard let left = found.number else { return false }
    if left.isNaN || right.isNaN { return left.isNaN && right.isNaN }
    if case .integer(let whole) = found {
      if abs(right) >= 0x1p63 { return whole == (right < 0 ? .min : .max) }
      let slack = abs(right) * 1e-9 + 1e-9
      return (right - slack).rounded(.towardZero) <= left
        && left <= (right + slack).rounded(.towardZero)
    }
    return left == right || !exactly && abs(left - right) <= 1e-9 * max(abs(left), abs(right), 1)
  }
}
