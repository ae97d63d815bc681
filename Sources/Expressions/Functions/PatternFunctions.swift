import Columns
import Foundation

/// A regular expression that was compiled with the expression.
private final class Pattern: @unchecked Sendable {
  // Unchecked: NSRegularExpression is immutable and documented as safe to share.
  let regex: NSRegularExpression
  init(_ regex: NSRegularExpression) { self.regex = regex }
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
      "the text with every match replaced; $1 is the first group",
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
          withTemplate: replacement.string)
        return scope.arena.copy(changed)
      }
      return checker.result(kernel, call)
    },
  ]
}

extension Checker {
  fileprivate mutating func pattern(_ call: ScalarFunction.Call, _ index: Int) -> Pattern? {
    guard let text = literalText(call, index) else { return nil }
    if let regex = try? NSRegularExpression(pattern: text) { return Pattern(regex) }
    fault(call.nodes[index].expression, "'\(text)' is not a regular expression")
    return nil
  }
}
