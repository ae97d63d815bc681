import Columns
import Engine
import Runtime
import Terminal
import VisibleText

/// Event-time lag as a graph, the watermark of each split, checkpoints, and the account.
struct HealthView {
  let run: RunState
  let area: Rect

  private var view: ReplayView { run.view }

  func draw(on canvas: inout Canvas) {
    guard area.width >= 8, !area.isEmpty else { return }
    var y = drawLag(&canvas)
    if y < area.bottom { y = drawCheckpoint(y, &canvas) }
    if y < area.bottom { y = drawAccount(y, &canvas) }
    drawOutput(drawSplits(y, &canvas), &canvas)
  }

  /// What the sinks got last, the newest on top, where room is left.
  private func drawOutput(_ y: Int, _ canvas: inout Canvas) {
    let room = area.bottom - y - 1
    guard room > 0, !view.output.isEmpty else { return }
    canvas.put("latest output", in: area, row: y - area.y, .title)
    for (row, output) in view.output.suffix(room).reversed().enumerated() {
      let line = Rect(area.x, y + 1 + row, area.width, 1)
      let role: ThemeRole =
        output.kind.hasPrefix("+U") ? .windowUpdated : output.kind.hasPrefix("-") ? .late : .good
      let x = canvas.put("\(output.kind) ", line.x, line.y, role, clip: line)
      canvas.put(output.text, in: Rect(x, line.y, line.right - x, 1), row == 0 ? .text : .muted)
    }
  }

  private func drawLag(_ canvas: inout Canvas) -> Int {
    let lag = view.maxEventTime.flatMap { timeBetween(view.watermark, $0) }
    let samples = view.lagHistory.map { Double($0.lagMs) }
    let most = view.lagHistory.map(\.lagMs).max()
    let label = "lag \(lag.map(formatSpan) ?? unknownText)"
    let note = "max \(most.map(formatSpan) ?? unknownText)"
    let graphRows = area.height >= 7 ? 2 : 1
    canvas.put(label, in: area, canvas.theme[.text].bold)
    let side = max(DisplayWidth.columns(of: label), DisplayWidth.columns(of: note)) + 1
    if graphRows > 1 {
      canvas.put(note, in: area, row: 1, .muted)
    } else {
      canvas.put(note, in: area, .muted, align: .trailing)
    }
    let graph = Rect(
      area.x + side, area.y,
      area.width - side - (graphRows > 1 ? 0 : DisplayWidth.columns(of: note) + 1), graphRows)
    let theme = canvas.theme
    // A lag that stays what the bound makes it is nothing to look at: a low, even line.
    let (low, high) = (samples.min() ?? 0, samples.max() ?? 0)
    let isSteady = high - low < high / 20
    canvas.grid.sparkline(
      samples, in: graph, maximum: isSteady ? high * 8 * Double(graph.height) : high,
      symbols: canvas.symbols == .ascii ? .ascii : .block, theme[.accent]
    ) { theme.color(.lag, at: $0) }
    return area.y + graphRows
  }

  /// The first of some wordings that fits; where none does, the last.
  private func fitting(
    _ wordings: [[(String, ThemeRole)]], _ width: Int
  ) -> [(String, ThemeRole)] {
    wordings.first { pieces in
      pieces.reduce(0) { $0 + DisplayWidth.columns(of: $1.0) } <= width
    } ?? wordings.last ?? []
  }

  private func drawCheckpoint(_ y: Int, _ canvas: inout Canvas) -> Int {
    guard let last = view.checkpoints.last else {
      canvas.put("◆ no checkpoint yet", in: area, row: y - area.y, .muted)
      return y + 1
    }
    let rows = area.height >= 9 ? 2 : 1
    for (row, checkpoint) in view.checkpoints.suffix(rows).reversed().enumerated() {
      let isGood = checkpoint.status == .completed
      let role: ThemeRole = isGood ? .good : .bad
      let number = ("◆\(checkpoint.id) ", role)
      let state = (isGood ? "completed" : "✗ failed", role)
      let place = ("  at \(formatCount(checkpoint.position))", ThemeRole.muted)
      let watermark = ("  wm \(formatClock(checkpoint.watermark))", ThemeRole.muted)
      canvas.put(
        fitting(
          [
            [number, state, place, watermark], [number, state, place],
            [number, (isGood ? "ok" : "✗", role), place],
            [
              number, (isGood ? "ok" : "✗", role),
              ("  \(formatCompact(checkpoint.position))", .muted),
            ],
          ], area.width), area.x, y + row, clip: area)
      if checkpoint == last, area.width > 50 {
        canvas.put(
          formatClock(checkpoint.eventTime), in: area, row: y - area.y, .muted, align: .trailing)
      }
    }
    return y + min(rows, view.checkpoints.count)
  }

  /// Where every record is: read = emitted + filtered + late + bad.
  private func drawAccount(_ y: Int, _ canvas: inout Canvas) -> Int {
    let account = view.accounting
    let losses: [(count: Int64, name: String, short: String, role: ThemeRole)] = [
      (account.filtered, "filtered", "filt", .text), (account.late, "late", "late", .late),
      (account.bad, "bad", "bad", .bad),
    ]
    func words(
      _ number: (Int64) -> String, _ plus: String, isShort: Bool, leavesOut: Bool
    ) -> [(String, ThemeRole)] {
      let told = losses.filter { !leavesOut || $0.count > 0 }
      return told.enumerated().flatMap { index, loss in
        [
          (number(loss.count), loss.count > 0 ? loss.role : .text),
          (
            " " + (isShort ? loss.short : loss.name) + (index < told.count - 1 ? plus : ""), .muted
          ),
        ]
      }
    }
    func start(_ read: String, _ number: (Int64) -> String) -> [(String, ThemeRole)] {
      [
        (read + number(account.read), .text), (" = ", .muted), (number(account.emitted), .good),
        (" in", .muted),
      ]
    }
    let all =
      start("read ", formatCount) + [(" + ", .muted)]
      + words(formatCount, " + ", isShort: false, leavesOut: false)
    if all.reduce(0, { $0 + DisplayWidth.columns(of: $1.0) }) <= area.width {
      canvas.put(all, area.x, y, clip: area)
      return y + 1
    }
    guard y + 1 < area.bottom else { return y }
    let first = fitting(
      [
        start("read ", formatCount) + [(" +", .muted)], start("", formatCount) + [(" +", .muted)],
        start("", formatCount), start("", formatCompact) + [(" +", .muted)],
      ], area.width)
    canvas.put(first, area.x, y, clip: area)
    let lost = losses.reduce(0) { $0 + $1.count }
    let second = fitting(
      [
        words(formatCount, " + ", isShort: true, leavesOut: false),
        words(formatCount, "+", isShort: true, leavesOut: false),
        words(formatCount, "+", isShort: true, leavesOut: true),
        words(formatCompact, "+", isShort: true, leavesOut: true),
        [(formatCompact(lost), .text), (" not taken in", .muted)],
      ], area.width)
    canvas.put(second, area.x, y + 1, clip: area)
    return y + 2
  }

  private func drawSplits(_ y: Int, _ canvas: inout Canvas) -> Int {
    let splits = view.splits.prefix(max(0, area.bottom - y))
    for (row, split) in splits.enumerated() {
      let isHolder = split.holdsWatermark && view.splits.count > 1
      let state = split.state != .active ? split.state.word : isHolder ? "holds" : ""
      let line = Rect(area.x, y + row, area.width, 1)
      let whole = formatClock(split.watermark, milliseconds: false)
      // A few columns stay for the name, the milliseconds go first.
      let name = min(DisplayWidth.columns(of: split.name), 6) + 1
      let clock = fitting(
        ["wm \(formatClock(split.watermark))", "wm \(whole)", whole].map {
          [("\($0) \(state)".trimmingSpaces(), split.holdsWatermark ? .watermark : .text)]
        }, line.width - name)
      let width = clock.reduce(0) { $0 + DisplayWidth.columns(of: $1.0) }
      canvas.put(
        split.name, in: Rect(line.x, line.y, max(0, line.width - width - 1), 1), .muted)
      canvas.put(clock, max(line.x, line.right - width), line.y, clip: line)
    }
    return y + splits.count
  }
}
