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
      samples, in: graph, maximum: isSteady ? high * 4 : high,
      symbols: canvas.symbols == .ascii ? .ascii : .block, theme[.accent]
    ) { theme.color(.lag, at: $0) }
    return area.y + graphRows
  }

  private func drawCheckpoint(_ y: Int, _ canvas: inout Canvas) -> Int {
    guard let last = view.checkpoints.last else {
      canvas.put("◆ no checkpoint yet", in: area, row: y - area.y, .muted)
      return y + 1
    }
    let rows = area.height >= 9 ? 2 : 1
    for (row, checkpoint) in view.checkpoints.suffix(rows).reversed().enumerated() {
      let isGood = checkpoint.status == .completed
      canvas.put(
        [
          ("◆\(checkpoint.id) ", isGood ? .good : .bad),
          (isGood ? "completed" : "✗ failed", isGood ? .good : .bad),
          ("  at \(formatCount(checkpoint.position))", .muted),
          (area.width < 34 ? "" : "  wm \(formatClock(checkpoint.watermark))", .muted),
        ], area.x, y + row, clip: area)
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
    let pieces: [(String, ThemeRole)] = [
      ("read \(formatCount(account.read))", .text), (" = ", .muted),
      (formatCount(account.emitted), .good), (" in + ", .muted),
      (formatCount(account.filtered), .text), (" filtered + ", .muted),
      (formatCount(account.late), account.late > 0 ? .late : .text), (" late + ", .muted),
      (formatCount(account.bad), account.bad > 0 ? .bad : .text), (" bad", .muted),
    ]
    let width = pieces.reduce(0) { $0 + DisplayWidth.columns(of: $1.0) }
    if width <= area.width {
      canvas.put(pieces, area.x, y, clip: area)
      return y + 1
    }
    guard y + 1 < area.bottom else { return y }
    canvas.put(Array(pieces.prefix(4)), area.x, y, clip: area)
    let plus = area.width < 28 ? "+" : " + "
    canvas.put(
      [
        (formatCount(account.filtered), .text), (" filt\(plus)", .muted),
        (formatCount(account.late), account.late > 0 ? .late : .text), (" late\(plus)", .muted),
        (formatCount(account.bad), account.bad > 0 ? .bad : .text), (" bad", .muted),
      ], area.x, y + 1, clip: area)
    return y + 2
  }

  private func drawSplits(_ y: Int, _ canvas: inout Canvas) -> Int {
    let splits = view.splits.prefix(max(0, area.bottom - y))
    for (row, split) in splits.enumerated() {
      let isHolder = split.holdsWatermark && view.splits.count > 1
      let state = split.state != .active ? split.state.word : isHolder ? "holds" : ""
      let line = Rect(area.x, y + row, area.width, 1)
      let clock = "wm \(formatClock(split.watermark)) \(state)".trimmingSpaces()
      let name = line.width - DisplayWidth.columns(of: clock) - 1
      canvas.put(split.name, in: Rect(line.x, line.y, name, 1), .muted)
      canvas.put(clock, in: line, split.holdsWatermark ? .watermark : .text, align: .trailing)
    }
    return y + splits.count
  }
}
