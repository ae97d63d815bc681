import Engine
import Runtime
import Terminal
import VisibleText

/// The boxes of a pipeline arranged for drawing: one chain, and the branches that leave it.
struct PipelineChain {
  /// Positions in `ReplayView.boxes`, from a source to the end of the longest path.
  var chain: [Int] = []
  /// Boxes that are not on the chain, each with the box it reads, in the pipeline's order.
  var branches: [Int] = []

  init(_ boxes: [BoxView]) {
    // How many boxes follow on the main port; inputs stand before their readers.
    var depth = Array(repeating: 0, count: boxes.count)
    var next: [Int?] = Array(repeating: nil, count: boxes.count)
    for index in boxes.indices.reversed() {
      guard let input = boxes[index].input, boxes[index].inputPort == .main,
        boxes.indices.contains(input), input < index
      else { continue }
      if next[input] == nil || depth[index] + 1 > depth[input] {
        depth[input] = depth[index] + 1
        next[input] = index
      }
    }
    let sources = boxes.indices.filter { boxes[$0].input == nil }
    var current = sources.max { depth[$0] < depth[$1] } ?? boxes.indices.first
    while let index = current, !chain.contains(index) {
      chain.append(index)
      current = next[index]
    }
    branches = boxes.indices.filter { !chain.contains($0) }
  }

  /// Rows that drawing wants: boxes with their borders, and one for each branch; without frames
  /// one for all branches.
  func rows(isCompact: Bool) -> Int {
    isCompact ? 2 + min(1, branches.count) : 4 + branches.count
  }
}

extension BoxView {
  /// Rows that left it; for a sink, that reached it.
  var passed: Int64 { guarantee == nil ? rowsOut : rowsIn }

  /// Its kind and its name, where it has one.
  var title: String { [kind, name].compactMap(\.self).joined(separator: " ") }

  /// How many of it there are in a run, where that is more than one: `×2`.
  var times: String { subtasks > 1 ? " ×\(subtasks)" : "" }
}

/// The words of one box.
struct BoxWords {
  /// The operator's kind, and its subtasks where there are several and room for it.
  var titles: [String]
  /// What it does or is called, where there is room for it.
  var extra: String
  /// What passed it, and the same in fewer digits.
  var counts: [String]
  var rate: String
  /// How busy it is, the longest first; what fits is shown.
  var busy: [String]
  var busyRole: ThemeRole
  var loss: String
  /// What stands in the lower border, the longest first: losses, or what a sink promises.
  var notes: [String]

  /// - Parameters:
  ///   - load: what was measured while it played; nil at rest.
  ///   - isBottleneck: whether it holds the others up.
  init(_ box: BoxView, load: PipelineLoad.Box? = nil, isBottleneck: Bool = false) {
    titles = [box.kind + box.times, box.kind]
    extra = DisplayWidth.columns(of: box.detail) <= 24 ? box.detail : box.name ?? ""
    counts = [formatCount(box.passed), formatCompact(box.passed)]
    rate = load.map { formatRate($0.rate) } ?? ""
    (busy, busyRole) = Self.busy(box, load, isBottleneck)
    let losses = box.losses.filter { $0.value > 0 }
    loss = losses.sorted { $0.key < $1.key }
      .map { "\(formatCount($0.value)) \($0.key)" }.joined(separator: " ")
    notes =
      loss.isEmpty
      ? [box.guarantee?.rawValue ?? ""]
      : [loss, "−" + formatCount(losses.values.reduce(0, +))]
  }

  /// The title that fits, cut where none does.
  func title(in width: Int) -> String {
    titles.first { DisplayWidth.columns(of: $0) <= width }
      ?? TextFit.truncated(titles[titles.count - 1], to: width)
  }

  func count(in width: Int) -> String {
    counts.first { DisplayWidth.columns(of: $0) <= width } ?? counts[counts.count - 1]
  }

  private static func busy(
    _ box: BoxView, _ load: PipelineLoad.Box?, _ isBottleneck: Bool
  ) -> ([String], ThemeRole) {
    if box.isChained { return (["in \(box.kind == "aggregate" ? "window" : "its input")"], .muted) }
    guard let share = load?.busy else { return (["busy \(unknownText)", unknownText], .muted) }
    let level = PipelineLoad.Level(share)
    let sign = isBottleneck ? "▲ " : ""
    let number = formatShare(share)
    let word = level == .ok ? [] : ["busy ", ""].map { "\(sign)\($0)\(number) \(level.rawValue)" }
    let role: ThemeRole = level == .ok ? .muted : level == .low ? .warning : .bad
    return (word + ["\(sign)busy \(number)", "\(sign)\(number)", number], role)
  }
}
