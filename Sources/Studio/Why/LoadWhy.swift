import Runtime
import Terminal

/// How much an operator works, why its rows wait, and who holds whom up.
enum LoadWhy {
  /// - Parameter load: what was measured while it plays; nil at rest.
  static func explain(
    _ index: Int, in view: ReplayView, _ load: PipelineLoad?
  ) -> [WhyLine] {
    let flink = WhyLine(
      .muted,
      "Flink: busyTimeMsPerSecond, backPressuredTimeMsPerSecond, idleTimeMsPerSecond; OK up to"
        + " 10 %, LOW up to 50 %, HIGH above.")
    guard let box = view.boxes.element(at: index) else { return [] }
    if box.isChained {
      return [
        WhyLine(
          .text, "Its work is measured with that of the window: the two are chained, one operator.")
      ]
    }
    guard let load, let measured = load.boxes.element(at: index), let busy = measured.busy,
      let pressure = measured.backPressured
    else {
      return [
        WhyLine(.text, "\(unknownText) Busy and back pressure are measured while it plays."), flink,
      ]
    }
    var lines = [
      WhyLine(
        role(of: busy),
        "busy \(formatShare(busy)), \(PipelineLoad.Level(busy).rawValue): the share of the last"
          + " second in which it worked."),
      WhyLine(
        role(of: pressure),
        "back-pressured \(formatShare(pressure)), \(PipelineLoad.Level(pressure).rawValue): the share"
          + " in which its rows waited because operators after it worked\(waited(index, view, load))."
      ),
      WhyLine(
        .text,
        "idle \(load.idle(index).map(formatShare) ?? unknownText): it had no rows to work on. The other"
          + " \(formatShare(load.watched)) went to the studio: its notes for going back, the picture, in A/B the other variant."
      ),
    ]
    lines.append(verdict(index, view, load))
    return lines + [flink]
  }

  /// The shares that add up: `: window 52 % + sink 10 %`.
  private static func waited(_ index: Int, _ view: ReplayView, _ load: PipelineLoad) -> String {
    let after = view.boxes.indices.filter { reader in
      var input = view.boxes[reader].input
      while let box = input, box > index { input = view.boxes[box].input }
      return input == index && reader != index
    }
    let parts = after.compactMap { box in
      load.boxes.element(at: box)?.busy.flatMap { busy in
        busy < 0.01 ? nil : "\(view.boxes[box].kind) \(formatShare(busy))"
      }
    }
    return parts.isEmpty ? "" : ": " + parts.joined(separator: " + ")
  }

  private static func verdict(_ index: Int, _ view: ReplayView, _ load: PipelineLoad) -> WhyLine {
    if let bottleneck = load.bottleneck, let box = view.boxes.element(at: bottleneck) {
      let pressure = formatShare(load.boxes.first?.backPressured ?? 0)
      let why =
        "the busiest operator (\(formatShare(load.boxes[bottleneck].busy ?? 0))), and the source is"
        + " more back-pressured (\(pressure)) than idle"
        + " (\(load.idle(0).map(formatShare) ?? unknownText))."
      return bottleneck == index
        ? WhyLine(.warning, "▲ It is the bottleneck: \(why)")
        : WhyLine(.text, "▲ The bottleneck is \(box.title): \(why)")
    }
    if load.isWaiting {
      return WhyLine(
        .text,
        "The playhead waits for the log's time: the source is idle, and nothing holds it up. At"
          + " speed max it reads as fast as the operators can.")
    }
    return WhyLine(
      .text, "There is no bottleneck: the source is more idle than back-pressured.")
  }

  private static func role(of share: Double) -> ThemeRole {
    switch PipelineLoad.Level(share) {
    case .ok: .text
    case .low: .warning
    case .high: .bad
    }
  }
}
