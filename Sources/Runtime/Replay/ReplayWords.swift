import Columns

/// A time of day in UTC, with milliseconds only where there are any.
func clockText(_ ms: Int64) -> String {
  let text = formatTimestamp(ms).dropFirst(11).dropLast()
  return String(text.hasSuffix(".000") ? text.dropLast(4) : text)
}

func spanText(_ start: Int64, _ end: Int64) -> String {
  start == minWatermark ? "its window" : "[\(clockText(start)), \(clockText(end)))"
}

/// A length of time as people say it: `850 ms`, `4.1 s`, `2 m 5 s`.
func lengthText(_ ms: Int64) -> String {
  switch ms {
  case ..<1000: return "\(ms) ms"
  case ..<60_000:
    let tenths = (ms + 50) / 100
    return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
  default:
    let seconds = ms / 1000 % 60
    return "\(ms / 60_000) m" + (seconds == 0 ? "" : " \(seconds) s")
  }
}

func keyName(_ key: String) -> String { key.isEmpty ? "all" : key }

/// A value on screen: doubles to two decimals.
func displayText(_ value: Value) -> String {
  switch value {
  case .null: return "—"
  case .time(let ms): return clockText(ms)
  case .double(let number):
    guard abs(number) < 1e15, number.isFinite else { return String(number) }
    let cents = (abs(number) * 100).rounded()
    let whole = Int64(cents / 100)
    let rest = Int64(cents) % 100
    let sign = number < 0 && cents > 0 ? "-" : ""
    let fraction = rest < 10 ? "0\(rest)" : "\(rest)"
    return rest == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(fraction)"
  default: return value.description
  }
}
