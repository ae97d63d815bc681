/// One value out of a column, for people: messages, tests, the studio. Never in a hot loop.
public enum Value: Hashable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int64)
  case double(Double)
  case decimal(DecimalNumber)
  case string(String)
  case time(Int64)
  case date(Int64)
  case array([Value])
  /// A ROW's fields in order; their names are in its type.
  case row([Value])
  case map([Entry])

  /// A key of a MAP with its value.
  public struct Entry: Hashable, Sendable {
    public var key: Value
    public var value: Value

    public init(_ key: Value, _ value: Value) {
      self.key = key
      self.value = value
    }
  }

  public init(_ column: Column, _ row: Int) {
    if column.isNull(row) {
      self = .null
      return
    }
    switch column.type {
    case .boolean: self = .boolean(column.integers[row] != 0)
    case .int, .bigint, .interval: self = .integer(column.integers[row])
    case .double: self = .double(column.doubles[row])
    case .decimal(_, let scale): self = .decimal(DecimalNumber(column.wides[row], scale: scale))
    case .string: self = .string(column.bytes[row].string)
    case .date: self = .date(column.integers[row])
    case .timestamp, .timestampLTZ: self = .time(column.integers[row])
    case .array, .row, .map: self = NestedValue(column.bytes[row]).value
    }
  }
}

extension Value: CustomStringConvertible {
  /// The value as Flink casts it to STRING: `[1, 2]` for an ARRAY, `(1, x)` for a ROW, `{a=1}` for
  /// a MAP.
  public var description: String {
    switch self {
    case .null: "NULL"
    case .boolean(let value): value ? "TRUE" : "FALSE"
    case .integer(let value): String(value)
    case .double(let value): String(value)
    case .decimal(let value): value.description
    case .string(let value): value
    case .time(let ms): formatTimestamp(ms)
    case .date(let days): formatDate(days)
    case .array(let values): "[\(values.map(\.description).joined(separator: ", "))]"
    case .row(let values): "(\(values.map(\.description).joined(separator: ", ")))"
    case .map(let entries):
      "{\(entries.map { "\($0.key)=\($0.value)" }.joined(separator: ", "))}"
    }
  }
}

extension Column {
  /// Puts a value in place, with its bytes in the arena, which must be among the column's owners.
  ///
  /// For tests and literals. A number goes into a DECIMAL column without its point being moved.
  public func set(_ value: Value, at row: Int, in arena: Arena) {
    validity[row] = 1
    switch value {
    case .null: setNull(row)
    case .boolean(let value): integers[row] = value ? 1 : 0
    case .integer(let value), .time(let value), .date(let value): integers[row] = value
    case .double(let value): doubles[row] = value
    case .decimal(let value): wides[row] = value.unscaled
    case .string(let value): bytes[row] = arena.copy(value)
    case .array, .row, .map:
      var writer = NestedWriter()
      writer.put(value)
      bytes[row] = writer.take(into: arena)
    }
  }
}
