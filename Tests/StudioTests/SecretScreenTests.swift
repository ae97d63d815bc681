import Engine
import Foundation
import Pipelines
import Runtime
import Terminal
import TestSupport
import Testing

@testable import Studio

/// What the environment puts into a pipeline is on no screen of the studio, and what a log holds
/// is there only as visible characters.
@Suite struct HostileScreens {
  private static let secret = "Tz7Qm4Lw9Xk2Rb6Vd8Ns3Hp5"
  private static let evil = "\u{1B}]0;owned\u{7}\u{9B}2J\u{202E}\u{200B}\u{7F}\r"

  private final class Place {
    private let own: TemporaryFolder
    var folder: String { own.path }

    init() throws {
      own = try TemporaryFolder()
      try FileManager.default.createDirectory(
        atPath: "\(folder)/in-\(HostileScreens.secret)", withIntermediateDirectories: true)
      let key = HostileScreens.evil.unicodeScalars.map { scalar in
        scalar.value < 32
          ? "\\u00\(scalar.value < 16 ? "0" : "")\(String(scalar.value, radix: 16))"
          : String(Character(scalar))
      }.joined()
      let lines = (0..<60).map { index in
        index % 9 == 5
          ? "\(HostileScreens.evil) is no JSON\n"
          : "{\"ts\":\(index * 500 - (index % 7 == 3 ? 9000 : 0)),\"key\":\"\(key)\(index % 3)\"}\n"
      }
      for name in ["a", "b"] {
        try Data(lines.joined().utf8).write(
          to: URL(fileURLWithPath: "\(folder)/in-\(HostileScreens.secret)/\(name).jsonl"))
      }
    }
  }

  private static let text = """
    pipeline: hush
    steps:
      - source: file
        path: in-${env:SECRET}/*.jsonl
      - parse: json
        columns: { ts: { type: TIMESTAMP_LTZ(3), unit: ms }, key: STRING }
        event_time: ts
        watermark: { out_of_orderness: 1 s }
      - key_by: [key]
      - window: tumbling
        size: 2 s
      - aggregate: { n: COUNT(*) }
      - sink: file
        path: out-${env:SECRET}.jsonl
    """

  @Test(arguments: [Size(120, 40), Size(80, 24), Size(60, 16)])
  func everyPictureIsSafeAndSaysNoSecret(_ size: Size) throws {
    let place = try Place()
    let folder = place.folder
    let open: PipelineOpener = { _ in
      let document = PipelineDocument.parse(text: Self.text, path: "\(folder)/p.yaml")
      let graph = try Planner.plan(
        document, options: PlanOptions(environment: { ["SECRET": Self.secret] })
      ).get()
      return OpenedPipeline(
        name: graph.name, logName: graph.nodes[0].steps[0].detail, replay: try Replay(graph: graph))
    }
    let keys = [
      "Enter", ".", ".", "]", "w", "Esc", "}", "!", "w", "Esc", "Tab", "f", "f", "Tab", "s", "?",
      "Esc", ":", "Esc", "]", "]", "]", "Tab", "w", "Esc", "!", "]", "1",
    ]
    // The picture after each key: a script that ends there.
    for count in 1...keys.count {
      let screen = HeadlessScreen(size)
      screen.send(keys.prefix(count).compactMap { Key($0).map { .key($0) } })
      let app = StudioApp(
        screen: screen, configuration: .init(entries: Scene.entries, open: open),
        driver: InlineReplayDriver(opener: open),
        job: InlineJob(opener: { _ in throw NoRun() }))
      _ = app.run()
      check(screen, "after \(keys.prefix(count))")
      if count == 2 { #expect(screen.text.contains("${env:SECRET}") || size.width < 80) }
    }
    // And the fault of a log that is gone.
    try FileManager.default.removeItem(atPath: "\(folder)/in-\(Self.secret)")
    let screen = HeadlessScreen(size)
    screen.send("Enter")
    let app = StudioApp(
      screen: screen, configuration: .init(entries: Scene.entries, open: open),
      driver: InlineReplayDriver(opener: open),
      job: InlineJob(opener: { _ in throw NoRun() }))
    _ = app.run()
    check(screen, "without a log")
    #expect(screen.text.contains("no file matches"))
  }

  private func check(_ screen: HeadlessScreen, _ moment: String) {
    let text = screen.text
    #expect(!text.contains(Self.secret) && !text.contains(Self.secret.prefix(12)), "\(moment)")
    let hostile = text.unicodeScalars.filter { scalar in
      let value = scalar.value
      return value < 0x20 && value != 10 || (0x7F...0x9F).contains(value)
        || (0x200B...0x200F).contains(value) || (0x2028...0x202E).contains(value)
    }
    #expect(hostile.isEmpty, "\(moment): \(Array(hostile))")
    for line in text.split(separator: "\n") {
      #expect(TextFit.truncated(String(line), to: screen.size.width) == line)
    }
  }
}
