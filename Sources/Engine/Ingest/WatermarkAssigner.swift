import Columns

/// Bounded out-of-orderness, one record at a time: `watermark = newest - bound - 1`, never
/// backwards.
struct WatermarkAssigner {
  enum Fault: Error, Equatable {
    case missing
    case outOfRange(Int64)
    case tooFarAhead(Int64, watermark: Int64, limit: Int64)

    /// What the dead letter says.
    var message: String {
      switch self {
      case .missing: "the event time is missing"
      case .outOfRange(let time): "the event time \(time) ms is outside the years 1 to 9999"
      case .tooFarAhead(let time, let watermark, let limit):
        "the event time \(formatTimestamp(time)) is \(formatDuration(time - watermark)) ahead of"
          + " the watermark; max_future is \(formatDuration(limit))"
      }
    }
  }

  let spec: WatermarkSpec
  /// The newest event time of this split.
  private(set) var newest: Int64?
  /// The watermark after the records so far.
  private(set) var watermark: Int64

  init(spec: WatermarkSpec, newest: Int64?, watermark: Int64) {
    self.spec = spec
    self.newest = newest
    self.watermark = watermark
  }

  /// Takes a record's event time in, or says why it cannot be one.
  mutating func assign(_ time: Int64?) -> Fault? {
    guard let time else { return .missing }
    guard eventTimeRange.contains(time) else { return .outOfRange(time) }
    if let limit = spec.maxFutureMs, watermark != minWatermark, time - watermark > limit {
      return .tooFarAhead(time, watermark: watermark, limit: limit)
    }
    if newest.map({ time > $0 }) ?? true {
      newest = time
      watermark = max(watermark, time - spec.outOfOrdernessMs - 1)
    }
    return nil
  }

  /// The same for a run of records that all have a time: writes the watermark before each.
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
      if let fault = assign(time) {
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
