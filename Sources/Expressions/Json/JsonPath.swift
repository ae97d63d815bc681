import Columns

/// A path into a JSON text as Flink reads them: `$.a.b[0]`, `$['a b']`, `$[*].a`, `$..a`, with
/// `lax` or `strict` (the default) before it.
struct JsonPath: Sendable {
  private enum Step: Sendable {
    case name([UInt8])
    /// From 0; negative from the end.
    case index(Int)
    case every
    /// Every value below, and the value itself.
    case deep
  }

  /// What a path leads to.
  enum Match {
    /// Nothing is there: an error in strict mode, empty in lax mode.
    case missing
    case one(Int)
    /// What a path with `*` or `..` leads to: a list, however long.
    case many([Int])
  }

  /// What is wrong with a path.
  struct Fault: Error {
    var message: String
  }

  let isLax: Bool
  private let steps: [Step]

  init(_ text: String) throws(Fault) {
    var rest = Array(text.utf8)[...]
    func skipBlanks() { rest = rest.drop { $0 <= 32 } }
    skipBlanks()
    let mode = String(decoding: rest.prefix { $0 | 32 >= 97 && $0 | 32 <= 122 }, as: UTF8.self)
    isLax = mode.lowercased() == "lax"
    if isLax || mode.lowercased() == "strict" {
      rest = rest.dropFirst(mode.utf8.count)
      skipBlanks()
    }
    while rest.last ?? 33 <= 32 { rest.removeLast() }
    guard rest.popFirst() == 36 else { throw Fault(message: "a JSON path starts with $") }
    var steps: [Step] = []
    while let byte = rest.popFirst() {
      switch byte {
      case 46:
        if rest.first == 46 {
          rest.removeFirst()
          steps.append(.deep)
        }
        if rest.first == 42 {
          rest.removeFirst()
          steps.append(.every)
        } else if rest.first != 91 {
          let name = rest.prefix { ![46, 91, 32, 34, 39, 40].contains($0) }
          rest = rest.dropFirst(name.count)
          guard !name.isEmpty else {
            throw Fault(message: "a name is missing after '.'; one with other signs: ['x y']")
          }
          steps.append(.name(Array(name)))
        }
      case 91: steps.append(try Self.bracket(&rest))
      default:
        throw Fault(message: "'\(Character(Unicode.Scalar(byte)))' does not belong in a JSON path")
      }
    }
    self.steps = steps
  }

  /// What stands between brackets, and the closing one.
  private static func bracket(_ rest: inout ArraySlice<UInt8>) throws(Fault) -> Step {
    rest = rest.drop { $0 == 32 }
    guard let first = rest.first else { throw Fault(message: "'[' is not closed") }
    let step: Step
    if first == 42 {
      rest.removeFirst()
      step = .every
    } else if first == 39 || first == 34 {
      rest.removeFirst()
      var name: [UInt8] = []
      while let byte = rest.popFirst(), byte != first {
        if byte == 92, let next = rest.popFirst() { name.append(next) } else { name.append(byte) }
      }
      step = .name(name)
    } else {
      let digits = rest.prefix { $0 == 45 || $0 >= 48 && $0 <= 57 }
      guard let index = Int(String(decoding: digits, as: UTF8.self)) else {
        throw Fault(message: "in brackets stand a number, * or a name in quotes: $[0], $['x y']")
      }
      rest = rest.dropFirst(digits.count)
      step = .index(index)
    }
    rest = rest.drop { $0 == 32 }
    guard rest.popFirst() == 93 else { throw Fault(message: "']' is missing in the JSON path") }
    return step
  }

  /// Whether it leads to one value at most: it has neither `*` nor `..`.
  var isDefinite: Bool {
    !steps.contains { step in
      switch step {
      case .every, .deep: true
      default: false
      }
    }
  }

  // MARK: Walking

  func match(_ json: JsonText) -> Match {
    var place = json.root
    for (index, step) in steps.enumerated() {
      switch step {
      case .every, .deep:
        var found: [Int] = []
        walk(json, place, steps[index...], to: &found)
        return .many(found)
      default:
        guard let next = follow(json, place, step) else { return .missing }
        place = next
      }
    }
    return .one(place)
  }

  private func follow(_ json: JsonText, _ place: Int, _ step: Step) -> Int? {
    switch (step, json.kind(place)) {
    case (.name(let name), .object): return json.member(place, name)
    case (.index(let index), .array):
      var places: [Int] = []
      json.forEachElement(place) { if index < 0 || places.count <= index { places.append($0) } }
      let at = index < 0 ? places.count + index : index
      return places.indices.contains(at) ? places[at] : nil
    default: return nil
    }
  }

  private func walk(
    _ json: JsonText, _ place: Int, _ steps: ArraySlice<Step>, to found: inout [Int]
  ) {
    guard let step = steps.first else {
      found.append(place)
      return
    }
    let rest = steps.dropFirst()
    switch step {
    case .every:
      for child in Self.children(json, place) { walk(json, child, rest, to: &found) }
    case .deep:
      walk(json, place, rest, to: &found)
      for child in Self.children(json, place) { walk(json, child, steps, to: &found) }
    default:
      if let next = follow(json, place, step) { walk(json, next, rest, to: &found) }
    }
  }

  private static func children(_ json: JsonText, _ place: Int) -> [Int] {
    var children: [Int] = []
    switch json.kind(place) {
    case .object: json.forEachMember(place) { _, value in children.append(value) }
    case .array: json.forEachElement(place) { children.append($0) }
    default: break
    }
    return children
  }
}
