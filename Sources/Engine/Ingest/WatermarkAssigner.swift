import Columns

/// A split's own watermark, one row at a time, never backwards.
struct WatermarkAssigner {
  enum Fault: Error, Equatable {
    case missing
    case outOfRange(Int64)
    case tooFarAhead(Int64, watermark: Int64, limit: Int64)
    case carriedOutOfRange(Int64)
    case carriedTooFarAhead(Int64, watermark: Int64, limit: Int64)

    /// What the dead letter says.
    var message: String {
      switch self {
      case .missing: "the event time is missing"
      case .outOfRange(let time): "the event time \(time) ms is outside the years 1 to 9999"
      case .tooFarAhead(let time, let watermark, let limit):
        "the event time \(Self.ahead(time, watermark, limit))"
      case .carriedOutOfRange(let time):
        "the carried watermark \(time) ms is outside the years 1 to 9999"
      case .carriedTooFarAhead(let time, let watermark, let limit):
        "the carried watermark \(Self.ahead(time, watermark, limit))"
      }
    }

    private static func ahead(_ time: Int64, _ watermark: Int64, _ limit: Int64) -> String {
      "\(formatTimestamp(time)) is \(formatDuration(time - watermark)) ahead of"
        + " the watermark; max_future is \(formatDuration(limit))"
    }
  }

  private enum Rule { case bounded, carried, processingTime }

  private let rule: Rule
  private let outOfOrdernessMs: Int64
  private let maxFutureMs: Int64?
  /// The newest event time of the split.
  private(set) var newest: Int64?
  /// The split's watermark after the rows so far.
  private(set) var watermark: Int64

  init(spec: WatermarkSpec, newest: Int64?, watermark: Int64) {
    switch spec.strategy {
    case .bounded: rule = .bounded
    case .carried: rule = .carried
    case .processingTime: rule = .processingTime
    }
    outOfOrdernessMs = spec.outOfOrdernessMs
    maxFutureMs = spec.maxFutureMs
    self.newest = newest
    self.watermark = watermark
  }

  /// What the watermark of a split is by its newest event time alone; lowest where the rule needs
  /// more than that.
  static func watermark(after newest: Int64?, _ spec: WatermarkSpec) -> Int64 {
    guard case .bounded = spec.strategy, let newest else { return minWatermark }
    return newest - spec.outOfOrdernessMs - 1
  }

  /// Takes a row's event time in, or says why it cannot be one.
  ///
  /// - Parameters:
  ///   - carried: what the row says of the watermark.
  ///   - combined: the operator's watermark, which `max_future` counts from.
  mutating func assign(_ time: Int64?, carried: Int64? = nil, combined: Int64) -> Fault? {
    guard let time else { return .missing }
    guard eventTimeRange.contains(time) else { return .outOfRange(time) }
    if let limit = maxFutureMs, combined != minWatermark, time - combined > limit {
      return .tooFarAhead(time, watermark: combined, limit: limit)
    }
    switch rule {
    case .bounded:
      if newest.map({ time > $0 }) ?? true {
        watermark = max(watermark, time - outOfOrdernessMs - 1)
      }
    case .carried:
      if let carried {
        if let fault = refuse(carried, combined) { return fault }
        watermark = max(watermark, carried)
      }
    case .processingTime: watermark = max(watermark, time - 1)
    }
    newest = newest.map { max($0, time) } ?? time
    return nil
  }

  private func refuse(_ carried: Int64, _ combined: Int64) -> Fault? {
    guard eventTimeRange.contains(carried) else { return .carriedOutOfRange(carried) }
    if let limit = maxFutureMs, combined != minWatermark, carried - combined > limit {
      return .carriedTooFarAhead(carried, watermark: combined, limit: limit)
    }
    return nil
  }

  /// Bounded out-of-orderness for a run of rows that all have a time, where the split is the only
  /// one: writes the watermark before each.
  ///
  /// - Returns: the records that were refused.
  mutating func assignAll(
    _ times: UnsafePointer<Int64>, _ count: Int, _ watermarks: UnsafeMutablePointer<Int64>
  ) -> [BadRecord] {
    var rejected: [BadRecord] = []
    var high = newest ?? Int64.min
    var current = watermark
    for row in 0..<count {
      let time = times[row]
      watermarks[row] = current
      if time <= high, time >= eventTimeRange.lowerBound { continue }
      newest = high == Int64.min ? nil : high
      watermark = current
      if let fault = assign(time, combined: current) {
        rejected.append(BadRecord(row: row, error: fault.message))
      } else {
        high = time
        current = watermark
      }
    }
    newest = high == Int64.min ? nil : high
    watermark = current
    return rejected
  }
}
