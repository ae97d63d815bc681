import Columns

/// `CASE`: each result is evaluated only for the rows that choose it.
struct CaseKernel: Kernel {
  let type: ColumnType
  let branches: [(condition: any Kernel, result: any Kernel)]
  let otherwise: any Kernel

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    let result = Column.result(type, evaluation)
    var open = rows
    for branch in branches where open.count > 0 {
      let chosen = branch.condition.select(evaluation, open)
      if chosen.count == 0 { continue }
      result.place(branch.result.evaluate(evaluation, chosen), chosen)
      open = open.subtracting(chosen)
    }
    if open.count > 0 { result.place(otherwise.evaluate(evaluation, open), open) }
    return Vector(result)
  }
}

/// The first operand that is not NULL; each is evaluated only for the rows that reach it.
struct CoalesceKernel: Kernel {
  let type: ColumnType
  let operands: [any Kernel]

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    let result = Column.result(type, evaluation)
    var open = rows
    for operand in operands where open.count > 0 {
      let values = operand.evaluate(evaluation, open)
      result.place(values, open)
      let (validity, mask) = (values.column.validity, values.mask)
      open =
        values.hasNulls
        ? open.filter { row in validity[row & mask] == 0 } : Selection(capacity: 0)
    }
    result.hasNulls = open.count > 0
    return Vector(result)
  }
}

extension Column {
  /// Takes over the values at the given rows, and what keeps them alive.
  func place(_ vector: Vector, _ rows: Selection) {
    switch type.physical {
    case .integer: place(vector, rows, Int64.self)
    case .double: place(vector, rows, Double.self)
    case .wide: place(vector, rows, Int128.self)
    case .bytes:
      place(vector, rows, Bytes.self)
      retain(ownersOf: vector.column)
    }
  }

  private func place<T: Held>(_ vector: Vector, _ rows: Selection, _: T.Type) {
    let (from, target, validity) = (Reader<T>(vector), T.pointer(self), validity)
    if vector.hasNulls {
      hasNulls = true
      rows.forEach { row in
        let valid = from.isValid(row)
        validity[row] = valid ? 1 : 0
        target[row] = valid ? from[row] : .zero
      }
    } else {
      rows.forEach { row in
        validity[row] = 1
        target[row] = from[row]
      }
    }
  }
}
