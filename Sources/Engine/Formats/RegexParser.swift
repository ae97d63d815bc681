import Columns
import Expressions
import Foundation

/// Lines that match a regular expression (ICU's dialect, near Java's); a column takes the named
/// group of its name. A group that took no part in the match is NULL.
struct RegexParser: RecordParser {
  let columns: [ParseColumn]
  private let conversions: [FieldConversion]
  private let expression: BoundedPattern

  /// - Throws: ``ConnectError`` where the pattern is not a regular expression.
  init(columns: [ParseColumn], pattern: String) throws {
    self.columns = columns
    conversions = columns.map(FieldConversion.init)
    do {
      expression = try BoundedPattern(pattern)
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
      let found: NSTextCheckingResult?
      do { found = try expression.first(in: text as String) } catch {
        return BoundedPattern.tooCostly
      }
      guard let match = found else { return "the line does not match the pattern" }
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
}
