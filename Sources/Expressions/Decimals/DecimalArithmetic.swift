import Columns

/// `+ - * / %` of two DECIMALs, rounded half away from zero to the scale of the result; a result
/// with too many digits is NULL, as in Flink.
///
/// Numbers that stay within 128 bits on the way take a short path; the others go through
/// ``WideProduct``. Neither allocates.
struct DecimalArithmeticKernel: Kernel {
  let type: ColumnType
  let operation: BinaryOperator
  let left: any Kernel
  let right: any Kernel
  let leftScale: Int
  let rightScale: Int
  let text: String

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    let a = left.evaluate(evaluation, rows)
    let b = right.evaluate(evaluation, rows)
    let common = max(leftScale, rightScale)
    let (aFactor, bFactor) = (
      decimalPowers[common - leftScale], decimalPowers[common - rightScale]
    )
    switch operation {
    case .add, .subtract:
      let sign: Int128 = operation == .add ? 1 : -1
      let shrink = decimalPowers[common - type.scale]
      return compute(evaluation, rows, a, b) { a, b in
        Self.sum(a, aFactor, sign * b, bFactor, shrink)
      }
    case .multiply:
      let surplus = leftScale + rightScale - type.scale
      if surplus > maxDecimalPrecision {  // 39 at most: two numbers of 38 digits after the point
        return compute(evaluation, rows, a, b) { a, b in WideProduct(a, b).dividedBy10ToThe39() }
      }
      let shrink = decimalPowers[max(surplus, 0)]
      return compute(evaluation, rows, a, b) { a, b in
        let (product, overflow) = Self.product(a, b)
        if overflow { return WideProduct(a, b).dividedRounding(by: shrink) }
        return shrink == 1 ? product : divideRoundingHalfUp(product, shrink)
      }
    case .divide:
      let shift = type.scale - leftScale + rightScale
      let grow = decimalPowers[min(max(shift, 0), maxDecimalPrecision)]
      let more = decimalPowers[min(max(shift - maxDecimalPrecision, 0), maxDecimalPrecision)]
      let shrink = decimalPowers[max(-shift, 0)]
      return compute(evaluation, rows, a, b) { a, b in
        if b == 0 { return nil }
        let (start, tooLarge) = a.multipliedReportingOverflow(by: more)
        let (divisor, tooFine) = b.multipliedReportingOverflow(by: shrink)
        if tooLarge { return nil }
        if tooFine { return 0 }
        let (scaled, overflow) = Self.product(start, grow)
        if overflow { return WideProduct(start, grow).dividedRounding(by: divisor) }
        let quotient = divideRoundingHalfUp(scaled, abs(divisor))
        return divisor < 0 ? -quotient : quotient
      }
    default:
      let shrink = decimalPowers[common - type.scale]
      return compute(evaluation, rows, a, b) { a, b in
        if b == 0 { return nil }
        let (divisor, isHuge) = b.multipliedReportingOverflow(by: bFactor)
        let (number, overflow) = a.multipliedReportingOverflow(by: aFactor)
        // A divisor beyond 38 digits is larger than any number that stands at its scale.
        let rest =
          isHuge ? a : overflow ? WideProduct(a, aFactor).remainder(by: divisor) : number % divisor
        return shrink == 1 ? rest : divideRoundingHalfUp(rest, shrink)
      }
    }
  }

  @inline(__always)
  private static func product(_ a: Int128, _ b: Int128) -> (Int128, Bool) {
    let (x, y) = (Int64(truncatingIfNeeded: a), Int64(truncatingIfNeeded: b))
    if Int128(x) == a, Int128(y) == b {
      let (high, low) = x.multipliedFullWidth(by: y)
      return (Int128(high) << 64 | Int128(low), false)
    }
    return a.multipliedReportingOverflow(by: b)
  }

  @inline(__always)
  private static func sum(
    _ a: Int128, _ aFactor: Int128, _ b: Int128, _ bFactor: Int128, _ shrink: Int128
  ) -> Int128? {
    let (x, first) = product(a, aFactor)
    let (y, second) = product(b, bFactor)
    let (sum, third) = x.addingReportingOverflow(y)
    if first || second || third {
      return (WideProduct(a, aFactor) + WideProduct(b, bFactor)).dividedRounding(by: shrink)
    }
    return shrink == 1 ? sum : divideRoundingHalfUp(sum, shrink)
  }

  @inline(__always)
  private func compute(
    _ evaluation: Evaluation, _ rows: Selection, _ a: Vector, _ b: Vector,
    _ operation: (Int128, Int128) -> Int128?
  ) -> Vector {
    let result = Column.result(type, evaluation, hasNulls: a.hasNulls || b.hasNulls)
    let (left, right) = (Reader<Int128>(a), Reader<Int128>(b))
    let (target, validity) = (result.wides, result.validity)
    let hasNulls = result.hasNulls
    let limit = type.decimalLimit
    var lost = false
    rows.forEach { row in
      if hasNulls, !(left.isValid(row) && right.isValid(row)) {
        validity[row] = 0
        target[row] = 0
        return
      }
      if let value = operation(left[row], right[row]), value < limit, value > -limit {
        target[row] = value
      } else {
        lost = true
        validity[row] = 2
      }
    }
    if lost { report(evaluation, rows, right, result) }
    return Vector(result)
  }

  /// Results without a value are rare: the loop only marks them.
  @inline(never)
  private func report(
    _ evaluation: Evaluation, _ rows: Selection, _ right: Reader<Int128>, _ result: Column
  ) {
    let divides = operation == .divide || operation == .remainder
    rows.forEach { row in
      guard result.validity[row] == 2 else { return }
      if divides && right[row] == 0 { evaluation.fail(row, "division by zero in '\(text)'") }
      result.setNull(row)
    }
  }
}

extension ColumnType {
  /// What the unscaled digits of a DECIMAL stay below.
  var decimalLimit: Int128 {
    if case .decimal(let precision, _) = self { decimalPowers[precision] } else { .max }
  }
}

/// A DECIMAL from one value held as `A`: NULL where the operation gives nil or too many digits.
struct ToDecimalKernel<A: Held>: Kernel {
  let type: ColumnType
  let operand: any Kernel
  let operation: @Sendable (A) -> Int128?

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    let vector = operand.evaluate(evaluation, rows)
    let input = Reader<A>(vector)
    let result = Column.result(type, evaluation, hasNulls: vector.hasNulls)
    let (target, validity) = (result.wides, result.validity)
    let limit = type.decimalLimit
    var lost = false
    rows.forEach { row in
      if input.isValid(row), let value = operation(input[row]), value < limit, value > -limit {
        target[row] = value
      } else {
        target[row] = 0
        validity[row] = 0
        lost = true
      }
    }
    if lost { result.hasNulls = true }
    return Vector(result)
  }
}

/// Numbers with their point moved to a larger scale, for comparisons: one that does not fit becomes
/// the largest or the smallest there is, which compares as it should with every number that does.
struct AlignedKernel: Kernel {
  let type: ColumnType
  let operand: any Kernel
  let factor: Int128

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    let values = operand.evaluate(evaluation, rows)
    let factor = factor
    return mapValues(type, evaluation, rows, values, Int128.self) { value in
      let (product, overflow) = value.multipliedReportingOverflow(by: factor)
      return overflow ? (value < 0 ? .min : .max) : product
    }
  }
}
