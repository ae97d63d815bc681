/// What stands where a value is not known: never a zero.
let unknownText = "—"

/// A whole number with its thousands apart, such as `12,431`.
func formatCount(_ number: Int64) -> String {
  let digits = String(number.magnitude)
  var text = number < 0 ? "-" : ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  return text
}

/// A number with what it counts: `1 row`, `12,431 rows`.
///
/// - Parameter noun: one of them; more of them end in an s.
func formatCounted(_ number: Int64, _ noun: String) -> String {
  "\(formatCount(number)) \(noun)\(number == 1 ? "" : "s")"
}

/// A number in at most five characters, such as `999`, `12.4k`, `3.1M`, for tight places.
func formatCompact(_ number: Int64) -> String {
  let size = number.magnitude
  for (unit, factor): (String, UInt64) in [("G", 1_000_000_000), ("M", 1_000_000), ("k", 1000)]
  where size >= factor && size >= 10_000 {
    let tenths = size / (factor / 10)
    let whole = tenths / 10
    let text = whole >= 100 ? "\(whole)" : "\(whole).\(tenths % 10)"
    return (number < 0 ? "-" : "") + text + unit
  }
  return String(number)
}

/// A rate such as `812/s` or `0.4/s`.
func formatRate(_ perSecond: Double) -> String {
  guard perSecond.isFinite, perSecond >= 0, perSecond < 1e15 else { return unknownText }
  if perSecond > 0, perSecond < 10 {
    let tenths = Int64((perSecond * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)/s" : "\(tenths / 10).\(tenths % 10)/s"
  }
  return formatCompact(Int64(perSecond.rounded())) + "/s"
}

/// A part of a whole in per cent, such as `24 %`; unknown without a whole.
func formatPercent(_ part: Int64, of whole: Int64?) -> String {
  guard let whole, whole > 0 else { return unknownText }
  return "\(Int64((Double(part) / Double(whole) * 100).rounded(.down))) %"
}

/// A share of 0 to 1 in per cent, such as `31 %`; less than one per cent is not nothing.
func formatShare(_ share: Double) -> String {
  guard share.isFinite else { return unknownText }
  let percent = (share * 100).rounded()
  return share > 0 && percent < 1 ? "<1 %" : "\(Int64(min(max(percent, 0), 100))) %"
}
