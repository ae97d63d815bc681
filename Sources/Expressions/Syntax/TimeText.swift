import Columns

/// The day of `2026-01-31`, since the epoch; nil for anything else.
func parseSQLDate(_ text: String) -> Int64? {
  var scanner = TimeScanner(text)
  guard let days = scanner.date(), scanner.isAtEnd else { return nil }
  return days
}

/// The time of `2026-01-31[ 12:00[:00[.000]]]`, also with `T` and a zone, in ms; nil otherwise.
func parseSQLTimestamp(_ text: String) -> Int64? {
  var scanner = TimeScanner(text)
  guard scanner.startsWithDay else { return nil }
  guard let days = scanner.date() else { return nil }
  var ms = days * msPerDay
  if scanner.isAtEnd { return ms }
  guard scanner.accept(32) || scanner.accept(84), let time = scanner.timeOfDay() else { return nil }
  ms += time
  guard let offset = scanner.zone(), scanner.isAtEnd else { return nil }
  return eventTimeRange.contains(ms - offset) ? ms - offset : nil
}

/// The length of `5`, `1.5` or `1 02:03:04.5` in the units of an INTERVAL, in ms.
func parseInterval(_ text: String, unit: String, size: Int64, last: String) -> Int64? {
  var scanner = TimeScanner(text)
  let isNegative = scanner.accept(45)
  if !isNegative { _ = scanner.accept(43) }
  if unit == "WEEK" {
    guard last == unit, let weeks = scanner.number(digits: 1...9), scanner.isAtEnd else {
      return nil
    }
    return (isNegative ? -weeks : weeks) * size
  }
  let units = ["DAY", "HOUR", "MINUTE", "SECOND"]
  let sizes = [msPerDay, 3_600_000, 60_000, 1000]
  guard let first = units.firstIndex(of: unit), let end = units.firstIndex(of: last), first <= end
  else { return nil }
  var total: Int64 = 0
  for index in first...end {
    if index > first, !scanner.accept(index == 1 ? 32 : 58) { return nil }
    guard let number = scanner.number(digits: 1...9) else { return nil }
    total += number * sizes[index]
  }
  if last == "SECOND", scanner.accept(46) {
    guard let fraction = scanner.fraction() else { return nil }
    total += fraction
  }
  return scanner.isAtEnd ? (isNegative ? -total : total) : nil
}

/// Reads the parts of dates and times byte by byte.
private struct TimeScanner {
  private let bytes: [UInt8]
  private var at = 0

  init(_ text: String) {
    let blanks = text.utf8.drop { $0 == 32 }
    var bytes = Array(blanks)
    while bytes.last == 32 { bytes.removeLast() }
    self.bytes = bytes
  }

  var isAtEnd: Bool { at == bytes.count }

  /// Whether the text starts as `2026-01-31` does: a time needs all of its date.
  var startsWithDay: Bool {
    bytes.prefix(while: { $0 != 32 && $0 != 84 }).filter { $0 == 45 }.count >= 2
  }

  mutating func accept(_ byte: UInt8) -> Bool {
    guard at < bytes.count, bytes[at] == byte else { return false }
    at += 1
    return true
  }

  mutating func number(digits: ClosedRange<Int>) -> Int64? {
    var value: Int64 = 0
    var count = 0
    while at < bytes.count, count < digits.upperBound, Lexer.isDigit(bytes[at]) {
      value = value * 10 + Int64(bytes[at] - 48)
      at += 1
      count += 1
    }
    return digits.contains(count) ? value : nil
  }

  /// The digits after a decimal point as ms; digits below a millisecond are cut.
  mutating func fraction() -> Int64? {
    let start = at
    guard let value = number(digits: 1...9) else { return nil }
    var ms = value
    for _ in 0..<abs(at - start - 3) { ms = at - start < 3 ? ms * 10 : ms / 10 }
    return ms
  }

  mutating func date() -> Int64? {
    guard let year = number(digits: 1...4), year > 0 else { return nil }
    // Flink reads a year, and a year with a month, as their first day.
    var (month, day): (Int64, Int64) = (1, 1)
    if accept(45) {
      guard let found = number(digits: 1...2), (1...12).contains(found) else { return nil }
      month = found
      if accept(45) {
        guard let found = number(digits: 1...2), found >= 1,
          found <= daysInMonth(year: year, month: month)
        else { return nil }
        day = found
      }
    }
    return daysFromCivil(year: year, month: month, day: day)
  }

  mutating func timeOfDay() -> Int64? {
    guard let hour = number(digits: 1...2), hour < 24, accept(58),
      let minute = number(digits: 1...2), minute < 60
    else { return nil }
    var ms = hour * 3_600_000 + minute * 60_000
    if accept(58) {
      guard let second = number(digits: 1...2), second < 60 else { return nil }
      ms += second * 1000
      if accept(46) {
        guard let fraction = fraction() else { return nil }
        ms += fraction
      }
    }
    return ms
  }

  /// The offset of the zone from UTC in ms, 0 where none is given.
  mutating func zone() -> Int64? {
    if isAtEnd || accept(90) { return 0 }
    let isNegative = accept(45)
    guard isNegative || accept(43), let hour = number(digits: 2...2), hour <= 18 else { return nil }
    _ = accept(58)
    guard let minute = number(digits: 2...2), minute < 60 else { return nil }
    let offset = hour * 3_600_000 + minute * 60_000
    return isNegative ? -offset : offset
  }
}

func daysInMonth(year: Int64, month: Int64) -> Int64 {
  switch month {
  case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
  case 4, 6, 9, 11: 30
  default: 31
  }
}
