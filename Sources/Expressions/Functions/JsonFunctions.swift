import Columns

extension ScalarFunction {
  static let json: [ScalarFunction] = [
    ScalarFunction(
      "JSON_VALUE", .json,
      "JSON_VALUE(json, path [RETURNING type] [x ON EMPTY] [x ON ERROR])",
      "the single value that a path leads to, a STRING unless RETURNING names a type; x is NULL, ERROR "
        + "or DEFAULT and a value",
      "JSON_VALUE('{\"a\": 1}', '$.a' RETURNING INT)", 2...4, takesWord: true
    ) { checker, call in checker.jsonValue(call) },
    ScalarFunction(
      "JSON_QUERY", .json,
      "JSON_QUERY(json, path [WITH WRAPPER] [x ON EMPTY] [x ON ERROR])",
      "the JSON object or array that a path leads to; x is NULL, ERROR, EMPTY ARRAY or EMPTY OBJECT",
      "JSON_QUERY('{\"a\": [1]}', '$.a')", 2...2, takesWord: true
    ) { checker, call in checker.jsonQuery(call) },
    ScalarFunction(
      "JSON_EXISTS", .json, "JSON_EXISTS(json, path [x ON ERROR])",
      "whether a path leads to something; x is TRUE, FALSE, UNKNOWN or ERROR",
      "JSON_EXISTS('{\"a\": 1}', '$.a')", 2...2,
      takesWord: true
    ) { checker, call in checker.jsonExists(call) },
    ScalarFunction(
      "JSON_QUOTE", .json, "JSON_QUOTE(text)", "the text as a JSON string", "JSON_QUOTE('a\"b')",
      1...1
    ) { checker, call in
      guard let text = checker.text(call, 0) else { return nil }
      let kernel = map(.string, call.text, text) { (text: Bytes, scope) -> Bytes? in
        var plain: [UInt8] = []
        writeJsonString(text.buffer, to: &plain)
        for unit in String(decoding: plain, as: UTF8.self).utf16 {
          if unit < 128 {
            scope.buffer.append(UInt8(unit))
          } else {
            let digits = String(unit, radix: 16)
            scope.buffer += Array("\\u\(String(repeating: "0", count: 4 - digits.utf8.count))".utf8)
            scope.buffer += Array(digits.utf8)
          }
        }
        return scope.takeBuffer()
      }
      return checker.result(kernel, call)
    },
    ScalarFunction(
      "JSON_UNQUOTE", .json, "JSON_UNQUOTE(text)",
      "the content of a JSON string; another text as it is", "JSON_UNQUOTE('\"abc\"')", 1...1
    ) { checker, call in
      guard let text = checker.text(call, 0) else { return nil }
      let kernel = map(.string, call.text, text) { (text: Bytes, scope) -> Bytes? in
        guard text.count > 0, text[0] == 34, let json = JsonText(text) else { return text }
        json.decode(json.root, to: &scope.buffer)
        return scope.takeBuffer()
      }
      return checker.result(kernel, call)
    },
  ]
}
