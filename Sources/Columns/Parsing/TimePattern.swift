/// A time pattern of Java's DateTimeFormatter, ready to read times.
///
/// Letters: `y` year, `M` month (`MMM` its English short name), `d` day, `H` hour, `h` with `a`
/// hour of half-day, `m` minute, `s` second, `S` fraction, `Z`, `x` and `X` zone offset, `E` day
/// name (skipped), `p` padding with spaces before the next letter (`ppd`: ` 1`), `'text'` literally.
public struct TimePattern: Sendable, Hashable {
  enum Part: Sendable, Hashable {
    case literal(UInt8)
    case number(Component, minDigits: Int, maxDigits: Int)
    case monthName, dayName, halfDay, zone
    /// At most so many spaces.
    case padding(Int)
  }

  enum Component: Sendable { case year, month, day, hour, hour12, minute, second, fraction }

  public let text: String
  private let parts: [Part]

  /// The pattern, or nil with ``fault(in:)`` saying why.
  public init?(_ text: String) {
    guard let parts = Self.parse(text).parts else { return nil }
    self.text = text
    self.parts = parts
  }

  /// What is wrong with a pattern; nil where nothing is.
  public static func fault(in text: String) -> String? { parse(text).fault }

  private static func parse(_ text: String) -> (parts: [Part]?, fault: String?) {
    var parts: [Part] = []
    let letters = Array(text.utf8)
    var at = 0
    while at < letters.count {
      let letter = letters[at]
      var width = 1
      // Quotes come in pairs, not in runs.
      while letter != UInt8(ascii: "'"), at + width < letters.count, letters[at + width] == letter {
        width += 1
      }
      switch letter {
      case UInt8(ascii: "y"), UInt8(ascii: "u"):
        parts.append(.number(.year, minDigits: 4, maxDigits: 4))
      case UInt8(ascii: "M"), UInt8(ascii: "L"):
        parts.append(
          width >= 3
            ? .monthName : .number(.month, minDigits: width, maxDigits: 2))
      case UInt8(ascii: "d"): parts.append(.number(.day, minDigits: width, maxDigits: 2))
      case UInt8(ascii: "H"): parts.append(.number(.hour, minDigits: width, maxDigits: 2))
      case UInt8(ascii: "h"): parts.append(.number(.hour12, minDigits: width, maxDigits: 2))
      case UInt8(ascii: "m"): parts.append(.number(.minute, minDigits: width, maxDigits: 2))
      case UInt8(ascii: "s"): parts.append(.number(.second, minDigits: width, maxDigits: 2))
      case UInt8(ascii: "S"):
        parts.append(.number(.fraction, minDigits: width, maxDigits: width))
      case UInt8(ascii: "a"): parts.append(.halfDay)
      case UInt8(ascii: "E"): parts.append(.dayName)
      case UInt8(ascii: "Z"), UInt8(ascii: "x"), UInt8(ascii: "X"): parts.append(.zone)
      case UInt8(ascii: "p"): parts.append(.padding(width - 1))
      case UInt8(ascii: "'"):
        guard let close = letters[(at + 1)...].firstIndex(of: letter) else {
          return (nil, "the quote ' is not closed")
        }
        if close == at + 1 { parts.append(.literal(letter)) }
        for byte in letters[(at + 1)..<close] { parts.append(.literal(byte)) }
        width = close - at + 1
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
        let name = Character(UnicodeScalar(letter))
        return (nil, "the letter '\(name)' is not known in a time pattern; quote literal text: 'T'")
      default:
        for _ in 0..<width { parts.append(.literal(letter)) }
      }
      at += width
    }
    return (parts, nil)
  }

  private static let monthNames = Array("janfebmaraprmayjunjulaugsepoctnovdec".utf8)

  /// Reads a time as ms since the epoch; UTC where the pattern has no zone.
  public func parse(_ bytes: Bytes) -> Int64? {
    var (year, month, day): (Int64, Int64, Int64) = (1970, 1, 1)
    var (hour, minute, second, ms, offset): (Int64, Int64, Int64, Int64, Int64) = (0, 0, 0, 0, 0)
    var isAfternoon: Bool?
    var at = 0
    let count = bytes.count
    for part in parts {
      switch part {
      case .literal(let byte):
        guard at < count, bytes[at] == byte else { return nil }
        at += 1
      case .padding(let most):
        let first = at
        while at < count, at - first < most, bytes[at] == 32 { at += 1 }
      case .number(let component, let minDigits, let maxDigits):
        var value: Int64 = 0
        let first = at
        while at < count, at - first < maxDigits, bytes[at] &- 48 <= 9 {
          value = value * 10 + Int64(bytes[at] &- 48)
          if at - first >= 15 { return nil }
          at += 1
        }
        guard at - first >= minDigits, at > first else { return nil }
        switch component {
        case .year: year = value
        case .month: month = value
        case .day: day = value
        case .hour, .hour12: hour = value
        case .minute: minute = value
        case .second: second = value
        case .fraction:
          var digits = at - first
          while digits > 3 {
            value /= 10
            digits -= 1
          }
          while digits < 3 {
            value *= 10
            digits += 1
          }
          ms = value
        }
      case .monthName:
        guard at + 3 <= count else { return nil }
        var found: Int64?
        for index in 0..<12
        where (0..<3).allSatisfy({ bytes[at + $0] | 32 == Self.monthNames[index * 3 + $0] }) {
          found = Int64(index + 1)
        }
        guard let found else { return nil }
        month = found
        at += 3
      case .dayName:
        guard at + 3 <= count else { return nil }
        at += 3
      case .halfDay:
        guard at + 2 <= count, bytes[at + 1] | 32 == 109 else { return nil }
        switch bytes[at] | 32 {
        case 97: isAfternoon = false
        case 112: isAfternoon = true
        default: return nil
        }
        at += 2
      case .zone:
        if at < count, bytes[at] | 32 == 122 {
          at += 1
          continue
        }
        let width = at + 6 <= count && bytes[at + 3] == 58 ? 6 : min(5, count - at)
        guard at + width <= count,
          let zone = parseZoneOffset(Bytes(start: bytes.start + at, count: width))
        else { return nil }
        offset = zone
        at += width
      }
    }
    if let isAfternoon {
      guard (1...12).contains(hour) else { return nil }
      hour = hour % 12 + (isAfternoon ? 12 : 0)
    }
    guard at == count, isValidDate(year: year, month: month, day: day), hour < 24, minute < 60,
      second < 60
    else { return nil }
    return daysFromCivil(year: year, month: month, day: day) * msPerDay + hour * 3_600_000
      + minute * 60_000 + second * 1000 + ms - offset
  }
}
