import Columns

/// `= <> < <= > >=` of two values held as `T`.
struct ComparisonKernel<T: Ordered>: Kernel {
  let operation: BinaryOperator
  let left: any Kernel
  let right: any Kernel
  var type: ColumnType { .boolean }

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    let a = left.evaluate(evaluation, rows)
    let b = right.evaluate(evaluation, rows)
    switch operation {
    case .equal: return values(evaluation, rows, a, b) { T.equal($0, $1) }
    case .notEqual: return values(evaluation, rows, a, b) { !T.equal($0, $1) }
    case .less: return values(evaluation, rows, a, b) { T.less($0, $1) }
    case .lessOrEqual: return values(evaluation, rows, a, b) { T.lessOrEqual($0, $1) }
    case .greater: return values(evaluation, rows, a, b) { T.less($1, $0) }
    default: return values(evaluation, rows, a, b) { T.lessOrEqual($1, $0) }
    }
  }

  func select(_ evaluation: Evaluation, _ rows: Selection) -> Selection {
    let a = left.evaluate(evaluation, rows)
    let b = right.evaluate(evaluation, rows)
    switch operation {
    case .equal: return selection(rows, a, b) { T.equal($0, $1) }
    case .notEqual: return selection(rows, a, b) { !T.equal($0, $1) }
    case .less: return selection(rows, a, b) { T.less($0, $1) }
    case .lessOrEqual: return selection(rows, a, b) { T.lessOrEqual($0, $1) }
    case .greater: return selection(rows, a, b) { T.less($1, $0) }
    default: return selection(rows, a, b) { T.lessOrEqual($1, $0) }
    }
  }

  @inline(__always)
  private func values(
    _ evaluation: Evaluation, _ rows: Selection, _ a: Vector, _ b: Vector,
    _ condition: (T, T) -> Bool
  ) -> Vector {
    mapValues(.boolean, evaluation, rows, a, b, T.self, T.self) {
      condition($0, $1) ? 1 : 0 as Int64
    }
  }

  @inline(__always)
  private func selection(
    _ rows: Selection, _ a: Vector, _ b: Vector, _ condition: (T, T) -> Bool
  ) -> Selection {
    let (left, right) = (Reader<T>(a), Reader<T>(b))
    if a.hasNulls || b.hasNulls {
      return rows.filter { row in
        left.isValid(row) && right.isValid(row) && condition(left[row], right[row])
      }
    }
    if b.isConstant {
      let value = right[0]
      return rows.filter { row in condition(left[row], value) }
    }
    return rows.filter { row in condition(left[row], right[row]) }
  }
}

/// A held value that can be compared. Doubles compare as in IEEE 754, so NaN equals nothing.
protocol Ordered: Held {
  static func equal(_ left: Self, _ right: Self) -> Bool
  static func less(_ left: Self, _ right: Self) -> Bool
  static func lessOrEqual(_ left: Self, _ right: Self) -> Bool
}

extension Int64: Ordered {
  @inline(__always) static func equal(_ left: Int64, _ right: Int64) -> Bool { left == right }
  @inline(__always) static func less(_ left: Int64, _ right: Int64) -> Bool { left < right }
  @inline(__always) static func lessOrEqual(_ left: Int64, _ right: Int64) -> Bool {
    left <= right
  }
}

extension Int128: Ordered {
  @inline(__always) static func equal(_ left: Int128, _ right: Int128) -> Bool { left == right }
  @inline(__always) static func less(_ left: Int128, _ right: Int128) -> Bool { left < right }
  @inline(__always) static func lessOrEqual(_ left: Int128, _ right: Int128) -> Bool {
    left <= right
  }
}

extension Double: Ordered {
  @inline(__always) static func equal(_ left: Double, _ right: Double) -> Bool { left == right }
  @inline(__always) static func less(_ left: Double, _ right: Double) -> Bool { left < right }
  @inline(__always) static func lessOrEqual(_ left: Double, _ right: Double) -> Bool {
    left <= right
  }
}

extension Bytes: Ordered {
  @inline(__always) static func equal(_ left: Bytes, _ right: Bytes) -> Bool { left == right }
  @inline(__always) static func less(_ left: Bytes, _ right: Bytes) -> Bool {
    left.compare(right) < 0
  }
  @inline(__always) static func lessOrEqual(_ left: Bytes, _ right: Bytes) -> Bool {
    left.compare(right) <= 0
  }
}

/// `IS [NOT] DISTINCT FROM`: comparison in which NULL equals NULL.
struct DistinctKernel<T: Ordered>: Kernel {
  let isNegated: Bool
  let left: any Kernel
  let right: any Kernel
  var type: ColumnType { .boolean }

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    let a = Reader<T>(left.evaluate(evaluation, rows))
    let b = Reader<T>(right.evaluate(evaluation, rows))
    let result = Column.result(.boolean, evaluation)
    let target = result.integers
    rows.forEach { row in
      let (hasLeft, hasRight) = (a.isValid(row), b.isValid(row))
      let same = hasLeft && hasRight ? T.equal(a[row], b[row]) : hasLeft == hasRight
      target[row] = same == isNegated ? 1 : 0
    }
    return Vector(result)
  }
}

/// The greatest or the least of several values; NULL if one of them is.
struct ExtremeKernel<T: Ordered>: Kernel {
  let type: ColumnType
  let isGreatest: Bool
  let operands: [any Kernel]

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    var best = operands[0].evaluate(evaluation, rows)
    for operand in operands.dropFirst() {
      let next = operand.evaluate(evaluation, rows)
      let merged = mapValues(type, evaluation, rows, best, next, T.self, T.self) { a, b in
        T.less(a, b) == isGreatest ? b : a
      }
      merged.column.retain(ownersOf: best.column)
      merged.column.retain(ownersOf: next.column)
      best = merged
    }
    return best
  }
}
