import Columns
import Runtime
import Terminal

/// How event time lies on the cells of the timeline.
///
/// Every window is the same whole number of cells wide, so that borders of lanes stand below each
/// other and nothing jumps while the watermark moves. Cells are counted from the windows' offset.
struct TimelineScale: Equatable {
  /// The length that is `cells` wide, ms: a window's size, or ten seconds without windows.
  let unit: Int64
  let offset: Int64
  /// Cells of a unit.
  let cells: Int
  /// The first cell shown.
  let left: Int64
  let width: Int

  static let ladder = [
    2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 80, 100, 128, 160, 200,
  ]

  init(_ view: ReplayView, _ state: TimelineState, width: Int) {
    let width = max(1, width)
    self.width = width
    unit = max(1, view.windowSizeMs ?? 10_000)
    offset = view.windowOffsetMs
    // Four or five windows fill the plot, so that labels have room and the next ones are seen.
    let wanted = min(24, max(8, width * 2 / 9))
    let standard = Self.ladder.lastIndex { $0 <= wanted } ?? 0
    let index = min(max(0, standard + state.zoom), Self.ladder.count - 1)
    cells = Self.ladder[index]
    if let left = state.left {
      let earliest = Self.cell(eventTimeRange.lowerBound, unit, offset, cells)
      let latest = Self.cell(eventTimeRange.upperBound, unit, offset, cells)
      self.left = min(max(left, earliest), latest)
    } else {
      left = Self.followedLeft(view, unit: unit, offset: offset, cells: cells, width: width)
    }
  }

  /// Follows by whole windows: they stand still while the watermark moves through them.
  private static func followedLeft(
    _ view: ReplayView, unit: Int64, offset: Int64, cells: Int, width: Int
  ) -> Int64 {
    let earliest = min(
      view.windows.map(\.start).min() ?? .max, view.marks.map(\.time).min() ?? .max)
    let known = earliest == .max ? nil : earliest
    let isReal = view.watermark > minWatermark && view.watermark != maxWatermark
    guard let now = isReal ? view.watermark : view.maxEventTime ?? known,
      eventTimeRange.contains(now)
    else { return 0 }
    func grid(_ cell: Int64) -> Int64 { floorDivide(cell, Int64(cells)) * Int64(cells) }
    let followed = grid(cell(now, unit, offset, cells) - Int64(width * 6 / 10))
    guard let known, eventTimeRange.contains(known) else { return followed }
    return max(followed, grid(cell(known, unit, offset, cells)))
  }

  private static func cell(_ time: Int64, _ unit: Int64, _ offset: Int64, _ cells: Int) -> Int64 {
    let time = min(max(time, eventTimeRange.lowerBound), eventTimeRange.upperBound) - offset
    return floorDivide(time, unit) * Int64(cells) + floorModulo(time, unit) * Int64(cells) / unit
  }

  /// The cell a time falls into, counted as ``left`` is.
  func cell(of time: Int64) -> Int64 { Self.cell(time, unit, offset, cells) }

  /// The column of a time, counted from the plot's left edge; may lie outside the plot.
  func column(of time: Int64) -> Int { Int(clamping: cell(of: time) - left) }

  /// The column with its fraction, for lines finer than a cell.
  func position(of time: Int64) -> Double {
    let time = min(max(time, eventTimeRange.lowerBound), eventTimeRange.upperBound)
    let inUnit = Double(floorModulo(time - offset, unit)) * Double(cells) / Double(unit)
    return Double(column(of: time)) + inUnit - inUnit.rounded(.down)
  }

  /// The first time of a cell.
  func time(atCell cell: Int64) -> Int64 {
    let cells = Int64(cells)
    let (units, overflow) = floorDivide(cell, cells).multipliedReportingOverflow(by: unit)
    let edge = cell < 0 ? eventTimeRange.lowerBound : eventTimeRange.upperBound
    guard !overflow, eventTimeRange.contains(units) else { return edge }
    return offset + units + (floorModulo(cell, cells) * unit + cells - 1) / cells
  }

  // MARK: ticks

  struct Tick: Equatable {
    var column: Int
    var label: String
  }

  private static let steps: [Int64] =
    [1, 2, 5, 10, 20, 50, 100, 200, 500]
    + [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800].map { $0 * 1000 }
    + [1, 2, 3, 6, 12, 24, 48, 168, 720, 2400, 8760, 87_600].map { $0 * 3_600_000 }

  /// Round times, far enough apart for their labels.
  func ticks() -> [Tick] {
    let step =
      Self.steps.first { Double($0) * Double(cells) / Double(unit) >= 10 }
      ?? 876_000_000_000
    let first = time(atCell: left)
    let last = time(atCell: left + Int64(width))
    var tick = floorDivide(first + step - 1, step) * step
    var ticks: [Tick] = []
    while tick < last, ticks.count < width {
      ticks.append(Tick(column: column(of: tick), label: label(tick, step, ticks.isEmpty)))
      tick += step
    }
    return ticks
  }

  /// The first label is whole, the others say what changed.
  private func label(_ time: Int64, _ step: Int64, _ isFirst: Bool) -> String {
    if step >= msPerDay { return String(formatDate(floorDivide(time, msPerDay)).suffix(5)) }
    let clock = formatClock(time, milliseconds: step < 1000)
    if isFirst { return clock }
    if floorModulo(time, msPerDay) == 0 {
      return String(formatDate(floorDivide(time, msPerDay)).suffix(5))
    }
    if step >= 60_000 { return String(clock.prefix(5)) }
    if floorModulo(time, 60_000) == 0 { return clock }
    if step >= 1000 { return String(clock.dropFirst(5)) }
    return floorModulo(time, 1000) == 0
      ? String(clock.dropFirst(5).prefix(3)) : "." + clock.suffix(3)
  }

  // MARK: the place on the screen

  /// Columns for the names of the lanes.
  static func gutter(for width: Int) -> Int { width >= 110 ? 12 : width >= 78 ? 10 : 7 }

  /// Columns of the plot on a screen of a size; the panel is as wide as the screen.
  static func plotWidth(for size: Size) -> Int {
    max(1, size.width - 3 - gutter(for: size.width))
  }
}
