import Columns

extension Checker {
  /// Converts an ARRAY, ROW or MAP part by part, or writes it as a text.
  func collectionCast(
    _ kernel: any Kernel, _ from: ColumnType, _ type: ColumnType, _ isTry: Bool, _ text: String
  ) -> (any Kernel)? {
    let pairs: [(ColumnType, ColumnType)]
    switch (from, type) {
    case (.array(let old), .array(let new)): pairs = [(old, new)]
    case (.map(let oldKey, let old), .map(let newKey, let new)):
      pairs = [(oldKey, newKey), (old, new)]
    case (.row(let old), .row(let new)) where old.count == new.count:
      pairs = zip(old, new).map { ($0.type, $1.type) }
    case (.array(let old), .string): pairs = [(old, .string)]
    case (.map(let key, let old), .string): pairs = [(key, .string), (old, .string)]
    case (.row(let old), .string): pairs = old.map { ($0.type, .string) }
    default: return nil
    }
    var parts: [NestedCastKernel.Part] = []
    for (old, new) in pairs {
      let column = ColumnKernel(type: old, position: 0)
      guard let kernel = castKernel(column, old, new, false, text) else { return nil }
      parts.append(NestedCastKernel.Part(from: old, kernel: kernel))
    }
    return NestedCastKernel(type: type, source: from, operand: kernel, parts: parts, isTry: isTry)
  }
}

/// Converts collections: the parts of all rows become columns, the parts' own kernels convert
/// those, and the results are put together again.
struct NestedCastKernel: Kernel {
  struct Part {
    let from: ColumnType
    /// Reads its values from column 0.
    let kernel: any Kernel
  }

  let type: ColumnType
  let source: ColumnType
  let operand: any Kernel
  let parts: [Part]
  /// Whether a part that does not convert makes the whole NULL instead of failing the row.
  let isTry: Bool

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    let vector = operand.evaluate(evaluation, rows)
    let input = Reader<Bytes>(vector)
    var counts = [Int](repeating: 0, count: parts.count)
    rows.forEach { row in
      guard input.isValid(row) else { return }
      let count = NestedValue(input[row]).count
      for part in parts.indices { counts[part] += count / parts.count }
    }
    let columns = zip(parts, counts).map { Column($0.from, capacity: $1) }
    for column in columns { column.retain(ownersOf: vector.column) }
    var owners: [Int] = []
    var filled = 0
    rows.forEach { row in
      guard input.isValid(row) else { return }
      var part = 0
      for value in NestedValue(input[row]).parts {
        columns[part].set(value, at: filled)
        part += 1
        if part == parts.count {
          part = 0
          filled += 1
          owners.append(row)
        }
      }
    }
    var lost: Set<Int> = []
    let converted = zip(parts, columns).map { part, column in
      convert(part, column, filled) { place, message in
        lost.insert(owners[place])
        if !isTry { evaluation.fail(owners[place], message) }
      }
    }
    let result = build(evaluation, rows, vector, converted)
    for row in lost { result.column.setNull(row) }
    return result
  }

  private func convert(
    _ part: Part, _ column: Column, _ count: Int, _ fail: (Int, String) -> Void
  ) -> Column {
    let batch = Batch(
      schema: Schema([Field("", part.from)]), columns: [column], count: count)
    let inner = Evaluation(batch: batch, slotCount: 0)
    let result = part.kernel.evaluate(inner, .all(count))
    for failure in inner.failuresByRow() { fail(failure.row, failure.message) }
    return result.isConstant ? result.column.repeated(count) : result.column
  }

  private func build(
    _ evaluation: Evaluation, _ rows: Selection, _ vector: Vector, _ columns: [Column]
  ) -> Vector {
    let input = Reader<Bytes>(vector)
    let result = Column.result(type, evaluation, hasNulls: vector.hasNulls)
    let arena = Arena(blockSize: 64 * 1024)
    result.owners = [arena]
    var writer = NestedWriter()
    var text: [UInt8] = []
    var next = 0
    rows.forEach { row in
      guard input.isValid(row) else { return result.setNull(row) }
      let value = NestedValue(input[row])
      let rounds = value.count / max(columns.count, 1)
      if type == .string {
        Self.write(value.kind, columns, next, rounds, to: &text)
        result.bytes[row] = text.withUnsafeBufferPointer { bytes in
          bytes.baseAddress.map { arena.copy(Bytes(start: $0, count: bytes.count)) } ?? .empty
        }
        text.removeAll(keepingCapacity: true)
      } else {
        let mark = writer.open(value.kind)
        for index in next..<next + rounds {
          for column in columns { writer.put(column, index) }
        }
        writer.close(mark, count: rounds * columns.count)
        result.bytes[row] = writer.take(into: arena)
      }
      next += rounds
    }
    return Vector(result)
  }

  /// `[1, 2]`, `(1, x)` or `{a=1}`.
  private static func write(
    _ kind: NestedValue.Kind, _ columns: [Column], _ first: Int, _ rounds: Int,
    to text: inout [UInt8]
  ) {
    text.append(kind == .array ? 91 : kind == .row ? 40 : 123)
    for index in first..<first + rounds {
      for (place, column) in columns.enumerated() {
        if place > 0, kind == .map {
          text.append(61)
        } else if index > first || place > 0 {
          text.append(contentsOf: [44, 32])
        }
        if column.isNull(index) {
          text.append(contentsOf: "NULL".utf8)
        } else {
          text.append(contentsOf: column.bytes[index].buffer)
        }
      }
    }
    text.append(kind == .array ? 93 : kind == .row ? 41 : 125)
  }
}

/// A MAP with its entries in the order of their keys' bytes, so that equal maps have equal bytes.
struct SortedMapKernel: Kernel {
  let operand: any Kernel
  var type: ColumnType { operand.type }

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    let vector = operand.evaluate(evaluation, rows)
    let input = Reader<Bytes>(vector)
    let result = Column.result(type, evaluation, hasNulls: vector.hasNulls)
    let arena = Arena(blockSize: 64 * 1024)
    result.owners = [arena]
    var writer = NestedWriter()
    rows.forEach { row in
      guard input.isValid(row) else { return result.setNull(row) }
      let parts = Array(NestedValue(input[row]).parts)
      let entries = stride(from: 0, to: parts.count, by: 2).sorted {
        parts[$0].bytes.compare(parts[$1].bytes) < 0
      }
      let mark = writer.open(.map)
      for entry in entries {
        writer.put(parts[entry])
        writer.put(parts[entry + 1])
      }
      writer.close(mark, count: parts.count)
      result.bytes[row] = writer.take(into: arena)
    }
    return Vector(result)
  }
}
