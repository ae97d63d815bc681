import ArgumentParser
import Pipelines
import VisibleText

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explain an operator, a connector, an option, a function, a fault's code, or a plan.",
    discussion: """
      tidemark explain window            an operator, with its options
      tidemark explain window.size       one option
      tidemark explain functions         what expressions can use
      tidemark explain E012              a diagnostic
      tidemark explain clicks.yaml       a pipeline's plan: columns read, state, guarantees
      tidemark explain schema            the JSON schema of the pipeline file, for editors
      """)

  @Argument(help: "What to explain; without it, the list of what can be.")
  var what: String?

  func run() throws {
    guard let what else {
      Console.out("\(lines: Explain.text(for: "operators") ?? "")\n")
      return
    }
    if what == "schema" {
      Console.out(ConsoleText(json: PipelineSchema.generate()))
    } else if OpenedJob.isPipeline(what) {
      let document = PipelineDocument.load(path: what)
      guard case .success(let plan) = Explain.plan(document) else {
        throw CommandFailure(
          status: ExitStatus.usage,
          message: "\(lines: document.renderedDiagnostics)\n"
            + "\(DiagnosticRenderer.summary(document.diagnostics))")
      }
      Console.out(ConsoleText(lines: plan.hasSuffix("\n") ? plan : plan + "\n"))
    } else if let text = Explain.text(for: what) {
      Console.out(ConsoleText(lines: text.hasSuffix("\n") ? text : text + "\n"))
    } else {
      throw CommandFailure(
        status: ExitStatus.usage, message: "tidemark: \(lines: Explain.suggestion(for: what))")
    }
  }
}
