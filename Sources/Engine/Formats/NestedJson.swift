import Columns

/// Reads JSON values into the ARRAY, ROW or MAP of a column.
///
/// An object becomes a ROW by the names of its fields (those it does not name are NULL, others are
/// stepped over) or a MAP; of a name that stands twice the last value counts.
final class NestedJson: Sendable {
  private indirect enum Shape: Sendable {
    case leaf(FieldConversion, ColumnType)
    case array(Shape)
    case row([(name: [UInt8], shape: Shape)])
    case map(key: FieldConversion, ColumnType, value: Shape)
  }

  /// What does not fit: what belongs in its place, and what stands there.
  private struct Misfit: Error {
    var expected: String
    var found: Bytes
  }

  let type: ColumnType
  private let shape: Shape

  init(_ column: ParseColumn) {
    type = column.type
    shape = Self.shape(column.type, column)
  }

  private static func shape(_ type: ColumnType, _ column: ParseColumn) -> Shape {
    func leaf(_ type: ColumnType) -> FieldConversion {
      FieldConversion(ParseColumn(column.name, type, timeFormat: column.timeFormat))
    }
    switch type {
    case .array(let element): return .array(shape(element, column))
    case .row(let fields):
      return .row(fields.map { (Array($0.name.utf8), shape($0.type, column)) })
    case .map(let key, let value): return .map(key: leaf(key), key, value: shape(value, column))
    default: return .leaf(leaf(type), type)
    }
  }

  /// Reads the value from `p` to `end`, which is sound JSON, into a row.
  ///
  /// - Returns: what is wrong with it; nil where nothing is.
  func read(
    _ p: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, to target: Column, _ row: Int,
    _ arena: Arena, of column: ParseColumn
  ) -> String? {
    do {
      try store(p, end, to: target, row, arena)
      return nil
    } catch let misfit as Misfit {
      let text = Bytes(start: misfit.found.start, count: min(misfit.found.count, 60)).string
      return "column '\(column.name)' takes \(type.name), and holds "
        + "\(text)\(misfit.found.count > 60 ? "…" : "") where \(misfit.expected) belongs"
    } catch { return "column '\(column.name)' takes \(type.name)" }
  }

  /// The same, without the words: false where something is wrong.
  func read(
    _ p: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, to target: Column, _ row: Int,
    _ arena: Arena
  ) -> Bool {
    (try? store(p, end, to: target, row, arena)) != nil
  }

  private func store(
    _ p: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, to target: Column, _ row: Int,
    _ arena: Arena
  ) throws {
    var writer = NestedWriter()
    try put(p, JsonScanner(start: p, end: end), shape, type, into: &writer, arena)
    target.bytes[row] = writer.take(into: arena)
  }

  private func put(
    _ p: UnsafePointer<UInt8>, _ scanner: JsonScanner, _ shape: Shape, _ type: ColumnType,
    into writer: inout NestedWriter, _ arena: Arena
  ) throws {
    func misfit(_ expected: String) throws -> Misfit {
      Misfit(expected: expected, found: Bytes(start: p, count: try scanner.valueEnd(p) - p))
    }
    if p.pointee == 110 { return writer.putNull() }
    switch (shape, type) {
    case (.leaf(let conversion, _), _):
      let text = try text(p, scanner, conversion, arena)
      guard let text, conversion.put(text, as: type, into: &writer) else {
        throw try misfit(conversion.expected)
      }
    case (.array(let element), .array(let elementType)):
      guard p.pointee == 91 else { throw try misfit(type.name) }
      let mark = writer.open(.array)
      var count = 0
      var at = JsonScanner.skipSpace(p + 1, scanner.end)
      while at.pointee != 93 {
        try put(at, scanner, element, elementType, into: &writer, arena)
        count += 1
        at = JsonScanner.skipSpace(try scanner.valueEnd(at), scanner.end)
        if at.pointee == 44 { at = JsonScanner.skipSpace(at + 1, scanner.end) }
      }
      writer.close(mark, count: count)
    case (.row(let fields), .row(let fieldTypes)):
      guard p.pointee == 123 else { throw try misfit(type.name) }
      var places = [UnsafePointer<UInt8>?](repeating: nil, count: fields.count)
      _ = try scanner.members(p, depth: 0) { name, value in
        let content =
          name.hasEscapes ? JsonScanner.unescape(name.content, into: arena) : name.content
        if let index = fields.firstIndex(where: { $0.name.elementsEqual(content.buffer) }) {
          places[index] = value
        }
      }
      let mark = writer.open(.row)
      for (index, place) in places.enumerated() {
        if let place {
          try put(place, scanner, fields[index].shape, fieldTypes[index].type, into: &writer, arena)
        } else {
          writer.putNull()
        }
      }
      writer.close(mark, count: fields.count)
    case (.map(let key, let keyType, let value), .map(_, let valueType)):
      guard p.pointee == 123 else { throw try misfit(type.name) }
      var names: [KeyText] = []
      var values: [KeyText: UnsafePointer<UInt8>] = [:]
      _ = try scanner.members(p, depth: 0) { name, value in
        let name = KeyText(
          bytes: name.hasEscapes ? JsonScanner.unescape(name.content, into: arena) : name.content)
        if values.updateValue(value, forKey: name) == nil { names.append(name) }
      }
      let mark = writer.open(.map)
      for name in names {
        guard let place = values[name] else { continue }
        guard key.put(name.bytes, as: keyType, into: &writer) else {
          throw Misfit(expected: key.expected, found: name.bytes)
        }
        try put(place, scanner, value, valueType, into: &writer, arena)
      }
      writer.close(mark, count: names.count * 2)
    default: throw try misfit(type.name)
    }
  }

  /// The text of a value that is no collection; of a collection only where a STRING takes it as it
  /// stands.
  private func text(
    _ p: UnsafePointer<UInt8>, _ scanner: JsonScanner, _ conversion: FieldConversion, _ arena: Arena
  ) throws -> Bytes? {
    let token = Bytes(start: p, count: try scanner.valueEnd(p) - p)
    switch p.pointee {
    case 34:
      let content = Bytes(start: p + 1, count: token.count - 2)
      return content.buffer.contains(92) ? JsonScanner.unescape(content, into: arena) : content
    case 123, 91:
      if case .string = conversion { return token }
      return nil
    default: return token
    }
  }
}

/// A name of an object, compared by its bytes.
private struct KeyText: Hashable {
  let bytes: Bytes

  static func == (left: KeyText, right: KeyText) -> Bool { left.bytes == right.bytes }
  func hash(into hasher: inout Hasher) { hasher.combine(bytes.hash64) }
}
