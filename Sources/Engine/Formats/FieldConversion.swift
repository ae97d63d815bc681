import Columns

/// How the text of a field becomes a value of its column.
enum FieldConversion: Sendable {
  case string, int, bigint, double, boolean, date, isoTime
  case epoch(TimeFormat.EpochUnit)
  case pattern(TimePattern)
  case decimal(precision: Int, scale: Int)
  /// An ARRAY, ROW or MAP, from a JSON value; never from a text.
  case nested(NestedJson)
  /// A type that no record can hold.
  case impossible

  init(_ column: ParseColumn) {
    switch column.type {
    case .string: self = .string
    case .int: self = .int
    case .bigint: self = .bigint
    case .double: self = .double
    case .boolean: self = .boolean
    case .date: self = .date
    case .decimal(let precision, let scale): self = .decimal(precision: precision, scale: scale)
    case .array, .row, .map: self = .nested(NestedJson(column))
    case .interval: self = .impossible
    case .timestamp, .timestampLTZ:
      switch column.timeFormat {
      case .iso: self = .isoTime
      case .epoch(let unit): self = .epoch(unit)
      case .pattern(let text): self = TimePattern(text).map { .pattern($0) } ?? .impossible
      }
    }
  }

  /// What the column takes, for messages.
  var expected: String {
    switch self {
    case .string: "text"
    case .int: "a whole number within INT"
    case .bigint: "a whole number within BIGINT"
    case .double: "a number"
    case .boolean: "true or false"
    case .date: "a date such as 2026-01-31"
    case .isoTime: "an ISO-8601 time such as 2026-01-31T12:00:00Z"
    case .epoch(let unit): "a time as whole \(unit.rawValue) since the epoch"
    case .pattern(let pattern): "a time like \(pattern.text)"
    case .decimal(let precision, let scale): "a number within DECIMAL(\(precision), \(scale))"
    case .nested(let nested): nested.type.name
    case .impossible: "a type that a record can hold"
    }
  }

  /// Writes the value of a field's text into a row.
  ///
  /// - Returns: false where the text is not of this type.
  func write(_ text: Bytes, to column: Column, _ row: Int) -> Bool {
    switch self {
    case .string:
      column.bytes[row] = text
      return true
    case .double:
      guard let value = parseDouble(text) else { return false }
      column.doubles[row] = value
      return true
    case .decimal(let precision, let scale):
      guard let value = parseDecimal(text, precision: precision, scale: scale) else { return false }
      column.wides[row] = value
      return true
    default:
      guard let value = integer(text) else { return false }
      column.integers[row] = value
      return true
    }
  }

  /// Adds the value of a text to a collection; false where the text is not of this type.
  func put(_ text: Bytes, as type: ColumnType, into writer: inout NestedWriter) -> Bool {
    switch self {
    case .string: writer.put(text: text)
    case .double:
      guard let value = parseDouble(text) else { return false }
      writer.put(double: value)
    case .decimal(let precision, let scale):
      guard let value = parseDecimal(text, precision: precision, scale: scale) else { return false }
      writer.put(decimal: value, scale: scale)
    default:
      guard let value = integer(text) else { return false }
      writer.put(integer: value, as: type)
    }
    return true
  }

  private func integer(_ text: Bytes) -> Int64? {
    switch self {
    case .bigint: return parseInteger(text)
    case .int: return parseInteger(text).flatMap { Int32(exactly: $0) == nil ? nil : $0 }
    case .boolean: return Self.boolean(text)
    case .date: return parseDate(text)
    case .isoTime: return parseTimestamp(text)
    case .epoch(let unit): return parseInteger(text).flatMap { Self.milliseconds($0, unit) }
    case .pattern(let pattern): return pattern.parse(text)
    case .string, .double, .decimal, .nested, .impossible: return nil
    }
  }

  private static func boolean(_ text: Bytes) -> Int64? {
    switch text.count {
    case 4:
      let word: [UInt8] = [116, 114, 117, 101]
      return (0..<4).allSatisfy { text[$0] | 32 == word[$0] } ? 1 : nil
    case 5:
      let word: [UInt8] = [102, 97, 108, 115, 101]
      return (0..<5).allSatisfy { text[$0] | 32 == word[$0] } ? 0 : nil
    default: return nil
    }
  }

  /// A time of a unit as ms; nil where it does not fit. Finer units round down.
  static func milliseconds(_ value: Int64, _ unit: TimeFormat.EpochUnit) -> Int64? {
    switch unit {
    case .ms: return value
    case .s:
      let (ms, overflow) = value.multipliedReportingOverflow(by: 1000)
      return overflow ? nil : ms
    case .us: return floorDivide(value, 1000)
    case .ns: return floorDivide(value, 1_000_000)
    }
  }

  private static func floorDivide(_ value: Int64, _ by: Int64) -> Int64 {
    let quotient = value / by
    return value % by < 0 ? quotient - 1 : quotient
  }
}

/// The message for a field that is not of its column's type.
func wrongType(_ column: ParseColumn, _ conversion: FieldConversion, found: Bytes) -> String {
  let text = Bytes(start: found.start, count: min(found.count, 60)).string
  let rest = found.count > 60 ? "…" : ""
  return "column '\(column.name)' takes \(conversion.expected), not \(text)\(rest)"
}
