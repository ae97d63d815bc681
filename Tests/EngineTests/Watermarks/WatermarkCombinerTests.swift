import Columns
import TestSupport
import Testing

@testable import Engine

/// One line of what splits do in, the combined watermark as it grows out.
///
/// `a:5` split a's watermark is 5 · `-a` it becomes idle · `+a` it is back without a new watermark ·
/// `.a` it has ended. Out: each new combined watermark; `idle` where none is active any more.
@Suite struct WatermarkCombining {
  struct Diagram: Sendable, CustomTestStringConvertible {
    var title: String
    var happens: String
    var emits: String
    var splits = 2
    var testDescription: String { title }
  }

  static let diagrams = [
    Diagram(
      title: "nothing is passed on before every split has a watermark",
      happens: "a:5 a:9 b:3", emits: "3"),
    Diagram(
      title: "the output is the lowest, and only what grows is passed on",
      happens: "a:5 b:3 b:4 b:8 a:6 a:6", emits: "3 4 5 6"),
    Diagram(
      title: "a split's watermark never goes back", happens: "a:5 b:7 a:2 b:9 a:6", emits: "5 6"),
    Diagram(
      title: "an idle split does not hold the output back",
      happens: "a:5 b:3 -b a:9", emits: "3 5 9"),
    Diagram(
      title: "a split that never spoke is idle too", happens: "a:5 -b a:6", emits: "5 6"),
    Diagram(
      title: "a split back from idle does not count before it has reached the output",
      happens: "a:5 b:3 -b a:9 b:4 a:10 b:9 a:11", emits: "3 5 9 10 11"),
    Diagram(
      title: "it counts from the moment its watermark is the output's",
      happens: "a:5 b:3 -b a:9 b:9 a:12 b:10", emits: "3 5 9 10"),
    Diagram(
      title: "one that comes back at the output counts at once",
      happens: "a:5 b:5 -b a:5 +b a:9 b:7", emits: "5 7"),
    Diagram(
      title: "one that was ahead when it fell silent counts at once when it is back",
      happens: "a:5 b:9 -b a:7 +b a:20", emits: "5 7 9"),
    Diagram(
      title: "when all are idle the output is the highest of them",
      happens: "a:5 b:30 -a -b", emits: "5 30 idle"),
    Diagram(
      title: "whatever the order in which they fell silent",
      happens: "a:5 b:30 -b -a", emits: "5 30 idle"),
    Diagram(
      title: "after that a slow one that is back holds nobody",
      happens: "a:5 b:30 -a -b a:6 b:31", emits: "5 30 idle 31"),
    Diagram(
      title: "an ended split no longer holds the minimum", happens: "a:5 b:3 .b a:9",
      emits: "3 5 9"),
    Diagram(title: "the last end passes nothing on", happens: "a:5 b:3 .b .a", emits: "3 5"),
    Diagram(
      title: "what is left when the others have ended may be idle", happens: "a:5 b:3 .a -b",
      emits: "3 idle"),
    Diagram(
      title: "three splits: the minimum moves from one to the next",
      happens: "a:1 b:2 c:3 a:4 b:5 -c b:6 a:6 c:5 c:6 c:7", emits: "1 2 3 4 6", splits: 3),
  ]

  @Test(arguments: diagrams)
  func theSplitsGiveTheWatermark(_ diagram: Diagram) {
    let words = diagram.happens.split(separator: " ").map(String.init)
    #expect(
      Self.emissions(words, splits: diagram.splits).joined(separator: " ") == diagram.emits)
  }

  /// What a combiner of so many splits passes on, a word each.
  static func emissions(_ words: [String], splits: Int) -> [String] {
    var combiner = WatermarkCombiner(Array(repeating: .init(), count: splits), idleAfterMs: 10)
    var emitted: [String] = []
    for word in words {
      let wasIdle = combiner.isIdle
      apply(word[...], to: &combiner)
      if combiner.combine() { emitted.append("\(combiner.output)") }
      if combiner.isIdle, !wasIdle { emitted.append("idle") }
    }
    return emitted
  }

  private static func apply(_ word: Substring, to combiner: inout WatermarkCombiner) {
    func split(_ name: Substring) -> Int {
      Int(name.unicodeScalars.first?.value ?? 97) - 97
    }
    switch word.first {
    case "-": combiner.silence(split(word.dropFirst()))
    case "+":
      let index = split(word.dropFirst())
      combiner.hear(index, watermark: combiner.inputs[index].watermark, at: nil)
    case ".": combiner.end(split(word.dropFirst()))
    default:
      let parts = word.split(separator: ":")
      combiner.hear(split(parts[0]), watermark: Int64(parts[1]) ?? 0, at: nil)
    }
  }

  // MARK: silence and drift

  private func combiner(idleAfter: Int64? = 10, drift: Int64? = nil) -> WatermarkCombiner {
    WatermarkCombiner(
      [.init(), .init()], idleAfterMs: idleAfter, maxDriftMs: drift)
  }

  @Test func aSplitIsIdleOnceItWasSilentForLongerThanTheIdleTime() {
    var combiner = combiner()
    combiner.hear(0, watermark: 1, at: 100)
    combiner.hear(1, watermark: 1, at: 105)
    #expect(combiner.nextDeadline == 111)
    combiner.pass(to: 110)
    #expect(combiner.inputs.map(\.isIdle) == [false, false])
    combiner.pass(to: 111)
    #expect(combiner.inputs.map(\.isIdle) == [true, false])
    #expect(combiner.nextDeadline == 116)
    combiner.hear(0, watermark: 2, at: 112)
    #expect(combiner.inputs.map(\.isIdle) == [false, false])
  }

  @Test func withoutAnIdleTimeNoSplitIsEverIdle() {
    var combiner = combiner(idleAfter: nil)
    combiner.hear(0, watermark: 1, at: 100)
    combiner.pass(to: 1_000_000)
    #expect(combiner.nextDeadline == nil && !combiner.inputs[0].isIdle)
  }

  @Test func aSplitThatIsTooFarAheadWaitsAndItsIdleTimeStandsStill() {
    var combiner = combiner(drift: 20)
    combiner.hear(1, watermark: 0, at: 100)
    combiner.hear(0, watermark: 20, at: 100)
    combiner.align(at: 100)
    #expect(!combiner.inputs[0].isPaused)
    combiner.hear(0, watermark: 21, at: 104)
    combiner.align(at: 107)
    #expect(combiner.inputs.map(\.isPaused) == [true, false])
    // Three of its ten ms had passed; a hundred more do not count.
    combiner.hear(1, watermark: 1, at: 207)
    combiner.align(at: 207)
    #expect(!combiner.inputs[0].isPaused)
    combiner.pass(to: 214)
    #expect(!combiner.inputs[0].isIdle)
    combiner.pass(to: 215)
    #expect(combiner.inputs[0].isIdle)
  }

  @Test func anIdleOrEndedSplitMakesNobodyWait() {
    var combiner = combiner(drift: 5)
    combiner.hear(0, watermark: 100, at: 0)
    combiner.hear(1, watermark: 0, at: 0)
    combiner.align(at: 0)
    #expect(combiner.inputs[0].isPaused)
    combiner.silence(1)
    combiner.align(at: 11)
    #expect(!combiner.inputs[0].isPaused)
    combiner.hear(1, watermark: 1, at: 12)
    combiner.align(at: 12)
    #expect(combiner.inputs[0].isPaused)
    combiner.end(1)
    combiner.align(at: 13)
    #expect(!combiner.inputs[0].isPaused)
  }

  @Test func aPausedSplitStillCountsAndIsNotIdle() {
    var combiner = combiner(drift: 5)
    combiner.hear(0, watermark: 9, at: 0)
    combiner.hear(1, watermark: 2, at: 0)
    combiner.align(at: 0)
    combiner.combine()
    combiner.silence(1)
    combiner.combine()
    #expect(combiner.output == 9 && !combiner.isIdle)
  }

  /// The minimum is remembered from row to row; that must never show.
  @Test(arguments: [UInt64(1), 2, 3, 4])
  func theRememberedMinimumIsTheMinimum(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var combiner = WatermarkCombiner(
      Array(repeating: .init(), count: 4), idleAfterMs: 1_000_000)
    for step in 0..<2000 {
      let index = Int(random.next() % 4)
      switch random.next() % 12 {
      case 0: combiner.silence(index)
      default:
        combiner.hear(index, watermark: Int64(step) + Int64(random.next() % 40), at: nil)
      }
      var fresh = WatermarkCombiner(
        combiner.inputs, output: combiner.output, idleAfterMs: 1_000_000)
      #expect(combiner.combine() == fresh.combine(), "seed \(seed) step \(step)")
      #expect(combiner.output == fresh.output, "seed \(seed) step \(step)")
    }
  }
}
