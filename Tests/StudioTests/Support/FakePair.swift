import Engine
import Pipelines
import Runtime
import Testing

@testable import Studio

/// Two made-up variants: B stands behind the same log with another answer to what differs.
enum FakePair {
  static let delay = EditableOption(
    step: 1, stepTitle: "parse 'clicks'", path: ["watermark", "out_of_orderness"], text: "4 s",
    defaultText: "0 s", doc: "How far behind the newest event time the watermark stays.")
  static let late = EditableOption(
    step: 3, stepTitle: "window", path: ["late"], text: "update", defaultText: "drop",
    choices: ["drop", "update", "correct"], doc: "What happens to a row whose window has fired.")
  static let offset = EditableOption(
    step: 3, stepTitle: "window", path: ["offset"], defaultText: "0 s",
    doc: "Shifts the starts of windows.")

  static let page: DifferencePage = {
    var page = DifferencePage()
    page.columns = [
      "clicks": .init(
        identity: ["ad_id", "window_start", "window_end"], values: ["clicks", "spend"])
    ]
    page.lines = [
      .init(
        sink: "clicks", position: 139, identity: ["ad-17", "12:00:40", "12:00:50"],
        a: ["12", "3.50"], b: ["14", "3.50"]),
      .init(
        sink: "clicks", position: 120, identity: ["ad-3", "12:00:30", "12:00:40"], a: nil,
        b: ["1", "0.25"]),
      .init(
        sink: "clicks", position: 118, identity: ["ad-8", "12:00:30", "12:00:40"],
        a: ["2", "0.75"], b: nil),
    ]
    page.total = 3
    (page.resultsA, page.resultsB, page.same) = (20, 20, 18)
    (page.onlyA, page.onlyB, page.changed) = (1, 1, 1)
    (page.position, page.isComplete) = (143, true)
    return page
  }()

  /// A pipeline whose second variant is refused for the value `wrong`.
  static func opened(_ replay: FakeReplay = FakeReplay()) -> OpenedPipeline {
    OpenedPipeline(
      name: "ad-clicks-per-minute", logName: "ad-clicks.jsonl", replay: replay,
      options: [delay, late, offset],
      variant: { edits in
        if let wrong = edits.first(where: { $0.value == "wrong" }) {
          throw ConnectError("'\(wrong.value)' is not a length of time", remedy: "such as 30 s")
        }
        return PairReplay(a: replay, b: FakeReplay()) { _, position, _ in
          var page = Self.page
          page.isComplete = position.records < 1000
          return page
        }
      })
  }
}
