import Columns

/// Values out of texts as Flink's CAST reads them, and texts out of values.
enum CastText {
  /// The text for a message: cut where it is long.
  static func quoted(_ value: Bytes) -> String {
    let shown = Bytes(start: value.start, count: min(value.count, 60)).string
    return "'\(shown)\(value.count > 60 ? "…" : "")'"
  }

  /// A BOOLEAN, integer, date or time out of a text, as Flink reads them; blanks around are ignored.
  static func held(_ value: Bytes, as type: ColumnType) -> Int64? {
    let text = trimmed(value)
    switch type {
    case .boolean:
      switch text.string.lowercased() {
      case "t", "true", "y", "yes", "1": return 1
      case "f", "false", "n", "no", "0": return 0
      default: return nil
      }
    case .int, .bigint:
      guard let number = integer(text) else { return nil }
      return type == .int && Int32(exactly: number) == nil ? nil : number
    case .date:
      return parseSQLDate(text.string)
        ?? parseSQLTimestamp(text.string).map { floorDivide($0, msPerDay) }
    case .timestamp, .timestampLTZ: return parseSQLTimestamp(text.string)
    default: return nil
    }
  }

  static func trimmed(_ value: Bytes) -> Bytes {
    var (low, high) = (0, value.count)
    while low < high, value[low] <= 32 { low += 1 }
    while high > low, value[high - 1] <= 32 { high -= 1 }
    return value.slice(low..<high)
  }

  /// Digits with a sign; digits after a point are cut.
  private static func integer(_ text: Bytes) -> Int64? {
    var at = 0
    let isNegative = text.count > 0 && text[0] == 45
    if text.count > 0, isNegative || text[0] == 43 { at = 1 }
    let start = at
    var value: Int64 = 0
    while at < text.count, Lexer.isDigit(text[at]) {
      let (shifted, first) = value.multipliedReportingOverflow(by: 10)
      let digit = Int64(text[at] - 48)
      let (next, second) = shifted.subtractingReportingOverflow(digit)
      if first || second { return nil }
      value = next
      at += 1
    }
    if at == start { return nil }
    if at < text.count, text[at] == 46 {
      at += 1
      while at < text.count, Lexer.isDigit(text[at]) { at += 1 }
    }
    guard at == text.count else { return nil }
    if isNegative { return value }
    return value == .min ? nil : -value
  }

  static func double(_ value: Bytes) -> Double? {
    let text = trimmed(value)
    let isPlain = text.buffer.allSatisfy {
      Lexer.isDigit($0) || [43, 45, 46, 69, 101].contains($0)
    }
    let string = text.string
    if isPlain { return Double(string) }
    switch string {
    case "NaN": return .nan
    case "Infinity", "+Infinity": return .infinity
    case "-Infinity": return -.infinity
    default: return nil
    }
  }

  /// Whether what follows the first byte is a text of a type.
  static func isReadable(_ marked: [UInt8], as type: ColumnType) -> Bool {
    marked.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return false }
      let text = Bytes(start: start + 1, count: buffer.count - 1)
      return type == .double ? double(text) != nil : held(text, as: type) != nil
    }
  }

  /// A length of time as Flink prints it: `+1 02:03:04.500`, days first.
  static func interval(_ ms: Int64) -> String {
    func two(_ value: UInt64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let rest = ms.magnitude
    let time = [rest / 3_600_000 % 24, rest / 60_000 % 60, rest / 1000 % 60].map(two)
    let fraction = String(String(rest % 1000 + 1000).dropFirst())
    return "\(ms < 0 ? "-" : "+")\(rest / 86_400_000) \(time.joined(separator: ":")).\(fraction)"
  }
}

/// Division that rounds down, so that times before 1970 stay on their day.
func floorDivide(_ value: Int64, _ size: Int64) -> Int64 {
  let quotient = value / size
  return value % size < 0 ? quotient - 1 : quotient
}

/// A DOUBLE as Java prints it, which is how Flink casts it to STRING: `1.0`, `1.0E10`, `0.001`.
func javaText(_ value: Double) -> String {
  if value.isNaN { return "NaN" }
  if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
  let magnitude = value.magnitude
  let sign = value.sign == .minus ? "-" : ""
  if magnitude == 0 { return sign + "0.0" }
  // The shortest digits that give the value back, and the power of ten of the first.
  let parts = magnitude.description.split(separator: "e")
  let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
  let whole = String(mantissa[0])
  let fraction = mantissa.count > 1 ? String(mantissa[1]) : ""
  var digits = Array((whole + fraction).utf8)
  var exponent = whole.utf8.count - 1 + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
  while digits.count > 1, digits.first == 48 {
    digits.removeFirst()
    exponent -= 1
  }
  while digits.count > 1, digits.last == 48 { digits.removeLast() }
  let all = String(decoding: digits, as: UTF8.self)
  if magnitude >= 1e-3, magnitude < 1e7 {
    if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + all }
    let padded =
      all + String(repeating: "0", count: max(0, exponent + 2 - all.utf8.count))
    return sign + padded.prefix(exponent + 1) + "." + padded.dropFirst(exponent + 1)
  }
  let rest = all.dropFirst()
  return "\(sign)\(all.prefix(1)).\(rest.isEmpty ? "0" : rest)E\(exponent)"
}
