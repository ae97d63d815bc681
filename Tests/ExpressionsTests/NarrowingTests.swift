import Columns
import Testing

@testable import Expressions

/// A generator with a seed, so that a failing run can be repeated.
struct Seeded: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return foldedMultiply(state, 0xBF58_476D_1CE4_E5B9)
  }
}

@Suite struct NarrowingTests {
  /// Evaluates a tree over INT columns and conditions row by row, as the definition has it.
  /// Nil is NULL; a failure is thrown.
  struct Failure: Error {}

  static func naive(_ expression: Expression, _ row: [Int64?]) throws -> Int64? {
    switch expression.kind {
    case .literal(.integer(let value)): return value
    case .literal(.null): return nil
    case .column(let name): return row[name == "a" ? 0 : 1]
    case .binary(let operation, let left, let right):
      let (first, second) = (try naive(left, row), try naive(right, row))
      guard let a = first, let b = second else { return nil }
      switch operation {
      case .add: return try narrow(a + b)
      case .subtract: return try narrow(a - b)
      case .multiply: return try narrow(a * b)
      case .divide: return b == 0 ? try { throw Failure() }() : try narrow(a / b)
      case .equal: return a == b ? 1 : 0
      case .less: return a < b ? 1 : 0
      default: return a >= b ? 1 : 0
      }
    case .logical(let operation, let operands):
      let settling: Int64 = operation == .and ? 0 : 1
      var isUnknown = false
      for operand in operands {
        let value = try naive(operand, row)
        if value == settling { return settling }
        if value == nil { isUnknown = true }
      }
      return isUnknown ? nil : 1 - settling
    case .not(let operand): return try naive(operand, row).map { 1 - $0 }
    case .test(let operand, _, let isNegated):
      return (try naive(operand, row) == nil) != isNegated ? 1 : 0
    case .caseWhen(_, let branches, let otherwise):
      for branch in branches where try naive(branch.condition, row) == 1 {
        return try naive(branch.result, row)
      }
      return try otherwise.flatMap { try naive($0, row) }
    default: throw Failure()
    }
  }

  static func narrow(_ value: Int64) throws -> Int64 {
    if Int32(exactly: value) == nil { throw Failure() }
    return value
  }

  static func number(_ depth: Int, _ random: inout Seeded) -> String {
    if depth == 0 { return ["a", "b", "3", "-2", "a", "b"].randomElement(using: &random) ?? "a" }
    if Int.random(in: 0..<4, using: &random) == 0 {
      return "CASE WHEN \(condition(depth - 1, &random)) THEN \(number(depth - 1, &random)) "
        + "ELSE \(number(depth - 1, &random)) END"
    }
    let sign = ["+", "-", "*", "/"].randomElement(using: &random) ?? "+"
    return "(\(number(depth - 1, &random)) \(sign) \(number(depth - 1, &random)))"
  }

  static func condition(_ depth: Int, _ random: inout Seeded) -> String {
    if depth <= 0 { return ["a = b", "a < 2", "b >= a"].randomElement(using: &random) ?? "a = b" }
    switch Int.random(in: 0..<5, using: &random) {
    case 0: return "(\(condition(depth - 1, &random)) AND \(condition(depth - 1, &random)))"
    case 1: return "(\(condition(depth - 1, &random)) OR \(condition(depth - 1, &random)))"
    case 2: return "(NOT \(condition(depth - 1, &random)))"
    case 3: return "(\(number(depth - 1, &random)) IS NULL)"
    default: return "(\(number(depth - 1, &random)) < \(number(depth - 1, &random)))"
    }
  }

  @Test(arguments: 1...60)
  func kernelsAgreeWithTheNaiveEvaluator(seed: Int) throws {
    var random = Seeded(state: UInt64(seed))
    let rows: [[Int64?]] = (0..<50).map { _ in
      (0..<2).map { _ in
        Int.random(in: 0..<5, using: &random) == 0 ? nil : .random(in: -4...4, using: &random)
      }
    }
    let batch = Rows.batch(
      rows.map { row in
        row.map { $0.map(Value.integer) ?? .null } + Array(repeating: .null, count: 7)
      })
    let selected = (0..<50).filter { _ in seed % 3 == 0 || Bool.random(using: &random) }
    for index in 0..<10 {
      let isNumber = index % 2 == 0
      let text = isNumber ? Self.number(3, &random) : Self.condition(3, &random)
      let expression = try ExpressionParser.parse(text).get()
      // Constant parts that always fail are faults, and tested elsewhere.
      guard let compiled = try? CompiledExpression.compile(text, schema: Rows.schema) else {
        continue
      }
      let evaluated = compiled.evaluate(batch, rows: Selection(selected))
      let failed = Set(evaluated.failures.map(\.row))
      for row in selected {
        do {
          let expected = try Self.naive(expression, rows[row])
          #expect(!failed.contains(row), "seed \(seed): \(text) \(rows[row])")
          let actual =
            evaluated.column.isNull(row) ? nil : evaluated.column.integers[row]
          #expect(actual == expected, "seed \(seed): \(text) \(rows[row])")
        } catch { #expect(failed.contains(row), "seed \(seed): \(text) \(rows[row])") }
      }
      if !isNumber {
        let (kept, _) = compiled.filter(batch, rows: Selection(selected))
        let expected = selected.filter { (try? Self.naive(expression, rows[$0])) == 1 }
        #expect(kept.buffer.map(Int.init) == expected, "seed \(seed): \(text)")
      }
    }
  }

  @Test func columnAloneIsTheBatchsOwn() throws {
    let compiled = try CompiledExpression.compile("s", schema: Rows.schema)
    let column = compiled.evaluate(Rows.sample, rows: .all(3)).column
    #expect(column === Rows.sample.columns[4])
    #expect(compiled.columnsRead == [4])
  }

  @Test func unselectedRowsAreNeitherEvaluatedNorKept() throws {
    let compiled = try CompiledExpression.compile("a / b < 100", schema: Rows.schema)
    let (kept, failures) = compiled.filter(Rows.sample, rows: Selection([0, 1]))
    #expect(Array(kept.buffer) == [0])
    #expect(failures.isEmpty)
    #expect(compiled.filter(Rows.sample, rows: .all(3)).1.map(\.row) == [2])
  }
}
