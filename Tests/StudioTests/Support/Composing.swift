import Foundation
import Pipelines
import Terminal
import Testing

@testable import Studio

/// A studio on the compose screen, driven by keys, over files in memory and the samples' logs.
final class Composing {
  private(set) var state: StudioState
  private let composer: InlineComposer
  private let desk: Desk

  /// What is on the disk.
  final class Desk: @unchecked Sendable {
    var files: [String: String] = [:]
    var drafts: [String: String] = [:]
  }

  /// The folder of the samples.
  static let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Samples").path

  init(size: Size = Size(120, 40), text: String? = nil) {
    let desk = Desk()
    self.desk = desk
    let path = "\(Self.samples)/templates/pipeline.yaml"
    if let text { desk.files[path] = text }
    composer = InlineComposer(
      ComposeFiles(
        open: { ComposedFile(path: $0, text: desk.files[$0] ?? "", onDisk: desk.files[$0]) },
        new: { ComposedFile(path: path, text: "pipeline: pipeline\n\nsteps: []\n") },
        keep: { text, _, path in desk.drafts[path] = text }, save: { desk.files[$1] = $0 },
        read: { desk.files[$0] }))
    state = StudioState(entries: [], size: size)
    if text == nil { handle(.action(.newPipeline)) } else { send(.write(path)) }
  }

  private enum Opening { case write(String) }

  private func send(_ opening: Opening) {
    guard case .write(let path) = opening else { return }
    carryOut(state.write(path))
  }

  var compose: ComposeState {
    guard let compose = state.compose else { preconditionFailure("nothing is being written") }
    return compose
  }

  var onDisk: [String: String] { desk.files }
  var drafts: [String: String] { desk.drafts }

  func handle(_ event: StudioEvent) { carryOut(reduce(&state, event)) }

  private func carryOut(_ effects: [StudioEffect]) {
    for effect in effects {
      if case .compose(let request) = effect { composer.perform(request) }
    }
    for event in composer.takeEvents() { handle(event) }
  }

  func press(_ names: String...) {
    for name in names {
      guard let key = Key(name) else { preconditionFailure("no key is called \(name)") }
      if let event = state.event(for: key) { handle(event) }
    }
  }

  func type(_ text: String) {
    for character in text {
      if let event = state.event(for: .character(character)) { handle(event) }
    }
  }

  /// Chooses a step with the arrows; nil for the pipeline as a whole.
  func select(_ place: Int?) {
    while compose.focus != .chain { press("Esc") }
    while (compose.place ?? -1) < (place ?? -1) { press("Down") }
    while (compose.place ?? -1) > (place ?? -1) { press("Up") }
  }

  /// Adds an operator behind the selected step.
  func add(_ title: String) {
    while compose.focus != .chain { press("Esc") }
    press("a")
    type(title)
    press("Enter")
  }

  /// Goes to a field of the form with the arrows.
  func go(to name: String) throws {
    let index = try #require(
      compose.fields.firstIndex { $0.shape == .newPair ? "\($0.name).+" == name : $0.name == name },
      "no field \(name) among \(compose.fields.map(\.name))")
    if compose.focus == .chain { press("Enter") }
    while compose.fieldIndex < index { press("Down") }
    while compose.fieldIndex > index { press("Up") }
  }

  /// Types a value into a field.
  func set(_ name: String, _ value: String) throws {
    try go(to: name)
    press("Enter", "Ctrl-U")
    type(value)
    press("Enter")
    try #require(compose.edit == nil, "\(name): \(value) was not taken")
  }

  func remove(_ name: String) throws {
    try go(to: name)
    press("d")
  }

  // MARK: what is seen

  var picture: String {
    drawStudio(state, theme: .dark).grid.text.replacing(Self.samples, with: "/Samples")
  }

  var footer: String {
    String(picture.split(separator: "\n", omittingEmptySubsequences: false).last ?? "")
  }

  /// A roll-up of the clicks, with more columns in its results than a panel has room for.
  static let clicks = """
    pipeline: clicks
    steps:
      - source: file
        path: ../ad-clicks/ad-clicks.jsonl
      - parse: json
        name: clicks
        columns: { click_time: TIMESTAMP_LTZ(3), ad_id: STRING, user: STRING, cost: DOUBLE }
        event_time: click_time
        watermark: { out_of_orderness: 5 s }
      - filter: cost > 0.3
      - key_by: [ad_id]
      - window: tumbling
        name: minutes
        size: 1 m
      - aggregate:
          n: COUNT(*)
          total: SUM(cost)
          mean: AVG(cost)
          dearest: MAX(cost)
          cheapest: MIN(cost)
      - sink: file
        path: out/a.jsonl

    """
}
