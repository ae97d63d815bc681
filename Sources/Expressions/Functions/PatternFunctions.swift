import Columns
import Foundation

/// A regular expression that was compiled with the expression.
private final class Pattern: @unchecked Sendable {
  // Unchecked: NSRegularExpression is immutable and documented as safe to share.
  let regex: NSRegularExpression
  init(_ regex: NSRegularExpression) { self.regex = regex }

  /// Where the first match stands, in UTF-16 units.
  func first(_ text: String) -> NSRange? {
    let range = regex.rangeOfFirstMatch(in: text, range: NSRange(text.startIndex..., in: text))
    return range.location == NSNotFound ? nil : range
  }
}

extension ScalarFunction {
  static let patterns: [ScalarFunction] = [
    ScalarFunction(
      "REGEXP_EXTRACT", .string, "REGEXP_EXTRACT(text, 'pattern' [, group])",
      "what a group of the pattern matches (0, the default, is the whole); NULL without a match",
      "REGEXP_EXTRACT('ab12', '[0-9]+')", 2...3
    ) { checker, call in
      guard let text = checker.text(call, 0), let pattern = checker.pattern(call, 1) else {
        return nil
      }
      var group: any Kernel = ConstantKernel(.bigint, 0)
      if call.nodes.count == 3 {
        guard let given = checker.integer(call, 2) else { return nil }
        group = given
      }
      let kernel = map(.string, call.text, text, group) {
        (text: Bytes, group: Int64, scope) -> Bytes? in
        let text = text.string
        let whole = NSRange(text.startIndex..., in: text)
        guard group >= 0, group <= pattern.regex.numberOfCaptureGroups,
          let match = pattern.regex.firstMatch(in: text, range: whole),
          let range = Range(match.range(at: Int(group)), in: text)
        else { return nil }
        return scope.arena.copy(text[range])
      }
      return checker.result(kernel, call)
    },
    ScalarFunction(
      "REGEXP_REPLACE", .string, "REGEXP_REPLACE(text, 'pattern', replacement)",
      "the text with every match replaced",
      "REGEXP_REPLACE('a1b2', '[0-9]', '#')", 3...3
    ) { checker, call in
      guard let text = checker.text(call, 0), let pattern = checker.pattern(call, 1),
        let replacement = checker.text(call, 2)
      else { return nil }
      let kernel = map(.string, call.text, text, replacement) {
        (text: Bytes, replacement: Bytes, scope) -> Bytes? in
        let text = text.string
        let changed = pattern.regex.stringByReplacingMatches(
          in: text, range: NSRange(text.startIndex..., in: text),
          withTemplate: NSRegularExpression.escapedTemplate(for: replacement.string))
        return scope.arena.copy(changed)
      }
      return checker.result(kernel, call)
    },
    ScalarFunction(
      "REGEXP", .string, "REGEXP(text, 'pattern')",
      "whether the pattern matches a part of the text",
      "REGEXP('abc', 'b+')", 2...2
    ) { checker, call in
      guard let text = checker.text(call, 0), let pattern = checker.pattern(call, 1) else {
        return nil
      }
      let kernel = map(.boolean, call.text, text) { (text: Bytes, _) in
        pattern.first(text.string) != nil ? 1 : 0 as Int64
      }
      return checker.result(kernel, call)
    },
    ScalarFunction(
      "REGEXP_COUNT", .string, "REGEXP_COUNT(text, 'pattern')", "how often the pattern matches",
      "REGEXP_COUNT('abab', 'b')", 2...2
    ) { checker, call in
      guard let text = checker.text(call, 0), let pattern = checker.pattern(call, 1) else {
        return nil
      }
      let kernel = map(.int, call.text, text) { (text: Bytes, _) in
        let text = text.string
        return Int64(
          pattern.regex.numberOfMatches(in: text, range: NSRange(text.startIndex..., in: text)))
      }
      return checker.result(kernel, call)
    },
    ScalarFunction(
      "REGEXP_INSTR", .string, "REGEXP_INSTR(text, 'pattern')",
      "where the pattern first matches, from 1; 0 where it does not", "REGEXP_INSTR('abc', 'c')",
      2...2
    ) { checker, call in
      guard let text = checker.text(call, 0), let pattern = checker.pattern(call, 1) else {
        return nil
      }
      let kernel = map(.int, call.text, text) { (text: Bytes, _) in
        pattern.first(text.string).map { Int64($0.location) + 1 } ?? 0
      }
      return checker.result(kernel, call)
    },
    ScalarFunction(
      "REGEXP_SUBSTR", .string, "REGEXP_SUBSTR(text, 'pattern')",
      "what the pattern first matches; NULL without a match", "REGEXP_SUBSTR('ab12', '[0-9]+')",
      2...2
    ) { checker, call in
      guard let text = checker.text(call, 0), let pattern = checker.pattern(call, 1) else {
        return nil
      }
      let kernel = map(.string, call.text, text) { (text: Bytes, scope) -> Bytes? in
        let text = text.string
        return pattern.first(text).flatMap { Range($0, in: text) }.map {
          scope.arena.copy(text[$0])
        }
      }
      return checker.result(kernel, call)
    },
    ScalarFunction(
      "REGEXP_EXTRACT_ALL", .string, "REGEXP_EXTRACT_ALL(text, 'pattern' [, group])",
      "what a group (1 by default) matches each time, as an array",
      "REGEXP_EXTRACT_ALL('a1b2', '([0-9])')", 2...3
    ) { checker, call in
      guard let text = checker.text(call, 0), let pattern = checker.pattern(call, 1) else {
        return nil
      }
      var group: any Kernel = ConstantKernel(.bigint, 1)
      if call.nodes.count == 3 {
        guard let given = checker.integer(call, 2) else { return nil }
        group = given
      }
      let kernel = map(.array(.string), call.text, text, group) {
        (text: Bytes, group: Int64, scope) -> Bytes? in
        guard group >= 0, group <= pattern.regex.numberOfCaptureGroups else { return nil }
        let text = text.string
        let matches = pattern.regex.matches(
          in: text, range: NSRange(text.startIndex..., in: text))
        let mark = scope.writer.open(.array)
        for match in matches {
          if let range = Range(match.range(at: Int(group)), in: text) {
            scope.writer.put(Value.string(String(text[range])))
          } else {
            scope.writer.putNull()
          }
        }
        scope.writer.close(mark, count: matches.count)
        return scope.writer.take(into: scope.arena)
      }
      return checker.result(kernel, call)
    },
  ]
}

extension Checker {
  fileprivate mutating func pattern(_ call: ScalarFunction.Call, _ index: Int) -> Pattern? {
    guard let text = literalText(call, index) else { return nil }
    // ICU takes no empty pattern, though it means what (?:) means.
    if let regex = try? NSRegularExpression(pattern: text.isEmpty ? "(?:)" : text) {
      return Pattern(regex)
    }
    fault(call.nodes[index].expression, "'\(text)' is not a regular expression")
    return nil
  }
}
