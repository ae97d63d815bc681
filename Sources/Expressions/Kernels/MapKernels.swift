import Columns

/// What a function has at hand while it runs through a batch: room for texts, and a way to fail.
final class RowScope {
  let arena = Arena(blockSize: 64 * 1024)
  /// Bytes being put together; kept between rows so that its room is used again.
  var buffer: [UInt8] = []
  /// For collections; its room is used again too.
  var writer = NestedWriter()
  fileprivate(set) var failure: String?

  func fail(_ message: String) { failure = message }

  /// The buffer's bytes, kept for as long as the result lives; the buffer is empty afterwards.
  func takeBuffer() -> Bytes {
    defer { buffer.removeAll(keepingCapacity: true) }
    return buffer.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return .empty }
      return arena.copy(Bytes(start: start, count: bytes.count))
    }
  }
}

/// A function of one to three values held as A, B and C. NULL in gives NULL out; nil is NULL, or a
/// failure if the function said so to its scope.
struct MapKernel<A: Held, B: Held, C: Held, Out: Held>: Kernel {
  let type: ColumnType
  /// The function as it was written, for messages.
  let text: String
  /// One to three; a function that takes fewer than three is given its first again.
  let operands: [any Kernel]
  let operation: @Sendable (A, B, C, RowScope) -> Out?

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    let vectors = operands.map { $0.evaluate(evaluation, rows) }
    let a = Reader<A>(vectors[0])
    let b = Reader<B>(vectors[1])
    let c = Reader<C>(vectors[2])
    let result = Column.result(type, evaluation)
    let target = Out.pointer(result)
    let scope = RowScope()
    rows.forEach { row in
      guard a.isValid(row), b.isValid(row), c.isValid(row) else { return result.setNull(row) }
      if let value = operation(a[row], b[row], c[row], scope) {
        target[row] = value
      } else {
        result.setNull(row)
        if let failure = scope.failure {
          evaluation.fail(row, "\(failure) in '\(text)'")
          scope.failure = nil
        }
      }
    }
    if type.physical == .bytes {
      result.owners.append(scope.arena)
      for vector in vectors { result.retain(ownersOf: vector.column) }
    }
    return Vector(result)
  }
}

/// A function of one value.
func map<A: Held, Out: Held>(
  _ type: ColumnType, _ text: String, _ a: any Kernel,
  _ operation: @escaping @Sendable (A, RowScope) -> Out?
) -> any Kernel {
  let none = ConstantKernel(.bigint, 0)
  return MapKernel<A, Int64, Int64, Out>(type: type, text: text, operands: [a, none, none]) {
    a, _, _, scope in operation(a, scope)
  }
}

/// A function of two values.
func map<A: Held, B: Held, Out: Held>(
  _ type: ColumnType, _ text: String, _ a: any Kernel, _ b: any Kernel,
  _ operation: @escaping @Sendable (A, B, RowScope) -> Out?
) -> any Kernel {
  let none = ConstantKernel(.bigint, 0)
  return MapKernel<A, B, Int64, Out>(type: type, text: text, operands: [a, b, none]) {
    a, b, _, scope in operation(a, b, scope)
  }
}

/// A function of three values.
func map<A: Held, B: Held, C: Held, Out: Held>(
  _ type: ColumnType, _ text: String, _ a: any Kernel, _ b: any Kernel, _ c: any Kernel,
  _ operation: @escaping @Sendable (A, B, C, RowScope) -> Out?
) -> any Kernel {
  MapKernel<A, B, C, Out>(type: type, text: text, operands: [a, b, c], operation: operation)
}

/// `CONCAT`, `||` and `CONCAT_WS`: texts one after another.
struct ConcatKernel: Kernel {
  /// With a separator first, as in CONCAT_WS: NULL texts are left out, and only a NULL separator
  /// gives NULL.
  let hasSeparator: Bool
  let operands: [any Kernel]
  var type: ColumnType { .string }

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    let readers = operands.map { Reader<Bytes>($0.evaluate(evaluation, rows)) }
    let result = Column.result(.string, evaluation)
    let target = result.bytes
    let scope = RowScope()
    rows.forEach { row in
      if hasSeparator {
        guard readers[0].isValid(row) else { return result.setNull(row) }
        var isFirst = true
        for reader in readers.dropFirst() where reader.isValid(row) {
          if !isFirst { scope.buffer.append(contentsOf: readers[0][row].buffer) }
          isFirst = false
          scope.buffer.append(contentsOf: reader[row].buffer)
        }
      } else {
        for reader in readers {
          guard reader.isValid(row) else {
            scope.buffer.removeAll(keepingCapacity: true)
            return result.setNull(row)
          }
          scope.buffer.append(contentsOf: reader[row].buffer)
        }
      }
      target[row] = scope.takeBuffer()
    }
    result.owners.append(scope.arena)
    return Vector(result)
  }
}
