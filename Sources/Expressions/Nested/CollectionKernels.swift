import Columns

/// `a[1]`: an element by its place from 1; NULL beyond the ends.
struct ElementKernel: Kernel {
  let type: ColumnType
  let operand: any Kernel
  let place: any Kernel

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    let vector = operand.evaluate(evaluation, rows)
    let (arrays, places) = (
      Reader<Bytes>(vector), Reader<Int64>(place.evaluate(evaluation, rows))
    )
    let result = Column.result(type, evaluation)
    rows.forEach { row in
      guard arrays.isValid(row), places.isValid(row) else { return result.setNull(row) }
      let array = NestedValue(arrays[row])
      guard places[row] >= 1, places[row] <= Int64(array.count) else { return result.setNull(row) }
      result.set(array.part(Int(places[row]) - 1), at: row)
    }
    result.retain(ownersOf: vector.column)
    return Vector(result)
  }
}

/// `m['k']`: the value of a key; NULL where the map has none.
struct LookupKernel: Kernel {
  let type: ColumnType
  let operand: any Kernel
  /// Keys as a map holds them: see ``WrappedKernel``.
  let key: any Kernel

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    let vector = operand.evaluate(evaluation, rows)
    let (maps, keys) = (Reader<Bytes>(vector), Reader<Bytes>(key.evaluate(evaluation, rows)))
    let result = Column.result(type, evaluation)
    rows.forEach { row in
      guard maps.isValid(row) else { return result.setNull(row) }
      let wanted = keys[row]
      var isKey = true
      var isFound = false
      for part in NestedValue(maps[row]).parts {
        if !isKey, isFound { return result.set(part, at: row) }
        if isKey { isFound = part.bytes == wanted }
        isKey.toggle()
      }
      result.setNull(row)
    }
    result.retain(ownersOf: vector.column)
    return Vector(result)
  }
}

/// `r.f`: a field of a ROW by its place.
struct FieldKernel: Kernel {
  let type: ColumnType
  let operand: any Kernel
  let place: Int

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    let vector = operand.evaluate(evaluation, rows)
    let values = Reader<Bytes>(vector)
    let result = Column.result(type, evaluation)
    rows.forEach { row in
      guard values.isValid(row) else { return result.setNull(row) }
      result.set(NestedValue(values[row]).part(place), at: row)
    }
    result.retain(ownersOf: vector.column)
    return Vector(result)
  }
}

/// A collection out of its parts: `ARRAY[…]`, `MAP[…]`, `ROW(…)`. Of equal keys the last counts.
struct ConstructorKernel: Kernel {
  let type: ColumnType
  let kind: NestedValue.Kind
  let parts: [any Kernel]

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    let vectors = parts.map { $0.evaluate(evaluation, rows) }
    let result = Column.result(type, evaluation)
    let arena = Arena(blockSize: 64 * 1024)
    result.owners = [arena]
    var writer = NestedWriter()
    rows.forEach { row in
      let mark = writer.open(kind)
      for vector in vectors { writer.put(vector.column, row & vector.mask) }
      writer.close(mark, count: vectors.count)
      result.bytes[row] = writer.take(into: arena)
      if kind == .map {
        result.bytes[row] = withoutRepeatedKeys(NestedValue(result.bytes[row]), &writer, arena)
      }
    }
    return Vector(result)
  }
}

/// The map with each key once, in the place of its first and with the value of its last.
func withoutRepeatedKeys(
  _ map: NestedValue, _ writer: inout NestedWriter, _ arena: Arena
) -> Bytes {
  let parts = Array(map.parts)
  var places: [Int] = []
  var values: [Int] = []
  for key in stride(from: 0, to: parts.count, by: 2) {
    if let known = places.firstIndex(where: { parts[$0].bytes == parts[key].bytes }) {
      values[known] = key + 1
    } else {
      places.append(key)
      values.append(key + 1)
    }
  }
  if places.count * 2 == parts.count { return map.bytes }
  let mark = writer.open(.map)
  for (key, value) in zip(places, values) {
    writer.put(parts[key])
    writer.put(parts[value])
  }
  writer.close(mark, count: places.count * 2)
  return writer.take(into: arena)
}

/// Each value as the part of a collection that it would be, NULL too: what a function compares
/// elements with or adds to them. Never NULL itself.
struct WrappedKernel: Kernel {
  let operand: any Kernel
  var type: ColumnType { .array(operand.type) }

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    let vector = operand.evaluate(evaluation, rows)
    let arena = Arena(blockSize: 16 * 1024)
    var writer = NestedWriter()
    if vector.isConstant {
      let result = Column(type, capacity: 1)
      result.owners = [arena]
      evaluation.keep(result)
      writer.put(vector.column, 0)
      result.bytes[0] = writer.take(into: arena)
      return Vector(constant: result)
    }
    let result = Column.result(type, evaluation)
    result.owners = [arena]
    rows.forEach { row in
      writer.put(vector.column, row)
      result.bytes[row] = writer.take(into: arena)
    }
    return Vector(result)
  }
}

extension NestedValue {
  /// The order of two parts of one type that are not NULL: negative, zero or positive.
  func order(_ other: NestedValue) -> Int {
    switch kind {
    case .double:
      let (a, b) = (double, other.double)
      // NaN stands above everything, as in Java.
      if a.isNaN || b.isNaN { return a.isNaN == b.isNaN ? 0 : a.isNaN ? 1 : -1 }
      return a < b ? -1 : a > b ? 1 : 0
    case .decimal:
      let (a, b) = (decimal.unscaled, other.decimal.unscaled)
      return a < b ? -1 : a > b ? 1 : 0
    case .text: return text.compare(other.text)
    default:
      let (a, b) = (integer, other.integer)
      return a < b ? -1 : a > b ? 1 : 0
    }
  }
}
