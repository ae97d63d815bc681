import Columns

/// A stretch of time, `[start, end)`, ms since the epoch.
struct TimeSpan: Sendable, Hashable {
  var start: Int64
  var end: Int64

  /// The last millisecond in it.
  var maxTimestamp: Int64 { end - 1 }

  /// What rows without an event time have.
  static let unknown = TimeSpan(start: .min, end: .min + 1)
}

/// Where the edges of aligned windows lie: tumbling, sliding and cumulating ones.
///
/// Windows are cut into *slices* (panes), the largest stretches that straddle no window's edge: a
/// row is added to one slice, and a window is the slices in it.
struct WindowGrid: Sendable {
  private enum Shape { case tumbling, sliding, cumulating }

  private let shape: Shape
  /// The length of a window; of the longest where they grow.
  let size: Int64
  /// From a window's end to the next one's.
  let step: Int64
  private let offset: Int64
  let slice: Int64
  private let zone: ZoneTable?

  /// Nil for windows that are not aligned.
  init?(_ assigner: WindowAssigner, zone: ZoneTable?) {
    self.zone = zone
    switch assigner {
    case .tumbling(let size, let offset):
      (shape, self.size, step, self.offset, slice) = (.tumbling, size, size, offset, size)
    case .sliding(let size, let slide, let offset):
      let common = Self.divisor(size, slide)
      (shape, self.size, step, self.offset, slice) = (.sliding, size, slide, offset, common)
    case .cumulating(let step, let max, let offset):
      (shape, size, self.step, self.offset, slice) = (.cumulating, max, step, offset, step)
    case .session, .count, .global: return nil
    }
  }

  private static func divisor(_ left: Int64, _ right: Int64) -> Int64 {
    right == 0 ? left : divisor(right, left % right)
  }

  /// Whether every window is one slice.
  var isTumbling: Bool { shape == .tumbling }
  var isCumulating: Bool { shape == .cumulating }

  /// The start of the interval that a time falls into: Flink's
  /// `TimeWindow.getWindowStartWithOffset`, right for negative times too.
  @inline(__always)
  static func start(_ time: Int64, size: Int64, offset: Int64) -> Int64 {
    let rest = (time - offset) % size
    return rest < 0 ? time - (rest + size) : time - rest
  }

  /// The edge of slices that an instant is, on the zone's clocks. They may show a little more there,
  /// where midnight is skipped.
  private func edge(_ instant: Int64) -> Int64 {
    guard let zone else { return instant }
    return Self.start(zone.local(instant), size: slice, offset: offset)
  }

  private func instant(_ local: Int64) -> Int64 { zone?.instant(local) ?? local }

  private func span(_ start: Int64, _ length: Int64) -> TimeSpan {
    TimeSpan(start: instant(start), end: instant(start + length))
  }

  /// The slice that a time falls into, whether or not a window holds it.
  func slice(at time: Int64) -> TimeSpan {
    var found = span(
      Self.start(zone?.local(time) ?? time, size: slice, offset: offset), slice)
    // Clocks that are put back over midnight show the day before again; it is over nevertheless.
    while time >= found.end { found = span(edge(found.end), slice) }
    return found
  }

  /// The windows that hold a slice, in the order in which Flink assigns them: sliding ones from
  /// the latest, growing ones from the shortest. Empty where a slide is over the size.
  ///
  /// - Parameter start: the slice's start.
  func windows(ofSliceAt start: Int64) -> [TimeSpan] {
    let at = edge(start)
    switch shape {
    case .tumbling: return [span(at, size)]
    case .sliding:
      var spans: [TimeSpan] = []
      var first = Self.start(at, size: step, offset: offset)
      while first > at - size {
        spans.append(span(first, size))
        first -= step
      }
      return spans
    case .cumulating:
      let base = Self.start(at, size: size, offset: offset)
      return ((at - base) / step + 1...size / step).map { span(base, $0 * step) }
    }
  }

  /// The end of the first of a slice's windows that a watermark has not reached the last
  /// millisecond of; nil where it has for all.
  func end(ofSliceAt start: Int64, _ ends: ClosedRange<Int64>, after watermark: Int64) -> Int64? {
    if watermark < ends.lowerBound - 1 { return ends.lowerBound }
    if watermark >= ends.upperBound - 1 { return nil }
    if zone != nil {
      return windows(ofSliceAt: start).lazy.map(\.end).filter { $0 - 1 > watermark }.min()
    }
    return ends.lowerBound + ((watermark + 1 - ends.lowerBound) / step + 1) * step
  }

  /// The window that ends there.
  func window(ending end: Int64) -> TimeSpan {
    let at = edge(end)
    let start = isCumulating ? Self.start(at - 1, size: size, offset: offset) : at - size
    return TimeSpan(start: instant(start), end: end)
  }

  /// The end of the shortest window that starts there: for those that grow.
  func firstEnd(ofWindowsAt start: Int64) -> Int64 { instant(edge(start) + step) }

  /// The end of the longest window that starts with the one of this start: for those that grow.
  func lastEnd(ofWindowsAt start: Int64) -> Int64 { instant(edge(start) + size) }
}
