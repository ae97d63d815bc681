/// A length of time as it is written in pipelines: `30 s`, `5 m`, `500 ms`, `-8 h`.
enum DurationText {
  static let units: [(name: String, ms: Int64)] = [
    ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
  ]
  private static let synonyms: [String: String] = [
    "milliseconds": "ms", "millis": "ms", "sec": "s", "second": "s", "seconds": "s", "min": "m",
    "minute": "m", "minutes": "m", "hour": "h", "hours": "h", "day": "d", "days": "d",
  ]

  enum Problem: Hashable, Sendable {
    case noUnit(String)
    case unknownUnit(String)
    case notANumber
    case tooLong
  }

  /// Milliseconds; whole ones, `1.5 s` is fine.
  static func parse(_ text: String) -> Result<Int64, ProblemError> {
    let trimmed = text.trimmed
    var rest = Substring(trimmed)
    let isNegative = rest.first == "-"
    if isNegative || rest.first == "+" { rest = rest.dropFirst() }
    let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "_") }
    let unit = String(rest.dropFirst(digits.count)).trimmed.lowercased()
    let parts = digits.replacing("_", with: "").split(
      separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let first = parts.first, !first.isEmpty else {
      return .failure(ProblemError(.notANumber))
    }
    guard !unit.isEmpty else {
      return first == "0" && parts.count == 1
        ? .success(0) : .failure(ProblemError(.noUnit(trimmed)))
    }
    let name = synonyms[unit] ?? unit
    guard let size = units.first(where: { $0.name == name })?.ms else {
      return .failure(ProblemError(.unknownUnit(unit)))
    }
    guard let whole = Int64(first), first.count <= 18 else {
      return .failure(ProblemError(.tooLong))
    }
    let (scaled, overflow) = whole.multipliedReportingOverflow(by: size)
    if overflow { return .failure(ProblemError(.tooLong)) }
    guard let part = fraction(parts.count == 2 ? parts[1] : "0", of: size) else {
      return .failure(ProblemError(.notANumber))
    }
    let (total, totalOverflow) = scaled.addingReportingOverflow(part)
    if totalOverflow { return .failure(ProblemError(.tooLong)) }
    return .success(isNegative ? -total : total)
  }

  /// The milliseconds of a decimal fraction of a unit; nil where they are not whole.
  private static func fraction(_ digits: Substring, of size: Int64) -> Int64? {
    guard !digits.isEmpty, digits.count <= 9, let value = Int64(digits) else { return nil }
    var divisor: Int64 = 1
    for _ in 0..<digits.count { divisor *= 10 }
    let product = value * size
    return product % divisor == 0 ? product / divisor : nil
  }

  struct ProblemError: Error {
    let problem: Problem
    init(_ problem: Problem) { self.problem = problem }
  }
}

extension String {
  /// Without white space at both ends.
  var trimmed: String {
    var text = Substring(self)
    while text.first?.isWhitespace == true { text = text.dropFirst() }
    while text.last?.isWhitespace == true { text = text.dropLast() }
    return String(text)
  }
}
