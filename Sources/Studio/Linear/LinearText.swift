import Columns
import Engine
import Pipelines
import Runtime
import Terminal

/// What the studio shows, in plain lines for a screen reader or a log: one fact a line, in an order
/// that stays, with no sign that is not also a word.
enum LinearText {
  private static let listed = 20

  static func describe(_ state: StudioState) -> [String] {
    var lines: [String] = []
    switch state.overlay {
    case .why(let subject, _): lines += state.explain(subject).map(\.text).filter { !$0.isEmpty }
    case .message(let title, let text, _):
      lines += [title] + text.split(separator: "\n").map(String.init)
    case .confirm(let confirmation):
      lines += [
        confirmation.title, confirmation.text, "Enter: \(confirmation.verb); Esc leaves it",
      ]
    case .variant(let form): lines += variant(form, state)
    case .job: lines += state.jobLines().map(\.text).filter { !$0.isEmpty }
    case .addStep, .branch, .history, .faults, .saveAs, .example: lines += composeOverlay(state)
    case .help, .palette, .goTo, .settings, nil: break
    }
    if let run = state.run, state.screen.needsPipeline {
      lines += position(run)
      switch state.screen {
      case .gallery, .compose: break
      case .run: lines += pipeline(run) + load(run) + windows(run.sortedWindows, run) + account(run)
      case .windows: lines += windowsScreen(run)
      case .time: lines += time(run)
      case .checkpoints: lines += checkpoints(run)
      case .output: lines += output(run)
      case .pair: lines += pair(run)
      }
    } else if state.screen == .compose, let compose = state.compose {
      lines += self.compose(compose)
    } else {
      lines.append("gallery")
      lines += state.gallery.items(state.settings).enumerated().map { index, item in
        let chosen = index == state.gallery.selected ? ", selected" : ""
        return "\(item.title): \(item.entry?.summary ?? item.path)\(chosen)"
      }
    }
    if let job = state.job, job.isUnderWay {
      lines.append("a real run of \(job.name) is under way")
    }
    if let notice = state.notice { lines.append("notice: \(notice)") }
    if let opening = state.opening { lines.append("opening \(opening)") }
    return lines.map(spoken)
  }

  private static func position(_ run: RunState) -> [String] {
    let view = run.view
    let transport =
      run.fault != nil
      ? "stopped by a fault" : run.isPlaying ? "playing" : view.isAtEnd ? "at the end" : "paused"
    var lines = [
      "pipeline \(run.name) over \(run.logName)",
      "\(transport) after \(formatCounted(view.position, "record")) of"
        + " \(run.total.map(formatCount) ?? "an unknown number"), speed \(run.speed.label)",
      view.watermark == minWatermark
        ? "no watermark yet" : "watermark \(formatClock(view.watermark))",
    ]
    if let newest = view.maxEventTime {
      let lag = timeBetween(view.watermark, newest).map { ", lag \(formatSpan($0))" } ?? ""
      lines.append("newest event time \(formatClock(newest))\(lag)")
    }
    if run.isHeld { lines.append("the view is held") }
    if let fault = run.fault { lines.append("fault: \(fault)") }
    lines += view.narration.suffix(5).map { line in
      "record \(formatCount(line.position)): \(line.kind.rawValue): \(line.text)"
    }
    return lines
  }

  private static func pipeline(_ run: RunState) -> [String] {
    run.view.boxes.enumerated().map { index, box in
      let losses = box.losses.sorted { $0.key < $1.key }
        .map { ", \(formatCount($0.value)) \($0.key)" }.joined()
      let from =
        box.inputPort == .main
        ? ""
        : " reads the \(box.inputPort.rawValue) rows of step "
          + "\((box.input ?? 0) + 1),"
      let shipping =
        box.shipping == .hash
        ? ", by hash of the key" : box.shipping == .rebalance ? ", rebalanced" : ""
      let times = box.subtasks > 1 ? ", \(box.subtasks) subtasks in a run" : ""
      let promise = box.guarantee.map { ", \($0.rawValue)" } ?? ""
      return "step \(index + 1), \(box.kind)\(from) \(box.detail):"
        + " \(formatCount(box.passed)) passed\(losses)\(shipping)\(times)\(promise)"
    }
  }

  /// How busy the operators were while it played last.
  private static func load(_ run: RunState) -> [String] {
    var lines: [String] = run.load.boxes.enumerated().compactMap { index, measured in
      guard let busy = measured.busy, let kind = run.view.boxes.element(at: index)?.kind else {
        return nil
      }
      let pressure = measured.backPressured.map { share in
        ", back-pressured \(formatShare(share)), \(PipelineLoad.Level(share).rawValue)"
      }
      return "step \(index + 1), \(kind): busy \(formatShare(busy)),"
        + " \(PipelineLoad.Level(busy).rawValue)\(pressure ?? "")"
    }
    let note = LoadWords.note(run.load, run.view.boxes, isShort: false)
    if !note.isEmpty { lines.append(note.replacing(" · ", with: ", ")) }
    return lines
  }

  private static func account(_ run: RunState) -> [String] {
    let account = run.view.accounting
    var lines = [
      "\(formatCount(account.read)) read: \(formatCount(account.emitted)) taken in,"
        + " \(formatCount(account.filtered)) filtered, \(formatCount(account.late)) late,"
        + " \(formatCount(account.bad)) bad"
    ]
    if let checkpoint = run.view.checkpoints.last {
      lines.append(
        "checkpoint \(checkpoint.id) \(checkpoint.status.rawValue) at record"
          + " \(formatCount(checkpoint.position))")
    }
    if let next = run.view.nextFiring {
      lines.append(
        "next: the window \(bounds(next.start, next.end)) fires for"
          + " \(formatCounted(Int64(next.keyCount), "key")) when the watermark reaches"
          + " \(formatClock(next.watermark))")
    }
    return lines
  }

  private static func bounds(_ start: Int64, _ end: Int64) -> String {
    "\(formatClock(start)) to \(formatClock(end))"
  }

  private static func windows(_ windows: [WindowView], _ run: RunState) -> [String] {
    let lines = windows.prefix(listed).map { window -> String in
      let values = zip(run.view.valueNames, window.values).map { ", \($0) \($1)" }.joined()
      let fires = WindowColumns.fires(
        window, watermark: run.view.watermark, endsByTime: run.view.windowsEndByTime
      ).0
      let key = window.key.isEmpty ? "of all rows" : "of \(window.key)"
      return "window \(key), \(bounds(window.start, window.end)), \(window.state.rawValue),"
        + " \(formatCounted(window.rows, "row"))\(values), \(fires)"
    }
    return lines
      + (windows.count > listed
        ? ["and \(formatCounted(Int64(windows.count - listed), "window")) more"] : [])
  }

  private static func windowsScreen(_ run: RunState) -> [String] {
    if let detail = run.windows.detail, run.windows.opened != nil {
      let names = run.windows.detail?.columns ?? []
      return windows([detail.window], run)
        + detail.firings.map {
          "fired \($0.kind) at record \(formatCount($0.position)): "
            + $0.values.joined(separator: ", ")
        }
        + detail.events.prefix(listed).map { event in
          let values = zip(names, event.values).map { "\($0) \($1)" }.joined(separator: ", ")
          return "event, record \(formatCount(event.position))\(event.isLate ? ", late" : ""):"
            + " \(values)"
        }
    }
    let page = run.windows.page ?? WindowsPage()
    return [formatCounted(Int64(page.total), "window")] + windows(page.windows, run)
  }

  private static func time(_ run: RunState) -> [String] {
    var lines = run.view.splits.map { split in
      "split \(split.name): \(formatCounted(split.recordsRead, "record")), watermark"
        + " \(formatClock(split.watermark)), \(split.state.word)"
        + (split.holdsWatermark && run.view.splits.count > 1 ? ", holds the watermark" : "")
    }
    lines += (run.time.picture?.disorder ?? []).map { bar in
      bar.toMs == 0
        ? "\(formatCounted(bar.events, "event")) in order"
        : "\(formatCounted(bar.events, "event")) up to \(formatSpan(bar.toMs)) behind the newest"
    }
    if let weighed = run.time.weighed {
      lines.append(
        "with an out-of-orderness of \(formatSpan(weighed.ms)): \(formatCounted(weighed.dropped, "row"))"
          + " dropped, \(formatCount(weighed.late)) after their window")
    }
    return lines
  }

  private static func checkpoints(_ run: RunState) -> [String] {
    run.view.checkpoints.suffix(listed).reversed().map { checkpoint in
      "checkpoint \(checkpoint.id) \(checkpoint.status.rawValue), record"
        + " \(formatCount(checkpoint.position)), watermark \(formatClock(checkpoint.watermark))"
    }
  }

  private static func output(_ run: RunState) -> [String] {
    guard let page = run.output.page else { return [] }
    let counts = page.counts.sorted { $0.key < $1.key }
      .map { "\(formatCount($0.value)) \(words(of: $0.key))" }
    return counts
      + page.lines.prefix(listed).map { line in
        let names = page.columns[line.sink] ?? []
        let values = line.values.enumerated().map { index, value in
          [names.element(at: index), value].compactMap { $0 }.joined(separator: " ")
        }.joined(separator: ", ")
        let reason = line.reason.map { ", \($0)" } ?? ""
        return "record \(formatCount(line.position)), \(words(of: line.kind)): \(values)\(reason)"
      }
  }

  // MARK: two variants

  private static func variant(_ form: VariantForm, _ state: StudioState) -> [String] {
    guard let field = form.editing else {
      let rows = state.variantRows(form.list.query)
      return ["which option? Type to choose among \(rows.count), Enter takes the selected one"]
        + rows.prefix(listed).enumerated().map { index, option in
          let value = state.variantText(of: option) ?? option.defaultText ?? "not given"
          return "\(option.stepTitle), \(option.name): \(value)"
            + (index == form.list.selected ? ", selected" : "")
        }
    }
    let choices = field.option.choices
    return [
      "another value for \(field.option.name) of \(field.option.stepTitle), now \(field.text)",
      field.option.doc,
    ] + (choices.isEmpty ? [] : ["one of \(choices.joined(separator: ", "))"])
      + (field.fault.map { ["fault: \($0)"] } ?? [])
  }

  private static func pair(_ run: RunState) -> [String] {
    guard let pair = run.pair, let view = pair.view else { return ["opening the second variant"] }
    var lines = ["A is as in the file, B has \(pair.words)"]
    lines += PairFigures.make(view, pair.page).map { "\($0.title): A \($0.a), B \($0.b)" }
    guard let page = pair.page else { return lines + ["comparing"] }
    lines.append(
      "results that differ: \(page.changed) changed, \(page.onlyA) only in A, \(page.onlyB) only"
        + " in B; \(page.same) are alike"
        + (page.isComplete ? "" : ", compared up to record \(formatCount(page.position))"))
    return lines
      + page.lines.prefix(listed).map { line in
        let names = page.columns[line.sink]
        func named(_ names: [String]?, _ values: [String]) -> String {
          values.enumerated().map { index, value in
            [names?.element(at: index), value].compactMap { $0 }.joined(separator: " ")
          }.joined(separator: ", ")
        }
        let sides = [
          line.a.map { "A has \(named(names?.values, $0))" },
          line.b.map { "B has \(named(names?.values, $0))" },
        ].compactMap { $0 }
        return "\(named(names?.identity, line.identity)): \(sides.joined(separator: "; "))"
      }
  }

  private static func words(of kind: String) -> String {
    switch kind {
    case "+I": "inserted"
    case "-U": "taken back for an update"
    case "+U": "updated"
    case "-D": "deleted"
    case "dead": "dead letters"
    default: kind
    }
  }

  private static let signs: [(String, String)] = [
    ("✓ ", ""), ("✗ ", "bad: "), ("◆ ", ""), ("○ ", ""), ("● ", ""), ("◉ ", ""), ("◌ ", ""),
    ("▲ ", ""), ("• ", ""), ("! ", "late: "), ("− ", "minus "), ("≥", "at least"), ("≤", "at most"),
    ("→", "to"), ("fired 1×", "fired once"), ("speed ×", "speed "), ("× ", " times "),
    ("×", " times"),
    (" L ", " late "), ("·", ","), ("—", "unknown"), ("▸", ""), ("…", "..."),
  ]

  /// Signs as words.
  private static func spoken(_ line: String) -> String {
    signs.reduce(line) { $0.replacing($1.0, with: $1.1) }.trimmingSpaces()
  }
}
