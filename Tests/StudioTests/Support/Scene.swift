import Foundation
import Runtime
import Terminal

@testable import Studio

/// States to start from.
enum Scene {
  static let entries = [
    GalleryEntry(
      title: "Ad clicks", summary: "Late clicks update their minute",
      path: "Samples/ad-clicks/pipeline.yaml",
      readme: "# Ad clicks\n\nClicks arrive out of order.\n\n- Watch a window **fire**.",
      pipeline: "# clicks by ad\nname: ad-clicks\nsteps:\n  - filter: event = 'click'",
      size: "1,200 events"),
    GalleryEntry(
      title: "Sensors", summary: "Two sensors, one of them slow",
      path: "Samples/sensors/pipeline.yaml", readme: "Two splits.", pipeline: "name: sensors"),
  ]

  static func gallery(_ size: Size = Size(120, 40)) -> StudioState {
    StudioState(entries: entries, themes: ["dark", "light"], size: size)
  }

  /// The run screen at a position of the made-up log.
  static func run(at position: Int64 = 143, _ size: Size = Size(120, 40)) throws -> StudioState {
    let replay = FakeReplay()
    try replay.move(.position(position), isCancelled: { false })
    var state = gallery(size)
    _ = reduce(&state, .opened(summary(replay.view)))
    return state
  }

  /// A screen with its questions answered.
  static func shown(
    _ screen: StudioScreen, at position: Int64 = 143, _ size: Size = Size(120, 40),
    _ actions: StudioAction...
  ) throws -> StudioState {
    let replay = FakeReplay()
    try replay.move(.position(position), isCancelled: { false })
    var state = try run(at: position, size)
    for action in [screen.action] + actions {
      var effects = reduce(&state, .action(action))
      while let effect = effects.popLast() {
        guard case .ask(let query) = effect,
          let answer = try replay.answer(query, isCancelled: { false })
        else { continue }
        effects += reduce(&state, .answered(query, answer))
      }
    }
    return state
  }

  static func summary(_ view: ReplayView) -> OpenedSummary {
    OpenedSummary(
      path: "Samples/ad-clicks/pipeline.yaml", name: "ad-clicks-per-minute",
      logName: "ad-clicks.jsonl", view: view)
  }

  static func opened() -> OpenedPipeline {
    OpenedPipeline(
      name: "ad-clicks-per-minute", logName: "ad-clicks.jsonl", replay: FakeReplay())
  }
}

/// Compares text with a file beside the tests; `TIDEMARK_RECORD=1` writes the file instead.
func snapshotDifference(_ text: String, _ name: String, file: String = #filePath) throws -> String?
{
  let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    .appendingPathComponent("Snapshots")
  let url = folder.appendingPathComponent(name + ".txt")
  if ProcessInfo.processInfo.environment["TIDEMARK_RECORD"] == "1" {
    try Data((text + "\n").utf8).write(to: url)
    return nil
  }
  let expected = try String(decoding: Data(contentsOf: url), as: UTF8.self)
  if expected == text + "\n" { return nil }
  let (old, new) = (expected.split(separator: "\n"), text.split(separator: "\n"))
  let first = zip(old, new).enumerated().first { $0.element.0 != $0.element.1 }
  return "\(name): line \((first?.offset ?? min(old.count, new.count)) + 1)\n"
    + "was: \(first.map { String($0.element.0) } ?? "")\n"
    + "now: \(first.map { String($0.element.1) } ?? "")\nrecord again with TIDEMARK_RECORD=1"
}
