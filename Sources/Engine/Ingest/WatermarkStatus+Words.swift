public import Columns
import Expressions

extension WatermarkStatus {
  /// Why the combined watermark stands where it does, in a line: the split that holds it, with the
  /// numbers.
  ///
  /// - Parameter clock: how a time is written.
  public func reason(_ clock: (Int64) -> String = formatTimestamp) -> String {
    if spec.isProcessingTime {
      guard combined != minWatermark else { return "nothing has been read yet" }
      return "the time of reading: \(clock(combined + 1)) − 1 ms"
    }
    guard let holder else {
      return splits.contains(where: \.isActive)
        ? "every active split is back from idle and behind it: it waits for them to catch up"
        : "every split has ended"
    }
    var text = origin(of: splits[holder], clock)
    if !splits[holder].isActive, splits.count > 1 {
      text = "every split is idle, so the highest counts: \(text)"
    }
    if combined > splits[holder].watermark {
      text += "; it stood higher before, and never goes back"
    } else if combined < splits[holder].watermark {
      text += "; \(emission)"
    }
    return text
  }

  private func origin(of split: Split, _ clock: (Int64) -> String) -> String {
    let name = splits.count > 1 ? "split \(split.name): " : ""
    guard split.watermark != minWatermark else {
      if spec.carried != nil, split.newest != nil {
        return "\(name)no row of it has carried a watermark yet"
      }
      return "\(name)it has given no event time yet"
    }
    switch spec.strategy {
    case .bounded:
      guard let newest = split.newest else { return "\(name)\(clock(split.watermark))" }
      let bound = spec.outOfOrdernessMs
      return "\(name)newest \(clock(newest))"
        + (bound == 0 ? "" : " − \(formatDuration(bound))") + " − 1 ms"
    case .carried(let expression):
      return "\(name)\(expression.text) carried \(clock(split.watermark))"
    case .processingTime: return "\(name)\(clock(split.watermark))"
    }
  }

  /// When the watermark is passed on.
  private var emission: String {
    switch spec.emission {
    case .perEvent: "it is passed on with the next row"
    case .everyRecords(let count): "it is passed on after every \(count) records"
    case .everyMs(let period): "it is passed on every \(formatDuration(period))"
    }
  }
}

extension WatermarkStatus.State {
  /// `active`, `idle since …`, `paused: …`.
  public func words(_ clock: (Int64) -> String = formatTimestamp) -> String {
    switch self {
    case .active: "active"
    case .catchingUp: "back from idle, catching up"
    case .idle(let since): since.map { "idle since \(clock($0))" } ?? "idle"
    case .paused(let slowest, let ms?): "paused: ahead of \(slowest) by \(formatDuration(ms))"
    case .paused(let slowest, nil): "paused: \(slowest) has no watermark yet"
    case .ended: "ended"
    }
  }

  /// The same in a word.
  public var word: String {
    switch self {
    case .active: "active"
    case .catchingUp: "catching up"
    case .idle: "idle"
    case .paused: "paused"
    case .ended: "ended"
    }
  }
}
