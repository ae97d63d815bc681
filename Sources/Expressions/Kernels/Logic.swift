import Columns

/// `AND` or `OR` in three-valued logic. An operand is evaluated only for the rows that those
/// before it leave open.
struct LogicKernel: Kernel {
  let operation: LogicalOperator
  let operands: [any Kernel]
  var type: ColumnType { .boolean }

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    let result = Column.result(.boolean, evaluation)
    let (target, validity) = (result.integers, result.validity)
    /// The value that settles a row: FALSE for AND, TRUE for OR.
    let settling: Int64 = operation == .and ? 0 : 1
    rows.forEach { row in target[row] = 1 - settling }
    var open = rows
    for operand in operands {
      if open.count == 0 { break }
      let values = Reader<Int64>(operand.evaluate(evaluation, open))
      open = open.filter { row in
        let valid = values.isValid(row)
        let settles = valid && values[row] == settling
        if settles {
          target[row] = settling
          validity[row] = 1
        } else if !valid {
          target[row] = 0
          validity[row] = 0
        }
        return !settles
      }
      if values.hasNulls { result.hasNulls = true }
    }
    return Vector(result)
  }

  func select(_ evaluation: Evaluation, _ rows: Selection) -> Selection {
    if operation == .and {
      return operands.reduce(rows) { open, operand in
        open.count == 0 ? open : operand.select(evaluation, open)
      }
    }
    var selected = Selection(capacity: 0)
    var open = rows
    for operand in operands where open.count > 0 {
      let next = operand.select(evaluation, open)
      open = open.subtracting(next)
      selected = selected.merged(next)
    }
    return selected
  }
}

/// `NOT`: NULL stays NULL.
struct NotKernel: Kernel {
  let operand: any Kernel
  var type: ColumnType { .boolean }

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    let values = operand.evaluate(evaluation, rows)
    return mapValues(.boolean, evaluation, rows, values, Int64.self) { 1 - $0 }
  }
}

/// `IS [NOT] NULL`, `TRUE`, `FALSE`, `UNKNOWN`: never NULL.
struct TestKernel: Kernel {
  let test: TestOperator
  let isNegated: Bool
  let operand: any Kernel
  var type: ColumnType { .boolean }

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    let vector = operand.evaluate(evaluation, rows)
    let result = Column.result(.boolean, evaluation)
    let target = result.integers
    let (validity, mask, hasNulls) = (vector.column.validity, vector.mask, vector.hasNulls)
    switch test {
    case .null, .unknown:
      rows.forEach { row in
        let isNull = hasNulls && validity[row & mask] == 0
        target[row] = isNull != isNegated ? 1 : 0
      }
    default:
      let values = Reader<Int64>(vector)
      let wanted: Int64 = test == .true ? 1 : 0
      rows.forEach { row in
        let holds = values.isValid(row) && values[row] == wanted
        target[row] = holds != isNegated ? 1 : 0
      }
    }
    return Vector(result)
  }
}
