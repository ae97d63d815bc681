import Columns

/// A length of calendar time that is counted and rounded to.
enum TimeUnit: String, CaseIterable, Sendable {
  case year = "YEAR"
  case quarter = "QUARTER"
  case month = "MONTH"
  case week = "WEEK"
  case day = "DAY"
  case hour = "HOUR"
  case minute = "MINUTE"
  case second = "SECOND"
  case millisecond = "MILLISECOND"

  /// Months of the units that are not of one length.
  private var months: Int64? {
    switch self {
    case .year: 12
    case .quarter: 3
    case .month: 1
    default: nil
    }
  }

  private var ms: Int64 {
    switch self {
    case .week: 7 * msPerDay
    case .hour: 3_600_000
    case .minute: 60_000
    case .second: 1000
    case .millisecond: 1
    default: msPerDay
    }
  }

  var isWholeDays: Bool { months != nil || self == .week || self == .day }

  /// The start of the unit that a time lies in. Weeks start on Sunday, as in Flink.
  func floor(_ time: Int64) -> Int64 {
    guard let months else {
      let shift = self == .week ? 4 * msPerDay : 0  // the epoch was a Thursday
      return floorDivide(time + shift, ms) * ms - shift
    }
    let date = civilFromDays(floorDivide(time, msPerDay))
    let month = (date.month - 1) / months * months + 1
    return daysFromCivil(year: date.year, month: month, day: 1) * msPerDay
  }

  /// The time so many units later; a day that the month lacks becomes its last.
  func add(_ count: Int64, to time: Int64) -> Int64? {
    guard let months else {
      let (product, first) = count.multipliedReportingOverflow(by: ms)
      let (sum, second) = product.addingReportingOverflow(time)
      return first || second ? nil : sum
    }
    guard abs(count.clamped(to: -200_000...200_000)) < 200_000 else { return nil }
    let days = floorDivide(time, msPerDay)
    let date = civilFromDays(days)
    let total = date.year * 12 + date.month - 1 + count * months
    let (year, month) = (floorDivide(total, 12), total - floorDivide(total, 12) * 12 + 1)
    let day = min(date.day, daysInMonth(year: year, month: month))
    return daysFromCivil(year: year, month: month, day: day) * msPerDay + time - days * msPerDay
  }

  /// How many whole units lie from one time to another, rounded towards zero.
  func between(_ from: Int64, _ to: Int64) -> Int64 {
    guard let months else { return (to &- from) / ms }
    if to < from { return -between(to, from) }
    let (a, b) = (
      civilFromDays(floorDivide(from, msPerDay)), civilFromDays(floorDivide(to, msPerDay))
    )
    var whole = (b.year - a.year) * 12 + b.month - a.month
    if whole > 0, let reached = TimeUnit.month.add(whole, to: from), reached > to { whole -= 1 }
    return whole / months
  }
}

extension Int64 {
  fileprivate func clamped(to range: ClosedRange<Int64>) -> Int64 {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}

/// A part of a time, for EXTRACT.
enum TimePart: String, CaseIterable, Sendable {
  case year = "YEAR"
  case quarter = "QUARTER"
  case month = "MONTH"
  case week = "WEEK"
  case day = "DAY"
  case dayOfWeek = "DOW"
  case isoDayOfWeek = "ISODOW"
  case dayOfYear = "DOY"
  case hour = "HOUR"
  case minute = "MINUTE"
  case second = "SECOND"
  case millisecond = "MILLISECOND"
  case epoch = "EPOCH"
  case isoYear = "ISOYEAR"
  case decade = "DECADE"
  case century = "CENTURY"
  case millennium = "MILLENNIUM"

  func of(_ time: Int64) -> Int64 {
    let days = floorDivide(time, msPerDay)
    let rest = time - days * msPerDay
    switch self {
    case .hour: return rest / 3_600_000
    case .minute: return rest / 60_000 % 60
    case .second: return rest / 1000 % 60
    case .millisecond: return rest % 1000
    case .epoch: return floorDivide(time, 1000)
    case .dayOfWeek: return Self.weekday(days) % 7 + 1
    case .isoDayOfWeek: return Self.weekday(days)
    default: break
    }
    let date = civilFromDays(days)
    switch self {
    case .year: return date.year
    case .decade: return floorDivide(date.year, 10)
    case .century: return floorDivide(date.year - 1, 100) + 1
    case .millennium: return floorDivide(date.year - 1, 1000) + 1
    case .isoYear: return civilFromDays(days - Self.weekday(days) + 4).year
    case .quarter: return (date.month + 2) / 3
    case .month: return date.month
    case .day: return date.day
    case .dayOfYear: return days - daysFromCivil(year: date.year, month: 1, day: 1) + 1
    default:
      // The ISO week is that of its Thursday.
      let thursday = days - Self.weekday(days) + 4
      let year = civilFromDays(thursday).year
      return (thursday - daysFromCivil(year: year, month: 1, day: 1)) / 7 + 1
    }
  }

  /// Monday is 1, Sunday 7.
  static func weekday(_ days: Int64) -> Int64 {
    let day = (days + 3) % 7
    return (day < 0 ? day + 7 : day) + 1
  }
}
