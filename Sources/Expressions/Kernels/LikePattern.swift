import Columns

/// The pattern of `LIKE`: `%` is any run of characters, `_` is one.
struct LikePattern: Sendable {
  private static let one: UInt16 = 256
  private static let run: UInt16 = 257
  private let parts: [UInt16]

  /// Nil if the escape character stands before something that needs none.
  init?(_ pattern: [UInt8], escape: UInt8?) {
    var parts: [UInt16] = []
    var at = 0
    while at < pattern.count {
      let byte = pattern[at]
      at += 1
      if byte == escape {
        guard at < pattern.count, [37, 95, byte].contains(pattern[at]) else { return nil }
        parts.append(UInt16(pattern[at]))
        at += 1
      } else if byte == 37 {
        if parts.last != Self.run { parts.append(Self.run) }
      } else {
        parts.append(byte == 95 ? Self.one : UInt16(byte))
      }
    }
    self.parts = parts
  }

  /// Goes back only to the last `%`, so the time is at most length × length.
  func matches(_ text: Bytes) -> Bool {
    var (at, part) = (0, 0)
    var (retryAt, retryPart) = (0, -1)
    while at < text.count {
      if part < parts.count, parts[part] == Self.run {
        (retryAt, retryPart) = (at, part)
        part += 1
      } else if part < parts.count, parts[part] == Self.one {
        at += text.characterLength(at: at)
        part += 1
      } else if part < parts.count, parts[part] == UInt16(text[at]) {
        at += 1
        part += 1
      } else if retryPart >= 0 {
        retryAt += text.characterLength(at: retryAt)
        (at, part) = (retryAt, retryPart + 1)
      } else {
        return false
      }
    }
    return parts[part...].allSatisfy { $0 == Self.run }
  }
}

extension Bytes {
  /// The bytes of the character (code point) at a place; at least 1, never beyond the end.
  @inline(__always)
  func characterLength(at place: Int) -> Int {
    let byte = self[place]
    let length = byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
    return Swift.min(length, count - place)
  }

  /// The number of characters (code points).
  var characterCount: Int {
    var (at, characters) = (0, 0)
    while at < count {
      at += characterLength(at: at)
      characters += 1
    }
    return characters
  }

  /// The place after `characters` more characters, or the end.
  func skip(_ characters: Int, from place: Int = 0) -> Int {
    var (at, left) = (place, characters)
    while at < count, left > 0 {
      at += characterLength(at: at)
      left -= 1
    }
    return at
  }

  func slice(_ range: Range<Int>) -> Bytes {
    Bytes(start: start + range.lowerBound, count: range.count)
  }
}
