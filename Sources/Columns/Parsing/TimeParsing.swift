/// Two digits at a place, or nil.
@inline(__always)
private func two(_ p: UnsafePointer<UInt8>) -> Int64? {
  let (high, low) = (p[0] &- 48, p[1] &- 48)
  return high <= 9 && low <= 9 ? Int64(high) * 10 + Int64(low) : nil
}

private let monthLengths: [Int64] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/// Whether the date exists in the Gregorian calendar, years 1 to 9999.
public func isValidDate(year: Int64, month: Int64, day: Int64) -> Bool {
  guard (1...9999).contains(year), (1...12).contains(month), day >= 1 else { return false }
  if month == 2 && day == 29 {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }
  return day <= monthLengths[Int(month) - 1]
}

/// Reads `2026-01-31` as days since the epoch.
public func parseDate(_ bytes: Bytes) -> Int64? {
  guard bytes.count == 10, bytes[4] == 45, bytes[7] == 45,
    let century = two(bytes.start), let rest = two(bytes.start + 2),
    let month = two(bytes.start + 5), let day = two(bytes.start + 8)
  else { return nil }
  let year = century * 100 + rest
  guard isValidDate(year: year, month: month, day: day) else { return nil }
  return daysFromCivil(year: year, month: month, day: day)
}

/// Reads an ISO-8601 time as ms since the epoch: `2026-01-31T12:00:00.123Z`, with a space for the
/// `T`, without seconds' fraction, with `+01:00` or `+0100`; UTC where no zone is given. Digits
/// beyond the millisecond are dropped. A date alone is its midnight.
public func parseTimestamp(_ bytes: Bytes) -> Int64? {
  let p = bytes.start
  let count = bytes.count
  if count == 10 { return parseDate(bytes).map { $0 * msPerDay } }
  guard count >= 16, let days = parseDate(Bytes(start: p, count: 10)),
    p[10] == 84 || p[10] == 32 || p[10] == 116,
    let hour = two(p + 11), p[13] == 58, let minute = two(p + 14), hour < 24, minute < 60
  else { return nil }
  var at = 16
  var second: Int64 = 0
  var ms: Int64 = 0
  if at < count, p[at] == 58 {
    guard at + 2 < count, let value = two(p + at + 1), value < 60 else { return nil }
    second = value
    at += 3
    if at < count, p[at] == 46 || p[at] == 44 {
      at += 1
      let fraction = at
      var unit: Int64 = 100
      while at < count, p[at] &- 48 <= 9 {
        ms += Int64(p[at] &- 48) * unit
        unit /= 10
        at += 1
      }
      guard at > fraction else { return nil }
    }
  }
  let local = days * msPerDay + hour * 3_600_000 + minute * 60_000 + second * 1000 + ms
  if at == count { return local }
  if p[at] | 32 == 122 { return at + 1 == count ? local : nil }
  guard let offset = parseZoneOffset(Bytes(start: p + at, count: count - at)) else { return nil }
  return local - offset
}

/// Reads `+01:00`, `-0530` or `+01` as ms east of UTC.
public func parseZoneOffset(_ bytes: Bytes) -> Int64? {
  let p = bytes.start
  let count = bytes.count
  guard count >= 3, p[0] == 43 || p[0] == 45, let hours = two(p + 1), hours <= 18 else {
    return nil
  }
  var minutes: Int64 = 0
  switch count {
  case 3: break
  case 5:
    guard let value = two(p + 3) else { return nil }
    minutes = value
  case 6:
    guard p[3] == 58, let value = two(p + 4) else { return nil }
    minutes = value
  default: return nil
  }
  guard minutes < 60 else { return nil }
  let offset = (hours * 60 + minutes) * 60_000
  return p[0] == 45 ? -offset : offset
}
