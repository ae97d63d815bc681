import Engine
import Foundation
import Glibc
import Pipelines
import Runtime
import Terminal
import VisibleText

/// A pipeline file, or a log with the pipeline that was proposed for it, made into a job.
struct OpenedJob {
  var document: PipelineDocument
  var graph: JobGraph

  /// Whether a path names a pipeline file; anything else is a log.
  static func isPipeline(_ path: String) -> Bool {
    let lower = path.lowercased()
    return lower.hasSuffix(".yaml") || lower.hasSuffix(".yml")
  }

  /// Reads a pipeline file and plans it.
  ///
  /// - Throws: ``CommandFailure`` with every diagnostic.
  static func pipeline(_ path: String, options: PlanOptions = PlanOptions()) throws -> OpenedJob {
    try plan(PipelineDocument.load(path: path), options)
  }

  /// Opens a pipeline, or a log for which a pipeline is proposed.
  static func any(_ path: String, text: String? = nil) throws -> OpenedJob {
    if let text { return try plan(PipelineDocument.parse(text: text, path: path)) }
    if isPipeline(path) { return try pipeline(path) }
    try mustBeFile(path)
    do {
      let proposal = try LogProposal.propose(path: path)
      return try plan(PipelineDocument.parse(text: proposal.text, path: proposal.path))
    } catch let fault as LogProposalFault {
      throw CommandFailure(status: ExitStatus.usage, message: "tidemark: error: \(fault)")
    }
  }

  static func mustBeFile(_ path: String) throws {
    var info = stat()
    guard stat(path, &info) == 0 else {
      let reason = errno == ENOENT ? "there is no such file" : String(cString: strerror(errno))
      throw CommandFailure(
        status: ExitStatus.usage,
        message: "tidemark: error: cannot open \(path): \(reason); give a"
          + " pipeline (.yaml) or a log, or a command: tidemark --help")
    }
    if info.st_mode & S_IFMT == S_IFDIR {
      throw CommandFailure(
        status: ExitStatus.usage,
        message: "tidemark: error: \(path) is a folder; name a pipeline or a log"
          + " in it")
    }
  }

  private static func plan(
    _ document: PipelineDocument, _ options: PlanOptions = PlanOptions()
  ) throws -> OpenedJob {
    // From here on values of the environment may be looked up.
    Console.keep(document.secrets(options.environment()))
    switch Planner.plan(document, options: options) {
    case .success(let graph): return OpenedJob(document: document, graph: graph)
    case .failure(let failure):
      let faults = DiagnosticRenderer.text(failure.diagnostics, source: document.text)
      let summary = DiagnosticRenderer.summary(failure.diagnostics)
      throw CommandFailure(status: ExitStatus.usage, message: "\(lines: faults)\n\(summary)\n")
    }
  }

  /// The folder of all checkpoints of this job.
  var checkpointDirectory: String {
    // The pipeline's own is found from its folder already.
    graph.checkpoint.directory ?? "\(document.folder)/.tidemark"
  }
}
