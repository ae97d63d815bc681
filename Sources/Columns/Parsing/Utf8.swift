/// Whether every byte is below 0x80: eight at a time.
public func isASCII(_ bytes: Bytes) -> Bool {
  let raw = UnsafeRawPointer(bytes.start)
  var at = 0
  var seen: UInt64 = 0
  while at + 8 <= bytes.count {
    seen |= raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)
    at += 8
  }
  while at < bytes.count {
    seen |= UInt64(bytes[at])
    at += 1
  }
  return seen & 0x8080_8080_8080_8080 == 0
}

/// The place of the first byte that is not well-formed UTF-8 (Unicode's table 3-7); nil for none.
public func firstInvalidUTF8(_ bytes: Bytes) -> Int? {
  let p = bytes.start
  let count = bytes.count
  var at = 0
  func isContinuation(_ index: Int) -> Bool { index < count && p[index] & 0xC0 == 0x80 }
  while at < count {
    let lead = p[at]
    switch lead {
    case 0..<0x80: at += 1
    case 0xC2...0xDF:
      guard isContinuation(at + 1) else { return at }
      at += 2
    case 0xE0...0xEF:
      guard isContinuation(at + 1), isContinuation(at + 2) else { return at }
      if lead == 0xE0 && p[at + 1] < 0xA0 || lead == 0xED && p[at + 1] > 0x9F { return at }
      at += 3
    case 0xF0...0xF4:
      guard isContinuation(at + 1), isContinuation(at + 2), isContinuation(at + 3) else {
        return at
      }
      if lead == 0xF0 && p[at + 1] < 0x90 || lead == 0xF4 && p[at + 1] > 0x8F { return at }
      at += 4
    default: return at
    }
  }
  return nil
}
