/// Cuts bytes into well-formed text and single invalid bytes.
package struct UTF8Pieces {
  package enum Piece: Equatable {
    case text(String)
    case invalid(UInt8)
  }

  private let bytes: [UInt8]
  private var position = 0

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package mutating func next() -> Piece? {
    guard position < bytes.count else { return nil }
    let start = position
    while position < bytes.count, let length = UTF8Pieces.scalarLength(bytes[position...]) {
      position += length
    }
    if position > start { return .text(String(decoding: bytes[start..<position], as: UTF8.self)) }
    position += 1
    return .invalid(bytes[start])
  }

  /// Bytes of the well-formed scalar at the front; nil when it is cut off or malformed (table 3-7
  /// of the Unicode standard: no overlong forms, no surrogates, nothing above U+10FFFF).
  package static func scalarLength(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let first = bytes.first else { return nil }
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0x00...0x7F: return 1
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    case 0xF1...0xF3: length = 4
    default: return nil
    }
    let start = bytes.startIndex
    guard bytes.count >= length, second.contains(bytes[start + 1]) else { return nil }
    for offset in 2..<max(2, length) where !(0x80...0xBF).contains(bytes[start + offset]) {
      return nil
    }
    return length
  }
}
