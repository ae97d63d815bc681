import CMachine
import Columns

/// Steps over the tokens of one JSON text in memory. Everything is checked: a record that is not
/// JSON (RFC 8259) does not pass, wherever the fault stands.
struct JsonScanner {
  typealias Place = UnsafePointer<UInt8>

  /// Nesting beyond this is refused, so that hostile input cannot exhaust the stack.
  static let maxDepth = 128

  /// The first byte of the text, for places in messages.
  let start: Place
  let end: Place

  /// The end of a string's content and what stands in it.
  struct StringEnd {
    /// The closing quote.
    var quote: Place
    var hasEscapes: Bool
  }

  @inline(__always)
  static func load(_ p: Place) -> UInt64 {
    UnsafeRawPointer(p).loadUnaligned(as: UInt64.self)
  }

  /// Finds the closing quote from the first byte of a string's content.
  ///
  /// `high` becomes other than 0 where a byte in the string, or soon after it, is not ASCII.
  @inline(__always)
  static func stringEnd(_ from: Place, _ end: Place, _ high: inout UInt32) -> StringEnd? {
    var p = from
    var hasEscapes = false
    while true {
      while end - p >= 32 {
        high |= cbytes_beyond_ascii32(p)
        let specials = cbytes_string_ends32(p)
        if specials != 0 {
          p += specials.trailingZeroBitCount
          break
        }
        p += 32
      }
      while p < end, p.pointee != 34, p.pointee != 92, p.pointee >= 32 {
        high |= UInt32(p.pointee >> 7)
        p += 1
      }
      guard p < end else { return nil }
      switch p.pointee {
      case 34: return StringEnd(quote: p, hasEscapes: hasEscapes)
      case 92:
        hasEscapes = true
        guard let after = escapeEnd(p, end) else { return nil }
        p = after
      default: return nil
      }
    }
  }

  /// The number that eight digits are, the first in the lowest byte.
  ///
  /// Digits are put together in pairs, pairs in fours, and those: three multiplications for eight
  /// digits (after D. Lemire, "Quickly parsing eight digits", 2018).
  @inline(__always)
  static func number(ofDigits digits: UInt64) -> UInt64 {
    let pairs = digits &* 10 &+ (digits &>> 8)
    let low = (pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
    let high = ((pairs &>> 16) & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
    return (low &+ high) &>> 32
  }

  /// The place after an escape that starts at a backslash; nil for one that JSON does not know.
  static func escapeEnd(_ p: Place, _ end: Place) -> Place? {
    guard p + 1 < end else { return nil }
    switch p[1] {
    case 34, 92, 47, 98, 102, 110, 114, 116: return p + 2
    case 117:
      guard p + 6 <= end, hex4(p + 2) != nil else { return nil }
      return p + 6
    default: return nil
    }
  }

  static func hex4(_ p: Place) -> UInt32? {
    var value: UInt32 = 0
    for index in 0..<4 {
      let byte = p[index]
      switch byte {
      case 48...57: value = value << 4 | UInt32(byte - 48)
      case 65...70: value = value << 4 | UInt32(byte - 55)
      case 97...102: value = value << 4 | UInt32(byte - 87)
      default: return nil
      }
    }
    return value
  }

  /// The end of a number that starts at `from`; nil where none does.
  @inline(__always)
  static func numberEnd(_ from: Place, _ end: Place) -> Place? {
    var p = from
    if p < end, p.pointee == 45 { p += 1 }
    guard p < end else { return nil }
    if p.pointee == 48 {
      p += 1
    } else {
      let first = p
      while p < end, p.pointee &- 48 <= 9 { p += 1 }
      guard p > first else { return nil }
    }
    if p < end, p.pointee == 46 {
      p += 1
      let first = p
      while p < end, p.pointee &- 48 <= 9 { p += 1 }
      guard p > first else { return nil }
    }
    if p < end, p.pointee | 32 == 101 {
      p += 1
      if p < end, p.pointee == 43 || p.pointee == 45 { p += 1 }
      let first = p
      while p < end, p.pointee &- 48 <= 9 { p += 1 }
      guard p > first else { return nil }
    }
    return p
  }

  /// The end of `true`, `false` or `null`.
  static func wordEnd(_ p: Place, _ end: Place) -> Place? {
    func matches(_ word: StaticString) -> Place? {
      let count = word.utf8CodeUnitCount
      guard p + count <= end else { return nil }
      for index in 0..<count where p[index] != word.utf8Start[index] { return nil }
      return p + count
    }
    return matches("true") ?? matches("false") ?? matches("null")
  }

  @inline(__always)
  static func skipSpace(_ from: Place, _ end: Place) -> Place {
    var p = from
    while p < end, p.pointee == 32 || p.pointee == 9 || p.pointee == 13 || p.pointee == 10 {
      p += 1
    }
    return p
  }

  /// Why a text is not JSON, and where.
  struct Fault: Error {
    /// Bytes before it in the text.
    var offset: Int
    var message: String
  }

  private func fault(_ place: Place, _ message: String) -> Fault {
    Fault(offset: place - start, message: message)
  }

  /// The end of the value that starts at `p`, every part of it checked.
  func valueEnd(_ p: Place, depth: Int = 0) throws(Fault) -> Place {
    guard p < end else { throw fault(p, "a value is missing") }
    guard depth < Self.maxDepth else {
      throw fault(p, "nested deeper than \(Self.maxDepth)")
    }
    switch p.pointee {
    case 34: return try string(p).quote + 1
    case 123: return try members(p, depth: depth) { _, _ in }
    case 91:
      var at = Self.skipSpace(p + 1, end)
      if at < end, at.pointee == 93 { return at + 1 }
      while true {
        at = Self.skipSpace(try valueEnd(at, depth: depth + 1), end)
        guard at < end else { throw fault(at, "the array is not closed") }
        if at.pointee == 93 { return at + 1 }
        guard at.pointee == 44 else { throw fault(at, "',' or ']' is missing") }
        at = Self.skipSpace(at + 1, end)
      }
    case 45, 48...57:
      guard let after = Self.numberEnd(p, end) else {
        throw fault(p, "not a number")
      }
      return after
    default:
      guard let after = Self.wordEnd(p, end) else {
        throw fault(p, "not a JSON value")
      }
      return after
    }
  }

  func string(_ p: Place) throws(Fault) -> StringEnd {
    var high: UInt32 = 0
    guard let found = Self.stringEnd(p + 1, end, &high) else {
      throw fault(p, "the string is not closed or holds a bad escape or a control")
    }
    return found
  }

  /// A name in an object: its content, between the quotes.
  struct Name {
    var content: Bytes
    var hasEscapes: Bool
  }

  /// Walks the members of an object that starts at `p`; `visit` is called at each value.
  func members(_ p: Place, depth: Int, visit: (Name, Place) throws(Fault) -> Void) throws(Fault)
    -> Place
  {
    var at = Self.skipSpace(p + 1, end)
    if at < end, at.pointee == 125 { return at + 1 }
    while true {
      guard at < end, at.pointee == 34 else {
        throw fault(at, "a field name in quotes is missing")
      }
      let name = try string(at)
      let content = Bytes(start: at + 1, count: name.quote - at - 1)
      at = Self.skipSpace(name.quote + 1, end)
      guard at < end, at.pointee == 58 else { throw fault(at, "':' is missing") }
      at = Self.skipSpace(at + 1, end)
      let after = try valueEnd(at, depth: depth + 1)
      try visit(Name(content: content, hasEscapes: name.hasEscapes), at)
      at = Self.skipSpace(after, end)
      guard at < end else { throw fault(at, "the object is not closed") }
      if at.pointee == 125 { return at + 1 }
      guard at.pointee == 44 else { throw fault(at, "',' or '}' is missing") }
      at = Self.skipSpace(at + 1, end)
    }
  }

  /// The text of a string with its escapes resolved. A lone surrogate becomes U+FFFD.
  static func unescape(_ content: Bytes, into arena: Arena) -> Bytes {
    let target = arena.allocate(content.count + 3).assumingMemoryBound(to: UInt8.self)
    var written = 0
    var p = content.start
    let end = content.start + content.count
    func put(_ scalar: UInt32) {
      switch scalar {
      case 0..<0x80:
        target[written] = UInt8(scalar)
        written += 1
      case 0..<0x800:
        target[written] = UInt8(0xC0 | scalar >> 6)
        target[written + 1] = UInt8(0x80 | scalar & 0x3F)
        written += 2
      case 0..<0x10000:
        target[written] = UInt8(0xE0 | scalar >> 12)
        target[written + 1] = UInt8(0x80 | scalar >> 6 & 0x3F)
        target[written + 2] = UInt8(0x80 | scalar & 0x3F)
        written += 3
      default:
        target[written] = UInt8(0xF0 | scalar >> 18)
        target[written + 1] = UInt8(0x80 | scalar >> 12 & 0x3F)
        target[written + 2] = UInt8(0x80 | scalar >> 6 & 0x3F)
        target[written + 3] = UInt8(0x80 | scalar & 0x3F)
        written += 4
      }
    }
    while p < end {
      guard p.pointee == 92 else {
        target[written] = p.pointee
        written += 1
        p += 1
        continue
      }
      switch p[1] {
      case 98: put(8)
      case 102: put(12)
      case 110: put(10)
      case 114: put(13)
      case 116: put(9)
      case 117:
        let unit = hex4(p + 2) ?? 0xFFFD
        if (0xD800..<0xDC00).contains(unit), p + 12 <= end, p[6] == 92, p[7] == 117,
          let low = hex4(p + 8), (0xDC00..<0xE000).contains(low)
        {
          put(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
          p += 12
        } else {
          put((0xD800..<0xE000).contains(unit) ? 0xFFFD : unit)
          p += 6
        }
        continue
      default: put(UInt32(p[1]))
      }
      p += 2
    }
    return Bytes(start: UnsafePointer(target), count: written)
  }
}
