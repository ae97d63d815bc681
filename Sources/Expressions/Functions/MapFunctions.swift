import Columns

extension ScalarFunction {
  static let maps: [ScalarFunction] = [
    part("MAP_KEYS", "the keys of a map, as an array", isKey: true),
    part("MAP_VALUES", "the values of a map, as an array", isKey: false),
    ScalarFunction(
      "MAP_ENTRIES", .collection, "MAP_ENTRIES(map)", "the entries of a map, as an array of rows",
      "MAP_ENTRIES(MAP['a', 1])", 1...1
    ) { checker, call in
      guard let (key, value) = checker.mapTypes(call, 0) else { return nil }
      let type = ColumnType.array(.row([Field("key", key), Field("value", value)]))
      let kernel = map(type, call.text, call.nodes[0].kernel) { (map: Bytes, scope) -> Bytes? in
        let parts = Array(NestedValue(map).parts)
        let mark = scope.writer.open(.array)
        for key in stride(from: 0, to: parts.count, by: 2) {
          let row = scope.writer.open(.row)
          scope.writer.put(parts[key])
          scope.writer.put(parts[key + 1])
          scope.writer.close(row, count: 2)
        }
        scope.writer.close(mark, count: parts.count / 2)
        return scope.writer.take(into: scope.arena)
      }
      return checker.result(kernel, call)
    },
    ScalarFunction(
      "MAP_FROM_ARRAYS", .collection, "MAP_FROM_ARRAYS(keys, values)",
      "a map out of an array of keys and one of values", "MAP_FROM_ARRAYS(ARRAY['a'], ARRAY[1])",
      2...2
    ) { checker, call in
      guard let (keys, key) = checker.array(call, 0), let (values, value) = checker.array(call, 1)
      else { return nil }
      let kernel = map(.map(key: key, value: value), call.text, keys, values) {
        (keys: Bytes, values: Bytes, scope) -> Bytes? in
        let (keys, values) = (NestedValue(keys), NestedValue(values))
        guard keys.count == values.count else {
          scope.fail("\(keys.count) keys do not go with \(values.count) values")
          return nil
        }
        return scope.takeMap(zip(keys.parts, values.parts).flatMap { [$0, $1] })
      }
      return checker.result(kernel, call)
    },
    ScalarFunction(
      "MAP_UNION", .collection, "MAP_UNION(map, map)",
      "the entries of both maps; of a key in both, that of the second",
      "MAP_UNION(MAP['a', 1], MAP['b', 2])", 2...2
    ) { checker, call in
      guard checker.mapTypes(call, 0) != nil, checker.mapTypes(call, 1) != nil,
        let common = checker.commonType(call.nodes, "the arguments of MAP_UNION"), let common
      else { return nil }
      let kernel = map(
        common, call.text, checker.coerce(call.nodes[0], to: common),
        checker.coerce(call.nodes[1], to: common)
      ) { (left: Bytes, right: Bytes, scope) -> Bytes? in
        scope.takeMap(Array(NestedValue(left).parts) + Array(NestedValue(right).parts))
      }
      return checker.result(kernel, call)
    },
    ScalarFunction(
      "STR_TO_MAP", .collection, "STR_TO_MAP(text [, between entries, between key and value])",
      "a text such as a=1,b=2 as a map", "STR_TO_MAP('a=1,b=2')", 1...3
    ) { checker, call in
      guard let text = checker.text(call, 0) else { return nil }
      var separators = [",", "="]
      for index in call.nodes.indices.dropFirst() {
        guard let given = checker.literalText(call, index) else { return nil }
        separators[index - 1] = given
      }
      let (outer, inner) = (Array(separators[0].utf8), Array(separators[1].utf8))
      let kernel = map(.map(key: .string, value: .string), call.text, text) {
        (text: Bytes, scope) -> Bytes? in
        let mark = scope.writer.open(.map)
        var count = 0
        for entry in text.split(outer) {
          let parts = entry.split(inner)
          scope.writer.put(text: parts[0])
          if parts.count > 1 {
            let start = parts[0].count + inner.count
            scope.writer.put(text: entry.slice(start..<entry.count))
          } else {
            scope.writer.putNull()
          }
          count += 2
        }
        scope.writer.close(mark, count: count)
        let map = scope.writer.take(into: scope.arena)
        return withoutRepeatedKeys(NestedValue(map), &scope.writer, scope.arena)
      }
      return checker.result(kernel, call)
    },
  ]

  private static func part(_ name: String, _ summary: String, isKey: Bool) -> ScalarFunction {
    ScalarFunction(name, .collection, "\(name)(map)", summary, "\(name)(MAP['a', 1])", 1...1) {
      checker, call in
      guard let (key, value) = checker.mapTypes(call, 0) else { return nil }
      let first = isKey ? 0 : 1
      let kernel = map(
        .array(isKey ? key : value), call.text, call.nodes[0].kernel
      ) { (map: Bytes, scope) -> Bytes? in
        let parts = Array(NestedValue(map).parts)
        return scope.takeArray(stride(from: first, to: parts.count, by: 2).map { parts[$0] })
      }
      return checker.result(kernel, call)
    }
  }
}

extension Checker {
  /// The types of an argument that must be a MAP.
  fileprivate mutating func mapTypes(
    _ call: ScalarFunction.Call, _ index: Int
  ) -> (key: ColumnType, value: ColumnType)? {
    let node = call.nodes[index]
    if case .map(let key, let value)? = node.type { return (key, value) }
    fault(
      node.expression, "\(functionName(call)) needs a MAP, '\(node.expression)' is \(node.typeName)"
    )
    return nil
  }
}

extension RowScope {
  /// A MAP of these keys and values in turn.
  fileprivate func takeMap(_ parts: [NestedValue]) -> Bytes {
    let mark = writer.open(.map)
    for part in parts { writer.put(part) }
    writer.close(mark, count: parts.count)
    let map = writer.take(into: arena)
    return withoutRepeatedKeys(NestedValue(map), &writer, arena)
  }
}

extension Bytes {
  /// The parts between a separator; the whole where there is none or it is empty.
  func split(_ separator: [UInt8]) -> [Bytes] {
    if separator.isEmpty { return [self] }
    var parts: [Bytes] = []
    var (start, at) = (0, 0)
    while at + separator.count <= count {
      if (0..<separator.count).allSatisfy({ self[at + $0] == separator[$0] }) {
        parts.append(slice(start..<at))
        at += separator.count
        start = at
      } else {
        at += 1
      }
    }
    return parts + [slice(start..<count)]
  }
}
