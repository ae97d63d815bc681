import Engine

/// The boxes of a pipeline's picture, made from a graph and its counters.
enum ReplayBoxes {
  /// - Parameter staged: rows of each sink since the last checkpoint.
  static func make(
    graph: JobGraph, counters: [NodeCounters], staged: [Int: Int64] = [:]
  ) -> [BoxView] {
    var boxes: [BoxView] = []
    var lastBoxOfNode: [Int] = []
    for (index, node) in graph.nodes.enumerated() {
      let count = counters[index]
      var input = node.inputs.first.map { lastBoxOfNode[$0.node] }
      var port = node.inputs.first?.port ?? .main
      var isKeyed = false
      for step in node.steps {
        if step.kind == "key_by" {  // drawn as the arrow to the window
          isKeyed = true
          continue
        }
        var box = box(
          step, node, count, input: input, port: port,
          shipping: input == nil ? .none : isKeyed ? .hash : .forward)
        if box.guarantee == .exactlyOnce { box.stagedRows = staged[index] ?? 0 }
        boxes.append(box)
        input = boxes.count - 1
        port = .main
        isKeyed = false
      }
      lastBoxOfNode.append(boxes.count - 1)
    }
    return boxes
  }

  private static func box(
    _ step: StepSummary, _ node: JobNode, _ count: NodeCounters, input: Int?,
    port: StreamReference.Port, shipping: BoxView.Shipping
  ) -> BoxView {
    var box = BoxView(
      kind: step.kind, name: step.name, detail: step.detail, shipping: shipping, input: input,
      inputPort: port)
    switch (step.kind, node.logic) {
    case ("source", _):
      box.rowsOut = count.rowsIn
    case ("parse", _):
      (box.rowsIn, box.rowsOut) = (count.rowsIn, count.rowsOut)
      box.losses = losses(["bad": count.bad])
    case ("window", _):
      (box.rowsIn, box.rowsOut) = (count.rowsIn, count.added)
      box.losses = losses(["late": count.late, "gaps": count.unassigned, "bad": count.bad])
    case ("aggregate", _):
      (box.rowsIn, box.rowsOut) = (count.added, count.rowsOut)
    case (_, .sink(let spec)):
      box.rowsIn = count.rowsIn
      box.guarantee = spec.guarantee
    default:
      (box.rowsIn, box.rowsOut) = (count.rowsIn, count.rowsOut)
      box.losses = losses(["filtered": count.filtered, "bad": count.bad])
    }
    return box
  }

  private static func losses(_ all: [String: Int64]) -> [String: Int64] {
    all.filter { $0.value > 0 }
  }
}
