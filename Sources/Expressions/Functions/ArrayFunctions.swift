import Columns

extension ScalarFunction {
  static let arrays: [ScalarFunction] = [
    ScalarFunction(
      "ARRAY_CONTAINS", .collection, "ARRAY_CONTAINS(array, x)", "whether x is among the elements",
      "ARRAY_CONTAINS(ARRAY[1, 2], 2)", 2...2
    ) { checker, call in
      guard let (array, value, _) = checker.arrayAndElement(call) else { return nil }
      let kernel = map(.boolean, call.text, array, value) { (array: Bytes, value: Bytes, _) in
        NestedValue(array).parts.contains { $0.bytes == value } ? 1 : 0 as Int64
      }
      return checker.result(kernel, call)
    },
    ScalarFunction(
      "ARRAY_POSITION", .collection, "ARRAY_POSITION(array, x)",
      "the place of the first element that is x, from 1; 0 if there is none",
      "ARRAY_POSITION(ARRAY['a', 'b'], 'b')", 2...2
    ) { checker, call in
      guard let (array, value, _) = checker.arrayAndElement(call) else { return nil }
      let kernel = map(.int, call.text, array, value) { (array: Bytes, value: Bytes, _) -> Int64 in
        for (index, part) in NestedValue(array).parts.enumerated() where part.bytes == value {
          return Int64(index) + 1
        }
        return 0
      }
      return checker.result(kernel, call)
    },
    changing("ARRAY_APPEND", "the array with x at its end", "ARRAY_APPEND(ARRAY[1], 2)") {
      array, value in Array(array.parts) + [value]
    },
    changing("ARRAY_PREPEND", "the array with x at its start", "ARRAY_PREPEND(ARRAY[1], 2)") {
      array, value in [value] + Array(array.parts)
    },
    changing("ARRAY_REMOVE", "the array without its elements x", "ARRAY_REMOVE(ARRAY[1, 2], 2)") {
      array, value in array.parts.filter { !($0.bytes == value.bytes) }
    },
    joining("ARRAY_CONCAT", "the elements of both arrays") { Array($0.parts) + Array($1.parts) },
    joining("ARRAY_UNION", "the elements of both arrays, each once") {
      unique(Array($0.parts) + Array($1.parts))
    },
    joining("ARRAY_EXCEPT", "the elements of the first array that the second has not, each once") {
      let other = Array($1.parts)
      return unique(Array($0.parts)).filter { part in !other.contains { $0.bytes == part.bytes } }
    },
    joining("ARRAY_INTERSECT", "the elements that both arrays have, each once") {
      let other = Array($1.parts)
      return unique(Array($0.parts)).filter { part in other.contains { $0.bytes == part.bytes } }
    },
    whole("ARRAY_DISTINCT", "the array with each element once") { unique(Array($0.parts)) },
    whole("ARRAY_REVERSE", "the array in the other order") { Array($0.parts).reversed() },
    extreme("ARRAY_MAX", "the greatest element", sign: 1),
    extreme("ARRAY_MIN", "the least element", sign: -1),
    ScalarFunction(
      "ARRAY_SORT", .collection, "ARRAY_SORT(array [, ascending])",
      "the array in order; NULLs stand first, or last when it descends",
      "ARRAY_SORT(ARRAY[2, 1])", 1...2
    ) { checker, call in
      guard let (array, element) = checker.array(call, 0) else { return nil }
      if element.isCollection {
        checker.fault(call.nodes[0].expression, "elements of \(element.name) have no order")
        return nil
      }
      var isAscending: any Kernel = ConstantKernel(.boolean, 1)
      if call.nodes.count == 2 {
        guard call.nodes[1].type == .boolean else {
          checker.fault(call.nodes[1].expression, "ARRAY_SORT needs TRUE or FALSE here")
          return nil
        }
        isAscending = call.nodes[1].kernel
      }
      let kernel = map(array.type, call.text, array, isAscending) {
        (array: Bytes, isAscending: Int64, scope) -> Bytes? in
        let parts = Array(NestedValue(array).parts)
        let sorted = parts.filter { !$0.isNull }.sorted {
          isAscending != 0 ? $0.order($1) < 0 : $0.order($1) > 0
        }
        let nulls = parts.filter(\.isNull)
        return scope.takeArray(isAscending != 0 ? nulls + sorted : sorted + nulls)
      }
      return checker.result(kernel, call)
    },
    ScalarFunction(
      "ARRAY_SLICE", .collection, "ARRAY_SLICE(array, from [, to])",
      "the elements between two places, both included; negative ones count from the end",
      "ARRAY_SLICE(ARRAY[1, 2, 3], 2)", 2...3
    ) { checker, call in
      guard let (array, _) = checker.array(call, 0), let from = checker.integer(call, 1) else {
        return nil
      }
      var to: any Kernel = ConstantKernel(.bigint, Int64(Int32.max))
      if call.nodes.count == 3 {
        guard let given = checker.integer(call, 2) else { return nil }
        to = given
      }
      let kernel = map(array.type, call.text, array, from, to) {
        (array: Bytes, from: Int64, to: Int64, scope) -> Bytes? in
        let parts = Array(NestedValue(array).parts)
        func place(_ given: Int64) -> Int64 {
          given > 0 ? given : given == 0 ? 1 : Int64(parts.count) + 1 + given
        }
        let (low, high) = (max(place(from), 1), min(place(to), Int64(parts.count)))
        return scope.takeArray(low <= high ? Array(parts[Int(low - 1)..<Int(high)]) : [])
      }
      return checker.result(kernel, call)
    },
    ScalarFunction(
      "ARRAY_JOIN", .collection, "ARRAY_JOIN(array, separator [, null])",
      "the texts of an ARRAY<STRING> one after another; NULLs are left out, or written as `null`",
      "ARRAY_JOIN(ARRAY['a', 'b'], '-')", 2...3
    ) { checker, call in
      guard let (array, element) = checker.array(call, 0), let separator = checker.text(call, 1)
      else { return nil }
      guard element == .string else {
        checker.fault(
          call.nodes[0].expression, "ARRAY_JOIN needs texts, the elements are \(element.name)",
          hint: "write CAST(\(call.nodes[0].expression) AS ARRAY<STRING>)")
        return nil
      }
      var filler: any Kernel = WrappedKernel(operand: ConstantKernel.null(.string))
      if call.nodes.count == 3 {
        guard let given = checker.text(call, 2) else { return nil }
        filler = WrappedKernel(operand: given)
      }
      let kernel = map(.string, call.text, array, separator, filler) {
        (array: Bytes, separator: Bytes, filler: Bytes, scope) -> Bytes? in
        let filler = NestedValue(filler)
        var isFirst = true
        for part in NestedValue(array).parts where !part.isNull || !filler.isNull {
          if !isFirst { scope.buffer.append(contentsOf: separator.buffer) }
          isFirst = false
          scope.buffer.append(contentsOf: (part.isNull ? filler : part).text.buffer)
        }
        return scope.takeBuffer()
      }
      return checker.result(kernel, call)
    },
  ]

  private static func whole(
    _ name: String, _ summary: String,
    _ change: @escaping @Sendable (NestedValue) -> [NestedValue]
  ) -> ScalarFunction {
    ScalarFunction(
      name, .collection, "\(name)(array)", summary, "\(name)(ARRAY[1, 2, 1])", 1...1
    ) { checker, call in
      guard let (array, _) = checker.array(call, 0) else { return nil }
      let kernel = map(array.type, call.text, array) { (array: Bytes, scope) -> Bytes? in
        scope.takeArray(change(NestedValue(array)))
      }
      return checker.result(kernel, call)
    }
  }

  private static func changing(
    _ name: String, _ summary: String, _ example: String,
    _ change: @escaping @Sendable (NestedValue, NestedValue) -> [NestedValue]
  ) -> ScalarFunction {
    ScalarFunction(name, .collection, "\(name)(array, x)", summary, example, 2...2) {
      checker, call in
      guard let (array, value, element) = checker.arrayAndElement(call) else { return nil }
      let kernel = map(.array(element), call.text, array, value) {
        (array: Bytes, value: Bytes, scope) -> Bytes? in
        scope.takeArray(change(NestedValue(array), NestedValue(value)))
      }
      return checker.result(kernel, call)
    }
  }

  private static func joining(
    _ name: String, _ summary: String,
    _ join: @escaping @Sendable (NestedValue, NestedValue) -> [NestedValue]
  ) -> ScalarFunction {
    ScalarFunction(
      name, .collection, "\(name)(array, array)", summary, "\(name)(ARRAY[1, 2], ARRAY[2, 3])",
      2...2
    ) { checker, call in
      guard let (left, right, element) = checker.arrays(call) else { return nil }
      let kernel = map(.array(element), call.text, left, right) {
        (left: Bytes, right: Bytes, scope) -> Bytes? in
        scope.takeArray(join(NestedValue(left), NestedValue(right)))
      }
      return checker.result(kernel, call)
    }
  }

  private static func extreme(_ name: String, _ summary: String, sign: Int) -> ScalarFunction {
    ScalarFunction(
      name, .collection, "\(name)(array)", summary, "\(name)(ARRAY[1, 2])", 1...1
    ) { checker, call in
      guard let (array, element) = checker.array(call, 0) else { return nil }
      if element.isCollection {
        checker.fault(call.nodes[0].expression, "elements of \(element.name) have no order")
        return nil
      }
      let best = map(array.type, call.text, array) { (array: Bytes, scope) -> Bytes? in
        var best: NestedValue?
        for part in NestedValue(array).parts where !part.isNull {
          if best.map({ part.order($0) * sign > 0 }) ?? true { best = part }
        }
        return scope.takeArray(best.map { [$0] } ?? [])
      }
      return checker.result(
        ElementKernel(type: element, operand: best, place: ConstantKernel(.bigint, 1)), call)
    }
  }
}

/// Each part once, where it first stands.
private func unique(_ parts: [NestedValue]) -> [NestedValue] {
  let table = ValueSet()
  return parts.filter { table.insert($0.bytes) }
}

/// Bytes that were seen.
private final class ValueSet {
  private struct Key: Hashable {
    let bytes: Bytes
    static func == (left: Key, right: Key) -> Bool { left.bytes == right.bytes }
    func hash(into hasher: inout Hasher) { hasher.combine(bytes.hash64) }
  }

  private var keys: Set<Key> = []

  /// False where it was there already.
  func insert(_ bytes: Bytes) -> Bool { keys.insert(Key(bytes: bytes)).inserted }
}

extension RowScope {
  /// An ARRAY of these parts, kept as long as the result lives.
  func takeArray(_ parts: [NestedValue]) -> Bytes {
    let mark = writer.open(.array)
    for part in parts { writer.put(part) }
    writer.close(mark, count: parts.count)
    return writer.take(into: arena)
  }
}
