public import Engine

/// What may be decided when a job starts rather than in its file.
public struct PlanOptions: Sendable {
  /// Instead of the pipeline's own.
  public var parallelism: Int?
  /// Where `${env:NAME}` is looked up, as the job starts.
  public var environment: @Sendable () -> [String: String]

  public init(
    parallelism: Int? = nil,
    environment: @escaping @Sendable () -> [String: String] = { ProcessEnvironment.current }
  ) {
    self.parallelism = parallelism
    self.environment = environment
  }
}

/// Why there is no job: the document's diagnostics, at least one of them an error.
public struct PlanFailure: Error, Sendable {
  public var diagnostics: [Diagnostic]

  public init(diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
}

/// Makes a job of a document without errors.
public enum Planner {
  /// The job: operators in order, expressions compiled, columns that nobody reads left out,
  /// `source` and `parse` fused into one node, and `key_by`, `window` and `aggregate` into one.
  public static func plan(
    _ document: PipelineDocument, options: PlanOptions = PlanOptions()
  ) -> Result<JobGraph, PlanFailure> {
    guard !document.hasErrors else {
      return .failure(PlanFailure(diagnostics: document.diagnostics))
    }
    let builder = GraphBuilder(
      analysis: document.analysis, folder: document.folder, environment: options.environment)
    guard let nodes = builder.build() else {
      return .failure(PlanFailure(diagnostics: document.diagnostics))
    }
    return .success(
      JobGraph(
        name: document.name, nodes: nodes,
        parallelism: min(128, max(1, options.parallelism ?? document.parallelism)),
        checkpoint: document.checkpoint, restart: document.restart,
        stateLimitBytes: document.stateLimitBytes, fingerprint: Fingerprint.of(nodes)))
  }
}
