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

  /// Rows that drawing wants: boxes of three rows, and one for each branch.
  func rows(isCompact: Bool) -> Int { (isCompact ? 2 : 3) + branches.count }
}

extension BoxView {
  /// Rows that left it; for a sink, that reached it.
  var passed: Int64 { guarantee == nil ? rowsOut : rowsIn }
}

/// The words of one box.
struct BoxWords {
  /// The operator's kind.
  var title: String
  /// What it does or is called, where there is room for it.
  var extra: String
  var count: String
  var rate: String
  var loss: String
  /// What stands in the lower border: losses, or what a sink promises.
  var note: String

  init(_ box: BoxView, rate: Double?) {
    title = box.kind
    extra = DisplayWidth.columns(of: box.detail) <= 24 ? box.detail : box.name ?? ""
    count = formatCount(box.passed)
    self.rate = rate.map { formatRate($0) } ?? ""
    loss = box.losses.filter { $0.value > 0 }.sorted { $0.key < $1.key }
      .map { "\(formatCount($0.value)) \($0.key)" }.joined(separator: " ")
    note = loss.isEmpty ? box.guarantee?.rawValue ?? "" : loss
  }
}
