import Columns
import Foundation

extension ScalarFunction {
  static let moreStrings: [ScalarFunction] = [
    textToText("REVERSE", "the characters in the other order", "REVERSE('abc')") { text, scope in
      var at = text.count
      while at > 0 {
        var start = at - 1
        while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
        scope.buffer.append(contentsOf: text.slice(start..<at).buffer)
        at = start
      }
      return scope.takeBuffer()
    },
    textToText("INITCAP", "each word with a capital first letter", "INITCAP('hello world')") {
      text, scope in
      var startsWord = true
      var result = ""
      for scalar in text.string.unicodeScalars {
        let isWord = scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
        result +=
          startsWord ? scalar.properties.uppercaseMapping : scalar.properties.lowercaseMapping
        startsWord = !isWord
      }
      return scope.arena.copy(result)
    },
    textToText("TO_BASE64", "the text's bytes in base 64", "TO_BASE64('hello')") { text, scope in
      scope.arena.copy(Data(text.buffer).base64EncodedString())
    },
    textToText(
      "FROM_BASE64", "the text of base 64; NULL where it is none", "FROM_BASE64('aGVsbG8=')"
    ) { text, scope in
      guard let data = Data(base64Encoded: Data(text.buffer)) else { return nil }
      scope.buffer += Array(data)
      return scope.takeBuffer()
    },
    textToText("URL_ENCODE", "the text as a part of a URL", "URL_ENCODE('a b')") { text, scope in
      let digits = Array("0123456789ABCDEF".utf8)
      for byte in text.buffer {
        switch byte {
        case 48...57, 65...90, 97...122, 42, 45, 46, 95: scope.buffer.append(byte)
        case 32: scope.buffer.append(43)
        default: scope.buffer += [37, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
      }
      return scope.takeBuffer()
    },
    textToText(
      "URL_DECODE", "the text of a part of a URL; NULL where it is none", "URL_DECODE('a%20b')"
    ) { text, scope in
      var at = 0
      while at < text.count {
        if text[at] == 37 {
          guard at + 2 < text.count,
            let byte = UInt8(text.slice(at + 1..<at + 3).string, radix: 16)
          else {
            scope.buffer.removeAll(keepingCapacity: true)
            return nil
          }
          scope.buffer.append(byte)
          at += 2
        } else {
          scope.buffer.append(text[at] == 43 ? 32 : text[at])
        }
        at += 1
      }
      return scope.takeBuffer()
    },
    side("LEFT", "the first characters") { text, count in
      text.slice(0..<text.skip(Int(count)))
    },
    side("RIGHT", "the last characters") { text, count in
      text.slice(text.skip(max(0, text.characterCount - Int(count)))..<text.count)
    },
    ScalarFunction(
      "REPEAT", .string, "REPEAT(text, count)", "the text so many times", "REPEAT('ab', 3)", 2...2
    ) { checker, call in
      guard let text = checker.text(call, 0), let count = checker.integer(call, 1) else {
        return nil
      }
      let kernel = map(.string, call.text, text, count) {
        (text: Bytes, count: Int64, scope) -> Bytes? in
        if count <= 0 || text.count == 0 { return .empty }
        guard count <= 1 << 20, text.count * Int(count) <= 1 << 22 else {
          scope.fail("the text would be too long")
          return nil
        }
        for _ in 0..<count { scope.buffer.append(contentsOf: text.buffer) }
        return scope.takeBuffer()
      }
      return checker.result(kernel, call)
    },
    ScalarFunction(
      "OVERLAY", .string, "OVERLAY(text PLACING other FROM start [FOR length])",
      "the text with a part replaced by another", "OVERLAY('abcdef' PLACING 'XY' FROM 2)", 3...4
    ) { checker, call in
      guard let text = checker.text(call, 0), let other = checker.text(call, 1),
        let start = checker.integer(call, 2)
      else { return nil }
      var length: any Kernel = ConstantKernel(.bigint, -1)
      if call.nodes.count == 4 {
        guard let given = checker.integer(call, 3) else { return nil }
        length = given
      }
      // Three operands at most: the text and its new part travel as one.
      let pair = ConstructorKernel(type: .array(.string), kind: .array, parts: [text, other])
      let kernel = map(.string, call.text, pair, start, length) {
        (pair: Bytes, start: Int64, length: Int64, scope) -> Bytes? in
        let parts = Array(NestedValue(pair).parts)
        guard !parts[0].isNull, !parts[1].isNull else { return nil }
        let (text, other) = (parts[0].text, parts[1].text)
        let characters = Int64(text.characterCount)
        if start <= 0 || start > characters { return scope.arena.copy(text) }
        let cut = length < 0 ? Int64(other.characterCount) : length
        let low = text.skip(Int(start) - 1)
        scope.buffer.append(contentsOf: text.slice(0..<low).buffer)
        scope.buffer.append(contentsOf: other.buffer)
        let high = text.skip(Int(min(cut, characters)), from: low)
        scope.buffer.append(contentsOf: text.slice(high..<text.count).buffer)
        return scope.takeBuffer()
      }
      return checker.result(kernel, call)
    },
    ScalarFunction(
      "ASCII", .string, "ASCII(text)", "the number of the text's first byte; 0 of an empty text",
      "ASCII('A')", 1...1
    ) { checker, call in
      guard let text = checker.text(call, 0) else { return nil }
      return checker.result(
        map(.int, call.text, text) { (text: Bytes, _) in
          text.count == 0 ? 0 : Int64(Int8(bitPattern: text[0]))
        }, call)
    },
    ScalarFunction(
      "CHR", .string, "CHR(code)", "the character of a code, of 0 to 255", "CHR(65)", 1...1
    ) { checker, call in
      guard let code = checker.integer(call, 0) else { return nil }
      let kernel = map(.string, call.text, code) { (code: Int64, scope) -> Bytes? in
        if code < 0 { return .empty }
        return scope.arena.copy(String(Character(Unicode.Scalar(UInt8(code & 255)))))
      }
      return checker.result(kernel, call)
    },
    trim("BTRIM", "both sides", start: true, end: true),
    locate("LOCATE", "LOCATE(part, text [, start])", isPartFirst: true),
    locate("INSTR", "INSTR(text, part)", isPartFirst: false),
    starts("STARTSWITH", "starts") { text, part in
      text.count >= part.count && text.slice(0..<part.count) == part
    },
    starts("ENDSWITH", "ends") { text, part in
      text.count >= part.count && text.slice(text.count - part.count..<text.count) == part
    },
    ScalarFunction(
      "SPLIT", .string, "SPLIT(text, separator)", "the parts of a text, as an array",
      "SPLIT('a,b', ',')", 2...2
    ) { checker, call in
      guard let text = checker.text(call, 0), let separator = checker.text(call, 1) else {
        return nil
      }
      let kernel = map(.array(.string), call.text, text, separator) {
        (text: Bytes, separator: Bytes, scope) -> Bytes? in
        let mark = scope.writer.open(.array)
        let parts = text.split(Array(separator.buffer))
        for part in parts { scope.writer.put(text: part) }
        scope.writer.close(mark, count: parts.count)
        return scope.writer.take(into: scope.arena)
      }
      return checker.result(kernel, call)
    },
    ScalarFunction(
      "TRANSLATE", .string, "TRANSLATE(text, from, to)",
      "the text with each character of `from` replaced by that of `to` at its place",
      "TRANSLATE('hello', 'el', 'ip')", 3...3
    ) { checker, call in
      guard let text = checker.text(call, 0), let from = checker.text(call, 1),
        let to = checker.text(call, 2)
      else { return nil }
      let kernel = map(.string, call.text, text, from, to) {
        (text: Bytes, from: Bytes, to: Bytes, scope) -> Bytes? in
        let (old, new) = (Array(from.string.unicodeScalars), Array(to.string.unicodeScalars))
        var result = String.UnicodeScalarView()
        for scalar in text.string.unicodeScalars {
          guard let place = old.firstIndex(of: scalar) else {
            result.append(scalar)
            continue
          }
          if place < new.count { result.append(new[place]) }
        }
        return scope.arena.copy(String(result))
      }
      return checker.result(kernel, call)
    },
    ScalarFunction(
      "ELT", .string, "ELT(index, text, ...)", "the text at an index, from 1; NULL beyond",
      "ELT(2, 'a', 'b')", 2...64
    ) { checker, call in
      guard let index = checker.integer(call, 0),
        let texts = checker.texts(Array(call.nodes.dropFirst()), of: "ELT")
      else { return nil }
      let array = ConstructorKernel(type: .array(.string), kind: .array, parts: texts)
      return checker.result(
        ElementKernel(type: .string, operand: array, place: index), call)
    },
    test("IS_ALPHA", "letters") { text in
      !text.isEmpty && text.unicodeScalars.allSatisfy(\.properties.isAlphabetic)
    },
    test("IS_DIGIT", "digits") { text in
      !text.isEmpty && text.unicodeScalars.allSatisfy { $0.properties.numericType == .decimal }
    },
    test("IS_DECIMAL", "a number") { text in !text.isEmpty && Double(text) != nil },
  ]

  private static func textToText(
    _ name: String, _ summary: String, _ example: String,
    _ change: @escaping @Sendable (Bytes, RowScope) -> Bytes?
  ) -> ScalarFunction {
    ScalarFunction(name, .string, "\(name)(text)", summary, example, 1...1) { checker, call in
      guard let text = checker.text(call, 0) else { return nil }
      return checker.result(map(.string, call.text, text, change), call)
    }
  }

  private static func side(
    _ name: String, _ summary: String, _ part: @escaping @Sendable (Bytes, Int64) -> Bytes
  ) -> ScalarFunction {
    ScalarFunction(name, .string, "\(name)(text, count)", summary, "\(name)('stream', 3)", 2...2) {
      checker, call in
      guard let text = checker.text(call, 0), let count = checker.integer(call, 1) else {
        return nil
      }
      let kernel = map(.string, call.text, text, count) {
        (text: Bytes, count: Int64, _) -> Bytes? in
        count <= 0 ? .empty : part(text, min(count, Int64(text.count)))
      }
      return checker.result(kernel, call)
    }
  }

  private static func locate(
    _ name: String, _ signature: String, isPartFirst: Bool
  ) -> ScalarFunction {
    ScalarFunction(
      name, .string, signature, "where the part first stands, from 1; 0 if it does not",
      isPartFirst ? "LOCATE('b', 'abc')" : "INSTR('abc', 'b')", 2...(isPartFirst ? 3 : 2)
    ) { checker, call in
      guard let part = checker.text(call, isPartFirst ? 0 : 1),
        let text = checker.text(call, isPartFirst ? 1 : 0)
      else { return nil }
      var start: any Kernel = ConstantKernel(.bigint, 1)
      if call.nodes.count == 3 {
        guard let given = checker.integer(call, 2) else { return nil }
        start = given
      }
      let kernel = map(.int, call.text, part, text, start) {
        (part: Bytes, text: Bytes, start: Int64, _) -> Int64 in
        if start < 1 { return 0 }
        let from = text.skip(Int(min(start, Int64(text.count) + 1)) - 1)
        return find(part, in: text, from: from).map {
          Int64(text.slice(0..<$0).characterCount) + 1
        } ?? 0
      }
      return checker.result(kernel, call)
    }
  }

  private static func starts(
    _ name: String, _ word: String, _ holds: @escaping @Sendable (Bytes, Bytes) -> Bool
  ) -> ScalarFunction {
    ScalarFunction(
      name, .string, "\(name)(text, part)", "whether the text \(word) with the part",
      "\(name)('stream', 'st')", 2...2
    ) { checker, call in
      guard let text = checker.text(call, 0), let part = checker.text(call, 1) else { return nil }
      let kernel = map(.boolean, call.text, text, part) { (text: Bytes, part: Bytes, _) in
        holds(text, part) ? 1 : 0 as Int64
      }
      return checker.result(kernel, call)
    }
  }

  private static func test(
    _ name: String, _ what: String, _ holds: @escaping @Sendable (String) -> Bool
  ) -> ScalarFunction {
    ScalarFunction(
      name, .string, "\(name)(text)", "whether the text is \(what); FALSE of NULL",
      "\(name)('1')", 1...1
    ) { checker, call in
      guard let text = checker.text(call, 0) else { return nil }
      let known = map(.boolean, call.text, text) { (text: Bytes, _) in
        holds(text.string) ? 1 : 0 as Int64
      }
      return checker.result(TestKernel(test: .true, isNegated: false, operand: known), call)
    }
  }
}
