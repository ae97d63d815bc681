/// Reads the members of one JSON object, for a look at their kinds: values inside values are
/// skipped.
struct JSONLineScanner {
  private let bytes: [UInt8]
  private var at = 0
  private static let maxDepth = 64

  init(_ line: String) { bytes = Array(line.utf8) }

  /// The members in order; nil where the line is not one object.
  mutating func object() -> [(name: String, field: LogSample.Field)]? {
    var members: [(name: String, field: LogSample.Field)] = []
    skipSpace()
    guard take("{") else { return nil }
    skipSpace()
    if take("}") { return isAtEnd ? members : nil }
    while true {
      skipSpace()
      guard let name = string() else { return nil }
      skipSpace()
      guard take(":"), let field = value() else { return nil }
      members.append((name, field))
      skipSpace()
      if take(",") { continue }
      guard take("}") else { return nil }
      return isAtEnd ? members : nil
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

  private mutating func value() -> LogSample.Field? {
    skipSpace()
    switch next {
    case UInt8(ascii: "\""): return string().map { .text($0) }
    case UInt8(ascii: "{"), UInt8(ascii: "["): return skipNested() ? .nested : nil
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

  private mutating func skipNested() -> Bool {
    var depth = 0
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        guard string() != nil else { return false }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
      at += 1
      if depth == 0 { return true }
      if depth > Self.maxDepth { return false }
    }
    return false
  }
}
