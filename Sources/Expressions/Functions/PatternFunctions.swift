import Columns
import Foundation

extension RowScope {
  /// What a pattern finds; a row that takes too many steps fails.
  fileprivate func bounded<Found>(_ work: () throws -> Found?) -> Found? {
    do { return try work() } catch {
      fail(BoundedPattern.tooCostly)
      return nil
    }
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
        guard group >= 0, group <= pattern.groupCount,
          let match = scope.bounded({ try pattern.first(in: text) }),
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
        scope.bounded {
          try pattern.replacing(in: text.string, with: replacement.string)
        }.map { scope.arena.copy($0) }
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
        scope.bounded { try pattern.first(in: text.string) != nil ? 1 : 0 }
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
        scope.bounded { Int64(try pattern.matches(in: text.string).count) }
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
        scope.bounded {
          Int64(try pattern.first(in: text.string).map { $0.range.location + 1 } ?? 0)
        }
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
        return scope.bounded { try pattern.first(in: text) }
          .flatMap { Range($0.range, in: text) }.map { scope.arena.copy(text[$0]) }
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
        let text = text.string
        guard group >= 0, group <= pattern.groupCount,
          let matches = scope.bounded({ try pattern.matches(in: text) })
        else { return nil }
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
  fileprivate mutating func pattern(_ call: ScalarFunction.Call, _ index: Int) -> BoundedPattern? {
    guard let text = literalText(call, index) else { return nil }
    // ICU takes no empty pattern, though it means what (?:) means.
    if let pattern = try? BoundedPattern(text.isEmpty ? "(?:)" : text) { return pattern }
    fault(call.nodes[index].expression, "'\(text)' is not a regular expression")
    return nil
  }
}
