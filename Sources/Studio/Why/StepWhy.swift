import Columns
import Engine
import Runtime
import Terminal

/// What a step of the pipeline does, where its rows have gone, and how they reach it.
enum StepWhy {
  static func explain(_ index: Int, in view: ReplayView) -> [WhyLine] {
    guard let box = view.boxes.element(at: index) else { return [] }
    var lines = [
      WhyLine(.title, [box.kind, box.name].compactMap { $0 }.joined(separator: " "))
    ]
    if !box.detail.isEmpty { lines.append(WhyLine(.accent, box.detail)) }
    lines += [WhyLine(.text, ""), WhyLine(.focus, "What it does"), WhyLine(.text, work(box))]
    lines += [WhyLine(.text, ""), WhyLine(.focus, "Its rows")] + account(box)
    if let input = box.input, let from = view.boxes.element(at: input) {
      lines += [
        WhyLine(.text, ""), WhyLine(.focus, "How they reach it"),
        WhyLine(.text, shipping(box, from: from)),
      ]
    }
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
    default: "FORWARD: each row is handed on where it is, in order; nothing is sent around."
    }
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
