import Columns
import Pipelines
import Runtime
import Terminal
import VisibleText

/// What the replay is doing, in a sign and a word.
struct TransportWords {
  var text: String
  var role: ThemeRole

  init(_ run: RunState) {
    if run.fault != nil {
      (text, role) = ("✗ STOPPED", .bad)
    } else if run.isPlaying {
      (text, role) = ("▶ \(run.speed.label) RUNNING", .good)
    } else if run.isMoving {
      (text, role) = ("≋ MOVING\(run.movingAt.map { " " + formatCount($0) } ?? "")", .accent)
    } else if run.view.isAtEnd {
      (text, role) = ("■ END", .text)
    } else {
      (text, role) = ("❚❚ PAUSED \(run.speed.label)", .warning)
    }
  }
}

/// The first line: what is open, what it does, where its watermark is.
struct HeaderView {
  let state: StudioState

  func draw(in area: Rect, on canvas: inout Canvas) {
    guard !area.isEmpty else { return }
    var x = canvas.put(" tidemark ", area.x, area.y, .badge, clip: area)
    if let job = state.job { x = drawBadge(job, x, area, &canvas) }
    if state.screen == .compose, let compose = state.compose {
      let words = "\(compose.document.name) · \(compose.path)"
      canvas.put(words, in: Rect(x + 1, area.y, max(0, area.right - x - 2), 1), .title)
      return
    }
    guard let run = state.run, state.screen.needsPipeline else {
      canvas.put("  stream jobs, seen", x, area.y, .muted, clip: area)
      return
    }
    let view = run.view
    let transport = TransportWords(run)
    let variant = run.pair?.view.map { $0.shown == .a ? "  A of A/B" : "  B of A/B" } ?? ""
    let hold = run.isHeld ? "  ❚❚ VIEW HELD" : ""
    let lag = view.maxEventTime.flatMap { timeBetween(view.watermark, $0) }
    let chk = view.checkpoints.last.map { "\($0.id) \($0.status == .completed ? "ok" : "✗")" }
    let parts: [[(String, ThemeRole)]] = [
      [(transport.text, transport.role), (variant, .accent), (hold, .warning)],
      [
        ("wm ", .muted), (formatClock(view.watermark), .watermark), ("  lag ", .muted),
        (lag.map(formatSpan) ?? unknownText, .text),
      ],
      [("chk ", .muted), (chk ?? unknownText, view.checkpoints.isEmpty ? .muted : .good)],
    ]
    let width = { (pieces: [(String, ThemeRole)]) in
      pieces.reduce(0) { $0 + DisplayWidth.columns(of: $1.0) }
    }
    let names = area.width >= 78 ? "\(run.name) · \(run.logName)" : run.name
    let needed = parts.reduce(0) { $0 + width($1) + 3 }
    let nameWidth = min(DisplayWidth.columns(of: names), max(8, area.right - x - 2 - needed))
    x += 1
    let shown = TextFit.truncated(names, to: nameWidth)
    x = canvas.put(shown, x, area.y, .title, clip: area)
    for part in parts where x + 3 + width(part) <= area.right {
      x = canvas.put(" │ ", x, area.y, .border, clip: area)
      x = canvas.put(part, x, area.y, clip: area)
    }
    guard area.width >= 110 else { return }
    let help = state.keys.keys(for: ActionID(rawValue: StudioAction.help.id)).first
    let text = "\(help.map { "\($0)" } ?? "") help "
    let column = area.right - DisplayWidth.columns(of: text)
    if column > x + 2 {
      canvas.put(text, column, area.y, .muted, clip: area)
      canvas.hit(Rect(column, area.y, area.right - column, 1), .hint(.help))
    }
  }
}

extension HeaderView {
  /// What is written outside is never to be mistaken for the replay.
  private func drawBadge(
    _ job: JobState, _ x: Int, _ area: Rect, _ canvas: inout Canvas
  ) -> Int {
    let (words, role): (String, ThemeRole) =
      switch job.phase {
      case .starting: ("REAL RUN starts", .warning)
      case .running:
        ("REAL RUN \(job.share.map { "\(Int($0 * 100)) %" } ?? "")".trimmingSpaces(), .warning)
      case .stopping: ("REAL RUN stops", .warning)
      case .ended: ("✓ REAL RUN ended", .good)
      case .failed: ("✗ REAL RUN failed", .bad)
      }
    let end = canvas.put(
      " \(words) ", x, area.y, canvas.theme[role].adding(.reverse).bold, clip: area)
    canvas.hit(Rect(x, area.y, end - x, 1), .hint(.runForReal))
    return end
  }
}

/// The second line: the screens.
struct TabsView {
  let state: StudioState

  func draw(in area: Rect, on canvas: inout Canvas) {
    var x = area.x + 1
    // The screen of two variants is there with them.
    for screen in StudioScreen.allCases
    where screen != .gallery && (screen != .pair || state.run?.pair != nil) {
      // The gallery is where composing begins.
      let isHere = screen == state.screen || screen == .compose && state.screen == .gallery
      let key = state.keys.keys(for: ActionID(rawValue: screen.action.id)).first
      let title = isHere ? screen.title.uppercased() : screen.title
      let start = x
      x = canvas.put(" \(key.map { "\($0)" } ?? "") ", x, area.y, .key, clip: area)
      let reason = state.reasonAgainst(screen.action)
      let role: ThemeRole = isHere ? .focus : reason == nil ? .text : .muted
      var style = canvas.theme[role]
      if isHere { style = style.underline }
      x = canvas.put(title, x, area.y, style, clip: area)
      canvas.hit(Rect(start, area.y, x - start, 1), .tab(screen))
      x += 1
    }
    let palette = state.keys.keys(for: ActionID(rawValue: StudioAction.palette.id)).first
    let commands = "\(palette.map { "\($0)" } ?? "") commands "
    for text in [commands + " theme \(state.themeName) ", commands] {
      let column = area.right - DisplayWidth.columns(of: text)
      guard column > x else { continue }
      canvas.put(text, column, area.y, .muted, clip: area)
      break
    }
  }
}

/// What happened last, in words.
struct NarratorView {
  let run: RunState

  func draw(in area: Rect, on canvas: inout Canvas) {
    guard !area.isEmpty else { return }
    if let fault = run.fault {
      canvas.put(" ✗ \(fault)", in: area, .bad)
      return
    }
    let lines = run.view.narration.suffix(area.height)
    guard !lines.isEmpty else {
      canvas.put(" Nothing has happened yet.", in: area, .muted)
      return
    }
    for (row, line) in lines.enumerated() {
      let isNewest = row == lines.count - 1
      let (sign, role) = look(line.kind)
      let y = area.y + row
      let time = line.time.map { formatClock($0) } ?? "\(unknownText)       "
      var x = canvas.put(" \(time) ", area.x, y, .muted, clip: area)
      x = canvas.put("\(sign) ", x, y, role, clip: area)
      let isFresh = isNewest && run.view.position - line.position < Pulse.records
      let style = canvas.theme[isNewest ? .text : .muted]
      canvas.put(
        line.text, in: Rect(x, y, area.right - x - 1, 1), isFresh ? style.bold : style)
    }
  }

  private func look(_ kind: Narration.Kind) -> (String, ThemeRole) {
    switch kind {
    case .fired: ("●", .windowFired)
    case .updated: ("◉", .windowUpdated)
    case .late: ("!", .late)
    case .bad: ("✗", .bad)
    case .checkpoint: ("◆", .good)
    case .purged: ("◌", .windowPurged)
    case .info: ("·", .accent)
    }
  }
}

/// The log from its start to its end, with the position, the checkpoints and the furthest point.
struct ScrubberView {
  let run: RunState

  func draw(in area: Rect, on canvas: inout Canvas) {
    guard area.width > 4 else { return }
    let view = run.view
    let total = run.total
    let words =
      " \(formatCount(view.position)) / \(run.totalWords)"
      + "  \(formatPercent(view.position, of: total)) "
    let wordsWidth = DisplayWidth.columns(of: words)
    let track = Rect(area.x + 1, area.y, area.width - 2 - wordsWidth, 1)
    canvas.put(words, in: area, .text, align: .trailing)
    guard track.width >= 4 else { return }
    let end = max(1, total ?? max(view.furthest, 1))
    func column(_ position: Int64) -> Int {
      let part = min(1, max(0, Double(position) / Double(end)))
      return track.x + Int(part * Double(track.width - 1))
    }
    let here = column(view.position)
    let furthest = max(here, column(view.furthest))
    let played = String(repeating: "━", count: here - track.x)
    let seen = String(repeating: "━", count: furthest - here)
    let ahead = String(repeating: "─", count: track.right - furthest)
    canvas.put(played, track.x, track.y, .accent, clip: track)
    canvas.put(seen, here, track.y, .muted, clip: track)
    canvas.put(ahead, furthest, track.y, .border, clip: track)
    for checkpoint in view.checkpoints {
      let isGood = checkpoint.status == .completed
      canvas.put(
        isGood ? "◆" : "✗", column(checkpoint.position), track.y, isGood ? .good : .bad,
        clip: track)
    }
    canvas.put("●", here, track.y, canvas.theme[.focus], clip: track)
    canvas.hit(track, .scrubber(0))
  }
}

/// The last line: what was said, or the keys that work here.
struct FooterView {
  let state: StudioState

  func draw(in area: Rect, on canvas: inout Canvas) {
    guard !area.isEmpty else { return }
    // Compose says it over the keys.
    let isSaid = state.screen == .compose && state.compose != nil && state.overlay == nil
    if let notice = state.notice, !isSaid {
      canvas.put(" \(notice)", in: area, .accent)
      return
    }
    if let opening = state.opening {
      canvas.put(" opening \(opening)…", in: area, .accent)
      return
    }
    var x = area.x + 1
    for hint in state.hints() {
      let width = DisplayWidth.columns(of: hint.key) + DisplayWidth.columns(of: hint.title) + 1
      guard x + width <= area.right else { continue }
      let start = x
      let isOff = state.reasonAgainst(hint.action) != nil
      x = canvas.put(hint.key, x, area.y, isOff ? .muted : .key, clip: area)
      x = canvas.put(" " + hint.title, x, area.y, isOff ? .muted : .text, clip: area)
      canvas.hit(Rect(start, area.y, x - start, 1), .hint(hint.action))
      x += 2
    }
  }
}
