/// Something wrong with a pipeline file, or worth knowing about it, with its place and a remedy.
public struct Diagnostic: Sendable, Hashable, Codable {
  public enum Severity: String, Sendable, Codable { case error, warning }

  public var severity: Severity
  /// The path of the file as it was given.
  public var file: String
  /// From 1.
  public var line: Int
  /// From 1, in Unicode scalars.
  public var column: Int
  /// Unicode scalars from ``column`` on, within the line; 0 at the end of a line.
  public var length: Int
  /// Such as `E021`; `tidemark explain E021` says more.
  public var code: String
  /// What is wrong.
  public var message: String
  /// What would be right.
  public var hint: String?

  public init(
    severity: Severity, file: String, line: Int, column: Int, length: Int, code: String,
    message: String, hint: String? = nil
  ) {
    self.severity = severity
    self.file = file
    self.line = line
    self.column = column
    self.length = length
    self.code = code
    self.message = message
    self.hint = hint
  }
}

/// A finding at a place in the text: what a check reports before it is put into words.
struct Fault: Sendable, Hashable {
  var finding: Finding
  /// UTF-8 bytes of the text.
  var range: Range<Int>

  init(_ finding: Finding, _ range: Range<Int>) {
    self.finding = finding
    self.range = range
  }

  func diagnostic(in source: SourceText, file: String) -> Diagnostic {
    let wording = DiagnosticWording.wording(of: finding)
    let start = source.position(of: range.lowerBound)
    let lineEnd = source.range(ofLine: start.line).upperBound
    let end = max(range.lowerBound, min(range.upperBound, lineEnd))
    return Diagnostic(
      severity: finding.code.severity, file: file, line: start.line, column: start.column,
      length: source.scalarCount(range.lowerBound..<end), code: finding.code.rawValue,
      message: Self.cut(wording.message), hint: wording.hint.map(Self.cut))
  }

  /// What a file holds is quoted in messages, and it may hold a word of a megabyte.
  private static func cut(_ text: String) -> String {
    let limit = 1000
    guard text.utf8.count > limit else { return text }
    let start = text.unicodeScalars.prefix(limit)
    return String(start) + (start.count < text.unicodeScalars.count ? "…" : "")
  }
}
