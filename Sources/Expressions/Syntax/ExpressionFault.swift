/// What is wrong with one part of an expression, and what would be right.
public struct ExpressionFault: Error, Hashable, Sendable {
  /// The part, in UTF-8 bytes of the expression's text; empty at the end of the text.
  public var range: Range<Int>
  /// What is wrong, such as `column 'contry' is not known here`.
  public var message: String
  /// What would be right, such as `did you mean 'country'? columns: country, user`.
  public var hint: String?

  public init(range: Range<Int>, message: String, hint: String? = nil) {
    self.range = range
    self.message = message
    self.hint = hint
  }
}

/// Every fault that was found in an expression, in the order of its text.
public struct ExpressionFaults: Error, Hashable, Sendable {
  public var text: String
  public var faults: [ExpressionFault]

  public init(text: String, faults: [ExpressionFault]) {
    self.text = text
    self.faults = faults.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
  }
}

extension ExpressionFaults: CustomStringConvertible {
  /// Each fault with its line of the text and carets under the part.
  public var description: String { faults.map(rendered).joined(separator: "\n") }

  private func rendered(_ fault: ExpressionFault) -> String {
    let bytes = Array(text.utf8)
    let start = min(fault.range.lowerBound, bytes.count)
    let lineStart = bytes[..<start].lastIndex(of: 10).map { $0 + 1 } ?? 0
    let lineEnd = bytes[start...].firstIndex(of: 10) ?? bytes.count
    let end = min(max(fault.range.upperBound, start), lineEnd)
    let line = String(decoding: bytes[lineStart..<lineEnd], as: UTF8.self)
    let before = String(decoding: bytes[lineStart..<start], as: UTF8.self)
    let part = String(decoding: bytes[start..<max(start, end)], as: UTF8.self)
    let carets =
      String(repeating: " ", count: before.count)
      + String(repeating: "^", count: max(1, part.count))
    return "error: \(fault.message)\n  \(line)\n  \(carets)" + (fault.hint.map { " \($0)" } ?? "")
  }
}

/// A row for which an expression has no value, such as a division by zero: bad data, not a bug.
public struct RowFailure: Hashable, Sendable {
  /// The row, as an index into the batch's columns.
  public var row: Int
  /// What failed and where, such as `division by zero in 'a / b'`.
  public var message: String

  public init(row: Int, message: String) {
    self.row = row
    self.message = message
  }
}
