package import Foundation

/// A regular expression (ICU's dialect, near Java's) whose work on one text is bounded.
///
/// Patterns such as `^(a+)+$` take time that doubles with each letter. ICU calls back after every
/// 10,000 states that it goes back to; the calls are counted, so that the bound is the same on each
/// machine and in each run: 2,000,000 states (some tens of milliseconds), and 20 for each letter of
/// a long text.
package struct BoundedPattern: @unchecked Sendable {
  // Unchecked: NSRegularExpression is immutable and documented as safe to share.
  private let expression: NSRegularExpression
  private static let calls = 200
  private static let lettersPerCall = 500

  /// What is said of a text that takes longer.
  package static let tooCostly = "the pattern takes too many steps on this text"

  package struct TooCostly: Error {}

  /// - Throws: where the pattern is none.
  package init(_ pattern: String) throws {
    expression = try NSRegularExpression(pattern: pattern)
  }

  package var groupCount: Int { expression.numberOfCaptureGroups }

  /// The first match; nil where there is none.
  package func first(in text: String) throws(TooCostly) -> NSTextCheckingResult? {
    try matches(in: text, atMost: 1).first
  }

  /// Every match, from left to right.
  package func matches(
    in text: String, atMost limit: Int = .max
  ) throws(TooCostly) -> [NSTextCheckingResult] {
    let whole = NSRange(location: 0, length: (text as NSString).length)
    let most = Self.calls + whole.length / Self.lettersPerCall
    var found: [NSTextCheckingResult] = []
    var calls = 0
    var isTooCostly = false
    expression.enumerateMatches(in: text, options: .reportProgress, range: whole) {
      result, flags, stop in
      if let result {
        found.append(result)
        if found.count >= limit { stop.pointee = true }
        return
      }
      calls += flags.contains(.progress) ? 1 : 0
      if calls > most || flags.contains(.internalError) {
        isTooCostly = true
        stop.pointee = true
      }
    }
    if isTooCostly { throw TooCostly() }
    return found
  }

  /// The text with every match replaced by another text, which is taken as it is.
  package func replacing(in text: String, with replacement: String) throws(TooCostly) -> String {
    let matches = try matches(in: text)
    if matches.isEmpty { return text }
    let text = text as NSString
    var result = ""
    var at = 0
    for match in matches {
      result += text.substring(with: NSRange(location: at, length: match.range.location - at))
      result += replacement
      at = match.range.location + match.range.length
    }
    return result + text.substring(from: at)
  }
}
