import Columns

/// A JSON text in memory, read by places: the first byte of each value is its name.
///
/// It is checked as a whole once (RFC 8259); walking it afterwards needs no checks and makes no
/// tree.
struct JsonText {
  /// Nesting beyond this is refused, so that hostile input cannot exhaust the stack.
  static let maxDepth = 128

  let bytes: Bytes
  /// The place of the value that the text is.
  let root: Int

  /// Nil where the text is not exactly one JSON value.
  init?(_ bytes: Bytes) {
    self.bytes = bytes
    root = Self.skipBlanks(bytes, 0)
    guard let end = Self.end(bytes, root, 0), Self.skipBlanks(bytes, end) == bytes.count else {
      return nil
    }
  }

  enum Kind { case object, array, string, number, boolean, null }

  func kind(_ place: Int) -> Kind {
    switch bytes[place] {
    case 123: .object
    case 91: .array
    case 34: .string
    case 116, 102: .boolean
    case 110: .null
    default: .number
    }
  }

  func isScalar(_ place: Int) -> Bool {
    let kind = kind(place)
    return kind != .object && kind != .array
  }

  /// The bytes of the value at a place.
  func text(_ place: Int) -> Bytes {
    bytes.slice(place..<(Self.end(bytes, place, 0) ?? place))
  }

  // MARK: Walking

  /// Calls `body` with the place of each member's name and of its value.
  func forEachMember(_ object: Int, _ body: (Int, Int) -> Void) {
    var at = Self.skipBlanks(bytes, object + 1)
    while at < bytes.count, bytes[at] == 34 {
      let name = at
      let colon = Self.skipBlanks(bytes, Self.stringEnd(bytes, at) ?? at)
      at = Self.skipBlanks(bytes, colon + 1)
      body(name, at)
      at = Self.skipBlanks(bytes, Self.end(bytes, at, 0) ?? bytes.count)
      if at < bytes.count, bytes[at] == 44 { at = Self.skipBlanks(bytes, at + 1) }
    }
  }

  func forEachElement(_ array: Int, _ body: (Int) -> Void) {
    var at = Self.skipBlanks(bytes, array + 1)
    while at < bytes.count, bytes[at] != 93 {
      body(at)
      at = Self.skipBlanks(bytes, Self.end(bytes, at, 0) ?? bytes.count)
      if at < bytes.count, bytes[at] == 44 { at = Self.skipBlanks(bytes, at + 1) }
    }
  }

  /// The value of a member; of several with one name the last, as Jackson has it.
  func member(_ object: Int, _ name: [UInt8]) -> Int? {
    var found: Int?
    var decoded: [UInt8] = []
    forEachMember(object) { place, value in
      decoded.removeAll(keepingCapacity: true)
      decode(place, to: &decoded)
      if decoded == name { found = value }
    }
    return found
  }

  /// Adds the content of the string at a place; a lone surrogate becomes U+FFFD.
  func decode(_ place: Int, to target: inout [UInt8]) {
    var at = place + 1
    while bytes[at] != 34 {
      guard bytes[at] == 92 else {
        target.append(bytes[at])
        at += 1
        continue
      }
      at += 2
      switch bytes[at - 1] {
      case 98: target.append(8)
      case 102: target.append(12)
      case 110: target.append(10)
      case 114: target.append(13)
      case 116: target.append(9)
      case 117:
        var unit = Self.hex(bytes, at) ?? 0xFFFD
        at += 4
        if (0xD800..<0xDC00).contains(unit), at + 6 <= bytes.count, bytes[at] == 92,
          bytes[at + 1] == 117, let low = Self.hex(bytes, at + 2), (0xDC00..<0xE000).contains(low)
        {
          unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
          at += 6
        }
        let scalar = Unicode.Scalar(unit) ?? "\u{FFFD}"
        target.append(contentsOf: String(Character(scalar)).utf8)
      default: target.append(bytes[at - 1])
      }
    }
  }

  // MARK: Checking

  private static func skipBlanks(_ bytes: Bytes, _ from: Int) -> Int {
    var at = from
    while at < bytes.count, [32, 9, 10, 13].contains(bytes[at]) { at += 1 }
    return at
  }

  private static func hex(_ bytes: Bytes, _ at: Int) -> UInt32? {
    guard at + 4 <= bytes.count else { return nil }
    var value: UInt32 = 0
    for index in at..<at + 4 {
      switch bytes[index] {
      case 48...57: value = value << 4 | UInt32(bytes[index] - 48)
      case 65...70: value = value << 4 | UInt32(bytes[index] - 55)
      case 97...102: value = value << 4 | UInt32(bytes[index] - 87)
      default: return nil
      }
    }
    return value
  }

  /// The end of the string that starts at a quote.
  private static func stringEnd(_ bytes: Bytes, _ from: Int) -> Int? {
    var at = from + 1
    while at < bytes.count, bytes[at] != 34 {
      if bytes[at] < 32 { return nil }
      if bytes[at] == 92 {
        guard at + 1 < bytes.count else { return nil }
        switch bytes[at + 1] {
        case 34, 92, 47, 98, 102, 110, 114, 116: at += 1
        case 117:
          guard hex(bytes, at + 2) != nil else { return nil }
          at += 5
        default: return nil
        }
      }
      at += 1
    }
    return at < bytes.count ? at + 1 : nil
  }

  private static func numberEnd(_ bytes: Bytes, _ from: Int) -> Int? {
    var at = from
    func digits() -> Bool {
      let first = at
      while at < bytes.count, bytes[at] &- 48 <= 9 { at += 1 }
      return at > first
    }
    if at < bytes.count, bytes[at] == 45 { at += 1 }
    if at < bytes.count, bytes[at] == 48 { at += 1 } else if !digits() { return nil }
    if at < bytes.count, bytes[at] == 46 {
      at += 1
      if !digits() { return nil }
    }
    if at < bytes.count, bytes[at] | 32 == 101 {
      at += 1
      if at < bytes.count, bytes[at] == 43 || bytes[at] == 45 { at += 1 }
      if !digits() { return nil }
    }
    return at
  }

  private static func end(_ bytes: Bytes, _ place: Int, _ depth: Int) -> Int? {
    guard place < bytes.count, depth < maxDepth else { return nil }
    switch bytes[place] {
    case 34: return stringEnd(bytes, place)
    case 123, 91: return collectionEnd(bytes, place, depth)
    case 45, 48...57: return numberEnd(bytes, place)
    default:
      for word in ["true", "false", "null"] {
        let count = word.utf8.count
        if place + count <= bytes.count,
          bytes.slice(place..<place + count).buffer.elementsEqual(word.utf8)
        {
          return place + count
        }
      }
      return nil
    }
  }

  private static func collectionEnd(_ bytes: Bytes, _ place: Int, _ depth: Int) -> Int? {
    let isObject = bytes[place] == 123
    let close: UInt8 = isObject ? 125 : 93
    var at = skipBlanks(bytes, place + 1)
    if at < bytes.count, bytes[at] == close { return at + 1 }
    while true {
      if isObject {
        guard at < bytes.count, bytes[at] == 34, let name = stringEnd(bytes, at) else { return nil }
        at = skipBlanks(bytes, name)
        guard at < bytes.count, bytes[at] == 58 else { return nil }
        at = skipBlanks(bytes, at + 1)
      }
      guard let after = end(bytes, at, depth + 1) else { return nil }
      at = skipBlanks(bytes, after)
      guard at < bytes.count else { return nil }
      if bytes[at] == close { return at + 1 }
      guard bytes[at] == 44 else { return nil }
      at = skipBlanks(bytes, at + 1)
    }
  }
}
