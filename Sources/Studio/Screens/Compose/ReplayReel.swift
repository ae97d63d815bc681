import Engine
public import Pipelines
public import Runtime

/// Pictures of a replay, one after another: a small film.
public struct ReplayReel: Sendable, Equatable {
  public var views: [ReplayView]
  /// The first rows at each node.
  public var rows: PipelinePreview
  /// The node that the film is about.
  public var node: Int

  /// Steps through a job.
  ///
  /// - Parameters:
  ///   - events: read between two pictures.
  ///   - frames: pictures after the first, at most; the end of the input is one more.
  static func make(
    _ graph: JobGraph, node: Int, events: Int, frames: Int, isCancelled: () -> Bool = { false }
  ) throws -> ReplayReel? {
    let replay = try Replay(graph: graph)
    defer { replay.close() }
    var views = [replay.view]
    while views.count <= frames, !replay.view.isAtEnd {
      if isCancelled() { return nil }
      try replay.move(.events(Int64(events)), isCancelled: isCancelled)
      views.append(replay.view)
    }
    let read = Int(replay.view.position)
    guard let rows = try PipelinePreview.of(graph, records: read, isCancelled: isCancelled) else {
      return nil
    }
    return ReplayReel(views: views, rows: rows, node: node)
  }
}

/// The beginning of a pipeline's replay, and how far it is shown.
public struct Film: Sendable, Equatable {
  public var path: String
  public var reel: ReplayReel
  public var frame = 0

  var isAtEnd: Bool { frame >= reel.views.count - 1 }
}

/// An operator at work on ten events, and how far it is.
public struct ExampleState: Sendable, Equatable {
  public var example: OperatorExample
  /// Nil until it is made.
  public var reel: ReplayReel?
  public var frame = 0
  public var isPlaying = true
  /// Lines of the explanation that are scrolled past.
  public var scroll = 0
  public var fault: String?

  init(_ example: OperatorExample) { self.example = example }

  var lastFrame: Int { max(0, (reel?.views.count ?? 1) - 1) }

  mutating func step(_ by: Int) {
    frame = min(lastFrame, max(0, frame + by))
    if frame == lastFrame { isPlaying = false }
  }
}

extension OperatorExample {
  /// The film of the example. Throws what kept it from being made.
  func reel(isCancelled: () -> Bool) throws -> ReplayReel? {
    guard let graph = job() else { throw NoExample() }
    let kind = title.split(separator: ":").first.map(String.init) ?? title
    let node = graph.nodes.firstIndex { node in node.steps.contains { $0.kind == kind } } ?? 0
    return try ReplayReel.make(
      graph, node: node, events: 1, frames: Self.eventCount + 1, isCancelled: isCancelled)
  }
}

struct NoExample: Error, CustomStringConvertible {
  var description: String { "the example cannot be run; this is a fault of Tidemark" }
}
