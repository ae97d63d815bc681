import Columns

/// `+ - * / %` of two integers: exact, or the row fails.
struct IntegerArithmeticKernel: Kernel {
  let type: ColumnType
  let operation: BinaryOperator
  let left: any Kernel
  let right: any Kernel
  let text: String

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    let a = left.evaluate(evaluation, rows)
    let b = right.evaluate(evaluation, rows)
    switch operation {
    case .add: return compute(evaluation, rows, a, b) { $0.addingReportingOverflow($1) }
    case .subtract:
      return compute(evaluation, rows, a, b) { $0.subtractingReportingOverflow($1) }
    case .multiply:
      return compute(evaluation, rows, a, b) { $0.multipliedReportingOverflow(by: $1) }
    case .divide: return compute(evaluation, rows, a, b) { $0.dividedReportingOverflow(by: $1) }
    default:
      return compute(evaluation, rows, a, b) { a, b in
        // Int64.min % -1 is 0, though the machine cannot compute it.
        b == -1 ? (0, false) : a.remainderReportingOverflow(dividingBy: b)
      }
    }
  }

  @inline(__always)
  private func compute(
    _ evaluation: Evaluation, _ rows: Selection, _ a: Vector, _ b: Vector,
    _ operation: (Int64, Int64) -> (partialValue: Int64, overflow: Bool)
  ) -> Vector {
    let result = Column.result(type, evaluation, hasNulls: a.hasNulls || b.hasNulls)
    let (left, right) = (Reader<Int64>(a), Reader<Int64>(b))
    let (target, validity) = (result.integers, result.validity)
    let hasNulls = result.hasNulls
    let (low, high) = type.heldRange
    var failed = false
    rows.forEach { row in
      if hasNulls, !(left.isValid(row) && right.isValid(row)) {
        validity[row] = 0
        target[row] = 0
        return
      }
      let (value, overflow) = operation(left[row], right[row])
      target[row] = value
      if overflow || value < low || value > high {
        failed = true
        validity[row] = 2
      }
    }
    if failed { report(evaluation, rows, right, result) }
    return Vector(result)
  }

  /// Failures are rare: the loop only marks them, and this looks for the reason.
  @inline(never)
  private func report(
    _ evaluation: Evaluation, _ rows: Selection, _ right: Reader<Int64>, _ result: Column
  ) {
    let divides = operation == .divide || operation == .remainder
    rows.forEach { row in
      guard result.validity[row] == 2 else { return }
      let isTime = type.isTime || type == .date
      let reason =
        divides && right[row] == 0
        ? "division by zero"
        : isTime ? "the time is outside of the years 1 to 9999" : "\(type.name) overflow"
      evaluation.fail(row, "\(reason) in '\(text)'")
      result.setNull(row)
    }
  }
}

extension ColumnType {
  /// What a value that is held as an integer may be.
  var heldRange: (low: Int64, high: Int64) {
    switch self {
    case .int: (Int64(Int32.min), Int64(Int32.max))
    case .timestamp, .timestampLTZ: (eventTimeRange.lowerBound, eventTimeRange.upperBound)
    case .date: (eventTimeRange.lowerBound / msPerDay, eventTimeRange.upperBound / msPerDay)
    default: (.min, .max)
    }
  }
}

/// `+ - * / %` of two doubles, as IEEE 754 has it.
struct DoubleArithmeticKernel: Kernel {
  let operation: BinaryOperator
  let left: any Kernel
  let right: any Kernel
  var type: ColumnType { .double }

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    let a = left.evaluate(evaluation, rows)
    let b = right.evaluate(evaluation, rows)
    switch operation {
    case .add: return compute(evaluation, rows, a, b) { $0 + $1 }
    case .subtract: return compute(evaluation, rows, a, b) { $0 - $1 }
    case .multiply: return compute(evaluation, rows, a, b) { $0 * $1 }
    case .divide: return compute(evaluation, rows, a, b) { $0 / $1 }
    default: return compute(evaluation, rows, a, b) { $0.truncatingRemainder(dividingBy: $1) }
    }
  }

  @inline(__always)
  private func compute(
    _ evaluation: Evaluation, _ rows: Selection, _ a: Vector, _ b: Vector,
    _ operation: (Double, Double) -> Double
  ) -> Vector {
    mapValues(.double, evaluation, rows, a, b, Double.self, Double.self, operation)
  }
}
