import Columns

/// The time of day of an event time in UTC, such as `12:00:27` or `12:00:27.250`.
///
/// Before the first watermark it is unknown; after the last it is the end of time.
func formatClock(_ ms: Int64, milliseconds: Bool? = nil) -> String {
  if ms <= minWatermark { return unknownText }
  if ms == maxWatermark { return "end" }
  guard eventTimeRange.contains(ms) else { return "\(ms) ms" }
  let text = formatTimestamp(ms)
  let showsMilliseconds = milliseconds ?? (floorModulo(ms, 1000) != 0)
  return String(text.dropFirst(11).prefix(showsMilliseconds ? 12 : 8))
}

/// Date and time in UTC, such as `2026-01-31 12:00:27`.
func formatMoment(_ ms: Int64) -> String {
  if ms <= minWatermark || ms == maxWatermark || !eventTimeRange.contains(ms) {
    return formatClock(ms)
  }
  return String(formatTimestamp(ms).prefix(10)) + " " + formatClock(ms)
}

/// A window's bounds, the end shortened to what differs: `[12:00:20, :30)`.
func formatBounds(start: Int64, end: Int64) -> String {
  if start == minWatermark { return unknownText }
  let from = formatClock(start)
  guard eventTimeRange.contains(start), eventTimeRange.contains(end) else {
    return "[\(from), \(formatClock(end)))"
  }
  if floorDivide(start, msPerDay) != floorDivide(end - 1, msPerDay) || end - start >= msPerDay {
    return "[\(formatTimestamp(start).dropFirst(5).prefix(11)), "
      + "\(formatTimestamp(end).dropFirst(5).prefix(11)))"
  }
  let until = formatClock(end)
  if floorDivide(start, 60_000) == floorDivide(end, 60_000) {
    return "[\(from), \(until.dropFirst(5)))"
  }
  return "[\(from), \(until))"
}

/// A length of time to be read at a glance, such as `350 ms`, `2.9 s`, `11 s`, `3 m 20 s`.
func formatSpan(_ ms: Int64) -> String {
  let size = ms.magnitude
  let sign = ms < 0 ? "-" : ""
  switch size {
  case 0: return "0 s"
  case ..<1000: return "\(sign)\(size) ms"
  case ..<10_000:
    let tenths = size / 100
    return tenths % 10 == 0 ? "\(sign)\(tenths / 10) s" : "\(sign)\(tenths / 10).\(tenths % 10) s"
  case ..<120_000: return "\(sign)\(size / 1000) s"
  case ..<7_200_000: return pair(size / 60_000, "m", size / 1000 % 60, "s", sign: sign)
  case ..<172_800_000: return pair(size / 3_600_000, "h", size / 60_000 % 60, "m", sign: sign)
  default: return pair(size / 86_400_000, "d", size / 3_600_000 % 24, "h", sign: sign)
  }
}

private func pair(
  _ large: UInt64, _ unit: String, _ small: UInt64, _ smallUnit: String, sign: String
) -> String {
  small == 0 ? "\(sign)\(large) \(unit)" : "\(sign)\(large) \(unit) \(small) \(smallUnit)"
}

/// The difference of two times; nil where either is no real time or it would overflow.
func timeBetween(_ from: Int64, _ to: Int64) -> Int64? {
  guard from > minWatermark, from != maxWatermark, to > minWatermark, to != maxWatermark else {
    return nil
  }
  let (difference, overflow) = to.subtractingReportingOverflow(from)
  return overflow ? nil : difference
}

/// Division that rounds towards minus infinity, so that times before the epoch fall in place.
func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
  let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
  return rest < 0 ? quotient - 1 : quotient
}

/// What floorDivide leaves: 0 ..< divisor.
func floorModulo(_ value: Int64, _ divisor: Int64) -> Int64 {
  let rest = value % divisor
  return rest < 0 ? rest + divisor : rest
}
