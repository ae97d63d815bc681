import Columns
import Runtime

/// Reads what was typed into *go to*: `12:00:30`, `2026-01-31 12:00`, an offset, `late`, `end`.
enum GoToTarget {
  struct Fault: Error, Equatable {
    var text: String
  }

  static let help = "a time 12:00:30 · an offset 12431 · 25% · start · late · end"

  /// The move that was meant.
  ///
  /// - Parameter near: an event time whose day a time without a date belongs to.
  static func move(
    for text: String, near: Int64?, total: Int64?
  ) -> Result<ReplayMove, Fault> {
    let word = text.lowercased().filter { $0 != "," }
    switch word.trimmingSpaces() {
    case "": return .failure(Fault(text: "say where: \(help)"))
    case "start": return .success(.position(0))
    case "end": return .success(.end)
    case "late": return .success(.nextLate)
    case "firing", "fire": return .success(.nextFiring)
    case "watermark", "wm": return .success(.nextWatermark)
    case let word where word.hasSuffix("%"):
      guard let percent = Double(word.dropLast()), (0...100).contains(percent) else {
        return .failure(Fault(text: "a percentage lies between 0% and 100%"))
      }
      guard let total else { return .failure(Fault(text: "the size of the log is not known")) }
      return .success(.position(Int64(Double(total) * percent / 100)))
    case let word:
      if let offset = Int64(word), offset >= 0 { return .success(.position(offset)) }
      if word.contains(":") { return time(word, near: near) }
      return .failure(Fault(text: "“\(text)” is none of: \(help)"))
    }
  }

  private static func time(_ text: String, near: Int64?) -> Result<ReplayMove, Fault> {
    let fault = Fault(text: "a time is HH:MM, HH:MM:SS or YYYY-MM-DD HH:MM:SS, in UTC")
    let parts = text.split(whereSeparator: { $0 == " " || $0 == "t" })
    guard let clock = parts.last, parts.count <= 2, let inDay = timeOfDay(clock) else {
      return .failure(fault)
    }
    if parts.count == 2 {
      let date = parts[0].split(separator: "-").map { Int64($0) }
      guard date.count == 3, let year = date[0], let month = date[1], let day = date[2],
        (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day)
      else { return .failure(fault) }
      let days = daysFromCivil(year: year, month: month, day: day)
      return .success(.eventTime(days * msPerDay + inDay))
    }
    guard let near, eventTimeRange.contains(near) else {
      return .failure(Fault(text: "no event has been read yet, so the day is not known: add it"))
    }
    return .success(.eventTime(floorDivide(near, msPerDay) * msPerDay + inDay))
  }

  /// `12:00`, `12:00:30`, `12:00:30.250`, with or without a `z`, as ms of the day.
  private static func timeOfDay(_ text: Substring) -> Int64? {
    let clock = text.hasSuffix("z") ? text.dropLast() : text
    let halves = clock.split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = halves.first, halves.count <= 2 else { return nil }
    let fields = whole.split(separator: ":", omittingEmptySubsequences: false).map { Int64($0) }
    guard (2...3).contains(fields.count), let hours = fields[0], let minutes = fields[1],
      (0...23).contains(hours), (0...59).contains(minutes)
    else { return nil }
    var seconds: Int64 = 0
    if fields.count == 3 {
      guard let value = fields[2], (0...59).contains(value) else { return nil }
      seconds = value
    }
    var milliseconds: Int64 = 0
    if halves.count == 2 {
      let digits = halves[1].prefix(3)
      guard let value = Int64(digits), value >= 0 else { return nil }
      milliseconds = value * [1, 100, 10, 1][digits.count]
    }
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds
  }
}

extension String {
  func trimmingSpaces() -> String {
    var text = Substring(self)
    while text.first == " " { text = text.dropFirst() }
    while text.last == " " { text = text.dropLast() }
    return String(text)
  }
}
