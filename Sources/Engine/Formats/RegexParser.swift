import Columns
import Foundation

/// Lines that match a regular expression (ICU's dialect, near Java's); a column takes the named
/// group of its name. A group that took no part in the match is NULL.
struct RegexParser: RecordParser {
  let columns: [ParseColumn]
  private let conversions: [FieldConversion]
  private let expression: NSRegularExpression

  /// - Throws: ``ConnectError`` where the pattern is not a regular expression.
  init(columns: [ParseColumn], pattern: String) throws {
    self.columns = columns
    conversions = columns.map(FieldConversion.init)
    do {
      expression = try NSRegularExpression(pattern: pattern)
    } catch {
      throw ConnectError(
        "the pattern is not a regular expression: \(pattern)",
        remedy: "check its brackets and groups; a group is named (?<name>…)")
    }
  }

  func parse(_ block: RecordBlock, header: CsvHeader?) -> ParsedBlock {
    ParsedBlock.lines(block, columns: columns) { line, row, parsed in
      if let fault = utf8Fault(line) { return fault }
      let text = line.string as NSString
      let match: NSTextCheckingResult
      switch firstMatch(in: text) {
      case .found(let found): match = found
      case .none: return "the line does not match the pattern"
      case .givenUp: return "the pattern takes too many steps on the line"
      }
      var error: String?
      for (index, column) in columns.enumerated() where parsed.columns[index] != nil {
        let range = match.range(withName: column.name)
        let found =
          range.location == NSNotFound
          ? nil : parsed.arena.copy(text.substring(with: range))
        error = error ?? parsed.store(found, index, row, columns, conversions)
      }
      return error
    }
  }

  private enum Match {
    case found(NSTextCheckingResult)
    case none
    case givenUp
  }

  /// The first match, unless the pattern tries more ways than a line of this length is worth: some
  /// patterns take a time that doubles with each letter. Steps are counted, not time, so that the
  /// answer is always the same.
  private func firstMatch(in text: NSString) -> Match {
    var result = Match.none
    // ICU reports every 10,000 steps.
    var left = 200 + text.length / 1000
    expression.enumerateMatches(
      in: text as String, options: .reportProgress,
      range: NSRange(location: 0, length: text.length)
    ) { match, _, stop in
      if let match {
        result = .found(match)
        stop.pointee = true
      } else {
        left -= 1
        if left < 0 {
          result = .givenUp
          stop.pointee = true
        }
      }
    }
    return result
  }
}
