import Columns

extension ScalarFunction {
  static let strings: [ScalarFunction] = [
    changeCase("UPPER", "upper", "'ab'") { $0.uppercased() },
    changeCase("LOWER", "lower", "'AB'") { $0.lowercased() },
    ScalarFunction(
      "TRIM", .string, "TRIM([BOTH | LEADING | TRAILING] [chars] FROM text)",
      "the text without blanks, or the given characters, at its ends",
      "TRIM(BOTH 'x' FROM 'xax')", 2...2, takesWord: true
    ) { checker, call in
      guard let chars = checker.text(call, 0), let text = checker.text(call, 1) else { return nil }
      let word = call.wordText
      return checker.result(
        trimKernel(call.text, text, chars, start: word != "TRAILING", end: word != "LEADING"), call)
    },
    trim("LTRIM", "left", start: true, end: false),
    trim("RTRIM", "right", start: false, end: true),
    ScalarFunction(
      "SUBSTRING", .string, "SUBSTRING(text, start [, length])",
      "the characters from start (1 is the first; negative counts from the end)",
      "SUBSTRING('stream' FROM 2 FOR 3)", 2...3
    ) { checker, call in
      guard let text = checker.text(call, 0), let start = checker.integer(call, 1) else {
        return nil
      }
      var length: any Kernel = ConstantKernel(.bigint, Int64(Int32.max))
      if call.nodes.count == 3 {
        guard let given = checker.integer(call, 2) else { return nil }
        length = given
      }
      let kernel = map(.string, call.text, text, start, length) {
        (text: Bytes, start: Int64, length: Int64, _) in substring(text, start, length)
      }
      return checker.result(kernel, call)
    },
    ScalarFunction(
      "CHAR_LENGTH", .string, "CHAR_LENGTH(text)", "how many characters the text has",
      "CHAR_LENGTH('abc')", 1...1
    ) { checker, call in
      guard let text = checker.text(call, 0) else { return nil }
      return checker.result(
        map(.int, call.text, text) { (text: Bytes, _) in Int64(text.characterCount) }, call)
    },
    ScalarFunction(
      "POSITION", .string, "POSITION(part IN text)",
      "where the part first stands, from 1; 0 if it does not", "POSITION('b' IN 'abc')", 2...2
    ) { checker, call in
      guard let part = checker.text(call, 0), let text = checker.text(call, 1) else { return nil }
      let kernel = map(.int, call.text, part, text) { (part: Bytes, text: Bytes, _) in
        find(part, in: text, from: 0).map { Int64(text.slice(0..<$0).characterCount) + 1 } ?? 0
      }
      return checker.result(kernel, call)
    },
    ScalarFunction(
      "REPLACE", .string, "REPLACE(text, part, replacement)", "the text with every part replaced",
      "REPLACE('a-b', '-', '+')", 3...3
    ) { checker, call in
      guard let text = checker.text(call, 0), let part = checker.text(call, 1),
        let replacement = checker.text(call, 2)
      else { return nil }
      return checker.result(map(.string, call.text, text, part, replacement, replace), call)
    },
    ScalarFunction(
      "SPLIT_INDEX", .string, "SPLIT_INDEX(text, separator, index)",
      "the part at an index, from 0; NULL if there are fewer", "SPLIT_INDEX('a,b', ',', 1)", 3...3
    ) { checker, call in
      guard let text = checker.text(call, 0),
        let separator = checker.separator(call, 1), let index = checker.integer(call, 2)
      else { return nil }
      let kernel = map(.string, call.text, text, separator, index) {
        (text: Bytes, separator: Bytes, index: Int64, _) in splitIndex(text, separator, index)
      }
      return checker.result(kernel, call)
    },
    ScalarFunction(
      "CONCAT", .string, "CONCAT(text, ...)", "the texts one after another; NULL if one is",
      "CONCAT('a', 'b')", 1...64
    ) { checker, call in
      guard let texts = checker.texts(call.nodes, of: "CONCAT") else { return nil }
      return checker.result(ConcatKernel(hasSeparator: false, operands: texts), call)
    },
    ScalarFunction(
      "CONCAT_WS", .string, "CONCAT_WS(separator, text, ...)",
      "the texts that are not NULL with a separator between them", "CONCAT_WS('-', 'a', 'b')",
      1...64
    ) { checker, call in
      guard let texts = checker.texts(call.nodes, of: "CONCAT_WS") else { return nil }
      return checker.result(ConcatKernel(hasSeparator: true, operands: texts), call)
    },
    pad("LPAD", "before", isLeft: true),
    pad("RPAD", "after", isLeft: false),
  ]

  private static func changeCase(
    _ name: String, _ word: String, _ example: String,
    _ change: @escaping @Sendable (String) -> String
  ) -> ScalarFunction {
    ScalarFunction(
      name, .string, "\(name)(text)", "the text in \(word) case", "\(name)(\(example))", 1...1
    ) { checker, call in
      guard let text = checker.text(call, 0) else { return nil }
      let isUpper = name == "UPPER"
      let kernel = map(.string, call.text, text) { (text: Bytes, scope) -> Bytes? in
        if text.buffer.contains(where: { $0 >= 128 }) {
          return scope.arena.copy(change(text.string))
        }
        for byte in text.buffer {
          let isLetter = isUpper ? byte >= 97 && byte <= 122 : byte >= 65 && byte <= 90
          scope.buffer.append(isLetter ? byte ^ 32 : byte)
        }
        return scope.takeBuffer()
      }
      return checker.result(kernel, call)
    }
  }

  static func trim(_ name: String, _ side: String, start: Bool, end: Bool) -> ScalarFunction {
    ScalarFunction(
      name, .string, "\(name)(text [, chars])",
      "the text without blanks, or the given characters, on the \(side)", "\(name)(' a ')", 1...2
    ) { checker, call in
      guard let text = checker.text(call, 0) else { return nil }
      var chars: any Kernel = ConstantKernel(" ")
      if call.nodes.count == 2 {
        guard let given = checker.text(call, 1) else { return nil }
        chars = given
      }
      return checker.result(trimKernel(call.text, text, chars, start: start, end: end), call)
    }
  }

  private static func pad(_ name: String, _ where: String, isLeft: Bool) -> ScalarFunction {
    ScalarFunction(
      name, .string, "\(name)(text, length, pad)",
      "the text cut, or filled \(`where`) it, to a length", "\(name)('7', 3, '0')", 3...3
    ) { checker, call in
      guard let text = checker.text(call, 0), let length = checker.integer(call, 1),
        let filler = checker.text(call, 2)
      else { return nil }
      let kernel = map(.string, call.text, text, length, filler) {
        (text: Bytes, length: Int64, filler: Bytes, scope) -> Bytes? in
        guard length >= 0 else { return nil }
        guard length <= 1 << 20 else {
          scope.fail("\(length) characters are too many")
          return nil
        }
        let missing = Int(length) - text.characterCount
        if missing <= 0 { return text.slice(0..<text.skip(Int(length))) }
        if filler.count == 0 { return nil }
        if !isLeft { scope.buffer.append(contentsOf: text.buffer) }
        var at = 0
        for _ in 0..<missing {
          let size = filler.characterLength(at: at)
          scope.buffer.append(contentsOf: filler.slice(at..<at + size).buffer)
          at = at + size < filler.count ? at + size : 0
        }
        if isLeft { scope.buffer.append(contentsOf: text.buffer) }
        return scope.takeBuffer()
      }
      return checker.result(kernel, call)
    }
  }
}

extension Checker {
  /// A separator: a text, or the code of a character.
  fileprivate mutating func separator(
    _ call: ScalarFunction.Call, _ index: Int
  ) -> (any Kernel)? {
    guard call.nodes[index].type?.isInteger == true else { return text(call, index) }
    return map(.string, call.text, call.nodes[index].kernel) { (code: Int64, scope) -> Bytes? in
      guard let scalar = UInt32(exactly: code).flatMap(Unicode.Scalar.init) else { return nil }
      return scope.arena.copy(String(Character(scalar)))
    }
  }
}

private func trimKernel(
  _ label: String, _ text: any Kernel, _ chars: any Kernel, start: Bool, end: Bool
) -> any Kernel {
  map(.string, label, text, chars) { (text: Bytes, chars: Bytes, _) in
    func isTrimmed(_ character: Bytes) -> Bool {
      var at = 0
      while at < chars.count {
        let size = chars.characterLength(at: at)
        if chars.slice(at..<at + size) == character { return true }
        at += size
      }
      return false
    }
    var (low, high) = (0, text.count)
    while start, low < high {
      let next = low + text.characterLength(at: low)
      if !isTrimmed(text.slice(low..<next)) { break }
      low = next
    }
    while end, high > low {
      var previous = high - 1
      while previous > low, text[previous] & 0xC0 == 0x80 { previous -= 1 }
      if !isTrimmed(text.slice(previous..<high)) { break }
      high = previous
    }
    return text.slice(low..<high)
  }
}

/// SUBSTRING as Flink has it: 0 counts as 1, a negative start counts from the end.
private func substring(_ text: Bytes, _ start: Int64, _ length: Int64) -> Bytes? {
  if length < 0 { return nil }
  let characters = Int64(text.characterCount)
  let first = start > 0 ? start - 1 : start == 0 ? 0 : characters &+ start
  if first < 0 { return .empty }  // Flink's: a start before the text gives nothing of it
  let end = min(characters, first.addingReportingOverflow(length).overflow ? .max : first + length)
  if first >= end { return .empty }
  let low = text.skip(Int(first))
  return text.slice(low..<text.skip(Int(end - first), from: low))
}

/// The place of a part, at or after a place.
func find(_ part: Bytes, in text: Bytes, from: Int) -> Int? {
  if part.count == 0 { return from }
  var at = from
  while at + part.count <= text.count {
    if text[at] == part[0], text.slice(at..<at + part.count) == part { return at }
    at += 1
  }
  return nil
}

private func replace(_ text: Bytes, _ part: Bytes, _ by: Bytes, _ scope: RowScope) -> Bytes? {
  if part.count == 0 {  // between all characters and at both ends, as in Java
    var at = 0
    scope.buffer.append(contentsOf: by.buffer)
    while at < text.count {
      let size = text.characterLength(at: at)
      scope.buffer.append(contentsOf: text.slice(at..<at + size).buffer)
      scope.buffer.append(contentsOf: by.buffer)
      at += size
    }
    return scope.takeBuffer()
  }
  var at = 0
  while let place = find(part, in: text, from: at) {
    scope.buffer.append(contentsOf: text.slice(at..<place).buffer)
    scope.buffer.append(contentsOf: by.buffer)
    at = place + part.count
  }
  if at == 0 { return text }
  scope.buffer.append(contentsOf: text.slice(at..<text.count).buffer)
  return scope.takeBuffer()
}

private func splitIndex(_ text: Bytes, _ separator: Bytes, _ index: Int64) -> Bytes? {
  if index < 0 { return nil }
  if separator.count == 0 { return index == 0 ? text : nil }
  var (at, left) = (0, index)
  while let place = find(separator, in: text, from: at) {
    if left == 0 { return text.slice(at..<place) }
    left -= 1
    at = place + separator.count
  }
  return left == 0 ? text.slice(at..<text.count) : nil
}
