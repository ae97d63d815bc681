import Columns
import Engine
import Runtime
import Terminal

/// What a step of the pipeline does, where its rows have gone, and how they reach it.
enum StepWhy {
  /// - Parameter load: what was measured while it plays; nil at rest.
  static func explain(
    _ index: Int, in view: ReplayView, load: PipelineLoad? = nil
  ) -> [WhyLine] {
    guard let box = view.boxes.element(at: index) else { return [] }
    var lines = [
      WhyLine(.title, [box.kind, box.name].compactMap { $0 }.joined(separator: " "))
    ]
    if !box.detail.isEmpty { lines.append(WhyLine(.accent, box.detail)) }
    lines += [WhyLine(.text, ""), WhyLine(.focus, "What it does"), WhyLine(.text, work(box))]
    lines += [WhyLine(.text, ""), WhyLine(.focus, "Its rows")] + account(box)
    lines += [WhyLine(.text, ""), WhyLine(.focus, "How busy it is")]
    lines += LoadWhy.explain(index, in: view, load)
    if let input = box.input, let from = view.boxes.element(at: input) {
      lines += [
        WhyLine(.text, ""), WhyLine(.focus, "How they reach it"),
        WhyLine(.text, shipping(box, from: from)),
      ]
    }
    lines += [WhyLine(.text, ""), WhyLine(.focus, "How many there are")]
    lines += subtasks(box, in: view)
    if let guarantee = box.guarantee {
      lines += [
        WhyLine(.text, ""), WhyLine(.focus, "What it promises"),
        WhyLine(guarantee == .exactlyOnce ? .good : .warning, promise(guarantee)),
      ]
    }
    return lines + [WhyLine(.text, ""), WhyLine(.muted, "Flink: \(flink(box.kind))")]
  }

  private static func work(_ box: BoxView) -> String {
    switch box.kind {
    case "source": "It reads the log's splits, each in its own order, and notes how far it came."
    case "parse":
      "It reads each record as columns, and takes its event time from one of them. What cannot be"
        + " read is a dead letter with its place, not an end of the job."
    case "filter":
      "A row goes on where the condition holds; where it does not, or is NULL, it ends."
    case "derive": "It computes columns from the row alone; nothing is remembered."
    case "window":
      "It puts each row into the windows that its event time falls into, one set for each key, and"
        + " fires a window when the watermark reaches its end."
    case "aggregate":
      "It computes the result of each window as it fires, and again when it is updated."
    case "sink":
      "It takes the results. In a replay they are only looked at: nothing is written outside."
    default: "It takes rows and gives rows."
    }
  }

  private static func account(_ box: BoxView) -> [WhyLine] {
    var lines = [
      WhyLine(
        .text,
        box.input == nil
          ? "\(formatCount(box.rowsOut)) read"
          : "\(formatCount(box.rowsIn)) in, \(formatCount(box.passed)) \(box.guarantee == nil ? "out" : "taken")"
      )
    ]
    for (name, count) in box.losses.sorted(by: { $0.key < $1.key }) {
      switch name {
      case "filtered":
        lines.append(WhyLine(.text, "− \(formatCount(count)) filtered: the condition did not hold"))
      case "late":
        lines.append(
          WhyLine(
            .late,
            "! \(formatCount(count)) late: the watermark had passed their window's end and its"
              + " allowed lateness"))
      case "bad":
        lines.append(
          WhyLine(.bad, "✗ \(formatCount(count)) bad: dead letters, each with its reason (Output)"))
      case "gaps":
        lines.append(
          WhyLine(.text, "− \(formatCount(count)) between windows: no window covers their time"))
      default: lines.append(WhyLine(.text, "− \(formatCount(count)) \(name)"))
      }
    }
    return lines
  }

  private static func shipping(_ box: BoxView, from: BoxView) -> String {
    switch (box.inputPort, box.shipping) {
    case (.late, _): "It reads the late rows of \(from.kind): those that no window takes any more."
    case (.dead, _): "It reads the dead letters of \(from.kind)."
    case (_, .hash):
      "HASH: the key is hashed to a key group, and each subtask owns a range of them, so that all"
        + " rows of a key meet in one place, whatever the parallelism."
    case (_, .rebalance):
      "REBALANCE: the rows of \(formatCounted(Int64(from.subtasks), "subtask")) of \(from.kind)"
        + (box.subtasks > 1
          ? " are dealt out to \(box.subtasks), a block at a time, whatever their keys."
          : " come together in one, in a fixed order.")
    default: "FORWARD: each row is handed on where it is, in order; nothing is sent around."
    }
  }

  /// In a run; and who owns which key groups, where it is keyed.
  private static func subtasks(_ box: BoxView, in view: ReplayView) -> [WhyLine] {
    let replay = "A replay uses one of each operator: the output is the same."
    guard box.subtasks > 1 else {
      let why =
        box.kind == "window" && box.shipping != .hash
        ? ": without a key all rows meet in one place (Flink: windowAll)" : ""
      return [WhyLine(.text, "One subtask, in a run too\(why).")]
    }
    var lines = [
      WhyLine(.text, "\(box.subtasks) subtasks in a run (the pipeline's parallelism). \(replay)")
    ]
    let keyed = box.isChained ? box.input.flatMap { view.boxes.element(at: $0) } : box
    guard keyed?.shipping == .hash else { return lines }
    lines.append(
      WhyLine(
        .text,
        "Max parallelism \(keyGroupCount): so many key groups there are, and a checkpoint can be"
          + " restored with any parallelism up to it."))
    let shown = 16
    for number in 0..<min(box.subtasks, shown) {
      let groups = keyGroups(of: number, parallelism: box.subtasks)
      lines.append(
        WhyLine(
          .text,
          "  subtask \(number + 1)/\(box.subtasks)  key groups \(groups.lowerBound)–"
            + "\(groups.upperBound)"))
    }
    if box.subtasks > shown {
      lines.append(WhyLine(.muted, "  … and \(box.subtasks - shown) more"))
    }
    return lines
  }

  /// The key groups that a subtask owns.
  static func keyGroups(of number: Int, parallelism: Int) -> ClosedRange<Int> {
    // The first group with group × parallelism / groups = number.
    let first = (number * keyGroupCount + parallelism - 1) / parallelism
    let next = ((number + 1) * keyGroupCount + parallelism - 1) / parallelism
    return first...(next - 1)
  }

  private static func promise(_ guarantee: Guarantee) -> String {
    guarantee == .exactlyOnce
      ? "exactly-once: results are staged, prepared with a checkpoint and committed when it has"
        + " completed; after a crash what was not committed is taken back."
      : "at-least-once: after a crash, rows since the last checkpoint are written again."
  }

  private static func flink(_ kind: String) -> String {
    switch kind {
    case "source": "a Source with splits; a SplitEnumerator hands them out."
    case "parse": "a DeserializationSchema with a WatermarkStrategy behind it."
    case "filter": "DataStream.filter; WHERE in SQL."
    case "derive": "DataStream.map; SELECT expressions in SQL."
    case "window": "KeyedStream.window(WindowAssigner); a window TVF in SQL."
    case "aggregate": "an AggregateFunction with a ProcessWindowFunction."
    case "sink": "Sink V2: SinkWriter, Committer; preCommit and commit around a checkpoint."
    default: "an operator of the job graph, chained with its neighbours where it can be."
    }
  }
}
