/// The type of a column, by its Flink SQL name.
///
/// Times are milliseconds since the epoch in UTC; a `DATE` is days since the epoch; an `INTERVAL`
/// is a length in milliseconds.
public enum ColumnType: Hashable, Sendable, CaseIterable {
  case boolean, int, bigint, double, string, date, timestamp, timestampLTZ, interval

  /// How a value of a type is held in memory. Kernels are written against these three only.
  public enum Physical: Sendable {
    /// `Int64`: BOOLEAN as 0 and 1, every integer, DATE as days, times and intervals as ms.
    case integer
    /// `Double`.
    case double
    /// ``Bytes``: UTF-8.
    case bytes
  }

  public var physical: Physical {
    switch self {
    case .double: .double
    case .string: .bytes
    default: .integer
    }
  }

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
    }
  }

  public var isNumeric: Bool { self == .int || self == .bigint || self == .double }
  public var isInteger: Bool { self == .int || self == .bigint }
  public var isTime: Bool { self == .timestamp || self == .timestampLTZ }

  /// Other spellings that are read: Flink's synonyms.
  private static let synonyms: [String: ColumnType] = [
    "INTEGER": .int, "LONG": .bigint, "FLOAT64": .double, "DOUBLE PRECISION": .double,
    "VARCHAR": .string, "TEXT": .string, "BOOL": .boolean, "TIMESTAMP": .timestamp,
    "TIMESTAMP_LTZ": .timestampLTZ,
  ]

  /// The type with this name, in any case; nil where there is none.
  public init?(name: String) {
    let upper = name.uppercased().filter { $0 != " " || name.contains("PRECISION") }
    if let type = Self.allCases.first(where: { $0.name == upper }) ?? Self.synonyms[upper] {
      self = type
    } else {
      return nil
    }
  }
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
