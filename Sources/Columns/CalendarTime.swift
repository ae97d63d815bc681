/// Days since the epoch of a date in the proleptic Gregorian calendar (Hinnant's algorithm).
public func daysFromCivil(year: Int64, month: Int64, day: Int64) -> Int64 {
  let shifted = month <= 2 ? year - 1 : year
  let era = (shifted >= 0 ? shifted : shifted - 399) / 400
  let yearOfEra = shifted - era * 400
  let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
  let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/// The date of a day since the epoch: the inverse of ``daysFromCivil(year:month:day:)``.
public func civilFromDays(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
  let shifted = days + 719_468
  let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
  let dayOfEra = shifted - era * 146_097
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let monthIndex = (5 * dayOfYear + 2) / 153
  let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
  let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
  return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
}

public let msPerDay: Int64 = 86_400_000

/// The event times that are accepted, ms: from 0001-01-01 to 9999-12-31T23:59:59.999, UTC.
///
/// Inside it no window arithmetic can overflow; a time outside is bad data.
public let eventTimeRange: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

@inline(__always)
private func put(_ value: Int64, digits: Int, at target: UnsafeMutablePointer<UInt8>) {
  var rest = value
  for index in stride(from: digits - 1, through: 0, by: -1) {
    target[index] = UInt8(truncatingIfNeeded: 48 + rest % 10)
    rest /= 10
  }
}

/// Writes `2026-01-31T12:00:00.000Z` (24 bytes) for a time in ``eventTimeRange``.
///
/// - Returns: the bytes written; a time outside the range is written as ms.
public func writeTimestamp(_ ms: Int64, to target: UnsafeMutablePointer<UInt8>) -> Int {
  guard eventTimeRange.contains(ms) else {
    let text = Array(String(ms).utf8)
    for (index, byte) in text.enumerated() { target[index] = byte }
    return text.count
  }
  var days = ms / msPerDay
  var rest = ms % msPerDay
  if rest < 0 {
    rest += msPerDay
    days -= 1
  }
  let date = civilFromDays(days)
  put(date.year, digits: 4, at: target)
  target[4] = 45
  put(date.month, digits: 2, at: target + 5)
  target[7] = 45
  put(date.day, digits: 2, at: target + 8)
  target[10] = 84
  writeTimeOfDay(rest, to: target + timeOfDayOffset)
  return 24
}

/// Where the time of day stands in the text of ``writeTimestamp(_:to:)``.
public let timeOfDayOffset = 11

/// The second half of ``writeTimestamp(_:to:)``: `12:00:00.000Z`.
///
/// - Parameter ms: since midnight, below a day.
public func writeTimeOfDay(_ ms: Int64, to target: UnsafeMutablePointer<UInt8>) {
  put(ms / 3_600_000, digits: 2, at: target)
  target[2] = 58
  put(ms / 60_000 % 60, digits: 2, at: target + 3)
  target[5] = 58
  put(ms / 1000 % 60, digits: 2, at: target + 6)
  target[8] = 46
  put(ms % 1000, digits: 3, at: target + 9)
  target[12] = 90
}

/// ISO-8601 in UTC with milliseconds, such as `2026-01-31T12:00:00.000Z`.
public func formatTimestamp(_ ms: Int64) -> String {
  if ms == minWatermark { return "-∞" }
  if ms == maxWatermark { return "+∞" }
  return String(unsafeUninitializedCapacity: 24) { buffer in
    guard let start = buffer.baseAddress else { return 0 }
    return writeTimestamp(ms, to: start)
  }
}

/// A date such as `2026-01-31`.
public func formatDate(_ days: Int64) -> String {
  String(formatTimestamp(days &* msPerDay).prefix(10))
}

/// A length of time in the shortest words that say it exactly, such as `90 s`, `1 m`, `500 ms`.
public func formatDuration(_ ms: Int64) -> String {
  for (unit, size) in [("d", msPerDay), ("h", 3_600_000), ("m", 60_000), ("s", 1000)]
  where ms != 0 && ms % size == 0 {
    return "\(ms / size) \(unit)"
  }
  return "\(ms) ms"
}
