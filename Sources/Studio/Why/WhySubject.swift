import Terminal
public import Runtime

/// What `w` is about.
public enum WhySubject: Sendable, Hashable {
  case window(WindowView.ID)
  case watermark
  /// A step of the pipeline: a position in the boxes.
  case step(Int)
  /// A record, by its number from 0.
  case event(Int64)
  /// A checkpoint of the replay, by its number.
  case checkpoint(Int64)
  /// One on disk, by its path.
  case checkpointOnDisk(String)
  /// A row that a sink got.
  case output(OutputPage.Line)

  /// What must be asked to explain it, beside the picture.
  var question: ReplayQuery? {
    switch self {
    case .window(let id): .window(id, node: nil, limit: 200)
    case .watermark, .step, .checkpoint, .checkpointOnDisk: nil
    case .event(let position): .event(position)
    case .output(let line): .event(line.position)
    }
  }
}

/// The answer to the question of a ``WhySubject``.
public struct WhyAnswer: Sendable, Equatable {
  public var query: ReplayQuery
  public var answer: ReplayAnswer
}

extension StudioState {
  /// The explanation that lies on top, or has been asked for.
  func explain(_ subject: WhySubject) -> [WhyLine] {
    guard let run else { return [] }
    let answer = run.whyAnswer.flatMap { $0.query == subject.question ? $0.answer : nil }
    switch subject {
    case .watermark: return WatermarkWhy.explain(run.view)
    case .step(let index):
      return StepWhy.explain(index, in: run.view, load: run.isPlaying ? run.load : nil)
    case .window(let id):
      guard case .window(let known)? = answer else {
        return run.view.windows.first { $0.id == id }
          .map { WindowWhy.explain($0, in: run.view) } ?? [WhyLine(.muted, "asking…")]
      }
      guard let known else {
        return [
          WhyLine(
            .text,
            "This window is no longer kept: it was purged long ago, or the replay stands before it"
              + " opened.")
        ]
      }
      return WindowWhy.explain(known.window, in: run.view) + WindowWhy.contents(known)
    case .checkpoint(let id):
      return run.checkpoints.known?.first { $0.view.id == id }
        .map { CheckpointWhy.explain($0, in: run.view) }
        ?? [WhyLine(.text, "The replay stands before this checkpoint.")]
    case .checkpointOnDisk(let path):
      return run.checkpoints.disk?.entries.first { $0.path == path }
        .map { CheckpointWhy.explain($0) } ?? [WhyLine(.text, "It is no longer there.")]
    case .event(let position):
      guard case .event(let fate)? = answer else { return [WhyLine(.muted, "asking…")] }
      return EventWhy.explain(fate, position: position)
    case .output(let line):
      guard case .event(let fate)? = answer else { return [WhyLine(.muted, "asking…")] }
      return OutputWhy.explain(line, fate)
    }
  }
}
