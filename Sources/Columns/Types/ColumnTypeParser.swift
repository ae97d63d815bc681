/// Why a text names no type, and where in it.
public struct ColumnTypeFault: Error, Hashable, Sendable {
  /// The part at fault, in UTF-8 bytes of the text.
  public var range: Range<Int>
  public var message: String
  /// What would be right.
  public var hint: String?
}

/// Reads the name of a type: `BIGINT`, `DECIMAL(10, 2)`, `MAP<STRING, ARRAY<ROW<a INT>>>`.
///
/// Names are case-insensitive and Flink's synonyms are read. A ROW may be written with round
/// brackets, as standard SQL has it.
public struct ColumnTypeParser {
  /// How deep types may be nested.
  public static let maxDepth = 16

  private let bytes: [UInt8]
  private var at = 0
  private var depth = 0

  public static func parse(_ text: String) throws(ColumnTypeFault) -> ColumnType {
    var parser = ColumnTypeParser(bytes: Array(text.utf8))
    let type = try parser.type()
    parser.skipBlanks()
    if parser.at < parser.bytes.count {
      throw ColumnTypeFault(
        range: parser.at..<parser.bytes.count,
        message: "'\(parser.text(parser.at..<parser.bytes.count))' is not expected after the type")
    }
    return type
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  // MARK: Types

  private static let synonyms: [String: ColumnType] = [
    "BOOLEAN": .boolean, "BOOL": .boolean, "INT": .int, "INTEGER": .int, "BIGINT": .bigint,
    "LONG": .bigint, "DOUBLE": .double, "FLOAT": .double, "FLOAT64": .double, "STRING": .string,
    "VARCHAR": .string, "TEXT": .string, "DATE": .date, "TIMESTAMP": .timestamp,
    "TIMESTAMP_LTZ": .timestampLTZ,
  ]

  private mutating func type() throws(ColumnTypeFault) -> ColumnType {
    depth += 1
    defer { depth -= 1 }
    skipBlanks()
    let start = at
    guard let name = word() else {
      throw fault(start..<bytes.count, "a type is missing", "such as INT")
    }
    if depth > Self.maxDepth {
      throw fault(start..<at, "the type is nested deeper than \(Self.maxDepth)")
    }
    let upper = name.uppercased()
    switch upper {
    case "DECIMAL", "DEC", "NUMERIC": return try decimal(start)
    case "ARRAY":
      try expect("<", "after ARRAY: ARRAY<INT>")
      let element = try type()
      try expect(">", "at the end of ARRAY")
      return .array(element)
    case "MAP":
      try expect("<", "after MAP: MAP<STRING, INT>")
      let key = try type()
      try expect(",", "between the types of MAP")
      let value = try type()
      try expect(">", "at the end of MAP")
      return .map(key: key, value: value)
    case "ROW": return try row()
    case "DOUBLE": _ = accept(word: "PRECISION")
    default: break
    }
    guard var type = Self.synonyms[upper] else {
      throw fault(
        start..<at, "there is no type \(upper) here",
        ["TINYINT", "SMALLINT"].contains(upper)
          ? "write INT"
          : upper == "MULTISET" ? "write ARRAY<…>" : "types: " + Self.knownNames)
    }
    let length = try self.length()
    if type == .timestamp, accept(word: "WITH") {
      for part in ["LOCAL", "TIME", "ZONE"] where !accept(word: part) {
        throw fault(start..<at, "\(part) is missing", "write TIMESTAMP_LTZ(3)")
      }
      type = .timestampLTZ
    }
    try check(length, of: type, start)
    return type
  }

  private static let knownNames = ColumnType.shownNames.joined(separator: ", ")

  private func check(
    _ length: Int?, of type: ColumnType, _ start: Int
  ) throws(ColumnTypeFault) {
    guard let length else { return }
    if type.isTime {
      if length != 3 {
        throw fault(start..<at, "times have milliseconds here", "write \(type.name)")
      }
    } else if type == .string {
      if length < Int(Int32.max) {
        throw fault(start..<at, "a text has no greatest length here", "write STRING")
      }
    } else {
      throw fault(start..<at, "\(type.name) takes no length", "write \(type.name)")
    }
  }

  private mutating func decimal(_ start: Int) throws(ColumnTypeFault) -> ColumnType {
    guard accept("(") else { return .decimal(precision: 10, scale: 0) }
    let precision = try number()
    let scale = accept(",") ? try number() : 0
    try expect(")", "after the digits of DECIMAL")
    guard (1...38).contains(precision), (0...precision).contains(scale) else {
      throw fault(
        start..<at, "a DECIMAL has 1 to 38 digits, and at most those after the point",
        "such as DECIMAL(10, 2)")
    }
    return .decimal(precision: precision, scale: scale)
  }

  private mutating func row() throws(ColumnTypeFault) -> ColumnType {
    let isRound = accept("(")
    if !isRound { try expect("<", "after ROW: ROW<a INT, b STRING>") }
    var fields: [Field] = []
    repeat {
      skipBlanks()
      let start = at
      guard let name = at < bytes.count && bytes[at] == 96 ? try quotedName() : word() else {
        throw fault(
          start..<min(start + 1, bytes.count), "the name of a field is missing", "ROW<a INT>")
      }
      if fields.contains(where: { $0.name == name }) {
        throw fault(start..<at, "the ROW has a field '\(name)' already")
      }
      fields.append(Field(name, try type()))
    } while accept(",")
    try expect(isRound ? ")" : ">", "at the end of ROW")
    return .row(fields)
  }

  // MARK: Tokens

  private func fault(_ range: Range<Int>, _ message: String, _ hint: String? = nil)
    -> ColumnTypeFault
  {
    ColumnTypeFault(range: range, message: message, hint: hint)
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  private mutating func skipBlanks() {
    while at < bytes.count, bytes[at] == 32 || (9...13).contains(bytes[at]) { at += 1 }
  }

  private mutating func word() -> String? {
    let start = at
    while at < bytes.count,
      bytes[at] >= 128 || bytes[at] == 95 || (97...122).contains(bytes[at] | 32)
        || at > start && (48...57).contains(bytes[at])
    {
      at += 1
    }
    return at > start ? text(start..<at) : nil
  }

  private mutating func quotedName() throws(ColumnTypeFault) -> String {
    let start = at
    var content: [UInt8] = []
    at += 1
    while at < bytes.count {
      if bytes[at] == 96 {
        at += 1
        if at == bytes.count || bytes[at] != 96 { return String(decoding: content, as: UTF8.self) }
      }
      content.append(bytes[at])
      at += 1
    }
    throw fault(start..<at, "the backtick is not closed")
  }

  private mutating func accept(word: String) -> Bool {
    skipBlanks()
    let start = at
    if self.word()?.uppercased() == word { return true }
    at = start
    return false
  }

  private mutating func accept(_ sign: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard at < bytes.count, UInt32(bytes[at]) == sign.value else { return false }
    at += 1
    return true
  }

  private mutating func expect(_ sign: Unicode.Scalar, _ where: String) throws(ColumnTypeFault) {
    if accept(sign) { return }
    throw fault(at..<min(at + 1, bytes.count), "'\(sign)' is missing \(`where`)")
  }

  private mutating func number() throws(ColumnTypeFault) -> Int {
    skipBlanks()
    let start = at
    while at < bytes.count, (48...57).contains(bytes[at]) { at += 1 }
    guard let number = Int(text(start..<at)) else {
      throw fault(start..<max(at, min(start + 1, bytes.count)), "a number is missing in the type")
    }
    return number
  }

  private mutating func length() throws(ColumnTypeFault) -> Int? {
    guard accept("(") else { return nil }
    let length = try number()
    try expect(")", "after the number in the type")
    return length
  }
}
