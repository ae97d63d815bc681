import Runtime

/// What the load of a pipeline means, in words.
enum LoadWords {
  /// In one line: who holds the others up, or that nobody does; empty at rest.
  static func note(_ load: PipelineLoad, _ boxes: [BoxView], isShort: Bool) -> String {
    guard let source = load.boxes.first, let pressure = source.backPressured else { return "" }
    if let index = load.bottleneck, let box = boxes.element(at: index) {
      let busy = load.boxes[index].busy ?? 0
      let level = PipelineLoad.Level(busy)
      let share = formatShare(busy) + (level == .ok ? "" : " \(level.rawValue)")
      let words = "▲ bottleneck: \(isShort ? box.kind : box.title), busy \(share)"
      if isShort { return words }
      return words + " · source back-pressured \(formatShare(pressure))"
        + " \(PipelineLoad.Level(pressure).rawValue)"
    }
    if load.isWaiting {
      return isShort
        ? "idle: waits for the log's time" : "idle: the playhead waits for the log's time"
    }
    return isShort ? "no bottleneck" : "no bottleneck: the source is seldom held up"
  }
}
