/// Reads the members of one JSON object, for a look at their kinds.
struct JSONLineScanner {
  private let bytes: [UInt8]
  private var at = 0
  private static let maxDepth = 64

  init(_ line: String) { bytes = Array(line.utf8) }

  /// The members in order; nil where the line is not one object.
  mutating func object() -> [LogSample.Member]? {
    skipSpace()
    guard let members = members(depth: 0), isAtEnd else { return nil }
    return members
  }

  private mutating func members(depth: Int) -> [LogSample.Member]? {
    var members: [LogSample.Member] = []
    let isWhole = parts(depth, "{", "}") { scanner in
      guard let name = scanner.string() else { return false }
      scanner.skipSpace()
      guard scanner.take(":"), let field = scanner.value(depth: depth) else { return false }
      members.append(LogSample.Member(name: name, field: field))
      return true
    }
    return isWhole ? members : nil
  }

  private mutating func items(depth: Int) -> [LogSample.Field]? {
    var items: [LogSample.Field] = []
    let isWhole = parts(depth, "[", "]") { scanner in
      guard let field = scanner.value(depth: depth) else { return false }
      items.append(field)
      return true
    }
    return isWhole ? items : nil
  }

  /// Goes through what stands between two brackets, separated by commas.
  private mutating func parts(
    _ depth: Int, _ open: Unicode.Scalar, _ close: Unicode.Scalar,
    _ part: (inout JSONLineScanner) -> Bool
  ) -> Bool {
    guard depth <= Self.maxDepth, take(open) else { return false }
    skipSpace()
    if take(close) { return true }
    while true {
      skipSpace()
      guard part(&self) else { return false }
      skipSpace()
      if take(",") { continue }
      return take(close)
    }
  }

  private var isAtEnd: Bool {
    bytes[at...].allSatisfy { [32, 9, 10, 13].contains($0) }
  }

  private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 32 || byte == 9 || byte == 10 || byte == 13 { at += 1 }
  }

  private mutating func value(depth: Int) -> LogSample.Field? {
    skipSpace()
    switch next {
    case UInt8(ascii: "\""): return string().map { .text($0) }
    case UInt8(ascii: "{"): return members(depth: depth + 1).map { .object($0) }
    case UInt8(ascii: "["): return items(depth: depth + 1).map { .list($0) }
    case .some: return word()
    case nil: return nil
    }
  }

  private mutating func word() -> LogSample.Field? {
    let start = at
    while let byte = next, byte != 44, byte != 125, byte != 93, byte > 32 { at += 1 }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    switch text {
    case "null": return .null
    case "true", "false": return .boolean
    default: return Double(text) != nil ? .number(text) : nil
    }
  }

  private mutating func string() -> String? {
    guard take("\"") else { return nil }
    let start = at
    while let byte = next {
      if byte == 92 {
        at += 2
      } else if byte == 34 {
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        at += 1
        return text
      } else {
        at += 1
      }
    }
    return nil
  }
}
