import Columns
import Engine
import TestSupport
import Testing

/// Splits with arrivals against a naive model that lets time pass millisecond by millisecond.
@Suite struct WatermarksAgainstAModel {
  struct Record {
    /// Nil for one without event time.
    var time: Int64?
    var arrival: Int64
  }

  /// What ``WatermarkCombiner`` and the order of reading are to do, said in the plainest way.
  struct Model {
    struct Split {
      var records: [Record]
      var next = 0
      var watermark = minWatermark
      var silenceMs: Int64 = 0
      var isIdle = false
      var isAligned = true
      var isPaused = false
      var hasEnded = false
    }

    var splits: [Split]
    var output = minWatermark
    let idleAfterMs: Int64?
    let maxDriftMs: Int64?

    mutating func run() -> [String] {
      var lines: [String] = []
      guard var now = splits.compactMap({ $0.records.first?.arrival }).min() else { return [] }
      settle()
      while splits.contains(where: { !$0.hasEnded }) {
        while let index = readable(now) {
          lines.append(read(index))
          settle()
          // The last record counts; then the split is no more.
          splits[index].hasEnded = splits[index].next >= splits[index].records.count
          settle()
        }
        now += 1
        for index in splits.indices where !splits[index].isIdle && !splits[index].isPaused {
          splits[index].silenceMs += 1
          if let idleAfterMs, splits[index].silenceMs > idleAfterMs, !splits[index].hasEnded {
            splits[index].isIdle = true
            splits[index].isAligned = false
          }
        }
        settle()
      }
      return lines + ["end \(WatermarkJob.text(output))"]
    }

    private func readable(_ now: Int64) -> Int? {
      splits.indices.filter {
        !splits[$0].hasEnded && !splits[$0].isPaused
          && splits[$0].records[splits[$0].next].arrival <= now
      }.min { one, other in
        splits[one].records[splits[one].next].arrival
          < splits[other].records[splits[other].next].arrival
      }
    }

    private mutating func read(_ index: Int) -> String {
      let record = splits[index].records[splits[index].next]
      let name = "s\(index)"
      let before = WatermarkJob.text(output)
      splits[index].next += 1
      guard let time = record.time else { return "bad \(before) \(name):\(splits[index].next)" }
      if splits[index].isIdle {
        splits[index].isIdle = false
        splits[index].isAligned = splits[index].watermark >= output
      }
      splits[index].silenceMs = 0
      splits[index].watermark = max(splits[index].watermark, time - 1)
      if splits[index].watermark >= output { splits[index].isAligned = true }
      return "\(name) \(time) \(before)"
    }

    private mutating func settle() {
      let left = splits.filter { !$0.hasEnded }
      let active = left.filter { !$0.isIdle }
      let low = active.filter(\.isAligned).map(\.watermark).min()
      let high = left.map(\.watermark).max()
      if let next = active.isEmpty ? high : low { output = max(output, next) }
      guard let maxDriftMs else { return }
      let slowest = active.map(\.watermark).min()
      for index in splits.indices where !splits[index].hasEnded {
        splits[index].isPaused = slowest.map { splits[index].watermark > $0 + maxDriftMs } ?? false
      }
    }
  }

  @Test(arguments: Array(UInt64(1)...60))
  func theIngestDoesWhatTheModelDoes(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let splits = (0..<Int.random(in: 1...4, using: &random)).map { _ in
      Self.records(&random)
    }
    let idle: Int64? = [nil, 0, 3, 20].randomElement(using: &random) ?? nil
    let drift: Int64? = [nil, 0, 5, 40].randomElement(using: &random) ?? nil
    var model = Model(
      splits: splits.map { Model.Split(records: $0) }, idleAfterMs: idle, maxDriftMs: drift)
    let expected = model.run()
    var job = WatermarkJob()
    job.hasArrival = true
    job.spec = WatermarkSpec(idleAfterMs: idle, maxDriftMs: drift)
    let texts = splits.enumerated().map { index, records in
      WatermarkJob.split(
        "s\(index)",
        records.map { "\($0.time.map(String.init) ?? "-")@\($0.arrival)" }.joined(separator: " "))
    }
    for maxRecords in [1, 4, Int.max] {
      let lines = try job.run(texts, maxRecords: maxRecords).map { line in
        line.hasPrefix("bad") ? String(line.prefix(while: { $0 != "t" }).dropLast()) : line
      }
      #expect(
        lines == expected, "seed \(seed) idle \(idle ?? -1) drift \(drift ?? -1) of \(maxRecords)")
    }
  }

  /// A split with bursts, silences and disorder.
  private static func records(_ random: inout SeededRandom) -> [Record] {
    var arrival = Int64.random(in: 0...30, using: &random)
    var time = Int64.random(in: 0...60, using: &random)
    return (0..<Int.random(in: 1...40, using: &random)).map { _ in
      let isQuiet = Int.random(in: 0...7, using: &random) == 0
      arrival += Int64.random(in: 0...(isQuiet ? 60 : 4), using: &random)
      time += Int64.random(in: -3...8, using: &random)
      let isBad = Int.random(in: 0...15, using: &random) == 0
      return Record(time: isBad ? nil : max(time, 0), arrival: arrival)
    }
  }
}
