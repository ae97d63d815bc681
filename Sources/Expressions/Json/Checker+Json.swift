import Columns

/// The clauses of a JSON function.
private struct JsonClauses {
  var onEmpty = "NULL"
  var onError = "NULL"
  var returning: String?
  var wrapper = "WITHOUT WRAPPER"
  /// In their order, which is that of the arguments after the path.
  var defaults: [String] = []

  init(_ words: [Expression]) {
    for word in words {
      guard case .keyword(let text) = word.kind else { continue }
      if text.hasPrefix("RETURNING ") {
        returning = String(text.dropFirst("RETURNING ".count))
      } else if text.hasSuffix("WRAPPER") {
        wrapper = text
      } else if text.hasSuffix(" ON EMPTY") {
        onEmpty = String(text.dropLast(" ON EMPTY".count))
        if onEmpty == "DEFAULT" { defaults.append("EMPTY") }
      } else {
        onError = String(text.dropLast(" ON ERROR".count))
        if onError == "DEFAULT" { defaults.append("ERROR") }
      }
    }
  }
}

/// How a JSON function ends for a row.
private enum JsonOutcome {
  case value(JsonText, Int)
  case many(JsonText, [Int])
  case empty
  /// A JSON null in strict mode: no value, though something is there.
  case null
  case error(String)

  /// Follows a path; in lax mode a JSON null counts as nothing.
  init(_ bytes: Bytes, _ path: JsonPath) {
    guard let json = JsonText(bytes) else {
      self = path.isLax ? .empty : .error("the text is not JSON")
      return
    }
    switch path.match(json) {
    case .missing:
      self =
        !path.isLax
        ? .error("the path leads to nothing") : path.isDefinite ? .empty : .many(json, [])
    case .one(let place):
      let isNull = json.kind(place) == .null
      self = !isNull ? .value(json, place) : path.isLax ? .empty : .null
    case .many(let places): self = .many(json, places)
    }
  }
}

extension Checker {
  private mutating func jsonPath(_ call: ScalarFunction.Call) -> JsonPath? {
    guard let text = literalText(call, 1) else { return nil }
    do throws(JsonPath.Fault) {
      return try JsonPath(text)
    } catch {
      fault(call.nodes[1].expression, error.message, hint: "such as '$.user.id' or '$.items[0]'")
      return nil
    }
  }

  mutating func jsonValue(_ call: ScalarFunction.Call) -> Node? {
    guard let text = text(call, 0), let path = jsonPath(call) else { return nil }
    let clauses = JsonClauses(call.words)
    let type = clauses.returning.flatMap { ColumnType(name: $0) } ?? .string
    guard !type.isCollection, !type.isDecimal, type != .interval else {
      fault(
        call.expression, "JSON_VALUE does not return \(type.name)",
        hint: "write CAST(JSON_VALUE(…) AS \(type.name))")
      return nil
    }
    guard clauses.defaults.count == call.nodes.count - 2 else {
      fault(call.expression, "JSON_VALUE takes a text and a path", hint: call.text)
      return nil
    }
    var fallbacks: [String: Checker.Node] = [:]
    for (place, node) in zip(clauses.defaults, call.nodes.dropFirst(2)) {
      guard node.type == nil || node.type.flatMap({ Self.wider($0, type) }) == type else {
        fault(node.expression, "the default is \(node.typeName), JSON_VALUE returns \(type.name)")
        return nil
      }
      fallbacks[place] = node
    }
    let (onEmpty, onError) = (clauses.onEmpty, clauses.onError)
    let slot = newSlot()
    // The text of the value, with a byte before it: V for a value, E for a default ON EMPTY,
    // F for one ON ERROR.
    let read = map(.string, call.text, text) { (bytes: Bytes, scope) -> Bytes? in
      var outcome = JsonOutcome(bytes, path)
      if case .many = outcome {
        outcome = path.isLax ? .empty : .error("the path leads to several values")
      }
      if case .value(let json, let place) = outcome {
        scope.buffer.append(86)
        switch json.kind(place) {
        case .string: json.decode(place, to: &scope.buffer)
        case .object, .array:
          scope.buffer.removeAll()
          outcome = path.isLax ? .empty : .error("the path leads to an object or an array")
        case .number: scope.buffer += Array(javaDecimalText(json.text(place)).utf8)
        default: scope.buffer += Array(json.text(place).buffer)
        }
        if case .value = outcome, type != .string, !CastText.isReadable(scope.buffer, as: type) {
          scope.buffer.removeAll()
          outcome = .error("the value is not \(type.name)")
        }
      }
      switch outcome {
      case .value, .many: return scope.takeBuffer()
      case .empty:
        if onEmpty == "DEFAULT" { return emptyMark }
        if onEmpty == "ERROR" { scope.fail("the path leads to nothing") }
        return nil
      case .null:
        if onError == "DEFAULT" { return errorMark }
        if onError == "ERROR" { scope.fail("the path leads to null") }
        return nil
      case .error(let message):
        if onError == "DEFAULT" { return errorMark }
        if onError == "ERROR" { scope.fail(message) }
        return nil
      }
    }
    let marked = SlotKernel(type: .string, slot: slot)
    let content = map(.string, call.text, marked) { (text: Bytes, _) in
      text.slice(1..<text.count)
    }
    guard let value = castKernel(content, .string, type, true, call.text) else { return nil }
    func isMarked(_ mark: UInt8) -> any Kernel {
      map(.boolean, call.text, marked) { (text: Bytes, _) in
        text[0] == mark ? 1 : 0 as Int64
      }
    }
    var branches: [(any Kernel, any Kernel)] = []
    for (place, mark) in [("EMPTY", UInt8(69)), ("ERROR", 70)] {
      if let node = fallbacks[place] { branches.append((isMarked(mark), coerce(node, to: type))) }
    }
    let kernel = LetKernel(
      slot: slot, value: read,
      body: branches.isEmpty
        ? value : CaseKernel(type: type, branches: branches, otherwise: value))
    return fold(kernel, type, of: call.nodes, call.expression)
  }

  mutating func jsonQuery(_ call: ScalarFunction.Call) -> Node? {
    guard let text = text(call, 0), let path = jsonPath(call) else { return nil }
    let clauses = JsonClauses(call.words)
    let (onEmpty, onError, wrapper) = (clauses.onEmpty, clauses.onError, clauses.wrapper)
    let kernel = map(.string, call.text, text) { (bytes: Bytes, scope) -> Bytes? in
      func fallback(_ choice: String, _ message: String) -> Bytes? {
        switch choice {
        case "EMPTY ARRAY": return emptyArray
        case "EMPTY OBJECT": return emptyObject
        case "ERROR":
          scope.fail(message)
          return nil
        default: return nil
        }
      }
      switch JsonOutcome(bytes, path) {
      case .empty: return fallback(onEmpty, "the path leads to nothing")
      case .error(let message): return fallback(onError, message)
      case .null: return fallback(onError, "the path leads to null")
      case .value(let json, let place):
        let isWrapped =
          wrapper.hasSuffix("UNCONDITIONAL WRAPPER")
          || wrapper.hasPrefix("WITH ") && json.kind(place) != .array
        if !isWrapped, json.isScalar(place) {
          return path.isLax
            ? fallback(onEmpty, "the path leads to a single value")
            : fallback(onError, "the path leads to a single value")
        }
        if isWrapped { scope.buffer.append(91) }
        json.write(place, to: &scope.buffer)
        if isWrapped { scope.buffer.append(93) }
      case .many(let json, let places):
        let isWrapped = wrapper.hasSuffix("UNCONDITIONAL WRAPPER")
        if isWrapped { scope.buffer.append(91) }
        scope.buffer.append(91)
        for (index, place) in places.enumerated() {
          if index > 0 { scope.buffer.append(44) }
          json.write(place, to: &scope.buffer)
        }
        scope.buffer.append(93)
        if isWrapped { scope.buffer.append(93) }
      }
      return scope.takeBuffer()
    }
    return result(kernel, call)
  }

  mutating func jsonExists(_ call: ScalarFunction.Call) -> Node? {
    guard let text = text(call, 0), let path = jsonPath(call) else { return nil }
    let clauses = JsonClauses(call.words)
    let onError = clauses.onError
    let kernel = map(.boolean, call.text, text) { (bytes: Bytes, scope) -> Int64? in
      switch JsonOutcome(bytes, path) {
      case .value, .many: return 1
      case .empty, .null: return 0
      case .error(let message):
        switch onError {
        case "TRUE": return 1
        case "UNKNOWN": return nil
        case "ERROR":
          scope.fail(message)
          return nil
        default: return 0
        }
      }
    }
    return result(kernel, call)
  }

  /// `x IS JSON`: never NULL.
  mutating func jsonTest(
    _ operand: Expression, _ test: TestOperator, _ isNegated: Bool, _ expression: Expression
  ) -> Node? {
    guard let node = check(operand), let text = texts([node], of: "IS JSON")?.first else {
      return nil
    }
    let holds = map(.boolean, "\(expression)", text) { (bytes: Bytes, _) -> Int64? in
      guard let json = JsonText(bytes) else { return 0 }
      switch (test, json.kind(json.root)) {
      case (.json, _), (.jsonObject, .object), (.jsonArray, .array): return 1
      case (.jsonScalar, .object), (.jsonScalar, .array): return 0
      case (.jsonScalar, _): return 1
      default: return 0
      }
    }
    let kernel = TestKernel(test: .true, isNegated: isNegated, operand: holds)
    return fold(kernel, .boolean, of: [node], expression)
  }
}

/// Texts that are the same for every row, in memory that stays.
private let marks = Arena(blockSize: 64)
private let emptyMark = marks.copy("E")
private let errorMark = marks.copy("F")
private let emptyArray = marks.copy("[]")
private let emptyObject = marks.copy("{}")
