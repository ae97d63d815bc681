import Runtime

/// Measures rates and the load of the operators over the last second of our time.
struct LoadMeter {
  /// What had been counted at a moment.
  private struct Mark {
    var ns: UInt64
    var rows: [Int64]
    var workNs: [UInt64?]
    var restedNs: UInt64
  }

  private static let secondNs: UInt64 = 1_000_000_000

  /// Marks stand at least so far apart: there are only a few.
  private let stepNs: UInt64

  /// Oldest first; the first is the last one that is a second old, or where none is the oldest.
  private var marks: [Mark] = []
  private(set) var load = PipelineLoad()

  /// - Parameter stepNs: at least so much time lies between two measurements.
  init(stepNs: UInt64 = secondNs / 4) { self.stepNs = stepNs }

  /// - Parameters:
  ///   - workNs: how long the operator of each box has worked, ``ReplayControlling/workNs``.
  ///   - restedNs: how long the worker has slept so far.
  mutating func measure(
    _ view: ReplayView, workNs: [UInt64?], restedNs: UInt64, nowNs: UInt64
  ) {
    let now = Mark(ns: nowNs, rows: view.boxes.map(\.passed), workNs: workNs, restedNs: restedNs)
    if let first = marks.first, first.rows.count != now.rows.count { marks = [] }
    guard let last = marks.last else {
      marks = [now]
      return
    }
    guard nowNs > last.ns, nowNs - last.ns >= stepNs else { return }
    marks.append(now)
    while marks.count > 2, nowNs - marks[1].ns >= Self.secondNs { marks.removeFirst() }
    load = Self.load(from: marks[0], to: now, view.boxes)
  }

  mutating func reset() { self = LoadMeter(stepNs: stepNs) }

  private static func load(from: Mark, to: Mark, _ boxes: [BoxView]) -> PipelineLoad {
    let elapsed = Double(to.ns - from.ns)
    let busy = boxes.indices.map { index -> Double? in
      guard let before = from.workNs.element(at: index) ?? nil,
        let after = to.workNs.element(at: index) ?? nil
      else { return nil }
      return Double(after - min(before, after)) / elapsed
    }
    // An operator cannot go on while those after it work: their shares add up. Readers stand after
    // what they read.
    var after = Array(repeating: 0.0, count: boxes.count)
    for index in boxes.indices.reversed() {
      guard let input = boxes[index].input, input < index else { continue }
      after[input] += after[index] + (busy[index] ?? 0)
    }
    let worked = busy.reduce(0) { $0 + ($1 ?? 0) }
    let rested = Double(to.restedNs - from.restedNs) / elapsed
    let isMeasured = busy.contains { $0 != nil }
    return PipelineLoad(
      boxes: boxes.indices.map { index in
        PipelineLoad.Box(
          rate: max(0, Double(to.rows[index] - from.rows[index])) / (elapsed / Double(secondNs)),
          busy: busy[index], backPressured: busy[index] == nil ? nil : after[index])
      }, watched: isMeasured ? max(0, 1 - worked - rested) : 0)
  }
}
