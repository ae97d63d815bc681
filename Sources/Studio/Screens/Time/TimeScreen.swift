import Columns
import Engine
import Foundation
import Runtime
import Terminal
import VisibleText

/// How event time runs against arrival: the diagonal, the splits, the disorder, and the tuner.
struct TimeScreen {
  let run: RunState
  let area: Rect
  let tier: RunLayout.Tier

  private var time: TimeState { run.time }

  func draw(on canvas: inout Canvas) {
    for (panel, place) in layout() {
      let isFocused = panel == time.focus
      let inside = canvas.panel(place, title: panel.title, note: note(panel), focused: isFocused)
        .inset(horizontally: 1, vertically: 0)
      guard !inside.isEmpty else { continue }
      canvas.hit(place, .timePanel(panel))
      switch panel {
      case .diagonal: DiagonalView(run: run, area: inside).draw(on: &canvas)
      case .splits: SplitLanesView(run: run, area: inside).draw(on: &canvas)
      case .disorder: DisorderView(time: time, area: inside).draw(on: &canvas)
      case .tuner: TunerView(time: time, area: inside).draw(on: &canvas)
      }
    }
  }

  private func layout() -> [(TimePanel, Rect)] {
    if time.isZoomed || tier == .single { return [(time.focus, area)] }
    let isFull = tier == .full
    let tuner = area.height >= 26 ? 9 : 7
    let splits = min(max(1, run.view.splits.count), isFull ? 5 : 2) + 2
    let middle = area.height - tuner - splits
    let side = isFull ? 38 : 28
    return [
      (.splits, Rect(area.x, area.y, area.width, splits)),
      (.diagonal, Rect(area.x, area.y + splits, area.width - side, middle)),
      (.disorder, Rect(area.right - side, area.y + splits, side, middle)),
      (.tuner, Rect(area.x, area.bottom - tuner, area.width, tuner)),
    ]
  }

  private func note(_ panel: TimePanel) -> String {
    switch panel {
    case .diagonal:
      let range = time.positions(read: run.view.position)
      return "records \(formatCount(range.lowerBound))–\(formatCount(range.upperBound))"
    case .splits:
      let drift = run.view.watermarkStatus?.driftMs.map { "drift \(formatSpan($0)) · " } ?? ""
      return drift + "wm \(formatClock(run.view.watermark))"
    case .disorder: return ""
    case .tuner: return "← → weighs · Enter copies"
    }
  }
}

/// Event time (up) against arrival (right): every event a dot, the watermark's staircase, and the
/// band in which late rows are still taken.
struct DiagonalView {
  let run: RunState
  let area: Rect

  func draw(on canvas: inout Canvas) {
    guard let picture = run.time.picture, !picture.points.isEmpty, area.height >= 3,
      area.width >= 20
    else {
      canvas.put(
        run.view.position == 0 ? "No event yet. Space plays, . steps." : "asking…", in: area,
        row: area.height / 2, .muted, align: .center)
      return
    }
    let times = picture.points.map(\.eventTime)
    let low = times.min() ?? 0
    let high = max(times.max() ?? 0, low + 1)
    // Room for the times of the axis, where there is enough.
    let gutter = area.width >= 60 ? 9 : 0
    let plot = Rect(area.x + gutter, area.y, area.width - gutter, area.height - 1)
    let first = picture.positions.lowerBound
    let width = Double(max(1, picture.positions.count - 1))
    func x(_ position: Int64) -> Double { Double(position - first) / width }
    func y(_ time: Int64) -> Double { Double(time - low) / Double(high - low) }

    drawBand(picture, plot, y, x, &canvas)
    let steps = picture.watermark.filter {
      $0.watermark > minWatermark && $0.watermark < maxWatermark
    }
    .map { (x: x($0.position), y: min(1, max(0, y($0.watermark)))) }
    canvas.grid.scatter(
      picture.points.filter { $0.kind == .onTime }.map { (x: x($0.position), y: y($0.eventTime)) },
      in: plot, symbols: canvas.symbols, canvas.theme[.text])
    canvas.grid.stairs(steps, in: plot, symbols: canvas.symbols, canvas.theme[.watermark])
    for point in picture.points where point.kind != .onTime {
      let isDropped = point.kind == .lateDropped
      put(
        isDropped ? "!" : "L", x(point.position), y(point.eventTime), plot,
        canvas.theme[isDropped ? .bad : .late].bold, &canvas)
    }
    if let point = run.time.point {
      let column = plot.x + Int(x(point.position) * Double(plot.width - 1))
      for row in plot.rows where canvas.grid[column, row].glyph.text == " " {
        canvas.put("┊", column, row, .focus, clip: plot)
      }
      put("◉", x(point.position), y(point.eventTime), plot, canvas.theme[.focus].bold, &canvas)
    }
    drawLegend(picture, low, high, plot, &canvas)
  }

  private func put(
    _ glyph: String, _ x: Double, _ y: Double, _ plot: Rect, _ style: Style,
    _ canvas: inout Canvas
  ) {
    let column = plot.x + Int(x * Double(plot.width - 1))
    let row = plot.bottom - 1 - Int(y * Double(plot.height - 1))
    canvas.put(glyph, column, row, style, clip: plot)
  }

  /// Below the staircase, as far as late rows are taken; above it where none are.
  private func drawBand(
    _ picture: TimePicture, _ plot: Rect, _ y: (Int64) -> Double, _ x: (Int64) -> Double,
    _ canvas: inout Canvas
  ) {
    let steps = picture.watermark.filter {
      $0.watermark > minWatermark && $0.watermark < maxWatermark
    }
    guard !steps.isEmpty, run.view.allowedLatenessMs > 0 else { return }
    let ground = canvas.theme[.background].background
    let tint =
      canvas.theme.depth == .truecolor || canvas.theme.depth == .indexed256
      ? ground.mixed(with: canvas.theme[.late].foreground, 0.22) : ground
    func level(_ at: Double) -> Int64? { steps.last { x($0.position) <= at }?.watermark }
    canvas.grid.band(
      from: { level($0).map { max(0, y($0 - run.view.allowedLatenessMs)) } },
      to: { level($0).map { min(1, y($0)) } }, in: plot, symbols: canvas.symbols,
      canvas.theme[.muted].background(tint))
  }

  private func drawLegend(
    _ picture: TimePicture, _ low: Int64, _ high: Int64, _ plot: Rect, _ canvas: inout Canvas
  ) {
    let axis = Rect(area.x, plot.y, 8, plot.height)
    if plot.x > area.x {
      canvas.put(formatClock(high, milliseconds: false), in: axis, .muted)
      canvas.put(formatClock(low, milliseconds: false), in: axis, row: axis.height - 1, .muted)
      if axis.height >= 7 {
        canvas.put(
          formatClock((low + high) / 2, milliseconds: false), in: axis, row: axis.height / 2, .muted
        )
      }
    }
    let line = Rect(area.x, area.bottom - 1, area.width, 1)
    if let point = run.time.point {
      let what =
        point.kind == .onTime
        ? "on time" : point.kind == .lateUpdated ? "late, updated its window" : "too late, dropped"
      canvas.put(
        "record \(formatCount(point.position))  \(formatClock(point.eventTime, milliseconds: true))"
          + "  \(what)  ·  w explains", in: line, .focus)
      return
    }
    var entries: [[(String, ThemeRole)]] = [
      [("•", .text), (" event  ", .muted)], [("L", .late), (" updated  ", .muted)],
      [("!", .bad), (" dropped  ", .muted)], [("━", .watermark), (" watermark  ", .muted)],
    ]
    if run.view.allowedLatenessMs > 0 {
      entries.append([
        ("░", .late), (" still taken (\(formatSpan(run.view.allowedLatenessMs)))  ", .muted),
      ])
    }
    entries.append([("arrival ▸", .muted)])
    // A sign without its word says nothing.
    func width(_ pieces: [(String, ThemeRole)]) -> Int {
      pieces.reduce(0) { $0 + DisplayWidth.columns(of: $1.0) }
    }
    while entries.count > 1, width(entries.flatMap { $0 }) > line.width { entries.removeLast() }
    let pieces = entries.flatMap { $0 }
    canvas.put(pieces, line.x, line.y, clip: line)
  }
}

/// A lane for each split on one event-time axis: from its watermark to its newest event.
struct SplitLanesView {
  let run: RunState
  let area: Rect

  func draw(on canvas: inout Canvas) {
    let splits = run.view.splits
    let known = splits.filter { $0.maxEventTime != nil && $0.watermark > minWatermark }
    let real = known.filter { $0.watermark != maxWatermark }
    let low = real.map(\.watermark).min() ?? 0
    let high = max(known.compactMap(\.maxEventTime).max() ?? 1, low + 1)
    let name = min(24, max(8, splits.map { DisplayWidth.columns(of: $0.name) }.max() ?? 8))
    let words = 42
    for (row, split) in splits.prefix(area.height).enumerated() {
      let line = Rect(area.x, area.y + row, area.width, 1)
      let holds = split.holdsWatermark && splits.count > 1
      canvas.put(
        (holds ? "▸" : "") + split.name, in: Rect(line.x, line.y, name, 1),
        holds ? .watermark : .text)
      let lag = split.maxEventTime.flatMap { timeBetween(split.watermark, $0) }
      let state = holds ? "\(split.state.word), holds" : split.state.word
      canvas.put(
        "\(formatCount(split.recordsRead)) read  wm \(formatClock(split.watermark))"
          + "  lag \(lag.map(formatSpan) ?? unknownText)  \(state)",
        in: Rect(line.x + name + 1, line.y, min(words + 20, line.width - name - 1), 1),
        split.state == .active ? .text : .muted)
      let bar = Rect(line.x + name + words + 20, line.y, line.width - name - words - 20, 1)
      guard bar.width >= 10, let newest = split.maxEventTime, split.watermark > minWatermark else {
        continue
      }
      func column(_ time: Int64) -> Int {
        let part = Double(min(max(time, low), high) - low) / Double(high - low)
        return bar.x + Int(part * Double(bar.width - 1))
      }
      let (from, to) = (column(min(split.watermark, newest)), column(newest))
      canvas.put(String(repeating: "─", count: bar.width), bar.x, bar.y, .border, clip: bar)
      canvas.put(String(repeating: "━", count: to - from + 1), from, bar.y, .late, clip: bar)
      canvas.put("▌", from, bar.y, .watermark, clip: bar)
      canvas.put("●", to, bar.y, .text, clip: bar)
    }
    if splits.count > area.height {
      canvas.put(
        "+\(splits.count - area.height) more: f zooms", in: area, row: area.height - 1, .muted,
        align: .trailing)
    }
  }
}

/// How far behind the newest event before them events come, in shares.
struct DisorderView {
  let time: TimeState
  let area: Rect

  func draw(on canvas: inout Canvas) {
    guard let bars = time.picture?.disorder, !bars.isEmpty else { return }
    let all = bars.reduce(0) { $0 + $1.events }
    let most = bars.map(\.events).max() ?? 1
    // Where not all fit, the least late are left out.
    let shown = bars.prefix(1) + bars.dropFirst().suffix(max(0, area.height - 1))
    for (row, bar) in shown.enumerated() {
      let line = Rect(area.x, area.y + row, area.width, 1)
      let label = bar.toMs == 0 ? "in order" : "≤ \(formatSpan(bar.toMs))"
      canvas.put(label, in: Rect(line.x, line.y, 10, 1), .muted)
      let share = Double(bar.events) / Double(max(1, all))
      let percent =
        share >= 0.0995 ? "\(Int((share * 100).rounded())) %" : "\((share * 1000).rounded() / 10) %"
      canvas.put(percent, in: line, .text, align: .trailing)
      // By the logarithm: what is rare is what matters here.
      let room = line.width - 10 - 8
      let length =
        most > 1 ? Double(room) * log(Double(bar.events) + 1) / log(Double(most) + 1) : 0
      canvas.put(
        String(repeating: "█", count: max(1, Int(length))), line.x + 10, line.y,
        bar.toMs == 0 ? .good : .late, clip: Rect(line.x, line.y, line.width - 7, 1))
    }
  }
}

/// What another bound would do to the whole log, beside the pipeline's own.
struct TunerView {
  let time: TimeState
  let area: Rect

  func draw(on canvas: inout Canvas) {
    guard let tuning = time.tuning, let weighed = time.weighed, let configured = time.configured
    else {
      canvas.put("measuring the whole log…", in: area, row: area.height / 2, .muted, align: .center)
      return
    }
    let words = min(46, area.width)
    drawTable(configured, weighed, tuning, Rect(area.x, area.y, words, area.height), &canvas)
    drawCurve(
      configured, weighed, tuning,
      Rect(area.x + words + 2, area.y, area.width - words - 2, area.height), &canvas)
  }

  private func drawTable(
    _ configured: TuningReport.Bound, _ weighed: TuningReport.Bound, _ tuning: TuningReport,
    _ area: Rect, _ canvas: inout Canvas
  ) {
    let isOther = weighed.ms != configured.ms
    func row(
      _ index: Int, _ title: String, _ now: String, _ then: String, _ role: ThemeRole,
      _ canvas: inout Canvas
    ) {
      guard index < area.height else { return }
      let y = area.y + index
      canvas.put(title, in: Rect(area.x, y, 21, 1), .muted)
      canvas.put(now, in: Rect(area.x + 21, y, 11, 1), .text, align: .trailing)
      if isOther {
        canvas.put("→", area.x + 33, y, .muted, clip: area)
        canvas.put(then, in: Rect(area.x + 35, y, 11, 1), role, align: .trailing)
      }
    }
    func change(_ before: Int64, _ after: Int64) -> ThemeRole {
      after == before ? .text : after < before ? .good : .late
    }
    row(0, "results come later by", span(configured.ms), span(weighed.ms), .accent, &canvas)
    row(
      1, "dropped rows", formatCount(configured.dropped), formatCount(weighed.dropped),
      change(configured.dropped, weighed.dropped), &canvas)
    row(
      2, "after their window", formatCount(configured.late), formatCount(weighed.late),
      change(configured.late, weighed.late), &canvas)
    row(
      3, "behind the watermark", formatCount(configured.behind), formatCount(weighed.behind),
      change(configured.behind, weighed.behind), &canvas)
    let least = "nothing is late from \(span(tuning.leastWithoutLateMs)) on"
    canvas.put(
      "of \(formatCounted(tuning.judged, "row")) · \(least)", in: area,
      row: min(4, area.height - 1),
      .muted)
    if area.height > 5, let caveat = tuning.caveats.first {
      canvas.put(caveat, in: area, row: 5, .warning)
    }
  }

  private func span(_ ms: Int64) -> String { formatSpan(ms) }

  /// Late rows over the bounds; the pipeline's own and the weighed one are marked.
  private func drawCurve(
    _ configured: TuningReport.Bound, _ weighed: TuningReport.Bound, _ tuning: TuningReport,
    _ area: Rect, _ canvas: inout Canvas
  ) {
    // Beyond the bound from which nothing is late the curve is flat.
    let widest = max(tuning.leastWithoutLateMs * 5 / 4, configured.ms * 3 / 2, weighed.ms, 1)
    let bounds = tuning.bounds.filter { $0.ms <= widest }
    guard area.width >= 16, area.height >= 3, bounds.count > 1, let last = bounds.last else {
      return
    }
    let plot = Rect(area.x, area.y, area.width, area.height - 1)
    let most = Double(max(1, bounds.map(\.behind).max() ?? 1))
    // Bounds differ by orders: the axis is of roots.
    func x(_ ms: Int64) -> Double { (Double(ms) / Double(max(1, last.ms))).squareRoot() }
    for (value, role) in [(\TuningReport.Bound.behind, ThemeRole.muted), (\.late, .late)] {
      canvas.grid.stairs(
        bounds.map { (x: x($0.ms), y: Double($0[keyPath: value]) / most) }, in: plot,
        symbols: canvas.symbols, canvas.theme[role])
    }
    for (bound, sign, role) in [(configured, "now", ThemeRole.text), (weighed, "weighed", .accent)]
    {
      let column = plot.x + Int(x(bound.ms) * Double(plot.width - 1))
      for row in plot.rows where canvas.grid[column, row].glyph.text == " " {
        canvas.put("┊", column, row, role, clip: plot)
      }
      guard sign == "now" || weighed.ms != configured.ms else { continue }
      let width = DisplayWidth.columns(of: sign)
      canvas.put(
        sign, max(area.x, min(column - width / 2, area.right - width)), plot.bottom, role,
        clip: area)
    }
    guard area.width >= 40 else { return }
    canvas.put(
      [("─ ", .muted), ("behind  ", .muted), ("─ ", .late), ("after their window", .muted)],
      area.right - 33, plot.y, clip: area)
  }
}
