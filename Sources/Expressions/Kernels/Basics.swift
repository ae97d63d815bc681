import Columns

extension Kernel {
  /// By default: the values, then the rows where they are TRUE.
  func select(_ evaluation: Evaluation, _ rows: Selection) -> Selection {
    let values = Reader<Int64>(evaluate(evaluation, rows))
    if values.hasNulls {
      return rows.filter { row in values.isValid(row) && values[row] != 0 }
    }
    return rows.filter { row in values[row] != 0 }
  }

  /// The kernel with values whose column says `type`, where both are held alike.
  func typed(_ type: ColumnType) -> any Kernel {
    self.type == type ? self : RetypedKernel(type: type, operand: self)
  }
}

/// The same value for every row.
struct ConstantKernel: Kernel {
  let column: Column
  var type: ColumnType { column.type }

  init(_ column: Column) { self.column = column }

  static func null(_ type: ColumnType) -> ConstantKernel {
    let column = Column(type, capacity: 1)
    column.setNull(0)
    return ConstantKernel(column)
  }

  init(_ type: ColumnType, _ value: Int64) {
    column = Column(type, capacity: 1)
    column.integers[0] = value
  }

  init(_ type: ColumnType, wide value: Int128) {
    column = Column(type, capacity: 1)
    column.wides[0] = value
  }

  init(_ value: Double) {
    column = Column(.double, capacity: 1)
    column.doubles[0] = value
  }

  init(_ text: String) {
    column = Column(.string, capacity: 1)
    let arena = Arena(blockSize: max(text.utf8.count, 8))
    column.owners = [arena]
    column.bytes[0] = arena.copy(text)
  }

  var isNull: Bool { column.isNull(0) }
  var integer: Int64? { type.physical == .integer && !isNull ? column.integers[0] : nil }
  var string: String? { type == .string && !isNull ? column.bytes[0].string : nil }

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    Vector(constant: column)
  }
}

/// A column of the batch itself.
struct ColumnKernel: Kernel {
  let type: ColumnType
  let position: Int

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    guard let column = evaluation.batch.columns[position] else {
      preconditionFailure("column \(position) was not read, but an expression needs it")
    }
    return Vector(column)
  }
}

/// Values that are held as another type is, copied into a column of that type.
struct RetypedKernel: Kernel {
  let type: ColumnType
  let operand: any Kernel

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    let values = operand.evaluate(evaluation, rows)
    switch type.physical {
    case .integer: return mapValues(type, evaluation, rows, values, Int64.self) { $0 }
    case .double: return mapValues(type, evaluation, rows, values, Double.self) { $0 }
    case .wide: return mapValues(type, evaluation, rows, values, Int128.self) { $0 }
    case .bytes:
      let result = mapValues(type, evaluation, rows, values, Bytes.self) { $0 }
      result.column.retain(ownersOf: values.column)
      return result
    }
  }
}

/// Evaluates `value` once, for all who read its slot within `body`.
struct LetKernel: Kernel {
  let slot: Int
  let value: any Kernel
  let body: any Kernel
  var type: ColumnType { body.type }

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    evaluation.slots[slot] = value.evaluate(evaluation, rows)
    return body.evaluate(evaluation, rows)
  }

  func select(_ evaluation: Evaluation, _ rows: Selection) -> Selection {
    evaluation.slots[slot] = value.evaluate(evaluation, rows)
    return body.select(evaluation, rows)
  }
}

/// The value that the enclosing ``LetKernel`` computed.
struct SlotKernel: Kernel {
  let type: ColumnType
  let slot: Int

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    guard let value = evaluation.slots[slot] else { preconditionFailure("a slot is read unset") }
    return value
  }
}
