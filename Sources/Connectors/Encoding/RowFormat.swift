public import Columns

/// How rows are written as text.
public struct RowFormat: Hashable, Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// A JSON object a line.
    case jsonl
    /// RFC 4180 with a line of column names first, and LF as line end.
    case csv

    /// The format a file's name asks for: CSV for `.csv`, JSON lines for any other.
    public init(path: String) {
      self = path.lowercased().hasSuffix(".csv") ? .csv : .jsonl
    }
  }

  public var kind: Kind
  public var times: TimeStyle

  public init(_ kind: Kind, times: TimeStyle = .iso) {
    self.kind = kind
    self.times = times
  }
}

/// How a sink writes times.
public enum TimeStyle: String, Sendable, CaseIterable {
  /// `2026-01-31T12:00:00.000Z`.
  case iso
  /// Milliseconds since the epoch.
  case millis
}

/// Which columns of a row a sink writes.
public enum OutputColumns {
  /// The positions of the row's own columns, in order, and of those columns about the row that
  /// are asked for. `kind` is written without being asked for: it is there only where a result
  /// can change.
  public static func positions(in schema: Schema, include: [String] = []) -> [Int] {
    schema.fields.indices.filter { position in
      let field = schema.fields[position]
      return !field.isMeta || field.name == "kind" || include.contains(field.name)
    }
  }
}
