/// Refuses texts that a YAML parser would choke on, before it sees them.
enum TextGuard {
  private static let maxFaults = 20

  static func faults(in source: SourceText) -> [Fault] {
    controlCharacters(in: source) + tooDeep(in: source) + anchors(in: source)
  }

  /// Characters that YAML does not allow, such as NUL and escape.
  private static func controlCharacters(in source: SourceText) -> [Fault] {
    var faults: [Fault] = []
    var offset = 0
    for scalar in source.text.unicodeScalars {
      let value = scalar.value
      let isAllowed =
        value == 9 || value == 10 || value == 13 || value == 0x85
        || (value >= 0x20 && value < 0x7F) || (value >= 0xA0 && value < 0xFFFE && value != 0xFEFF)
        || value >= 0x10000
      if !isAllowed {
        faults.append(Fault(.controlCharacter(value), offset..<(offset + UTF8.width(scalar))))
        if faults.count == maxFaults { return faults }
      }
      offset += UTF8.width(scalar)
    }
    return faults
  }

  /// Brackets and dashes that nest deeper than the stack should bear. Counts brackets inside texts
  /// too, which no sane text has in such number unclosed.
  private static func tooDeep(in source: SourceText) -> [Fault] {
    let limit = YamlReader.maxDepth * 4
    var depth = 0
    for line in 1...source.lineCount {
      let range = source.range(ofLine: line)
      var dashes = 0
      let indent = source.bytes[range].prefix { $0 == 32 }.count
      for at in range {
        switch source.bytes[at] {
        case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
        case UInt8(ascii: "-"), UInt8(ascii: "?"): dashes += isIndicator(source, at) ? 1 : 0
        default: break
        }
        if depth > limit || dashes > limit || indent > 4096 {
          return [Fault(.nestedTooDeep(limit: YamlReader.maxDepth), at..<(at + 1))]
        }
      }
    }
    return []
  }

  private static func isIndicator(_ source: SourceText, _ at: Int) -> Bool {
    at + 1 < source.bytes.count && source.bytes[at + 1] == 32
  }

  /// `&name` and `*name` where a value may start.
  private static func anchors(in source: SourceText) -> [Fault] {
    guard source.bytes.contains(UInt8(ascii: "&")) else { return [] }
    var faults: [Fault] = []
    for line in 1...source.lineCount {
      let range = source.range(ofLine: line)
      var quote: UInt8?
      var canStart = true
      for at in range {
        let byte = source.bytes[at]
        if let open = quote {
          if byte == open { quote = nil }
          continue
        }
        switch byte {
        case 34, 39:
          if canStart { quote = byte }
          canStart = false
        case 32, 9: break
        case UInt8(ascii: "#") where canStart: quote = 0
        case UInt8(ascii: "&") where canStart && isName(source, at + 1):
          if faults.count < maxFaults { faults.append(Fault(.alias, at..<(at + 1))) }
          canStart = false
        default:
          let isBlankNext = at + 1 >= range.upperBound || source.bytes[at + 1] == 32
          let opens = byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{")
          let separates = [UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "?")].contains(byte)
          canStart = opens || byte == UInt8(ascii: ",") || (separates && isBlankNext)
        }
      }
    }
    return faults
  }

  private static func isName(_ source: SourceText, _ at: Int) -> Bool {
    guard at < source.bytes.count else { return false }
    let byte = source.bytes[at]
    return byte == 95 || (byte >= 48 && byte <= 57) || (byte | 32 >= 97 && byte | 32 <= 122)
  }
}
