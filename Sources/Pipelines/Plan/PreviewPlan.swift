public import Engine

/// As much of a pipeline as can be run while it is still being written.
///
/// Steps with faults, and what reads them, are left out; every column is read, so that all can be
/// looked at.
public struct PreviewPlan: Sendable {
  public var graph: JobGraph
  /// The node in which each step runs, by the step's place in the list.
  public var nodes: [Int: Int]
  /// What is read, also where it is not parsed yet.
  public var source: (any Source)?
  /// How its records are told apart.
  public var framing: Framing

  public static func make(
    _ document: PipelineDocument, options: PlanOptions = PlanOptions()
  ) -> PreviewPlan {
    let builder = GraphBuilder(
      analysis: document.analysis, folder: document.folder, environment: options.environment)
    let (nodes, steps) = builder.buildSound()
    var places: [Int: Int] = [:]
    for place in 0..<document.stepCount {
      guard let step = document.step(at: place), let node = steps[step.index] else { continue }
      places[place] = node
    }
    var framing = Framing.lines
    if case .ingest(_, let spec)? = nodes.first?.logic { framing = spec.framing }
    return PreviewPlan(
      graph: JobGraph(
        name: document.name, nodes: nodes, stateLimitBytes: document.stateLimitBytes),
      nodes: places, source: builder.firstSource, framing: framing)
  }
}
