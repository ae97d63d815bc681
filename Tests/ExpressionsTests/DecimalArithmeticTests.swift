import Columns
import TestSupport
import Testing

@testable import Expressions

/// A natural number as decimal digits, the lowest first: slow and plainly right.
private struct Digits: Equatable {
  var digits: [Int]

  init(_ digits: [Int]) {
    self.digits = digits
    while self.digits.last == 0 { self.digits.removeLast() }
  }

  init(_ value: UInt128) { self.init(String(value).reversed().compactMap(\.wholeNumberValue)) }

  static func less(_ a: Digits, _ b: Digits) -> Bool {
    if a.digits.count != b.digits.count { return a.digits.count < b.digits.count }
    return a.digits.reversed().lexicographicallyPrecedes(b.digits.reversed())
  }

  static func + (a: Digits, b: Digits) -> Digits {
    var result: [Int] = []
    var carry = 0
    for index in 0..<max(a.digits.count, b.digits.count) + 1 {
      let sum =
        carry + (index < a.digits.count ? a.digits[index] : 0)
        + (index < b.digits.count ? b.digits[index] : 0)
      result.append(sum % 10)
      carry = sum / 10
    }
    return Digits(result)
  }

  /// For b up to a.
  static func - (a: Digits, b: Digits) -> Digits {
    var result = a.digits
    for index in result.indices {
      result[index] -= index < b.digits.count ? b.digits[index] : 0
      if result[index] < 0 {
        result[index] += 10
        result[index + 1] -= 1
      }
    }
    return Digits(result)
  }

  static func * (a: Digits, b: Digits) -> Digits {
    var result = Digits([])
    for (place, digit) in b.digits.enumerated() {
      for _ in 0..<digit {
        result = result + Digits(Array(repeating: 0, count: place) + a.digits)
      }
    }
    return result
  }

  static func divide(_ a: Digits, by b: Digits) -> (quotient: Digits, rest: Digits) {
    var rest = Digits([])
    var quotient: [Int] = []
    for digit in a.digits.reversed() {
      rest = Digits([digit] + rest.digits)
      var count = 0
      while !less(rest, b) {
        rest = rest - b
        count += 1
      }
      quotient.append(count)
    }
    return (Digits(quotient.reversed()), rest)
  }

  static func power(_ exponent: Int) -> Digits {
    Digits(Array(repeating: 0, count: exponent) + [1])
  }

  /// a / b, halves up.
  static func rounded(_ a: Digits, by b: Digits) -> Digits {
    let (quotient, rest) = divide(a, by: b)
    return less(rest + rest, b) ? quotient : quotient + Digits([1])
  }
}

@Suite struct DecimalArithmeticTests {
  /// What an operation gives by the definition: the magnitude's digits without the point and the
  /// sign; nil for NULL.
  private static func naive(
    _ operation: BinaryOperator, _ a: Int128, _ aType: DecimalType, _ b: Int128,
    _ bType: DecimalType,
    _ result: DecimalType
  ) -> (Digits, isNegative: Bool)? {
    let common = max(aType.scale, bType.scale)
    let left = Digits(a.magnitude) * .power(common - aType.scale)
    let right = Digits(b.magnitude) * .power(common - bType.scale)
    var value: Digits
    var isNegative = (a < 0) != (b < 0)
    switch operation {
    case .add, .subtract:
      let isRightNegative = (b < 0) != (operation == .subtract)
      if (a < 0) == isRightNegative {
        (value, isNegative) = (left + right, a < 0)
      } else if Digits.less(left, right) {
        (value, isNegative) = (right - left, isRightNegative)
      } else {
        (value, isNegative) = (left - right, a < 0)
      }
      value = .rounded(value, by: .power(common - result.scale))
    case .multiply:
      value = .rounded(
        Digits(a.magnitude) * Digits(b.magnitude),
        by: .power(aType.scale + bType.scale - result.scale))
    case .divide:
      value = .rounded(
        Digits(a.magnitude) * .power(result.scale + bType.scale),
        by: Digits(b.magnitude) * .power(aType.scale))
    default:
      (value, isNegative) = (Digits.divide(left, by: right).rest, a < 0)
      value = .rounded(value, by: .power(common - result.scale))
    }
    return value.digits.count > result.precision ? nil : (value, isNegative)
  }

  @Test(arguments: 1...40)
  func resultsAreThoseOfTheDefinition(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    func type() -> DecimalType {
      let precision = Int(random.next() % 38) + 1
      return DecimalType(precision, Int(random.next() % UInt64(precision + 1)))
    }
    func number(_ type: DecimalType) -> Int128 {
      var value: Int128 = 0
      let digits = Int(random.next() % UInt64(type.precision + 1))
      let isNines = random.next() % 4 == 0
      for _ in 0..<digits { value = value * 10 + (isNines ? 9 : Int128(random.next() % 10)) }
      return random.next() % 2 == 0 ? value : -value
    }
    let extremes = [(38, 38, 38, 38), (38, 0, 38, 38), (38, 38, 38, 0), (38, 0, 38, 0)]
    var (aType, bType) = (type(), type())
    if seed <= 4 {
      let (a, aScale, b, bScale) = extremes[Int(seed) - 1]
      (aType, bType) = (DecimalType(a, aScale), DecimalType(b, bScale))
    }
    let schema = Schema([Field("a", aType.columnType), Field("b", bType.columnType)])
    let rows = 40
    let (a, b) = (
      Column(aType.columnType, capacity: rows), Column(bType.columnType, capacity: rows)
    )
    for row in 0..<rows {
      a.wides[row] = number(aType)
      b.wides[row] = number(bType)
    }
    let batch = Batch(schema: schema, columns: [a, b], count: rows)
    for operation in [BinaryOperator.add, .subtract, .multiply, .divide, .remainder] {
      let compiled = try CompiledExpression.compile("a \(operation.rawValue) b", schema: schema)
      let result = DecimalType.of(operation, aType, bType)
      #expect(compiled.type == result.columnType)
      let evaluated = compiled.evaluate(batch, rows: .all(rows))
      for row in 0..<rows {
        let words = "\(aType) \(a.wides[row]) \(operation.rawValue) \(bType) \(b.wides[row])"
        if b.wides[row] == 0, operation == .divide || operation == .remainder {
          #expect(evaluated.failures.contains { $0.row == row }, "\(words)")
          continue
        }
        let expected = Self.naive(operation, a.wides[row], aType, b.wides[row], bType, result)
        guard let expected else {
          #expect(evaluated.column.isNull(row), "\(words)")
          continue
        }
        #expect(!evaluated.column.isNull(row), "\(words)")
        let actual = evaluated.column.wides[row]
        #expect(Digits(actual.magnitude) == expected.0, "\(words) gives \(actual)")
        #expect(actual == 0 || (actual < 0) == expected.isNegative, "\(words)")
      }
    }
  }

  @Test(arguments: 1...20)
  func comparisonsSeeEveryDigit(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let schema = Schema([
      Field("a", .decimal(precision: 38, scale: 0)), Field("b", .decimal(precision: 38, scale: 20)),
    ])
    let rows = 60
    let (a, b) = (
      Column(schema.fields[0].type, capacity: rows), Column(schema.fields[1].type, capacity: rows)
    )
    for row in 0..<rows {
      let whole = Int128(random.next() % 7) - 3
      a.wides[row] = random.next() % 3 == 0 ? whole * decimalPowers[37] : whole
      b.wides[row] = whole * decimalPowers[20] + Int128(random.next() % 3) - 1
    }
    let batch = Batch(schema: schema, columns: [a, b], count: rows)
    for (text, holds) in [
      ("a < b", { $0 < 0 }), ("a <= b", { $0 <= 0 }), ("a = b", { $0 == 0 }),
      ("a <> b", { $0 != 0 }), ("a > b", { $0 > 0 }), ("a IS DISTINCT FROM b", { $0 != 0 }),
    ] as [(String, (Int) -> Bool)] {
      let compiled = try CompiledExpression.compile(text, schema: schema)
      let evaluated = compiled.evaluate(batch, rows: .all(rows))
      for row in 0..<rows {
        let left = a.wides[row]
        let (whole, rest) = b.wides[row].quotientAndRemainder(dividingBy: decimalPowers[20])
        let order = left != whole ? (left < whole ? -1 : 1) : rest == 0 ? 0 : rest > 0 ? -1 : 1
        #expect((evaluated.column.integers[row] != 0) == holds(order), "\(text) row \(row)")
      }
    }
  }
}
