/// The type of a column, by its Flink SQL name.
///
/// Times are milliseconds since the epoch in UTC; a `DATE` is days since the epoch; an `INTERVAL`
/// is a length in milliseconds. Two types are equal when their values are read alike: the names of
/// a ROW's fields are part of it.
public enum ColumnType: Hashable, Sendable {
  case boolean, int, bigint, double, string, date, timestamp, timestampLTZ, interval
  /// An exact number of at most `precision` digits (1 to 38), `scale` of them after the point
  /// (0 to `precision`).
  case decimal(precision: Int, scale: Int)
  indirect case array(ColumnType)
  case row([Field])
  indirect case map(key: ColumnType, value: ColumnType)

  /// How a value of a type is held in memory. Kernels are written against these four only.
  public enum Physical: Sendable {
    /// `Int64`: BOOLEAN as 0 and 1, every integer, DATE as days, times and intervals as ms.
    case integer
    /// `Double`.
    case double
    /// ``Bytes``: UTF-8; a collection as ``NestedWriter`` writes it.
    case bytes
    /// `Int128`: a DECIMAL's digits without the point, so 1.50 in DECIMAL(10, 2) is 150.
    case wide
  }

  public var physical: Physical {
    switch self {
    case .double: .double
    case .string, .array, .row, .map: .bytes
    case .decimal: .wide
    default: .integer
    }
  }

  /// The types without parameters, in the order of the reference.
  public static let simple: [ColumnType] = [
    .boolean, .int, .bigint, .double, .string, .date, .timestamp, .timestampLTZ, .interval,
  ]

  /// The names that are shown to somebody who must choose a type: every simple one that a column
  /// can have, and an example of each that has parameters.
  public static let shownNames: [String] =
    simple.filter { $0 != .interval }.map(\.name)
    + ["DECIMAL(10, 2)", "ARRAY<INT>", "ROW<a INT, b STRING>", "MAP<STRING, BIGINT>"]

  /// The name in a pipeline file and in Flink SQL, such as `TIMESTAMP_LTZ(3)`.
  public var name: String {
    switch self {
    case .boolean: "BOOLEAN"
    case .int: "INT"
    case .bigint: "BIGINT"
    case .double: "DOUBLE"
    case .string: "STRING"
    case .date: "DATE"
    case .timestamp: "TIMESTAMP(3)"
    case .timestampLTZ: "TIMESTAMP_LTZ(3)"
    case .interval: "INTERVAL"
    case .decimal(let precision, let scale): "DECIMAL(\(precision), \(scale))"
    case .array(let element): "ARRAY<\(element.name)>"
    case .row(let fields):
      "ROW<\(fields.map { "\(Self.fieldName($0.name)) \($0.type.name)" }.joined(separator: ", "))>"
    case .map(let key, let value): "MAP<\(key.name), \(value.name)>"
    }
  }

  /// A field's name as it stands in a ROW type: in backticks where it is not a plain word.
  private static func fieldName(_ name: String) -> String {
    let isPlain =
      !name.isEmpty
      && name.utf8.enumerated().allSatisfy { index, byte in
        byte >= 128 || byte == 95 || (byte | 32) >= 97 && (byte | 32) <= 122
          || index > 0 && byte >= 48 && byte <= 57
      }
    return isPlain
      ? name
      : "`"
        + name.split(separator: "`", omittingEmptySubsequences: false)
        .joined(separator: "``") + "`"
  }

  /// The type with this name, in any case; nil where there is none.
  ///
  /// ``ColumnTypeParser`` says why.
  public init?(name: String) {
    guard let type = try? ColumnTypeParser.parse(name) else { return nil }
    self = type
  }

  public var isNumeric: Bool { isInteger || self == .double || isDecimal }
  public var isInteger: Bool { self == .int || self == .bigint }
  public var isDecimal: Bool { if case .decimal = self { true } else { false } }
  public var isTime: Bool { self == .timestamp || self == .timestampLTZ }

  /// Whether values have parts: ARRAY, ROW and MAP.
  public var isCollection: Bool {
    switch self {
    case .array, .row, .map: true
    default: false
    }
  }

  /// Digits after the point; 0 for every type but DECIMAL.
  public var scale: Int { if case .decimal(_, let scale) = self { scale } else { 0 } }
}

/// A named and typed column of a row.
public struct Field: Hashable, Sendable {
  public var name: String
  public var type: ColumnType
  /// A column about the row rather than of it (row kind, firing number …): sinks write it only
  /// where they are asked to.
  public var isMeta: Bool

  public init(_ name: String, _ type: ColumnType, isMeta: Bool = false) {
    self.name = name
    self.type = type
    self.isMeta = isMeta
  }
}

/// The columns of a row, in order.
public struct Schema: Hashable, Sendable {
  public var fields: [Field]

  public init(_ fields: [Field] = []) { self.fields = fields }

  public var count: Int { fields.count }

  /// The position of the column with this exact name.
  public func index(of name: String) -> Int? { fields.firstIndex { $0.name == name } }
  public subscript(name: String) -> Field? { fields.first { $0.name == name } }
}
