import Engine

/// The boxes of a pipeline's picture, made from a graph and its counters.
enum ReplayBoxes {
  /// What a run of the pipeline would spread its work over.
  struct Parallelism {
    /// Subtasks of each keyed operator.
    var keyed: Int
    /// Splits of the source: blocks of one split are parsed side by side; the records of several
    /// are put in order one by one.
    var splits: Int
  }

  /// - Parameter staged: rows of each sink since the last checkpoint.
  static func make(
    graph: JobGraph, counters: [NodeCounters], parallelism: Parallelism,
    staged: [Int: Int64] = [:]
  ) -> [BoxView] {
    var boxes: [BoxView] = []
    var lastBoxOfNode: [Int] = []
    // Late rows and dead letters leave a window where its rows come in.
    var windowBoxOfNode: [Int: Int] = [:]
    for (index, node) in graph.nodes.enumerated() {
      let count = counters[index]
      var port = node.inputs.first?.port ?? .main
      var input = node.inputs.first.map { from in
        port == .main
          ? lastBoxOfNode[from.node] : windowBoxOfNode[from.node] ?? lastBoxOfNode[from.node]
      }
      var isKeyed = false
      for step in node.steps {
        if step.kind == "key_by" {  // drawn as the arrow to the window
          if case .window(let spec) = node.logic { isKeyed = !spec.keys.isEmpty }
          continue
        }
        var box = box(step, node, count, input: input, port: port)
        let before = input.map { boxes[$0] }
        box.subtasks = subtasks(of: box, after: before, parallelism, isKeyed: isKeyed)
        box.shipping = shipping(to: box, from: before, isKeyed: isKeyed)
        if step.kind == "window" { windowBoxOfNode[index] = boxes.count }
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

  /// How long the operator of each box has worked, ns; nil for one whose work is done in another.
  static func workNs(graph: JobGraph, stopwatch: Stopwatch) -> [UInt64?] {
    graph.nodes.indices.flatMap { index -> [UInt64?] in
      let steps = graph.nodes[index].steps.filter { $0.kind != "key_by" }
      return steps.indices.map { place in
        if case .ingest = graph.nodes[index].logic, steps.count > 1 {
          return place == 0 ? stopwatch.readNs[index] : place == 1 ? stopwatch.workNs[index] : nil
        }
        return place == 0 ? stopwatch.workNs[index] + stopwatch.readNs[index] : nil
      }
    }
  }

  /// As a run does it: blocks of a split are parsed side by side and stay in their lane up to the
  /// key; a window without a key, and what comes after a window, is in one place.
  private static func subtasks(
    of box: BoxView, after before: BoxView?, _ parallelism: Parallelism, isKeyed: Bool
  ) -> Int {
    switch box.kind {
    case "source", "sink": 1
    case "parse": parallelism.splits == 1 ? parallelism.keyed : 1
    case "window": isKeyed ? parallelism.keyed : 1
    case "aggregate": before?.subtasks ?? 1
    default: before?.kind == "aggregate" || box.inputPort != .main ? 1 : before?.subtasks ?? 1
    }
  }

  private static func shipping(
    to box: BoxView, from before: BoxView?, isKeyed: Bool
  ) -> BoxView.Shipping {
    guard let before else { return .none }
    if isKeyed { return .hash }
    return before.subtasks == box.subtasks ? .forward : .rebalance
  }

  private static func box(
    _ step: StepSummary, _ node: JobNode, _ count: NodeCounters, input: Int?,
    port: StreamReference.Port
  ) -> BoxView {
    var box = BoxView(
      kind: step.kind, name: step.name, detail: step.detail, shipping: .none, input: input,
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
      box.isChained = true
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
