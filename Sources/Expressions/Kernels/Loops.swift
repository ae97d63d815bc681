import Columns

/// A value as it is held in a column's memory.
protocol Held: Sendable {
  static var zero: Self { get }
  static func pointer(_ column: Column) -> UnsafeMutablePointer<Self>
}

extension Int64: Held {
  static func pointer(_ column: Column) -> UnsafeMutablePointer<Int64> { column.integers }
}

extension Double: Held {
  static func pointer(_ column: Column) -> UnsafeMutablePointer<Double> { column.doubles }
}

extension Bytes: Held {
  static var zero: Bytes { .empty }
  static func pointer(_ column: Column) -> UnsafeMutablePointer<Bytes> { column.bytes }
}

extension Int128: Held {
  static func pointer(_ column: Column) -> UnsafeMutablePointer<Int128> { column.wides }
}

/// Reads the values of a vector in a loop. Holds pointers only: the evaluation keeps the column.
struct Reader<T: Held> {
  let values: UnsafeMutablePointer<T>
  let validity: UnsafeMutablePointer<UInt8>
  let mask: Int
  let hasNulls: Bool

  init(_ vector: Vector) {
    values = T.pointer(vector.column)
    validity = vector.column.validity
    mask = vector.mask
    hasNulls = vector.hasNulls
  }

  @inline(__always) subscript(row: Int) -> T { values[row & mask] }
  @inline(__always) func isValid(_ row: Int) -> Bool { !hasNulls || validity[row & mask] != 0 }
}

extension Selection {
  /// Whether the rows are an unbroken run, which a loop can count through without looking.
  @inline(__always) var isDense: Bool {
    count > 0 && Int(rows[count - 1]) - Int(rows[0]) == count - 1
  }

  @inline(__always) func forEach(_ body: (Int) -> Void) {
    if isDense {
      let first = Int(rows[0])
      for row in first..<first + count { body(row) }
    } else {
      for index in 0..<count { body(Int(rows[index])) }
    }
  }

  /// The rows for which `condition` holds; without branches, as its outcome is rarely predictable.
  @inline(__always) func filter(_ condition: (Int) -> Bool) -> Selection {
    let result = Selection(capacity: count)
    let target = result.rows
    var kept = 0
    if isDense {
      let first = Int(rows[0])
      for row in first..<first + count {
        target[kept] = Int32(truncatingIfNeeded: row)
        kept &+= condition(row) ? 1 : 0
      }
    } else {
      for index in 0..<count {
        let row = rows[index]
        target[kept] = row
        kept &+= condition(Int(row)) ? 1 : 0
      }
    }
    result.count = kept
    return result
  }

  /// The rows that are not in `other`, a part of these in the same order.
  func subtracting(_ other: Selection) -> Selection {
    if other.count == 0 { return self }
    let result = Selection(capacity: count - other.count)
    var next = 0
    for row in buffer {
      if next < other.count, other.rows[next] == row { next += 1 } else { result.append(row) }
    }
    return result
  }

  /// These rows and those of `other`, both ascending.
  func merged(_ other: Selection) -> Selection {
    if other.count == 0 { return self }
    if count == 0 { return other }
    let result = Selection(capacity: count + other.count)
    var (left, right) = (0, 0)
    while left < count || right < other.count {
      if right >= other.count || left < count && rows[left] < other.rows[right] {
        result.append(rows[left])
        left += 1
      } else {
        result.append(other.rows[right])
        right += 1
      }
    }
    return result
  }
}

extension Column {
  /// Room for the values of a batch, which is marked to hold NULLs if `hasNulls`.
  static func result(_ type: ColumnType, _ evaluation: Evaluation, hasNulls: Bool = false) -> Column
  {
    let column = Column(type, capacity: evaluation.batch.count)
    column.hasNulls = hasNulls
    evaluation.keep(column)
    return column
  }

  /// A column of `count` rows that all hold this column's first value.
  func repeated(_ count: Int) -> Column {
    let result = Column(type, capacity: count)
    result.retain(ownersOf: self)
    for row in 0..<count { result.copyValue(row, from: self, 0) }
    return result
  }
}

/// Computes one value a row from one, where it is valid; NULL gives NULL.
@inline(__always)
func mapValues<A: Held, Out: Held>(
  _ type: ColumnType, _ evaluation: Evaluation, _ rows: Selection, _ a: Vector, _: A.Type,
  _ operation: (A) -> Out
) -> Vector {
  let result = Column.result(type, evaluation, hasNulls: a.hasNulls)
  let (input, target, validity) = (Reader<A>(a), Out.pointer(result), result.validity)
  if a.hasNulls {
    rows.forEach { row in
      let valid = input.isValid(row)
      validity[row] = valid ? 1 : 0
      target[row] = valid ? operation(input[row]) : .zero
    }
  } else {
    rows.forEach { row in target[row] = operation(input[row]) }
  }
  return Vector(result)
}

/// Computes one value a row from two, where both are valid; NULL gives NULL.
@inline(__always)
func mapValues<A: Held, B: Held, Out: Held>(
  _ type: ColumnType, _ evaluation: Evaluation, _ rows: Selection, _ a: Vector, _ b: Vector,
  _: A.Type, _: B.Type, _ operation: (A, B) -> Out
) -> Vector {
  let result = Column.result(type, evaluation, hasNulls: a.hasNulls || b.hasNulls)
  let (left, right) = (Reader<A>(a), Reader<B>(b))
  let (target, validity) = (Out.pointer(result), result.validity)
  if result.hasNulls {
    rows.forEach { row in
      let valid = left.isValid(row) && right.isValid(row)
      validity[row] = valid ? 1 : 0
      target[row] = valid ? operation(left[row], right[row]) : .zero
    }
  } else {
    rows.forEach { row in target[row] = operation(left[row], right[row]) }
  }
  return Vector(result)
}
