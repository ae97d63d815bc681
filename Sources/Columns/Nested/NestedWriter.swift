/// Puts together the bytes of an ARRAY, ROW or MAP: see ``NestedValue`` for their form.
///
/// ```swift
/// var writer = NestedWriter()
/// let list = writer.open(.array)
/// writer.put(integer: 7)
/// writer.close(list, count: 1)
/// column.bytes[0] = writer.take(into: arena)
/// ```
///
/// Keeps its room when its bytes are taken, so one writer serves many rows.
public struct NestedWriter {
  private var bytes: [UInt8] = []

  public init() {}

  public var count: Int { bytes.count }

  /// Forgets everything from a place on, such as a value that turned out to be wrong.
  public mutating func cut(to count: Int) { bytes.removeLast(bytes.count - count) }

  /// What was written, copied into the arena; the writer is empty afterwards.
  public mutating func take(into arena: Arena) -> Bytes {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return .empty }
      return arena.copy(Bytes(start: start, count: buffer.count))
    }
  }

  // MARK: Collections

  /// Starts a collection, whose parts are put next.
  ///
  /// - Returns: where it starts, for ``close(_:count:)``.
  public mutating func open(_ kind: NestedValue.Kind) -> Int {
    let mark = bytes.count
    bytes.append(kind.rawValue)
    for _ in 0..<8 { bytes.append(0) }
    return mark
  }

  /// Ends the collection that started at `mark` with `count` parts.
  public mutating func close(_ mark: Int, count: Int) {
    let length = bytes.count - mark - 5
    for byte in 0..<4 {
      bytes[mark + 1 + byte] = UInt8(truncatingIfNeeded: length >> (byte * 8))
      bytes[mark + 5 + byte] = UInt8(truncatingIfNeeded: count >> (byte * 8))
    }
  }

  // MARK: Values

  public mutating func putNull() { bytes.append(NestedValue.Kind.null.rawValue) }

  public mutating func put(boolean value: Bool) {
    bytes.append((value ? NestedValue.Kind.true : .false).rawValue)
  }

  public mutating func put(integer value: Int64) { put(.integer, value) }

  public mutating func put(double value: Double) {
    bytes.append(NestedValue.Kind.double.rawValue)
    let bits = (value.isNaN ? .nan : value).bitPattern
    withUnsafeBytes(of: bits.littleEndian) { bytes.append(contentsOf: $0) }
  }

  public mutating func put(decimal unscaled: Int128, scale: Int) {
    bytes.append(NestedValue.Kind.decimal.rawValue)
    bytes.append(UInt8(scale))
    putFolded(unscaled)
  }

  public mutating func put(text: Bytes) {
    bytes.append(NestedValue.Kind.text.rawValue)
    putPacked(UInt128(text.count))
    bytes.append(contentsOf: text.buffer)
  }

  /// Puts a value of another collection.
  public mutating func put(_ value: NestedValue) { bytes.append(contentsOf: value.bytes.buffer) }

  /// Puts an integer as a column of a type holds it: BOOLEAN, integers, DATE, times.
  public mutating func put(integer value: Int64, as type: ColumnType) {
    switch type {
    case .boolean: put(boolean: value != 0)
    case .date: put(.date, value)
    case .timestamp, .timestampLTZ: put(.time, value)
    default: put(.integer, value)
    }
  }

  /// Puts the value of a column's row.
  public mutating func put(_ column: Column, _ row: Int) {
    if column.isNull(row) { return putNull() }
    switch column.physical {
    case .integer: put(integer: column.integers[row], as: column.type)
    case .double: put(double: column.doubles[row])
    case .wide: put(decimal: column.wides[row], scale: column.type.scale)
    case .bytes:
      if column.type == .string {
        put(text: column.bytes[row])
      } else {
        bytes.append(contentsOf: column.bytes[row].buffer)
      }
    }
  }

  /// Puts a value for people: for tests.
  public mutating func put(_ value: Value) {
    switch value {
    case .null: putNull()
    case .boolean(let value): put(boolean: value)
    case .integer(let value): put(.integer, value)
    case .double(let value): put(double: value)
    case .decimal(let value): put(decimal: value.unscaled, scale: value.scale)
    case .string(var value):
      value.withUTF8 { utf8 in
        put(text: utf8.baseAddress.map { Bytes(start: $0, count: utf8.count) } ?? .empty)
      }
    case .time(let ms): put(.time, ms)
    case .date(let days): put(.date, days)
    case .array(let values): put(.array, values)
    case .row(let values): put(.row, values)
    case .map(let entries): put(.map, entries.flatMap { [$0.key, $0.value] })
    }
  }

  private mutating func put(_ kind: NestedValue.Kind, _ parts: [Value]) {
    let mark = open(kind)
    for part in parts { put(part) }
    close(mark, count: parts.count)
  }

  private mutating func put(_ kind: NestedValue.Kind, _ value: Int64) {
    bytes.append(kind.rawValue)
    putFolded(Int128(value))
  }

  private mutating func putFolded(_ value: Int128) {
    putPacked(UInt128(bitPattern: value << 1 ^ value >> 127))
  }

  private mutating func putPacked(_ value: UInt128) {
    var rest = value
    while rest >= 128 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }
}
