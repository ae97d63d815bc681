import Columns
import Foundation

/// A regular expression that was compiled with the expression.
private final class Pattern: @unchecked Sendable {
  // Unchecked: NSRegularExpression is immutable and documented as safe to share.
  let regex: NSRegularExpression
  init(_ regex: NSRegularExpression) { self.regex = regex }

  /// The matches from the start on, none where the pattern tries more ways than a text of this
  /// length is worth, which fails the row: some patterns take a time that doubles with each letter.
  /// Steps are counted, not time, so that the answer is always the same.
  func matches(_ text: String, atMost limit: Int = .max, _ scope: RowScope)
    -> [NSTextCheckingResult]
  {
    let whole = NSRange(text.startIndex..., in: text)
    var found: [NSTextCheckingResult] = []
    // ICU reports every 10,000 steps.
    var left = 200 + whole.length / 1000
    regex.enumerateMatches(in: text, options: .reportProgress, range: whole) { match, _, stop in
      if let match {
        found.append(match)
        if found.count == limit { stop.pointee = true }
      } else {
        left -= 1
        if left < 0 {
          found = []
          scope.fail("the pattern takes too many steps on the text")
          stop.pointee = true
        }
      }
    }
    return found
  }

  /// Where the first match stands, in UTF-16 units.
  func first(_ text: String, _ scope: RowScope) -> NSRange? {
    matches(text, atMost: 1, scope).first?.range
  }

  /// The text with every match replaced.
  func replacing(_ text: String, with replacement: String, _ scope: RowScope) -> String {
    var result = ""
    var at = text.startIndex
    for match in matches(text, scope) {
      guard let range = Range(match.range, in: text) else { continue }
      result += text[at..<range.lowerBound] + replacement
      at = range.upperBound
    }
    return result + text[at...]
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
        guard group >= 0, group <= pattern.regex.numberOfCaptureGroups,
          let match = pattern.matches(text, atMost: 1, scope).first,
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
        let changed = pattern.replacing(text.string, with: replacement.string, scope)
        return scope.failure == nil ? scope.arena.copy(changed) : nil
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
      let kernel = map(.boolean, call.text, text) { (text: Bytes, scope) -> Int64? in
        let isFound = pattern.first(text.string, scope) != nil
        return scope.failure == nil ? isFound ? 1 : 0 : nil
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
      let kernel = map(.int, call.text, text) { (text: Bytes, scope) -> Int64? in
        let count = pattern.matches(text.string, scope).count
        return scope.failure == nil ? Int64(count) : nil
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
      let kernel = map(.int, call.text, text) { (text: Bytes, scope) -> Int64? in
        let place = pattern.first(text.string, scope).map { Int64($0.location) + 1 } ?? 0
        return scope.failure == nil ? place : nil
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
        return pattern.first(text, scope).flatMap { Range($0, in: text) }.map {
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
        let matches = pattern.matches(text, scope)
        if scope.failure != nil { return nil }
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
