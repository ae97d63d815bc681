import Columns

/// A pattern of Java's DateTimeFormatter, as far as it concerns times in UTC and English names.
struct DatePattern: Sendable {
  private enum Part: Sendable {
    case text([UInt8])
    case letter(UInt8, count: Int)
  }

  private var parts: [Part] = []

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
  private static let days = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
  ]

  /// Nil where it holds a letter that has no meaning here.
  init?(_ pattern: String) {
    let bytes = Array(pattern.utf8)
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if byte == 39 {
        guard let (text, next) = Self.quoted(bytes, at) else { return nil }
        parts.append(.text(text))
        at = next
      } else if (byte | 32) >= 97 && (byte | 32) <= 122 {
        var end = at
        while end < bytes.count, bytes[end] == byte { end += 1 }
        guard "yuMLdHhmsSaED".utf8.contains(byte), end - at <= 9 else { return nil }
        parts.append(.letter(byte, count: end - at))
        at = end
      } else {
        parts.append(.text([byte]))
        at += 1
      }
    }
  }

  private static func quoted(_ bytes: [UInt8], _ start: Int) -> ([UInt8], Int)? {
    if start + 1 < bytes.count, bytes[start + 1] == 39 { return ([39], start + 2) }
    var text: [UInt8] = []
    var at = start + 1
    while at < bytes.count {
      if bytes[at] == 39 {
        guard at + 1 < bytes.count, bytes[at + 1] == 39 else { return (text, at + 1) }
        at += 1
      }
      text.append(bytes[at])
      at += 1
    }
    return nil
  }

  func write(_ ms: Int64, to target: inout [UInt8]) {
    for part in parts {
      switch part {
      case .text(let bytes): target.append(contentsOf: bytes)
      case .letter(let letter, let count): Self.write(letter, count, ms, to: &target)
      }
    }
  }

  private static func write(_ letter: UInt8, _ count: Int, _ ms: Int64, to target: inout [UInt8]) {
    func name(_ names: [String], _ number: Int64) {
      let name = names[Int(number) - 1]
      target.append(contentsOf: (count == 3 ? String(name.prefix(3)) : name).utf8)
    }
    let hour = TimePart.hour.of(ms)
    switch Character(Unicode.Scalar(letter)) {
    case "y", "u":
      let year = TimePart.year.of(ms)
      put(count == 2 ? year % 100 : year, count, to: &target)
    case "M", "L":
      let month = TimePart.month.of(ms)
      count > 2 ? name(months, month) : put(month, count, to: &target)
    case "E":
      let day = days[Int(TimePart.isoDayOfWeek.of(ms)) - 1]
      target.append(contentsOf: (count < 4 ? String(day.prefix(3)) : day).utf8)
    case "d": put(TimePart.day.of(ms), count, to: &target)
    case "D": put(TimePart.dayOfYear.of(ms), count, to: &target)
    case "H": put(hour, count, to: &target)
    case "h": put((hour + 11) % 12 + 1, count, to: &target)
    case "m": put(TimePart.minute.of(ms), count, to: &target)
    case "s": put(TimePart.second.of(ms), count, to: &target)
    case "a": target.append(contentsOf: (hour < 12 ? "AM" : "PM").utf8)
    default:
      // A fraction of a second: its first digits.
      let digits = Array(String(TimePart.millisecond.of(ms) + 1000).utf8.dropFirst())
      for index in 0..<count { target.append(index < 3 ? digits[index] : 48) }
    }
  }

  private static func put(_ value: Int64, _ width: Int, to target: inout [UInt8]) {
    let digits = String(value)
    for _ in 0..<max(0, width - digits.utf8.count) { target.append(48) }
    target.append(contentsOf: digits.utf8)
  }
}
